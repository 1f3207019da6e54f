package reports

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func labelsOf(a axis) string {
	var all []string
	a.ticks(func(_ float64, label string) {
		if label != "" {
			all = append(all, label)
		}
	})
	return strings.Join(all, " ")
}

func TestAxis(t *testing.T) {
	for length, want := range map[time.Duration]string{
		0:                "0 5m 10m 15m 20m 25m 30m 35m 40m 45m 50m 55m 1h",
		10 * time.Minute: "0 1m 2m 3m 4m 5m 6m 7m 8m 9m 10m",
		90 * time.Minute: "0 10m 20m 30m 40m 50m 1h 1h10m 1h20m 1h30m",
		6 * time.Hour:    "0 30m 1h 1h30m 2h 2h30m 3h 3h30m 4h 4h30m 5h 5h30m 6h",
		24 * time.Hour:   "0 2h 4h 6h 8h 10h 12h 14h 16h 18h 20h 22h 24h",
		36 * time.Hour:   "0 3h 6h 9h 12h 15h 18h 21h 24h 27h 30h 33h 36h",
		7 * day:          "0 1d 2d 3d 4d 5d 6d 7d",
		30 * day:         "0 5d 10d 15d 20d 25d 30d",
		90 * day:         "0 10d 20d 30d 40d 50d 60d 70d 80d 90d",
		45 * time.Second: "0 5s 10s 15s 20s 25s 30s 35s 40s 45s",
		1<<63 - 1:        "0 10000d 20000d 30000d 40000d 50000d 60000d 70000d 80000d 90000d 100000d",
	} {
		if got := labelsOf(newAxis(plotLeft, plotRight, length)); got != want {
			t.Errorf("%v has %s, want %s", length, got, want)
		}
	}
}

// Whatever the length, there are a few labels, and none over another.
func TestAxisIsReadable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		length := time.Duration(rapid.Int64Range(int64(time.Second), 1<<63-1).Draw(t, "length"))
		if rapid.Bool().Draw(t, "usual") {
			length = time.Duration(rapid.Int64Range(int64(10*time.Minute), int64(90*day)).Draw(t, "usual length"))
		}
		a := newAxis(plotLeft, plotRight, length)
		if a.step%a.minor != 0 {
			t.Fatalf("%v does not divide %v", a.minor, a.step)
		}
		n, all, before, end := 0, 0, plotLeft-1, 0.0
		a.ticks(func(x float64, label string) {
			all++
			if x <= before || x > plotRight {
				t.Fatalf("a tick at %g after %g", x, before)
			}
			before = x
			if label == "" {
				return
			}
			n++
			w := smallFace.width(label)
			if x-w/2 < end {
				t.Fatalf("%s is over the label before", label)
			}
			end = x + w/2
		})
		if n < 4 || n > 14 || all > 80 {
			t.Fatalf("%v has %d labels and %d ticks: %s", length, n, all, labelsOf(a))
		}
	})
}
