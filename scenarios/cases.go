package scenarios

import (
	"fmt"

	"github.com/rogueidp/rogueidp/mockidp/fault"
)

// A matrix is a loop that returns rows. These are the loops.

// garbage puts characters that base64url does not have into each segment.
func garbage() []Case {
	var cases []Case
	for _, in := range fault.Segments() {
		for _, g := range []struct{ name, text string }{
			{"question-mark", "?"}, {"hash", "#"}, {"symbols", "!@$%"}, {"control", "\x11"}, {"nul", "\x00"},
		} {
			cases = append(cases, Case{
				Name: g.name + "-in-" + in,
				IdP:  does(fault.SetSegmentText{In: in, At: "middle", Text: g.text}),
			})
		}
	}
	return cases
}

// twice writes each claim that a validator looks at twice, a good value and an
// evil one, in both orders.
func twice() []Case {
	var cases []Case
	for _, claim := range []struct {
		name string
		evil fault.JSON
	}{
		{"iss", `"https://evil.test"`}, {"aud", `"another-client"`}, {"exp", "1"},
		{"nonce", `"another-nonce"`}, {"sub", `"mallory"`},
	} {
		evilLast := Case{
			Name: claim.name + "-good-evil",
			IdP:  does(fault.RepeatClaim{Name: claim.name, Value: claim.evil}),
		}
		evilFirst := Case{
			Name: claim.name + "-evil-good", Level: Info, Expect: Either,
			IdP: does(fault.RepeatClaim{Name: claim.name, Value: claim.evil, First: true}),
		}
		switch claim.name {
		case "sub":
			evilLast.Expect, evilFirst.Expect = Either.As("mallory"), Either.As("{subject}")
		case "nonce":
			evilLast.Needs, evilLast.Profiles = []Capability{"nonce"}, []Profile{IDToken}
			evilFirst.Needs, evilFirst.Profiles = evilLast.Needs, evilLast.Profiles
		}
		cases = append(cases, evilLast, evilFirst)
	}
	return cases
}

// everyAlgorithm is a session set to exactly one algorithm, for each.
func everyAlgorithm() []Case {
	var cases []Case
	for _, alg := range []string{
		"RS256", "RS384", "RS512", "PS256", "PS384", "PS512",
		"ES256", "ES384", "ES512", "EdDSA", "Ed25519",
	} {
		cases = append(cases, Case{Name: alg, Alg: alg})
	}
	return cases
}

// spellingsOfNone are the mixtures of capitals and small letters, without the
// plain one, which is a row of its own.
func spellingsOfNone() []Case {
	var words []string
	for mask := 1; mask < 16; mask++ {
		word := []byte("none")
		for i := range word {
			if mask&(1<<i) != 0 {
				word[i] -= 'a' - 'A'
			}
		}
		words = append(words, string(word))
	}
	return each(words, func(alg string) []fault.Fault { return does(fault.SignWith{Alg: alg}) })
}

func hmacOf(secret string) []fault.Fault {
	return does(fault.SignWithSecret{Alg: "HS256", Secret: secret})
}

func ofType(keyType string, cases []Case) []Case {
	for i := range cases {
		cases[i].Alg = keyType
	}
	return cases
}

// commonSecrets are what people choose when nobody looks, and what every list
// of guesses begins with.
var commonSecrets = []string{
	"secret", "password", "123456", "changeme", "admin", "key", "private", "jwt",
	"jwt-secret", "supersecret", "your-256-bit-secret", "test", "secretkey", "default",
	"qwerty", "token", "hs256-secret", "my-secret", "letmein", "0000000000000000",
}

// keyTypes are attackers with a key of each type.
func keyTypes() []Case {
	return []Case{{Name: "rsa", Alg: "rsa"}, {Name: "ec", Alg: "ec"}, {Name: "okp", Alg: "okp"}}
}

// urls are the ways to write an address that leads to the attacker and looks
// as if it did not.
func urls(parameter string) []Case {
	var cases []Case
	for _, u := range []struct{ name, url string }{
		{"https", "{canary}/jwks"},
		{"http", "{canary.http}/jwks"},
		{"path-on-issuer", "{canary.own}/jwks.json"},
		{"issuer-as-user", "https://{host}@{canary.host}/jwks"},
		{"redirect-on-issuer", "{canary.redirect}"},
		{"issuer-as-fragment", "{canary}/jwks#{issuer}"},
		{"issuer-with-other-port", "{canary.port}/jwks"},
		{"issuer-as-query", "{canary}/jwks?{issuer}/jwks"},
	} {
		cases = append(cases, Case{Name: u.name, IdP: does(fault.SetHeader{Name: parameter, Value: fault.Text(u.url)})})
	}
	return cases
}

// sweep puts a canary's address into one header parameter or claim at a time.
func sweep() []Case {
	var cases []Case
	for _, name := range []string{"kid", "typ", "cty", "jku", "jwk", "x5u", "x5c", "x5t", "url", "iss"} {
		cases = append(cases, Case{
			Name: "header-" + name,
			IdP:  does(fault.SetHeader{Name: name, Value: `"{canary}"`}),
		})
	}
	for _, name := range []string{"iss", "sub", "aud", "jti", "azp", "acr", "sub_jwk", "cnf", "picture", "_claim_sources"} {
		cases = append(cases, Case{
			Name: "claim-" + kebab(name),
			IdP:  does(fault.SetClaim{Name: name, Value: `"{canary}"`}),
		})
	}
	return cases
}

// otherTypes are the algorithms whose kid leads to a key of another type.
func otherTypes() []Case {
	var cases []Case
	for _, pair := range []struct{ alg, as string }{
		{"RS256", "ec"}, {"RS256", "okp"}, {"PS256", "ec"}, {"ES256", "rsa"},
		{"ES256", "okp"}, {"EdDSA", "rsa"}, {"EdDSA", "ec"},
	} {
		cases = append(cases, Case{
			Name: pair.alg + "-to-" + pair.as, Alg: pair.alg,
			IdP: does(fault.RetypeKey{As: pair.as}),
		})
	}
	return cases
}

func publishedAndSigning(key string) []fault.Fault {
	return does(fault.PublishKey{Key: key}, fault.SignAs{Key: key})
}

// bits flips single bits; negative ones count from the end.
func bits(positions ...int) []Case {
	var cases []Case
	for _, bit := range positions {
		name := fmt.Sprintf("bit-%d", bit)
		if bit < 0 {
			name = fmt.Sprintf("bit-%d-from-end", -bit)
		}
		cases = append(cases, Case{Name: name, IdP: does(fault.SetSignatureBits{Bit: bit})})
	}
	return cases
}

// edges are ECDSA signatures whose halves are where arithmetic goes wrong.
func edges() []Case {
	var cases []Case
	for _, p := range [][2]string{
		{"0", "1"}, {"1", "0"}, {"1", "1"}, {"0", "n"}, {"n", "0"}, {"n", "n"},
		{"n-1", "n-1"}, {"1", "n-1"}, {"n-1", "1"}, {"n+1", "n+1"}, {"r", "0"}, {"0", "s"},
		{"r+n", "s"}, {"r", "s+n"}, {"max", "max"},
	} {
		cases = append(cases, Case{
			Name: "r-" + p[0] + "-s-" + p[1],
			IdP:  does(fault.SignWithScalars{R: p[0], S: p[1]}),
		})
	}
	return append(cases, Case{Name: "512-octets", IdP: does(fault.SetSignatureMargin{Before: 448})})
}

// paddings are all bent PKCS #1 encodings.
func paddings() []Case {
	cases := each(fault.Paddings(), func(padding string) []fault.Fault {
		return does(fault.SignWithPadding{Padding: padding})
	})
	for i := range cases {
		if cases[i].Name == "null-missing" {
			cases[i].Expect, cases[i].Level = Either, Info
		}
	}
	return cases
}

// lookalikes resemble a token that the target has just accepted.
func lookalikes() []Case {
	like := func(name, seen string, faults ...fault.Fault) Case {
		return Case{Name: name, Plot: plot(
			Mint{As: "seen"},
			Present{Token: "seen", Expect: Accept, Premise: true},
			Mint{As: "forged", Like: seen, IdP: faults},
			Present{Token: "forged"},
		)}
	}
	return []Case{
		like("same-header", "", fault.SignWithKey{Key: "attacker"}),
		like("same-claims", "seen", fault.SignWithKey{Key: "attacker"}),
		like("same-beginning-and-signature", "seen", fault.SetClaimAfterSigning{Name: "sub", Value: `"mallory"`}),
		like("same-claims-and-signature", "seen", fault.SetHeaderAfterSigning{Name: "x-extra", Value: "1"}),
		like("same-but-no-signature", "seen", fault.TruncateSignature{Keep: "none"}),
	}
}

func respelt(claim string) func(string) []fault.Fault {
	return func(how string) []fault.Fault { return does(fault.RespellClaim{Name: claim, How: how}) }
}

// valued gives a claim one JSON value after the other.
func valued(claim string, values ...fault.JSON) []Case {
	names := map[fault.JSON]string{
		"null": "null", `""`: "empty", "[]": "empty-array", `[""]`: "array-of-empty", "[null]": "array-of-null",
		"{}": "empty-object", "0": "zero", "1": "number", "-1": "negative", "true": "true", `"Infinity"`: "infinity",
	}
	var cases []Case
	for _, v := range values {
		cases = append(cases, Case{Name: names[v], IdP: does(fault.SetClaim{Name: claim, Value: v})})
	}
	return cases
}

// called is an honest token for a client of this name.
func called(client string) []Act {
	return plot(Open{Issuers: []Party{{ClientID: client}}}, Present{})
}

// speaksFor lets a token of one party speak in the name of another.
func speaksFor(party string) []fault.Fault {
	return does(
		fault.SetClaim{Name: "iss", Value: fault.Text("{issuer." + party + "}")},
		fault.SetClaim{Name: "aud", Value: fault.Text("{client_id." + party + "}")},
	)
}

// remembered shows a token while it is valid and again when it is not.
func remembered(more ...fault.Fault) []Act {
	return plot(
		Mint{As: "short", IdP: append(does(fault.SetTime{Name: "exp", At: "2s"}), more...)},
		Present{Token: "short", Expect: Accept, Premise: true},
		Advance{By: "{leeway}+4s"},
		Present{Token: "short"},
	)
}

// shapes are documents that are no JWK Set, each before an honest token and
// before a forged one: zero keys must never mean that nothing is checked.
func shapes() []Case {
	var cases []Case
	for _, shape := range []string{"empty-object", "keys-null", "keys-object", "keys-string", "bare-array", "bare-jwk", "certificate-map"} {
		cases = append(cases, Case{
			Name: shape, IdP: does(fault.SetKeySetShape{Shape: shape}),
			Plot: plot(
				Present{Honest: true, Expect: Either, Level: Info},
				Present{IdP: does(fault.SignWithKey{Key: "attacker"})},
			),
		})
	}
	return cases
}

// malformed are entries of a key set that no reader can use.
func malformed() []Case {
	var cases []Case
	for _, k := range []struct {
		name string
		jwk  fault.JSON
	}{
		{"rsa-without-n", `{"kty":"RSA","kid":"m-1","use":"sig","alg":"RS256","e":"AQAB"}`},
		{"n-not-base64url", `{"kty":"RSA","kid":"m-2","use":"sig","alg":"RS256","n":"!!!","e":"AQAB"}`},
		{"rsa-without-e", `{"kty":"RSA","kid":"m-3","use":"sig","alg":"RS256","n":"` + someModulus + `"}`},
		{"ec-off-curve", `{"kty":"EC","crv":"P-256","kid":"m-4","use":"sig","alg":"ES256","x":"` + baseX + `","y":"` + baseX + `"}`},
		{"okp-too-short", `{"kty":"OKP","crv":"Ed25519","kid":"m-5","use":"sig","alg":"EdDSA","x":"AAAA"}`},
		{"kid-a-number", `{"kty":"EC","crv":"P-256","kid":7,"use":"sig","alg":"ES256","x":"` + baseX + `","y":"` + baseY + `"}`},
		{"x5c-garbage", `{"kty":"EC","crv":"P-256","kid":"m-6","use":"sig","alg":"ES256","x":"` + baseX + `","y":"` + baseY + `","x5c":["!!!"]}`},
	} {
		cases = append(cases, Case{Name: k.name, IdP: does(fault.PublishJWK{JWK: k.jwk, First: true})})
	}
	return cases
}

// The base point of P-256 (FIPS 186-5), a public key that is certainly on the
// curve and certainly nobody's.
const (
	baseX = "axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY"
	baseY = "T-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU"
)

// someModulus is a number of 2048 bits, all of them ones.
var someModulus = func() fault.JSON {
	var n []byte
	for range 341 {
		n = append(n, '_')
	}
	return fault.JSON(append(n, 'w'))
}()

// delimited are two issuers whose names and kids, joined, read the same.
func delimited() []Case {
	var cases []Case
	for _, d := range []struct{ name, delimiter string }{{"colon", ":"}, {"bar", "|"}, {"slash", "/"}} {
		cases = append(cases, Case{Name: d.name, Plot: plot(
			Open{Issuers: []Party{
				{Name: "a", KID: "k" + d.delimiter + "z"},
				{Name: "b", Suffix: d.delimiter + "k", KID: "z"},
			}},
			Mint{As: "of-a", By: "a"}, Present{Token: "of-a", Expect: Accept, Premise: true},
			Mint{As: "crossed", By: "a", IdP: append(speaksFor("b"), fault.SetHeader{Name: "kid", Value: `"{kid.b}"`})},
			Present{Token: "crossed"},
		)})
	}
	return cases
}

// evicted asks for an unknown kid while the key set is spoilt, and then for a
// known one.
func evicted(spoilt fault.Fault) []Act {
	return plot(
		Mint{As: "good"},
		Inject{IdP: does(spoilt)},
		Present{IdP: does(fault.SignAs{Key: "attacker"}), Expect: NotAccept},
		Present{Token: "good"},
	)
}
