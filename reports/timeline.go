package reports

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// The measures of the picture, in pixels.
const (
	pictureWidth = 860.0
	margin       = 22.0
	plotLeft     = 172.0
	plotRight    = pictureWidth - margin
)

// mostTurns is up to how many moments at which a new key begins to sign a line
// goes through all lanes.
const mostTurns = 12

// WriteTimeline draws a drill as one SVG that needs nothing else: what came of
// it in a sentence, the five numbers, and under one axis the verdicts as a
// band, the key-set fetches as ticks and the lives of the keys as bars. Nothing
// is told by colour alone. It is never over 2 MB, however much happened.
func WriteTimeline(w io.Writer, d Drill) error {
	p := newPicture(d)
	p.header()
	p.tokens()
	p.fetches()
	p.keys()
	p.footer()
	verdict, _ := d.verdict()
	_, err := io.WriteString(w, p.document(pictureWidth, p.y, d.who()+": "+verdict, p.inWords()))
	return err
}

// A picture is a timeline in the making: y is how far down it is.
type picture struct {
	*canvas
	d       Drill
	axis    axis
	verdict *verdictLane
	lives   *keyLane
	turns   []float64 // where a new key begins to sign
	y       float64
}

func newPicture(d Drill) *picture {
	a := newAxis(plotLeft, plotRight, d.length())
	p := &picture{
		canvas: newCanvas(d.Name, d.Target, d.Policy), d: d, axis: a,
		verdict: newVerdictLane(a, d.Timeline.Bands), lives: newKeyLane(a, d.Timeline.Keys),
	}
	for _, t := range a.ticksAt(activations(d.Timeline.Keys)) {
		if t.x > a.left {
			p.turns = append(p.turns, t.x)
		}
	}
	if len(p.turns) > mostTurns {
		p.turns = nil
	}
	return p
}

// length is how long the axis has to be: as long as the drill was played, or as
// anything happened.
func (d Drill) length() time.Duration {
	all := []Duration{d.For}
	for _, b := range d.Timeline.Bands {
		all = append(all, b.From, b.To)
	}
	all = append(all, d.Timeline.Fetches...)
	for _, k := range d.Timeline.Keys {
		for _, s := range k.Stations {
			all = append(all, s.From)
		}
	}
	longest := Duration(0)
	for _, at := range all {
		longest = max(longest, at)
	}
	return time.Duration(longest)
}

// header writes who was drilled, what came of it and the numbers.
func (p *picture) header() {
	d := p.d
	right := "played for " + spoken(d.For) + " · clock: " + short(d.Clock, 24)
	p.text("target", margin, 32, atStart, targetFace.clip(short(d.Target, 200), plotRight-margin-smallFace.width(right)-12))
	p.text("small soft", plotRight, 32, atEnd, right)
	p.y = 32
	policy := "policy " + short(d.Policy, 60)
	if d.About != "" {
		policy += ": " + d.About
	}
	for _, line := range plainFace.lines(policy, pictureWidth-2*margin, 2) {
		p.y += 18
		p.text("soft", margin, p.y, atStart, line)
	}
	words, mood := d.verdict()
	p.y += 36
	p.sign(margin+11, p.y-8, mood)
	for i, line := range verdictFace.lines(words, pictureWidth-2*margin-34, 3) {
		if i > 0 {
			p.y += 28
		}
		p.text("verdict"+[]string{"", " good", " bad"}[mood], margin+34, p.y, atStart, line)
	}
	p.tiles()
}

// sign draws a tick, a cross or a question before the verdict.
func (p *picture) sign(x, y float64, m mood) {
	class := []string{"sign-none", "sign-good", "sign-bad"}[m]
	p.WriteString(`<circle class="` + class + `" cx="` + coordinate(x) + `" cy="` + coordinate(y) + `" r="12"/>` + "\n")
	switch m {
	case goodMood:
		p.path("sign-line", "M"+point(x-5, y)+"l3.5 4.5l6.5 -8.5")
	case badMood:
		p.path("sign-line", "M"+point(x-4.5, y-4.5)+"l9 9m0 -9l-9 9")
	default:
		p.path("sign-line", "M"+point(x-5.5, y)+"h11")
	}
}

// tiles writes the five numbers beside one another.
func (p *picture) tiles() {
	numbers := p.d.numbers()
	width := (plotRight - margin) / float64(len(numbers))
	top := p.y + 20
	p.line("rule", margin, top, plotRight, top)
	for i, n := range numbers {
		x := margin + float64(i)*width
		p.text("small soft", x, top+18, atStart, n.name)
		class, value := "value", n.value
		if n.bad {
			class += " bad"
		}
		explained := n.meaning
		if value == "" {
			class, value = "soft", "not measured"
			if n.why != "" {
				explained = n.why
			}
		}
		p.text(class, x, top+39, atStart, valueFace.clip(value, width-8))
		for j, line := range tinyFace.lines(explained, width-12, 2) {
			p.text("tiny soft", x, top+54+12*float64(j), atStart, line)
		}
	}
	p.y = top + 76
	p.line("rule", margin, p.y, plotRight, p.y)
}

// tokens draws the band of verdicts.
func (p *picture) tokens() {
	p.y += 26
	p.text("head", margin, p.y, atStart, "Tokens")
	p.legend(p.verdict.legend())
	p.y += 10
	if len(p.verdict.notes) > 0 {
		p.verdict.writeNotes(p.canvas, p.y+noteHeight)
		p.y += noteHeight
	}
	p.axis.grid(p.canvas, p.y, p.y+bandHeight)
	p.text("value", margin, p.y+bandHeight/2+2, atStart, valueFace.clip(grouped(p.d.Presented), plotLeft-margin-8))
	p.text("tiny soft", margin, p.y+bandHeight/2+15, atStart, "shown")
	p.verdict.draw(p.canvas, p.y)
	p.cross(p.y-3, p.y+bandHeight+3)
	p.verdict.write(p.canvas, p.y)
	p.y += bandHeight
}

// cross draws a line where a new key begins to sign, between two heights.
func (p *picture) cross(top, bottom float64) {
	d := ""
	for _, x := range p.turns {
		d += "M" + point(x, top) + "V" + coordinate(bottom)
	}
	if d != "" {
		p.path("turn", d)
	}
}

// fetches draws the key-set fetches.
func (p *picture) fetches() {
	ticks := p.axis.ticksAt(p.d.Timeline.Fetches)
	p.y += 26
	p.text("head", margin, p.y, atStart, "Key-set fetches")
	p.legend(p.tickLegend(ticks))
	p.y += 8
	p.text("value", margin, p.y+tickHeight-6, atStart, valueFace.clip(grouped(p.d.Fetches), plotLeft-margin-8))
	p.axis.grid(p.canvas, p.y, p.y+tickHeight)
	p.cross(p.y-3, p.y+tickHeight)
	drawTicks(p.canvas, ticks, p.y, tickHeight)
	p.y += tickHeight
	p.line("edge", plotLeft, p.y, plotRight, p.y)
}

// keys draws the lives of the keys, and the axis.
func (p *picture) keys() {
	if len(p.lives.rows) > roomyRows {
		p.axis.draw(p.canvas, p.y)
		p.y += axisHeight
	}
	p.y += 26
	p.text("head", margin, p.y, atStart, "Signing keys")
	p.legend(p.keyLegend())
	p.y += 8
	total := p.lives.total()
	p.axis.grid(p.canvas, p.y, p.y+total)
	p.lives.draw(p.canvas, p.y)
	p.cross(p.y-3, p.y+total)
	p.y += total + 6
	p.axis.draw(p.canvas, p.y)
	p.y += axisHeight + 12
	p.text("small soft", (plotLeft+plotRight)/2, p.y, atMiddle, "time since the drill began")
}

// footer writes what was not met, and what was not measured and why.
func (p *picture) footer() {
	write := func(class, text string, most int) {
		for _, line := range smallFace.lines(text, pictureWidth-2*margin, most) {
			p.y += 16
			p.text(class, margin, p.y, atStart, line)
		}
	}
	p.y += 8
	for i, missed := range p.d.Missed {
		if i == 6 {
			write("small bad", fmt.Sprintf("… and %d more not met", len(p.d.Missed)-i), 1)
			break
		}
		write("small bad", "Not met: "+missed, 2)
	}
	for i, g := range reasons([]Drill{p.d}) {
		if i < 8 {
			write("small soft", capital(g.says()), 2)
		}
	}
	p.y += margin
}

// inWords is the picture for who cannot see it.
func (p *picture) inWords() string {
	d := p.d
	words := []string{"The policy was played for " + spoken(d.For) + ", clock: " + short(d.Clock, 24)}
	for _, n := range d.numbers() {
		value := n.value
		if value == "" {
			value = "not measured"
		}
		words = append(words, n.name+" "+value)
	}
	words = append(words, grouped(d.Fetches)+" key-set "+map[bool]string{true: "fetch", false: "fetches"}[d.Fetches == 1], grouped(len(d.Timeline.Keys))+" signing "+plural(len(d.Timeline.Keys), "key"))
	var bands []string
	for i, b := range d.Timeline.Bands {
		if i == 12 {
			bands = append(bands, fmt.Sprintf("and %s more", grouped(len(d.Timeline.Bands)-i)))
			break
		}
		bands = append(bands, short(b.State, 20)+" from "+spoken(b.From)+" to "+spoken(b.To))
	}
	if len(bands) > 0 {
		words = append(words, "tokens were "+strings.Join(bands, ", "))
	}
	return strings.Join(words, "; ") + "."
}
