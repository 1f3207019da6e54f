package reports

import (
	"fmt"
	"slices"
	"strings"
)

// A finding is what came of one scenario against one target in those of its
// cases that came out the same way.
type finding struct {
	Result          // of the first of these cases
	cases  []string // their names
	ids    []string // of all scenarios that came to this for one reason, if several
	of     int      // how many cases the scenario has
	differ bool     // their reasons, or the suite's, are not all the same
}

// findings are the results of one target that are to be kept, in the run's
// order, the cases of a scenario that came out alike as one.
func findings(results []Result, keep func(Result) bool) []finding {
	type way struct {
		id, want, got, level, severity string
		outcome                        Outcome
		floor                          bool
	}
	var found []finding
	at, of := map[way]int{}, map[string]int{}
	for _, r := range results {
		of[r.ID]++
		if !keep(r) {
			continue
		}
		key := way{r.ID, r.Want, r.Got, r.Level, r.Severity, r.Outcome, r.Floor}
		i, known := at[key]
		if !known {
			i = len(found)
			at[key] = i
			found = append(found, finding{Result: r})
		}
		f := &found[i]
		f.cases = append(f.cases, r.Case)
		f.differ = f.differ || f.Reason != r.Reason || f.Because != r.Because
	}
	for i := range found {
		found[i].of = of[found[i].ID]
	}
	return found
}

// with tells findings by outcome.
func with(outcomes ...Outcome) func(Result) bool {
	return func(r Result) bool { return slices.Contains(outcomes, r.Outcome) }
}

// missing is what makes a run non-conformant, what explains the rest first: the
// harness's own errors, broken targets, failures by severity, stale waivers.
func missing(results []Result) []finding {
	found := gather(findings(results, func(r Result) bool { return r.Outcome.Misses() }))
	rank := func(f finding) int {
		return 10*slices.Index([]Outcome{Error, Broken, Fail, Stale}, f.Outcome) +
			slices.Index([]string{"critical", "high", "medium", "low"}, f.Severity)
	}
	slices.SortStableFunc(found, func(a, b finding) int { return rank(a) - rank(b) })
	return found
}

// few is how many scenarios may miss for one reason and still be told apart.
const few = 3

// gather makes one finding of many scenarios that are broken, or met an error,
// for one reason: a target that refuses every honest token says so once.
func gather(found []finding) []finding {
	type reason struct {
		outcome      Outcome
		got, because string
	}
	of := func(f finding) reason { return reason{f.Outcome, f.Got, f.Because} }
	ids := map[reason][]string{}
	for _, f := range found {
		if all := ids[of(f)]; (f.Outcome == Broken || f.Outcome == Error) && !slices.Contains(all, f.ID) {
			ids[of(f)] = append(all, f.ID)
		}
	}
	var kept []finding
	done := map[reason]bool{}
	for _, f := range found {
		if all := ids[of(f)]; len(all) > few {
			if done[of(f)] {
				continue
			}
			done[of(f)] = true
			f.ids = all
		}
		kept = append(kept, f)
	}
	return kept
}

// alike names the scenarios, where there are several.
func (f finding) alike() string {
	if f.ids == nil {
		return ""
	}
	return fmt.Sprintf("%s (%d for one reason)", list(f.ids, 12), len(f.ids))
}

// name is what the finding is called: with the case, where it is of one.
func (f finding) name() string {
	if len(f.cases) > 1 {
		return plain(f.ID)
	}
	return plain(f.Name())
}

// which names the cases, where there are several, and of how many.
func (f finding) which() string {
	if len(f.cases) < 2 {
		return ""
	}
	return fmt.Sprintf("%s (%d of %d)", list(f.cases, 12), len(f.cases), f.of)
}

// list joins the first so many names.
func list(names []string, most int) string {
	var shown []string
	for _, name := range names {
		if len(shown) == most && len(names) > most+1 {
			return fmt.Sprintf("%s and %d more", strings.Join(shown, ", "), len(names)-most)
		}
		if name == "" {
			name = "(no name)"
		}
		shown = append(shown, clip(plain(name), 60))
	}
	return strings.Join(shown, ", ")
}

// label is the outcome as it heads a block.
func (f finding) label() string { return strings.ToUpper(plain(string(f.Outcome))) }

// clauses are the clauses that the scenario stands on.
func (f finding) clauses() string {
	var all []string
	for _, c := range f.Cites {
		all = append(all, plain(c))
	}
	return strings.Join(all, " · ")
}

// says is what the first of them says.
func (f finding) says() string {
	if len(f.Says) == 0 {
		return ""
	}
	return plain(f.Says[0])
}

// answer is what the target did, with its own code and words.
func (f finding) answer(most int) string {
	s := plain(f.Got)
	if f.Code != "" && f.Code != f.Got {
		s += " " + clip(plain(f.Code), 40)
	}
	reason := clip(plain(f.Reason.String()), most)
	switch {
	case reason == "":
	case f.differ:
		s += " (the first: " + reason + ")"
	default:
		s += " (" + reason + ")"
	}
	return s
}

// wanted is what was wanted and what was got, and why that is what it is.
func (f finding) wanted(most int) string {
	s := ""
	if f.Want != "" {
		s = "wanted " + plain(f.Want) + ", "
	}
	if f.Got != "" || !f.Reason.IsZero() {
		s += "got " + f.answer(most)
	}
	s = strings.TrimSuffix(s, ", ")
	if because := clip(plain(f.Because), 400); because != "" {
		if s != "" {
			s += ": "
		}
		s += because
	}
	return s
}

// provider is what the provider did, as JSON that can be pasted into the admin
// API; or where to find it, where it is too long for that.
func (f finding) provider() (text string, pasted bool) {
	raw := compact(f.Provider)
	switch {
	case raw == "" || raw == "null" || raw == "[]":
		return f.plot(), false
	case len(raw) > 1<<10:
		return fmt.Sprintf("%d octets of JSON, in run.json under %s", len(raw), f.name()), false
	}
	return raw, true
}

// An unaskedGroup are the scenarios that were not asked for one reason.
type unaskedGroup struct {
	outcome Outcome
	why     string
	ids     []string
}

// unasked are the scenarios of which a case was not asked, by why.
func unasked(results []Result) []unaskedGroup {
	var groups []unaskedGroup
	for _, outcome := range []Outcome{Unexercised, Unsupported} {
		for _, r := range results {
			if r.Outcome != outcome {
				continue
			}
			why := r.why()
			i := slices.IndexFunc(groups, func(g unaskedGroup) bool { return g.outcome == outcome && g.why == why })
			if i < 0 {
				i = len(groups)
				groups = append(groups, unaskedGroup{outcome: outcome, why: why})
			}
			if g := &groups[i]; !slices.Contains(g.ids, r.ID) {
				g.ids = append(g.ids, r.ID)
			}
		}
	}
	return groups
}

// why is the reason for which a result is no verdict.
func (r Result) why() string {
	switch {
	case r.Feature != "":
		return "lacks " + clip(plain(r.Feature), 100)
	case r.Because != "":
		return clip(plain(r.Because), 200)
	case r.Got != "":
		return clip(plain(r.Got), 100)
	}
	return "no reason was given"
}

// plot is what was done where the provider did nothing wrong: rotating a key at
// an awkward moment is no fault, and the target has to bear it.
func (f finding) plot() string {
	var acts []string
	for _, step := range f.Evidence.Steps {
		act := plain(step.Act)
		if step.Times > 1 {
			act += fmt.Sprintf(" ×%d", step.Times)
		}
		acts = append(acts, act)
	}
	if len(acts) == 0 {
		return "nothing wrong"
	}
	return "nothing wrong; " + list(acts, 12)
}
