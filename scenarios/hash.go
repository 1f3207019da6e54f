package scenarios

import "github.com/rogueidp/rogueidp/mockidp/fault"

// hashRows are about at_hash, c_hash and s_hash: that what came beside a token
// belongs to it. A validator cannot see by which way they came, so none of
// these is above should.
var hashRows = family{name: "hash", twin: "hash.at-hash-ok", rows: []Scenario{
	{
		ID:       "hash.at-hash-ok",
		Title:    "accepts the access token that the token speaks of",
		Level:    Should,
		Severity: Control,
		Cites:    cites(core3229AtHash, core3138AtHash),
		Profiles: []Profile{IDToken},
		Extended: true,
		Needs:    []Capability{"at-hash"},
		Twin:     "honest",
		Beside:   Beside{AccessToken: true},
		Expect:   Accept,
		Cases:    hashingAlgorithms(),
		Why:      "what is refused beside a wrong at_hash must be accepted beside the right one, under each hash",
	},
	{
		ID:       "hash.at-hash-wrong",
		Title:    "refuses an access token that the token does not speak of",
		Level:    Should,
		Severity: High,
		Cites:    cites(core3229AtHash, core3138AtHash),
		Profiles: []Profile{IDToken},
		Needs:    []Capability{"at-hash"},
		Beside:   Beside{AccessToken: true},
		Expect:   Reject,
		Cases: []Case{
			{Name: "add-one", IdP: does(fault.RespellClaim{Name: "at_hash", How: "add-one"})},
			{Name: "of-another-token", IdP: does(fault.RespellHash{Name: "at_hash", As: "another"})},
		},
		Why: "in the code flow the comparison is a MAY (OIDC Core 3.1.3.8); who claims at-hash makes it",
	},
	{
		ID:       "hash.at-hash-missing-code",
		Title:    "accepts an access token of which the token does not speak",
		Level:    Hardening,
		Severity: Medium,
		Cites:    cites(core3138AtHash),
		Profiles: []Profile{IDToken},
		Extended: true,
		Needs:    []Capability{"at-hash"},
		Beside:   Beside{AccessToken: true},
		IdP:      does(fault.DropClaim{Name: "at_hash"}),
		Expect:   Accept,
		Why:      "at_hash is optional in the code flow (OIDC Core 3.1.3.6)",
	},
	{
		ID:       "hash.at-hash-wrong-form",
		Title:    "refuses the right hash of an access token in a wrong form",
		Level:    Should,
		Severity: Medium,
		Cites:    cites(core3229AtHash, core3138AtHash, tokenHashGuide),
		Profiles: []Profile{IDToken},
		Extended: true,
		Needs:    []Capability{"at-hash"},
		Beside:   Beside{AccessToken: true},
		Expect:   Reject,
		Cases: append(
			each([]string{"whole", "right-half", "hex", "padded"}, hashedAs("at_hash")),
			Case{Name: "sha-256-under-RS512", Alg: "RS512", IdP: hashedAs("at_hash")("sha-256")},
			Case{Name: "sha-256-under-ES384", Alg: "ES384", IdP: hashedAs("at_hash")("sha-256")},
		),
		Why: "as hash.at-hash-wrong",
	},
	{
		ID:       "hash.at-hash-eddsa",
		Title:    "hashes an access token by SHA-512 under EdDSA",
		Level:    Hardening,
		Severity: Medium,
		Cites:    cites(tokenHashGuide),
		Profiles: []Profile{IDToken},
		Extended: true,
		Needs:    []Capability{"at-hash"},
		Alg:      "okp",
		Twin:     "honest",
		Beside:   Beside{AccessToken: true},
		Expect:   Reject,
		Cases: []Case{
			{Name: "sha-512", Expect: Accept},
			{Name: "sha-256", IdP: hashedAs("at_hash")("sha-256")},
		},
		Why: "the text is a draft; no key of this provider is on Ed448",
	},
	{
		ID:       "hash.at-hash-alg-unknown",
		Title:    "compares a hash even under an algorithm that it does not know",
		Level:    Should,
		Severity: High,
		Cites:    cites(core3229AtHash),
		Profiles: []Profile{IDToken},
		Needs:    []Capability{"at-hash"},
		Alg:      "RS256",
		Beside:   Beside{AccessToken: true},
		IdP:      does(fault.SignWith{Alg: "RS256", Claiming: "RS25"}, fault.RespellHash{Name: "at_hash", As: "another"}),
		Expect:   Reject,
		Why:      "CVE-2026-28498 compared nothing where it had no hash; apart these are alg.header-lies and hash.at-hash-wrong",
	},
	{
		ID:       "hash.hashes-ok",
		Title:    "accepts the code and the state that the token speaks of",
		Level:    Should,
		Severity: Control,
		Cites:    cites(core33210CHash),
		Profiles: []Profile{IDToken},
		Extended: true,
		Needs:    []Capability{"hashes"},
		Twin:     "honest",
		Beside:   Beside{Code: true, State: true},
		Expect:   Accept,
		Why:      "what is refused beside a wrong c_hash or s_hash must be accepted beside the right ones",
	},
	{
		ID:       "hash.c-hash-wrong",
		Title:    "refuses a code that the token does not speak of",
		Level:    Should,
		Severity: High,
		Cites:    cites(core33210CHash),
		Profiles: []Profile{IDToken},
		Needs:    []Capability{"hashes"},
		Twin:     "hash.hashes-ok",
		Beside:   Beside{Code: true},
		IdP:      does(fault.RespellClaim{Name: "c_hash", How: "add-one"}),
		Expect:   Reject,
	},
	{
		ID:       "hash.c-hash-missing",
		Title:    "refuses a code of which the token does not speak",
		Level:    Hardening,
		Severity: High,
		Cites:    practice("OIDF oidcc-client-test-missing-chash; OIDC Core 3.3.2.11 requires c_hash of the provider only"),
		Profiles: []Profile{IDToken},
		Needs:    []Capability{"hashes"},
		Twin:     "hash.hashes-ok",
		Beside:   Beside{Code: true},
		IdP:      does(fault.DropClaim{Name: "c_hash"}),
		Expect:   Reject,
	},
	{
		ID:       "hash.s-hash",
		Title:    "refuses a state that is not the one that the token speaks of",
		Level:    Hardening,
		Severity: Medium,
		Cites:    practice("FAPI 1.0 Advanced has the client compare s_hash; OIDF fapi1-advanced-final-client-test-invalid-shash"),
		Profiles: []Profile{IDToken},
		Extended: true,
		Needs:    []Capability{"hashes"},
		Twin:     "hash.hashes-ok",
		Beside:   Beside{State: true},
		Expect:   Reject,
		Cases: []Case{
			{Name: "wrong", IdP: does(fault.RespellHash{Name: "s_hash", As: "another"})},
			{Name: "missing", IdP: does(fault.DropClaim{Name: "s_hash"})},
		},
		Why: "no profile here is FAPI's",
	},
}}

// hashingAlgorithms are one algorithm for each hash and kind of key.
func hashingAlgorithms() []Case {
	var cases []Case
	for _, alg := range []string{"RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "ES512"} {
		cases = append(cases, Case{Name: alg, Alg: alg})
	}
	return cases
}

func hashedAs(claim string) func(string) []fault.Fault {
	return func(form string) []fault.Fault { return does(fault.RespellHash{Name: claim, As: form}) }
}
