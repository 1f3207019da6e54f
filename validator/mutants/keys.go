package mutants

import (
	"context"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"os"
	"strings"

	"github.com/rogueidp/rogueidp/validator/internal/steps"
)

// none is the algorithm that the reference does not have.
var none = &steps.Algorithm{Name: "none"}

func acceptsNone(s *steps.Steps) {
	unverified(s, func(name string) bool { return name == none.Name })
}

// blocksNone keeps a list of what is forbidden in place of one of what is
// allowed, and has nothing to verify what it does not know with.
func blocksNone(s *steps.Steps) {
	unverified(s, func(name string) bool {
		return name != "" && !strings.EqualFold(name, none.Name) && steps.AlgorithmNamed(name) == nil
	})
}

// unverified accepts some algorithms without a look at the signature.
func unverified(s *steps.Steps, accepted func(name string) bool) {
	pin, choose, verify := s.Heading.Pin, s.Choosing.Select, s.Order[steps.CheckSignature-1]
	s.Heading.Pin = func(h *steps.Header, pinned []*steps.Algorithm) (*steps.Algorithm, error) {
		if name, _ := h.Alg.Text(); accepted(name) {
			return none, nil
		}
		return pin(h, pinned)
	}
	s.Choosing.Select = func(ctx context.Context, a *steps.Attempt, set *steps.KeySet) []*steps.Key {
		if a.Algorithm == none {
			return []*steps.Key{{}}
		}
		return choose(ctx, a, set)
	}
	s.Order[steps.CheckSignature-1] = func(ctx context.Context, a *steps.Attempt) *steps.Refusal {
		if a.Algorithm == none {
			return nil
		}
		return verify(ctx, a)
	}
}

// defaultsAlg takes the first algorithm of its own where the header names none.
func defaultsAlg(s *steps.Steps) {
	pin := s.Heading.Pin
	s.Heading.Pin = func(h *steps.Header, pinned []*steps.Algorithm) (*steps.Algorithm, error) {
		if name, _ := h.Alg.Text(); name == "" {
			return pinned[0], nil
		}
		return pin(h, pinned)
	}
}

// decodesSecret takes the client secret for the base64url of one (RFC 6749
// leaves it a text).
func decodesSecret(s *steps.Steps) {
	mac := s.Verifying.HMAC
	s.Verifying.HMAC = func(alg *steps.Algorithm, key *steps.Key, input, sig []byte) bool {
		secret, err := base64.RawURLEncoding.DecodeString(string(key.Secret))
		return err == nil && mac(alg, &steps.Key{Secret: secret}, input, sig)
	}
}

func algCaseFold(s *steps.Steps) {
	pin := s.Heading.Pin
	s.Heading.Pin = func(h *steps.Header, pinned []*steps.Algorithm) (*steps.Algorithm, error) {
		name, _ := h.Alg.Text()
		for _, alg := range pinned {
			if strings.EqualFold(alg.Name, name) {
				return alg, nil
			}
		}
		return pin(h, pinned)
	}
}

func algFromHeader(s *steps.Steps) {
	fits, mac := s.Choosing.Fits, s.Verifying.HMAC
	s.Heading.Pin = namedAlgorithm
	s.Choosing.Fits = func(k *steps.Key, alg *steps.Algorithm) bool {
		return fits(k, alg) || alg.Family == steps.HMAC && k.RSA != nil
	}
	s.Verifying.HMAC = func(alg *steps.Algorithm, key *steps.Key, input, sig []byte) bool {
		if key.RSA == nil {
			return mac(alg, key, input, sig)
		}
		der, err := x509.MarshalPKIXPublicKey(key.RSA)
		text := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
		return err == nil && mac(alg, &steps.Key{Secret: text}, input, sig)
	}
}

// namedAlgorithm takes any algorithm that there is.
func namedAlgorithm(h *steps.Header, pinned []*steps.Algorithm) (*steps.Algorithm, error) {
	name, _ := h.Alg.Text()
	if alg := steps.AlgorithmNamed(name); alg != nil {
		return alg, nil
	}
	return steps.Reference().Heading.Pin(h, pinned)
}

// widened adds what the metadata advertise.
func widened(pinned []*steps.Algorithm, advertised steps.Value) []*steps.Algorithm {
	list, _ := advertised.Texts(nil)
	for _, name := range list {
		if alg := steps.AlgorithmNamed(name); alg != nil {
			pinned = append(pinned[:len(pinned):len(pinned)], alg)
		}
	}
	return pinned
}

// trying puts keys of its own before those of the reference.
func trying(s *steps.Steps, own func(ctx context.Context, a *steps.Attempt, set *steps.KeySet) []*steps.Key) {
	choose := s.Choosing.Select
	s.Choosing.Select = func(ctx context.Context, a *steps.Attempt, set *steps.KeySet) []*steps.Key {
		return append(own(ctx, a, set), choose(ctx, a, set)...)
	}
}

func trustsEmbeddedJWK(s *steps.Steps) {
	trying(s, func(_ context.Context, a *steps.Attempt, _ *steps.KeySet) []*steps.Key {
		key, err := s.Key(string(a.Header.Member("jwk")))
		if err != nil || !s.Choosing.Fits(key, a.Algorithm) {
			return nil
		}
		return []*steps.Key{key}
	})
}

func followsJKU(s *steps.Steps) {
	choose := s.Choosing.Select
	trying(s, func(ctx context.Context, a *steps.Attempt, _ *steps.KeySet) []*steps.Key {
		address, ok := a.Header.Member("jku").Text()
		if !ok {
			return nil
		}
		text, err := a.Issuer.Keys.Get(ctx, address)
		if err != nil {
			return nil
		}
		theirs, err := s.ReadKeySet(ctx, text, nil)
		if err != nil {
			return nil
		}
		return append([]*steps.Key(nil), choose(ctx, a, theirs)...)
	})
}

// kidAsPath reads a secret from the file that kid names.
func kidAsPath(s *steps.Steps) {
	secretsFrom(s, func(a *steps.Attempt) ([]byte, bool) {
		secret, err := os.ReadFile(a.Kid)
		return secret, err == nil
	})
}

// kidCaseFold takes the first key that it finds so, and no other.
func kidCaseFold(s *steps.Steps) {
	choose := s.Choosing.Select
	s.Choosing.Select = func(ctx context.Context, a *steps.Attempt, set *steps.KeySet) []*steps.Key {
		for _, key := range set.Keys {
			if key.Named && strings.EqualFold(key.ID, a.Kid) && s.Choosing.Fits(key, a.Algorithm) {
				return []*steps.Key{key}
			}
		}
		return choose(ctx, a, set)
	}
}
