package mockidp

import (
	"crypto/aes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash"
	"math/big"
	"slices"
	"strconv"

	"github.com/rogueidp/rogueidp/mockidp/fault"
)

// toRSA encrypts a content key to an RSA key (RFC 7518 sections 4.2 and 4.3).
func toRSA(e fault.Encryption, to *key, contentKey []byte) ([]byte, error) {
	public, ok := to.signer.Public().(*rsa.PublicKey)
	if !ok {
		return nil, fmt.Errorf("%s needs an RSA key, not a %s key", e.Alg, to.kind)
	}
	if e.Alg == "RSA1_5" {
		// Written by hand: the block type is what a fault bends (RFC 8017, 7.2.1).
		block := make([]byte, public.Size())
		block[1] = 2
		if e.Padded {
			block[1] = 1
		}
		filling := block[2 : len(block)-len(contentKey)-1]
		rand.Read(filling)
		for i := range filling {
			filling[i] |= 1 // no zero ends the filling early
		}
		copy(block[len(block)-len(contentKey):], contentKey)
		power := new(big.Int).Exp(new(big.Int).SetBytes(block), big.NewInt(int64(public.E)), public.N)
		return power.FillBytes(block), nil
	}
	var h hash.Hash = sha1.New()
	if e.Alg == "RSA-OAEP-256" {
		h = sha256.New()
	}
	return rsa.EncryptOAEP(h, rand.Reader, public, contentKey, nil)
}

// wrapped is a content key under AES Key Wrap (RFC 3394 section 2.2.1).
func wrapped(key, contentKey []byte) ([]byte, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	n := len(contentKey) / 8
	out := append([]byte{0xa6, 0xa6, 0xa6, 0xa6, 0xa6, 0xa6, 0xa6, 0xa6}, contentKey...)
	buffer := make([]byte, 16)
	for j := range 6 {
		for i := 1; i <= n; i++ {
			copy(buffer, out[:8])
			copy(buffer[8:], out[8*i:8*i+8])
			block.Encrypt(buffer, buffer)
			binary.BigEndian.PutUint64(out, binary.BigEndian.Uint64(buffer)^uint64(n*j+i))
			copy(out[8*i:], buffer[8:])
		}
	}
	return out, nil
}

// underPassword wraps a content key under a key that is derived from a
// password (RFC 7518 section 4.8), with as many rounds as the header says or
// as somebody who reads it carelessly would take.
func underPassword(e fault.Encryption, to *key, salt, contentKey []byte) ([]byte, error) {
	rounds := 1000
	if said, ok := e.Header.Get("p2c"); ok {
		if n, err := strconv.ParseFloat(string(said), 64); err == nil && n <= 1e6 {
			rounds = max(1, int(n))
		}
	}
	salted := append(append([]byte(e.Alg), 0), salt...)
	derived, err := pbkdf2.Key(sha256.New, string(to.secretFor(e.Alg)), salted, rounds, 16)
	if err != nil {
		return nil, err
	}
	return wrapped(derived, contentKey)
}

// concatKDF derives the content key that both sides agreed on (RFC 7518
// section 4.6.2), for no more than 256 bits.
func concatKDF(shared []byte, enc string, size int) []byte {
	input := binary.BigEndian.AppendUint32(nil, 1)
	input = append(input, shared...)
	input = binary.BigEndian.AppendUint32(input, uint32(len(enc)))
	input = append(input, enc...)
	input = append(input, make([]byte, 8)...) // no apu, no apv
	input = binary.BigEndian.AppendUint32(input, uint32(size)*8)
	sum := sha256.Sum256(input)
	return sum[:size]
}

// ephemeral is a key for one agreement, and what comes of it. One that is no
// point of the curve is multiplied by the receiver's own number, as a receiver
// would that looks at nothing.
func ephemeral(point string, to *ecdsa.PrivateKey) (fault.Object, []byte, error) {
	p := elliptic.P256().Params().P
	number, err := to.Bytes()
	if err != nil {
		return nil, nil, err
	}
	switch point {
	case "":
		own, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			return nil, nil, err
		}
		mine, err := own.ECDH()
		if err != nil {
			return nil, nil, err
		}
		theirs, err := to.PublicKey.ECDH()
		if err != nil {
			return nil, nil, err
		}
		shared, err := mine.ECDH(theirs)
		if err != nil {
			return nil, nil, err
		}
		epk, err := publicJWK(&own.PublicKey)
		return epk, shared, err
	case "other-curve":
		own, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
		if err != nil {
			return nil, nil, err
		}
		epk, err := publicJWK(&own.PublicKey)
		return epk, number, err
	}
	x, err := rand.Int(rand.Reader, p)
	if err != nil {
		return nil, nil, err
	}
	y := new(big.Int)
	if point == "off-curve" {
		if y, err = rand.Int(rand.Reader, p); err != nil {
			return nil, nil, err
		}
	}
	epk := fault.Object{
		{Name: "kty", Value: `"EC"`}, {Name: "crv", Value: `"P-256"`},
		{Name: "x", Value: b64(x.FillBytes(make([]byte, 32)))}, {Name: "y", Value: b64(y.FillBytes(make([]byte, 32)))},
	}
	return epk, careless(p, x, y, new(big.Int).SetBytes(number)).FillBytes(make([]byte, 32)), nil
}

// careless is the abscissa of n times a point, by formulas that never look at
// the constant term of the curve; zero at infinity.
func careless(p, x, y, n *big.Int) *big.Int {
	type point struct{ x, y *big.Int } // nil at infinity
	add := func(a, b point) point {
		if a.x == nil {
			return b
		}
		if b.x == nil {
			return a
		}
		var rise, run *big.Int
		if a.x.Cmp(b.x) == 0 {
			if a.y.Sign() == 0 || a.y.Cmp(b.y) != 0 {
				return point{}
			}
			rise = new(big.Int).Mul(a.x, a.x)
			rise.Mul(rise, big.NewInt(3)).Sub(rise, big.NewInt(3))
			run = new(big.Int).Lsh(a.y, 1)
		} else {
			rise, run = new(big.Int).Sub(b.y, a.y), new(big.Int).Sub(b.x, a.x)
		}
		slope := rise.Mul(rise, run.ModInverse(run.Mod(run, p), p))
		sum := new(big.Int).Mul(slope, slope)
		sum.Sub(sum, a.x).Sub(sum, b.x).Mod(sum, p)
		down := new(big.Int).Sub(a.x, sum)
		down.Mul(down, slope).Sub(down, a.y).Mod(down, p)
		return point{sum, down}
	}
	var sum point
	for _, b := range slices.Backward(bits(n)) {
		if sum = add(sum, sum); b == 1 {
			sum = add(sum, point{x, y})
		}
	}
	if sum.x == nil {
		return new(big.Int)
	}
	return sum.x
}

// bits are those of a number, the lowest first.
func bits(n *big.Int) []uint {
	list := make([]uint, n.BitLen())
	for i := range list {
		list[i] = n.Bit(i)
	}
	return list
}
