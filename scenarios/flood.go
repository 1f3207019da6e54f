package scenarios

import "github.com/rogueidp/rogueidp/mockidp/fault"

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
		Cites:    practice("a bad signature says nothing of the key set"),
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
}}
