package reports

import (
	"slices"
	"strings"
	"time"
)

const (
	tickHeight = 34.0
	// tickApart is how many pixels lie between ticks; what is closer is one.
	tickApart = 3.0
	// leastTick is the part of the height that the tick of one moment has.
	leastTick = 0.4
)

// A tick stands for the moments within tickApart pixels of its place.
type tick struct {
	x float64
	n int
}

// ticksAt puts moments together that are too close to be told apart.
func (a axis) ticksAt(moments []Duration) []tick {
	sorted := slices.Clone(moments)
	slices.Sort(sorted)
	var all []tick
	for _, m := range sorted {
		x := a.x(time.Duration(m))
		if last := len(all) - 1; last >= 0 && x-all[last].x < tickApart {
			all[last].n++
			continue
		}
		all = append(all, tick{x, 1})
	}
	return all
}

// most is how many moments the tick with the most of them stands for.
func most(ticks []tick) int {
	n := 0
	for _, t := range ticks {
		n = max(n, t.n)
	}
	return n
}

// drawTicks draws ticks that stand on a line under a height: the more moments
// one stands for, the taller it is.
func drawTicks(c *canvas, ticks []tick, y, height float64) {
	most := most(ticks)
	var one, many strings.Builder
	for _, t := range ticks {
		h, to := leastTick*height, &one
		if t.n > 1 {
			h, to = height*(leastTick+(1-leastTick)*float64(t.n-1)/float64(most-1)), &many
		}
		to.WriteString("M" + point(t.x, y+height) + "v" + coordinate(-h))
	}
	if one.Len() > 0 {
		c.path("one", one.String())
	}
	if many.Len() > 0 {
		c.path("many", many.String())
	}
}
