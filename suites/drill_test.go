package suites

import (
	"context"
	"testing"
	"time"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/reports"
)

// The incident, for its own six hours and for a time that no round number
// hides.
func TestStory(t *testing.T) {
	t.Parallel()
	for _, ttl := range []time.Duration{6 * time.Hour, 5*time.Hour + 17*time.Minute + 3*time.Second} {
		told, err := Tell(context.Background(), ttl, Options{Seed: 1}, DrillOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if len(told) != 3 {
			t.Fatalf("%d chapters", len(told))
		}
		for i, want := range []time.Duration{ttl, 0, 0} {
			d := told[i]
			if d.Outage == nil || time.Duration(*d.Outage) != want || len(d.Missed) > 0 {
				t.Errorf("%s: outage %v, want %v (missed %v, unsupported %v)", d.Name, d.Outage, want, d.Missed, d.Unsupported)
			}
			if len(d.Timeline.Keys) < 2 || len(d.Timeline.Fetches) == 0 && i != 1 || d.Clock != "virtual" {
				t.Errorf("%s: %d keys, %d fetches, clock %s", d.Name, len(d.Timeline.Keys), len(d.Timeline.Fetches), d.Clock)
			}
		}
	}
}

// The reference serves every policy without an outage, and forgets a withdrawn
// key within its cache's life.
func TestDrillOfTheReference(t *testing.T) {
	t.Parallel()
	p, err := Meet(context.Background(), "go:reference", reach(), Options{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	all := p.Drill(context.Background(), DrillOptions{For: 34 * time.Hour})
	if len(all) != len(mockidp.Policies()) {
		t.Fatalf("%d drills of %d", len(all), len(mockidp.Policies()))
	}
	for _, d := range all {
		if len(d.Unsupported) > 0 {
			t.Errorf("%s: unsupported: %v", d.Policy, d.Unsupported)
			continue
		}
		// A new key under an old kid is learned when a signature does not fit;
		// with nodes that disagree it can take a few answers.
		most := map[string]time.Duration{"flapping": 12 * time.Second}[d.Policy]
		if got := time.Duration(*d.Outage); got > most {
			t.Errorf("%s: outage %v, want at most %v\n%v", d.Policy, got, most, d.Timeline.Bands)
		}
		if got := time.Duration(*d.Exposure); got > 15*time.Minute || d.StillExposed {
			t.Errorf("%s: exposure %v", d.Policy, got)
		}
		if a := d.Amplification; a.Sequential > 0.1 || a.Concurrent > 0.1 {
			t.Errorf("%s: amplification %v", d.Policy, *a)
		}
		if time.Duration(*d.Starvation) > 11*time.Second || d.StillStarved {
			t.Errorf("%s: starvation %v", d.Policy, time.Duration(*d.Starvation))
		}
		if *d.Herd > 2 {
			t.Errorf("%s: a herd of %d", d.Policy, *d.Herd)
		}
		whole := reports.Duration(0)
		for _, b := range d.Timeline.Bands {
			if b.From != whole {
				t.Errorf("%s: a gap at %v", d.Policy, time.Duration(whole))
			}
			whole = b.To
		}
		if time.Duration(whole) != 34*time.Hour {
			t.Errorf("%s: the bands end at %v", d.Policy, time.Duration(whole))
		}
	}
}
