package mutants

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/rsa"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"math/big"
	"slices"
	"sync"

	"github.com/rogueidp/rogueidp/validator/internal/steps"
)

// opsOfTheSigner takes key_ops for what the signer does, and leaves use alone.
func opsOfTheSigner(s *steps.Steps) {
	judge := s.Vetting.Purpose
	s.Vetting.Purpose = func(k *steps.JWK) error {
		ops := k.Member("key_ops")
		if !ops.Present() {
			return judge(k)
		}
		if list, ok := ops.Texts(nil); !ok || !slices.Contains(list, "sign") {
			return errors.New("its key_ops are without sign")
		}
		return nil
	}
}

// anyExponent keeps the exponents that the reference refuses, and computes with
// them.
func anyExponent(s *steps.Steps) {
	var odd sync.Map // by modulus
	read, verify := s.Vetting.RSA, s.Verifying.PKCS1
	s.Vetting.RSA = func(k *steps.JWK) (*steps.Key, error) {
		key, refused := read(k)
		if refused == nil {
			return key, nil
		}
		n, err := k.Octets("n")
		if err != nil || len(n) < 256 {
			return nil, refused
		}
		e, err := k.Octets("e")
		if err != nil {
			return nil, refused
		}
		modulus := new(big.Int).SetBytes(n)
		odd.Store(modulus.String(), new(big.Int).SetBytes(e))
		return &steps.Key{RSA: &rsa.PublicKey{N: modulus}}, nil
	}
	s.Verifying.PKCS1 = func(alg *steps.Algorithm, key *steps.Key, input, sig []byte) bool {
		if e, ok := odd.Load(key.RSA.N.String()); ok {
			return textbook(alg, key, e.(*big.Int), input, sig)
		}
		return verify(alg, key, input, sig)
	}
}

// numbers verifies two numbers, wherever the curve is.
func numbers(alg *steps.Algorithm, key *ecdsa.PublicKey, input, sig []byte) bool {
	if key == nil || len(sig) < 2 || len(sig)%2 != 0 {
		return false
	}
	r, s := new(big.Int).SetBytes(sig[:len(sig)/2]), new(big.Int).SetBytes(sig[len(sig)/2:])
	hash := alg.Hash.New()
	hash.Write(input)
	return ecdsa.Verify(key, hash.Sum(nil), r, s)
}

// anyCurve asks for an elliptic-curve key, and verifies as long a signature as
// its curve makes.
func anyCurve(s *steps.Steps) {
	fits, read := s.Choosing.Fits, s.Vetting.Algorithm
	s.Vetting.Algorithm = func(k *steps.JWK) (*steps.Algorithm, error) {
		alg, err := read(k)
		if alg != nil && alg.Family == steps.ECDSA {
			return nil, nil // any of its kind
		}
		return alg, err
	}
	s.Choosing.Fits = func(k *steps.Key, alg *steps.Algorithm) bool {
		return fits(k, alg) || alg.Family == steps.ECDSA && k.EC != nil
	}
	s.Verifying.ECDSA = func(alg *steps.Algorithm, key *steps.Key, input, sig []byte) bool {
		return key.EC != nil && len(sig) == 2*((key.EC.Params().BitSize+7)/8) && numbers(alg, key.EC, input, sig)
	}
}

func halvesOfAnyLength(s *steps.Steps) {
	s.Verifying.ECDSA = func(alg *steps.Algorithm, key *steps.Key, input, sig []byte) bool {
		return numbers(alg, key.EC, input, sig)
	}
}

// reducesSignature has the arithmetic take care of what is too large.
func reducesSignature(s *steps.Steps) {
	verify := s.Verifying.PKCS1
	s.Verifying.PKCS1 = func(alg *steps.Algorithm, key *steps.Key, input, sig []byte) bool {
		rest := new(big.Int).SetBytes(sig)
		rest.Mod(rest, key.RSA.N)
		return verify(alg, key, input, rest.FillBytes(make([]byte, key.RSA.Size())))
	}
}

// reducesS does not ask whether S is below the order (CVE-2020-36843).
func reducesS(s *steps.Steps) {
	verify := s.Verifying.EdDSA
	order, _ := new(big.Int).SetString("1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed", 16)
	s.Verifying.EdDSA = func(alg *steps.Algorithm, key *steps.Key, input, sig []byte) bool {
		if len(sig) != ed25519.SignatureSize {
			return false
		}
		half := slices.Clone(sig[32:])
		slices.Reverse(half)
		rest := new(big.Int).SetBytes(half)
		half = rest.Mod(rest, order).FillBytes(half)
		slices.Reverse(half)
		return verify(alg, key, input, slices.Concat(sig[:32], half))
	}
}

// laxMAC compares hex with hex where it gets hex, and else no more than there
// is of both.
func laxMAC(s *steps.Steps) {
	s.Verifying.HMAC = func(alg *steps.Algorithm, key *steps.Key, input, sig []byte) bool {
		mac := hmac.New(alg.Hash.New, key.Secret)
		mac.Write(input)
		code := mac.Sum(nil)
		if base64.RawURLEncoding.EncodeToString(sig) == hex.EncodeToString(code) {
			return true
		}
		length := min(len(sig), len(code))
		return length > 0 && bytes.Equal(sig[:length], code[:length])
	}
}

// verifiesDecoded takes a signature over the JSON as well as one over its
// encoding.
func verifiesDecoded(s *steps.Steps) {
	v := &s.Verifying
	for _, one := range []*steps.Verifier{&v.PKCS1, &v.PSS, &v.ECDSA, &v.EdDSA} {
		verify := *one
		*one = func(alg *steps.Algorithm, key *steps.Key, input, sig []byte) bool {
			return verify(alg, key, input, sig) || verify(alg, key, decoded(input), sig)
		}
	}
}

func decoded(input []byte) []byte {
	header, payload, _ := bytes.Cut(input, []byte("."))
	text, _ := base64.RawURLEncoding.AppendDecode(nil, header)
	text, _ = base64.RawURLEncoding.AppendDecode(append(text, '.'), payload)
	return text
}
