package suites

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rogueidp/rogueidp/reports"
	"github.com/rogueidp/rogueidp/scenarios"
	"github.com/rogueidp/rogueidp/scenarios/yamldoc"
)

// Waivers are misses that somebody answers for, and rows that must have passed.
type Waivers struct {
	File    string
	Waivers []Waiver
	// Must are ids that have to have run and passed, so that a renamed or
	// skipped one cannot vanish.
	Must []string
}

// A Waiver lets scenarios miss for a while. Scenario is an id, an id/case, or a
// pattern with *.
type Waiver struct {
	Scenario string
	Reason   string
	Owner    string
	Expires  string
}

// fillIn stands where a person has to write a reason.
const fillIn = "TO BE FILLED IN"

// ReadWaivers reads a file strictly: unknown fields, reasons that are no
// sentences, dates that are none and scenarios that exist neither in the catalogue
// nor among a user's own are errors with file and line.
func ReadWaivers(file string, own ...scenarios.Scenario) (Waivers, error) {
	all := scenarios.With(own)
	w := Waivers{File: file}
	docs, err := yamldoc.Read(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return w, fmt.Errorf("read waivers: %w; rogueidp waive writes such a file", err)
	case err != nil:
		return w, err
	case len(docs) > 1:
		return w, fmt.Errorf("%s:%d: a second document, which nobody would read; put all into one", file, docs[1].Line)
	case len(docs) == 0:
		return w, nil
	}
	if line, err := w.take(docs[0]); err != nil {
		return w, fmt.Errorf("%s:%d: %w", file, line, err)
	}
	if line, err := w.check(docs[0], "waivers", all); err != nil {
		return w, fmt.Errorf("%s:%d: %w", file, line, err)
	}
	for i, id := range w.Must {
		if _, err := all.Find(id); err != nil {
			return w, fmt.Errorf("%s:%d: must: %w", file, docs[0].LineAt(fmt.Sprintf("must[%d]", i)), err)
		}
	}
	return w, nil
}

// TakeWaivers reads a list of waivers that stands in a larger file, as strictly
// as [ReadWaivers] does, and says in which line what is wrong.
func TakeWaivers(list *yamldoc.Node, own []scenarios.Scenario) (w Waivers, line int, err error) {
	for _, item := range list.Items {
		var one Waiver
		if line, err := one.take(item); err != nil {
			return w, line, err
		}
		w.Waivers = append(w.Waivers, one)
	}
	line, err = w.check(list, "", scenarios.With(own))
	return w, line, err
}

// check says in which line of a list, which is at some place of n, a waiver makes
// no sense.
func (w Waivers) check(n *yamldoc.Node, at string, all scenarios.Catalogue) (line int, err error) {
	for i, one := range w.Waivers {
		if field, err := one.check(all); err != nil {
			return n.LineAt(fmt.Sprintf("%s[%d].%s", at, i, field)), fmt.Errorf("waiver of %q: %w", one.Scenario, err)
		}
	}
	return 0, nil
}

// take reads a file's waivers and its must list, and says in which line what is
// wrong.
func (w *Waivers) take(n *yamldoc.Node) (line int, err error) {
	if n.Kind != yamldoc.Object {
		return n.Line, fmt.Errorf("write waivers: and must:, not %s", n.Kind)
	}
	for _, m := range n.Members {
		if m.Name != "waivers" && m.Name != "must" {
			return m.Line, fmt.Errorf("unknown field %q%s", m.Name, didYouMean(m.Name, []string{"waivers", "must"}))
		}
		if m.Value.Kind != yamldoc.List && m.Value.Kind != yamldoc.Null {
			return m.Line, fmt.Errorf("%s: write a list, not %s", m.Name, m.Value.Kind)
		}
		for _, item := range m.Value.Items {
			if m.Name == "waivers" {
				var one Waiver
				if line, err := one.take(item); err != nil {
					return line, err
				}
				w.Waivers = append(w.Waivers, one)
				continue
			}
			if item.Kind != yamldoc.String {
				return item.Line, fmt.Errorf("must: write the id of a scenario, not %s", item.Kind)
			}
			w.Must = append(w.Must, item.Text)
		}
	}
	return 0, nil
}

func (w *Waiver) take(n *yamldoc.Node) (line int, err error) {
	if n.Kind != yamldoc.Object {
		return n.Line, fmt.Errorf("a waiver has a scenario, a reason, an owner and a day on which it expires; it is not %s", n.Kind)
	}
	fields := map[string]*string{"scenario": &w.Scenario, "reason": &w.Reason, "owner": &w.Owner, "expires": &w.Expires}
	for _, m := range n.Members {
		into := fields[m.Name]
		if into == nil {
			return m.Line, fmt.Errorf("unknown field %q%s", m.Name, didYouMean(m.Name, slices.Sorted(maps.Keys(fields))))
		}
		if m.Value.Kind != yamldoc.String {
			return m.Line, fmt.Errorf("%s: write a string, not %s", m.Name, m.Value.Kind)
		}
		*into = m.Value.Text
	}
	return 0, nil
}

// check names the field that is wrong, and how.
func (w Waiver) check(all scenarios.Catalogue) (field string, err error) {
	if w.Scenario == "" {
		return "scenario", errors.New("name a scenario, or a pattern such as alg.hs-*")
	}
	for _, part := range strings.SplitN(w.Scenario, "/", 2) {
		if _, err := path.Match(part, ""); err != nil {
			return "scenario", fmt.Errorf("the pattern does not read: %w", err)
		}
	}
	if !slices.ContainsFunc(all.All(), func(s scenarios.Scenario) bool {
		return slices.ContainsFunc(s.Played(), func(c scenarios.Case) bool { return w.matches(s.ID, c.Name) })
	}) {
		return "scenario", w.nobody(all)
	}
	if words := strings.Fields(w.Reason); len(words) < 3 || strings.Contains(w.Reason, fillIn) {
		return "reason", errors.New("give the reason in a sentence: why it misses, and why that may stand for now")
	}
	if strings.TrimSpace(w.Owner) == "" || strings.Contains(w.Owner, fillIn) {
		return "owner", errors.New("name an owner, who answers for it")
	}
	if _, err := time.Parse(time.DateOnly, w.Expires); err != nil {
		return "expires", fmt.Errorf("expires %q: say when, as a date such as 2027-01-31", w.Expires)
	}
	return "", nil
}

// nobody says that no scenario or case is called what the waiver says, and what
// is called nearly so.
func (w Waiver) nobody(all scenarios.Catalogue) error {
	id, name, hasCase := strings.Cut(w.Scenario, "/")
	if s, err := all.Find(id); err == nil && hasCase {
		_, err := s.Case(name)
		return err
	}
	var known []string
	for _, s := range all.All() {
		known = append(known, s.ID)
	}
	if strings.Contains(id, "*") {
		for _, f := range all.Families() {
			known = append(known, f+".*")
		}
	}
	return fmt.Errorf("no scenario is called that%s", didYouMean(id, known))
}

// matches tells whether the waiver is for a result: a pattern without a case is
// for all cases.
func (w Waiver) matches(id, name string) bool {
	pattern, want, hasCase := strings.Cut(w.Scenario, "/")
	if ok, err := path.Match(pattern, id); err != nil || !ok {
		return false
	}
	if !hasCase {
		return true
	}
	ok, err := path.Match(want, name)
	return err == nil && ok
}

func (w Waiver) waived() reports.Waived {
	return reports.Waived{Scenario: w.Scenario, Reason: w.Reason, Owner: w.Owner, Expires: w.Expires}
}

// over tells whether the waiver ended before a day began.
func (w Waiver) over(now time.Time) bool {
	until, err := time.Parse(time.DateOnly, w.Expires)
	return err == nil && !now.Before(until.AddDate(0, 0, 1))
}

// Apply lets misses be waived, and finds the waivers that nothing needs any
// more: those whose rows were played and all passed. A waiver that has expired
// waives nothing.
func (w Waivers) Apply(run *reports.Run, now time.Time) {
	for _, one := range w.Waivers {
		needed, played := false, false
		for i := range run.Results {
			r := &run.Results[i]
			if !one.matches(r.ID, r.Case) {
				continue
			}
			played = played || r.Outcome != reports.NotApplicable && r.Outcome != reports.Unsupported && r.Outcome != reports.Unexercised
			if r.Outcome != reports.Fail && r.Outcome != reports.Waiving {
				continue
			}
			needed = true
			waived := one.waived()
			if one.over(now) {
				r.Because += fmt.Sprintf(" (its waiver by %s expired on %s)", one.Owner, one.Expires)
				continue
			}
			r.Outcome, r.Waived = reports.Waiving, &waived
		}
		if played && !needed {
			run.Stale = append(run.Stale, one.waived())
		}
	}
}

// Missed names the rows of the must list that were not played and passed.
func (w Waivers) Missed(run reports.Run) []string {
	var missed []string
	for _, id := range w.Must {
		passed := false
		for _, r := range run.Results {
			if r.ID == id {
				passed = r.Outcome == reports.Pass || r.Outcome == reports.Recorded || r.Outcome == reports.Warn
				if !passed {
					break
				}
			}
		}
		if !passed {
			missed = append(missed, id)
		}
	}
	return missed
}

// Draft writes waivers for every miss of a run, with the reasons left for a
// person to fill in; until then no run takes the file.
func Draft(run reports.Run, expires time.Time) ([]byte, error) {
	var b strings.Builder
	b.WriteString("# Waivers let a scenario miss for a while. Write each reason as a sentence: why\n" +
		"# it misses, and why that may stand until it expires. rogueidp run refuses this\n# file while a reason or an owner is missing.\nwaivers:\n")
	done := map[string]bool{}
	for _, r := range run.Results {
		if r.Outcome != reports.Fail || done[r.ID] {
			continue
		}
		done[r.ID] = true
		names, all := missing(run, r.ID)
		if all {
			names = []string{r.ID}
		}
		for _, name := range names {
			fmt.Fprintf(&b, "  - scenario: %s # %s\n    reason: %s\n    owner: %s\n    expires: %s\n",
				strconv.Quote(name), r.Title, strconv.Quote(fillIn), strconv.Quote(fillIn), expires.Format(time.DateOnly))
		}
	}
	if len(done) == 0 {
		return nil, errors.New("the run has no failure that could be waived")
	}
	return []byte(b.String()), nil
}

// missing are the names of a scenario's failed cases, and whether it failed in
// all of them.
func missing(run reports.Run, id string) (names []string, all bool) {
	all = true
	for _, r := range run.Results {
		if r.ID != id {
			continue
		}
		if r.Outcome == reports.Fail {
			names = append(names, r.Name())
		} else if r.Outcome == reports.Pass {
			all = false
		}
	}
	return names, all
}
