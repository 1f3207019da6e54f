package suites

import (
	"context"
	"slices"
	"time"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/scenarios"
	"github.com/rogueidp/rogueidp/suites/target"
)

// A Plan says what would be played against a target, and how long that waits.
type Plan struct {
	Scenarios []Planned
	Cases     int
	// Waits is the real time that passes in waiting, resets left out; Longest the
	// longest step.
	Waits, Longest time.Duration
	// Resets is how often the target is made to start afresh, Reset how long that
	// takes each time: as measured, or where it was not done yet, at most.
	Resets   int
	Reset    time.Duration
	Measured bool
}

// Planned is one scenario of a plan.
type Planned struct {
	ID    string
	Cases int
	How   string // shared session, session of its own, process of its own, or why not
}

// Plan says what Play would do.
func (p *Player) Plan(o Options) (Plan, error) {
	rows, err := Pick(o)
	if err != nil {
		return Plan{}, err
	}
	var plan Plan
	var inTurn, sideBySide time.Duration
	count := tally{asked: map[string]bool{}}
	for _, s := range p.order(applying(rows, p.Profile())) {
		one := Planned{ID: s.ID}
		wait := time.Duration(0)
		for _, c := range s.Played() {
			if _, applies := s.Applies(p.Profile(), c); !applies {
				continue
			}
			one.Cases++
			one.How = p.how(s, c)
			if p.barred(s, c) != nil {
				continue
			}
			if p.base() == realClock {
				wait += p.waits(s, c)
			}
			wait += count.add(p, s, c)
		}
		plan.Cases += one.Cases
		plan.Longest = max(plan.Longest, wait)
		if p.shared != nil {
			inTurn += wait
		} else {
			sideBySide = max(sideBySide, wait)
		}
		plan.Scenarios = append(plan.Scenarios, one)
	}
	plan.Waits = inTurn + sideBySide
	plan.Resets = count.resets
	plan.Reset, plan.Measured = p.resetTakes()
	return plan, nil
}

// A tally counts resets as settle will do them.
type tally struct {
	trail
	resets int
	asked  map[string]bool // twins
}

// add is the time that is waited before a case, and before its twin, in place of
// resets.
func (t *tally) add(p *Player, s scenarios.Scenario, c scenarios.Case) time.Duration {
	twin, err := p.o.catalogue().Find(s.Twin)
	if err != nil || t.asked[twin.ID] || twin.ID == s.ID {
		return t.one(p, s, c)
	}
	t.asked[twin.ID] = true
	var waited time.Duration
	if control, ok := p.twinCase(twin, p.algFor(s, c)); ok {
		waited = t.one(p, twin, control)
	}
	return waited + t.one(p, s, c)
}

// one is add for a case alone.
func (t *tally) one(p *Player, s scenarios.Scenario, c scenarios.Case) time.Duration {
	if !p.stateful(s, c) {
		if t.dirty {
			t.resets++
			t.wiped()
		}
		return 0
	}
	switch again := t.next(p, s, c); {
	case !again:
		return 0
	case p.resets.by == nil:
		return p.pause()
	}
	t.resets++
	return 0
}

func (p *Player) how(s scenarios.Scenario, c scenarios.Case) string {
	b := p.barred(s, c)
	switch {
	case b != nil:
		return b.how
	case s.Alone():
		return "in a process of its own"
	case p.shares(s, c):
		return "in a session with others"
	case p.shared != nil && p.beside(s, c):
		return "beside others, at the one issuer"
	case p.shared != nil && p.fresh(s, c):
		return "alone, with a reset before it"
	case p.shared != nil:
		return "alone, in turn with its family"
	}
	return "in a session of its own"
}

// waits is the real time that a case waits: the cooldown before it, and what
// its plot lets pass.
func (p *Player) waits(s scenarios.Scenario, c scenarios.Case) time.Duration {
	var sum time.Duration
	if slices.Contains(s.Needs, "refetch") && s.Start == scenarios.Warm {
		if d, err := p.duration("{cooldown}+1s"); err == nil && d > time.Second {
			sum += d
		}
	}
	for _, a := range s.Story(c) {
		if advance, ok := a.(scenarios.Advance); ok {
			if d, err := p.duration(advance.By); err == nil && d <= p.o.maxWait() {
				sum += d
			}
		}
	}
	return sum
}

// Cases is how many results the options will have for this target.
func (p *Player) Cases(o Options) int {
	plan, err := p.Plan(o)
	if err != nil {
		return 0
	}
	return plan.Cases
}

// CheckAdapter plays the adapter protocol itself, with a provider of its own.
func CheckAdapter(ctx context.Context, spec string, reach target.Options, cfg mockidp.Config) ([]target.Checked, error) {
	w, err := newWorld(cfg)
	if err != nil {
		return nil, err
	}
	defer w.close()
	return target.CheckAdapter(ctx, spec, w.idp, w.reach(reach))
}
