package reports

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A page is plain text of a given width, in the making.
type page struct {
	strings.Builder
	width  int
	colour bool
	quiet  bool
}

// The few colours there are. None is needed to understand a page.
const (
	red    = "31"
	green  = "32"
	yellow = "33"
	bold   = "1"
	dim    = "2"
)

// paint colours text, where the page is to have colours.
func (p *page) paint(colour, text string) string {
	if !p.colour || colour == "" || text == "" {
		return text
	}
	return "\x1b[" + colour + "m" + text + "\x1b[0m"
}

// line ends a line.
func (p *page) line(text string) {
	p.WriteString(strings.TrimRight(text, " "))
	p.WriteByte('\n')
}

// hang writes a label and, in the columns from indent on, text: wrapped between
// words, with right at the end of its first line.
func (p *page) hang(label, colour string, indent int, text, right string) {
	start := p.paint(colour, label) + strings.Repeat(" ", max(0, indent-cells(label)))
	p.flow(start, max(indent, cells(label)), indent, text, right)
}

// item writes text as one of a list.
func (p *page) item(text, right string) { p.flow("  ", 2, 6, text, right) }

// flow writes text after a start that takes so many columns, and the rest of it
// from indent on.
func (p *page) flow(start string, taken, indent int, text, right string) {
	first := p.width - taken
	if right != "" {
		first -= cells(right) + 2
	}
	for i, piece := range wrap(text, first, p.width-indent) {
		if i > 0 {
			start = strings.Repeat(" ", indent)
		} else if right != "" {
			piece += strings.Repeat(" ", max(2, p.width-taken-cells(piece)-cells(right))) + p.paint(dim, right)
		}
		p.line(start + piece)
	}
}

// wrap breaks text between words into lines of so many cells; a word that is
// longer has a line of its own. Words that are glued stay together.
func wrap(text string, first, rest int) []string {
	var lines []string
	line, room := "", first
	for text != "" {
		word := strings.TrimLeft(text, " ")
		gap := text[:len(text)-len(word)]
		word, text = cut(word)
		switch {
		case line == "":
			line = word
		case cells(line)+len(gap)+cells(word) <= room:
			line += gap + word
		default:
			lines, line, room = append(lines, line), word, rest
		}
	}
	lines = append(lines, line)
	for i := range lines {
		lines[i] = strings.ReplaceAll(lines[i], noBreak, " ")
	}
	return lines
}

// cut takes the first word off.
func cut(text string) (word, rest string) {
	if i := strings.IndexByte(text, ' '); i >= 0 {
		return text[:i], text[i:]
	}
	return text, ""
}

const noBreak = "\u00a0"

// glue makes one word of several.
func glue(text string) string { return strings.ReplaceAll(text, " ", noBreak) }

// cells is how many columns of a terminal text takes.
func cells(text string) int {
	n := 0
	for _, r := range text {
		switch {
		case unicode.In(r, unicode.Mn, unicode.Me):
		case wide(r):
			n += 2
		default:
			n++
		}
	}
	return n
}

// wide tells whether a character takes two columns.
func wide(r rune) bool {
	return r >= 0x1100 && (unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana) ||
		r >= 0x3000 && r <= 0x303e || r >= 0xff01 && r <= 0xff60 || r >= 0x1f300 && r <= 0x1faff)
}

// clip shortens text to so many cells.
func clip(text string, most int) string {
	n, cut := 0, 0
	for i, r := range text {
		if n += cells(string(r)); n > most {
			return strings.TrimRight(text[:cut], " ") + "…"
		}
		if n < most {
			cut = i + utf8.RuneLen(r)
		}
	}
	return text
}

// pad fills text up to so many cells.
func pad(text string, to int) string {
	return text + strings.Repeat(" ", max(0, to-cells(text)))
}
