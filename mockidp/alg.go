package mockidp

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	_ "crypto/sha256" // for crypto.SHA256.New
	_ "crypto/sha512" // for crypto.SHA384.New and crypto.SHA512.New
	"errors"
	"fmt"
	"strings"

	"github.com/rogueidp/rogueidp/mockidp/fault"
)

// An algorithm is a JWS algorithm of RFC 7518 section 3.1, RFC 8037 section
// 3.1 or RFC 9864 section 2.2.
type algorithm struct {
	name string
	kind kind
	hash crypto.Hash
	pss  bool
}

var algorithms = []algorithm{
	{"RS256", kindRSA, crypto.SHA256, false},
	{"RS384", kindRSA, crypto.SHA384, false},
	{"RS512", kindRSA, crypto.SHA512, false},
	{"PS256", kindRSA, crypto.SHA256, true},
	{"PS384", kindRSA, crypto.SHA384, true},
	{"PS512", kindRSA, crypto.SHA512, true},
	{"ES256", kindP256, crypto.SHA256, false},
	{"ES384", kindP384, crypto.SHA384, false},
	{"ES512", kindP521, crypto.SHA512, false},
	{"EdDSA", kindEd25519, 0, false},
	{"Ed25519", kindEd25519, 0, false},
	{"HS256", kindOct, crypto.SHA256, false},
	{"HS384", kindOct, crypto.SHA384, false},
	{"HS512", kindOct, crypto.SHA512, false},
}

func algorithmOf(name string) (algorithm, bool) {
	for _, a := range algorithms {
		if a.name == name {
			return a, true
		}
	}
	return algorithm{}, false
}

// Algorithms are the algorithms that the provider can sign with.
func Algorithms() []string {
	names := make([]string, len(algorithms))
	for i, a := range algorithms {
		names[i] = a.name
	}
	return names
}

// KeyType is what an algorithm's key is made of: "rsa", "ec", "okp" or "oct";
// empty for an algorithm that nobody knows.
func KeyType(alg string) string {
	a, ok := algorithmOf(alg)
	if !ok {
		return ""
	}
	return keyType(a.kind)
}

func keyType(k kind) string {
	switch k {
	case kindP256, kindP384, kindP521, "es256k":
		return "ec"
	case kindEd25519:
		return "okp"
	case kindOct:
		return "oct"
	}
	return "rsa"
}

// sign makes the signature of an input with a key, over the alg's own hash.
func (a algorithm) sign(key *material, input []byte) ([]byte, error) {
	digest := input
	if a.hash != 0 {
		h := a.hash.New()
		h.Write(input)
		digest = h.Sum(nil)
	}
	switch {
	case key.rsa != nil && a.kind == kindRSA && !a.pss:
		em, err := fault.Padding("straight", a.hash, digest, key.rsa.size())
		if err != nil {
			return nil, err
		}
		return key.rsa.sign(em), nil
	case a.kind == kindOct:
		return mac(a, key.secret, input), nil
	case key.signer == nil || keyType(key.kind) != keyType(a.kind):
		return nil, fmt.Errorf("a %s key cannot sign with %s", key.kind, a.name)
	case key.chance != nil:
		return a.signDerived(key, digest)
	case a.pss:
		return key.signer.Sign(rand.Reader, digest, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: a.hash})
	case a.kind == kindRSA || a.kind == kindEd25519:
		return key.signer.Sign(rand.Reader, digest, a.hash)
	}
	der, err := ecdsa.SignASN1(rand.Reader, key.signer.(*ecdsa.PrivateKey), digest)
	if err != nil {
		return nil, err
	}
	return rawECDSA(der, key.coordinate())
}

func mac(a algorithm, secret, input []byte) []byte {
	h := hmac.New(a.hash.New, secret)
	h.Write(input)
	return h.Sum(nil)
}

// coordinate is the length of r and of s in octets (RFC 7518 section 3.4).
func (m *material) coordinate() int {
	return (m.signer.(*ecdsa.PrivateKey).Params().BitSize + 7) / 8
}

// rawECDSA writes the two integers of an ASN.1 signature side by side, each
// size octets long.
func rawECDSA(der []byte, size int) ([]byte, error) {
	raw := make([]byte, 2*size)
	if len(der) < 2 {
		return nil, errors.New("an ECDSA signature of no length")
	}
	rest := der[2:]
	if der[1] >= 0x80 {
		rest = der[2+int(der[1]&0x7f):]
	}
	for half := range 2 {
		if len(rest) < 2 || len(rest) < 2+int(rest[1]) {
			return nil, errors.New("an ECDSA signature that is cut short")
		}
		number := rest[2 : 2+int(rest[1])]
		rest = rest[2+len(number):]
		for len(number) > 0 && number[0] == 0 {
			number = number[1:]
		}
		if len(number) > size {
			return nil, errors.New("an ECDSA signature with a number that is too large")
		}
		copy(raw[(half+1)*size-len(number):], number)
	}
	return raw, nil
}

// unsigned tells whether an alg is a spelling of none.
func unsigned(alg string) bool { return strings.EqualFold(alg, "none") }
