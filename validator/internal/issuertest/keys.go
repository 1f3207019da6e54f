package issuertest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"math/big"
	"strings"
	"sync"
)

// A Key is a signing key with its published form.
type Key struct {
	Kid     string
	Alg     string
	Signer  crypto.Signer // or
	Secret  []byte
	members []string // of the JWK, as JSON
}

// made holds the private keys of this process: making an RSA key takes longer
// than most tests.
var made sync.Map

func once[K any](name string, generate func() K) K {
	k, _ := made.LoadOrStore(name, sync.OnceValue(generate))
	return k.(func() K)()
}

// RSA is the RSA-2048 key of a name, for RS256; the same name is the same key.
func RSA(name string) *Key {
	private := once("rsa "+name, func() *rsa.PrivateKey {
		k, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			panic(err)
		}
		return k
	})
	return FromRSA(name, private)
}

// FromRSA publishes an RSA key.
func FromRSA(kid string, private *rsa.PrivateKey) *Key {
	return &Key{Kid: kid, Alg: "RS256", Signer: private, members: []string{
		`"kty":"RSA"`, `"n":"` + Encode(private.N.Bytes()) + `"`, `"e":"` + Encode(big.NewInt(int64(private.E)).Bytes()) + `"`,
	}}
}

// EC is the P-256 key of a name, for ES256.
func EC(name string) *Key { return Curve(name, "ES256", elliptic.P256()) }

// Curve is an EC key for an algorithm.
func Curve(name, alg string, curve elliptic.Curve) *Key {
	private := once("ec "+alg+name, func() *ecdsa.PrivateKey {
		k, err := ecdsa.GenerateKey(curve, rand.Reader)
		if err != nil {
			panic(err)
		}
		return k
	})
	return fromCurve(name, alg, private)
}

// FromEC publishes a P-256 key.
func FromEC(kid string, private *ecdsa.PrivateKey) *Key { return fromCurve(kid, "ES256", private) }

func fromCurve(kid, alg string, private *ecdsa.PrivateKey) *Key {
	point, err := private.PublicKey.Bytes()
	if err != nil {
		panic(err)
	}
	half := (len(point) - 1) / 2
	return &Key{Kid: kid, Alg: alg, Signer: private, members: []string{
		`"kty":"EC"`, `"crv":"` + private.Curve.Params().Name + `"`,
		`"x":"` + Encode(point[1:1+half]) + `"`, `"y":"` + Encode(point[1+half:]) + `"`,
	}}
}

// Ed25519 is the Ed25519 key of a name, for EdDSA.
func Ed25519(name string) *Key {
	private := once("ed "+name, func() ed25519.PrivateKey {
		_, k, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			panic(err)
		}
		return k
	})
	return FromEd25519(name, private)
}

// FromEd25519 publishes an Ed25519 key.
func FromEd25519(kid string, private ed25519.PrivateKey) *Key {
	public := private.Public().(ed25519.PublicKey)
	return &Key{Kid: kid, Alg: "EdDSA", Signer: private, members: []string{
		`"kty":"OKP"`, `"crv":"Ed25519"`, `"x":"` + Encode(public) + `"`,
	}}
}

// Oct is a symmetric key, for HS256.
func Oct(kid string, secret []byte) *Key {
	return &Key{Kid: kid, Alg: "HS256", Secret: secret, members: []string{`"kty":"oct"`, `"k":"` + Encode(secret) + `"`}}
}

// As is the key with another kid.
func (k *Key) As(kid string) *Key {
	as := *k
	as.Kid = kid
	return &as
}

// For is the key for another algorithm.
func (k *Key) For(alg string) *Key {
	other := *k
	other.Alg = alg
	return &other
}

// JWK is the public key as JSON, with kid, use and alg, and with more members
// where they are given.
func (k *Key) JWK(more ...string) string {
	members := append([]string{`"kid":"` + k.Kid + `"`, `"use":"sig"`, `"alg":"` + k.Alg + `"`}, k.members...)
	return "{" + strings.Join(append(members, more...), ",") + "}"
}

// Bare is the public key as JSON, with nothing but what is given.
func (k *Key) Bare(more ...string) string {
	return "{" + strings.Join(append(append([]string{}, k.members...), more...), ",") + "}"
}

// JWKS is the key set of keys.
func JWKS(keys ...*Key) string {
	texts := make([]string, len(keys))
	for i, k := range keys {
		texts[i] = k.JWK()
	}
	return Set(texts...)
}

// Set is the key set of JWKs.
func Set(jwks ...string) string { return `{"keys":[` + strings.Join(jwks, ",") + `]}` }

// Encode is base64url without padding.
func Encode(octets []byte) string { return base64.RawURLEncoding.EncodeToString(octets) }
