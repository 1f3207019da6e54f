package validator_test

import (
	"testing"

	"github.com/rogueidp/rogueidp/validator"
	"github.com/rogueidp/rogueidp/validator/internal/issuertest"
)

func TestHeader(t *testing.T) {
	attacker := issuertest.RSA("attacker")
	forged := issuertest.ForgedBy(attacker)
	rows := []row{
		{name: "typ absent", change: header("typ", nil), want: honest},
		{name: "typ jwt", change: header("typ", "jwt"), want: honest},
		{name: "typ application/jwt", change: header("typ", "application/jwt"), want: honest},
		{name: "typ at+jwt", change: header("typ", "at+jwt"), want: validator.CodeType},
		{name: "typ logout+jwt", change: header("typ", "logout+jwt"), want: validator.CodeType},
		{name: "typ dpop+jwt", change: header("typ", "application/dpop+jwt"), want: validator.CodeType},
		{name: "typ text/jwt", change: header("typ", "text/jwt"), want: validator.CodeType},
		{name: "typ of another type", change: header("typ", 1), want: validator.CodeType},
		{name: "cty JWT", change: header("cty", "JWT"), want: validator.CodeType},
		{name: "cty text/xml", change: header("cty", "text/xml"), want: honest},
		{name: "crit unknown", change: all(header("crit", []string{"x-y"}), header("x-y", 1)), want: validator.CodeCritical},
		{name: "crit empty", change: header("crit", []string{}), want: validator.CodeCritical},
		{name: "crit string", change: header("crit", "b64"), want: validator.CodeCritical},
		{name: "crit b64", change: all(header("crit", []string{"b64"}), header("b64", false)), want: validator.CodeCritical},
		{name: "b64 false", change: header("b64", false), want: validator.CodeCritical},
		{name: "b64 true", change: header("b64", true), want: honest},
		{name: "zip", change: header("zip", "DEF"), want: honest},
		{name: "iss in the header", change: header("iss", "https://evil.example"), want: honest},

		{name: "kid null", change: issuertest.RawHeader(`{"alg":"RS256","kid":null}`), want: validator.CodeKid},
		{name: "kid number", change: header("kid", 1), want: validator.CodeKid},
		{name: "kid array", change: header("kid", []string{"rsa-1"}), want: validator.CodeKid},
		{name: "kid object", change: header("kid", map[string]any{"$ne": nil}), want: validator.CodeKid},
		{name: "kid of another case", change: header("kid", "RSA-1"), want: validator.CodeKid},
		{name: "kid with a space", change: header("kid", "rsa-1 "), want: validator.CodeKid},
		{name: "kid is a path", change: all(header("kid", "../../../../dev/null"), forged), want: validator.CodeKid},
		{name: "kid is a URL", change: all(header("kid", "https://evil.example/key"), forged), want: validator.CodeKid},
		{name: "kid with a line break", change: all(header("kid", "a\r\nb"), forged), want: validator.CodeKid},

		{name: "jwk", change: all(header("jwk", map[string]any{"kty": "RSA"}), forged), want: validator.CodeSignature},
		{name: "jku", change: all(header("jku", "https://evil.example/keys"), forged), want: validator.CodeSignature},
		{name: "x5u", change: all(header("x5u", "https://evil.example/cert"), forged), want: validator.CodeSignature},
		{name: "x5c", change: all(header("x5c", []string{"AAAA"}), forged), want: validator.CodeSignature},
		{name: "jku on an honest token", change: header("jku", "https://evil.example/keys"), want: honest},
		{name: "x5c of any type", change: header("x5c", 1), want: honest},
	}
	play(t, rows)
}

func TestNoEgress(t *testing.T) {
	p := issuertest.New(issuerURL)
	v := start(t, p)
	accept(t, v, p.Token())
	const canary = "https://canary.example/x"
	for _, name := range []string{"jku", "x5u", "kid", "typ", "cty", "iss", "x5t", "url"} {
		token := p.Token(header(name, canary), claim(name, canary), issuertest.ForgedBy(issuertest.RSA("attacker")))
		if _, err := v.Validate(t.Context(), token); err == nil {
			t.Errorf("%s: a forged token was accepted", name)
		}
	}
	if n := p.Fetches(canary); n > 0 {
		t.Errorf("%d requests for the canary", n)
	}
}

func TestExtremeErrors(t *testing.T) {
	p := issuertest.New(issuerURL)
	v := start(t, p)
	long := make([]byte, 8<<10)
	for i := range long {
		long[i] = '\n'
	}
	e := refuse(t, v, p.Token(header("kid", string(long))), validator.CodeKid)
	if text := e.Error(); len(text) > 500 {
		t.Errorf("the error has %d bytes: %.80s", len(text), text)
	}
}
