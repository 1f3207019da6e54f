package suites

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rogueidp/rogueidp/reports"
	"github.com/rogueidp/rogueidp/scenarios"
	"github.com/rogueidp/rogueidp/suites/target"
)

// TestALateAnswerIsAskedForAgain, alone: once is nothing, twice is a miss.
func TestALateAnswerIsAskedForAgain(t *testing.T) {
	s, err := scenarios.Find("signature.flip")
	if err != nil {
		t.Fatal(err)
	}
	s.Cases = s.Cases[:1]
	for _, c := range []struct {
		late  int32
		comes reports.Outcome
	}{{0, reports.Pass}, {1, reports.Pass}, {100, reports.Fail}} {
		var refused atomic.Int32
		slow := target.Func("slow", func(ctx context.Context, issuers []target.Issuer) (target.Validate, error) {
			honest, err := ownSession(ctx, issuers)
			if err != nil {
				return nil, err
			}
			return func(ctx context.Context, a target.Attempt) (any, error) {
				claims, err := honest(ctx, a)
				if err != nil && refused.Add(1) <= c.late {
					late, cancel := context.WithTimeout(context.Background(), 2500*time.Millisecond)
					defer cancel()
					<-late.Done()
				}
				return claims, err
			}, nil
		})
		p, err := Face(slow, Options{Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range p.Play(t.Context(), s) {
			if r.Outcome != c.comes {
				t.Errorf("late %d times: %s (%s), want %s", c.late, r.Outcome, r.Because, c.comes)
			}
		}
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	}
}
