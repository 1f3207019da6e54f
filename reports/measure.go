package reports

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A face is a size and kind of letters. Nobody knows here which font a reader
// has, so widths are those of DejaVu, the widest in common use.
type face struct {
	size  float64
	scale float64 // of the width of its letters to that of plain ones
	mono  bool
}

// The faces of the picture, as timeline.css has them.
var (
	plainFace   = face{size: 12, scale: 1}
	headFace    = face{size: 12, scale: 1.12}
	smallFace   = face{size: 11, scale: 1}
	tinyFace    = face{size: 10, scale: 1}
	monoFace    = face{size: 11, mono: true}
	targetFace  = face{size: 15, scale: 1.12}
	valueFace   = face{size: 18, scale: 1.12}
	verdictFace = face{size: 22, scale: 1.14}
)

// width is how many pixels text takes at most, near enough.
func (f face) width(text string) float64 {
	sum := 0.0
	for _, r := range text {
		sum += f.letter(r)
	}
	return sum
}

func (f face) letter(r rune) float64 {
	switch {
	case unicode.In(r, unicode.Mn, unicode.Me):
		return 0
	case wide(r):
		return f.size * 1.02
	case f.mono:
		return f.size * 0.605
	}
	return f.size * f.scale * relative(r)
}

// relative is the width of a letter in parts of its font's size.
func relative(r rune) float64 {
	switch {
	case strings.ContainsRune("ijlI|'.,:;·", r), r == ' ':
		return 0.33
	case strings.ContainsRune("ftr()[]{}/\\-!\"", r):
		return 0.42
	case strings.ContainsRune("mwMW@%…—≥", r):
		return 1
	case 'A' <= r && r <= 'Z', strings.ContainsRune("+=<>~^&#", r):
		return 0.77
	case r <= '~':
		return 0.635
	}
	return 0.85
}

// clip shortens text to a width.
func (f face) clip(text string, width float64) string {
	if f.width(text) <= width {
		return text
	}
	sum, cut := f.letter('…'), 0
	for i, r := range text {
		if sum += f.letter(r); sum > width {
			break
		}
		cut = i + len(string(r))
	}
	return strings.TrimRight(text[:cut], " ") + "…"
}

// short is text that somebody else wrote, escaped and cut to so many cells. It
// does not look at what lies far behind the cut, nor keep more marks over a
// letter than would fit into the room of several.
func short(text string, most int) string {
	if at := 8 * most; len(text) > at {
		for !utf8.RuneStart(text[at]) && at > 8*most-utf8.UTFMax {
			at--
		}
		text = text[:at] + "…"
	}
	return clip(plain(text), most)
}

// lines breaks text between words into so many lines of a width at most, and
// clips what does not fit.
func (f face) lines(text string, width float64, most int) []string {
	var all []string
	line := ""
	for word := range strings.FieldsSeq(short(text, 160*most)) {
		longer := strings.TrimLeft(line+" "+word, " ")
		if line == "" || f.width(longer) <= width || len(all) == most-1 {
			line = longer
		} else {
			all, line = append(all, f.clip(line, width)), word
		}
		if len(all) == most-1 && f.width(line) > width {
			break
		}
	}
	return append(all, f.clip(line, width))
}
