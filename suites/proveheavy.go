package suites

import (
	"context"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/rogueidp/rogueidp/mockidp/fault"
	"github.com/rogueidp/rogueidp/scenarios"
)

// heavy is the number of tokens from which on a row is played against mutants
// of its family alone, as are rows that wait or have a process of their own.
const heavy = 200

func isHeavy(s scenarios.Scenario) bool { return s.Alone() || s.Waits() || s.Weighs() >= heavy }

// suspects plays heavy rows that have caught nobody against the mutants that were
// made with them in mind.
func (pr *prover) suspects(ctx context.Context) {
	var g errgroup.Group
	g.SetLimit(8 * runtime.GOMAXPROCS(0))
	// Those that hang take longest, and nothing of the machine.
	for _, first := range []bool{true, false} {
		for _, sit := range pr.sittings() {
			for _, s := range sit.rows {
				if isHeavy(s) && hangs(s) == first && !pr.proves(s.ID) {
					pr.suspectsOf(ctx, &g, sit.profile, s)
				}
			}
		}
	}
	_ = g.Wait()
}

// suspectsOf plays a row against those who were made with it in mind.
func (pr *prover) suspectsOf(ctx context.Context, g *errgroup.Group, profile scenarios.Profile, s scenarios.Scenario) {
	for _, t := range pr.trials {
		if !t.serves(profile) {
			continue
		}
		row := s
		if pr.o.Suspects[s.ID] != t.Name {
			row.Cases = slices.DeleteFunc(slices.Clone(s.Cases), func(c scenarios.Case) bool { return pr.o.Suspects[s.ID+"/"+c.Name] != t.Name })
			if len(row.Cases) == 0 {
				continue
			}
		}
		g.Go(func() error {
			// What a play costs depends on when a collector ran, too: one that costs
			// too little is played again.
			for try := 0; try < 3 && !t.caughtBy(row.ID) && ctx.Err() == nil; try++ {
				pr.play(ctx, t, profile, []scenarios.Scenario{row})
			}
			return nil
		})
	}
}

// hangs tells whether the provider keeps somebody waiting in a row.
func hangs(s scenarios.Scenario) bool {
	return slices.ContainsFunc(s.Played(), func(c scenarios.Case) bool {
		return slices.ContainsFunc(s.Faults(c), func(f fault.Fault) bool {
			switch fault.Inmost(f).(type) {
			case fault.StallReply, fault.StallConnection, fault.StallOctets:
				return true
			}
			return false
		})
	})
}

// akin tells whether a row is of the family that one expects to catch a mutant.
func akin(t *trial, s scenarios.Scenario) bool { return t.Family == s.Family() }

// heavies plays the heavy rows against those of their family that nothing has
// caught, and where a row has caught nobody by then, against the others. The
// full form plays them all.
func (pr *prover) heavies(ctx context.Context) {
	pr.heaviesAgainst(ctx, func(t *trial, s scenarios.Scenario) bool { return akin(t, s) && !t.settled() })
	if !pr.o.All {
		return
	}
	pr.heaviesAgainst(ctx, func(t *trial, s scenarios.Scenario) bool {
		return akin(t, s) && (pr.o.Full || !pr.proves(s.ID))
	})
}

// heaviesAgainst plays heavy rows against those for whom wanted holds when
// their turn comes, and who have not been shown them.
func (pr *prover) heaviesAgainst(ctx context.Context, wanted func(*trial, scenarios.Scenario) bool) {
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for _, sit := range pr.sittings() {
		for _, s := range sit.rows {
			if !isHeavy(s) {
				continue
			}
			g.Go(func() error {
				one := []scenarios.Scenario{s}
				for _, t := range pr.trials {
					if !t.serves(sit.profile) || t.met(s.ID) || !wanted(t, s) {
						continue
					}
					pr.play(ctx, t, sit.profile, one)
					// What the reference does about heavy rows every run shows.
					if honest := pr.counterpart(sit.profile); pr.o.Full && !honest.met(s.ID) {
						pr.play(ctx, honest, sit.profile, one)
					}
				}
				return nil
			})
		}
	}
	_ = g.Wait()
}
