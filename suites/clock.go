package suites

import "time"

// clock is real time, by which a run is dated and waivers expire.
func clock() time.Time { return time.Now() }
