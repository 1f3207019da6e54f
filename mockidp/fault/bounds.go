package fault

import "fmt"

// bounds are those of numbers that say how much of something there is, by the
// name of their field: what lies outside would bring the provider down, not
// whom it lies to. Other numbers have none.
var bounds = map[string]struct{ least, most int64 }{
	"bytes": {0, 1 << 30},
	"count": {0, 1 << 20}, "others": {0, 1 << 20},
	"depth": {0, 1 << 24}, "digits": {0, 1 << 24}, "times": {0, 1 << 24},
	"length": {0, 1 << 30}, "octets": {0, 1 << 24},
	// Each adds a third to what lies within.
	"layers": {0, 24},
	"before": {0, 1 << 24}, "after": {0, 1 << 24},
	// What HTTP has three digits for (RFC 9110, 15).
	"status": {100, 999},
}

// within holds a number to the bounds of its field.
func within(name string, n int64, optional bool) error {
	b, bounded := bounds[name]
	if !bounded || optional && n == 0 || b.least <= n && n <= b.most {
		return nil
	}
	return fmt.Errorf("%s: write a number from %d to %d, not %d", name, b.least, b.most, n)
}
