package validator

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"errors"
	"fmt"

	"github.com/rogueidp/rogueidp/validator/internal/steps"
)

// VerifyJWS checks the signature of a JWS in compact serialization and
// returns its payload. It checks nothing else: not who signed, nor for whom,
// nor when.
//
// key is an *rsa.PublicKey, an *ecdsa.PublicKey, an ed25519.PublicKey, or a
// JWK: its JSON as []byte or string, or a value that marshals to it, such as
// the JSONWebKey of go-jose. algs are the algorithms to accept, by default
// RS256 and ES256. A symmetric JWK serves HS256, HS384 and HS512 where these
// are named.
func VerifyJWS(raw string, key any, algs ...string) (payload []byte, err error) {
	return verifyJWS(steps.Reference(), raw, key, algs...)
}

func verifyJWS(s *steps.Steps, raw string, key any, algs ...string) ([]byte, error) {
	pinned, err := algorithms(algs)
	if err != nil {
		return nil, fmt.Errorf("validator: %w", err)
	}
	s = s.HandedOver()
	vetted, err := vet(s, key)
	if err != nil {
		return nil, &Error{Check: CheckKey, Code: CodeKey, Err: fmt.Errorf("the key cannot be used: %w", err)}
	}
	payload, refusal := s.Verify(raw, vetted, pinned)
	if refusal != nil {
		return nil, newError(refusal)
	}
	return payload, nil
}

func vet(s *steps.Steps, key any) (*steps.Key, error) {
	switch k := key.(type) {
	case *rsa.PublicKey:
		if k == nil {
			return nil, errors.New("it is nil")
		}
		return &steps.Key{RSA: k}, steps.VetRSA(k)
	case *ecdsa.PublicKey:
		if k == nil {
			return nil, errors.New("it is nil")
		}
		return &steps.Key{EC: k}, steps.VetEC(k)
	case ed25519.PublicKey:
		return &steps.Key{OKP: k}, steps.VetOKP(k)
	case string:
		return s.Key(k)
	case []byte:
		return s.Key(string(k))
	case interface{ MarshalJSON() ([]byte, error) }:
		text, err := k.MarshalJSON()
		if err != nil {
			return nil, err
		}
		return s.Key(string(text))
	}
	return nil, fmt.Errorf("a %T is no public key and no JWK", key)
}
