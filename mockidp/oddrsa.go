package mockidp

import (
	"crypto/rsa"
	"fmt"
	"math/big"

	"github.com/rogueidp/rogueidp/mockidp/fault"
)

// oddRSA is an RSA key that no library should make or take. Signing with it is
// the bare private operation on an encoded message.
type oddRSA struct {
	n, e, d *big.Int
	p, q    *big.Int // nil where there are none
	// forged: there is no private operation at all, the signature is plain to see.
	forged bool
}

func (k *oddRSA) size() int { return max(1, (k.n.BitLen()+7)/8) }

// sign is em^d mod n, padded to the length of the modulus. Where the modulus
// is too degenerate to compute with, the encoded message itself has to serve.
func (k *oddRSA) sign(em []byte) []byte {
	if k.n.Sign() == 0 {
		return em
	}
	s := new(big.Int).SetBytes(em)
	s.Exp(s, k.d, k.n)
	return s.FillBytes(make([]byte, k.size()))
}

func (k *oddRSA) jwk() fault.Object {
	n := k.n.Bytes()
	if len(n) == 0 {
		n = []byte{0}
	}
	e := k.e.Bytes()
	if len(e) == 0 {
		e = []byte{0}
	}
	return fault.Object{
		{Name: "kty", Value: `"RSA"`}, {Name: "n", Value: b64(n)}, {Name: "e", Value: b64(e)},
	}
}

var f4 = big.NewInt(65537)

// makeOddRSA makes the weak and the degenerate RSA keys, each of which breaks
// RFC 8017 section 3.1 or the 2048 bits of RFC 7518 section 3.3.
func makeOddRSA(k kind, c *chance) (*oddRSA, error) {
	switch k {
	case "rsa-512":
		return primes(c, 256, f4)
	case "rsa-1024":
		return primes(c, 512, f4)
	case "rsa-1536":
		return primes(c, 768, f4)
	case "rsa-e3":
		return primes(c, 1024, big.NewInt(3))
	case "rsa-e1":
		key, err := primes(c, 1024, f4)
		if err != nil {
			return nil, err
		}
		// x^1 = x: the encoded message is its own signature.
		return &oddRSA{n: key.n, e: big.NewInt(1), d: big.NewInt(1), forged: true}, nil
	case "rsa-e-zero", "rsa-e-even":
		key, err := primes(c, 1024, f4)
		if err != nil {
			return nil, err
		}
		// Neither exponent has an inverse, so there is nothing to sign with.
		e := map[kind]int64{"rsa-e-zero": 0, "rsa-e-even": 65536}[k]
		return &oddRSA{n: key.n, e: big.NewInt(e), d: big.NewInt(1), forged: true}, nil
	case "rsa-e-n":
		key, err := primes(c, 1024, f4)
		if err != nil {
			return nil, err
		}
		// e·d ≡ 1 mod φ holds for f4, so φ divides f4·d-1, and an inverse modulo
		// that multiple is one modulo φ.
		multiple := new(big.Int).Mul(f4, key.d)
		d := new(big.Int).ModInverse(key.n, multiple.Sub(multiple, one))
		if d == nil {
			return makeOddRSA(k, c)
		}
		return &oddRSA{n: key.n, e: key.n, d: d}, nil
	case "rsa-e-65-bits":
		return primes(c, 1024, new(big.Int).Add(new(big.Int).Lsh(one, 64), one))
	case "rsa-e-4096-bits":
		return primes(c, 1024, new(big.Int).Add(new(big.Int).Lsh(one, 4095), one))
	case "rsa-n-zero":
		return &oddRSA{n: new(big.Int), e: f4, d: big.NewInt(1), forged: true}, nil
	case "rsa-n-one":
		return &oddRSA{n: big.NewInt(1), e: f4, d: big.NewInt(1), forged: true}, nil
	case "rsa-n-even":
		q, err := prime(c, 2047, f4)
		if err != nil {
			return nil, err
		}
		// φ(2q) = q-1
		return &oddRSA{
			n: new(big.Int).Lsh(q, 1), e: f4,
			d: new(big.Int).ModInverse(f4, new(big.Int).Sub(q, one)),
		}, nil
	case "rsa-n-prime":
		p, err := prime(c, 2048, f4)
		if err != nil {
			return nil, err
		}
		// φ(p) = p-1: whoever sees the modulus has the private key.
		return &oddRSA{n: p, e: f4, d: new(big.Int).ModInverse(f4, new(big.Int).Sub(p, one))}, nil
	case "rsa-n-power-of-two":
		n := new(big.Int).Lsh(one, 2047)
		// φ(2^k) = 2^(k-1)
		return &oddRSA{n: n, e: f4, d: new(big.Int).ModInverse(f4, new(big.Int).Lsh(one, 2046))}, nil
	}
	return nil, fmt.Errorf("no key is made of %q", k)
}

var one = big.NewInt(1)

// primes makes an honest RSA key of any size out of two primes of bits each.
func primes(c *chance, bits int, e *big.Int) (*oddRSA, error) {
	for {
		p, err := prime(c, bits, e)
		if err != nil {
			return nil, err
		}
		q, err := prime(c, bits, e)
		if err != nil {
			return nil, err
		}
		n := new(big.Int).Mul(p, q)
		if p.Cmp(q) == 0 || n.BitLen() != 2*bits {
			continue
		}
		phi := new(big.Int).Mul(new(big.Int).Sub(p, one), new(big.Int).Sub(q, one))
		return &oddRSA{n: n, e: e, d: new(big.Int).ModInverse(e, phi), p: p, q: q}, nil
	}
}

// prime finds a prime p for which e has an inverse modulo p-1.
func prime(c *chance, bits int, e *big.Int) (*big.Int, error) {
	for {
		p, err := drawPrime(c, bits)
		if err != nil {
			return nil, err
		}
		if new(big.Int).GCD(nil, nil, e, new(big.Int).Sub(p, one)).Cmp(one) == 0 {
			return p, nil
		}
	}
}

// forgeCubeRoot builds a signature for a key with e=3 and no knowledge of its
// private half (Bleichenbacher, 2006): the encoded message begins as it should
// and the rest is garbage, chosen so that the whole is a cube.
func forgeCubeRoot(prefix []byte, size int) []byte {
	low := new(big.Int).SetBytes(append(append([]byte(nil), prefix...), make([]byte, size-len(prefix))...))
	high := new(big.Int).Add(low, new(big.Int).Lsh(one, uint(8*(size-len(prefix)))))
	root := cubeRoot(high)
	if new(big.Int).Exp(root, big.NewInt(3), nil).Cmp(low) < 0 {
		return nil
	}
	return root.FillBytes(make([]byte, size))
}

// cubeRoot is the largest integer whose cube is below x.
func cubeRoot(x *big.Int) *big.Int {
	root := new(big.Int)
	for bit := x.BitLen()/3 + 1; bit >= 0; bit-- {
		try := new(big.Int).SetBit(root, bit, 1)
		if new(big.Int).Exp(try, big.NewInt(3), nil).Cmp(x) < 0 {
			root = try
		}
	}
	return root
}

// integer is a number by its word in [fault.Integers], as long as the modulus
// or as long as it has to be.
func integer(alg algorithm, word string, signer *key, input []byte) ([]byte, error) {
	private, ok := signer.signer.(*rsa.PrivateKey)
	if !ok || alg.kind != kindRSA {
		return nil, fmt.Errorf("token.sign-with-integer needs an RSA key, not %s", alg.name)
	}
	value := new(big.Int)
	switch word {
	case "1":
		value.Set(one)
	case "n-1":
		value.Sub(private.N, one)
	case "n":
		value.Set(private.N)
	case "s+n":
		honest, err := alg.sign(signer.material, input)
		if err != nil {
			return nil, err
		}
		value.Add(private.N, new(big.Int).SetBytes(honest))
	}
	return value.FillBytes(make([]byte, max(private.Size(), (value.BitLen()+7)/8))), nil
}
