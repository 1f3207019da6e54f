package suites

import (
	"testing"

	"github.com/rogueidp/rogueidp/mockidp/fault"
	"github.com/rogueidp/rogueidp/reports"
	"github.com/rogueidp/rogueidp/scenarios"
)

// What a case does to people of its own is played beside others; what touches
// the one issuer, or counts what others ask for, is not.
func TestWhoIsPlayedBesideOthers(t *testing.T) {
	t.Parallel()
	p := partyWith(t, "").meets(t)
	both := scenarios.Open{Issuers: []scenarios.Party{{Name: "a"}, {Name: "b"}}}
	for _, one := range []struct {
		row            scenarios.Scenario
		beside, shares bool
	}{
		{acting("plain", scenarios.Accept), true, true},
		{lying(acting("token", scenarios.Reject), wrongAudience), true, true},
		{lying(acting("answer", scenarios.Reject), otherSub), true, true},
		{lying(acting("reply", scenarios.Reject), fault.SetReplyStatus{Endpoint: "token", Status: 500}), true, true},
		{acting("plot", scenarios.Reject, halted(scenarios.Deliver{Of: "mine"})...), true, true},
		{acting("two", scenarios.Accept, both, scenarios.SignIn{At: "b"}), true, false},
		{lying(acting("metadata", scenarios.Reject), fault.DropMetadata{Name: "issuer"}), false, false},
		{lying(acting("keyset", scenarios.Reject), fault.SetReplyStatus{Endpoint: "keyset", Status: 500}), false, false},
		{acting("rotates", scenarios.Accept, scenarios.Rotate{}, scenarios.SignIn{}), false, false},
		{acting("counts", scenarios.Accept, scenarios.SignIn{As: "s"}, scenarios.Inspect{Endpoint: "token", Param: "code", Is: "new"}), false, false},
		{acting("counts-its-own", scenarios.Accept, looking(scenarios.Inspect{Endpoint: "token", Param: "code", Is: "new"})...), true, true},
		{acting("lures", scenarios.Either, scenarios.Send{To: "login", Query: map[string]string{"x": "{canary}"}}), false, false},
		{acting("injects", scenarios.Accept, scenarios.Inject{IdP: []fault.Fault{wrongAudience}}, scenarios.SignIn{}), false, false},
		{acting("repeats", scenarios.Accept, scenarios.Repeat{Times: 2, Do: []scenarios.Act{scenarios.Rotate{}}}), false, false},
	} {
		if got := p.beside(one.row, scenarios.Case{}); got != one.beside {
			t.Errorf("%s is played beside others: %v", one.row.ID, got)
		}
		if got := p.shares(one.row, scenarios.Case{}); got != one.shares {
			t.Errorf("%s shares a session: %v", one.row.ID, got)
		}
	}
}

// A relying party that was configured once cannot be rid of what metadata said,
// unless somebody says how it starts afresh.
func TestMetadataOfAConfiguredParty(t *testing.T) {
	t.Parallel()
	s := lying(acting("metadata", scenarios.Reject), fault.DropMetadata{Name: "code_challenge_methods_supported"})
	p := partyWith(t, "").meets(t)
	if r := plays(t, p, s); r.Outcome != reports.Unsupported || r.Feature != "reset" {
		t.Errorf("%s %s %s", r.Outcome, r.Feature, r.Because)
	}
	if p.starts(acting("plain", scenarios.Reject), scenarios.Case{}) != true || p.starts(lying(acting("plain", scenarios.Reject), otherSub), scenarios.Case{}) != true {
		t.Error("what lies to people of its own needs no reset")
	}
	if told := facing(t, newParties("", nil), Options{}); !told.starts(s, scenarios.Case{}) {
		t.Error("a party that can be told its issuers keeps what another one's metadata said")
	}
}

// A relying party that was configured once gives the same answers the second
// time, and its report says that its issuer is shared.
func TestAConfiguredPartyTwice(t *testing.T) {
	t.Parallel()
	at := partyWith(t, "ignores-nonce")
	at.o.Filter = "userinfo || nonce"
	came := func() map[string]reports.Outcome {
		p := at.meets(t)
		defer p.Close()
		run, err := collect(t.Context(), []*Player{p}, at.o, nil)
		if err != nil {
			t.Fatal(err)
		}
		if !run.Targets[0].SharedIssuer {
			t.Error("nobody says that its issuer is shared")
		}
		for _, r := range run.Results {
			if r.Outcome == reports.Error || r.Outcome == reports.Broken {
				t.Errorf("%s: %s %s", r.Name(), r.Outcome, r.Because)
			}
		}
		return outcomes(run)
	}
	first, second := came(), came()
	misses := 0
	for name, want := range first {
		if second[name] != want {
			t.Errorf("%s: %s the second time, %s the first", name, second[name], want)
		}
		if want == reports.Fail {
			misses++
		}
	}
	if len(first) < 15 || misses == 0 {
		t.Errorf("%d results, %d misses", len(first), misses)
	}
}
