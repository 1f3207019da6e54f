package suites

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/rogueidp/rogueidp/reports"
	"github.com/rogueidp/rogueidp/scenarios"
)

// Run plays what the options select against every player, tells it to Ginkgo,
// and returns what came of it. When ctx ends, what has not been played is
// reported as such. It can be called once in a process, by somebody who
// handles interrupts: after it, SIGINT alone no longer ends the process.
func Run(ctx context.Context, players []*Player, o Options) (reports.Run, error) {
	return collect(ctx, players, o, func(rows []scenarios.Scenario, played *ahead) {
		Narrate(players, rows, played.results)
		runSpecs(o.Seed)
	})
}

// collect plays, lets somebody tell it meanwhile, and concludes.
func collect(ctx context.Context, players []*Player, o Options, tell func([]scenarios.Scenario, *ahead)) (reports.Run, error) {
	rows, err := Pick(o)
	if err != nil {
		return reports.Run{}, err
	}
	names := map[string]int{}
	for _, p := range players {
		if names[p.Name()]++; names[p.Name()] > 1 {
			p.about.Name = fmt.Sprintf("%s #%d", p.Name(), names[p.Name()])
		}
		if len(applying(rows, p.Profile())) == 0 {
			return reports.Run{}, fmt.Errorf("nothing that is selected applies to %s, whose profile is %s", p.Name(), p.Profile())
		}
	}
	run := begin(o, rows)
	for _, p := range players {
		t := p.describe()
		t.Preflight = p.Preflight(ctx)
		run.Targets = append(run.Targets, t)
	}
	played := playAhead(ctx, players, rows)
	if tell != nil {
		tell(rows, played)
	}
	run.Results = played.all()
	for _, p := range players {
		p.Reread(run.Results)
	}
	finish(&run, o)
	run.Interrupted = ctx.Err() != nil
	run.Conclude()
	return run, nil
}

// begin dates a run and says what was asked of it.
func begin(o Options, rows []scenarios.Scenario) reports.Run {
	run := reports.Run{
		Schema: reports.Schema, Seed: o.Seed, Started: clock().UTC().Truncate(1e6),
		Tool: tool(o.Scenarios...),
		Asked: reports.Asked{
			Filter: o.Filter, Only: o.Only, Preset: o.Preset, Strict: o.Strict, Hazard: string(o.Hazard), Own: o.Own,
			MaxWait: reports.Duration(o.maxWait()), Selected: len(rows), Require: map[string]string{},
		},
	}
	require := o.Require
	if pre, err := preset(o.Preset); o.Preset != "" && err == nil {
		require = require.with(pre.Require)
	}
	for p, bound := range require {
		run.Asked.Require[string(p)] = bound
	}
	return run
}

// tool says what runs, with a user's own rows.
func tool(own ...scenarios.Scenario) reports.Tool {
	return reports.Tool{Name: "rogueidp", Version: Version(), Catalogue: Digest(own...), Scenarios: len(scenarios.With(own).All())}
}

// finish applies waivers, orders the results, and says what is missing.
func finish(run *reports.Run, o Options) {
	rank := map[string]int{}
	for i, s := range o.catalogue().All() {
		rank[s.ID] = i
	}
	run.Sort(func(id string) int { return rank[id] })
	run.Took = reports.Duration(clock().Sub(run.Started).Truncate(1e6))
	o.Waivers.Apply(run, clock())
	for _, r := range run.Results {
		if r.Incomplete && !slices.Contains(run.Incomplete, r.Name()) {
			run.Incomplete = append(run.Incomplete, r.Name())
		}
	}
	for _, id := range o.Waivers.Missed(*run) {
		if !slices.Contains(run.Incomplete, id) {
			run.Incomplete = append(run.Incomplete, id)
		}
	}
}

// Digest is the SHA-256 of the catalogue, with a user's own rows, as data: runs
// with the same one played the same scenarios.
func Digest(own ...scenarios.Scenario) string {
	raw, err := json.Marshal(scenarios.With(own).All())
	if err != nil {
		panic("suites: the catalogue does not marshal: " + err.Error())
	}
	sum := sha256.Sum256(raw)
	return "sha256:" + hex.EncodeToString(sum[:])
}
