package mutants

import (
	"context"
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"encoding/pem"
	"fmt"
	"slices"
	"strings"

	"github.com/rogueidp/rogueidp/validator/internal/steps"
)

// noneInOtherCase forbids none as it is spelled in the book, and finds the
// algorithm without regard to case.
func noneInOtherCase(s *steps.Steps) {
	unverified(s, func(name string) bool { return name != none.Name && strings.EqualFold(name, none.Name) })
}

// noneInTwoParts takes a token without a third part for one that is not meant
// to have a signature.
func noneInTwoParts(s *steps.Steps) {
	unverified(s, func(name string) bool { return name == none.Name })
	split, pass := s.Reading.Split, s.Order[steps.CheckSignature-1]
	s.Reading.Split = func(raw string) (steps.Compact, error) {
		if strings.Count(raw, ".") == 1 {
			raw += "."
		}
		return split(raw)
	}
	s.Order[steps.CheckSignature-1] = func(ctx context.Context, a *steps.Attempt) *steps.Refusal {
		if a.Algorithm == none && strings.Count(a.Raw, ".") > 1 {
			return steps.Reference().Order[steps.CheckSignature-1](ctx, a)
		}
		return pass(ctx, a)
	}
}

// anyAlgOfKey has the token and the type of the key settle the algorithm.
func anyAlgOfKey(s *steps.Steps) {
	pin, fits := s.Heading.Pin, s.Choosing.Fits
	s.Heading.Pin = func(h *steps.Header, pinned []*steps.Algorithm) (*steps.Algorithm, error) {
		name, _ := h.Alg.Text()
		if alg := steps.AlgorithmNamed(name); alg != nil && alg.Family != steps.HMAC {
			return alg, nil
		}
		return pin(h, pinned)
	}
	s.Choosing.Fits = func(k *steps.Key, alg *steps.Algorithm) bool {
		bare := *k
		bare.Algorithm = nil
		return fits(&bare, alg)
	}
}

// allowsHMAC lets a header choose an HMAC beside what is pinned.
func allowsHMAC(s *steps.Steps) {
	pin := s.Heading.Pin
	s.Heading.Pin = func(h *steps.Header, pinned []*steps.Algorithm) (*steps.Algorithm, error) {
		name, _ := h.Alg.Text()
		if alg := steps.AlgorithmNamed(name); alg != nil && alg.Family == steps.HMAC {
			return alg, nil
		}
		return pin(h, pinned)
	}
}

// confuses keys an HMAC with a public key, as it is spelled where this
// validator keeps it; nil is a key that is kept in no such way.
func confuses(spelled func(k *steps.Key) []byte) func(*steps.Steps) {
	return func(s *steps.Steps) {
		allowsHMAC(s)
		fits, mac := s.Choosing.Fits, s.Verifying.HMAC
		s.Choosing.Fits = func(k *steps.Key, alg *steps.Algorithm) bool {
			return fits(k, alg) || alg.Family == steps.HMAC && k.Secret == nil
		}
		s.Verifying.HMAC = func(alg *steps.Algorithm, key *steps.Key, input, sig []byte) bool {
			if key.Secret != nil {
				return mac(alg, key, input, sig)
			}
			secret := spelled(key)
			return len(secret) > 0 && weakMAC(alg, &steps.Key{Secret: secret}, input, sig)
		}
	}
}

func inPKCS1(k *steps.Key) []byte {
	if k.RSA == nil {
		return nil
	}
	return pem.EncodeToMemory(&pem.Block{Type: "RSA PUBLIC KEY", Bytes: x509.MarshalPKCS1PublicKey(k.RSA)})
}

func inDER(k *steps.Key) []byte {
	var public any
	switch {
	case k.RSA != nil:
		public = k.RSA
	case k.EC != nil:
		public = k.EC
	default:
		public = k.OKP
	}
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		return nil
	}
	return der
}

// inGuardedPEM is PEM as it came out of a file that indents it, of which a
// guard sees that it does not begin as PEM does (CVE-2022-29217 is what such
// guards were written for).
func inGuardedPEM(k *steps.Key) []byte {
	secret := append([]byte(" \n"), pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: inDER(k)})...)
	if strings.HasPrefix(string(secret), "-----BEGIN") {
		return nil
	}
	return secret
}

// inSSH is a line of authorized_keys (RFC 4253, 6.6).
func inSSH(k *steps.Key) []byte {
	line := func(name string, parts ...[]byte) []byte {
		var blob []byte
		for _, part := range append([][]byte{[]byte(name)}, parts...) {
			blob = append(binary.BigEndian.AppendUint32(blob, uint32(len(part))), part...)
		}
		return []byte(name + " " + base64.StdEncoding.EncodeToString(blob))
	}
	switch {
	case k.OKP != nil:
		return line("ssh-ed25519", k.OKP)
	case k.EC != nil:
		curve := fmt.Sprintf("nistp%d", k.EC.Params().BitSize)
		return line("ecdsa-sha2-"+curve, []byte(curve), point(k.EC))
	}
	return nil
}

func point(k *ecdsa.PublicKey) []byte {
	octets, err := k.Bytes()
	if err != nil {
		return nil
	}
	return octets
}

func inJSON(k *steps.Key) []byte { return []byte(k.Text) }

// inMember is the first member that looks like a key.
func inMember(k *steps.Key) []byte {
	members, err := steps.ReadMembers(nil, k.Text)
	if err != nil {
		return nil
	}
	for _, name := range []string{"k", "x", "n"} {
		for _, m := range members {
			if text, ok := m.Value.Text(); ok && m.Name == name {
				return []byte(text)
			}
		}
	}
	return nil
}

// missingSecret takes a secret that it does not have for an empty one.
func missingSecret(s *steps.Steps) {
	allowsHMAC(s)
	choose, mac := s.Choosing.Select, s.Verifying.HMAC
	s.Choosing.Select = func(ctx context.Context, a *steps.Attempt, set *steps.KeySet) []*steps.Key {
		keys := choose(ctx, a, set)
		if len(keys) == 0 && a.Algorithm.Family == steps.HMAC {
			return []*steps.Key{{}}
		}
		return keys
	}
	s.Verifying.HMAC = func(alg *steps.Algorithm, key *steps.Key, input, sig []byte) bool {
		return mac(alg, key, input, sig) || len(key.Secret) == 0 && weakMAC(alg, key, input, sig)
	}
}

// alwaysClientSecret has the client secret at hand whatever was agreed on.
func alwaysClientSecret(s *steps.Steps) {
	allowsHMAC(s)
	s.Choosing.Secret = func([]*steps.Algorithm) bool { return true }
}

// publishedSecret takes a symmetric key from where everybody can read it.
func publishedSecret(s *steps.Steps) {
	allowsHMAC(s)
	s.Vetting.Symmetric = anyKey
}

// documented are the secrets that stand in examples of how to configure a
// validator.
var documented = []string{"secret", "your-256-bit-secret", "changeme"}

// defaultSecret verifies with the secrets that it was delivered with, where
// nobody set another.
func defaultSecret(s *steps.Steps) {
	allowsHMAC(s)
	choose, mac := s.Choosing.Select, s.Verifying.HMAC
	s.Choosing.Select = func(ctx context.Context, a *steps.Attempt, set *steps.KeySet) []*steps.Key {
		keys := choose(ctx, a, set)
		if a.Algorithm.Family == steps.HMAC {
			for _, secret := range documented {
				keys = append(keys, &steps.Key{Secret: []byte(secret)})
			}
		}
		return keys
	}
	s.Verifying.HMAC = func(alg *steps.Algorithm, key *steps.Key, input, sig []byte) bool {
		return mac(alg, key, input, sig) || slices.Contains(documented, string(key.Secret)) && weakMAC(alg, key, input, sig)
	}
}
