package drivertest

import "time"

// Now is real time, by which validators judge tokens until they are told another.
func Now() time.Time { return time.Now() }
