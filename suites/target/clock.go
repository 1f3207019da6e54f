package target

import "time"

// clock is real time, by which answers are measured. The clocks of tenants are
// another matter.
func clock() time.Time { return time.Now() }
