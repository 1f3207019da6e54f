package reports

import (
	"fmt"
	"io"
	"strings"
)

// DrillsMarkdown writes drills as a job summary for GitHub: a table with a row
// for each, then what was not met, and folded what was not measured and why,
// under the same rules as [WriteMarkdown].
func DrillsMarkdown(w io.Writer, d Drills) error {
	m := &markdown{}
	words, _ := d.headline()
	m.printf("# rogueidp drills: %s\n\n", prose(words))
	if len(d.Drills) > 0 {
		m.drillTable(d.Drills)
		m.printf("%s\n\n", prose(drillKey))
	}
	m.notMet(d.Drills)
	m.notMeasured(reasons(d.Drills))
	m.printf("%s\n", prose(d.how()))
	_, err := io.WriteString(w, m.String())
	return err
}

func (m *markdown) drillTable(all []Drill) {
	var names, rules strings.Builder
	for _, c := range drillColumns {
		names.WriteString("| " + c.name + " ")
		rules.WriteString("|---")
		if c.right {
			rules.WriteString(":")
		}
	}
	m.printf("%s|\n%s|\n", names.String(), rules.String())
	for i, d := range all {
		if m.full(len(all) - i) {
			return
		}
		for _, c := range drillColumns {
			text := c.of(d)
			if !c.right {
				text = inTable(text)
			}
			m.printf("| %s ", text)
		}
		m.printf("|\n")
	}
	m.printf("\n")
}

// inTable is text as a code span in a table, where a line between cells ends
// even that.
func inTable(text string) string { return span(strings.ReplaceAll(text, "|", `\x7c`)) }

func (m *markdown) notMet(all []Drill) {
	title := "## Not met\n\n"
	for i, d := range all {
		if len(d.Missed) == 0 {
			continue
		}
		if m.full(len(all) - i) {
			return
		}
		words, _ := d.verdict()
		m.printf("%s- %s: %s\n", title, span(d.who()), prose(words))
		title = ""
		for j, missed := range d.Missed {
			if m.full(len(d.Missed) - j) {
				return
			}
			m.printf("  - %s\n", prose(short(missed, 400)))
		}
	}
	if title == "" {
		m.printf("\n")
	}
}

func (m *markdown) notMeasured(groups []*reason) {
	if len(groups) == 0 {
		return
	}
	m.printf("<details><summary>Not measured</summary>\n\n")
	for i, g := range groups {
		if m.full(len(groups) - i) {
			break
		}
		n := fmt.Sprintf("%d %s", len(g.drills), plural(len(g.drills), "drill"))
		m.printf("- %s: %s (%s: %s)\n", span(g.lacks()), prose(clip(g.why, 400)), n, span(list(g.drills, 20)))
	}
	m.printf("\n</details>\n\n")
}
