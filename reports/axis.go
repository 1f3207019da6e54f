package reports

import (
	"fmt"
	"math"
	"time"
)

// An axis puts offsets since the start of a drill on a line.
type axis struct {
	left, right float64 // the ends of the line
	length      time.Duration
	step        time.Duration // between ticks that have labels
	minor       time.Duration // between all ticks
}

// steps are distances that people count time in, each with the finer one that
// divides it.
var steps = []struct{ step, minor time.Duration }{
	{time.Millisecond, time.Millisecond}, {10 * time.Millisecond, 2 * time.Millisecond},
	{50 * time.Millisecond, 10 * time.Millisecond}, {100 * time.Millisecond, 20 * time.Millisecond},
	{200 * time.Millisecond, 50 * time.Millisecond}, {500 * time.Millisecond, 100 * time.Millisecond},
	{time.Second, 200 * time.Millisecond}, {2 * time.Second, 500 * time.Millisecond},
	{5 * time.Second, time.Second}, {10 * time.Second, 2 * time.Second}, {15 * time.Second, 5 * time.Second},
	{30 * time.Second, 10 * time.Second}, {time.Minute, 15 * time.Second}, {2 * time.Minute, 30 * time.Second},
	{5 * time.Minute, time.Minute}, {10 * time.Minute, 2 * time.Minute}, {15 * time.Minute, 5 * time.Minute},
	{30 * time.Minute, 10 * time.Minute}, {time.Hour, 15 * time.Minute}, {2 * time.Hour, 30 * time.Minute},
	{3 * time.Hour, time.Hour}, {4 * time.Hour, time.Hour}, {6 * time.Hour, time.Hour}, {12 * time.Hour, 3 * time.Hour},
	{day, 6 * time.Hour}, {2 * day, 12 * time.Hour}, {5 * day, day}, {10 * day, 2 * day}, {20 * day, 5 * day},
	{50 * day, 10 * day}, {100 * day, 20 * day}, {200 * day, 50 * day}, {500 * day, 100 * day},
	{1000 * day, 200 * day}, {2000 * day, 500 * day}, {5000 * day, 1000 * day}, {10000 * day, 2000 * day},
	{20000 * day, 5000 * day},
}

const day = 24 * time.Hour

// apart is how many pixels lie between labels at least.
const apart = 52

// newAxis is an axis of a length, which is taken for an hour if it is none.
func newAxis(left, right float64, length time.Duration) axis {
	if length <= 0 {
		length = time.Hour
	}
	a := axis{left: left, right: right, length: length}
	for _, s := range steps {
		a.step, a.minor = s.step, s.minor
		if a.x(a.step)-a.left >= apart {
			break
		}
	}
	return a
}

// x is where an offset is; what lies outside is at the nearer end.
func (a axis) x(at time.Duration) float64 {
	part := float64(at) / float64(a.length)
	return a.left + (a.right-a.left)*math.Min(1, math.Max(0, part))
}

// wide is how long so many pixels are.
func (a axis) wide(pixels float64) time.Duration {
	return time.Duration(pixels / (a.right - a.left) * float64(a.length))
}

// ticks calls a function for each tick, with the label of those that have one.
func (a axis) ticks(each func(x float64, label string)) {
	for n := time.Duration(0); n <= a.length/a.minor; n++ {
		at, label := n*a.minor, ""
		if at%a.step == 0 {
			label = a.label(at)
		}
		each(a.x(at), label)
	}
}

// label is an offset in the unit that the axis counts in.
func (a axis) label(at time.Duration) string {
	switch {
	case at == 0:
		return "0"
	case a.step >= day:
		return fmt.Sprintf("%dd", at/day)
	case a.step >= time.Hour:
		return fmt.Sprintf("%dh", at/time.Hour)
	}
	return spoken(Duration(at))
}

// grid draws a faint line at each tick with a label, between two heights.
func (a axis) grid(c *canvas, top, bottom float64) {
	a.ticks(func(x float64, label string) {
		if label != "" {
			c.line("fine", x, top, x, bottom)
		}
	})
}

// axisHeight is how much room an axis takes without its title.
const axisHeight = 24

// draw draws the line with its ticks and labels under a height.
func (a axis) draw(c *canvas, y float64) {
	c.line("edge", a.left, y, a.right, y)
	d := ""
	a.ticks(func(x float64, label string) {
		length := 3.0
		if label != "" {
			length = 6
		}
		d += "M" + point(x, y) + "v" + coordinate(length)
		c.text("small", x, y+19, atMiddle, label)
	})
	c.path("edge", d)
}
