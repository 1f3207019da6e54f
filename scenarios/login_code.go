package scenarios

import "github.com/rogueidp/rogueidp/mockidp/fault"

// loginCode is about the code, and what shows that it is in the right hands.
var loginCode = []Scenario{
	{
		ID:       "login.pkce-present",
		Title:    "protects every code with a challenge of its own",
		Level:    Should,
		Severity: High,
		Cites:    cites(rfc9700CodeInjection, rfc7636S256, rfc7636Verifier),
		Extended: true,
		Oracle:   ByJournal,
		Expect:   Accept,
		Cases: []Case{
			{Name: "challenge", Plot: plot(
				SignIn{As: "s"},
				Inspect{Of: "s", Endpoint: "authorization", Asking: "code", Param: "code_challenge", Is: "present"},
				Inspect{Of: "s", Endpoint: "authorization", Asking: "code", Param: "code_challenge_method", Is: "equals", Value: "S256"},
			)},
			{Name: "new-verifier", Needs: []Capability{"pkce"}, Plot: plot(
				Repeat{Times: 3, Do: plot(SignIn{As: "s"})},
				Inspect{Endpoint: "token", Param: "code_verifier", Is: "new"},
			)},
			{Name: "long-verifier", Needs: []Capability{"pkce"}, Plot: plot(
				SignIn{As: "s"},
				Inspect{Of: "s", Endpoint: "token", Param: "code_verifier", Is: "long", Value: "43"},
				Inspect{Of: "s", Endpoint: "token", Param: "code_verifier", Is: "verifies"},
			)},
		},
		Why: "PKCE binds public clients, and is recommended to confidential ones, whom the nonce protects as well; nobody sees from outside which of the two a client is",
	},
	{
		ID:       "login.pkce-downgrade",
		Title:    "never falls back to a plain challenge",
		Severity: Medium,
		Cites:    cites(rfc7636S256, rfc7636NoDowngrade),
		Extended: true,
		Start:    Cold,
		Needs:    signsInWith("pkce"),
		Oracle:   ByJournal,
		Expect:   Either,
		Plot: plot(
			SignIn{As: "s"},
			Inspect{Of: "s", Endpoint: "authorization", Asking: "code", Param: "code_challenge_method", Is: "unlike", Value: "plain", None: true},
			Inspect{Of: "s", Endpoint: "authorization", Asking: "code", Param: "code_challenge", Is: "present", Level: Hardening, None: true},
		),
		Cases: []Case{
			{Name: "plain", IdP: does(fault.SetMetadata{Name: "code_challenge_methods_supported", Value: `["plain"]`})},
			{Name: "none", IdP: does(fault.DropMetadata{Name: "code_challenge_methods_supported"})},
		},
		Why: "whoever goes no further is right, and so is whoever goes on with S256; to do without PKCE where the metadata know none is no plain challenge and leaves the nonce, so that it is a miss of practice",
	},
	{
		ID:       "login.pkce-verifier-bind",
		Title:    "sends the verifier of its own request along with any code",
		Severity: High,
		Cites:    cites(rfc9700CodeInjection, rfc9700PerTransaction),
		Extended: true,
		Needs:    signsInWith("pkce"),
		Oracle:   ByJournal,
		Expect:   Reject,
		Plot: append(injected(),
			Inspect{Of: "attackers", Endpoint: "token", Param: "code_verifier", Is: "verifies", None: true},
		),
		Why: "the code is another sign-in's, and so the provider refuses this verifier; who sees before that something is wrong asks for no tokens at all",
	},
	{
		ID:       "login.code-injection",
		Title:    "refuses the code of somebody else's sign-in",
		Severity: Critical,
		Cites:    cites(rfc9700CodeInjection, rfc9700Nonce, rfc9700PerTransaction),
		Expect:   Reject,
		Plot:     injected(),
		Why:      "CVE-2024-12369; the provider is honest, so either it refuses the verifier or the client has to refuse the nonce",
	},
	{
		ID:       "login.code-replay",
		Title:    "redeems a code once, however often it comes",
		Level:    Should,
		Severity: High,
		Cites:    cites(rfc6749CodeOnce),
		Oracle:   ByJournal,
		Expect:   Either,
		Plot: plot(
			SignIn{As: "s", Agent: "user", Halt: true},
			Deliver{Of: "s", Times: 2, AtOnce: true},
			Inspect{Of: "s", Endpoint: "token", Param: "code", Is: "new"},
		),
		Why: "an honest provider takes no code twice, so that only its journal shows that it was tried; to refuse is the provider's duty in the end",
	},
	{
		ID:       "login.code-odd",
		Title:    "refuses codes that are none, and says so",
		Level:    Hardening,
		Severity: Low,
		Cites:    cites(rfc6749Sanitize),
		Extended: true,
		Hazard:   Exhaustion,
		Expect:   Reject,
		Plot:     append(whoAsksFor("code"), SignIn{}),
		Cases: []Case{
			{Name: "empty", IdP: does(fault.SetAnswer{Endpoint: "authorization", Name: "code", Value: `""`})},
			{Name: "long", IdP: does(fault.SetAnswerLength{Endpoint: "authorization", Name: "code", Length: 100_000})},
			{Name: "control-characters", IdP: does(fault.SetAnswer{Endpoint: "authorization", Name: "code", Value: `"a\u0000b\r\nSet-Cookie: a=b\u007f"`})},
		},
		Why: "whoever asks for no code gets none; the text says what to check and not how to fail, so that being unable to answer is a miss of practice",
	},
}

// injected brings the code of a victim into the sign-in of an attacker, who began
// before.
func injected() []Act {
	return plot(
		SignIn{As: "attackers", Agent: "attacker", Halt: true},
		SignIn{As: "victims", Agent: "victim", Subject: somebodyElse, Halt: true},
		Deliver{Of: "attackers", With: map[string]string{"code": "{code.victims}"}},
	)
}
