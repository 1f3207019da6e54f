package reports

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// The words for what came of a run.
const (
	noVerdict     = "NO VERDICT"
	notConformant = "NOT CONFORMANT"
	interrupted   = "INTERRUPTED"
	incomplete    = "INCOMPLETE"
	conformant    = "CONFORMANT"
)

// verdict is what came of a run, in words that agree with [Run.Exit].
func verdict(run Run) string {
	misses := run.Misses()
	switch {
	case slices.ContainsFunc(misses, func(r Result) bool { return r.Outcome == Error }):
		return noVerdict
	case len(misses) > 0 || len(run.Stale) > 0:
		return notConformant
	case run.Interrupted:
		return interrupted
	case !run.Complete || len(run.Results) == 0:
		return incomplete
	case !run.Conformant:
		return notConformant
	}
	return conformant
}

// alone is the run as if it had been about one target only. Waivers that
// nothing needed are nobody's, and stay with the whole.
func alone(run Run, t *tally) Run {
	one := run
	one.Targets, one.Results, one.Stale = []Target{t.Target}, t.results, nil
	one.Incomplete = owed(run, t.results)
	one.Conclude()
	return one
}

// owed are the entries of Run.Incomplete that are about one target: those whose
// row it owes, and those that are about nobody's row.
func owed(run Run, results []Result) []string {
	var mine []string
	for _, row := range run.Incomplete {
		owes := func(r Result) bool { return r.Incomplete && (r.ID == row || r.Name() == row) }
		if slices.ContainsFunc(results, owes) || !slices.ContainsFunc(run.Results, owes) {
			mine = append(mine, row)
		}
	}
	return mine
}

// unneeded are the waivers that nothing needed and that no result speaks of.
func unneeded(run Run) []Waived {
	var more []Waived
	for _, w := range run.Stale {
		if !slices.ContainsFunc(run.Results, func(r Result) bool {
			return r.Outcome == Stale && r.Waived != nil && *r.Waived == w
		}) {
			more = append(more, w)
		}
	}
	return more
}

// reasons says why a verdict is what it is, in a few words each.
func (t *tally) reasons() []string {
	var why []string
	add := func(n int, format string, more ...any) {
		if n > 0 {
			why = append(why, fmt.Sprintf(format, append([]any{n}, more...)...))
		}
	}
	add(t.cases[Error], "%d "+plural(t.cases[Error], "error")+" of the harness")
	if n := t.cases[Fail]; t.floor > 0 {
		add(n, "%d failed (%d below the floor)", t.floor)
	} else {
		add(n, "%d failed")
	}
	add(t.cases[Broken], "%d broken")
	stale := t.cases[Stale] + len(unneeded(t.run))
	add(stale, "%d stale "+plural(stale, "waiver"))
	add(len(t.run.Incomplete), "%d required "+plural(len(t.run.Incomplete), "row")+" not exercised")
	if t.run.Interrupted {
		why = append(why, "interrupted, results are missing")
	}
	if len(t.results) == 0 {
		why = append(why, "nothing was played")
	}
	return why
}

// who is the target in one line.
func (t *tally) who() string {
	s := strings.TrimSpace(plain(t.Name) + " " + plain(t.Version))
	about := []string{"profile " + plain(t.Profile)}
	for _, word := range []string{t.Language, t.Runtime, t.Configuration} {
		if word != "" {
			about = append(about, plain(word))
		}
	}
	if t.SharedIssuer {
		about = append(about, "shared issuer")
	}
	return s + " (" + strings.Join(about, ", ") + ")"
}

// asked is how the run was made.
func asked(run Run) string {
	words := []string{fmt.Sprintf("seed %d", run.Seed), "took " + brief(run.Took)}
	if run.Tool.Version != "" {
		words = append(words, plain(run.Tool.Name+" "+run.Tool.Version))
	}
	if a := run.Asked; run.Tool.Scenarios > 0 {
		words = append(words, fmt.Sprintf("%d of %d scenarios selected", a.Selected, run.Tool.Scenarios))
	}
	for _, w := range []struct{ name, value string }{
		{"filter", run.Asked.Filter}, {"only", list(run.Asked.Only, 3)}, {"preset", run.Asked.Preset}, {"hazard", run.Asked.Hazard},
	} {
		if w.value != "" {
			words = append(words, w.name+" "+plain(w.value))
		}
	}
	if run.Asked.Strict {
		words = append(words, "strict")
	}
	for i := range words {
		words[i] = glue(words[i])
	}
	return strings.Join(words, " · ")
}

// brief is a duration as one would say it.
func brief(d Duration) string {
	t := time.Duration(d)
	for _, unit := range []time.Duration{time.Second, time.Millisecond, time.Microsecond} {
		if t >= unit {
			return t.Round(unit / 10).String()
		}
	}
	return t.String()
}
