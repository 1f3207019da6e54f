package mockidp

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"math/big"
)

// The standard library makes RSA and ECDSA keys out of the system's randomness,
// whatever reader it is given. Keys that have to repeat themselves are made
// here, and signatures that would not.

// makeRSA is an RSA key of two primes of 1024 bits.
func makeRSA(c *chance) (*rsa.PrivateKey, error) {
	if c == nil {
		return rsa.GenerateKey(rand.Reader, 2048)
	}
	odd, err := primes(c, 1024, f4)
	if err != nil {
		return nil, err
	}
	key := &rsa.PrivateKey{
		PublicKey: rsa.PublicKey{N: odd.n, E: int(odd.e.Int64())}, D: odd.d, Primes: []*big.Int{odd.p, odd.q},
	}
	key.Precompute()
	if err := key.Validate(); err != nil {
		return nil, fmt.Errorf("derive an RSA key: %w", err)
	}
	return key, nil
}

// makeECDSA draws scalars until one is in the group (FIPS 186-5, A.2.2).
func makeECDSA(c *chance, curve elliptic.Curve) (*ecdsa.PrivateKey, error) {
	if c == nil {
		return ecdsa.GenerateKey(curve, rand.Reader)
	}
	n := curve.Params().N
	size := (n.BitLen() + 7) / 8
	for {
		scalar := c.octets(size)
		scalar[0] &= 0xff >> (8*size - n.BitLen())
		if d := new(big.Int).SetBytes(scalar); d.Sign() == 0 || d.Cmp(n) >= 0 {
			continue
		}
		return ecdsa.ParseRawPrivateKey(curve, scalar)
	}
}

// drawPrime is a prime of exactly so many bits, the two highest of which are
// set, so that the product of two has twice as many.
func drawPrime(c *chance, bits int) (*big.Int, error) {
	if c == nil {
		return rand.Prime(rand.Reader, bits)
	}
	size := (bits + 7) / 8
	for {
		p := new(big.Int).SetBytes(c.octets(size))
		p.Rsh(p, uint(8*size-bits))
		p.SetBit(p, bits-1, 1).SetBit(p, bits-2, 1).SetBit(p, 0, 1)
		if p.ProbablyPrime(20) {
			return p, nil
		}
	}
}

// below is a number from 0 to n-1.
func below(c *chance, n *big.Int) (*big.Int, error) {
	if c == nil {
		return rand.Int(rand.Reader, n)
	}
	for {
		if x := new(big.Int).SetBytes(c.octets((n.BitLen() + 7) / 8)); x.Cmp(n) < 0 {
			return x, nil
		}
	}
}

// signDerived signs alike every time: ECDSA with the nonce of RFC 6979, PSS
// with a salt that the key and the digest determine.
func (a algorithm) signDerived(key *material, digest []byte) ([]byte, error) {
	switch private := key.signer.(type) {
	case *ecdsa.PrivateKey:
		der, err := private.Sign(nil, digest, a.hash)
		if err != nil {
			return nil, err
		}
		return rawECDSA(der, key.coordinate())
	case *rsa.PrivateKey:
		if a.pss {
			salt := hmac.New(a.hash.New, key.chance.key)
			salt.Write([]byte("salt " + key.chance.what))
			salt.Write(digest)
			em := encodePSS(a.hash, digest, salt.Sum(nil), private.N.BitLen()-1)
			return privately(private, em).FillBytes(make([]byte, private.Size())), nil
		}
	}
	return key.signer.Sign(nil, digest, a.hash)
}

// encodePSS is EMSA-PSS with MGF1 (RFC 8017 section 9.1.1) into as many bits,
// which have room for it: no key here is that short.
func encodePSS(hash crypto.Hash, digest, salt []byte, bits int) []byte {
	h := hash.New()
	h.Write(make([]byte, 8))
	h.Write(digest)
	h.Write(salt)
	sum := h.Sum(nil)
	em := make([]byte, (bits+7)/8)
	db := em[:len(em)-len(sum)-1]
	db[len(db)-len(salt)-1] = 1
	copy(db[len(db)-len(salt):], salt)
	for counter, at := byte(0), 0; at < len(db); counter++ {
		h.Reset()
		h.Write(sum)
		h.Write([]byte{0, 0, 0, counter})
		for _, octet := range h.Sum(nil) {
			if at < len(db) {
				db[at] ^= octet
				at++
			}
		}
	}
	db[0] &= 0xff >> (8*len(em) - bits)
	copy(em[len(db):], sum)
	em[len(em)-1] = 0xbc
	return em
}
