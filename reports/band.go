package reports

import (
	"cmp"
	"slices"
	"time"
)

const (
	bandHeight = 38.0
	// thin is the width under which a spell is not drawn by itself: alone it is
	// widened, and with others like it it goes into columns that show shares.
	thin = 2.0
	// least is how wide, or how high as a share, the least trouble is drawn.
	least = 2.6
)

// bandStates are the states in the order in which shares are stacked, with
// what a reader is told of each.
var bandStates = [...]struct{ state, class, word, says string }{
	accepting:           {BandAccepted, "accepted", "accepted", "accepted"},
	unknowing:           {"", "unknown", "unknown", "unknown"},
	exposing:            {BandExposed, "exposed", "exposed", "exposed: a withdrawn key was trusted"},
	refusingAndExposing: {BandBoth, "both", "refused + exposed", "refused + exposed"},
	refusing:            {BandRefused, "refused", "refused", "refused: a valid token was turned away"},
}

const (
	accepting = iota
	unknowing
	exposing
	refusingAndExposing
	refusing
)

// A spell is a band on an axis: a state, and where it is in pixels.
type spell struct {
	state    int
	from, to float64
	long     time.Duration // of the trouble alone, where turns
	turns    bool          // it stands for several that take turns
}

func (s spell) width() float64 { return s.to - s.from }

// spells are bands in order, none over another, and those that continue one
// another made one.
func (a axis) spells(bands []Band) []spell {
	sorted := slices.Clone(bands)
	slices.SortStableFunc(sorted, func(x, y Band) int { return cmp.Compare(x.From, y.From) })
	var all []spell
	for _, b := range sorted {
		state := unknowing
		for i, known := range bandStates {
			if known.state == b.State && i != unknowing {
				state = i
			}
		}
		from := max(0, time.Duration(b.From))
		to := max(from, time.Duration(b.To))
		s := spell{state: state, from: a.x(from), to: a.x(to), long: to - from}
		if last := len(all) - 1; last >= 0 {
			before := &all[last]
			s.from, s.to = max(s.from, before.to), max(s.to, before.to)
			if before.state == state && s.from == before.to {
				before.to, before.long = s.to, before.long+s.long
				continue
			}
		}
		all = append(all, s)
	}
	return all
}

// A verdictLane is what came of the tokens, ready to be drawn.
type verdictLane struct {
	axis
	wholes []spell               // wide enough to be drawn as they are
	marks  []spell               // widened, on top of all else
	shares []share               // of the columns
	turns  bool                  // whether there are columns
	gaps   bool                  // whether there are spans in which nothing was shown
	notes  []spell               // trouble that has no room for its length
	holds  [len(bandStates)]bool // which states there are
}

// newVerdictLane sorts out how each band of a timeline is to be drawn.
func newVerdictLane(a axis, bands []Band) *verdictLane {
	l := &verdictLane{axis: a}
	all := a.spells(bands)
	until := a.left
	for _, s := range all {
		l.gaps = l.gaps || s.from-until >= thin
		until = s.to
	}
	l.gaps = l.gaps || a.right-until >= thin
	for i := 0; i < len(all); {
		end := i + 1
		if all[i].width() >= thin {
			l.wholes = append(l.wholes, all[i])
			if all[i].state != accepting && l.label(all[i]) == "" {
				l.notes = append(l.notes, all[i])
			}
		} else {
			for end < len(all) && all[end].width() < thin && all[end].from-all[end-1].to < thin {
				end++
			}
			l.thin(all[i:end])
		}
		for _, s := range all[i:end] {
			l.holds[s.state] = true
		}
		i = end
	}
	return l
}

// thin sorts out spells that are too narrow, one after the other.
func (l *verdictLane) thin(all []spell) {
	sum := spell{from: all[0].from, to: all[len(all)-1].to}
	for _, s := range all {
		sum.state = worse(sum.state, s.state)
		if s.state != accepting {
			sum.long += s.long
		}
	}
	switch {
	case sum.state == accepting:
		// Those of one state are apart, or they would be one.
		l.wholes = append(l.wholes, all...)
	case sum.width() >= 2*thin:
		l.shares = append(l.shares, sharesOf(all, sum.from, sum.to)...)
		sum.turns, l.turns = true, true
		l.notes = append(l.notes, sum)
	default:
		width := max(least, sum.width())
		sum.from = min(max((sum.from+sum.to-width)/2, l.left), l.right-width)
		sum.to = sum.from + width
		l.marks, l.notes = append(l.marks, sum), append(l.notes, sum)
		l.holds[sum.state] = true
	}
}

// worse is the state of two that are seen as one.
func worse(a, b int) int {
	switch {
	case a == b, b == accepting:
		return a
	case a == accepting:
		return b
	case a >= exposing && b >= exposing:
		return refusingAndExposing
	}
	return max(a, b)
}

// label is what a spell says of itself, as far as it has room.
func (l *verdictLane) label(s spell) string {
	state, long := bandStates[s.state], spoken(Duration(s.long))
	for _, text := range []string{state.word + " " + long, long} {
		if s.width() >= labelRoom(text)+6 {
			return text
		}
	}
	return ""
}

func labelRoom(text string) float64 { return headFace.width(text) + 12 }

// draw draws the lane under a height.
func (l *verdictLane) draw(c *canvas, y float64) {
	c.rect("nothing", l.left, y, l.right-l.left, bandHeight)
	for _, s := range l.wholes {
		c.open(bandStates[s.state].word + " for " + spoken(Duration(s.long)))
		c.rect(bandStates[s.state].class, s.from, y, s.width(), bandHeight)
		c.close()
	}
	for state, known := range bandStates {
		d := ""
		for _, s := range l.shares {
			if s.state == state {
				d += "M" + point(s.x, y+s.y) + "h" + coordinate(s.width) + "v" + coordinate(s.height) + "h" + coordinate(-s.width) + "z"
			}
		}
		if d != "" {
			c.plainPath(known.class, d)
		}
	}
	for _, s := range l.marks {
		c.open(bandStates[s.state].word + " for " + spoken(Duration(s.long)))
		c.rect(bandStates[s.state].class, s.from, y, s.width(), bandHeight)
		c.close()
	}
	c.path("edge", "M"+point(l.left, y)+"H"+coordinate(l.right)+"V"+coordinate(y+bandHeight)+"H"+coordinate(l.left)+"Z")
}

// write writes what spells say of themselves into them, each on a ground on
// which it can be read.
func (l *verdictLane) write(c *canvas, y float64) {
	for _, s := range l.wholes {
		text := l.label(s)
		if text == "" {
			continue
		}
		middle, class, ground := (s.from+s.to)/2, "head", "label"
		if s.state == accepting {
			class, ground = "plain", "accepted"
		}
		w := labelRoom(text)
		c.rounded(ground, middle-w/2, y+bandHeight/2-10, w, 20)
		c.text(class, middle, y+bandHeight/2+4.5, atMiddle, text)
	}
}

// noteHeight is how much room notes take above the lane.
const noteHeight = 18.0

// writeNotes writes how long the trouble was that has no room for it, above
// where it is: the longest first, and no note over another.
func (l *verdictLane) writeNotes(c *canvas, y float64) {
	notes := slices.Clone(l.notes)
	slices.SortStableFunc(notes, func(a, b spell) int { return cmp.Compare(b.long, a.long) })
	var taken []spell
	for _, s := range notes {
		text := bandStates[s.state].word + " " + spoken(Duration(s.long))
		if s.turns {
			text += " by turns"
		}
		w := smallFace.width(text)
		middle := min(max((s.from+s.to)/2, l.left+w/2), l.right-w/2)
		s.from, s.to = middle-w/2-6, middle+w/2+6
		if slices.ContainsFunc(taken, func(other spell) bool { return s.from < other.to && other.from < s.to }) {
			continue
		}
		taken = append(taken, s)
		c.text("small bad", middle, y-6, atMiddle, text)
	}
}
