package validator_test

import "time"

// now is real time, and in a bubble the bubble's own.
func now() time.Time { return time.Now() }
