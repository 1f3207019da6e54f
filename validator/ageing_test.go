package validator_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/rogueidp/rogueidp/validator"
	"github.com/rogueidp/rogueidp/validator/internal/issuertest"
)

func TestRefreshAhead(t *testing.T) {
	bubble(t, func(t *testing.T, p *issuertest.Provider) {
		v := start(t, p)
		old := p.Token()
		accept(t, v, old)
		p.Clock.Advance(8*time.Minute - time.Second)
		accept(t, v, old)
		synctest.Wait()
		fetches(t, p, 1)

		p.Clock.Advance(time.Second)
		p.Rotate(newKey)
		release := p.Hold()
		began := now()
		accept(t, v, old)
		if took := now().Sub(began); took != 0 {
			t.Errorf("a known key was kept waiting for %v", took)
		}
		release()
		synctest.Wait()
		fetches(t, p, 2)
		accept(t, v, p.Token())
		refuse(t, v, old, validator.CodeKid)
	})
}

// TestAfterTheLifetime has the first token after a long rest wait for newer
// keys, so that a withdrawn one is refused.
func TestAfterTheLifetime(t *testing.T) {
	bubble(t, func(t *testing.T, p *issuertest.Provider) {
		v := start(t, p)
		old := p.Token(claim("exp", 9000000000))
		accept(t, v, old)
		p.Rotate(newKey)
		p.Clock.Advance(10 * time.Minute)
		refuse(t, v, old, validator.CodeKid)
		fetches(t, p, 2)
		accept(t, v, p.Token())
	})
}

// TestPatience bounds that wait when the provider is slow.
func TestPatience(t *testing.T) {
	bubble(t, func(t *testing.T, p *issuertest.Provider) {
		v := start(t, p)
		accept(t, v, p.Token())
		p.Clock.Advance(11 * time.Minute)
		defer p.Hold()()
		for _, want := range []time.Duration{500 * time.Millisecond, 0, 0} {
			began := now()
			accept(t, v, p.Token())
			if took := now().Sub(began); took != want {
				t.Errorf("waited %v, want %v", took, want)
			}
		}
	})
}

// TestOutageKeepsNobodyWaiting has a provider that hangs for an hour.
func TestOutageKeepsNobodyWaiting(t *testing.T) {
	bubble(t, func(t *testing.T, p *issuertest.Provider) {
		v := start(t, p)
		accept(t, v, p.Token())
		defer p.Hold()()
		began := now()
		for range 60 {
			p.Clock.Advance(time.Minute)
			accept(t, v, p.Token())
			timer := time.NewTimer(6 * time.Second) // longer than the fetch time-out
			<-timer.C
		}
		if waited := now().Sub(began) - 60*6*time.Second; waited > 500*time.Millisecond {
			t.Errorf("callers waited %v in all", waited)
		}
	})
}

func TestStaleBound(t *testing.T) {
	for name, bound := range map[string]time.Duration{"default": 24 * time.Hour, "an hour": time.Hour} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, p *issuertest.Provider) {
				v := start(t, p, func(c *validator.Config) {
					if bound != 24*time.Hour {
						c.MaxStale = bound
					}
				})
				accept(t, v, p.Token())
				p.Answer(issuertest.KeySet, outage)
				p.Clock.Advance(bound - time.Second)
				accept(t, v, p.Token())
				p.Clock.Advance(time.Second)
				unavailable(t, v, p.Token(), validator.CodeKeySet)
				p.Answer(issuertest.KeySet, nil)
				p.Clock.Advance(10 * time.Second)
				accept(t, v, p.Token())
			})
		})
	}
}

// TestCacheControl looks for the minute in which the keys are refreshed. They
// are, after four fifths of their lifetime.
func TestCacheControl(t *testing.T) {
	const never, always = "Mon, 01 Jan 2001 00:00:00 GMT", "Fri, 01 Jan 2100 00:00:00 GMT"
	tests := map[string]struct {
		headers []string
		config  time.Duration
		minute  int
	}{
		"nothing":          {minute: 8},
		"TTL of a minute":  {config: time.Minute, minute: 4},
		"TTL of a day":     {config: 24 * time.Hour, minute: 12},
		"max-age=60":       {headers: []string{"Cache-Control", "max-age=60"}, minute: 4},
		"max-age=750":      {headers: []string{"Cache-Control", "public, max-age=750"}, minute: 10},
		"max-age over TTL": {headers: []string{"Cache-Control", `Max-Age="750"`}, config: 5 * time.Minute, minute: 10},
		"less its Age":     {headers: []string{"Cache-Control", "max-age=1000", "Age", "250"}, minute: 10},
		"ten years":        {headers: []string{"Cache-Control", "max-age=315360000"}, minute: 12},
		"more than fits":   {headers: []string{"Cache-Control", "max-age=99999999999999999999999"}, minute: 12},
		"no-store":         {headers: []string{"Cache-Control", "no-store"}, minute: 4},
		"no-cache":         {headers: []string{"Cache-Control", "no-cache, max-age=900"}, minute: 4},
		"max-age=0":        {headers: []string{"Cache-Control", "max-age=0"}, minute: 4},
		"garbage":          {headers: []string{"Cache-Control", "max-age=soon"}, minute: 8},
		"negative":         {headers: []string{"Cache-Control", "max-age=-1"}, minute: 8},
		"expired":          {headers: []string{"Expires", never}, minute: 4},
		"expires late":     {headers: []string{"Expires", always}, minute: 12},
		"expires at 0":     {headers: []string{"Expires", "0"}, minute: 4},
		"max-age wins":     {headers: []string{"Expires", never, "Cache-Control", "max-age=750"}, minute: 10},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, p *issuertest.Provider) {
				p.Answer(issuertest.KeySet, issuertest.Body(issuertest.JWKS(p.Key), test.headers...))
				v := start(t, p, func(c *validator.Config) { c.TTL = test.config })
				for minute := range 20 {
					accept(t, v, p.Token())
					synctest.Wait()
					if p.Fetches(issuertest.KeySet) > 1 {
						if minute != test.minute {
							t.Errorf("refreshed in minute %d, want %d", minute, test.minute)
						}
						return
					}
					p.Clock.Advance(time.Minute)
				}
				t.Error("never refreshed")
			})
		})
	}
}

// TestClockJumps moves the clock in both directions. Nothing gets stuck.
func TestClockJumps(t *testing.T) {
	for _, jump := range []time.Duration{-time.Hour, time.Hour, -1000 * time.Hour, 1000 * time.Hour} {
		t.Run(jump.String(), func(t *testing.T) {
			bubble(t, func(t *testing.T, p *issuertest.Provider) {
				v := start(t, p)
				accept(t, v, p.Token())
				refuse(t, v, p.Token(issuertest.SignedBy(attacker)), validator.CodeKid)
				p.Clock.Advance(jump)
				accept(t, v, p.Token())
				synctest.Wait()
				p.Rotate(newKey)
				p.Clock.Advance(10 * time.Second)
				accept(t, v, p.Token())
			})
		})
	}
}

// TestTimeAfterFetch judges exp when the keys are there, not before.
func TestTimeAfterFetch(t *testing.T) {
	bubble(t, func(t *testing.T, p *issuertest.Provider) {
		v := start(t, p)
		release := p.Hold()
		raw := p.Token(claim("exp", p.Clock.Now().Add(time.Second).Unix()))
		wait := crowd(t.Context(), v, 1, func(int) string { return raw })
		synctest.Wait()
		p.Clock.Advance(6 * time.Minute)
		release()
		wants(t, wait()[0], validator.CodeExpired, false)
	})
}
