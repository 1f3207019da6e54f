package mockidp

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"math/big"
	"testing"
)

func TestThePrivateOperationIsOnePowerModuloN(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	random := make([]byte, 256)
	if _, err := rand.Read(random); err != nil {
		t.Fatal(err)
	}
	for name, em := range map[string][]byte{
		"nothing":                 {},
		"zero":                    make([]byte, 256),
		"one":                     {1},
		"encoded as it should be": append([]byte{0, 1}, random[2:]...),
		"larger than n":           bytes.Repeat([]byte{255}, 256),
		"a multiple of p":         key.Primes[0].Bytes(),
		"a multiple of q":         key.Primes[1].Bytes(),
	} {
		want := new(big.Int).Exp(new(big.Int).SetBytes(em), key.D, key.N)
		if got := privately(key, em); got.Cmp(want) != 0 {
			t.Errorf("%s: %x, want %x", name, got, want)
		}
	}
}

func TestEncodeIsBase64URL(t *testing.T) {
	octets := make([]byte, 4000)
	if _, err := rand.Read(octets); err != nil {
		t.Fatal(err)
	}
	for n := range octets {
		if got, want := encode(octets[:n]), base64.RawURLEncoding.EncodeToString(octets[:n]); got != want {
			t.Fatalf("%d octets: %s, want %s", n, got, want)
		}
	}
}
