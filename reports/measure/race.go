// Package measure times two ways of doing the same thing side by side, and sets
// what came out beside the bound that the project holds itself to. Benchmarks
// use it; nothing that is shipped does.
package measure

import (
	"fmt"
	"runtime"
	"slices"
	"time"
)

// A Way does one thing, as often as it is called.
type Way struct {
	Name string
	Do   func() error
}

// A Race lets two ways take turns, so that a busy machine slows both alike.
// One pair is Turns turns of each, of Times calls each; a turn of a millisecond
// or two is shorter than what disturbs a machine. What counts is the median of
// the pairs' ratios.
type Race struct{ Pairs, Turns, Times int }

// An Outcome says how ours compares with the other way.
type Outcome struct {
	Against string  // the other way's name
	Ratio   float64 // of our time to the other's: the median of the pairs
	Ours    Cost
	Theirs  Cost
}

// A Cost is what one call takes.
type Cost struct {
	Each   time.Duration // median of the pairs
	Allocs float64       // on the heap, of the whole process
}

// Run races ours against another way. The first error of either ends it.
func (r Race) Run(ours, other Way) (Outcome, error) {
	o := Outcome{Against: other.Name}
	var err error
	// Counting comes first, and warms both.
	if o.Ours.Allocs, err = r.allocations(ours); err != nil {
		return o, err
	}
	if o.Theirs.Allocs, err = r.allocations(other); err != nil {
		return o, err
	}
	var ratios []float64
	var mine, theirs []time.Duration
	for range r.Pairs {
		a, b, err := r.pair(ours, other)
		if err != nil {
			return o, err
		}
		calls := time.Duration(r.Turns * r.Times)
		ratios, mine, theirs = append(ratios, float64(a)/float64(b)), append(mine, a/calls), append(theirs, b/calls)
	}
	o.Ratio, o.Ours.Each, o.Theirs.Each = Median(ratios), Median(mine), Median(theirs)
	return o, nil
}

// pair lets both take their turns, each of them first every other time.
func (r Race) pair(ours, other Way) (mine, theirs time.Duration, err error) {
	for turn := range r.Turns {
		order := []Way{ours, other}
		if turn%2 == 1 {
			order = []Way{other, ours}
		}
		var took [2]time.Duration
		for i, w := range order {
			if took[i], err = w.turn(r.Times); err != nil {
				return 0, 0, err
			}
		}
		mine, theirs = mine+took[turn%2], theirs+took[1-turn%2]
	}
	return mine, theirs, nil
}

// turn does it so many times.
func (w Way) turn(times int) (time.Duration, error) {
	began := now()
	for range times {
		if err := w.Do(); err != nil {
			return 0, fmt.Errorf("%s: %w", w.Name, err)
		}
	}
	return now().Sub(began), nil
}

// allocations counts those of one call, over as many as half a pair has.
func (r Race) allocations(w Way) (float64, error) {
	if _, err := w.turn(r.Times); err != nil {
		return 0, err
	}
	calls := r.Turns * r.Times
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := w.turn(calls); err != nil {
		return 0, err
	}
	runtime.ReadMemStats(&after)
	return float64(after.Mallocs-before.Mallocs) / float64(calls), nil
}

// Median is the middle of the values, which it sorts; the mean of two where
// they are even in number. It panics without any.
func Median[T float64 | time.Duration](values []T) T {
	slices.Sort(values)
	return (values[(len(values)-1)/2] + values[len(values)/2]) / 2
}

// Took is how long one call takes.
func Took(do func() error) (time.Duration, error) {
	began := now()
	err := do()
	return now().Sub(began), err
}
