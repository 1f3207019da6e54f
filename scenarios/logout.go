package scenarios

import (
	"slices"

	"github.com/rogueidp/rogueidp/mockidp/fault"
)

// logoutRows are about who can end a session, and who cannot.
var logoutRows = family{name: "logout", twin: "logout.bcl-ok", profiles: relyingParties, needs: endsSessions, rows: []Scenario{
	{
		ID:       "logout.bcl-ok",
		Title:    "ends the session that its provider ends",
		Severity: Medium,
		Cites:    cites(bclStatus, bclNoStore),
		Extended: true,
		Twin:     "honest",
		Expect:   Accept,
		Cases: []Case{
			{Name: "session-ends", Plot: amidASession(
				SignOut{Of: "s"},
				Look{Agent: "user", Expect: Reject},
			)},
			{Name: "not-stored", Level: Should, Plot: amidASession(SignOut{Of: "s", NoStore: true})},
		},
	},
	{
		ID:       "logout.bcl-none-wrong-alg",
		Title:    "ends no session for a logout token under none or under another algorithm",
		Severity: High,
		Cites:    cites(bclNone, bclSignature, bclStatus, coreAlg),
		Expect:   Reject,
		Cases: []Case{
			unmovedBy("none", fault.SignWith{Alg: "none"}),
			{Name: "other-alg", Alg: "RS256", Level: Should, Plot: unmoved(fault.SignWith{Alg: "RS512"})},
		},
		Why: "which algorithms pass is judged as for ID tokens, and there it is a should",
	},
	{
		ID:       "logout.bcl-claims",
		Title:    "ends no session for a logout token that is none, or not for it",
		Severity: High,
		Cites:    cites(bclClaims, bclSubject, bclEvents, bclNonce, bclStatus),
		Expect:   Reject,
		Cases: []Case{
			unmovedBy("iss", fault.SetClaim{Name: "iss", Value: `"{issuer}/other"`}),
			unmovedBy("aud", fault.SetClaim{Name: "aud", Value: `"{client_id}1"`}),
			unmovedBy("expired", fault.SetTime{Name: "exp", At: "-{leeway}-1h"}),
			unmovedBy("no-events", fault.DropClaim{Name: "events"}),
			unmovedBy("other-event", fault.SetClaim{Name: "events", Value: `{"https://schemas.openid.net/event/other":{}}`}),
			unmovedBy("events-empty", fault.SetClaim{Name: "events", Value: `{}`}),
			unmovedBy("nonce", fault.SetClaim{Name: "nonce", Value: `"{random}"`}),
			{
				Name: "about-nobody", Plot: unmoved(fault.DropClaim{Name: "sub"}, fault.DropClaim{Name: "sid"}),
				Why: "either of the two may be missing alone (OIDC Back-Channel Logout 2.4), so that neither is a deviation; what an honest one does is logout.bcl-ok",
			},
			{Name: "no-iat", Level: Hardening, Plot: unmoved(fault.DropClaim{Name: "iat"}), Why: "iat is the provider's duty, as it is in an ID token (time.iat-missing)"},
			recorded(Case{Name: "no-exp", Expect: Either, Plot: unmoved(fault.DropClaim{Name: "exp"}), Why: "the first final text knew no exp in a logout token"}),
			recorded(Case{Name: "no-jti", Expect: Either, Plot: unmoved(fault.DropClaim{Name: "jti"}), Why: "jti is the provider's duty, and to remember it a MAY"}),
		},
	},
	{
		ID:       "logout.bcl-id-token-as-logout",
		Title:    "takes no ID token for a logout token",
		Severity: High,
		Cites:    cites(bclEvents, rfc8725ExclusiveRules, bclStatus),
		Extended: true,
		Expect:   Reject,
		Plot: amidASession(
			SignOut{Of: "s", Token: "id-token"},
			Look{Agent: "user", Expect: Accept},
		),
	},
	{
		ID:       "logout.bcl-other-sub-sid",
		Title:    "ends nobody else's session, and no session twice",
		Level:    Info,
		Severity: Medium,
		Cites:    cites(bclOptional, bclStatus),
		Extended: true,
		Expect:   Either,
		Cases: []Case{
			{Name: "sid-of-another-user", Plot: amidASession(
				SignIn{As: "other", Agent: "somebody", Subject: somebodyElse, Expect: Accept, Premise: true},
				SignOut{Of: "other", IdP: does(fault.SetClaim{Name: "sub", Value: `"{subject}"`})},
				Look{Agent: "somebody", Expect: Accept},
			)},
			{Name: "unknown-sid", Plot: amidASession(
				SignIn{As: "other", Agent: "somebody", Subject: somebodyElse, Expect: Accept, Premise: true},
				SignOut{Of: "s", IdP: does(fault.SetClaim{Name: "sid", Value: `"{random}"`})},
				Look{Agent: "somebody", Expect: Accept},
			)},
			{Name: "same-token-again", Plot: amidASession(SignOut{Of: "s", Times: 2})},
		},
		Why: "to compare them with the sessions there are is a MAY; the first token names one user and the session of another",
	},
	{
		ID:       "logout.bcl-unverified-revoke",
		Title:    "ends no session for a logout token that somebody else signed",
		Severity: High,
		Cites:    cites(bclSignature, bclStatus),
		Expect:   Reject,
		Plot:     unmoved(fault.SignWithKey{Key: "attacker"}),
		Why:      "CVE-2026-55735",
	},
	{
		ID:       "logout.fcl-iss-sid",
		Title:    "looks whom a front-channel logout is about",
		Level:    Info,
		Severity: Low,
		Cites:    cites(fclSession),
		Extended: true,
		Needs:    signsInWith("frontlogout", "home"),
		Twin:     "login.happy-matrix",
		Expect:   Either,
		Cases: []Case{
			framed("right", Reject, "{issuer}", "{sid.s}"),
			framed("other-iss", Accept, "https://evil.test", "{sid.s}"),
			framed("other-sid", Accept, "{issuer}", "{random}"),
		},
		Why: "to compare them is a MAY, so what becomes of the session is recorded; where browsers send no cookies along in a frame, nothing becomes of it",
	},
	{
		ID:       "logout.rpl-state",
		Title:    "comes back from a logout whatever the state is, and leads nowhere else",
		Level:    Should,
		Severity: Low,
		Cites:    cites(rfc9700OpenRedirector),
		Extended: true,
		Needs:    signsInWith("logout"),
		Twin:     "login.happy-matrix",
		Expect:   Either,
		Plot: plot(
			SignIn{As: "s", Agent: "user", Expect: Accept, Premise: true},
			Send{Agent: "user", To: "logout", Follow: true, Stays: true},
		),
		Cases: []Case{
			{Name: "other-state", IdP: does(fault.SetAnswer{Endpoint: "end-session", Name: "state", Value: `"https://{canary.host}/"`})},
			{Name: "no-state", IdP: does(fault.DropAnswer{Endpoint: "end-session", Name: "state"})},
		},
		Why: "no text has a client compare the state of a logout; a state that is an address leads no browser there",
	},
}}

// endsSessions is what it takes to see a logout token work.
var endsSessions = signsInWith("backchannel", "home")

// amidASession does acts while somebody is signed in.
func amidASession(acts ...Act) []Act {
	return slices.Concat(plot(
		SignIn{As: "s", Agent: "user", Expect: Accept, Premise: true},
		Look{Agent: "user", Expect: Accept, Premise: true},
	), acts)
}

// unmoved posts a logout token that has to be refused, and looks whether the
// session is there as before.
func unmoved(lies ...fault.Fault) []Act {
	return amidASession(
		SignOut{Of: "s", IdP: lies},
		Look{Agent: "user", Expect: Accept},
	)
}

func unmovedBy(name string, lie fault.Fault) Case { return Case{Name: name, Plot: unmoved(lie)} }

// framed is a front-channel logout, with what should become of the session.
func framed(name string, after Expectation, iss, sid string) Case {
	return Case{Name: name, Plot: amidASession(
		Send{Agent: "user", To: "frontlogout", Query: map[string]string{"iss": iss, "sid": sid}},
		Look{Agent: "user", Expect: after},
	)}
}
