package scenarios

import "github.com/rogueidp/rogueidp/mockidp/fault"

// guards are the profiles of what stands in front of a protected resource.
var guards = []Profile{BearerJWT, RFC9068}

// overHTTP is what a row needs that speaks of requests and their answers.
var overHTTP = []Capability{"http-channel"}

// resourceRows are about protected resources: how a request carries its token,
// which route it takes, and what a refusal says.
var resourceRows = family{name: "resource", check: Elsewhere, twin: "honest", rows: []Scenario{
	{
		ID:       "resource.at-missing-claims",
		Title:    "refuses an access token without one of the claims that it has to look at",
		Severity: High,
		Cites:    cites(rfc9068Iss, rfc9068Aud, rfc9068Exp),
		Profiles: []Profile{RFC9068},
		Twin:     "header.typ-rs-ok",
		Extended: true,
		Expect:   Reject,
		Cases:    withoutClaim(),
		Why:      "RFC 9068 section 2.2 wants seven claims of the issuer, and section 4 has a resource server look at three; whether it misses the others is recorded",
	},
	{
		ID:       "resource.cnf-as-bearer",
		Title:    "says whether it takes a token that is bound to a key from who does not show the key",
		Level:    Info,
		Severity: High,
		Cites:    cites(rfc9449NoDowngrade, rfc8705CertificateBound),
		Profiles: guards,
		Expect:   Either,
		Cases: []Case{
			{Name: "dpop", IdP: does(fault.SetClaim{Name: "cnf", Value: `{"jkt":"` + someThumbprint + `"}`})},
			{Name: "certificate", IdP: does(fault.SetClaim{Name: "cnf", Value: `{"x5t#S256":"` + someThumbprint + `"}`})},
			{
				Name: "wrong-proof", Needs: overHTTP,
				IdP: does(fault.SetClaim{Name: "cnf", Value: `{"jkt":"` + someThumbprint + `"}`}),
				Plot: plot(
					Mint{As: "proof", IdP: does(
						fault.SetHeader{Name: "typ", Value: `"dpop+jwt"`}, fault.SetHeaderKey{Key: "attacker"}, fault.SignAs{Key: "attacker"},
						fault.SetClaim{Name: "htm", Value: `"GET"`}, fault.SetClaim{Name: "htu", Value: `"https://api.test"`},
					)},
					Present{Carry: Carry{Scheme: "DPoP", Second: "proof", SecondIn: "proof"}},
				),
				Why: "the proof is by another key than the token is bound to, and for another address; alone each is no token at all, as type.other-as-id",
			},
		},
		Why: "both are MUSTs for a server that knows DPoP or certificate-bound tokens, and none for one that does not, which nobody can tell from outside: what it does is recorded",
	},
	{
		ID:       "resource.scheme",
		Title:    "takes a token behind the scheme Bearer, in any case of letters, and behind no other",
		Level:    Should,
		Severity: Medium,
		Cites:    cites(rfc6750Header, rfc6750Challenge, rfc9110Scheme),
		Profiles: guards,
		Needs:    overHTTP,
		Extended: true,
		Expect:   Reject,
		Cases: []Case{
			behind("Basic", Reject), behind("Token", Reject), behind("none", Reject), behind("bearer", Accept),
		},
	},
	{
		ID:       "resource.multi-credentials",
		Title:    "refuses a request that carries two tokens, whichever of them is good",
		Level:    Should,
		Severity: High,
		Cites:    cites(rfc6750InvalidRequest, rfc6750OneMethod),
		Profiles: guards,
		Needs:    overHTTP,
		Expect:   Reject,
		Cases: []Case{
			two("good-header-first", "good", "forged", "header"), two("forged-header-first", "forged", "good", "header"),
			two("header-and-query", "good", "forged", "query"), two("header-and-cookie", "good", "forged", "cookie"),
		},
		Why: "one that looks at the first and one that looks at the last take different tokens for the caller's. The forged one alone is signature.wrong-key-same-kid",
	},
	{
		ID:       "resource.token-in-query",
		Title:    "says whether it takes a token from the query",
		Level:    Info,
		Severity: Medium,
		Cites:    cites(rfc6750Query),
		Profiles: guards,
		Needs:    overHTTP,
		Extended: true,
		Expect:   Either,
		Plot:     plot(Present{Carry: Carry{In: "query"}}),
		Why:      "a resource server is free to, and the addresses of requests are written down in many places",
	},
	{
		ID:       "resource.status",
		Title:    "refuses with 401 and a challenge that says what is wrong",
		Level:    Should,
		Profile:  map[Profile]Level{RFC9068: Must},
		Severity: Medium,
		Cites:    cites(rfc6750Challenge, rfc6750InvalidToken, rfc9068InvalidToken),
		Profiles: guards,
		Needs:    overHTTP,
		Extended: true,
		Expect:   Reject.Challenging("invalid_token", 401),
		Cases: []Case{
			{Name: "forged", IdP: does(fault.SignWithKey{Key: "attacker"})},
			{Name: "expired", IdP: does(fault.SetTime{Name: "exp", At: "-{leeway.exp}-1m"})},
			{Name: "malformed", IdP: does(fault.TruncateSignature{Keep: "none"})},
			{
				Name: "before-the-body", IdP: does(fault.SignWithKey{Key: "attacker"}),
				Plot: plot(Present{Carry: Carry{Body: "malformed"}}),
				Why:  "who reads the body before he knows who sent it works for anybody",
			},
			{
				Name: "no-token", Expect: Reject.Challenging("any", 401),
				Plot: plot(Present{Honest: true, Carry: Carry{In: "nowhere"}}),
				Why:  "who brings no token is told that one is wanted, and of no error",
			},
		},
		Why: "RFC 9068 wants invalid_token for each check that fails; the status is a SHOULD for everybody",
	},
	{
		ID:       "resource.route-bypass",
		Title:    "refuses a forged token by every route that leads to the same resource",
		Level:    Hardening,
		Severity: High,
		Cites:    practice("CVE-2023-30845, CVE-2021-29492, CVE-2020-8595: a guard that reads a request otherwise than what it guards lets strangers in"),
		Profiles: guards,
		Needs:    overHTTP,
		Hazard:   Injection,
		IdP:      does(fault.SignWithKey{Key: "attacker"}),
		Expect:   Reject,
		Cases: []Case{
			by("method-override", Carry{Override: "OPTIONS"}), by("odd-host", Carry{Host: "unknown"}),
			by("double-slash", Carry{Path: "double-slash"}), by("encoded-slash", Carry{Path: "encoded-slash"}),
			by("dot-segment", Carry{Path: "dot-segment"}),
		},
		Why: "another route may be public, which nobody can tell from outside, so an accept is a miss of practice alone, unless it names the forged user",
	},
}}

// someThumbprint is the SHA-256 of a key or certificate that nobody has.
const someThumbprint = "cm9ndWVpZHAtbm9ib2R5LWhhcy10aGlzLWtleS0wMDE"

// withoutClaim leaves out one claim of RFC 9068 section 2.2 at a time.
func withoutClaim() []Case {
	var cases []Case
	for _, claim := range []string{"iss", "aud", "exp", "sub", "client_id", "iat", "jti"} {
		one := Case{Name: kebab(claim), IdP: does(fault.DropClaim{Name: claim})}
		if claim != "iss" && claim != "aud" && claim != "exp" {
			one.Expect, one.Level = Either, Info
		}
		cases = append(cases, one)
	}
	return cases
}

// behind is an honest token behind a scheme.
func behind(scheme string, expect Expectation) Case {
	return Case{Name: scheme, Expect: expect, Plot: plot(Present{Carry: Carry{Scheme: scheme}})}
}

// two are a good token in the header and a forged one elsewhere, or the reverse.
func two(name, first, second, in string) Case {
	return Case{Name: name, Plot: plot(
		Mint{As: "good"},
		Mint{As: "forged", IdP: does(fault.SignWithKey{Key: "attacker"}, fault.SetClaim{Name: "sub", Value: `"mallory"`})},
		Present{Token: first, Carry: Carry{Second: second, SecondIn: in}},
	)}
}

// by is a forged token by another way than the plain one.
func by(name string, way Carry) Case { return Case{Name: name, Plot: plot(Present{Carry: way})} }
