package mutants

import (
	"slices"
	"time"

	"github.com/rogueidp/rogueidp/validator/internal/steps"
)

type permit = func(h *steps.History, why steps.Reason, now time.Time) bool

// unbudgeted lets a reason fetch without end.
func unbudgeted(budget permit, free steps.Reason) permit {
	return func(h *steps.History, why steps.Reason, now time.Time) bool {
		return why == free || budget(h, why, now)
	}
}

func budgetCountsSuccesses(s *steps.Steps) {
	budget := s.Keeping.Permit
	s.Keeping.Permit = func(h *steps.History, why steps.Reason, now time.Time) bool {
		good := steps.History{Recent: slices.DeleteFunc(slices.Clone(h.Recent), func(f *steps.Fetch) bool { return f.Failed })}
		return budget(&good, why, now)
	}
}

func noSingleFlight(s *steps.Steps) {
	s.Keeping.Share = false
	s.Keeping.Permit = func(*steps.History, steps.Reason, time.Time) bool { return true }
}

func mergesKeySets(s *steps.Steps) {
	s.Keeping.Replace = func(old, fresh *steps.KeySet) *steps.KeySet { return fresh.With(old) }
}

func givesUp(s *steps.Steps) {
	budget := s.Keeping.Permit
	s.Keeping.Permit = func(h *steps.History, why steps.Reason, now time.Time) bool {
		return h.Failures == 0 && budget(h, why, now)
	}
}

// emptySetPoisons takes an empty key set for one, and looks for no missing key
// until its lifetime is over.
func emptySetPoisons(s *steps.Steps) {
	s.Fetching.Usable = func(*steps.KeySet) error { return nil }
	refresh := s.Keeping.Refresh
	s.Keeping.Refresh = func(why steps.Reason, a *steps.Attempt) bool {
		return refresh(why, a) && (why != steps.Missing || a.Set == nil || len(a.Set.Keys) > 0)
	}
}
