package reports

import (
	"fmt"
	"strconv"
)

// A sample is an entry of a legend: a shape, and what it stands for.
type sample struct {
	class string
	says  string
}

// legend writes samples on the line of a heading, beside it, and on further
// ones where they need the room.
func (p *picture) legend(samples []sample) {
	x := plotLeft
	for _, s := range samples {
		width := 24 + smallFace.width(s.says) + 10
		if x > plotLeft && x+width > plotRight {
			x = plotLeft
			p.y += 17
		}
		p.swatch(s.class, x, p.y-9)
		p.text("small", x+24, p.y, atStart, s.says)
		x += width
	}
}

// swatch draws a shape as it is in the picture, 18 by 11.
func (p *picture) swatch(class string, x, y float64) {
	switch class {
	case "removed":
		p.lives.cross(p.canvas, x+9, y+5.5)
	case "turn":
		p.line(class, x+9, y-1, x+9, y+12)
	case "one":
		p.line(class, x+9, y+11, x+9, y+1)
	case "many":
		p.path(class, "M"+point(x+6, y+11)+"v-8M"+point(x+9, y+11)+"v-12M"+point(x+12, y+11)+"v-7")
	case "shares":
		p.rect("accepted", x, y, 18, 11)
		p.plainPath("refused", "M"+point(x, y)+"h3v4h3v3h3v-2h3v-2h3v5h3v-8z")
	case "published":
		p.rect(class, x, y, 18, 11)
		p.path("published-edge", "M"+point(x, y)+"h18v11h-18z")
	case "retired":
		p.rect(class, x, y+1.5, 18, 8)
	default:
		p.rect(class, x, y, 18, 11)
	}
}

// legend is of the states that there are.
func (l *verdictLane) legend() []sample {
	var all []sample
	for _, state := range []int{accepting, refusing, exposing, refusingAndExposing, unknowing} {
		if l.holds[state] {
			all = append(all, sample{bandStates[state].class, bandStates[state].says})
		}
	}
	if l.turns {
		all = append(all, sample{"shares", "by turns: the height is the share of time"})
	}
	if l.gaps {
		all = append(all, sample{"nothing", "no token was shown"})
	}
	return all
}

// tickLegend says what the ticks stand for.
func (p *picture) tickLegend(ticks []tick) []sample {
	var all []sample
	for _, t := range ticks {
		if t.n == 1 {
			all = append(all, sample{"one", "one fetch"})
			break
		}
	}
	if n := most(ticks); n > 1 {
		within := Duration(p.axis.wide(tickApart))
		all = append(all, sample{"many", fmt.Sprintf("several: the tallest is %s within %s", grouped(n), about(within))})
	}
	if len(ticks) == 0 {
		return nil
	}
	return all
}

// keyLegend is of the states that keys are in.
func (p *picture) keyLegend() []sample {
	var all []sample
	for _, s := range []sample{
		{StationPublished, "published ahead"}, {StationActive, "active: it signs"},
		{StationRetired, "retired: still valid"}, {StationRemoved, "removed"}, {"unknown", "unknown"},
	} {
		if p.lives.holds[s.class] {
			all = append(all, s)
		}
	}
	if len(p.turns) > 0 {
		all = append(all, sample{"turn", "a new key begins to sign"})
	}
	return all
}

// grouped is a number with a comma at each thousand.
func grouped(n int) string {
	digits := strconv.Itoa(n)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return sign + digits
}
