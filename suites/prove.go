package suites

import (
	"context"
	"maps"
	"runtime"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/rogueidp/rogueidp/reports"
	"github.com/rogueidp/rogueidp/scenarios"
	"github.com/rogueidp/rogueidp/suites/target"
)

// ProveOptions say how the catalogue is proven. The zero value is the quick
// form: ES256 where a row leaves the choice, over an in-memory transport; one
// case of each core row against mutants of other families, and every row whole
// that has caught nobody by then; heavy rows against mutants of their own family
// alone, until one is caught. What the reference does about heavy rows it leaves
// to a run.
type ProveOptions struct {
	Seed int64
	// Full plays every case, for mutants of its family with the algorithm that a
	// run would take, heavy rows against every mutant of their family, and what
	// costs too much three times.
	Full bool
	// Mutants are who is played against. Where they are not All, nobody can say
	// of a scenario that it is idle.
	Mutants []Mutant
	All     bool
	// Suspects names the mutant to begin with for a heavy scenario, by its id or
	// that of the case that will do, where one was made with it in mind.
	Suspects map[string]string
	// Control is the honest validator of the profile of those that have one.
	Control Mutant
	Reach   target.Options
	// Progress hears who was tried, from several goroutines.
	Progress func(done, of int, name string)
}

// A Mutant is a weakened validator of this program, go:mutant/NAME.
type Mutant struct {
	Name    string
	Forgets string // the rest of the sentence "the validator that …"
	Family  string // of the scenarios that one expects to catch it
	// Profile is what it is tested as; empty is all that the reference serves.
	Profile scenarios.Profile
}

// A sitting is rows in one profile.
type sitting struct {
	profile scenarios.Profile
	rows    []scenarios.Scenario
}

// sittings deals the catalogue out to profiles, each case to the first in which
// it applies.
func sittings(profiles []scenarios.Profile) []sitting {
	dealt := map[string]bool{}
	var all []sitting
	for _, profile := range profiles {
		one := sitting{profile: profile}
		for _, s := range scenarios.All() {
			fresh := false
			for _, c := range s.Played() {
				if _, applies := s.Applies(profile, c); applies && !dealt[s.ID+"/"+c.Name] {
					dealt[s.ID+"/"+c.Name], fresh = true, true
				}
			}
			if fresh {
				one.rows = append(one.rows, s)
			}
		}
		if len(one.rows) > 0 {
			all = append(all, one)
		}
	}
	return all
}

// Prove plays the catalogue against the mutants of the reference validator, and
// says which of them it catches and which scenarios caught nobody. When ctx
// ends, what came of it so far is returned.
func Prove(ctx context.Context, o ProveOptions) reports.Proof {
	started := clock()
	pr := &prover{o: o, reference: newTrial(Mutant{Name: "reference"})}
	for _, m := range o.Mutants {
		pr.trials = append(pr.trials, newTrial(m))
	}
	if slices.ContainsFunc(o.Mutants, func(m Mutant) bool { return m.Profile != "" }) {
		pr.control = newTrial(o.Control)
	}
	var g errgroup.Group
	// Much of what these do is to wait.
	g.Go(func() error {
		if o.Full {
			pr.heaviesAgainst(ctx, akin)
		} else {
			pr.suspects(ctx)
		}
		return nil
	})
	pr.everybody(ctx)
	_ = g.Wait()
	pr.heavies(ctx)
	if o.Full {
		// On a busy machine a premise may not hold.
		pr.suspects(ctx)
	}
	pr.reconsider(ctx)
	proof := pr.conclude()
	proof.Form, proof.Seed, proof.Started = "quick", o.Seed, started.UTC().Truncate(1e6)
	if o.Full {
		proof.Form = "full"
	}
	proof.Interrupted = ctx.Err() != nil
	proof.Took = reports.Duration(clock().Sub(started).Truncate(1e6))
	return proof
}

// prover is a proof in the making.
type prover struct {
	o         ProveOptions
	reference *trial
	control   *trial // nil where there is none
	trials    []*trial
	mu        sync.Mutex
	done      int
}

// honest are the validators that pass.
func (pr *prover) honest() []*trial {
	if pr.control == nil {
		return []*trial{pr.reference}
	}
	return []*trial{pr.reference, pr.control}
}

// counterpart is the honest validator of a profile.
func (pr *prover) counterpart(p scenarios.Profile) *trial {
	if pr.control != nil && pr.control.serves(p) {
		return pr.control
	}
	return pr.reference
}

// sittings are those of everybody who is tried.
func (pr *prover) sittings() []sitting {
	profiles := slices.Clone(provable)
	if pr.control != nil {
		profiles = append(profiles, pr.control.Profile)
	}
	return sittings(profiles)
}

// provable are the profiles that the reference serves.
var provable = []scenarios.Profile{scenarios.IDToken, scenarios.RFC9068, scenarios.BearerJWT, scenarios.JWS}

// everybody plays the light rows against the reference and every mutant, and
// then whole, in the quick form, those that caught nobody.
func (pr *prover) everybody(ctx context.Context) {
	pr.each(func(t *trial) {
		for _, sit := range pr.sittings() {
			if !t.serves(sit.profile) {
				continue
			}
			rows := slices.DeleteFunc(slices.Clone(sit.rows), func(s scenarios.Scenario) bool {
				return isHeavy(s) || pr.samples(t, s) && s.Extended
			})
			for i, s := range rows {
				if pr.samples(t, s) {
					rows[i] = sample(s, sit.profile)
				}
			}
			pr.play(ctx, t, sit.profile, rows)
		}
		pr.tell(t.Name)
	})
	if pr.o.Full || !pr.o.All {
		return
	}
	proven := map[string]bool{}
	for _, s := range scenarios.All() {
		proven[s.ID] = pr.proves(s.ID)
	}
	pr.each(func(t *trial) {
		for _, sit := range pr.sittings() {
			pr.play(ctx, t, sit.profile, slices.DeleteFunc(slices.Clone(sit.rows), func(s scenarios.Scenario) bool {
				return !t.serves(sit.profile) || isHeavy(s) || proven[s.ID] || !s.Owes(sit.profile) || !pr.samples(t, s) || !s.Extended && len(s.Cases) < 2
			}))
		}
	})
}

// samples tells whether the quick form shows a validator but one case of a row,
// and none of an extended one.
func (pr *prover) samples(t *trial, s scenarios.Scenario) bool {
	return !pr.o.Full && !slices.Contains(pr.honest(), t) && t.Family != s.Family()
}

// sample is a row with the first of its cases that applies.
func sample(s scenarios.Scenario, profile scenarios.Profile) scenarios.Scenario {
	for i, c := range s.Cases {
		if _, applies := s.Applies(profile, c); applies {
			s.Cases = s.Cases[i : i+1]
			break
		}
	}
	return s
}

// each does something for the reference and every mutant, more at once than
// there are processors: some of them wait for time-outs.
func (pr *prover) each(do func(*trial)) {
	var g errgroup.Group
	g.SetLimit(4 * runtime.GOMAXPROCS(0))
	for _, t := range append(pr.honest(), pr.trials...) {
		g.Go(func() error { do(t); return nil })
	}
	_ = g.Wait()
}

func (pr *prover) tell(name string) {
	pr.mu.Lock()
	defer pr.mu.Unlock()
	pr.done++
	if pr.o.Progress != nil {
		pr.o.Progress(pr.done, len(pr.trials)+len(pr.honest()), name)
	}
}

// play shows rows to a validator of this program.
func (pr *prover) play(ctx context.Context, t *trial, profile scenarios.Profile, rows []scenarios.Scenario) {
	if !pr.o.Full {
		pr.show(ctx, t, profile, rows, "ES256")
		return
	}
	var own, others []scenarios.Scenario
	for _, s := range rows {
		if akin(t, s) || slices.Contains(pr.honest(), t) {
			own = append(own, s)
		} else {
			others = append(others, s)
		}
	}
	pr.show(ctx, t, profile, own, "")
	pr.show(ctx, t, profile, others, "ES256")
}

// show plays rows with an algorithm where they leave the choice, or that of a run
// where it is empty. What goes wrong before the first row is the validator's
// trouble, too.
func (pr *prover) show(ctx context.Context, t *trial, profile scenarios.Profile, rows []scenarios.Scenario, alg string) {
	if len(rows) == 0 || ctx.Err() != nil {
		return
	}
	spec := "go:reference"
	if t != pr.reference {
		spec = "go:mutant/" + t.Name
	}
	reach := pr.o.Reach
	reach.Profile = string(profile)
	o := Options{Seed: pr.o.Seed, Workers: 4, Prefer: alg}
	o.FirstSight = !pr.o.Full && !slices.Contains(pr.honest(), t)
	p, err := Meet(ctx, spec, reach, o)
	if err != nil {
		t.mu.Lock()
		t.broken = err.Error()
		t.mu.Unlock()
		return
	}
	defer p.Close()
	t.hear(p.playAll(ctx, rows))
}

// playAll plays rows and reads every canary again at the end.
func (p *Player) playAll(ctx context.Context, rows []scenarios.Scenario) []reports.Result {
	results := playAhead(ctx, []*Player{p}, rows).all()
	p.Reread(results)
	return results
}

// reconsider shows the reference once more, while nobody else is busy, what it
// seemed to miss: a machine at its limits makes time-outs run out.
func (pr *prover) reconsider(ctx context.Context) {
	for _, t := range pr.honest() {
		again := t.caught
		t.caught = map[string]bool{}
		for _, sit := range pr.sittings() {
			pr.play(ctx, t, sit.profile, slices.DeleteFunc(slices.Clone(sit.rows), func(s scenarios.Scenario) bool {
				return !again[s.ID] || !t.serves(sit.profile)
			}))
		}
	}
}

// proves tells whether a row has caught somebody who counts.
func (pr *prover) proves(id string) bool {
	return slices.ContainsFunc(pr.trials, func(t *trial) bool {
		t.mu.Lock()
		defer t.mu.Unlock()
		return t.caught[id] && t.unfit() == ""
	})
}

// conclude adds up.
func (pr *prover) conclude() reports.Proof {
	proof := reports.Proof{Tool: tool(), Mutants: len(pr.trials), Partial: !pr.o.All}
	for _, t := range pr.trials {
		one := t.report()
		if one.Killed {
			proof.Killed++
		} else {
			proof.Unkilled = append(proof.Unkilled, t.Name)
		}
		proof.Trials = append(proof.Trials, one)
	}
	profiles := map[string]scenarios.Profile{}
	for _, sit := range pr.sittings() {
		for _, s := range sit.rows {
			if _, known := profiles[s.ID]; !known || s.Owes(sit.profile) {
				profiles[s.ID] = sit.profile
			}
		}
	}
	errors := map[string]bool{}
	for _, t := range append(pr.honest(), pr.trials...) {
		maps.Copy(errors, t.errors)
	}
	for _, s := range scenarios.All() {
		profile, dealt := profiles[s.ID]
		if !dealt {
			continue
		}
		row := reports.Proven{ID: s.ID, Family: s.Family(), Title: s.Title, Level: string(s.Level), Owed: s.Owes(profile)}
		for _, t := range pr.trials {
			switch {
			case t.caught[s.ID] && t.unfit() == "":
				row.By = append(row.By, t.Name)
			case t.caught[s.ID]:
				row.Unfit = append(row.Unfit, t.Name)
			}
			if t.asked[s.ID] {
				row.Tried++
			}
		}
		proof.Scenarios++
		if row.Owed {
			proof.Owed++
		}
		honest := pr.counterpart(profile)
		switch why, unasked := honest.unasked[s.ID]; {
		case errors[s.ID]:
			proof.Errors = append(proof.Errors, s.ID)
		case honest.caught[s.ID]:
			proof.Missed = append(proof.Missed, s.ID)
		case unasked && !honest.asked[s.ID]:
			proof.Unasked = append(proof.Unasked, reports.Unasked{ID: s.ID, Why: why})
		case row.Owed && len(row.By) == 0 && pr.o.All:
			proof.Idle = append(proof.Idle, s.ID)
		}
		proof.Proven = append(proof.Proven, row)
	}
	return proof
}
