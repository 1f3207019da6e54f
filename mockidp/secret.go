package mockidp

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"strings"
	"time"
)

// secret is the octets that a word of [fault.Secrets] stands for: what a
// verifier might have at hand for the public key of k, in every spelling that
// real verifiers were caught using as a secret.
func (t *Tenant) secret(word, text string, k *key) ([]byte, error) {
	switch word {
	case "empty":
		return nil, nil
	case "text":
		return []byte(text), nil
	case "client-secret":
		return []byte(t.cfg.ClientSecret), nil
	case "published-oct", "jwk-oct":
		oct, err := t.designated("oct", "HS256")
		if err != nil {
			return nil, err
		}
		return oct.material.secret, nil
	}
	if k == nil {
		return nil, fmt.Errorf("tenant %s has no active key whose public half could be a secret", t.Name())
	}
	if strings.Contains(word, "pem") || strings.Contains(word, "der") {
		return k.armour(word)
	}
	switch word {
	case "ssh-ed25519", "ssh-ecdsa":
		return k.ssh(word)
	case "jwk":
		return k.jwk().Append(nil), nil
	case "jwk-list":
		return append(append([]byte("["), k.jwk().Append(nil)...), ']'), nil
	case "jwks":
		docs, err := t.documents()
		if err != nil {
			return nil, err
		}
		return docs.keySet.body, nil
	case "kid":
		return []byte(k.KID), nil
	case "alg":
		return []byte(k.Alg), nil
	case "n", "e", "kty", "x":
		s, err := k.member(word)
		return []byte(s), err
	case "n-raw":
		return k.octets("n")
	case "x-y", "point":
		x, err := k.octets("x")
		if err != nil {
			return nil, err
		}
		y, err := k.octets("y")
		if err != nil {
			return nil, err
		}
		if word == "point" {
			return append(append([]byte{4}, x...), y...), nil
		}
		return append(x, y...), nil
	}
	return nil, fmt.Errorf("no secret is called %q", word)
}

func (k *key) member(name string) (string, error) {
	value, ok := k.material.public.Get(name)
	var s string
	if !ok || json.Unmarshal([]byte(value), &s) != nil {
		return "", fmt.Errorf("a %s key has no member %q", k.kind, name)
	}
	return s, nil
}

func (k *key) octets(name string) ([]byte, error) {
	s, err := k.member(name)
	if err != nil {
		return nil, err
	}
	return decodeText(s)
}

// armour is the public key in DER or PEM, in the framings that parsers of old
// and new write and accept.
func (k *key) armour(word string) ([]byte, error) {
	der, label, err := k.der(word)
	if err != nil {
		return nil, err
	}
	if strings.HasSuffix(word, "der") {
		return der, nil
	}
	text := string(pem.EncodeToMemory(&pem.Block{Type: label, Bytes: der}))
	header, footer := "-----BEGIN "+label+"-----\n", "-----END "+label+"-----\n"
	body := strings.TrimSuffix(strings.TrimPrefix(text, header), footer)
	switch {
	case strings.HasSuffix(word, "-no-final-newline"):
		text = strings.TrimSuffix(text, "\n")
	case strings.HasSuffix(word, "-two-newlines"):
		text += "\n"
	case strings.HasSuffix(word, "-crlf"):
		text = strings.ReplaceAll(text, "\n", "\r\n")
	case strings.HasSuffix(word, "-body-one-line"):
		text = strings.ReplaceAll(body, "\n", "")
	case strings.HasSuffix(word, "-one-line"):
		text = strings.ReplaceAll(text, "\n", "")
	case strings.HasSuffix(word, "-body"):
		text = body
	case strings.HasSuffix(word, "-64-no-header"):
		text = strings.TrimSuffix(body, "\n")
	case strings.HasSuffix(word, "-76-columns"):
		text = header + columns(base64.StdEncoding.EncodeToString(der), 76) + footer
	case strings.HasSuffix(word, "-leading-space"):
		text = " \n" + text
	case strings.HasSuffix(word, "-garbage-before"):
		text = "# public key\n" + text
	case strings.HasSuffix(word, "-mixed-newlines"):
		text = strings.Replace(text, "\n", "\r\n", 1)
	}
	return []byte(text), nil
}

// der is the public key in DER under the label that its PEM has.
func (k *key) der(word string) (der []byte, label string, err error) {
	if k.signer == nil {
		return nil, "", fmt.Errorf("a %s key has no PEM", k.kind)
	}
	public := k.signer.Public()
	switch {
	case strings.HasPrefix(word, "certificate"):
		der, err = k.certificate()
		return der, "CERTIFICATE", err
	case strings.HasPrefix(word, "pkcs1"):
		rsaKey, ok := public.(*rsa.PublicKey)
		if !ok {
			return nil, "", fmt.Errorf("a %s key has no PKCS #1 form", k.kind)
		}
		return x509.MarshalPKCS1PublicKey(rsaKey), "RSA PUBLIC KEY", nil
	}
	der, err = x509.MarshalPKIXPublicKey(public)
	return der, "PUBLIC KEY", err
}

func columns(s string, width int) string {
	var b strings.Builder
	for len(s) > width {
		b.WriteString(s[:width] + "\n")
		s = s[width:]
	}
	return b.String() + s + "\n"
}

// certificate is a self-signed certificate of the key, always the same one.
func (k *key) certificate() ([]byte, error) {
	return certificateOf(k.material)
}

func certificateOf(m *material) ([]byte, error) {
	if m.signer == nil {
		return nil, fmt.Errorf("a %s key has no certificate", m.kind)
	}
	m.certified.Do(func() {
		template := &x509.Certificate{
			SerialNumber: big.NewInt(1),
			Subject:      pkix.Name{CommonName: "rogueidp testing only"},
			NotBefore:    m.from, NotAfter: m.from.AddDate(10, 0, 0),
		}
		random := rand.Reader
		if m.chance != nil {
			random = nil // signed alike every time
		}
		m.der, m.derErr = x509.CreateCertificate(random, template, template, m.signer.Public(), m.signer)
	})
	return m.der, m.derErr
}

// certificatesFrom is a day before the process started. Certificates are valid
// for ten years from there, so that a clock moved by a test never ends them.
var certificatesFrom = (&Clock{}).Now().Add(-24 * time.Hour).Truncate(time.Hour)

// ssh is the public key as one line of authorized_keys (RFC 4253 section 6.6).
func (k *key) ssh(word string) ([]byte, error) {
	var blob []byte
	var name, form string
	switch public := k.signer.Public().(type) {
	case ed25519.PublicKey:
		name, form = "ssh-ed25519", "ssh-ed25519"
		blob = sshStrings([]byte(name), public)
	case *ecdsa.PublicKey:
		point, err := public.Bytes()
		if err != nil {
			return nil, err
		}
		curve := "nistp" + fmt.Sprint(public.Params().BitSize)
		name, form = "ecdsa-sha2-"+curve, "ssh-ecdsa"
		blob = sshStrings([]byte(name), []byte(curve), point)
	}
	if form != word {
		return nil, fmt.Errorf("a %s key has no %s form", k.kind, word)
	}
	return []byte(name + " " + base64.StdEncoding.EncodeToString(blob)), nil
}

func sshStrings(parts ...[]byte) []byte {
	var b []byte
	for _, p := range parts {
		b = binary.BigEndian.AppendUint32(b, uint32(len(p)))
		b = append(b, p...)
	}
	return b
}

func standard64(b []byte) string { return base64.StdEncoding.EncodeToString(b) }
