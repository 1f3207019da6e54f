package mockidp

import (
	"bytes"
	"compress/flate"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdsa"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"github.com/rogueidp/rogueidp/mockidp/fault"
)

// encrypt puts the token, or what stands in its place, into a JWE in the
// compact serialization (RFC 7516 section 7.1).
func (t *Tenant) encrypt(m *Minted, c fault.Compact) (string, error) {
	if t.provider.corpus != nil {
		return "", ErrEncryptedCorpus
	}
	e := c.Encrypt
	content := []byte(c.Header + "." + c.Payload + "." + c.Signature)
	switch e.Content {
	case "claims":
		claims, err := decodeText(c.Payload)
		if err != nil {
			return "", fmt.Errorf("a payload that is not base64url cannot be encrypted: %w", err)
		}
		content, m.Signer = claims, "nobody"
	case "unsigned":
		content, m.Signer = []byte(encode([]byte(`{"alg":"none"}`))+"."+c.Payload+"."), "nobody"
	}
	recipient, err := t.recipientOf(e)
	if err != nil {
		return "", err
	}
	for range e.Depth {
		inner := fault.Encryption{Alg: e.Alg, Enc: e.Enc}
		parts, err := inJWE(inner, recipient, content)
		if err != nil {
			return "", err
		}
		content = []byte(joined(inner, parts))
	}
	parts, err := inJWE(e, recipient, content)
	if err != nil {
		return "", err
	}
	return joined(e, parts), nil
}

// recipientOf finds the key that a token is encrypted to.
func (t *Tenant) recipientOf(e fault.Encryption) (*key, error) {
	switch {
	case e.Key == "verification":
		k, err := t.designated("active", "RS256")
		if err == nil && k == nil {
			k, err = t.designated("rsa-encryption", "RS256")
		}
		return k, err
	case e.Key == "unmarked":
		return t.recipient("")
	case strings.HasPrefix(e.Alg, "RSA"):
		return t.recipient("RSA-OAEP")
	}
	return t.recipient(e.Alg)
}

// joined is a JWE of five parts, or of what is left of them.
func joined(e fault.Encryption, parts [5][]byte) string {
	var texts []string
	for i, name := range fault.EncryptedParts() {
		if name == e.Drop {
			continue
		}
		part := parts[i]
		if keep, cut := e.Keep[name]; cut {
			part = part[:min(max(keep, 0), len(part))]
		}
		texts = append(texts, encode(part))
	}
	return strings.Join(texts, ".")
}

// inJWE encrypts content and returns the five parts (RFC 7516 section 5.1).
func inJWE(e fault.Encryption, to *key, content []byte) (parts [5][]byte, err error) {
	size, ok := map[string]int{"A128GCM": 16, "A256GCM": 32, "A128CBC-HS256": 32}[e.Enc]
	if !ok {
		return parts, fmt.Errorf("no content encryption is called %q", e.Enc)
	}
	header := fault.Object{
		{Name: "alg", Value: fault.Text(e.Alg)}, {Name: "enc", Value: fault.Text(e.Enc)},
		{Name: "kid", Value: fault.Text(to.KID)}, {Name: "cty", Value: `"JWT"`},
	}
	if e.Content == "claims" {
		header.Drop("cty")
	}
	if e.Inflated > 0 {
		header.Set("zip", `"DEF"`)
		if content, err = inflatable(content, e.Inflated); err != nil {
			return parts, err
		}
	}
	contentKey := make([]byte, size)
	rand.Read(contentKey)
	switch e.Alg {
	case "RSA-OAEP", "RSA-OAEP-256", "RSA1_5":
		parts[1], err = toRSA(e, to, contentKey)
	case "A128KW":
		parts[1], err = wrapped(to.secretFor("A128KW"), contentKey)
	case "ECDH-ES":
		var epk fault.Object
		var shared []byte
		if epk, shared, err = ephemeral(e.Point, to.signer.(*ecdsa.PrivateKey)); err == nil {
			header.Set("epk", fault.JSON(epk.Append(nil)))
			contentKey = concatKDF(shared, e.Enc, size)
		}
	case "PBES2-HS256+A128KW":
		salt := make([]byte, 16)
		rand.Read(salt)
		header.Set("p2s", b64(salt))
		header.Set("p2c", "1000")
		parts[1], err = underPassword(e, to, salt, contentKey)
	default:
		err = fmt.Errorf("no key encryption is called %q", e.Alg)
	}
	if err != nil {
		return parts, err
	}
	for _, more := range e.Header {
		header.Set(more.Name, more.Value)
	}
	parts[0] = header.Append(nil)
	aad := []byte(encode(parts[0]))
	if e.Enc == "A128CBC-HS256" {
		parts[2], parts[3], parts[4], err = underCBC(contentKey, aad, content)
	} else {
		parts[2], parts[3], parts[4], err = underGCM(contentKey, aad, content)
	}
	return parts, err
}

// underGCM is AES GCM (RFC 7518 section 5.3).
func underGCM(key, aad, content []byte) (iv, text, tag []byte, err error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, nil, nil, err
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, nil, nil, err
	}
	iv = make([]byte, 12)
	rand.Read(iv)
	sealed := gcm.Seal(nil, iv, content, aad)
	return iv, sealed[:len(content)], sealed[len(content):], nil
}

// underCBC is AES CBC with HMAC SHA-256 (RFC 7518 section 5.2).
func underCBC(key, aad, content []byte) (iv, text, tag []byte, err error) {
	block, err := aes.NewCipher(key[16:])
	if err != nil {
		return nil, nil, nil, err
	}
	iv = make([]byte, 16)
	rand.Read(iv)
	fill := 16 - len(content)%16
	text = append(slices.Clone(content), bytes.Repeat([]byte{byte(fill)}, fill)...)
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(text, text)
	mac := hmac.New(sha256.New, key[:16])
	mac.Write(aad)
	mac.Write(iv)
	mac.Write(text)
	mac.Write(binary.BigEndian.AppendUint64(nil, uint64(len(aad))*8))
	return iv, text, mac.Sum(nil)[:16], nil
}

// inflatable is content and so many octets of white space behind it, in the
// format DEFLATE (RFC 1951). One mebibyte of them looks like the next, so most
// of the stream is one piece that is repeated and never compressed twice.
func inflatable(content []byte, more int64) ([]byte, error) {
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.BestCompression)
	if err != nil {
		return nil, err
	}
	piece := bytes.Repeat([]byte(" "), 1<<20)
	write := func(b []byte) {
		if err == nil {
			_, err = w.Write(b)
		}
		if err == nil {
			err = w.Flush()
		}
	}
	write(content)
	for i := 0; i < 2 && more >= int64(len(piece)); i++ {
		began := out.Len()
		write(piece)
		more -= int64(len(piece))
		if i == 1 {
			again := slices.Clone(out.Bytes()[began:])
			for ; more >= int64(len(piece)); more -= int64(len(piece)) {
				out.Write(again)
			}
		}
	}
	write(piece[:more])
	if err == nil {
		err = w.Close()
	}
	return out.Bytes(), err
}
