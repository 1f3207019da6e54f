package validator_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"strings"
	"testing"

	"github.com/rogueidp/rogueidp/validator"
	"github.com/rogueidp/rogueidp/validator/internal/issuertest"
)

// The keys of the fixed issuer are the same in every process: an input that was
// found in one has to mean the same in another.
var (
	fixedEC = fixed("fixed-ec", "ES256", func(seed [32]byte) crypto.Signer {
		k, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), seed[:])
		if err != nil {
			panic(err)
		}
		return k
	})
	fixedEd     = fixed("fixed-ed", "EdDSA", func(seed [32]byte) crypto.Signer { return ed25519.NewKeyFromSeed(seed[:]) })
	unpublished = fixed("fixed-ed", "EdDSA", func([32]byte) crypto.Signer {
		seed := sha256.Sum256([]byte("nobody publishes this one"))
		return ed25519.NewKeyFromSeed(seed[:])
	})
)

func fixed(kid, alg string, of func(seed [32]byte) crypto.Signer) *issuertest.Key {
	signer := of(sha256.Sum256([]byte(kid)))
	if alg == "ES256" {
		return issuertest.FromEC(kid, signer.(*ecdsa.PrivateKey))
	}
	return issuertest.FromEd25519(kid, signer.(ed25519.PrivateKey))
}

// fixedIssuer is an issuer with these keys.
func fixedIssuer() *issuertest.Provider {
	p := issuertest.New(issuerURL)
	p.Publish(fixedEC, fixedEd, issuertest.RSA("rsa-1"))
	p.Key = fixedEd
	return p
}

func fixedAlgs(c *validator.Config) { c.Algorithms = []string{"ES256", "EdDSA", "RS256", "PS256"} }

// signed fails where what was accepted is not, octet for octet, what one of the
// honest tokens has signed.
func signed(t *testing.T, raw string, honest ...string) {
	t.Helper()
	if !slices.ContainsFunc(honest, func(good string) bool {
		return raw[:strings.LastIndexByte(raw, '.')] == good[:strings.LastIndexByte(good, '.')]
	}) {
		t.Fatalf("accepted %q", raw)
	}
}

// FuzzValidate: nothing is accepted that the fixed issuer did not sign.
func FuzzValidate(f *testing.F) {
	p := fixedIssuer()
	honest := []string{
		p.Token(), p.Token(issuertest.SignedBy(fixedEC)), p.Token(header("jwk", map[string]any{"kty": "oct"})),
		p.Token(issuertest.RawHeader(`{"alg":"EdDSA"}`), claim("aud", []string{issuertest.ClientID}), claim("acr", "2")),
	}
	good := honest[0]
	for _, seed := range append([]string{
		"", ".", "..", "...", "a.b.c", good + ".", good + "=", good + "\n", "eyJhbGciOiJub25lIn0.e30.",
		p.Token(claim("exp", 1.5e9)), p.Token(header("crit", []string{"exp"})),
		p.Token(claim("aud", []any{"a", 1, []string{}})), p.Token(issuertest.RawClaims(`{"a":[[[[{"b":"\ud800"}]]]]}`)),
		p.Token(issuertest.RawClaims(`{"exp":1e400}`)), p.Token(issuertest.RawClaims("\xef\xbb\xbf{}")), p.Token(issuertest.RawHeader(`{"alg":"EdDSA","alg":"none"}`)),
		p.Token(issuertest.ForgedBy(unpublished)), p.Token(header("kid", "nobody")), p.Token(header("alg", "RS256")), p.Token(header("kid", "rsa-1"), header("alg", "PS256")),
	}, honest...) {
		f.Add(seed)
	}
	v := start(f, p, fixedAlgs)
	for _, token := range honest {
		accept(f, v, token)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		claims, err := v.Validate(t.Context(), raw)
		if err != nil {
			return
		}
		signed(t, raw, honest...)
		if claims.Issuer != issuerURL || claims.Subject != "alice" || !slices.Contains(claims.Audience, issuertest.ClientID) {
			t.Fatalf("%q was accepted as %+v", raw, claims)
		}
	})
}

// FuzzVerifyJWS: whatever the key, no payload is let through that nobody signed.
func FuzzVerifyJWS(f *testing.F) {
	secret := issuertest.Oct("s", []byte(strings.Repeat("s", 32)))
	honest := []string{
		(&issuertest.Token{RawHeader: `{"alg":"EdDSA"}`, RawClaims: "any octets \x00\xff", Key: fixedEd}).Compact(),
		(&issuertest.Token{RawHeader: `{"alg":"ES256","kid":"fixed-ec"}`, RawClaims: "x", Key: fixedEC}).Compact(),
		(&issuertest.Token{RawHeader: `{"alg":"HS256"}`, RawClaims: "", Key: secret}).Compact(),
	}
	rsa := issuertest.RSA("rsa-1")
	for i, k := range []*issuertest.Key{fixedEd, fixedEC, secret} {
		f.Add(honest[i], k.JWK())
		f.Add(honest[i], k.Bare())
		f.Add(honest[i], rsa.JWK())
		f.Add(honest[(i+1)%len(honest)], k.JWK(`"key_ops":["verify"]`))
		f.Add((&issuertest.Token{RawHeader: `{"alg":"` + k.Alg + `"}`, RawClaims: "x", Key: unpublished, Alg: "EdDSA"}).Compact(), k.JWK())
	}
	for _, jwk := range []string{
		"", "{}", "[]", "null", `{"kty":"oct","k":""}`, `{"kty":"RSA","n":"AQ","e":"AQ"}`, `{"kty":"RSA","n":"","e":"AQAB"}`, `{"kty":"OKP","crv":"Ed25519","x":""}`,
		`{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}`, fixedEd.JWK(`"kty":"EC"`), `{"keys":[` + fixedEd.JWK() + `]}`,
	} {
		f.Add(honest[0], jwk)
	}
	// Under a point of small order, which is the neutral one here, this is the
	// signature of anything.
	neutral := append([]byte{1}, make([]byte, 31)...)
	f.Add(issuertest.Encode([]byte(`{"alg":"EdDSA"}`))+".eA."+issuertest.Encode(append(neutral, make([]byte, 32)...)),
		`{"kty":"OKP","crv":"Ed25519","x":"`+issuertest.Encode(neutral)+`"}`)
	f.Fuzz(func(t *testing.T, raw, jwk string) {
		payload, err := validator.VerifyJWS(raw, jwk, "EdDSA", "ES256", "HS256", "RS256", "PS256")
		if err != nil {
			return
		}
		signed(t, raw, honest...)
		if said, err := base64.RawURLEncoding.DecodeString(strings.Split(raw, ".")[1]); err != nil || string(said) != string(payload) {
			t.Fatalf("the payload of %q is %q", raw, payload)
		}
	})
}

// FuzzKeySet: a token that is signed with a key nobody published is refused,
// whatever stands in the key set, and the same text means the same whether it
// was configured or fetched.
func FuzzKeySet(f *testing.F) {
	good := fixedIssuer().Token()
	forged := fixedIssuer().Token(issuertest.ForgedBy(unpublished))
	for _, seed := range []string{
		issuertest.JWKS(fixedEd, fixedEC, issuertest.RSA("rsa-1")), issuertest.JWKS(fixedEd, fixedEd.As("other")), issuertest.Set(fixedEd.Bare()),
		issuertest.Set(fixedEd.JWK(`"kid":1`)), issuertest.Set(fixedEd.JWK(), "null", "[]", `"x"`, `{"kty":"oct","k":"AAAA"}`, `{"kty":"AKP","alg":"ML-DSA-44","pub":"AA"}`),
		issuertest.Set(fixedEd.JWK(`"x5c":["AA"]`, `"use":"enc"`)), `{"keys":[{}]}`, `{"keys":[]}`, `{"keys":null}`, `{"keys":{}}`, `{"keys":[],"keys":[]}`, `[]`, `{}`, ``,
		`{"keys":[{"kty":"RSA","n":"AQAB","e":"AA"}]}`, fixedEd.JWK(), strings.Repeat(`{"keys":[`, 40), "\xef\xbb\xbf" + issuertest.JWKS(fixedEd), issuertest.JWKS(fixedEd) + "x",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p := fixedIssuer()
		p.Answer(issuertest.KeySet, issuertest.Body(text))
		fetched := start(t, p, fixedAlgs)
		_, err := fetched.Validate(t.Context(), good)
		if _, err := fetched.Validate(t.Context(), forged); err == nil {
			t.Fatalf("a key set made a forged token good: %q", text)
		}
		configured, badSet := validator.New(settings(p, fixedAlgs, func(c *validator.Config) { c.JWKS = []byte(text) }))
		if badSet != nil {
			if err == nil && text != "" {
				t.Fatalf("fetched, it serves; configured, it is refused with %v: %q", badSet, text)
			}
			return
		}
		if text == "" {
			return // no key set is configured then
		}
		if _, again := configured.Validate(t.Context(), good); (again == nil) != (err == nil) {
			t.Fatalf("fetched: %v; configured: %v: %q", err, again, text)
		}
	})
}
