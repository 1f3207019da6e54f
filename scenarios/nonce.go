package scenarios

import "github.com/rogueidp/rogueidp/mockidp/fault"

// nonceRows are about nonce.
var nonceRows = family{name: "nonce", check: Nonce, twin: "nonce.ok", rows: []Scenario{
	{
		ID:       "nonce.ok",
		Title:    "accepts the nonce that was sent",
		Severity: Control,
		Cites:    cites(core313711Nonce),
		Profiles: []Profile{IDToken},
		Needs:    []Capability{"nonce"},
		Twin:     "honest",
		Expect:   Accept,
	},
	{
		ID:       "nonce.suffix-1",
		Title:    "refuses a nonce with a digit more",
		Severity: Critical,
		Cites:    cites(core2Nonce, core313711Nonce, core32211Nonce),
		Profiles: []Profile{IDToken},
		Needs:    []Capability{"nonce"},
		IdP:      does(fault.RespellClaim{Name: "nonce", How: "add-one"}),
		Expect:   Reject,
	},
	{
		ID:       "nonce.missing",
		Title:    "refuses a token without the nonce that was sent",
		Severity: Critical,
		Cites:    cites(core313711Nonce, core32211Nonce, rfc9700Nonce),
		Profiles: []Profile{IDToken},
		Needs:    []Capability{"nonce"},
		IdP:      does(fault.DropClaim{Name: "nonce"}),
		Expect:   Reject,
	},
	{
		ID:       "nonce.null-empty",
		Title:    "refuses a nonce that is no string",
		Severity: High,
		Cites:    cites(core2Nonce, core313711Nonce),
		Profiles: []Profile{IDToken},
		Needs:    []Capability{"nonce"},
		Expect:   Reject,
		Cases: append(
			valued("nonce", "null", `""`, "[]", "1"),
			Case{Name: "array", IdP: does(fault.RetypeClaim{Name: "nonce", As: "array"})},
		),
	},
	{
		ID:       "nonce.near-miss",
		Title:    "refuses nonces that look like the one that was sent",
		Severity: High,
		Cites:    cites(coreComparison, core2Nonce, core313711Nonce),
		Profiles: []Profile{IDToken},
		Needs:    []Capability{"nonce"},
		Expect:   Reject,
		Cases:    each([]string{"swap-case", "prefix", "trailing-space", "doubled"}, respelt("nonce")),
	},
	{
		ID:       "nonce.other-session",
		Title:    "refuses the nonce of another session",
		Severity: Critical,
		Cites:    cites(core2Nonce, core313711Nonce, rfc9700PerTransaction, rfc9700Nonce),
		Profiles: relyingParties,
		Needs:    signsInWith("nonce"),
		Twin:     "login.happy-matrix",
		Expect:   Reject,
		Plot: plot(
			SignIn{As: "theirs", Agent: "somebody", Halt: true},
			SignIn{As: "mine", Agent: "me", IdP: does(fault.SetClaim{Name: "nonce", Value: `"{nonce.theirs}"`})},
		),
		Why: "whose session a nonce belongs to, only a relying party knows",
	},
	{
		ID:       "nonce.replay",
		Title:    "refuses a token that was used before",
		Level:    Should,
		Severity: High,
		Cites:    cites(coreReplay),
		Profiles: relyingParties,
		Needs:    signsInWith("nonce"),
		Twin:     "login.happy-matrix",
		Expect:   Reject,
		Cases: []Case{
			{Name: "same-browser", Plot: plot(
				SignIn{As: "once", Agent: "user", Expect: Accept, Premise: true},
				SignIn{Agent: "user", Token: "once"},
			)},
			{Name: "other-browser", Plot: plot(
				SignIn{As: "once", Agent: "user", Expect: Accept, Premise: true},
				SignIn{Agent: "somebody", Token: "once"},
			)},
		},
		Why: "whether a sign-in is over, only a relying party knows",
	},
	{
		ID:       "nonce.required-implicit",
		Title:    "sends a nonce wherever an ID token comes from the authorization endpoint",
		Severity: Medium,
		Cites:    cites(coreNonceRequest),
		Profiles: relyingParties,
		Extended: true,
		Needs:    signsIn,
		Oracle:   ByJournal,
		Twin:     "login.happy-matrix",
		Expect:   Accept,
		Plot: plot(
			SignIn{As: "s"},
			Inspect{Of: "s", Endpoint: "authorization", Asking: "id_token", Param: "nonce", Is: "present"},
		),
		Cases: frontChannels(),
		Why:   "a request for a code and an access token needs none, and is not looked at",
	},
	{
		ID:       "nonce.entropy",
		Title:    "makes secrets that nobody can guess",
		Level:    Should,
		Severity: Medium,
		Cites:    cites(coreNonceEntropy, rfc6749CSRF, rfc7636Entropy),
		Profiles: relyingParties,
		Extended: true,
		Needs:    signsIn,
		Hazard:   Flood,
		Oracle:   ByJournal,
		Twin:     "login.happy-matrix",
		Expect:   Accept,
		Cases: []Case{
			{Name: "nonce", Needs: []Capability{"nonce"}, Plot: hundredTimes(true, Inspect{Endpoint: "authorization", Param: "nonce", Is: "unguessable"})},
			{Name: "state", Needs: []Capability{"state"}, Plot: hundredTimes(true, Inspect{Endpoint: "authorization", Param: "state", Is: "unguessable"})},
			{Name: "verifier", Needs: []Capability{"pkce"}, Plot: hundredTimes(false, Inspect{Endpoint: "token", Param: "code_verifier", Is: "unguessable"})},
		},
		Why: "that no two of a hundred are the same is certain, and how hard they are to guess is estimated; CVE-2022-31034",
	},
	{
		ID:       "nonce.refresh",
		Title:    "bears a refreshed ID token without a nonce, and none with another",
		Level:    Should,
		Severity: Medium,
		Cites:    cites(core2Nonce, core313711Nonce),
		Profiles: relyingParties,
		Extended: true,
		Needs:    signsInWith("renew", "nonce"),
		Twin:     "login.refresh-ok",
		Expect:   Reject,
		Cases: []Case{
			renewed("without", Accept, onlyOf("refreshed-id-token", fault.DropClaim{Name: "nonce"})),
			renewed("same", Accept, onlyOf("refreshed-id-token", fault.SetClaim{Name: "nonce", Value: `"{nonce}"`})),
			renewed("other", Reject, onlyOf("refreshed-id-token", fault.SetClaim{Name: "nonce", Value: `"{random}"`})),
		},
		Why: "OIDC Core 12.2 wants none there, and if there is one, the one of the sign-in",
	},
	{
		ID:       "nonce.supported-false",
		Title:    "refuses a missing nonce, though the provider says it knows none",
		Severity: High,
		Cites:    cites(core313711Nonce),
		Profiles: []Profile{IDToken},
		Needs:    []Capability{"nonce"},
		IdP:      does(fault.SetClaim{Name: "nonce_supported", Value: "false"}, fault.DropClaim{Name: "nonce"}),
		Expect:   Reject,
		Why:      "the claim is an excuse for the missing nonce; apart these are parse.ok-unknown-claims and nonce.missing",
	},
	{
		ID:       "nonce.unsolicited",
		Title:    "refuses a nonce that it did not send",
		Level:    Info,
		Severity: Medium,
		Cites:    cites(core2Nonce),
		Profiles: []Profile{IDToken},
		Extended: true,
		Needs:    []Capability{"nonce"},
		Expect:   Reject,
		Plot:     plot(Present{Unasked: true}),
		Why:      "a nonce has to equal the one that was sent; of one that was not, no text speaks",
	},
}}

// frontChannels are the flows in which an ID token can come from the
// authorization endpoint.
func frontChannels() []Case {
	return []Case{{Name: "implicit", Needs: []Capability{"implicit"}}, {Name: "hybrid", Needs: []Capability{"hybrid"}}}
}

// hundredTimes begins a hundred sign-ins, and ends them unless they are halted,
// before it looks at what was asked for.
func hundredTimes(halted bool, look Inspect) []Act {
	return plot(Repeat{Times: 100, Do: plot(SignIn{As: "each", Halt: halted})}, look)
}
