package reports

import (
	"fmt"
	"io"
	"strings"
)

// maxMarkdown is how long a summary gets, in octets: GitHub refuses a job
// summary of more than 1 MiB.
const maxMarkdown = 900 << 10

// WriteMarkdown writes a run as a job summary for GitHub: for each target the
// verdict, the table of the eight checks, and what missed, with the commands
// that replay it; the first ten openly and the rest folded. No text of a target
// or a token is markup there: it stands in code spans and fences that it cannot
// end.
func WriteMarkdown(w io.Writer, run Run) error {
	m := &markdown{}
	all := tallies(run)
	m.printf("# rogueidp: %s\n\n", strings.ToLower(verdict(run)))
	for _, t := range all {
		m.target(t, len(all) > 1)
	}
	if more := unneeded(run); len(more) > 0 {
		m.printf("## Waivers that nothing needs\n\n")
		for _, w := range more {
			m.printf("- %s: remove it; it said: %s\n", span(w.Scenario), span(w.said()))
		}
		m.printf("\n")
	}
	m.printf("%s\n", prose(asked(run)))
	_, err := io.WriteString(w, m.String())
	return err
}

type markdown struct{ strings.Builder }

func (m *markdown) printf(format string, args ...any) { fmt.Fprintf(&m.Builder, format, args...) }

func (m *markdown) target(t *tally, several bool) {
	m.printf("## %s\n\n", span(t.who()))
	why := strings.Join(t.reasons(), ", ")
	if why != "" {
		why = ": " + why
	}
	m.printf("**%s**%s  \n%s\n\n", verdict(t.run), prose(why), prose(t.counts()))
	if t.Preflight != "" {
		m.printf("Before the run: %s\n\n", span(t.Preflight))
	}
	if rows := t.run.Incomplete; len(rows) > 0 {
		m.printf("Required and not exercised: %s\n\n", span(list(rows, 20)))
	}
	if len(t.results) > 0 {
		m.table(t.table())
	}
	m.misses(missing(t.results))
	if found := findings(t.results, with(Warn, Flaky)); len(found) > 0 {
		m.warnings(found)
	}
	m.unasked(unasked(t.results))
	m.byHand(t.Manual)
}

// byHand lists what no run can decide.
func (m *markdown) byHand(checks []Manual) {
	if len(checks) == 0 || m.full(len(checks)) {
		return
	}
	m.printf("<details><summary>%d manual %s</summary>\n\n", len(checks), plural(len(checks), "check"))
	for _, c := range checks {
		m.printf("- %s (%s): %s %s\n", span(c.ID), prose(c.Severity), prose(c.Try), prose(strings.Join(c.Refs, ", ")))
	}
	m.printf("\n</details>\n\n")
}

// full tells whether the summary is as long as it gets, and says what is left.
func (m *markdown) full(left int) bool {
	if m.Len() < maxMarkdown {
		return false
	}
	m.printf("\n%d more do not fit here; run.json has them.\n\n", left)
	return true
}

// table writes numbers, right-aligned, under names of our own.
func (m *markdown) table(head []string, rows [][]string) {
	m.printf("| %s |\n|---%s|\n", strings.Join(head, " | "), strings.Repeat("|---:", len(head)-1))
	for _, row := range rows {
		m.printf("| %s |\n", strings.Join(row, " | "))
	}
	m.printf("\n")
}

// openly is how many misses are shown before the rest is folded.
const openly = 10

func (m *markdown) misses(found []finding) {
	folded := false
	for i, f := range found {
		if m.full(len(found) - i) {
			break
		}
		if i == openly {
			m.printf("<details><summary>%d more</summary>\n\n", len(found)-openly)
			folded = true
		}
		m.finding(f)
	}
	if folded {
		m.printf("</details>\n\n")
	}
}

func (m *markdown) finding(f finding) {
	floor := ""
	if f.Floor && f.Outcome == Fail {
		floor = ", floor"
	}
	m.printf("### %s %s %s (%s%s)\n\n", prose(f.label()), span(f.name()), prose(f.Title), prose(f.Severity), floor)
	if f.Outcome == Stale && f.Waived != nil {
		m.printf("- no longer needed, remove it: %s\n", span(f.Waived.said()))
	} else {
		m.clauses(f)
		m.answer(f)
		if which := f.which(); which != "" {
			m.printf("- cases: %s\n", span(which))
		}
		if alike := f.alike(); alike != "" {
			m.printf("- scenarios: %s\n", span(alike))
		}
		if did, pasted := f.provider(); pasted {
			m.printf("- the provider did:\n\n%s\n", indented(fence("json", did)))
		} else {
			m.printf("- the provider did: %s\n", prose(did))
		}
	}
	if f.Replay != "" {
		m.printf("- replay:\n\n%s", indented(fence("sh", plain(f.Replay))))
	}
	m.printf("\n")
}

// clauses writes every clause with what it says, where that is known for each.
func (m *markdown) clauses(f finding) {
	if len(f.Says) == len(f.Cites) {
		for i, c := range f.Cites {
			m.printf("- %s: %s\n", prose(c), prose(f.Says[i]))
		}
		return
	}
	text := prose(f.clauses())
	if says := prose(f.says()); says != "" {
		text += ": " + says
	}
	m.printf("- %s\n", text)
}

func (m *markdown) answer(f finding) {
	var parts []string
	if f.Want != "" {
		parts = append(parts, "wanted **"+prose(f.Want)+"**")
	}
	if got := prose(f.Got); got != "" {
		got = "got **" + got + "**"
		if f.Code != "" {
			got += " " + span(clip(plain(f.Code), 40))
		}
		parts = append(parts, got)
	}
	if reason := span(clip(f.Reason.String(), 300)); reason != "" {
		if f.differ {
			reason = "the first: " + reason
		}
		parts = append(parts, reason)
	}
	text := strings.Join(parts, ", ")
	if because := prose(clip(plain(f.Because), 400)); because != "" {
		text = strings.TrimPrefix(text+": "+because, ": ")
	}
	m.printf("- %s\n", text)
}

func (m *markdown) warnings(found []finding) {
	m.printf("<details><summary>%d %s</summary>\n\n", len(found), plural(len(found), "warning"))
	for i, f := range found {
		if m.full(len(found) - i) {
			break
		}
		m.printf("- %s %s %s (%s): %s\n", prose(f.label()), span(f.name()), prose(f.Title), prose(f.Severity), span(f.wanted(200)))
	}
	m.printf("\n</details>\n\n")
}

func (m *markdown) unasked(groups []unaskedGroup) {
	if len(groups) == 0 {
		return
	}
	m.printf("<details><summary>Not asked</summary>\n\n")
	for i, g := range groups {
		if m.full(len(groups) - i) {
			break
		}
		m.printf("- %s, %d %s: %s: %s\n", prose(string(g.outcome)), len(g.ids), plural(len(g.ids), "scenario"), span(g.why), span(list(g.ids, 20)))
	}
	m.printf("\n</details>\n\n")
}
