package suites

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/rogueidp/rogueidp/reports"
	"github.com/rogueidp/rogueidp/suites/target"
	"github.com/rogueidp/rogueidp/validator"
)

// TestAnInterruptionIsNoVerdict interrupts a run at every token that it shows:
// in the preflight, under a control, a twin, a plot, or while the target is
// looked after. Whatever a validator answers then, it answers to the
// interruption, and nothing of it may stand in a report as its answer.
func TestAnInterruptionIsNoVerdict(t *testing.T) {
	t.Parallel()
	o := Options{Workers: 2, Only: []string{
		"parse.baseline-rs256", "alg.ok-matrix/RS256", "alg.none-empty-sig", "issuer.suffix-1", "time.exp-past",
		"keyset.unknown-kty", "cache.cold-outage/reset", "rotation.new-kid", "flood.same-kid",
	}}
	whole := interruptedAt(t, o, 1<<30)
	if whole.Interrupted || whole.Exit() != 0 {
		t.Fatalf("without an interruption it exits %d", whole.Exit())
	}
	for n := int64(1); n < 60; n++ {
		run := interruptedAt(t, o, n)
		if !run.Interrupted || run.Complete || run.Conformant || run.Exit() != 130 {
			t.Errorf("at token %d: interrupted %v, complete %v, conformant %v, exit %d", n, run.Interrupted, run.Complete, run.Conformant, run.Exit())
		}
		if len(run.Results) != len(whole.Results) {
			t.Errorf("at token %d: %d results of %d", n, len(run.Results), len(whole.Results))
		}
		for _, target := range run.Targets {
			if target.Preflight != "" {
				t.Errorf("at token %d: the preflight says %s", n, target.Preflight)
			}
		}
		for _, r := range run.Results {
			switch r.Outcome {
			case reports.Pass, reports.Recorded, reports.Unsupported:
			case reports.Unexercised:
				if r.Because != "the run was interrupted" {
					t.Errorf("at token %d: %s is unexercised because %s", n, r.Name(), r.Because)
				}
			default:
				t.Errorf("at token %d: %s is %s (%s, %s)", n, r.Name(), r.Outcome, r.Got, r.Because)
			}
		}
	}
}

// interruptedAt plays against the reference, and ends the run when it is shown
// the n-th token.
func interruptedAt(t *testing.T, o Options, n int64) reports.Run {
	t.Helper()
	ctx, interrupt := context.WithCancel(context.Background())
	defer interrupt()
	var tokens atomic.Int64
	p, err := Face(timed("interrupted", func(_ context.Context, issuers []target.Issuer) (target.Validate, error) {
		v, err := reference(issuers[0])
		if err != nil {
			return nil, err
		}
		return func(ctx context.Context, a target.Attempt) (any, error) {
			if tokens.Add(1) >= n {
				interrupt()
				<-ctx.Done()
				return nil, fmt.Errorf("%w: %w", target.ErrUnavailable, ctx.Err())
			}
			_, err := v.Validate(ctx, a.Token, validator.WithNonce(a.Nonce))
			return nil, err
		}, nil
	}), o)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	run, err := collect(ctx, []*Player{p}, o, nil)
	if err != nil {
		t.Fatal(err)
	}
	return run
}
