package reports

import (
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// shapes are what a lane draws: states with the pixels that they cover.
func (l *verdictLane) shapes() []spell {
	all := append(append([]spell(nil), l.wholes...), l.marks...)
	for _, s := range l.shares {
		if s.height > 0 {
			all = append(all, spell{state: s.state, from: s.x, to: s.x + s.width})
		}
	}
	return all
}

func troubles(state int) (refused, exposed bool) {
	return state == refusing || state == refusingAndExposing, state == exposing || state == refusingAndExposing
}

// However short trouble was it is seen, where it was; and where there was none,
// none is drawn.
func TestBandsAreTrue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := aDrill.words["drills.timeline.bands.state"]
		unit := rapid.SampledFrom([]time.Duration{time.Millisecond, time.Second, time.Minute, time.Hour}).Draw(t, "unit")
		var all []Band
		at := Duration(0)
		for range rapid.IntRange(1, 300).Draw(t, "bands") {
			long := Duration(rapid.Int64Range(0, 50).Draw(t, "long")) * Duration(unit)
			all = append(all, Band{rapid.SampledFrom(words).Draw(t, "state"), at, at + long})
			at += long
		}
		a := newAxis(plotLeft, plotRight, max(24*time.Hour, time.Duration(at)))
		l := newVerdictLane(a, all)
		shapes := l.shapes()
		for _, b := range all {
			s := a.spells([]Band{b})[0]
			middle := (s.from + s.to) / 2
			wantRefused, wantExposed := troubles(s.state)
			var refused, exposed bool
			for _, shape := range shapes {
				if shape.from-least <= middle && middle <= shape.to+least {
					r, e := troubles(shape.state)
					refused, exposed = refused || r, exposed || e
				}
			}
			if wantRefused && !refused || wantExposed && !exposed {
				t.Fatalf("%s from %v to %v is not to be seen", b.State, b.From, b.To)
			}
		}
		for _, shape := range shapes {
			if !l.holds[shape.state] {
				t.Fatalf("%s is not in the legend", bandStates[shape.state].word)
			}
			r, e := troubles(shape.state)
			var refused, exposed bool
			for _, s := range a.spells(all) {
				if s.from-2*thin-least <= shape.to && shape.from <= s.to+2*thin+least {
					isRefused, isExposed := troubles(s.state)
					refused, exposed = refused || isRefused, exposed || isExposed
				}
			}
			if r && !refused || e && !exposed {
				t.Fatalf("%s at %g is made up", bandStates[shape.state].word, shape.from)
			}
		}
	})
}

// In a column each state has the part that it has of the time.
func TestSharesAreOfTime(t *testing.T) {
	var all []Band
	for at := Duration(0); at < Duration(24*h); at += Duration(m) {
		all = append(all, Band{BandAccepted, at, at + Duration(45*time.Second)}, Band{BandRefused, at + Duration(45*time.Second), at + Duration(m)})
	}
	l := newVerdictLane(newAxis(plotLeft, plotRight, 24*h), all)
	if len(l.wholes)+len(l.marks) > 0 || len(l.shares) != 2*int(math.Ceil((plotRight-plotLeft)/thin)) {
		t.Fatalf("%d are drawn whole, %d widened, %d in columns", len(l.wholes), len(l.marks), len(l.shares))
	}
	for _, s := range l.shares {
		if share := s.height / bandHeight; s.state == refusing && (share < 0.25 || share > 0.45) {
			t.Errorf("at %g a quarter of the time is drawn as %g", s.x, share)
		}
		if s.y < 0 || s.y+s.height > bandHeight+1e-9 {
			t.Errorf("at %g a share goes from %g to %g", s.x, s.y, s.y+s.height)
		}
	}
}

func TestBandLabels(t *testing.T) {
	for _, test := range []struct {
		bands []Band
		want  string
	}{
		{bands(BandAccepted, 24*h), "accepted 24h"},
		{bands(BandAccepted, 8*h, BandRefused, 14*h-time.Second, BandAccepted, 24*h), "refused 5h59m59s"},
		{bands(BandAccepted, 8*h, BandExposed, 8*h+10*m, BandAccepted, 24*h), "exposed 10m"},
		{bands(BandAccepted, 8*h, BandBoth, 8*h+time.Second, BandAccepted, 24*h), "refused + exposed 1s"},
		{bands(BandAccepted, 24*h, BandRefused, 24*h), "refused 0s"},
		{bands(BandRefused, 3*h, BandRefused, 6*h, BandAccepted, 24*h), "refused 6h"},
		{nil, "no token was shown"},
	} {
		d := sampleDrills().Drills[1]
		d.Timeline.Bands = test.bands
		if text := draw(t, d); !strings.Contains(text, ">"+test.want+"<") {
			t.Errorf("no %q for %v", test.want, test.bands)
		}
	}
}

// No fetch is lost, and none is drawn by itself that cannot be told apart.
func TestTicksCount(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := newAxis(plotLeft, plotRight, 24*h)
		moments := rapid.SliceOfN(rapid.Map(rapid.Int64Range(0, int64(24*h)), func(n int64) Duration { return Duration(n) }), 0, 2000).Draw(t, "moments")
		n, before := 0, math.Inf(-1)
		for _, tick := range a.ticksAt(moments) {
			n += tick.n
			if tick.x-before < tickApart {
				t.Fatalf("ticks at %g and %g", before, tick.x)
			}
			before = tick.x
		}
		if n != len(moments) {
			t.Fatalf("%d of %d", n, len(moments))
		}
	})
}
