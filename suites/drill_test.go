package suites

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/reports"
	"github.com/rogueidp/rogueidp/scenarios"
	"github.com/rogueidp/rogueidp/validator"
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
			// Who does not learn does not forget either.
			if got := time.Duration(*d.Exposure); i == 0 && got != ttl || i > 0 && got > time.Second {
				t.Errorf("%s: exposure %v", d.Name, got)
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
		// Every change meets a cache that was filled a second before, so a key
		// that nobody announced waits for the spacing between two fetches; with
		// nodes that disagree it may wait for a few of them.
		most := map[string]time.Duration{
			"hard-cut": 4 * 11 * time.Second, "overlap": 4 * 11 * time.Second, "flapping": time.Minute, "publish-ahead-24h": 0,
		}
		limit, several := most[d.Policy]
		if !several {
			limit = 11 * time.Second
		}
		if got := time.Duration(*d.Outage); got > limit {
			t.Errorf("%s: outage %v, want at most %v\n%v", d.Policy, got, limit, d.Timeline.Bands)
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

// hourly looks at signatures alone, with a key set that it fetches when it is
// older than so much, and never sooner.
func hourly(c validator.Config, ttl time.Duration) judging {
	var mu sync.Mutex
	var set jose.JSONWebKeySet
	var fetched time.Time
	return func(ctx context.Context, token string) (string, error) {
		mu.Lock()
		defer mu.Unlock()
		if now := clock(); now.Sub(fetched) > ttl {
			r, err := c.HTTPClient.Get(c.Issuer + "/jwks")
			if err != nil {
				return "", err
			}
			defer r.Body.Close()
			set = jose.JSONWebKeySet{}
			if err := json.NewDecoder(r.Body).Decode(&set); err != nil {
				return "", err
			}
			fetched = now
		}
		signed, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{jose.RS256})
		if err != nil {
			return "", err
		}
		for _, key := range set.Key(signed.Signatures[0].Header.KeyID) {
			if _, err := signed.Verify(key); err == nil {
				return "alice", nil
			}
		}
		return "", errors.New("no key of mine signed it")
	}
}

// An API whose clock nobody can move, and whose cache was configured down from
// two hours to two seconds, is drilled in as much less time.
func TestDrillInScaledTime(t *testing.T) {
	t.Parallel()
	const scale, ttl = 1.0 / 3600, 2 * time.Hour
	url, o := apiOf(t, func(c validator.Config) judging { return hourly(c, ttl/3600) })
	o.Require = Require{scenarios.Learn: "5s"} // no cooldown to wait for
	o.MaxWait = 6 * time.Second
	p, err := Meet(context.Background(), "bearer:"+url, reach(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	cut := mockidp.Policy{Name: "cut", Events: []mockidp.Event{{At: time.Hour, Do: mockidp.Rotate, Rotation: mockidp.Rotation{Remove: true}}}}
	for _, d := range p.Drill(context.Background(), DrillOptions{For: 5 * time.Hour, Scale: scale, Policies: []mockidp.Policy{cut}}) {
		if d.Clock != realClock || d.Outage == nil || d.Exposure == nil {
			t.Fatalf("by the clock %s: outage %v, unsupported %v", d.Clock, d.Outage, d.Unsupported)
		}
		// A step of real time is a quarter of a second, which is a quarter of an
		// hour of the policy's; the machine may be busy.
		for name, got := range map[string]time.Duration{"outage": time.Duration(*d.Outage), "exposure": time.Duration(*d.Exposure)} {
			if got < ttl/2 || got > ttl+time.Hour {
				t.Errorf("%s: %v of about %v\n%v", name, got, ttl, d.Timeline.Bands)
			}
		}
	}
}
