package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

const (
	// mostRows is how many keys have a row of their own; of more, the oldest
	// share one.
	mostRows = 60
	// roomyRows is up to how many rows are as high as they like.
	roomyRows = 16
	// stationApart is how many pixels a station lasts at least, if the one that
	// follows is to be drawn too.
	stationApart = 3.0
	// mostStations is how many of the same length a row has room for, if there
	// are that many.
	mostStations = 60
)

// A keyLane is the lives of the keys, ready to be drawn.
type keyLane struct {
	axis
	rows   []KeyLife // in order of birth
	folded []KeyLife // the oldest, where there are too many
	height float64   // of a row
	holds  map[string]bool
}

// newKeyLane sorts keys by birth. Keys without a station were never born, and
// come last.
func newKeyLane(a axis, keys []KeyLife) *keyLane {
	l := &keyLane{axis: a, holds: map[string]bool{}, height: 20}
	l.rows = slices.Clone(keys)
	for i := range l.rows {
		k := &l.rows[i]
		k.Stations = slices.Clone(k.Stations)
		slices.SortStableFunc(k.Stations, func(x, y Station) int { return cmp.Compare(x.From, y.From) })
		for _, s := range k.Stations {
			l.holds[stationClass(s.State)] = true
		}
	}
	slices.SortStableFunc(l.rows, func(x, y KeyLife) int {
		if len(x.Stations) == 0 || len(y.Stations) == 0 {
			return cmp.Compare(len(y.Stations), len(x.Stations))
		}
		return cmp.Compare(x.Stations[0].From, y.Stations[0].From)
	})
	if len(l.rows) > roomyRows {
		l.height = 14
	}
	if n := len(l.rows) - mostRows; n > 0 {
		// The shared row takes the place of one.
		l.folded, l.rows = l.rows[:n+1], l.rows[n+1:]
	}
	return l
}

// total is how much room the lane takes.
func (l *keyLane) total() float64 { return l.foldedHeight() + float64(len(l.rows))*l.height }

func (l *keyLane) foldedHeight() float64 {
	if len(l.folded) == 0 {
		return 0
	}
	return 30
}

// stationClass is how a state is drawn.
func stationClass(state string) string {
	switch state {
	case StationPublished, StationActive, StationRetired, StationRemoved:
		return state
	}
	return "unknown"
}

// activations are the moments from which on keys were active.
func activations(keys []KeyLife) []Duration {
	var all []Duration
	for _, k := range keys {
		for _, s := range k.Stations {
			if s.State == StationActive {
				all = append(all, s.From)
			}
		}
	}
	return all
}

// draw draws the lane under a height.
func (l *keyLane) draw(c *canvas, y float64) {
	if n := len(l.folded); n > 0 {
		c.text("small", margin, y+14, atStart, fmt.Sprintf("%d earlier keys", n))
		c.text("tiny soft", margin, y+26, atStart, "a tick: one begins to sign")
		drawTicks(c, l.ticksAt(activations(l.folded)), y+6, 20)
		c.line("rule", margin, y+29, l.right, y+29)
	}
	y += l.foldedHeight()
	for i, k := range l.rows {
		l.row(c, k, y+float64(i)*l.height)
	}
}

// row draws the life of a key: its name, and a bar for each of its stations.
func (l *keyLane) row(c *canvas, k KeyLife, y float64) {
	base := y + l.height/2 + 4
	alg := short(k.Alg, 12)
	kid := monoFace.clip(short(k.KID, 60), l.left-margin-tinyFace.width(alg)-16)
	c.open(k.tip())
	c.text("mono", margin, base, atStart, kid)
	c.text("tiny soft", l.left-10, base, atEnd, alg)
	shown := l.shown(k.Stations)
	for i, s := range shown {
		from, to := l.x(time.Duration(s.From)), l.right
		if i+1 < len(shown) {
			to = l.x(time.Duration(shown[i+1].From))
		}
		if i == 0 && from-l.left > 30 {
			c.line("lead", l.left+2, y+l.height/2, from-4, y+l.height/2)
		}
		l.station(c, s, from, max(to, from+thin), y)
	}
	c.close()
}

// shown are the stations that can be told apart: not one that goes on in the
// next, nor a short one right after the last that is shown. The last of all is.
func (l *keyLane) shown(all []Station) []Station {
	apart := stationApart
	if len(all) > mostStations {
		apart = (l.right - l.left) / mostStations
	}
	var shown []Station
	before := l.left - apart
	for i, s := range all {
		if n := len(shown); n > 0 && shown[n-1].State == s.State {
			continue
		}
		from := l.x(time.Duration(s.From))
		if i+1 < len(all) && from-before < apart && l.x(time.Duration(all[i+1].From))-from < apart {
			continue
		}
		shown, before = append(shown, s), from
	}
	return shown
}

// station draws a bar, or the mark with which bars end.
func (l *keyLane) station(c *canvas, s Station, from, to, y float64) {
	top, height := y+3, l.height-6
	to = min(to, l.right)
	from = min(from, to-1)
	switch class := stationClass(s.State); class {
	case StationRemoved:
		l.cross(c, min(from+4, l.right-4), y+l.height/2)
	case StationPublished:
		c.rect(class, from, top, to-from, height)
		c.path("published-edge", "M"+point(from, top)+"h"+coordinate(to-from)+"v"+coordinate(height)+"h"+coordinate(from-to)+"z")
	case StationRetired:
		c.rect(class, from, top+1.5, to-from, height-3)
	default:
		c.rect(class, from, top, to-from, height)
	}
}

// cross draws the mark of a key that is gone.
func (l *keyLane) cross(c *canvas, x, y float64) {
	c.path("removed", "M"+point(x-3, y-3)+"l6 6m0 -6l-6 6")
}

// tip is the life of a key in words.
func (k KeyLife) tip() string {
	var parts []string
	for i, s := range k.Stations {
		if i == 6 {
			parts = append(parts, "…")
			break
		}
		parts = append(parts, short(s.State, 20)+" from "+spoken(s.From))
	}
	return short(k.KID, 60) + " " + short(k.Alg, 20) + ": " + strings.Join(parts, ", ")
}
