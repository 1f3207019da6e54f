package steps

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestBudget has tokens come at any times, and wants never more than three
// fetches in thirty seconds, and never longer than the window's margin beyond
// ten seconds until the next.
func TestBudget(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		now := time.Unix(1_800_000_000, 0)
		var h History
		var fetched []time.Time
		for range 200 {
			now = now.Add(time.Duration(rapid.IntRange(0, int(4*time.Second)).Draw(t, "gap")))
			why := rapid.SampledFrom([]Reason{Missing, BadSignature, Ageing}).Draw(t, "why")
			if !permit(&h, why, now) {
				if last := fetched[len(fetched)-1]; now.Sub(last) > spacing+500*time.Millisecond {
					t.Fatalf("nothing may be fetched %v after the last fetch", now.Sub(last))
				}
				continue
			}
			h.end(h.begin(why, now), rapid.Bool().Draw(t, "failed"), 0)
			fetched = append(fetched, now)
			if n := len(fetched); n > burst && now.Sub(fetched[n-burst-1]) <= 30*time.Second {
				t.Fatalf("four fetches within %v", now.Sub(fetched[n-burst-1]))
			}
		}
		if len(h.Recent) > remembered {
			t.Fatalf("%d fetches are remembered", len(h.Recent))
		}
	})
}

func TestColdBudget(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	var h History
	for i, wait := range []time.Duration{0, 2, 4, 8, 10, 10, 10} {
		wait *= time.Second
		if wait > 0 && permit(&h, Cold, now.Add(wait-1)) {
			t.Errorf("fetch %d may begin early", i+1)
		}
		now = now.Add(wait)
		if !permit(&h, Cold, now) {
			t.Errorf("fetch %d may not begin", i+1)
		}
		h.end(h.begin(Cold, now), true, 0)
	}
	h.end(h.begin(Cold, now), false, 0)
	if !permit(&h, Missing, now) {
		t.Error("a cold fetch counts against the budget of a flood")
	}
}

// TestColdAfterWarm has keys die in mid-outage: the window still holds.
func TestColdAfterWarm(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	var h History
	for range 3 {
		h.end(h.begin(Missing, now), true, 0)
		now = now.Add(spacing)
	}
	if permit(&h, Cold, now) {
		t.Error("a fourth fetch may begin within thirty seconds")
	}
	if !permit(&h, Cold, now.Add(500*time.Millisecond)) {
		t.Error("a fetch may not begin after the window")
	}
}
