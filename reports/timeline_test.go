package reports

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func draw(t rapid.TB, d Drill) string {
	t.Helper()
	var b strings.Builder
	if err := WriteTimeline(&b, d); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestTimeline(t *testing.T) {
	d := sampleDrills()
	for i, name := range d.Pictures() {
		text := draw(t, d.Drills[i])
		golden(t, name, text)
		looksRight(t, text)
	}
}

// oftenOrAny is a duration as drills have it, or any at all.
func oftenOrAny(wild bool) *rapid.Generator[Duration] {
	some := rapid.Map(rapid.Int64Range(0, int64(90*day/time.Second)), func(s int64) Duration { return Duration(s) * Duration(time.Second) })
	few := rapid.Map(rapid.Int64Range(0, 600), func(s int64) Duration { return Duration(s) * Duration(time.Second) })
	if !wild {
		return rapid.OneOf(few, some)
	}
	return rapid.OneOf(few, some, rapid.Map(rapid.Int64(), func(n int64) Duration { return Duration(n) }),
		rapid.SampledFrom([]Duration{math.MinInt64, math.MaxInt64, 0, 1, -1}))
}

// drawDrill is a drill as it could come out; where it is wild, as anybody could
// fill it in.
func drawDrill(t *rapid.T, text *rapid.Generator[string], wild bool) Drill {
	span := oftenOrAny(wild)
	maybe := func(label string) *Duration {
		if rapid.Bool().Draw(t, label+"?") {
			return new(span.Draw(t, label))
		}
		return nil
	}
	states := rapid.SampledFrom(aDrill.words["drills.timeline.keys.stations.state"])
	colours := rapid.SampledFrom(aDrill.words["drills.timeline.bands.state"])
	if wild {
		states, colours = rapid.OneOf(states, text), rapid.OneOf(colours, text)
	}
	d := Drill{
		Name: text.Draw(t, "name"), Target: text.Draw(t, "target"), Policy: text.Draw(t, "policy"), About: text.Draw(t, "about"), Clock: text.Draw(t, "clock"),
		For: span.Draw(t, "for"), Outage: maybe("outage"), Exposure: maybe("exposure"), StillExposed: rapid.Bool().Draw(t, "still exposed"),
		Starvation: maybe("starvation"), StillStarved: rapid.Bool().Draw(t, "still starved"),
		Fetches: rapid.IntRange(0, math.MaxInt).Draw(t, "fetches"), Presented: rapid.IntRange(0, math.MaxInt).Draw(t, "presented"),
		Timeline: Timeline{Keys: []KeyLife{}, Fetches: rapid.SliceOfN(span, 0, 50).Draw(t, "at"), Bands: []Band{}},
	}
	if rapid.Bool().Draw(t, "herd?") {
		d.Herd = new(rapid.IntRange(0, 1000).Draw(t, "herd"))
	}
	if rapid.Bool().Draw(t, "amplification?") {
		d.Amplification = &Amplification{rapid.Float64Range(0, 1e6).Draw(t, "sequential"), rapid.Float64Range(0, 1e6).Draw(t, "concurrent")}
	}
	if why := rapid.MapOfN(rapid.OneOf(rapid.SampledFrom([]string{"outage", "herd"}), text), text, 0, 4).Draw(t, "unsupported"); len(why) > 0 {
		d.Unsupported = why
	}
	if missed := rapid.SliceOfN(text, 0, 9).Draw(t, "missed"); len(missed) > 0 {
		d.Missed = missed
	}
	for range rapid.IntRange(0, 30).Draw(t, "keys") {
		k := KeyLife{KID: text.Draw(t, "kid"), Alg: text.Draw(t, "alg"), Stations: []Station{}}
		for range rapid.IntRange(0, 5).Draw(t, "stations") {
			k.Stations = append(k.Stations, Station{states.Draw(t, "state"), span.Draw(t, "from")})
		}
		d.Timeline.Keys = append(d.Timeline.Keys, k)
	}
	for range rapid.IntRange(0, 60).Draw(t, "bands") {
		d.Timeline.Bands = append(d.Timeline.Bands, Band{colours.Draw(t, "band"), span.Draw(t, "from"), span.Draw(t, "to")})
	}
	return d
}

func TestAnyDrillIsAPicture(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		small := slices.DeleteFunc(slices.Clone(hostile), func(s string) bool { return len(s) > 100 })
		text := rapid.OneOf(rapid.SampledFrom(small), rapid.String(), rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 20), func(b []byte) string { return string(b) }))
		looksRight(t, draw(t, drawDrill(t, text, true)))
	})
}

func TestTimelineOfHostileText(t *testing.T) {
	for _, text := range hostile {
		d := emergency()
		d.Name, d.Target, d.Policy, d.About, d.Clock = text, text, text, text, text
		d.Missed, d.Unsupported = []string{text, text}, map[string]string{text: text, "herd": text}
		d.Herd = nil
		for i := range d.Timeline.Keys {
			d.Timeline.Keys[i].KID, d.Timeline.Keys[i].Alg = text, text
			d.Timeline.Keys[i].Stations[0].State = text
		}
		d.Timeline.Bands[1].State = text
		looksRight(t, draw(t, d))
	}
}

// However much happened, the picture is of a size that one can send.
func TestTimelineIsNeverHuge(t *testing.T) {
	d := emergency()
	long := strings.Repeat("&", 1<<18)
	d.Target, d.Policy, d.About, d.Clock, d.Name = long, long, long, long, long
	d.Timeline = Timeline{}
	d.Missed = slices.Repeat([]string{long}, 20)
	d.Unsupported = map[string]string{}
	for i := range 20 {
		d.Unsupported[fmt.Sprint(i)] = fmt.Sprint(i) + long
	}
	for range 500 {
		k := KeyLife{KID: long, Alg: long}
		for j := range 1500 {
			k.Stations = append(k.Stations, Station{[]string{StationPublished, StationActive}[j%2], Duration(j) * Duration(m)})
		}
		d.Timeline.Keys = append(d.Timeline.Keys, k)
	}
	for i := range 300000 {
		at := Duration(i) * Duration(24*h) / 300000
		d.Timeline.Fetches = append(d.Timeline.Fetches, at)
		d.Timeline.Bands = append(d.Timeline.Bands, Band{aDrill.words["drills.timeline.bands.state"][i%4], at, at + Duration(h)})
	}
	text := draw(t, d)
	t.Logf("%d octets", len(text))
	looksRight(t, text)
}

// Numbers that have no room do not run into the lanes.
func TestTimelineClipsCounts(t *testing.T) {
	d := emergency()
	d.Fetches, d.Presented = math.MaxInt, math.MaxInt
	text := draw(t, d)
	looksRight(t, text)
	if strings.Contains(text, ">"+grouped(math.MaxInt)+"<") {
		t.Error("a number is wider than the room for it")
	}
}

// looksRight reads a picture as a browser would and looks at what is in it.
func looksRight(t rapid.TB, text string) {
	t.Helper()
	harmless(t, text)
	if len(text) > 2<<20 {
		t.Errorf("it has %d octets", len(text))
	}
	style := false
	p := &inspector{TB: t}
	for dec := xml.NewDecoder(strings.NewReader(text)); ; {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("it does not parse: %v", err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			p.element(token)
			style = token.Name.Local == "style"
		case xml.CharData:
			if style && strings.TrimSpace(string(token)) != strings.TrimSpace(timelineStyle) {
				t.Errorf("the style is %q", token)
			}
			p.characters(string(token))
		case xml.EndElement:
			style, p.open = false, nil
			if token.Name.Local == "defs" {
				p.defs = false
			}
		default:
			t.Errorf("there is a %T", token)
		}
	}
	if p.titles == 0 || p.descs != 1 || !strings.Contains(text, "time since the drill began") {
		t.Errorf("%d titles, %d descriptions", p.titles, p.descs)
	}
}

// An inspector looks at each element of a picture.
type inspector struct {
	rapid.TB
	titles, descs int
	width, height float64
	defs          bool
	open          map[string]string // the attributes of the text element that is open
}

// attributes are those that there may be. None can hold a script, an address or
// what somebody else wrote.
var attributes = map[string]*regexp.Regexp{
	"xmlns": regexp.MustCompile(`^http://www\.w3\.org/2000/svg$`), "role": regexp.MustCompile(`^img$`),
	"class": regexp.MustCompile(`^[a-z-]+( (good|bad|soft))?$`), "aria-labelledby": regexp.MustCompile(`^t[0-9a-z]+ d[0-9a-z]+$`),
	"id": regexp.MustCompile(`^[a-z0-9]+$`), "viewBox": regexp.MustCompile(`^0 0 860 [0-9.]+$`), "patternUnits": regexp.MustCompile(`^userSpaceOnUse$`),
	"fill": regexp.MustCompile(`^url\(#(refused|exposed|both|published)[0-9a-z]+\)$`), "text-anchor": regexp.MustCompile(`^(middle|end)$`),
	"d": regexp.MustCompile(`^[MLHVhvlmzZ0-9. -]+$`),
}

func init() {
	for _, name := range []string{"x", "y", "width", "height", "cx", "cy", "r", "rx"} {
		attributes[name] = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?$`)
	}
}

func (p *inspector) element(e xml.StartElement) {
	p.Helper()
	if !slices.Contains([]string{"svg", "title", "desc", "style", "defs", "pattern", "rect", "path", "circle", "g", "text"}, e.Name.Local) {
		p.Errorf("there is an element %s", e.Name.Local)
	}
	a := map[string]string{}
	for _, attr := range e.Attr {
		if form := attributes[attr.Name.Local]; form == nil || !form.MatchString(attr.Value) {
			p.Errorf("%s has %s=%q", e.Name.Local, attr.Name.Local, attr.Value)
		}
		a[attr.Name.Local] = attr.Value
	}
	switch e.Name.Local {
	case "svg":
		p.width, p.height = number64(a["width"]), number64(a["height"])
	case "title":
		p.titles++
	case "desc":
		p.descs++
	case "defs":
		p.defs = true
	case "text":
		p.open = a
	case "rect":
		x, y, w, h := number64(a["x"]), number64(a["y"]), number64(a["width"]), number64(a["height"])
		if w < 0 || h < 0 {
			p.Errorf("a rectangle of %g by %g", w, h)
		}
		p.inside(a, x, y, x+w, y+h)
	case "path":
		p.path(a)
	}
}

// inside looks whether a shape is on the page, and one that stands for
// something between the ends of the axis.
func (p *inspector) inside(a map[string]string, left, top, right, bottom float64) {
	p.Helper()
	if p.defs {
		return
	}
	const slack = 0.02
	if left < 0 || top < 0 || right > p.width+slack || bottom > p.height+slack {
		p.Errorf("%v is outside of the page", a)
	}
	plotted := a["fill"] != "" || slices.Contains([]string{"accepted", "refused", "exposed", "both", "unknown", "active", "retired", "published", "removed", "one", "many", "turn", "nothing"}, a["class"])
	if plotted && (left < plotLeft-slack || right > plotRight+slack) {
		p.Errorf("%v is outside of the plot: from %g to %g", a, left, right)
	}
}

var strokes = regexp.MustCompile(`[A-Za-z]|-?[0-9.]+`)

// path follows the strokes of a path.
func (p *inspector) path(a map[string]string) {
	p.Helper()
	var x, y, startX, startY float64
	left, top, right, bottom := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	words := strokes.FindAllString(a["d"], -1)
	next := func() float64 {
		if len(words) == 0 {
			p.Fatalf("%q ends too early", a["d"])
		}
		f := number64(words[0])
		words = words[1:]
		return f
	}
	command := ""
	for len(words) > 0 {
		if c := words[0]; c[0] >= 'A' {
			command, words = c, words[1:]
		}
		switch command {
		case "M":
			x, y = next(), next()
			startX, startY = x, y
		case "L":
			x, y = next(), next()
		case "H":
			x = next()
		case "V":
			y = next()
		case "h":
			x += next()
		case "v":
			y += next()
		case "l", "m":
			x, y = x+next(), y+next()
		case "z", "Z":
			x, y = startX, startY
		default:
			p.Fatalf("a stroke %q in %q", command, a["d"])
		}
		left, top, right, bottom = min(left, x), min(top, y), max(right, x), max(bottom, y)
	}
	p.inside(a, left, top, right, bottom)
}

// characters looks whether text has room on the page.
func (p *inspector) characters(text string) {
	p.Helper()
	if p.open == nil {
		return
	}
	class, _, _ := strings.Cut(p.open["class"], " ")
	f, known := map[string]face{
		"plain": plainFace, "soft": plainFace, "head": headFace, "small": smallFace, "tiny": tinyFace,
		"mono": monoFace, "target": targetFace, "value": valueFace, "verdict": verdictFace,
	}[class]
	if !known {
		p.Errorf("text of class %q", class)
	}
	x, w := number64(p.open["x"]), f.width(text)
	switch p.open["text-anchor"] {
	case "middle":
		x -= w / 2
	case "end":
		x -= w
	}
	if x < 0 || x+w > p.width {
		p.Errorf("%q goes from %g to %g", text, x, x+w)
	}
}

func number64(text string) float64 {
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return math.NaN()
	}
	return f
}
