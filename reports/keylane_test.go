package reports

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// quarter is ninety days with so many keys.
func quarter(keys int) Drill {
	d := month()
	d.Name, d.Policy, d.For = "quarter", "often", Duration(90*day)
	d.Timeline.Keys = nil
	for i := range keys {
		born := time.Duration(i) * (90 * day / time.Duration(keys))
		d.Timeline.Keys = append(d.Timeline.Keys, life(fmt.Sprintf("key-%03d", i), "ES384", max(never, born-6*h), born, born+11*h, born+36*h))
	}
	return d
}

func TestManyKeys(t *testing.T) {
	for keys, folded := range map[int]int{1: 0, 16: 0, 60: 0, 61: 2, 200: 141, 5000: 4941} {
		text := draw(t, quarter(keys))
		looksRight(t, text)
		says := fmt.Sprintf(">%d earlier keys<", folded)
		if strings.Contains(text, says) != (folded > 0) {
			t.Errorf("of %d keys, not %d are folded", keys, folded)
		}
		for i := range keys {
			name := fmt.Sprintf(">key-%03d<", i)
			if strings.Contains(text, name) != (i >= folded) {
				t.Errorf("of %d keys, %s is wrong", keys, name)
			}
		}
	}
}

func TestKeysStandInOrderOfBirth(t *testing.T) {
	d := emergency()
	d.Timeline.Keys = []KeyLife{
		{KID: "unborn", Alg: "RS256"},
		life("third", "RS256", 3*h, 9*h, never, never),
		life("first", "RS256", never, 0, 9*h, never),
		{KID: "second", Alg: "RS256", Stations: []Station{{StationActive, Duration(8 * h)}, {StationPublished, Duration(h)}}},
	}
	text, at := draw(t, d), 0
	for _, kid := range []string{"first", "second", "third", "unborn"} {
		i := strings.Index(text, ">"+kid+"<")
		if i < at {
			t.Errorf("%s is too early", kid)
		}
		at = i
	}
	if !strings.Contains(text, "second RS256: published from 1h, active from 8h") {
		t.Error("the second key does not say how it lived")
	}
	// Each station that there is has an entry in the legend, and no other.
	for says, want := range map[string]bool{"published ahead": true, "active: it signs": true, "retired: still valid": true, "removed": false, "unknown": false} {
		if strings.Contains(text, ">"+says+"<") != want {
			t.Errorf("%q in the legend is not %v", says, want)
		}
	}
}

// A key that changes all the time has bars that can be told apart, and says how
// it ended.
func TestHastyKey(t *testing.T) {
	k := KeyLife{KID: "hasty", Alg: "RS256"}
	for i := range 5000 {
		k.Stations = append(k.Stations, Station{[]string{StationPublished, StationActive}[i%2], Duration(i) * Duration(10*time.Second)})
	}
	k.Stations = append(k.Stations, Station{StationRemoved, k.Stations[4999].From + 1})
	l := newKeyLane(newAxis(plotLeft, plotRight, 24*h), []KeyLife{k})
	shown := l.shown(l.rows[0].Stations)
	if n := len(shown); n < 10 || n > mostStations+1 || shown[n-1].State != StationRemoved {
		t.Errorf("%d stations are shown, the last of them %v", n, shown[n-1])
	}
	// One that is short, but alone, is shown.
	slow := life("slow", "RS256", 0, m, 9*h, 9*h+m)
	if got := l.shown(slow.Stations); len(got) != 4 || got[3].State != StationRemoved {
		t.Errorf("of %v, %v are shown", slow.Stations, got)
	}
}
