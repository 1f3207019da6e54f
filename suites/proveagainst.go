package suites

import (
	"context"
	"maps"
	"slices"

	"github.com/rogueidp/rogueidp/reports"
)

// ProveAgainst plays the catalogue against a validator that somebody weakened,
// and says which scenarios catch it.
func ProveAgainst(ctx context.Context, p *Player, o Options) (reports.Proof, error) {
	rows, err := Pick(o)
	if err != nil {
		return reports.Proof{}, err
	}
	started := clock()
	rows = applying(rows, p.Profile())
	t := newTrial(Mutant{Name: p.Name()})
	if wrong := p.Preflight(ctx); wrong != "" {
		t.broken = wrong
	} else {
		t.hear(p.playAll(ctx, rows))
	}
	proof := reports.Proof{
		Form: "target", Tool: tool(), Seed: o.Seed, Started: started.UTC().Truncate(1e6), Mutants: 1, Scenarios: len(rows),
		Trials: []reports.Trial{t.report()},
	}
	if t.killed() && t.broken == "" {
		proof.Killed = 1
	} else {
		proof.Trials[0].Killed = false
		proof.Unkilled = []string{p.Name()}
	}
	for _, s := range rows {
		row := reports.Proven{ID: s.ID, Family: s.Family(), Title: s.Title, Level: string(s.Level), Owed: s.Owes(p.Profile())}
		if row.Owed {
			proof.Owed++
		}
		if t.asked[s.ID] {
			row.Tried = 1
		}
		if t.caught[s.ID] {
			row.By = []string{p.Name()}
		}
		proof.Proven = append(proof.Proven, row)
	}
	proof.Errors = slices.Sorted(maps.Keys(t.errors))
	proof.Interrupted = ctx.Err() != nil
	proof.Took = reports.Duration(clock().Sub(started).Truncate(1e6))
	return proof, nil
}
