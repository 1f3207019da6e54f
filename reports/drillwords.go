package reports

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// A mood is how what came of a drill is to be taken.
type mood int

const (
	unknownMood mood = iota // nothing that counts was measured
	goodMood
	badMood
)

// verdict says in a sentence without its full stop what came of a drill.
func (d Drill) verdict() (string, mood) {
	var bad, good, open []string
	switch {
	case d.Presented == 0:
		return "No token was shown, so nothing is known", unknownMood
	case d.Outage == nil:
		open = append(open, "outage")
	case *d.Outage > 0:
		bad = append(bad, "valid tokens were refused for "+spoken(*d.Outage))
	default:
		good = append(good, "no valid token was refused")
	}
	switch {
	case d.StillExposed && (d.Exposure == nil || *d.Exposure <= 0):
		bad = append(bad, "withdrawn keys were still trusted at the end")
	case d.StillExposed:
		bad = append(bad, "withdrawn keys were trusted for at least "+spoken(*d.Exposure))
	case d.Exposure == nil:
		open = append(open, "exposure")
	case *d.Exposure > 0:
		bad = append(bad, "withdrawn keys were trusted for "+spoken(*d.Exposure))
	default:
		good = append(good, "no withdrawn key was trusted")
	}
	if d.StillStarved && len(bad) == 0 {
		bad = append(bad, "a flood kept a new key out to the end")
	}
	if len(good) == 2 {
		good = []string{"no valid token was refused and no withdrawn key trusted"}
	}
	missed := ""
	if n := len(d.Missed); n > 0 {
		missed = fmt.Sprintf("%d %s not met", n, plural(n, "requirement"))
	}
	switch {
	case len(bad) > 0:
		return capital(strings.Join(bad, "; ")), badMood
	case missed != "":
		return capital(strings.TrimPrefix(strings.Join(good, ", ")+", but "+missed, ", but ")), badMood
	case len(good) > 0:
		return capital(strings.Join(good, ", ")), goodMood
	}
	return capital(strings.Join(open, " and ") + " could not be measured"), unknownMood
}

// capital begins text with a capital letter, where it begins with a plain one.
func capital(text string) string {
	if text == "" || text[0] < 'a' || text[0] > 'z' {
		return text
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// A number is one of the five that a drill measures.
type number struct {
	name    string
	value   string // as people write it; empty where it was not measured
	short   string // the same for a table
	meaning string
	why     string // why it was not measured
	bad     bool
}

// numbers are the five, in the order in which they are always named.
func (d Drill) numbers() []number {
	all := []number{
		{name: "outage", meaning: "valid tokens were refused"},
		{name: "exposure", meaning: "withdrawn keys were trusted"},
		{name: "amplification", meaning: "fetches per hostile token, one by one / at once"},
		{name: "starvation", meaning: "a flood kept a new key out"},
		{name: "herd", meaning: "fetches when many call at once"},
	}
	if d.Outage != nil {
		all[0].value, all[0].bad = spoken(*d.Outage), *d.Outage > 0
	}
	all[1].value, all[1].bad = atLeast(d.Exposure, d.StillExposed)
	if a := d.Amplification; a != nil {
		all[2].value = ratio(a.Sequential) + " / " + ratio(a.Concurrent)
		all[2].short = ratio(a.Sequential) + "/" + ratio(a.Concurrent)
	}
	all[3].value, all[3].bad = atLeast(d.Starvation, d.StillStarved)
	// That a flood delays a key for a moment is how floods are survived.
	all[3].bad = d.StillStarved
	if d.Herd != nil {
		all[4].value = strconv.Itoa(*d.Herd)
	}
	for i := range all {
		n := &all[i]
		if n.short == "" {
			n.short = n.value
		}
		if n.value == "" {
			n.why = d.Unsupported[n.name]
		}
	}
	return all
}

// atLeast is a duration that may not have been over at the end, and whether
// there was any.
func atLeast(d *Duration, still bool) (string, bool) {
	switch {
	case d == nil && still:
		return "to the end", true
	case d == nil:
		return "", false
	case still:
		return "≥ " + spoken(*d), true
	}
	return spoken(*d), *d > 0
}

// ratio is how many of something there are for each of something else.
func ratio(f float64) string {
	if a := math.Abs(f); 100 <= a && a < 1e6 {
		return strconv.FormatFloat(f, 'f', 0, 64)
	}
	return strconv.FormatFloat(f, 'g', 3, 64)
}

// spoken is a duration as people write it: 0s, 450ms, 5h17m, 2d4h; to the
// second, where it is longer than a minute.
func spoken(d Duration) string {
	t := time.Duration(d)
	sign := ""
	if t < 0 {
		sign, t = "-", t.Abs()
	}
	for _, unit := range []time.Duration{time.Minute, time.Second, time.Millisecond, time.Microsecond} {
		if t < unit {
			continue
		}
		if unit == time.Minute {
			// What lies within a day of the end of time cannot be rounded up.
			t = t.Round(time.Second)
		} else {
			t = t.Round(unit / 10)
		}
		break
	}
	if t < time.Minute {
		return sign + t.String()
	}
	var b strings.Builder
	for _, unit := range []struct {
		name string
		is   time.Duration
	}{{"d", 24 * time.Hour}, {"h", time.Hour}, {"m", time.Minute}, {"s", time.Second}} {
		// Up to two days are hours to people.
		if unit.name == "d" && t < 48*time.Hour {
			continue
		}
		if n := t / unit.is; n > 0 {
			fmt.Fprintf(&b, "%d%s", n, unit.name)
			t -= n * unit.is
		}
	}
	return sign + b.String()
}

// about is a duration in as few words as tell how long it is, near enough.
func about(d Duration) string {
	for _, unit := range []time.Duration{day, time.Hour, time.Minute, time.Second} {
		if t := time.Duration(d); t >= 3*unit {
			return spoken(Duration(t.Round(unit)))
		}
	}
	return spoken(d)
}

// who is a drill in a few words.
func (d Drill) who() string {
	return short(d.Target, 60) + " · " + short(d.Policy, 60)
}
