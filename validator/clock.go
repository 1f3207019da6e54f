package validator

import "time"

// A Clock tells the time. Everything that depends on time does so by a clock,
// except for fetch time-outs, which are real.
type Clock interface {
	Now() time.Time
}

type systemClock struct{}

func (systemClock) Now() time.Time { return time.Now() }
