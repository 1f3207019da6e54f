package suites

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rogueidp/rogueidp/reports"
)

// DrillRequire are bounds on the numbers of a drill, by number: "outage" →
// "0s". The zero value requires nothing.
type DrillRequire map[string]string

// drillNumbers are what a drill measures: durations, then counts.
var (
	drillTimes  = []string{"outage", "exposure", "starvation"}
	drillCounts = []string{"amplification", "herd"}
)

// ParseDrillRequire reads "outage=0s,exposure=15m,herd=2,amplification=0.1".
func ParseDrillRequire(text string) (DrillRequire, error) {
	if text == "" {
		return nil, nil
	}
	r := DrillRequire{}
	for one := range strings.SplitSeq(text, ",") {
		number, bound, found := strings.Cut(strings.TrimSpace(one), "=")
		if !found {
			return nil, fmt.Errorf("require %q: write a number and its bound, such as outage=0s", one)
		}
		switch {
		case slices.Contains(drillTimes, number):
			if d, err := time.ParseDuration(bound); err != nil || d < 0 {
				return nil, fmt.Errorf("require %s=%s: write a duration that is not negative, such as 35s", number, bound)
			}
		case slices.Contains(drillCounts, number):
			if f, err := strconv.ParseFloat(bound, 64); err != nil || f < 0 {
				return nil, fmt.Errorf("require %s=%s: write a number that is not negative, such as 2", number, bound)
			}
		default:
			known := append(slices.Clone(drillTimes), drillCounts...)
			return nil, fmt.Errorf("require %q: a drill measures no %q%s; there are %s", one, number, didYouMean(number, known), strings.Join(known, ", "))
		}
		if _, twice := r[number]; twice {
			return nil, fmt.Errorf("require %s: it stands twice", number)
		}
		r[number] = bound
	}
	return r, nil
}

// missed are the bounds that a drill does not keep, in words. A number that
// could not be measured keeps none.
func (r DrillRequire) missed(d reports.Drill) []string {
	var all []string
	for _, number := range append(slices.Clone(drillTimes), drillCounts...) {
		bound, required := r[number]
		if !required {
			continue
		}
		if why, unknown := d.Unsupported[number]; unknown {
			all = append(all, fmt.Sprintf("%s at most %s was required, and could not be measured: %s", number, bound, why))
			continue
		}
		got, over := measured(d, number, bound)
		if over {
			all = append(all, fmt.Sprintf("%s at most %s was required, and it was %s", number, bound, got))
		}
	}
	return all
}

// measured is a number of a drill as text, and whether it is over a bound that
// was parsed before.
func measured(d reports.Drill, number, bound string) (string, bool) {
	duration := func(got *reports.Duration, still bool) (string, bool) {
		if got == nil {
			return "not measured", true
		}
		most, _ := time.ParseDuration(bound)
		text := time.Duration(*got).String()
		if still {
			return text + ", and still at the end", true
		}
		return text, time.Duration(*got) > most
	}
	count := func(got float64, known bool) (string, bool) {
		if !known {
			return "not measured", true
		}
		most, _ := strconv.ParseFloat(bound, 64)
		return strconv.FormatFloat(got, 'g', 4, 64), got > most
	}
	switch number {
	case "outage":
		return duration(d.Outage, false)
	case "exposure":
		return duration(d.Exposure, d.StillExposed)
	case "starvation":
		return duration(d.Starvation, d.StillStarved)
	case "amplification":
		if d.Amplification == nil {
			return count(0, false)
		}
		return count(max(d.Amplification.Sequential, d.Amplification.Concurrent), true)
	}
	if d.Herd == nil {
		return count(0, false)
	}
	return count(float64(*d.Herd), true)
}
