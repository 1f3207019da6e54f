package mutants

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/rogueidp/rogueidp/validator/internal/steps"
)

// neverRefreshes fetches where a key is missing and at no other time. Its keys
// live for ten years.
func neverRefreshes(s *steps.Steps) {
	const long = 10 * 365 * 24 * time.Hour
	s.Keeping.Lifetime = func(http.Header, time.Duration, time.Time) time.Duration { return long }
	s.Keeping.Refresh = func(why steps.Reason, _ *steps.Attempt) bool { return why == steps.Missing }
}

// fetchPerToken takes a set for old as soon as it has it.
func fetchPerToken(s *steps.Steps) {
	s.Keeping.Ahead = func(time.Duration) time.Duration { return 0 }
	s.Keeping.Permit = unbudgeted(s.Keeping.Permit, steps.Ageing)
}

// obeysCacheControl keeps a set for exactly as long as its reply says.
func obeysCacheControl(s *steps.Steps) {
	s.Keeping.Lifetime = steps.Announced
	s.Keeping.Permit = unbudgeted(s.Keeping.Permit, steps.Ageing)
}

// longCooldown looks for one missing key in five minutes.
func longCooldown(s *steps.Steps) {
	budget := s.Keeping.Permit
	s.Keeping.Permit = func(h *steps.History, why steps.Reason, now time.Time) bool {
		for _, f := range h.Recent {
			if why == steps.Missing && f.Why == why && now.Sub(f.At) < 5*time.Minute {
				return false
			}
		}
		return budget(h, why, now)
	}
}

// floodShutsOut takes a hundred unfamiliar kids for an attack, and looks for no
// missing key after it.
func floodShutsOut(s *steps.Steps) {
	const most = 100
	var mu sync.Mutex
	strange := make(map[string]bool)
	refresh := s.Keeping.Refresh
	s.Keeping.Refresh = func(why steps.Reason, a *steps.Attempt) bool {
		mu.Lock()
		defer mu.Unlock()
		if why == steps.Missing && len(strange) < most {
			strange[strings.Clone(a.Kid)] = true
		}
		return refresh(why, a) && (why != steps.Missing || len(strange) < most)
	}
}

// missedForGood looks for a kid once. Where the set that came does not have it
// either, only a refresh on schedule brings it.
func missedForGood(s *steps.Steps) {
	var mu sync.Mutex
	missed := make(map[string]*steps.KeySet) // the set that lacked a kid first
	refresh := s.Keeping.Refresh
	s.Keeping.Refresh = func(why steps.Reason, a *steps.Attempt) bool {
		if why != steps.Missing {
			return refresh(why, a)
		}
		mu.Lock()
		defer mu.Unlock()
		kid := a.Issuer.Rules.Issuer + "\n" + a.Kid
		if first, known := missed[kid]; known && first != a.Set {
			return false
		}
		missed[kid] = a.Set
		return refresh(why, a)
	}
}

// pinsKid keeps the first key that it saw under a kid, for as long as the kid
// is published.
func pinsKid(s *steps.Steps) {
	s.Keeping.Replace = func(old, fresh *steps.KeySet) *steps.KeySet {
		if old == nil {
			return fresh
		}
		known, published := kids(old), kids(fresh)
		return fresh.Only(func(k *steps.Key) bool { return !k.Named || !known[k.ID] }).
			With(old.Only(func(k *steps.Key) bool { return k.Named && published[k.ID] }))
	}
}

func kids(set *steps.KeySet) map[string]bool {
	all := make(map[string]bool)
	for _, k := range set.Keys {
		if k.Named {
			all[k.ID] = true
		}
	}
	return all
}

// refusesRetiredKeys takes a key for the end of all that it knew of the same
// kind, published or not, for ever.
func refusesRetiredKeys(s *steps.Steps) {
	var mu sync.Mutex
	retired := make(map[string]bool) // by the text of the key
	s.Keeping.Replace = func(old, fresh *steps.KeySet) *steps.KeySet {
		mu.Lock()
		defer mu.Unlock()
		if old == nil {
			return fresh
		}
		known := make(map[string]bool)
		for _, k := range old.Keys {
			known[k.Text] = true
		}
		for _, k := range fresh.Keys {
			if known[k.Text] || retired[k.Text] {
				continue
			}
			for _, other := range old.Keys {
				retired[other.Text] = retired[other.Text] || sameKind(k, other)
			}
		}
		return fresh.Only(func(k *steps.Key) bool { return !retired[k.Text] })
	}
}

func sameKind(a, b *steps.Key) bool {
	return a.Algorithm == b.Algorithm && (a.RSA != nil) == (b.RSA != nil) && (a.EC != nil) == (b.EC != nil) &&
		(a.EC == nil || a.EC.Curve == b.EC.Curve) && (a.OKP != nil) == (b.OKP != nil)
}

// errUnmodified is what a mutant makes of 304.
var errUnmodified = errors.New("mutants: the reply is 304 Not Modified, with no key set in it")

// forgetsUnmodified asks whether the key set is another one, and forgets the
// one that it has when it hears that it is not.
func forgetsUnmodified(s *steps.Steps) {
	var mu sync.Mutex
	tags := make(map[string]string) // by address
	s.Fetching.Transport = func(lent http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			address := r.URL.String()
			mu.Lock()
			tag := tags[address]
			mu.Unlock()
			if tag != "" {
				r = r.Clone(r.Context())
				r.Header.Set("If-None-Match", tag)
			}
			reply, err := lent.RoundTrip(r)
			if err == nil && reply.StatusCode == http.StatusOK {
				mu.Lock()
				tags[address] = reply.Header.Get("ETag")
				mu.Unlock()
			}
			return reply, err
		})
	}
	status, failed := s.Fetching.Status, s.Keeping.Failed
	s.Fetching.Status = func(code int) error {
		if code == http.StatusNotModified {
			return errUnmodified
		}
		return status(code)
	}
	s.Keeping.Failed = func(old *steps.KeySet, err error) *steps.KeySet {
		if errors.Is(err, errUnmodified) {
			return nil
		}
		return failed(old, err)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// locksWhileFetching holds for a fetch of up to five seconds the lock that it
// takes to look for a key.
func locksWhileFetching(s *steps.Steps) {
	lock := make(chan struct{}, 1)
	choose := s.Choosing.Select
	s.Keeping.Timeout = func(time.Duration) time.Duration { return 5 * time.Second }
	s.Fetching.Transport = func(lent http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			lock <- struct{}{}
			defer func() { <-lock }()
			return lent.RoundTrip(r)
		})
	}
	s.Choosing.Select = func(ctx context.Context, a *steps.Attempt, set *steps.KeySet) []*steps.Key {
		lock <- struct{}{}
		defer func() { <-lock }()
		return choose(ctx, a, set)
	}
}
