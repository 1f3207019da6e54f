package reports

import (
	_ "embed" // for timeline.css
	"encoding/xml"
	"fmt"
	"hash/fnv"
	"math"
	"strconv"
	"strings"
)

//go:embed timeline.css
var timelineStyle string

// A canvas is an SVG in the making. What others wrote gets into it as the text
// of an element only, never into an attribute or the style.
type canvas struct {
	strings.Builder
	// id keeps apart the identifiers of pictures that stand on one page.
	id string
}

// newCanvas is a canvas for a picture about something.
func newCanvas(about ...string) *canvas {
	h := fnv.New32a()
	for _, text := range about {
		_, _ = h.Write([]byte(text + "\x00")) // it never fails
	}
	return &canvas{id: strconv.FormatUint(uint64(h.Sum32()), 36)}
}

// document is the whole file, of a size, with what a screen reader says of it.
func (c *canvas) document(width, height float64, title, about string) string {
	var b strings.Builder
	w, h := coordinate(width), coordinate(height)
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" class="rogueidp-drill" role="img" aria-labelledby="t%s d%s" width="%s" height="%s" viewBox="0 0 %s %s">`+"\n",
		c.id, c.id, w, h, w, h)
	fmt.Fprintf(&b, "<title id=\"t%s\">%s</title>\n<desc id=\"d%s\">%s</desc>\n", c.id, character(title), c.id, character(about))
	b.WriteString("<style>\n" + timelineStyle + "</style>\n<defs>\n")
	for _, p := range patterns {
		fmt.Fprintf(&b, `<pattern id="%s%s" width="%d" height="%d" patternUnits="userSpaceOnUse">%s</pattern>`+"\n", p.name, c.id, p.size, p.size, p.what)
	}
	fmt.Fprintf(&b, `</defs>`+"\n"+`<rect class="page" x="0" y="0" width="%s" height="%s"/>`+"\n", w, h)
	b.WriteString(c.String())
	b.WriteString("</svg>\n")
	return b.String()
}

// patterns tell apart, without colour, what else only colours would.
var patterns = []struct {
	name string
	size int
	what string
}{
	{"refused", 8, `<rect class="refused" width="8" height="8"/><path class="refused-line" d="M-2 2L2 -2M0 8L8 0M6 10L10 6"/>`},
	{"exposed", 8, `<rect class="exposed" width="8" height="8"/><circle class="exposed-dot" cx="2" cy="2" r="1.3"/><circle class="exposed-dot" cx="6" cy="6" r="1.3"/>`},
	{"both", 8, `<rect class="both" width="8" height="8"/><path class="both-line" d="M0 8L8 0M0 0L8 8"/>`},
	{"published", 5, `<rect class="published" width="5" height="5"/><path class="published-line" d="M-1 1L1 -1M0 5L5 0M4 6L6 4"/>`},
}

// rect draws a rectangle. A class that has a pattern is filled with it.
func (c *canvas) rect(class string, x, y, w, h float64) {
	c.WriteString("<rect " + c.filled(class) + ` x="` + coordinate(x) + `" y="` + coordinate(y) +
		`" width="` + coordinate(w) + `" height="` + coordinate(h) + "\"/>\n")
}

// filled is the class of a shape, or the fill that it stands for.
func (c *canvas) filled(class string) string {
	for _, p := range patterns {
		if p.name == class {
			return `fill="url(#` + class + c.id + `)"`
		}
	}
	return `class="` + class + `"`
}

// path draws a path, in the words of SVG.
func (c *canvas) path(class, d string) {
	c.WriteString("<path " + c.filled(class) + ` d="` + d + "\"/>\n")
}

// plainPath draws a path in one colour, where a pattern would not show.
func (c *canvas) plainPath(class, d string) {
	c.WriteString(`<path class="` + class + `" d="` + d + "\"/>\n")
}

// rounded draws a rectangle with soft corners.
func (c *canvas) rounded(class string, x, y, w, h float64) {
	c.WriteString(`<rect class="` + class + `" rx="3" x="` + coordinate(x) + `" y="` + coordinate(y) +
		`" width="` + coordinate(w) + `" height="` + coordinate(h) + "\"/>\n")
}

// line draws a straight one.
func (c *canvas) line(class string, x1, y1, x2, y2 float64) {
	c.path(class, "M"+point(x1, y1)+"L"+point(x2, y2))
}

// The sides of text that its place can be.
const (
	atStart  = ""
	atMiddle = "middle"
	atEnd    = "end"
)

// text writes text, whoever wrote it, on one line.
func (c *canvas) text(class string, x, y float64, side, text string) {
	if text == "" {
		return
	}
	anchor := ""
	if side != atStart {
		anchor = ` text-anchor="` + side + `"`
	}
	c.WriteString(`<text class="` + class + `" x="` + coordinate(x) + `" y="` + coordinate(y) + `"` + anchor + ">" + character(text) + "</text>\n")
}

// open begins a group with a text that shows while somebody points at it, and
// that close ends.
func (c *canvas) open(tip string) { c.WriteString("<g><title>" + character(tip) + "</title>\n") }

func (c *canvas) close() { c.WriteString("</g>\n") }

// character is text as the content of an element.
func character(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(plain(text))) // a strings.Builder takes all there is
	return b.String()
}

// coordinate is a length in a picture, to the hundredth of a pixel.
func coordinate(f float64) string {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		f = 0
	}
	return strconv.FormatFloat(math.Round(f*100)/100, 'f', -1, 64)
}

func point(x, y float64) string { return coordinate(x) + " " + coordinate(y) }
