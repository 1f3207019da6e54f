package mutants

import (
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/rogueidp/rogueidp/validator/internal/steps"
)

// connectionPerFetch makes a transport for every request, and leaves the
// connection open that nobody will use again.
func connectionPerFetch(s *steps.Steps) {
	s.Fetching.Transport = func(lent http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			r = r.Clone(r.Context())
			r.Close = false
			if t, ok := lent.(*http.Transport); ok {
				own := t.Clone()
				own.DisableKeepAlives, own.IdleConnTimeout = false, 0
				return own.RoundTrip(r)
			}
			return lent.RoundTrip(r)
		})
	}
}

// goroutinePerFetch has somebody wait a day for the end of every key set,
// whether it is in use until then or not.
func goroutinePerFetch(s *steps.Steps) {
	replace := s.Keeping.Replace
	s.Keeping.Replace = func(old, fresh *steps.KeySet) *steps.KeySet {
		go func() { <-time.After(steps.MaxStale) }()
		return replace(old, fresh)
	}
}

// remembersKids keeps every kid that it met and did not know.
func remembersKids(s *steps.Steps) {
	var mu sync.Mutex
	met := make(map[string]bool)
	refresh := s.Keeping.Refresh
	s.Keeping.Refresh = func(why steps.Reason, a *steps.Attempt) bool {
		if why == steps.Missing {
			mu.Lock()
			met[strings.Clone(a.Kid)] = true
			mu.Unlock()
		}
		return refresh(why, a)
	}
}
