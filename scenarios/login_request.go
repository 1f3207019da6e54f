package scenarios

import "github.com/rogueidp/rogueidp/mockidp/fault"

// loginRequest is about what the relying party asks its provider for, and how.
var loginRequest = []Scenario{
	{
		ID:       "login.client-assertion-aud",
		Title:    "addresses its client assertion to the provider that it signs in with",
		Level:    Hardening,
		Severity: High,
		Cites:    cites(errata3AssertionAud, rfc7523bisAssertionAud, coreAssertionAud),
		Start:    Cold,
		Oracle:   ByJournal,
		IdP:      does(fault.SetMetadata{Name: "token_endpoint", Value: `"{issuer.b}/token"`}),
		Expect:   Either,
		Plot: plot(
			Open{Issuers: []Party{{Name: "a"}, {Name: "b", Untrusted: true}}},
			SignIn{As: "s", At: "a"},
			Inspect{Of: "s", Endpoint: "token", At: "b", Param: "client_assertion", Is: "names-only", None: true},
		),
		Why: "CVE-2025-27370, CVE-2025-27371: a is an attacker, and says that b's token endpoint is its own; an assertion for that address is one with which the attacker is the client at b. The published text wants the token endpoint as the audience, which is how it went wrong, so this is a draft's",
	},
	{
		ID:       "login.bearer-query",
		Title:    "keeps access tokens out of addresses",
		Severity: Medium,
		Cites:    cites(rfc9700NoQuery, rfc6750PageURLs),
		Extended: true,
		Needs:    signsInWith("userinfo"),
		Oracle:   ByJournal,
		Expect:   Accept,
		Plot: plot(
			SignIn{As: "s"},
			Inspect{Of: "s", Endpoint: "userinfo", Param: "access_token", Is: "not-in-url"},
		),
	},
	{
		ID:       "login.host-header",
		Title:    "names its own redirect URI, whatever host it is asked as",
		Level:    Hardening,
		Severity: High,
		Cites:    practice("CVE-2026-34083, CVE-2026-54588: the redirect URI was made from the request's host, so that a link made the code go elsewhere"),
		Hazard:   Injection,
		Oracle:   ByJournal,
		Expect:   Accept,
		Cases: []Case{
			hosted("host", "Host", "evil.test"),
			hosted("forwarded-host", "X-Forwarded-Host", "evil.test"),
			hosted("forwarded", "Forwarded", "host=evil.test"),
		},
		Why: "who does not answer to another name has not been led astray either",
	},
	{
		ID:       "login.token-from-url",
		Title:    "takes no endpoint from the address of its callback",
		Level:    Hardening,
		Severity: Critical,
		Cites:    practice("CVE-2024-25128, CVE-2022-39387, and FAPI 2.0 5.3.3.1 (9)-(11): whom to ask for tokens was in the request"),
		Hazard:   Injection,
		Oracle:   ByJournal,
		Expect:   Either,
		Plot: plot(
			SignIn{As: "s", Halt: true},
			Deliver{Of: "s", With: map[string]string{
				"token_endpoint": "{canary}/token", "userinfo_endpoint": "{canary}/userinfo", "jwks_uri": "{canary}/jwks", "op": "{canary}",
			}},
		),
		Why: "whether it passes over the parameters or refuses them, nobody may be asked at the addresses in them; for the login page it is discovery.request-overrides",
	},
}

// hosted begins a sign-in as somebody does who can set a header, and compares
// the redirect URI with the one that was named before.
func hosted(name, header, value string) Case {
	return Case{Name: name, Plot: plot(
		SignIn{As: "s", Premise: true},
		Send{To: "login", Header: map[string]string{header: value}, Follow: true, Expect: Either},
		Inspect{Endpoint: "authorization", Param: "redirect_uri", Is: "same"},
	)}
}
