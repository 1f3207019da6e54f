package mutants

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rsa"
	"math/big"
	"slices"

	"github.com/rogueidp/rogueidp/validator/internal/steps"
)

func noSignature(s *steps.Steps) {
	s.Order[steps.CheckSignature-1] = func(context.Context, *steps.Attempt) *steps.Refusal { return nil }
}

// psychicSignature leaves out the check that r and s are not zero
// (CVE-2022-21449).
func psychicSignature(s *steps.Steps) {
	verify := s.Verifying.ECDSA
	s.Verifying.ECDSA = func(alg *steps.Algorithm, key *steps.Key, input, sig []byte) bool {
		zeros := len(sig) > 0 && !slices.ContainsFunc(sig, func(b byte) bool { return b != 0 })
		return zeros || verify(alg, key, input, sig)
	}
}

// weakMAC takes a key of any length, even none.
func weakMAC(alg *steps.Algorithm, key *steps.Key, input, sig []byte) bool {
	mac := hmac.New(alg.Hash.New, key.Secret)
	mac.Write(input)
	return hmac.Equal(mac.Sum(nil), sig)
}

// weakRSAKeys takes any modulus and any exponent, and verifies by the textbook.
func weakRSAKeys(s *steps.Steps) {
	s.Vetting.RSA = func(k *steps.JWK) (*steps.Key, error) {
		n, err := k.Octets("n")
		if err != nil {
			return nil, err
		}
		e, err := k.Octets("e")
		if err != nil {
			return nil, err
		}
		return &steps.Key{RSA: &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: int(new(big.Int).SetBytes(e).Int64())}}, nil
	}
	s.Verifying.PKCS1 = textbookPKCS1
}

// digestInfo stands before the hash in a PKCS #1 v1.5 signature (RFC 8017,
// 9.2), by the length of the hash.
var digestInfo = map[int][]byte{
	32: {0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20},
	48: {0x30, 0x41, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02, 0x05, 0x00, 0x04, 0x30},
	64: {0x30, 0x51, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03, 0x05, 0x00, 0x04, 0x40},
}

func textbookPKCS1(alg *steps.Algorithm, key *steps.Key, input, sig []byte) bool {
	return textbook(alg, key, big.NewInt(int64(key.RSA.E)), input, sig)
}

func textbook(alg *steps.Algorithm, key *steps.Key, exponent *big.Int, input, sig []byte) bool {
	hash := alg.Hash.New()
	hash.Write(input)
	info := append(slices.Clone(digestInfo[alg.Hash.Size()]), hash.Sum(nil)...)
	length := (key.RSA.N.BitLen() + 7) / 8
	if key.RSA.N.Sign() <= 0 || len(sig) != length || length < len(info)+11 {
		return false
	}
	power := new(big.Int).Exp(new(big.Int).SetBytes(sig), exponent, key.RSA.N)
	padding := bytes.Repeat([]byte{0xff}, length-len(info)-3)
	want := slices.Concat([]byte{0, 1}, padding, []byte{0}, info)
	return bytes.Equal(power.FillBytes(make([]byte, length)), want)
}
