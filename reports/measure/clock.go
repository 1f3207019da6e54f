package measure

import "time"

// now is real time: what is measured here is the speed of this machine.
func now() time.Time { return time.Now() }
