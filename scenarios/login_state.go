package scenarios

import "github.com/rogueidp/rogueidp/mockidp/fault"

// loginState is about what ties an answer to the browser and the request that it
// is for.
var loginState = []Scenario{
	{
		ID:       "login.state-missing",
		Title:    "refuses an answer without the state that it sent",
		Level:    Should,
		Severity: Critical,
		Cites:    cites(coreResponse, coreState, rfc6749CSRF, rfc9700CSRF),
		Needs:    signsInWith("state"),
		IdP:      does(fault.DropAnswer{Endpoint: "authorization", Name: "state"}),
		Expect:   Reject,
		Why:      stateIsOneWay,
	},
	{
		ID:       "login.state-wrong",
		Title:    "refuses an answer with another state than the one that it sent",
		Level:    Should,
		Severity: Critical,
		Cites:    cites(coreResponse, coreState, rfc6749CSRF, rfc9700CSRF),
		Needs:    signsInWith("state"),
		Expect:   Reject,
		Cases: []Case{
			{Name: "altered", IdP: does(fault.RespellAnswer{Endpoint: "authorization", Name: "state", How: "add-one"})},
			{Name: "empty", IdP: does(fault.SetAnswer{Endpoint: "authorization", Name: "state", Value: `""`})},
			{Name: "truncated", IdP: does(fault.RespellAnswer{Endpoint: "authorization", Name: "state", How: "prefix"})},
		},
		Why: stateIsOneWay,
	},
	{
		ID:       "login.state-other-session",
		Title:    "refuses the state of another browser",
		Severity: Critical,
		Cites:    cites(coreResponse, coreState, rfc6749CSRF, rfc9700CSRF),
		Needs:    signsInWith("state"),
		Expect:   Reject,
		Plot: plot(
			SignIn{As: "theirs", Agent: "somebody", Halt: true},
			SignIn{As: "mine", Agent: "me", Halt: true},
			Deliver{Of: "mine", With: map[string]string{"state": "{state.theirs}"}},
		),
		Why: "the code is this browser's own; with the other one's code too it is login.login-csrf",
	},
	{
		ID:       "login.login-csrf",
		Title:    "signs nobody in with an answer that another browser was given",
		Severity: High,
		Cites:    cites(rfc6749CSRF, rfc9700CSRF),
		Expect:   Reject,
		Cases: []Case{
			{Name: "out-of-the-blue", Plot: plot(
				SignIn{As: "attackers", Agent: "attacker", Subject: somebodyElse, Halt: true},
				Deliver{Of: "attackers", Agent: "victim"},
			)},
			{Name: "amid-a-sign-in", Plot: plot(
				SignIn{As: "attackers", Agent: "attacker", Subject: somebodyElse, Halt: true},
				SignIn{As: "victims", Agent: "victim", Halt: true},
				Deliver{Of: "attackers", Agent: "victim"},
			)},
		},
		Why: "an attacker keeps the answer to a sign-in of its own, and has somebody else's browser deliver it",
	},
	{
		ID:       "login.state-reuse",
		Title:    "lets an answer count once",
		Level:    Should,
		Severity: High,
		Cites:    cites(rfc9700StateOnce, rfc6749CodeOnce),
		Extended: true,
		Oracle:   ByJournal,
		Expect:   Reject,
		Cases: []Case{
			{Name: "same-browser", Plot: plot(
				SignIn{As: "s", Agent: "user", Halt: true},
				Deliver{Of: "s", Expect: Accept, Premise: true},
				Deliver{Of: "s", Expect: Either},
				Inspect{Of: "s", Endpoint: "token", Param: "code", Is: "new"},
			)},
			{Name: "another-browser", Plot: plot(
				SignIn{As: "s", Agent: "user", Halt: true},
				Deliver{Of: "s", Expect: Accept, Premise: true},
				Deliver{Of: "s", Agent: "stranger"},
				Inspect{Of: "s", Endpoint: "token", Param: "code", Is: "new"},
			)},
			{Name: "after-signing-out", Needs: []Capability{"logout", "home"}, Plot: plot(
				SignIn{As: "s", Agent: "user", Halt: true},
				Deliver{Of: "s", Expect: Accept, Premise: true},
				Send{Agent: "user", To: "logout", Expect: Either},
				Look{Agent: "user", Premise: true},
				Deliver{Of: "s", Expect: Either},
				Look{Agent: "user"},
			)},
		},
		Why: "who goes back in a browser that is signed in sees a page for the signed-in whatever became of the answer, so it is the second redemption of the code that tells, or the page after a logout",
	},
	{
		ID:       "login.state-dup-param",
		Title:    "refuses an answer that says a thing twice",
		Level:    Should,
		Severity: Medium,
		Cites:    cites(rfc6749Sanitize),
		Extended: true,
		Expect:   Reject,
		Cases: []Case{
			{Name: "state", Needs: []Capability{"state"}, IdP: does(fault.RepeatAnswer{Endpoint: "authorization", Name: "state", Value: `"{random}"`})},
			{Name: "code", Plot: append(whoAsksFor("code"), SignIn{}), IdP: does(fault.RepeatAnswer{Endpoint: "authorization", Name: "code", Value: `"{random}"`})},
			{Name: "iss", Needs: []Capability{"iss-parameter"}, IdP: does(fault.RepeatAnswer{Endpoint: "authorization", Name: "iss", Value: `"https://evil.test"`})},
		},
		Why: "that no parameter comes twice binds who sends it (RFC 6749 3.1); the client's part is to check what it receives",
	},
	{
		ID:       "login.state-provider-bound",
		Title:    "refuses at one provider what it kept for a sign-in with another",
		Severity: Critical,
		Cites:    cites(rfc9700StoreIssuer, rfc9700PerTransaction),
		Needs:    signsInWith("multi-issuer"),
		Expect:   Reject,
		Cases: []Case{
			{Name: "state", Needs: []Capability{"state"}, Plot: plot(
				twoProviders,
				SignIn{As: "with-a", Agent: "user", At: "a", Halt: true},
				SignIn{As: "with-b", Agent: "user", At: "b", Halt: true},
				Deliver{Of: "with-b", With: map[string]string{"state": "{state.with-a}"}},
			)},
			{Name: "nonce", Needs: []Capability{"nonce"}, Plot: plot(
				twoProviders,
				SignIn{As: "with-a", Agent: "user", At: "a", Halt: true},
				SignIn{As: "with-b", Agent: "user", At: "b", IdP: does(fault.SetClaim{Name: "nonce", Value: `"{nonce.with-a}"`})},
			)},
			{Name: "cookies", Needs: []Capability{"state"}, Plot: plot(
				twoProviders,
				SignIn{As: "with-a", Agent: "user", At: "a", Halt: true},
				SignIn{As: "with-b", Agent: "other", At: "b", Subject: somebodyElse, Halt: true},
				Deliver{Of: "with-b", Agent: "user", With: map[string]string{"state": "{state.with-a}"}},
			)},
		},
		Why: "in the last case the browser never began with the provider at whose callback it arrives: all that it has is from the other",
	},
	{
		ID:       "login.state-flood",
		Title:    "stays small under sign-ins that nobody finishes",
		Level:    Hardening,
		Severity: High,
		Cites:    practice("CVE-2026-55512, CWE-400: every visit of the login page left a record behind"),
		Hazard:   Flood,
		Oracle:   ByProcess,
		Expect:   Accept,
		Plot:     plot(Send{To: "login", Times: 20_000, Expect: Either}, SignIn{}),
	},
}

const stateIsOneWay = "RFC 9700 2.1 lets PKCE or a nonce stand in for state; of a client that sends one it wants that it looks"

var twoProviders = Open{Issuers: []Party{{Name: "a"}, {Name: "b"}}}
