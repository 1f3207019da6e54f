package scenarios

import (
	"slices"
	"strings"

	"github.com/rogueidp/rogueidp/mockidp/fault"
)

// loginRows are about a whole relying party: what it asks for, and what it lets
// come back.
var loginRows = family{
	name: "login", twin: "login.happy-matrix", profiles: relyingParties, needs: signsIn,
	rows: slices.Concat(loginHappy, loginState, loginIssuer, loginCode, loginAnswer, loginRefresh, loginRequest, loginPages),
}

var (
	relyingParties = []Profile{Login}
	signsIn        = []Capability{"login"}
)

// signsInWith is what a relying party has to be able to do besides signing in.
func signsInWith(more ...Capability) []Capability { return slices.Concat(signsIn, more) }

// somebodyElse is a user of the provider whom nobody means to sign in.
const somebodyElse = "mallory"

var loginHappy = []Scenario{
	{
		ID:       "login.happy-matrix",
		Title:    "signs people in, in every way that it is known for",
		Severity: Control,
		Cites:    cites(coreTokenResponse, coreResponse, rfc6749IgnoreUnknown, rfc6749Success),
		Twin:     "honest",
		Expect:   Accept,
		Cases: []Case{
			{Name: "code"},
			{Name: "ES256", Alg: "ES256"},
			{Name: "more-parameters", IdP: does(fault.SetAnswer{Endpoint: "authorization", Name: "something_new", Value: `"1"`})},
			{Name: "more-claims", IdP: does(fault.SetClaim{Name: "something_new", Value: `{"a":[1]}`})},
			{Name: "more-about-the-user", Needs: []Capability{"userinfo"}, IdP: does(fault.SetAnswer{Endpoint: "userinfo", Name: "name", Value: fault.Text(somebodyElse)})},
			{Name: "userinfo", Needs: []Capability{"userinfo"}, Plot: plot(
				SignIn{As: "s"}, Inspect{Of: "s", Endpoint: "userinfo", Param: "access_token", Is: "not-in-url", Level: Hardening},
			)},
			{Name: "signed-userinfo", Needs: []Capability{"userinfo", "signed-userinfo"}, Plot: plot(
				SignIn{As: "s"}, Inspect{Of: "s", Endpoint: "userinfo", Param: "access_token", Is: "not-in-url", Level: Hardening},
			)},
			{Name: "iss-parameter", Needs: []Capability{"iss-parameter"}},
			known("state", "state", "present", ""),
			known("nonce", "nonce", "present", ""),
			known("pkce", "code_challenge", "present", ""),
			known("form-post", "response_mode", "equals", "form_post"),
			known("hybrid", "response_type", "unlike", "code"),
			known("implicit", "response_type", "unlike", "code"),
		},
		Why: "a client chooses its response type, response mode and authentication by itself, so a case is for each thing that it is known for, and shows that it does it; where it does not, other rows mean nothing",
	},
}

// known is the sign-in of a relying party that is said to do something, with a
// look at whether its request shows it.
func known(feature Capability, param, is, value string) Case {
	return Case{Name: string(feature), Needs: []Capability{feature}, Plot: plot(
		SignIn{As: "s"},
		Inspect{Of: "s", Endpoint: "authorization", Param: param, Is: is, Value: value, Level: Hardening},
	)}
}

// loginAnswer is about authorization responses that are errors, or come in
// another way than was asked for.
var loginAnswer = []Scenario{
	{
		ID:       "login.error-and-code",
		Title:    "takes an answer with an error and a code for an error",
		Level:    Hardening,
		Severity: Medium,
		Cites:    practice("RFC 6749 4.1.2.1: an answer is a code or an error, and a client that looks for the code first never sees the refusal"),
		Extended: true,
		Expect:   Reject,
		Cases: []Case{
			{Name: "server-error", IdP: does(fault.AnswerError{Endpoint: "authorization", Code: "server_error", Beside: true})},
			{Name: "access-denied", IdP: does(fault.AnswerError{Endpoint: "authorization", Code: "access_denied", Beside: true})},
		},
	},
	{
		ID:       "login.error-xss",
		Title:    "shows what an error says as text, if at all",
		Severity: Medium,
		Cites:    cites(rfc6749Sanitize),
		Extended: true,
		Hazard:   Injection,
		Expect:   Reject,
		Cases: []Case{
			{
				Name: "markup", IdP: does(fault.AnswerError{Endpoint: "authorization", Code: "access_denied", Description: markup}),
				Plot: plot(SignIn{Never: markup}),
			},
			{
				Name: "long", Level: Hardening, IdP: does(
					fault.AnswerError{Endpoint: "authorization", Code: "access_denied"},
					fault.SetAnswerLength{Endpoint: "authorization", Name: "error_description", Length: 100_000},
				),
				Plot: plot(SignIn{Never: strings.Repeat("s", 1000)}),
				Why:  "an error alone is login.error-formpost, and a description that is longer than a server takes is refused with it; that it is refused cleanly is practice",
			},
		},
		Why: "CVE-2026-33758: whoever links to a callback writes the description of its error",
	},
	{
		ID:       "login.error-formpost",
		Title:    "copes with an error that is posted to it",
		Level:    Hardening,
		Severity: Low,
		Cites:    practice("OIDF oidcc-client-test-form-post-error; no text says what a client does then"),
		Extended: true,
		Needs:    signsInWith("form-post"),
		IdP:      does(fault.AnswerError{Endpoint: "authorization", Code: "login_required"}),
		Expect:   Reject,
		Why:      "who is known for form-post asks for it, so that the error comes as the answer would have come",
	},
	{
		ID:       "login.wrong-response-mode",
		Title:    "takes no answer that comes in another way than the one it asked for",
		Level:    Should,
		Severity: High,
		Cites:    cites(coreResponse, rfc6749Sanitize),
		Extended: true,
		Expect:   Reject,
		Cases: []Case{
			{Name: "fragment", IdP: does(fault.AnswerIn{Mode: "fragment"}), Plot: append(whoAsksForACodeAlone(), SignIn{})},
			{Name: "id-token-for-a-code", Plot: append(whoAsksForACodeAlone(),
				SignIn{As: "now", Agent: "user", Halt: true},
				SignIn{As: "other", Agent: "somebody", IdP: does(fault.SetClaim{Name: "nonce", Value: `"{nonce.now}"`}), Expect: Either},
				Deliver{Of: "now", Without: []string{"code"}, With: map[string]string{"id_token": "{id_token.other}"}},
			), Needs: []Capability{"nonce"}, Why: "the token is good and has the right nonce, and came where a code was asked for"},
		},
		Why: "whoever asks for anything but a code alone gets it in the fragment, or with an ID token, anyway",
	},
	{
		ID:       "login.hybrid-mismatch",
		Title:    "refuses two ID tokens of one sign-in that do not agree",
		Level:    Should,
		Severity: High,
		Cites:    cites(coreIssuer, rfc8725Subject),
		Extended: true,
		Needs:    signsInWith("hybrid"),
		Expect:   Reject,
		Cases: []Case{
			{Name: "iss", IdP: does(onlyOf("front-id-token", fault.SetClaim{Name: "iss", Value: `"{issuer}/other"`}))},
			{Name: "sub", IdP: does(onlyOf("front-id-token", fault.SetClaim{Name: "sub", Value: fault.Text(somebodyElse)}))},
		},
		Why: "that they agree binds the provider (OIDC Core 3.3.3.6), and no text says who looks; the token from the authorization endpoint is the one that lies, so that a client without one is not asked",
	},
}

// markup does something in a page that shows it as it is.
const markup = `<img src=x onerror=alert(document.domain)>`

// onlyOf lets a fault act on tokens of one kind.
func onlyOf(kind string, f fault.Fault) fault.Fault {
	return fault.Only{Of: kind, Do: fault.Some{Fault: f}}
}

// whoAsksFor lets a row go on only with those whose response type has a word.
func whoAsksFor(word string) []Act {
	return plot(
		SignIn{As: "asks", Honest: true, Halt: true},
		Inspect{Of: "asks", Endpoint: "authorization", Asking: word, Param: "response_type", Is: "present", Premise: true},
	)
}

// whoAsksForACodeAlone lets a row go on only with those who use the code flow.
func whoAsksForACodeAlone() []Act {
	return plot(
		SignIn{As: "asks", Honest: true, Halt: true},
		Inspect{Of: "asks", Endpoint: "authorization", Param: "response_type", Is: "equals", Value: "code", Premise: true},
	)
}
