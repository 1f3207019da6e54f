package scenarios

import "github.com/rogueidp/rogueidp/mockidp/fault"

// loginRefresh is about what comes back for a refresh token.
var loginRefresh = []Scenario{
	{
		ID:       "login.refresh-ok",
		Title:    "goes on with what its refresh token brought",
		Level:    Should,
		Severity: Low,
		Cites:    cites(coreTokenResponse, rfc6749Success),
		Extended: true,
		Needs:    signsInWith("renew"),
		Twin:     "honest",
		Expect:   Accept,
		Cases: []Case{
			renewed("without-nonce", Accept, onlyOf("refreshed-id-token", fault.DropClaim{Name: "nonce"})),
			renewed("without-id-token", Accept, fault.DropAnswer{Endpoint: "token", Name: "id_token"}),
		},
		Why: "OIDC Core 12.2 leaves it to the provider whether an ID token comes, and wants none with a nonce",
	},
	{
		ID:       "login.refresh-iss",
		Title:    "refuses a refreshed ID token of another issuer",
		Severity: High,
		Cites:    cites(coreIssuer, coreTokenResponse),
		Needs:    signsInWith("renew"),
		Twin:     "login.refresh-ok",
		Expect:   Reject,
		Plot:     renewal(Reject, onlyOf("refreshed-id-token", fault.SetClaim{Name: "iss", Value: `"{issuer}/other"`})),
		Why:      "OIDC Core 12.2 has the provider keep iss; a response that breaks the rules of OIDC Core 3.1.3.7 is none that a client goes on with",
	},
	{
		ID:       "login.refresh-sub",
		Title:    "refuses a refreshed ID token of another user",
		Level:    Should,
		Severity: Critical,
		Cites:    cites(rfc8725Subject),
		Needs:    signsInWith("renew"),
		Twin:     "login.refresh-ok",
		Expect:   Reject,
		Plot:     renewal(Reject, onlyOf("refreshed-id-token", fault.SetClaim{Name: "sub", Value: fault.Text(somebodyElse)})),
		Why:      "OIDC Core 12.2 binds the provider; the module oidcc-client-test-refresh-token-invalid-sub wants a refusal",
	},
	{
		ID:       "login.refresh-aud-authtime",
		Title:    "refuses a refreshed ID token for another client",
		Level:    Should,
		Severity: Medium,
		Cites:    cites(coreAudience, coreTokenResponse),
		Extended: true,
		Needs:    signsInWith("renew"),
		Twin:     "login.refresh-ok",
		Expect:   Reject,
		Cases: []Case{
			renewed("aud", Reject, onlyOf("refreshed-id-token", fault.SetClaim{Name: "aud", Value: `"{client_id}1"`})),
			recorded(renewed("auth-time", Either, onlyOf("refreshed-id-token", fault.SetTime{Name: "auth_time", At: "0s"}))),
		},
		Why: "that aud and auth_time stay as they were binds the provider (OIDC Core 12.2); of a newer auth_time no text tells a client anything",
	},
}

// renewal signs in honestly, and then renews with a lie.
func renewal(expect Expectation, lies ...fault.Fault) []Act {
	return plot(
		SignIn{As: "s", Agent: "user", Honest: true, Expect: Accept, Premise: true},
		Renew{Agent: "user", IdP: lies, Expect: expect},
	)
}

func renewed(name string, expect Expectation, lies ...fault.Fault) Case {
	return Case{Name: name, Expect: expect, Plot: renewal(expect, lies...)}
}

// recorded is a case of which both answers are legal.
func recorded(c Case) Case {
	c.Level = Info
	return c
}
