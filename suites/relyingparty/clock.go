package relyingparty

import "time"

// clock is what time it is for a party that was given no clock of its own.
func clock() time.Time { return time.Now() }
