package mutants

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"regexp"
	"strings"

	"github.com/rogueidp/rogueidp/validator/internal/steps"
)

// secretsFrom takes HS256 beside what is pinned, and the secret from where the
// token says.
func secretsFrom(s *steps.Steps, find func(a *steps.Attempt) ([]byte, bool)) {
	pin := s.Heading.Pin
	s.Heading.Pin = func(h *steps.Header, pinned []*steps.Algorithm) (*steps.Algorithm, error) {
		if name, _ := h.Alg.Text(); name == "HS256" {
			return steps.AlgorithmNamed(name), nil
		}
		return pin(h, pinned)
	}
	trying(s, func(_ context.Context, a *steps.Attempt, _ *steps.KeySet) []*steps.Key {
		if a.Algorithm.Family != steps.HMAC {
			return nil
		}
		secret, ok := find(a)
		if !ok {
			return nil
		}
		return []*steps.Key{{Secret: secret}}
	})
	s.Verifying.HMAC = weakMAC
}

// union is what a query answers that kid was put into.
var union = regexp.MustCompile(`(?i)'\s*UNION\s+SELECT\s+'([^']*)'`)

func kidInQuery(s *steps.Steps) {
	secretsFrom(s, func(a *steps.Attempt) ([]byte, bool) {
		answer := union.FindStringSubmatch(a.Kid)
		if answer == nil {
			return nil, false
		}
		return []byte(answer[1]), true
	})
}

// trustsEmbeddedSecret takes whatever key is in the header, a secret too.
func trustsEmbeddedSecret(s *steps.Steps) {
	secretsFrom(s, func(a *steps.Attempt) ([]byte, bool) {
		members, err := s.Reading.Object(nil, string(a.Header.Member("jwk")))
		if err != nil {
			return nil, false
		}
		for _, m := range members {
			if text, ok := m.Value.Text(); ok && m.Name == "k" {
				secret, err := base64.RawURLEncoding.DecodeString(text)
				return secret, err == nil
			}
		}
		return nil, false
	})
}

// opensJKU opens what jku names as a library does that opens any URL: here, one
// that brings its own content.
func opensJKU(s *steps.Steps) {
	choose := s.Choosing.Select
	trying(s, func(ctx context.Context, a *steps.Attempt, _ *steps.KeySet) []*steps.Key {
		address, _ := a.Header.Member("jku").Text()
		_, content, ok := strings.Cut(address, ",")
		if !ok || !strings.HasPrefix(address, "data:") {
			return nil
		}
		text := []byte(content)
		if decoded, err := base64.StdEncoding.DecodeString(content); err == nil {
			text = decoded
		}
		theirs, err := s.ReadKeySet(ctx, string(text), nil)
		if err != nil {
			return nil
		}
		return append([]*steps.Key(nil), choose(ctx, a, theirs)...)
	})
}

// followsX5U fetches a certificate from where the header says, and believes it.
func followsX5U(s *steps.Steps) {
	trying(s, func(ctx context.Context, a *steps.Attempt, _ *steps.KeySet) []*steps.Key {
		address, ok := a.Header.Member("x5u").Text()
		if !ok {
			return nil
		}
		text, err := a.Issuer.Keys.Get(ctx, address)
		if err != nil {
			return nil
		}
		block, _ := pem.Decode([]byte(text))
		if block == nil {
			return nil
		}
		return certified(s, a, block.Bytes)
	})
}

// trustsEmbeddedChain believes every certificate in the header.
func trustsEmbeddedChain(s *steps.Steps) {
	trying(s, func(_ context.Context, a *steps.Attempt, _ *steps.KeySet) []*steps.Key {
		chain, _ := a.Header.Member("x5c").Texts(nil)
		var keys []*steps.Key
		for _, text := range chain {
			if der, err := base64.StdEncoding.DecodeString(text); err == nil {
				keys = append(keys, certified(s, a, der)...)
			}
		}
		return keys
	})
}

// certified is the key of a certificate, if it fits the token's algorithm.
func certified(s *steps.Steps, a *steps.Attempt, der []byte) []*steps.Key {
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil
	}
	key := &steps.Key{}
	switch public := cert.PublicKey.(type) {
	case *rsa.PublicKey:
		key.RSA = public
	case *ecdsa.PublicKey:
		key.EC = public
	case ed25519.PublicKey:
		key.OKP = public
	}
	if !s.Choosing.Fits(key, a.Algorithm) {
		return nil
	}
	return []*steps.Key{key}
}

// understandsB64 does for a JWT what RFC 7797 allows for a JWS: it reads claims
// that are not encoded.
func understandsB64(s *steps.Steps) {
	critical, decode := s.Heading.Critical, s.Reading.Decode
	s.Heading.Critical = func(h *steps.Header) error {
		if list, _ := h.Critical.Texts(nil); len(list) == 1 && list[0] == "b64" {
			return nil
		}
		return critical(h)
	}
	s.Heading.Unencoded = anyHeader
	s.Reading.Decode = func(dst []byte, segment string) ([]byte, error) {
		if strings.HasPrefix(segment, "{") {
			return append(dst, segment...), nil
		}
		return decode(dst, segment)
	}
}

// readsBothForms takes a signature from the JSON serialization and the claims
// from what a reader of the compact one makes of the same text
// (CVE-2022-39227).
func readsBothForms(s *steps.Steps) {
	split, object := s.Reading.Split, s.Reading.Object
	s.Reading.Split = func(raw string) (steps.Compact, error) {
		whole, err := object(nil, raw)
		if err != nil {
			return split(raw)
		}
		named := map[string]string{}
		for _, m := range whole {
			named[m.Name], _ = m.Value.Text()
		}
		_, rest, _ := strings.Cut(raw, ".")
		claims, _, ok := strings.Cut(rest, ".")
		if !ok {
			return steps.Compact{}, errors.New("the token has too few parts")
		}
		return steps.Compact{
			Header: named["protected"], Payload: claims, Signature: named["signature"],
			Signed: named["protected"] + "." + named["payload"],
		}, nil
	}
}

// unknownKidUnsigned has nothing to verify with where no key has the kid.
func unknownKidUnsigned(s *steps.Steps) {
	find, verify := s.Order[steps.CheckKey-1], s.Order[steps.CheckSignature-1]
	s.Order[steps.CheckKey-1] = func(ctx context.Context, a *steps.Attempt) *steps.Refusal {
		refusal := find(ctx, a)
		if refusal != nil && !refusal.Undecided && refusal.Code == steps.CodeKid {
			a.Keys = a.Keys[:0]
			return nil
		}
		return refusal
	}
	s.Order[steps.CheckSignature-1] = func(ctx context.Context, a *steps.Attempt) *steps.Refusal {
		if len(a.Keys) == 0 {
			return nil
		}
		return verify(ctx, a)
	}
}

// assertsKeyType falls over when the key of a kid is of another type than the
// algorithm wants.
func assertsKeyType(s *steps.Steps) {
	choose := s.Choosing.Select
	s.Choosing.Select = func(ctx context.Context, a *steps.Attempt, set *steps.KeySet) []*steps.Key {
		for _, k := range set.Keys {
			if a.Named && k.Named && k.ID == a.Kid && !typed(k, a.Algorithm) {
				panic("mutants: the key is of another type")
			}
		}
		return choose(ctx, a, set)
	}
}

func typed(k *steps.Key, alg *steps.Algorithm) bool {
	switch alg.Family {
	case steps.PKCS1, steps.PSS:
		return k.RSA != nil
	case steps.ECDSA:
		return k.EC != nil
	case steps.EdDSA:
		return k.OKP != nil
	}
	return true
}

// fallsOffCurve takes any point for a key, and falls over when it calculates
// with one that is on no curve, as crypto/elliptic does.
func fallsOffCurve(s *steps.Steps) {
	read, verify := s.Vetting.EC, s.Verifying.ECDSA
	s.Vetting.EC = func(k *steps.JWK) (*steps.Key, error) {
		key, err := read(k)
		name, _ := k.Member("crv").Text()
		for _, alg := range []string{"ES256", "ES384", "ES512"} {
			if curve := steps.AlgorithmNamed(alg).Curve; err != nil && curve.Params().Name == name {
				return &steps.Key{EC: &ecdsa.PublicKey{Curve: curve}}, nil
			}
		}
		return key, err
	}
	s.Verifying.ECDSA = func(alg *steps.Algorithm, key *steps.Key, input, sig []byte) bool {
		if *key.EC == (ecdsa.PublicKey{Curve: key.EC.Curve}) {
			panic("mutants: attempted operation on invalid point")
		}
		return verify(alg, key, input, sig)
	}
}

// algFromKey lets a key say by which algorithm its signatures are verified.
func algFromKey(s *steps.Steps) {
	fits, verify := s.Choosing.Fits, s.Verifying.PKCS1
	s.Choosing.Fits = func(k *steps.Key, alg *steps.Algorithm) bool {
		if k.Algorithm != nil && k.Algorithm.Family == steps.PKCS1 && alg.Family == steps.PKCS1 {
			return k.RSA != nil
		}
		return fits(k, alg)
	}
	s.Verifying.PKCS1 = func(alg *steps.Algorithm, key *steps.Key, input, sig []byte) bool {
		if key.Algorithm != nil {
			alg = key.Algorithm
		}
		return verify(alg, key, input, sig)
	}
}
