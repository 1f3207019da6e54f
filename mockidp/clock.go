package mockidp

import (
	"sync/atomic"
	"time"
)

// A Clock is a tenant's own sense of time: real time plus what it was moved
// by. The zero Clock shows real time. It is safe for concurrent use.
type Clock struct {
	moved atomic.Int64
	still time.Time // in place of real time, where not zero
}

// Now is the tenant's time.
func (c *Clock) Now() time.Time {
	if !c.still.IsZero() {
		return c.still.Add(c.Moved())
	}
	return time.Now().Add(c.Moved())
}

// Advance moves the clock, for ever.
func (c *Clock) Advance(by time.Duration) { c.moved.Add(int64(by)) }

// Moved is by how much the clock is ahead of real time.
func (c *Clock) Moved() time.Duration { return time.Duration(c.moved.Load()) }
