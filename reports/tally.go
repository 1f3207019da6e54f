package reports

import (
	"fmt"
	"slices"
	"strings"
)

// checks are what a validator does, in order; the first is outside of them.
var checks = [...]string{"elsewhere", "parse", "kid", "key", "signature", "issuer", "audience", "time", "nonce"}

// A tally is what the results of one target add up to.
type tally struct {
	Target
	results   []Result
	cases     map[Outcome]int
	scenarios int // of which a case was played, or could not be
	inapt     int // scenarios that do not apply at all
	floor     int // cases that failed below the floor
	core      [len(checks)]map[Outcome]int
	extended  map[Outcome]int
	run       Run // the run as if this target had been the only one
}

// tallies adds up every target of a run, in its order. Targets that only
// results name come last, so that no result is lost.
func tallies(run Run) []*tally {
	var all []*tally
	by := map[string]*tally{}
	add := func(t Target) {
		if by[t.Name] == nil {
			by[t.Name] = &tally{Target: t, cases: map[Outcome]int{}, extended: map[Outcome]int{}}
			all = append(all, by[t.Name])
		}
	}
	for _, t := range run.Targets {
		add(t)
	}
	for _, r := range run.Results {
		if by[r.Target] == nil {
			add(Target{Name: r.Target, Profile: r.Profile})
		}
		by[r.Target].results = append(by[r.Target].results, r)
	}
	for _, t := range all {
		t.count()
		t.run = run
		if len(all) > 1 {
			t.run = alone(run, t)
		}
	}
	return all
}

func (t *tally) count() {
	for i := range t.core {
		t.core[i] = map[Outcome]int{}
	}
	worst, order := map[string]Result{}, []string(nil)
	for _, r := range t.results {
		t.cases[r.Outcome]++
		if r.Floor && r.Outcome == Fail {
			t.floor++
		}
		w, known := worst[r.ID]
		if !known {
			order = append(order, r.ID)
		}
		if !known || weight(r.Outcome) > weight(w.Outcome) {
			worst[r.ID] = r
		}
	}
	for _, id := range order {
		r := worst[id]
		if r.Outcome == NotApplicable {
			t.inapt++
		} else {
			t.scenarios++
		}
		if !r.Core {
			t.extended[r.Outcome]++
			continue
		}
		check := r.Check
		if check < 0 || check >= len(checks) {
			check = 0
		}
		t.core[check][r.Outcome]++
	}
}

// weight orders outcomes by how much they say of a scenario whose cases came
// out differently. A case that was not exercised outweighs those that passed:
// what was not tried is not claimed.
func weight(o Outcome) int {
	return slices.Index([]Outcome{
		NotApplicable, Unsupported, Recorded, Pass, Unexercised,
		Flaky, Warn, Waiving, Stale, Broken, Fail, Error,
	}, o)
}

// counts is what was played and how it came out.
func (t *tally) counts() string {
	played := len(t.results) - t.cases[NotApplicable]
	s := several(t.scenarios, "scenario") + ", " + several(played, "case")
	var each []string
	for _, o := range append(Outcomes(), unknown(t.cases)...) {
		if n := t.cases[o]; n > 0 && o != NotApplicable {
			each = append(each, glue(fmt.Sprintf("%d %s", n, plain(string(o)))))
		}
	}
	if len(each) > 0 {
		s += ": " + strings.Join(each, ", ")
	}
	if n := t.cases[NotApplicable]; n > 0 {
		s += "; not applicable: " + several(t.inapt, "scenario") + ", " + several(n, "case")
	}
	return s
}

// unknown are outcomes that this version has no word for.
func unknown(counts map[Outcome]int) []Outcome {
	var more []Outcome
	for o := range counts {
		if weight(o) < 0 {
			more = append(more, o)
		}
	}
	slices.Sort(more)
	return more
}

// several is a number of something, as one word.
func several(n int, word string) string { return glue(fmt.Sprintf("%d %s", n, plural(n, word))) }

func plural(n int, word string) string {
	if n == 1 {
		return word
	}
	return word + "s"
}
