package reports

import (
	"fmt"
	"io"
	"strings"
)

// A shift is a scenario of which some cases changed in the same way.
type shift struct {
	Change
	cases []string
}

// shifts puts cases together that changed in the same way.
func shifts(changes []Change) []shift {
	type way struct {
		target, id string
		was, is    Outcome
	}
	var all []shift
	at := map[way]int{}
	for _, c := range changes {
		key := way{c.Result.Target, c.Result.ID, c.Was, c.Is}
		i, known := at[key]
		if !known {
			i = len(all)
			at[key] = i
			all = append(all, shift{Change: c})
		}
		all[i].cases = append(all[i].cases, c.Result.Case)
	}
	return all
}

func (s shift) name() string {
	if len(s.cases) > 1 {
		return plain(s.Result.ID)
	}
	return plain(s.Result.Name())
}

// way is from which outcome to which.
func (s shift) way() string {
	way := strings.Trim(plain(string(s.Was))+" → "+plain(string(s.Is)), "→ ")
	if s.Result.Floor && s.Is == Fail {
		way += " (floor)"
	}
	return way
}

// about is what else there is to say: the cases, or else the title.
func (s shift) about() string {
	if len(s.cases) > 1 {
		return fmt.Sprintf("%d cases: %s", len(s.cases), list(s.cases, 6))
	}
	return plain(s.Result.Title)
}

// sections are the kinds of change, the worst first.
func (d Diff) sections() []struct {
	name, colour string
	changes      []Change
} {
	return []struct {
		name, colour string
		changes      []Change
	}{
		{"broke", red, d.Broke},
		{"fixed", green, d.Fixed},
		{"new", bold, d.New},
		{"vanished", bold, d.Vanished},
		{"changed otherwise", bold, d.Other},
	}
}

// headline counts, in cases.
func (d Diff) headline() string {
	if len(d.targets) == 0 {
		return "nothing could be compared"
	}
	var parts []string
	for _, s := range d.sections() {
		if n := len(s.changes); n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, s.name))
		}
	}
	if len(parts) == 0 {
		parts = append(parts, "nothing changed")
	}
	return strings.Join(parts, ", ") + "; " + glue(fmt.Sprintf("%d as before", d.Same))
}

// subject is who was compared.
func (d Diff) subject() string { return strings.Join(d.targets, ", ") }

// Print writes what changed for a person to read: what broke first, with the
// command that replays it, the verdict last.
func (d Diff) Print(w io.Writer, o TerminalOptions) error {
	p := o.page()
	for _, section := range d.sections() {
		if len(section.changes) == 0 || p.quiet {
			continue
		}
		p.line(p.paint(section.colour, strings.ToUpper(section.name[:1])+section.name[1:]))
		for _, s := range shifts(section.changes) {
			text := s.name() + "  " + glue(s.way()) + "  " + s.about()
			if len(d.targets) > 1 {
				text = plain(s.Result.Target) + "  " + text
			}
			p.item(text, plain(s.Result.Severity))
			if bad(s.Is) && s.Result.Replay != "" {
				p.line("      replay  " + plain(s.Result.Replay))
			}
		}
		p.line("")
	}
	for _, text := range d.Incomparable {
		p.hang("left out", yellow, 10, text, "")
	}
	for _, text := range d.Notes {
		p.hang("note", yellow, 10, text, "")
	}
	p.hang("", "", 0, strings.TrimPrefix(d.subject()+": "+d.headline(), ": "), "")
	_, err := io.WriteString(w, p.String())
	return err
}

// WriteMarkdown writes what changed as a job summary for GitHub, under the same
// rules as [WriteMarkdown].
func (d Diff) WriteMarkdown(w io.Writer) error {
	m := &markdown{}
	m.printf("# rogueidp: %s\n\n", prose(d.headline()))
	if len(d.targets) > 0 {
		m.printf("%s\n\n", span(d.subject()))
	}
	for _, text := range d.Incomparable {
		m.printf("- left out: %s\n", span(text))
	}
	for _, text := range d.Notes {
		m.printf("- note: %s\n", span(text))
	}
	m.printf("\n")
	for _, section := range d.sections() {
		if len(section.changes) == 0 {
			continue
		}
		folded := section.name != "broke"
		if folded {
			m.printf("<details><summary>%d %s</summary>\n\n", len(section.changes), section.name)
		} else {
			m.printf("## %d %s\n\n", len(section.changes), section.name)
		}
		all := shifts(section.changes)
		for i, s := range all {
			if m.full(len(all) - i) {
				break
			}
			m.shift(s, len(d.targets) > 1)
		}
		m.printf("\n")
		if folded {
			m.printf("</details>\n\n")
		}
	}
	_, err := io.WriteString(w, m.String())
	return err
}

func (m *markdown) shift(s shift, several bool) {
	m.printf("- ")
	if several {
		m.printf("%s ", span(s.Result.Target))
	}
	m.printf("%s %s: %s (%s)\n", span(s.name()), prose(s.way()), prose(s.about()), prose(s.Result.Severity))
	if bad(s.Is) && s.Result.Replay != "" {
		m.printf("\n%s", indented(fence("sh", plain(s.Result.Replay))))
	}
}
