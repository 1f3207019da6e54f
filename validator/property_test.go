package validator_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/rogueidp/rogueidp/validator"
	"github.com/rogueidp/rogueidp/validator/internal/issuertest"
)

// TestNoOtherTokenIsAccepted changes one byte of an honest token. What is
// accepted is the token and nothing else.
func TestNoOtherTokenIsAccepted(t *testing.T) {
	p := issuertest.New(issuerURL)
	v := start(t, p)
	good := p.Token(issuertest.SignedBy(issuertest.EC("ec-1")))
	accept(t, v, good)
	rapid.Check(t, func(t *rapid.T) {
		at, to := rapid.IntRange(0, len(good)-1).Draw(t, "at"), rapid.Byte().Draw(t, "to")
		bad := []byte(good)
		switch rapid.SampledFrom([]string{"replace", "insert", "remove"}).Draw(t, "how") {
		case "replace":
			bad[at] = to
		case "insert":
			bad = append(bad[:at], append([]byte{to}, bad[at:]...)...)
		case "remove":
			bad = append(bad[:at], bad[at+1:]...)
		}
		if string(bad) == good {
			t.Skip("nothing changed")
		}
		if _, err := v.Validate(t.Context(), string(bad)); err == nil {
			t.Fatalf("accepted %s", bad)
		}
	})
}

// TestGarbageIsRefused makes up tokens whose parts are well formed or not.
func TestGarbageIsRefused(t *testing.T) {
	p := issuertest.New(issuerURL)
	v := start(t, p)
	part := rapid.OneOf(
		rapid.String(),
		rapid.Map(rapid.String(), func(s string) string { return issuertest.Encode([]byte(s)) }),
		rapid.Map(value(3), func(s string) string { return issuertest.Encode([]byte(s)) }),
		rapid.Just(issuertest.Encode([]byte(`{"alg":"RS256","kid":"rsa-1"}`))),
	)
	rapid.Check(t, func(t *rapid.T) {
		token := strings.Join(rapid.SliceOfN(part, 0, 5).Draw(t, "parts"), ".")
		if _, err := v.Validate(t.Context(), token); err == nil {
			t.Fatalf("accepted %q", token)
		}
	})
}

// value draws JSON, and sometimes what only looks like it.
func value(depth int) *rapid.Generator[string] {
	leaves := rapid.OneOf(
		rapid.SampledFrom([]string{"null", "true", "0", "-1", "1e400", "[]", "{}", `""`, `"RS256"`, `"\ud800"`, "NaN", ""}),
		rapid.StringMatching(`"[a-z\\]{0,5}"`),
	)
	if depth == 0 {
		return leaves
	}
	return rapid.OneOf(leaves,
		rapid.Map(rapid.SliceOfN(rapid.Deferred(func() *rapid.Generator[string] { return value(depth - 1) }), 0, 4),
			func(s []string) string { return "[" + strings.Join(s, ",") + "]" }),
		rapid.Custom(func(t *rapid.T) string {
			names := rapid.SliceOfN(rapid.SampledFrom([]string{"alg", "kid", "typ", "crit", "b64", "iss", "aud", "exp", "nbf", "iat", "nonce", "x"}), 0, 6).Draw(t, "names")
			members := make([]string, len(names))
			for i, name := range names {
				members[i] = `"` + name + `":` + value(depth-1).Draw(t, name)
			}
			return "{" + strings.Join(members, ",") + "}"
		}))
}

// TestAnyKeySetIsSurvived serves made-up key sets, to which the good key is
// added. It is found, unless the document as a whole is malformed.
func TestAnyKeySetIsSurvived(t *testing.T) {
	key := issuertest.EC("ec-1")
	jwk := rapid.Custom(func(t *rapid.T) string {
		var members []string
		for name, values := range map[string][]string{
			"kty": {`"RSA"`, `"EC"`, `"OKP"`, `"oct"`, `"AKP"`, `1`}, "crv": {`"P-256"`, `"P-521"`, `"Ed25519"`, `null`},
			"n": {`"AQAB"`, `""`, `1`}, "e": {`"AQAB"`, `"AA"`, `[]`}, "x": {`"AAAA"`, `""`, `{}`}, "y": {`"AAAA"`, `true`}, "k": {`"AAAA"`},
			"use": {`"sig"`, `"enc"`, `1`}, "key_ops": {`["verify"]`, `[]`, `1`}, "alg": {`"RS256"`, `"ES256"`, `"x"`, `1`}, "kid": {`"a"`, `1`},
		} {
			if rapid.Bool().Draw(t, name) {
				members = append(members, `"`+name+`":`+rapid.SampledFrom(values).Draw(t, name+" is"))
			}
		}
		return "{" + strings.Join(members, ",") + "}"
	})
	p := issuertest.New(issuerURL)
	token := p.Token(issuertest.SignedBy(key))
	rapid.Check(t, func(t *rapid.T) {
		set := rapid.SliceOfN(jwk, 0, 8).Draw(t, "keys")
		v, err := validator.New(settings(p, func(c *validator.Config) { c.JWKS = []byte(issuertest.Set(append(set, key.JWK())...)) }))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := v.Validate(t.Context(), token); err != nil {
			t.Fatal(err)
		}
	})
}
