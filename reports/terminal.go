package reports

import (
	"fmt"
	"io"
	"strings"
)

// TerminalOptions say what a terminal can show. The zero value is right for a
// file or a log: 100 columns, no colours.
type TerminalOptions struct {
	Width int  // columns; what is under 72 or over 100 is taken for 72 or 100
	Color bool // the caller has asked the terminal, and NO_COLOR
	Quiet bool // the headlines alone
}

func (o TerminalOptions) page() *page {
	width := 100
	if o.Width > 0 {
		width = min(100, max(72, o.Width))
	}
	return &page{width: width, colour: o.Color, quiet: o.Quiet}
}

// Print writes what came of a run for a person to read: for each target what
// missed, each with the command that replays it, then what warned, was
// recorded, was waived and was not asked; last the table of the eight checks
// and the verdict. Lines are as wide as the terminal at most, but for words
// that are longer and for JSON and commands, which stay whole to be pasted.
func Print(w io.Writer, run Run, o TerminalOptions) error {
	p := o.page()
	all := tallies(run)
	for _, t := range all {
		if p.quiet {
			break
		}
		before := p.Len()
		p.findings(t)
		if found := p.String()[before:]; len(all) > 1 && found != "" {
			// The target's name stands over what was found of it.
			above := p.String()[:before]
			p.Reset()
			p.WriteString(above)
			p.line(p.paint(bold, "── "+t.who()) + "\n")
			p.WriteString(found)
		}
	}
	if len(all) != 1 && !p.quiet {
		p.unneeded(run)
	}
	for _, t := range all {
		p.summary(t)
		if len(all) > 1 {
			p.line("")
		}
	}
	if len(all) != 1 {
		p.whole(run, all)
	}
	p.hang("", "", 0, asked(run), "")
	_, err := io.WriteString(w, p.String())
	return err
}

// findings writes all that is worth a line.
func (p *page) findings(t *tally) {
	for _, f := range missing(t.results) {
		p.block(f)
	}
	p.unneeded(t.run)
	for _, f := range findings(t.results, with(Warn, Flaky)) {
		p.block(f)
	}
	p.recorded(findings(t.results, with(Recorded)))
	p.waived(findings(t.results, with(Waiving)))
	p.notAsked(t.results)
}

// colours of the outcomes that have blocks.
var colours = map[Outcome]string{
	Error: red, Broken: red, Fail: red, Stale: red, Warn: yellow, Flaky: yellow,
}

// block writes a finding in the five-line form: what, and how bad; the clause;
// wanted and got; what the provider did; how to replay it. Warnings go without
// the fourth.
func (p *page) block(f finding) {
	label := f.label()
	indent := max(6, len(label)+2)
	p.hang(label, colours[f.Outcome], indent, f.name()+"  "+plain(f.Title), plain(f.Severity))
	if f.Outcome == Stale && f.Waived != nil {
		p.hang("", "", indent, "no longer needed: the waiver of "+f.Waived.owner(), "")
		p.hang("", "", indent, "remove it; it said: "+plain(f.Waived.Reason), "")
		p.replay(indent, f)
		return
	}
	p.clauses(indent, f)
	floor := ""
	if f.Floor && f.Outcome == Fail {
		floor = "floor"
	}
	if wanted := f.wanted(200); wanted != "" {
		p.hang("", "", indent, wanted, floor)
	}
	if which := f.which(); which != "" {
		p.hang(strings.Repeat(" ", indent)+"cases", "", indent+14, which, "")
	}
	if alike := f.alike(); alike != "" {
		p.hang(strings.Repeat(" ", indent)+"scenarios", "", indent+14, alike, "")
	}
	if f.Outcome.Misses() {
		did, _ := f.provider()
		p.line(strings.Repeat(" ", indent) + "provider did  " + did)
	}
	p.replay(indent, f)
}

// clauses writes what the scenario stands on, on one line if it fits.
func (p *page) clauses(indent int, f finding) {
	clauses, says := f.clauses(), f.says()
	one := strings.TrimSpace(clauses + "   " + says)
	switch {
	case one == "":
	case cells(one) <= p.width-indent:
		p.line(strings.Repeat(" ", indent) + one)
	default:
		var whole []string
		for _, clause := range f.Cites {
			// A clause stays on one line, if a line can hold it.
			if clause = plain(clause); cells(clause)+2 <= p.width-indent {
				clause = glue(clause)
			}
			whole = append(whole, clause)
		}
		for _, text := range []string{strings.Join(whole, " · "), says} {
			if text != "" {
				p.hang("", "", indent, text, "")
			}
		}
	}
}

func (p *page) replay(indent int, f finding) {
	if f.Replay != "" {
		p.line(strings.Repeat(" ", indent) + "replay        " + plain(f.Replay))
	}
	p.line("")
}

// recorded writes one line for each answer that was legal either way.
func (p *page) recorded(found []finding) {
	if len(found) == 0 {
		return
	}
	p.line(p.paint(bold, "Recorded") + ": both answers are legal, and these were given")
	column, answers := 0, 0
	for _, f := range found {
		column, answers = max(column, min(44, cells(f.name()))), max(answers, min(12, cells(plain(f.Got))))
	}
	for _, f := range found {
		about := plain(f.Title)
		if len(f.cases) > 1 {
			about = f.which()
		}
		text := "  " + pad(f.name(), column) + "  " + pad(plain(f.Got), answers) + "  " + about
		p.line(clip(text, p.width))
	}
	p.line("")
}

// waived writes one line for each miss that somebody answers for.
func (p *page) waived(found []finding) {
	if len(found) == 0 {
		return
	}
	p.line(p.paint(bold, "Waived"))
	for _, f := range found {
		text := f.name()
		if which := f.which(); which != "" {
			text += "  " + which
		}
		if f.Waived != nil {
			text += "  " + f.Waived.said()
		}
		p.item(text, plain(f.Severity))
	}
	p.line("")
}

// said is why something is waived, and by whom.
func (w Waived) said() string { return plain(w.Reason) + " – " + w.owner() }

// owner is who answers for a waiver, and until when.
func (w Waived) owner() string {
	s := plain(w.Owner)
	if w.Expires != "" {
		s += ", until " + plain(w.Expires)
	}
	return s
}

// unneeded writes the waivers that nothing needed and that no result speaks of.
func (p *page) unneeded(run Run) {
	for _, w := range unneeded(run) {
		p.hang("STALE", red, 7, plain(w.Scenario)+"  no result needs the waiver of "+w.owner(), "")
		p.hang("", "", 7, "remove it; it said: "+plain(w.Reason), "")
		p.line("")
	}
}

// notAsked writes what could not be asked, by why.
func (p *page) notAsked(results []Result) {
	groups := unasked(results)
	if len(groups) == 0 {
		return
	}
	p.line(p.paint(bold, "Not asked"))
	for _, g := range groups {
		n := glue(fmt.Sprintf("– %d %s:", len(g.ids), plural(len(g.ids), "scenario")))
		p.hang("  "+plain(string(g.outcome)), "", 15, g.why+" "+n+" "+list(g.ids, 8), "")
	}
	p.line("")
}

// summary writes the table of checks and the headline.
func (p *page) summary(t *tally) {
	if len(t.results) > 0 && !p.quiet {
		p.table(t.table())
	}
	p.line(p.paint(bold, t.who()))
	p.verdict(verdict(t.run), strings.Join(t.reasons(), ", "))
	if t.Preflight != "" {
		p.hang("before the run", "", 16, plain(t.Preflight), "")
	}
	if len(t.run.Incomplete) > 0 {
		p.hang("not exercised", "", 16, list(t.run.Incomplete, 8), "")
	}
	if n := len(t.Manual); n > 0 {
		p.hang("by hand", "", 16, fmt.Sprintf("%d manual %s remain: rogueidp list --manual", n, plural(n, "check")), "")
	}
	p.hang("", "", 0, t.counts(), "")
}

func (p *page) verdict(word, why string) {
	colour := red
	if word == conformant {
		colour = green
	}
	p.hang(word, colour, len(word)+2, why, "")
}

// whole writes the verdict of a run of several targets.
func (p *page) whole(run Run, all []*tally) {
	good := 0
	for _, t := range all {
		if verdict(t.run) == conformant {
			good++
		}
	}
	p.verdict(verdict(run), fmt.Sprintf("%d of %d targets conformant", good, len(all)))
}

// table writes rows of numbers under their names.
func (p *page) table(head []string, rows [][]string) {
	width, gap := 0, 3
	for _, name := range head[1:] {
		width += len(name)
	}
	for 12+width+gap*(len(head)-1) > p.width && gap > 1 {
		gap--
	}
	for i, cellsOf := range append([][]string{head}, rows...) {
		line := pad(cellsOf[0], 12)
		for j, cell := range cellsOf[1:] {
			line += strings.Repeat(" ", gap+len(head[j+1])-cells(cell)) + cell
		}
		if i == 0 {
			line = p.paint(bold, line)
		}
		p.line(line)
	}
	p.line("")
}
