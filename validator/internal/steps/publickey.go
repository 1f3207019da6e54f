package steps

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"sync/atomic"
)

// The sizes of RSA moduli in bits: RFC 7518, 3.3 and 3.5 set the lower bound;
// the upper one keeps a key from costing more than it can be worth (8.6).
const (
	minModulus = 2048
	maxModulus = 8192
)

// readRSA reads n and e and refuses what is no RSA key: a modulus that is
// even or prime, an exponent below 3 or even (RFC 8017, 3.1), or sizes out of
// bounds.
func readRSA(k *JWK) (*Key, error) {
	n, err := k.Octets("n")
	if err != nil {
		return nil, err
	}
	e, err := k.Octets("e")
	if err != nil {
		return nil, err
	}
	if n, e = integerOctets(n), integerOctets(e); len(n) > maxModulus/8 || len(e) > 4 {
		return nil, fmt.Errorf("its modulus has %d bytes and its exponent %d, which is too much", len(n), len(e))
	}
	exponent := 0
	for _, b := range e {
		exponent = exponent<<8 | int(b)
	}
	public := &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: exponent}
	return &Key{RSA: public}, VetRSA(public)
}

// integerOctets drops leading zeros, which some publishers write although
// RFC 7518, section 2, tells them not to.
func integerOctets(b []byte) []byte { return bytes.TrimLeft(b, "\x00") }

// VetRSA is the judgement on an RSA key that did not come as a JWK.
func VetRSA(k *rsa.PublicKey) error {
	const most = 1<<31 - 1 // what crypto/rsa takes
	if k.N == nil || k.N.BitLen() < minModulus || k.N.BitLen() > maxModulus {
		return fmt.Errorf("its modulus has not between %d and %d bits", minModulus, maxModulus)
	}
	if k.E < 3 || k.E > most || k.E%2 == 0 {
		return errors.New("its exponent is not an odd number from 3 to 2^31-1")
	}
	place := &passed[k.N.Bits()[0]>>1%big.Word(len(passed))]
	if before := place.Load(); before != nil && before.Cmp(k.N) == 0 {
		return nil
	}
	if k.N.Bit(0) == 0 || k.N.ProbablyPrime(0) {
		return errors.New("its modulus is not a product of odd primes")
	}
	place.Store(new(big.Int).Set(k.N))
	return nil
}

// passed are moduli that passed lately, each at the place that its low bits
// name. The test for primes takes longer than a hundred signatures, and callers
// tend to come again with the keys of their few issuers.
var passed [64]atomic.Pointer[big.Int]

var curves = map[string]elliptic.Curve{
	"P-256": elliptic.P256(),
	"P-384": elliptic.P384(),
	"P-521": elliptic.P521(),
}

// readEC reads a point of full length (RFC 7518, 6.2.1.2) that lies on its
// curve (RFC 8725, 3.4).
func readEC(k *JWK) (*Key, error) {
	name, _ := k.Member("crv").Text()
	curve := curves[name]
	if curve == nil {
		return nil, fmt.Errorf("its curve %s is unknown here", excerpt(name))
	}
	x, err := k.Octets("x")
	if err != nil {
		return nil, err
	}
	y, err := k.Octets("y")
	if err != nil {
		return nil, err
	}
	length := (curve.Params().BitSize + 7) / 8
	if len(x) != length || len(y) != length {
		return nil, fmt.Errorf("its coordinates have not %d bytes each", length)
	}
	const uncompressed = 4
	point := slices.Concat([]byte{uncompressed}, x, y)
	public, err := ecdsa.ParseUncompressedPublicKey(curve, point)
	if err != nil {
		return nil, errors.New("its point is not on the curve")
	}
	return &Key{EC: public}, nil
}

// VetEC is the judgement on an EC key that did not come as a JWK.
func VetEC(k *ecdsa.PublicKey) error {
	if k.Curve == nil {
		return errors.New("it has no curve")
	}
	if _, err := k.Bytes(); err != nil {
		return errors.New("its point is not on the curve")
	}
	return nil
}

// readOKP reads an Ed25519 key (RFC 8037, 2). X25519 and X448 keys are not
// for signatures, and Ed448 is unknown here.
func readOKP(k *JWK) (*Key, error) {
	if name, _ := k.Member("crv").Text(); name != "Ed25519" {
		return nil, fmt.Errorf("its curve %s is unknown here", excerpt(name))
	}
	x, err := k.Octets("x")
	if err != nil {
		return nil, err
	}
	return &Key{OKP: x}, VetOKP(x)
}

// VetOKP refuses what does not decode (RFC 8032, 5.1.3), and points of small
// order: one signature by such a key fits many messages.
func VetOKP(k ed25519.PublicKey) error {
	if len(k) != ed25519.PublicKeySize {
		return fmt.Errorf("it has %d bytes instead of %d", len(k), ed25519.PublicKeySize)
	}
	y := slices.Clone(k)
	y[31] &= 0x7f
	slices.Reverse(y)
	number := new(big.Int).SetBytes(y)
	if number.Cmp(edwardsPrime) >= 0 {
		return errors.New("its point is not encoded in the one right way")
	}
	for _, small := range smallOrder {
		if number.Cmp(small) == 0 {
			return errors.New("its point has a small order")
		}
	}
	if !onEdwards(number) {
		return errors.New("its point is not on the curve")
	}
	return nil
}

// edwardsPrime is 2^255 - 19, and edwardsD the constant of the curve (RFC
// 8032, 5.1).
var (
	edwardsPrime, _ = new(big.Int).SetString("7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed", 16)
	edwardsD, _     = new(big.Int).SetString("52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3", 16)
)

// smallOrder holds the y of the eight points whose order divides eight.
var smallOrder = func() []*big.Int {
	eighth, _ := new(big.Int).SetString("7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7", 16)
	one := big.NewInt(1)
	return []*big.Int{
		big.NewInt(0), one, new(big.Int).Sub(edwardsPrime, one),
		eighth, new(big.Int).Sub(edwardsPrime, eighth),
	}
}()

// onEdwards tells whether x² = (y²-1) / (dy²+1) has a root.
func onEdwards(y *big.Int) bool {
	one := big.NewInt(1)
	square := new(big.Int).Mul(y, y)
	above := new(big.Int).Sub(square, one)
	below := new(big.Int).Mul(square, edwardsD)
	below.Add(below, one).Mod(below, edwardsPrime)
	quotient := above.Mul(above, new(big.Int).ModInverse(below, edwardsPrime))
	return big.Jacobi(quotient.Mod(quotient, edwardsPrime), edwardsPrime) >= 0
}
