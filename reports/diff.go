package reports

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A Diff is what changed between two runs, by target, scenario and case. The
// zero Diff is no change.
type Diff struct {
	Broke    []Change // is a miss of the target's now, and was none
	Fixed    []Change // was a miss of the target's, and is good now
	New      []Change // only the new run has it
	Vanished []Change // only the old run had it
	Other    []Change // every other change of outcome
	Same     int      // results that came out as before

	// Incomparable says, in one line each, what was left out because comparing
	// it would say nothing: a target that only one run has, or that is of
	// another profile now.
	Incomparable []string
	// Notes say, in one line each, what else than the targets changed.
	Notes []string

	targets []string // that were compared, with their versions
}

// A Change is one result that came out otherwise.
type Change struct {
	Was, Is Outcome // empty where there is none
	Result  Result  // the new one; the old one of what vanished
}

// Compare tells what changed from one run to a later one.
func Compare(before, after Run) Diff {
	var d Diff
	d.Notes = notes(before, after)
	old, now := tallies(before), tallies(after)
	find := func(list []*tally, name string) *tally {
		if i := slices.IndexFunc(list, func(t *tally) bool { return t.Name == name }); i >= 0 {
			return list[i]
		}
		return nil
	}
	for _, t := range old {
		if find(now, t.Name) == nil {
			d.leaveOut("only the old run has %s", t.Name)
		}
	}
	for _, t := range now {
		was := find(old, t.Name)
		switch {
		case was == nil:
			d.leaveOut("only the new run has %s", t.Name)
		case was.Profile != t.Profile:
			d.leaveOut("%s was of profile %s and is of %s, where results mean something else", t.Name, was.Profile, t.Profile)
		default:
			d.compare(was, t)
		}
	}
	return d
}

func (d *Diff) leaveOut(format string, args ...any) {
	d.Incomparable = append(d.Incomparable, plain(fmt.Sprintf(format, args...)))
}

// compare takes the results of one target. Where a run has one twice, the worse
// counts.
func (d *Diff) compare(before, after *tally) {
	name := plain(after.Name)
	if before.Version != after.Version {
		name += " " + plain(before.Version) + " → " + plain(after.Version)
	}
	d.targets = append(d.targets, strings.Join(strings.Fields(name), " "))

	was, order := worst(before.results)
	is, newOrder := worst(after.results)
	for _, key := range newOrder {
		old, known := was[key]
		if !known {
			d.New = append(d.New, Change{Is: is[key].Outcome, Result: is[key]})
			continue
		}
		c := Change{old.Outcome, is[key].Outcome, is[key]}
		switch {
		case c.Was == c.Is:
			d.Same++
		case c.broke():
			d.Broke = append(d.Broke, c)
		case c.fixed():
			d.Fixed = append(d.Fixed, c)
		default:
			d.Other = append(d.Other, c)
		}
	}
	for _, key := range order {
		if _, still := is[key]; !still {
			d.Vanished = append(d.Vanished, Change{Was: was[key].Outcome, Result: was[key]})
		}
	}
}

// worst are results by scenario and case, and these in order.
func worst(results []Result) (map[[2]string]Result, []([2]string)) {
	by, order := map[[2]string]Result{}, [][2]string(nil)
	for _, r := range results {
		key := [2]string{r.ID, r.Case}
		other, twice := by[key]
		if !twice {
			order = append(order, key)
		}
		if !twice || weight(r.Outcome) > weight(other.Outcome) {
			by[key] = r
		}
	}
	return by, order
}

// bad tells whether an outcome is a miss of the target's own: an error is ours,
// and a stale waiver means that the target has become better.
func bad(o Outcome) bool { return o == Fail || o == Broken }

func (c Change) broke() bool { return bad(c.Is) && !bad(c.Was) }

// fixed leaves out what is waived now, was not asked, or only warns: that is
// another outcome, and no proof of a repair.
func (c Change) fixed() bool {
	return bad(c.Was) && (c.Is == Pass || c.Is == Recorded || c.Is == Stale)
}

// Regressions are what the target did right and does wrong now. What is new and
// misses is none: nobody knows whether it was ever right.
func (d Diff) Regressions() []Change { return d.Broke }

// Comparable tells whether nothing had to be left out.
func (d Diff) Comparable() bool { return len(d.Incomparable) == 0 }

// notes are what else than the targets changed.
func notes(before, after Run) []string {
	var all []string
	add := func(format string, args ...any) { all = append(all, plain(fmt.Sprintf(format, args...))) }
	if before.Tool.Catalogue != after.Tool.Catalogue {
		add("the catalogue is another one (%d scenarios, then %d), so what is new, gone or changed may be its doing",
			before.Tool.Scenarios, after.Tool.Scenarios)
	}
	for _, run := range []struct {
		which string
		Run
	}{{"old", before}, {"new", after}} {
		if run.Interrupted {
			add("the %s run was interrupted, so it lacks results", run.which)
		}
	}
	a, b := before.Asked, after.Asked
	if a.Strict != b.Strict {
		add("only the %s run was strict, so the same miss fails in one and warns in the other", map[bool]string{true: "old", false: "new"}[a.Strict])
	}
	if a.Preset != b.Preset || !maps.Equal(a.Require, b.Require) {
		add("the runs did not require the same, so the same answer can fail in one and not in the other")
	}
	if a.Filter != b.Filter || !slices.Equal(a.Only, b.Only) || a.Hazard != b.Hazard {
		add("the runs did not select the same scenarios, so what is new or gone may not have been asked for")
	}
	return all
}
