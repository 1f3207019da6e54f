package reports

import "strconv"

// A column of the table of checks adds up outcomes.
type column struct {
	name     string
	outcomes []Outcome
	always   bool
}

var columns = []column{
	{"pass", []Outcome{Pass}, true},
	{"recorded", []Outcome{Recorded}, false},
	{"warn", []Outcome{Warn, Flaky}, true},
	{"waived", []Outcome{Waiving}, false},
	{"not asked", []Outcome{Unsupported, Unexercised}, false},
	{"stale", []Outcome{Stale}, false},
	{"broken", []Outcome{Broken}, false},
	{"fail", []Outcome{Fail}, true},
	{"error", []Outcome{Error}, false},
}

// A row of it is a check, and what came of its scenarios.
type row struct {
	name   string
	counts map[Outcome]int
}

// table is what came of the scenarios that apply: the core ones by check, then
// all core ones, then the extended ones, which can fail a run too. Every row
// has a cell for every name in head but the first.
func (t *tally) table() (head []string, rows [][]string) {
	all := []row{}
	core := row{"all core", map[Outcome]int{}}
	for i := range checks {
		// Elsewhere stands first and is shown last.
		at := (i + 1) % len(checks)
		for outcome, n := range t.core[at] {
			core.counts[outcome] += n
		}
		if at > 0 || total(t.core[0]) > 0 {
			all = append(all, row{checks[at], t.core[at]})
		}
	}
	all = append(all, core)
	if total(t.extended) > 0 {
		all = append(all, row{"extended", t.extended})
	}
	var shown []column
	head = []string{"scenarios"}
	for _, c := range columns {
		if c.always || c.count(core.counts)+c.count(t.extended) > 0 {
			shown, head = append(shown, c), append(head, c.name)
		}
	}
	for _, r := range all {
		line := []string{r.name}
		for _, c := range shown {
			cell := "·"
			if n := c.count(r.counts); n > 0 {
				cell = strconv.Itoa(n)
			}
			line = append(line, cell)
		}
		rows = append(rows, line)
	}
	return head, rows
}

func (c column) count(counts map[Outcome]int) int {
	n := 0
	for _, o := range c.outcomes {
		n += counts[o]
	}
	return n
}

// total is how many scenarios apply.
func total(counts map[Outcome]int) int {
	n := 0
	for o, count := range counts {
		if o != NotApplicable {
			n += count
		}
	}
	return n
}
