package steps

import (
	"slices"
	"time"
)

// A Reason is why keys are to be fetched.
type Reason uint8

// The reasons for a fetch.
const (
	Cold         Reason = iota // there are no keys that may be used
	Missing                    // the set has no key for a token
	BadSignature               // no key of the set verifies a token
	Ageing                     // the set is getting old
)

// The budget of a validator that has keys: fetches are ten seconds apart, and
// a window holds at most three, so that a flood costs the provider next to
// nothing and a key rotated at any moment of it is learned within eleven
// seconds. The window is half a second wider than the thirty seconds it
// stands for, because the provider counts arrivals and we departures.
const (
	spacing = 10 * time.Second
	window  = 30*time.Second + 500*time.Millisecond
	burst   = 3
)

// The budget of a validator that has none: two seconds, doubling to ten.
const (
	firstRetry = 2 * time.Second
	lastRetry  = 10 * time.Second
)

// A Fetch is one that was started.
type Fetch struct {
	At     time.Time
	Why    Reason
	Failed bool
}

// A History is what is remembered of past fetches. It counts attempts, not
// successes: an outage is no reason to ask more often.
type History struct {
	// Recent holds the last fetches, newest last.
	Recent []*Fetch
	// Failures counts those that failed in a row, up to now.
	Failures int
	// NotBefore is when the provider wants to be asked again, at the
	// earliest.
	NotBefore time.Time
}

const remembered = 16

func (h *History) begin(why Reason, now time.Time) *Fetch {
	if len(h.Recent) == remembered {
		h.Recent = slices.Delete(h.Recent, 0, 1)
	}
	f := &Fetch{At: now, Why: why}
	h.Recent = append(h.Recent, f)
	return f
}

// end notes how a fetch came out, and for how long the provider wants to be
// left alone.
func (h *History) end(f *Fetch, failed bool, wait time.Duration) {
	f.Failed = failed
	if !failed {
		h.Failures, h.NotBefore = 0, time.Time{}
		return
	}
	h.Failures++
	if wait > 0 {
		h.NotBefore = f.At.Add(wait)
	}
}

// failedSince tells whether the provider was asked since a time and did not
// deliver.
func (h *History) failedSince(t time.Time) bool {
	return slices.ContainsFunc(h.Recent, func(f *Fetch) bool { return f.Failed && !f.At.Before(t) })
}

// rebase keeps a clock that was set back from holding up fetches: nothing
// lies further ahead than if it had happened now.
func (h *History) rebase(now time.Time) {
	for _, f := range h.Recent {
		if f.At.After(now) {
			f.At = now
		}
	}
	if latest := now.Add(MinLifetime); h.NotBefore.After(latest) {
		h.NotBefore = latest
	}
}

// permit is the budget. Cold fetches have their own and do not count against
// the other, so that a token with an unknown kid right after the first fetch
// still causes one at once.
func permit(h *History, why Reason, now time.Time) bool {
	if now.Before(h.NotBefore) {
		return false
	}
	if third := h.warm(burst); third != nil && now.Sub(third.At) < window {
		return false
	}
	if why == Cold {
		return len(h.Recent) == 0 || now.Sub(h.Recent[len(h.Recent)-1].At) >= backoff(h.Failures)
	}
	last := h.warm(1)
	return last == nil || now.Sub(last.At) >= spacing
}

// warm is the n-th newest fetch by a validator that had keys, counted from
// one.
func (h *History) warm(n int) *Fetch {
	for i := len(h.Recent) - 1; i >= 0; i-- {
		if h.Recent[i].Why == Cold {
			continue
		}
		if n--; n == 0 {
			return h.Recent[i]
		}
	}
	return nil
}

func backoff(failures int) time.Duration {
	if failures == 0 {
		return 0
	}
	return min(firstRetry<<min(failures-1, 8), lastRetry)
}
