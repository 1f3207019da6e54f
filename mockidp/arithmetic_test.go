package mockidp_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"errors"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/rogueidp/rogueidp/mockidp"
)

// verifyByArithmetic checks an RS256 signature by nothing but s^e mod n, for
// the keys that no library takes.
func verifyByArithmetic(t *testing.T, keySet []byte, m *mockidp.Minted) error {
	t.Helper()
	var set struct{ Keys []struct{ Kid, N, E string } }
	if err := json.Unmarshal(keySet, &set); err != nil {
		return err
	}
	for _, k := range set.Keys {
		if k.Kid != m.KID {
			continue
		}
		n, e := number(t, k.N), number(t, k.E)
		input, signature, _ := cutLast(m.Token)
		em := new(big.Int).Exp(number(t, signature), e, n).FillBytes(make([]byte, (n.BitLen()+7)/8))
		digest := sha256.Sum256([]byte(input))
		info, err := asn1.Marshal(struct {
			Algorithm struct {
				OID  asn1.ObjectIdentifier
				Null asn1.RawValue
			}
			Digest []byte
		}{struct {
			OID  asn1.ObjectIdentifier
			Null asn1.RawValue
		}{asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}, asn1.NullRawValue}, digest[:]})
		if err != nil {
			return err
		}
		want := slices.Concat([]byte{0, 1}, bytes.Repeat([]byte{255}, len(em)-3-len(info)), []byte{0}, info)
		if !bytes.Equal(em, want) {
			return errors.New("the signature does not open to the digest")
		}
		return nil
	}
	return errors.New("the key is not published")
}

func cutLast(token string) (string, string, bool) {
	i := strings.LastIndexByte(token, '.')
	return token[:i], token[i+1:], true
}

func number(t *testing.T, s string) *big.Int {
	t.Helper()
	raw, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return new(big.Int).SetBytes(raw)
}
