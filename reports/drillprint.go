package reports

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// A drillColumn is one of the table of drills.
type drillColumn struct {
	name  string
	right bool // numbers stand at the right
	of    func(Drill) string
}

// drillColumns are the columns, the first two of which name the drill.
var drillColumns = []drillColumn{
	{"target", false, func(d Drill) string { return short(d.Target, 40) }},
	{"policy", false, func(d Drill) string { return short(d.Policy, 40) }},
	{"clock", false, func(d Drill) string { return short(d.Clock, 16) }},
	{"outage", true, func(d Drill) string { return d.cell(0) }},
	{"exposure", true, func(d Drill) string { return d.cell(1) }},
	{"amplified", true, func(d Drill) string { return d.cell(2) }},
	{"starved", true, func(d Drill) string { return d.cell(3) }},
	{"herd", true, func(d Drill) string { return d.cell(4) }},
	{"fetches", true, func(d Drill) string { return grouped(d.Fetches) }},
}

// cell is one of the five numbers in a table.
func (d Drill) cell(i int) string {
	if n := d.numbers()[i]; n.short != "" {
		return n.short
	}
	return unmeasured
}

const unmeasured = "–"

// drillKey says what the columns mean.
const drillKey = "outage: valid tokens were refused · exposure: withdrawn keys were trusted · " +
	"amplified: key-set fetches per hostile token, one by one/at once · starved: a flood kept a new key out · " +
	"herd: fetches when many call at once · ≥ still so at the end · " + unmeasured + " not measured"

// PrintDrills writes what came of drills for a person to read: a table with a
// row for each, what was not met, what was not measured and why, and a line
// that sums up. Lines are as wide as the terminal at most, but for words that
// are longer.
func PrintDrills(w io.Writer, d Drills, o TerminalOptions) error {
	p := o.page()
	p.drillTable(d.Drills)
	if !p.quiet {
		p.hang("", "", 0, drillKey, "")
		p.line("")
		p.notMet(d.Drills)
		p.notMeasured(d.Drills)
	}
	words, bad := d.headline()
	colour := green
	if bad {
		colour = red
	}
	for _, line := range wrap(words, p.width, p.width) {
		p.line(p.paint(colour, line))
	}
	p.line(d.how())
	_, err := io.WriteString(w, p.String())
	return err
}

// drillTable writes a row for each drill. Where that is too wide, target and
// clock stand above the rows that they are common to.
func (p *page) drillTable(all []Drill) {
	if len(all) == 0 {
		return
	}
	columns, indent := drillColumns, ""
	widths := widthsOf(columns, all)
	headed := sum(widths)+2*(len(widths)-1) > p.width
	if headed {
		columns, indent = slices.Concat(columns[1:2], columns[3:]), "  "
		widths = widthsOf(columns, all)
	}
	gap := 2
	if len(indent)+sum(widths)+gap*(len(widths)-1) > p.width {
		gap = 1
	}
	// What is still too wide is taken from the names first.
	for len(indent)+sum(widths)+gap*(len(widths)-1) > p.width {
		i := 0
		if widths[0] <= 10 {
			i = slices.Index(widths, slices.Max(widths))
		}
		widths[i]--
	}
	write := func(style string, cell func(drillColumn) string) {
		line := indent
		for i, c := range columns {
			text := clip(cell(c), widths[i])
			fill := strings.Repeat(" ", max(0, widths[i]-cells(text)))
			if c.right {
				text = fill + text
			} else {
				text += fill
			}
			line += text + strings.Repeat(" ", gap)
		}
		p.line(p.paint(style, strings.TrimRight(line, " ")))
	}
	write(bold, func(c drillColumn) string { return c.name })
	for i, d := range all {
		if headed && (i == 0 || d.Target != all[i-1].Target || d.Clock != all[i-1].Clock) {
			clock := ", clock: " + short(d.Clock, 16)
			p.line(short(d.Target, p.width-cells(clock)) + clock)
		}
		write("", func(c drillColumn) string { return c.of(d) })
	}
	p.line("")
}

// widthsOf is how wide each column is.
func widthsOf(columns []drillColumn, all []Drill) []int {
	var widths []int
	for _, c := range columns {
		w := cells(c.name)
		for _, d := range all {
			w = max(w, cells(c.of(d)))
		}
		widths = append(widths, w)
	}
	return widths
}

func sum(list []int) int {
	n := 0
	for _, one := range list {
		n += one
	}
	return n
}

// notMet writes what each drill was held to and did not meet.
func (p *page) notMet(all []Drill) {
	any := false
	for _, d := range all {
		if len(d.Missed) == 0 {
			continue
		}
		if !any {
			p.line(p.paint(red, "Not met"))
		}
		any = true
		p.line("  " + clip(d.who(), p.width-2))
		for _, missed := range d.Missed {
			p.flow("    ", 4, 6, plain(missed), "")
		}
	}
	if any {
		p.line("")
	}
}

// notMeasured writes which numbers there are not, by why.
func (p *page) notMeasured(all []Drill) {
	groups := reasons(all)
	if len(groups) == 0 {
		return
	}
	p.line(p.paint(bold, "Not measured"))
	for _, g := range groups {
		n := glue(fmt.Sprintf("– %d %s:", len(g.drills), plural(len(g.drills), "drill")))
		p.item(g.lacks()+": "+g.why+" "+n+" "+list(g.drills, 8), "")
	}
	p.line("")
}

// headline says how many drills went well, and whether any did not.
func (d Drills) headline() (string, bool) {
	if len(d.Drills) == 0 {
		return "no drill was played", true
	}
	bad, unknown := 0, 0
	for _, drill := range d.Drills {
		switch _, mood := drill.verdict(); mood {
		case badMood:
			bad++
		case unknownMood:
			unknown++
		}
	}
	words := fmt.Sprintf("%d of %d drills without outage, exposure or a miss", len(d.Drills)-bad-unknown, len(d.Drills))
	if unknown > 0 {
		words += fmt.Sprintf("; %d could not be measured", unknown)
	}
	return words, bad > 0 || unknown == len(d.Drills)
}

// how is how the drills were made.
func (d Drills) how() string {
	words := []string{glue(fmt.Sprintf("seed %d", d.Seed))}
	if d.Tool.Version != "" {
		words = append(words, glue(plain(d.Tool.Name+" "+d.Tool.Version)))
	}
	return strings.Join(words, " · ")
}
