package scenarios

import (
	"strings"

	"github.com/rogueidp/rogueidp/mockidp/fault"
)

// floodRows are about tokens in numbers.
var floodRows = family{name: "flood", check: FindKey, twin: "honest", rows: []Scenario{
	{
		ID:       "flood.random-kid",
		Title:    "spends no more than its budget on a thousand unknown kids",
		Level:    Hardening,
		Severity: Critical,
		Cites:    cites(coreRefetch),
		Promise:  Fetches,
		Needs:    []Capability{"refetch"},
		Hazard:   Flood,
		Oracle:   ByJournal,
		Expect:   Reject,
		Plot: plot(
			Mint{As: "seed"},
			Present{Token: "seed", IdP: does(fault.SetHeaderAfterSigning{Name: "kid", Value: `"{random}"`}), Times: 1000, Fetches: AtMostBudget()},
		),
	},
	{
		ID:       "flood.same-kid",
		Title:    "spends no more than its budget on one unknown kid a thousand times",
		Level:    Hardening,
		Severity: High,
		Cites:    cites(coreRefetch),
		Promise:  Fetches,
		Needs:    []Capability{"refetch"},
		Hazard:   Flood,
		Oracle:   ByJournal,
		Expect:   Reject,
		Plot: plot(
			Mint{As: "seed", IdP: does(fault.SignAs{Key: "attacker"})},
			Present{Token: "seed", Times: 1000, Fetches: AtMostBudget()},
		),
	},
	{
		ID:       "flood.known-kid-badsig",
		Title:    "spends no more than its budget on a thousand bad signatures",
		Level:    Hardening,
		Severity: Critical,
		Cites:    practice("operation: a bad signature says nothing of the key set"),
		Promise:  Fetches,
		Needs:    []Capability{"refetch"},
		Hazard:   Flood,
		Oracle:   ByJournal,
		Expect:   Reject,
		Plot: plot(
			Mint{As: "seed"},
			Present{Token: "seed", IdP: does(fault.SetClaimAfterSigning{Name: "jti", Value: `"{random}"`}), Times: 1000, Fetches: AtMostBudget()},
		),
	},
	{
		ID:       "flood.during-outage",
		Title:    "spends no more than its budget while the key set is away",
		Level:    Hardening,
		Severity: Critical,
		Cites:    practice("CVE-2026-48524: a cooldown counts attempts, not successes"),
		Promise:  Fetches,
		Needs:    []Capability{"refetch"},
		Hazard:   Flood,
		Oracle:   ByJournal,
		Expect:   NotAccept,
		Plot: plot(
			Mint{As: "seed"},
			Inject{IdP: does(fault.AnswerStatus{Endpoint: "keyset", Status: 500})},
			Present{Token: "seed", IdP: does(fault.SetHeaderAfterSigning{Name: "kid", Value: `"{random}"`}), Times: 1000, Fetches: AtMostBudget()},
		),
	},
	{
		ID:       "flood.evicts-cache",
		Title:    "keeps good keys when a refresh fails",
		Level:    Hardening,
		Severity: Critical,
		Cites:    practice("CVE-2026-48524: a failed refresh cleared the cache"),
		Needs:    []Capability{"refetch"},
		Expect:   Accept,
		Cases: []Case{
			{Name: "status-500", Plot: evicted(fault.AnswerStatus{Endpoint: "keyset", Status: 500})},
			{Name: "html", Plot: evicted(fault.AnswerBody{Endpoint: "keyset", Type: "text/html", Body: "<html><body>Bad Gateway</body></html>"})},
		},
	},
	{
		ID:       "flood.no-kid",
		Title:    "spends no more than its budget on a thousand forged tokens without a kid",
		Level:    Hardening,
		Severity: High,
		Cites:    practice("coreos/go-oidc: a token without a kid cannot name a key that is missing, and forging one costs nothing"),
		Promise:  Fetches,
		Extended: true,
		Needs:    []Capability{"refetch"},
		Hazard:   Flood,
		Oracle:   ByJournal,
		Expect:   Reject,
		Plot: plot(
			Mint{As: "seed", IdP: does(fault.DropHeader{Name: "kid"})},
			Present{Token: "seed", IdP: does(fault.SetClaimAfterSigning{Name: "jti", Value: `"{random}"`}), Times: 1000, Fetches: AtMostBudget()},
		),
		Why: "the signature covers another jti; with a kid it is flood.known-kid-badsig, without a forgery it is kid.absent-single",
	},
	{
		ID:       "flood.bad-claims",
		Title:    "fetches nothing for tokens whose claims are wrong anyway",
		Level:    Info,
		Severity: Medium,
		Cites:    practice("coreos/go-oidc: claims cost nothing to look at, and a fetch does"),
		Extended: true,
		Needs:    []Capability{"refetch"},
		Hazard:   Flood,
		Oracle:   ByJournal,
		Expect:   Reject,
		Cases: []Case{
			cheap("other-audience", fault.SetClaim{Name: "aud", Value: `"someone-else"`}),
			cheap("other-issuer", fault.RespellClaim{Name: "iss", How: "suffix"}),
			cheap("expired", fault.SetTime{Name: "exp", At: "-{leeway}-1m"}),
		},
		Why: "each is a claim that alone is refused, as audience.other-client, issuer.suffix-1 and time.exp-past show, under a kid that nobody knows, as in flood.random-kid",
	},
	{
		ID:       "flood.empty-set",
		Title:    "spends no more than its budget while the key set is empty",
		Level:    Hardening,
		Severity: High,
		Cites:    practice("brandonrc/mobula#28: an empty set answers no question, so every token asks again"),
		Promise:  Fetches,
		Extended: true,
		Needs:    []Capability{"refetch"},
		Hazard:   Flood,
		Oracle:   ByJournal,
		Expect:   NotAccept,
		Plot: plot(
			Mint{As: "seed"},
			Inject{IdP: does(fault.SetKeySetShape{Shape: "empty-set"})},
			Present{Token: "seed", IdP: does(fault.SetHeaderAfterSigning{Name: "kid", Value: `"{random}"`}), Times: 1000, Fetches: AtMostBudget()},
		),
	},
	{
		ID:       "flood.starves-rotation",
		Title:    "learns a rotated key in the middle of a flood",
		Level:    Hardening,
		Severity: High,
		Cites:    practice("kgateway#4509: a budget that a flood has spent is missing when the provider truly rotates"),
		Promise:  Learn,
		Extended: true,
		Needs:    []Capability{"refetch", "concurrent"},
		Hazard:   Flood,
		Oracle:   ByJournal,
		Expect:   Accept.Within("{cooldown}+5s"),
		Plot: plot(
			Mint{As: "seed"},
			Present{Token: "seed", IdP: does(fault.SetHeaderAfterSigning{Name: "kid", Value: `"{random}"`}), Times: 200, Expect: NotAccept},
			Rotate{},
			Present{Honest: true, Amid: Crowd{
				Token: "seed", IdP: does(fault.SetHeaderAfterSigning{Name: "kid", Value: `"{random}"`}), PerSecond: 50,
			}},
		),
	},
	{
		ID:       "flood.kid-memory",
		Title:    "remembers twenty thousand unknown kids in bounded memory",
		Level:    Hardening,
		Severity: Medium,
		Cites:    practice("CWE-770: whoever remembers what he did not find is told what to remember"),
		Extended: true,
		Needs:    []Capability{"refetch"},
		Hazard:   Exhaustion,
		Oracle:   ByProcess,
		Expect:   Reject,
		Plot: plot(
			Mint{As: "seed"},
			Present{Token: "seed", IdP: longKID(), Times: 1000},
			Weigh{},
			Present{Token: "seed", IdP: longKID(), Times: 20000},
		),
		Why: "kids of twenty-six hundred characters, because twenty thousand short ones are lost in the bound; the first thousand are what their garbage comes to",
	},
}}

// longKID is a kid that nobody knows and that takes room.
func longKID() []fault.Fault {
	return does(fault.SetHeaderAfterSigning{Name: "kid", Value: fault.JSON(`"{random}` + strings.Repeat("k", 2600) + `"`)})
}

// cheap is a token that its claims alone condemn, under kids that nobody knows.
func cheap(name string, lie fault.Fault) Case {
	return Case{Name: name, Plot: plot(
		Mint{As: "seed", IdP: does(lie)},
		Present{
			Token: "seed", IdP: does(fault.SetHeaderAfterSigning{Name: "kid", Value: `"{random}"`}),
			Times: 1000, Fetches: Bound{Limit: "0", Level: Info},
		},
	)}
}
