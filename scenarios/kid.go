package scenarios

import "github.com/rogueidp/rogueidp/mockidp/fault"

// kidRows are about reading kid and what it leads to.
var kidRows = family{name: "kid", check: ReadKid, twin: "honest", rows: []Scenario{
	{
		ID:       "kid.unknown-forged",
		Title:    "refuses an unknown kid after one look at the key set",
		Severity: Critical,
		Cites:    cites(coreKeys, rfc7515Signature, coreRefetch, rfc7515KeyUndetermined),
		IdP:      does(fault.SignAs{Key: "attacker"}),
		Expect:   Reject,
		Plot:     plot(Present{Fetches: AtMost(1)}),
	},
	{
		ID:       "kid.collision-issuers",
		Title:    "does not mix up two issuers whose keys share a kid",
		Severity: Critical,
		Cites:    cites(coreKeys, rfc9068Signature, rfc8725KeysOfIssuer),
		Needs:    []Capability{"multi-issuer"},
		Twin:     "issuer.exact",
		Expect:   Reject,
		Plot: plot(
			Open{Issuers: []Party{{Name: "a"}, {Name: "b", SameKID: true}}},
			Mint{As: "honest", By: "a"},
			Present{Token: "honest", Expect: Accept, Premise: true},
			Mint{As: "crossed", By: "a", IdP: speaksFor("b")},
			Present{Token: "crossed"},
		),
		Why: "a token that A signs in the name of B takes B's iss and aud; apart these are issuer.suffix-1 and audience.other-client",
	},
	{
		ID:       "kid.unknown-honest",
		Title:    "says what it does about an honest key under another kid",
		Level:    Info,
		Severity: Low,
		Cites:    cites(rfc7515AppDKeySelection),
		Extended: true,
		IdP:      does(fault.SetHeader{Name: "kid", Value: `"{random}"`}),
		Expect:   Either,
		Why:      "a verifier may try its keys or hold the kid to be binding; the row tells which one it did",
	},
	{
		ID:       "kid.collision-jwksuri",
		Title:    "does not mix up two tenants of one host whose keys share a kid",
		Severity: High,
		Cites:    cites(coreIssuerPath, rfc8725KeysOfIssuer),
		Needs:    []Capability{"multi-issuer"},
		Twin:     "issuer.exact",
		Expect:   Reject,
		Plot: plot(
			Open{Issuers: []Party{{Name: "a", SamePath: true}, {Name: "b", SameKID: true, SamePath: true}}},
			Mint{As: "honest", By: "a"},
			Present{Token: "honest", Expect: Accept, Premise: true},
			Mint{As: "crossed", By: "a", IdP: speaksFor("b")},
			Present{Token: "crossed"},
		),
		Why: "as kid.collision-issuers; both key sets have one path and differ in their query",
	},
}}
