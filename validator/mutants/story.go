package mutants

import (
	"net/http"
	"time"

	"github.com/rogueidp/rogueidp/validator"
	"github.com/rogueidp/rogueidp/validator/internal/steps"
)

// Cached makes the validator of the incident that all of this is about: the
// reference, with a cache that lives for ttl whatever the provider says, and
// that nothing refreshes ahead of its time. With refresh it fetches at once
// when a key is missing, as the reference does; without, it waits for the
// cache to expire. It is no mutant of the table: with refresh it forgets
// nothing but a key that was withdrawn.
func Cached(ttl time.Duration, refresh bool, configs ...validator.Config) (*validator.Validator, error) {
	s := steps.Reference()
	s.Keeping.Lifetime = func(http.Header, time.Duration, time.Time) time.Duration { return ttl }
	s.Keeping.Ahead = func(lifetime time.Duration) time.Duration { return lifetime }
	if !refresh {
		s.Keeping.Refresh = func(why steps.Reason, _ *steps.Attempt) bool { return why != steps.Missing }
	}
	v, err := steps.Workshop.Validator(s, configs)
	if err != nil {
		return nil, err
	}
	return v.(*validator.Validator), nil
}
