package driver

import (
	"sync/atomic"
	"time"
)

// A clock runs at the pace of the machine, ahead of it or behind by what the
// harness last said. Until then it asks its parent: the session's clock asks
// the process's, and the process's asks the machine.
type clock struct {
	parent *clock
	offset atomic.Pointer[time.Duration]
}

func (c *clock) now() time.Time {
	switch offset := c.offset.Load(); {
	case offset != nil:
		return time.Now().Add(*offset)
	case c.parent != nil:
		return c.parent.now()
	}
	return time.Now()
}

func (c *clock) set(now time.Time) {
	offset := time.Until(now)
	c.offset.Store(&offset)
}
