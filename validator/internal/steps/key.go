package steps

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"slices"
)

// A Key is a verification key that was vetted. It serves one kind of
// algorithm, told by which of its parts is set.
type Key struct {
	// ID is the kid, if Named.
	ID    string
	Named bool
	// Algorithm is the one that the key says it is for, or nil.
	Algorithm *Algorithm

	RSA    *rsa.PublicKey
	EC     *ecdsa.PublicKey
	OKP    ed25519.PublicKey
	Secret []byte

	// Text is the JWK as published, by which two fetches tell whether a key
	// is still the same.
	Text string
}

// fitsAlgorithm asks for the right kind of key, the curve of the algorithm,
// a secret as long as the hash (RFC 7518, 3.2 to 3.5), and no other algorithm
// in the key's own words (RFC 8725, 3.1).
func fitsAlgorithm(k *Key, alg *Algorithm) bool {
	if k.Algorithm != nil && !k.Algorithm.same(alg) {
		return false
	}
	switch alg.Family {
	case PKCS1, PSS:
		return k.RSA != nil
	case ECDSA:
		return k.EC != nil && k.EC.Curve == alg.Curve
	case EdDSA:
		return k.OKP != nil
	case HMAC:
		return len(k.Secret) >= alg.Hash.Size()
	}
	return false
}

// pinsHMAC makes a key of the client secret for who pinned an HMAC, and for
// nobody else.
func pinsHMAC(pinned []*Algorithm) bool {
	return slices.ContainsFunc(pinned, func(alg *Algorithm) bool { return alg.Family == HMAC })
}
