package steps

import (
	"encoding/asn1"
	"math/big"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"pgregory.net/rapid"
)

// TestAppendSignature compares our DER with that of the standard library.
func TestAppendSignature(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		octets := rapid.SliceOfN(rapid.OneOf(rapid.Byte(), rapid.Just(byte(0)), rapid.Just(byte(0xff))), 66, 66)
		length := rapid.SampledFrom([]int{32, 48, 66}).Draw(t, "length")
		r, s := octets.Draw(t, "r")[:length], octets.Draw(t, "s")[:length]
		want, err := asn1.Marshal(struct{ R, S *big.Int }{new(big.Int).SetBytes(r), new(big.Int).SetBytes(s)})
		if err != nil {
			t.Fatal(err)
		}
		if got := appendSignature(nil, r, s); string(got) != string(want) {
			t.Fatalf("got %x, want %x", got, want)
		}
	})
}

func TestWholeSeconds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64().Draw(t, "n")
		got, ok := Value(strconv.FormatInt(n, 10)).Time()
		if want := -lastSecond <= n && n <= lastSecond; ok != want || ok && got.Unix() != n {
			t.Fatalf("%d is read as %v, %v", n, got, ok)
		}
	})
}

func TestFractions(t *testing.T) {
	for text, want := range map[string]time.Time{
		"0.5": time.Unix(0, 5e8), "-0.5": time.Unix(-1, 5e8), "1.9E9": time.Unix(1_900_000_000, 0), "1e-400": time.Unix(0, 0),
	} {
		if got, ok := Value(text).Time(); !ok || !got.Equal(want) {
			t.Errorf("%s is read as %v, %v", text, got, ok)
		}
	}
}

// TestDepth compares the count of brackets with what the reader finds.
func TestDepth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		depth := rapid.IntRange(0, 200).Draw(t, "depth")
		noise := rapid.SampledFrom([]string{`""`, `"[[["`, `"\"{{"`, `"\\"`, `[],[]`}).Draw(t, "noise")
		text := `{"a":` + strings.Repeat("["+noise+",", depth) + "0" + strings.Repeat("]", depth) + "}"
		if !jsontext.Value(text).IsValid() {
			t.Fatalf("the test makes bad JSON: %s", text)
		}
		deepest := 1 + depth
		if strings.HasPrefix(noise, "[") && depth > 0 {
			deepest++
		}
		if err := boundDepth(text); (err == nil) != (deepest <= maxDepth) {
			t.Fatalf("depth %d: %v", deepest, err)
		}
	})
}
