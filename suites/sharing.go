package suites

import (
	"bytes"
	"slices"

	"github.com/rogueidp/rogueidp/mockidp/fault"
	"github.com/rogueidp/rogueidp/scenarios"
)

// shares tells whether a case can share a session with others: nothing in it
// leaves a trace.
func (p *Player) shares(s scenarios.Scenario, c scenarios.Case) bool {
	if !p.relies() {
		return shares(s, c)
	}
	_, opens := s.Story(c)[0].(scenarios.Open)
	return !opens && p.beside(s, c)
}

// beside tells whether a case can be played beside others on the one issuer that
// a target knows: whatever it does it does to people of its own.
func (p *Player) beside(s scenarios.Scenario, c scenarios.Case) bool {
	if !p.relies() {
		return shares(s, c)
	}
	return !s.Alone() && !slices.Contains(s.Needs, "refetch") &&
		len(p.common(s.Faults(c))) == 0 &&
		s.Expected(c).In == "" && !leadsAway(s, c) && !slices.ContainsFunc(s.Story(c), disturbs)
}

// disturbs tells whether an act of a plot touches more than the people who sign
// in in it, or counts what others ask for as well.
func disturbs(act scenarios.Act) bool {
	if slices.ContainsFunc(scenarios.FaultsOf(act), func(f fault.Fault) bool { return !scenarios.OfVisit(f) }) {
		return true
	}
	switch a := act.(type) {
	case scenarios.Present:
		return a.Fetches.Set() || a.Expect.In != ""
	case scenarios.Inspect:
		return a.Of == "" || a.At != ""
	case scenarios.Repeat:
		return slices.ContainsFunc(a.Do, disturbs)
	case scenarios.Open, scenarios.Mint, scenarios.SignIn, scenarios.Deliver, scenarios.Look, scenarios.Renew, scenarios.SignOut, scenarios.Send:
		return false
	}
	return true
}

// keepsMetadata tells whether a case would go on in a relying party that was
// configured once: metadata that lie stay in its memory, and every sign-in after
// them would go wrong.
func (p *Player) keepsMetadata(s scenarios.Scenario, c scenarios.Case) bool {
	return p.relies() && (slices.ContainsFunc(s.Faults(c), ofMetadata) || slices.ContainsFunc(s.Story(c), func(act scenarios.Act) bool {
		return slices.ContainsFunc(scenarios.FaultsOf(act), ofMetadata)
	}))
}

func ofMetadata(f fault.Fault) bool { return fault.SeamOf(f) == fault.SeamMetadata }

// leadsAway tells whether what the provider says in a case, or a request of it,
// leads to a canary. Each token has one of its own.
func leadsAway(s scenarios.Scenario, c scenarios.Case) bool {
	leads := func(faults []fault.Fault) bool {
		raw, err := fault.Marshal(fault.Elsewhere(faults))
		return err == nil && bytes.Contains(raw, []byte("{canary"))
	}
	return leads(s.Faults(c)) || slices.ContainsFunc(s.Story(c), func(act scenarios.Act) bool {
		if len(scenarios.FaultsOf(act)) > 0 {
			return leads(scenarios.FaultsOf(act))
		}
		raw, err := scenarios.ActJSON(act)
		return err == nil && bytes.Contains(raw, []byte("{canary"))
	})
}

// shares tells whether a case shows a token and does nothing else.
func shares(s scenarios.Scenario, c scenarios.Case) bool {
	if s.Start != scenarios.Warm || s.Alone() || len(fault.Elsewhere(s.Faults(c))) > 0 || slices.Contains(s.Needs, "refetch") {
		return false
	}
	story := s.Story(c)
	if len(story) != 1 {
		return false
	}
	one, ok := story[0].(scenarios.Present)
	return ok && one.Times < 2 && !one.Fetches.Set() && s.Expected(c).In == ""
}
