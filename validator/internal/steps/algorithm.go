package steps

import (
	"crypto"
	"crypto/elliptic"
	_ "crypto/sha256" // the hashes of the table below
	_ "crypto/sha512"
	"strings"
)

// A Family is the kind of key and the construction that an algorithm uses.
type Family uint8

// The families of signature algorithms.
const (
	PKCS1 Family = iota + 1
	PSS
	ECDSA
	EdDSA
	HMAC
)

// An Algorithm is one signature algorithm of RFC 7518, section 3.1, RFC 8037
// or RFC 9864. There is one value of each, so they compare by pointer.
type Algorithm struct {
	Name   string
	Family Family
	// Hash is the hash of the signature, and of at_hash, c_hash and s_hash.
	Hash  crypto.Hash
	Curve elliptic.Curve // ECDSA only: each algorithm has its curve
}

var algorithms = []*Algorithm{
	{Name: "RS256", Family: PKCS1, Hash: crypto.SHA256},
	{Name: "RS384", Family: PKCS1, Hash: crypto.SHA384},
	{Name: "RS512", Family: PKCS1, Hash: crypto.SHA512},
	{Name: "PS256", Family: PSS, Hash: crypto.SHA256},
	{Name: "PS384", Family: PSS, Hash: crypto.SHA384},
	{Name: "PS512", Family: PSS, Hash: crypto.SHA512},
	{Name: "ES256", Family: ECDSA, Hash: crypto.SHA256, Curve: elliptic.P256()},
	{Name: "ES384", Family: ECDSA, Hash: crypto.SHA384, Curve: elliptic.P384()},
	{Name: "ES512", Family: ECDSA, Hash: crypto.SHA512, Curve: elliptic.P521()},
	{Name: "EdDSA", Family: EdDSA, Hash: crypto.SHA512},
	{Name: "Ed25519", Family: EdDSA, Hash: crypto.SHA512},
	{Name: "HS256", Family: HMAC, Hash: crypto.SHA256},
	{Name: "HS384", Family: HMAC, Hash: crypto.SHA384},
	{Name: "HS512", Family: HMAC, Hash: crypto.SHA512},
}

// AlgorithmNamed finds an algorithm by its exact name; none is not one.
func AlgorithmNamed(name string) *Algorithm {
	for _, alg := range algorithms {
		if alg.Name == name {
			return alg
		}
	}
	return nil
}

// AlgorithmNames lists what is supported.
func AlgorithmNames() string { return names(algorithms) }

func names(algs []*Algorithm) string {
	list := make([]string, len(algs))
	for i, alg := range algs {
		list[i] = alg.Name
	}
	return strings.Join(list, ", ")
}

// same tells whether a key made for one algorithm serves the other. EdDSA
// with an Ed25519 key and Ed25519 are two names of one (RFC 9864, 2.2).
func (alg *Algorithm) same(other *Algorithm) bool {
	return alg == other || alg.Family == EdDSA && other.Family == EdDSA
}
