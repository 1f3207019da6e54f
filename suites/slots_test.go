package suites

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/rogueidp/rogueidp/reports"
	"github.com/rogueidp/rogueidp/validator"
)

// TestWhoWaitsComesBack: whoever left his slot to wait holds what the others
// want, and they hold all the slots.
func TestWhoWaitsComesBack(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	s := slots{limit: 1}
	if err := s.enter(ctx); err != nil {
		t.Fatal(err)
	}
	s.leave()
	if err := s.enter(ctx); err != nil { // another one, who will not go
		t.Fatal(err)
	}
	s.comeBack()
	s.leave()
	tired, giveUp := context.WithCancel(ctx)
	giveUp()
	if err := s.enter(tired); !errors.Is(err, context.Canceled) {
		t.Errorf("there is no slot, and entering says %v", err)
	}
	s.leave()
	if err := s.enter(ctx); err != nil {
		t.Errorf("the slot that everybody left is taken: %v", err)
	}
}

// TestAnAPIThatRefusesAll is asked by more scenarios at once than there are
// slots, and all of them want to know whether it accepts an honest token, which
// it is asked again and again.
func TestAnAPIThatRefusesAll(t *testing.T) {
	url, o := apiOf(t, func(validator.Config) judging {
		return func(context.Context, string) (string, error) { return "", errors.New("no") }
	})
	o.Workers, o.MaxWait, o.Filter = 2, 2*time.Second, "alg || rotation"
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	p, err := Meet(ctx, "bearer:"+url, reach(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	rows, err := Pick(o)
	if err != nil {
		t.Fatal(err)
	}
	results := p.playAll(ctx, rows)
	if ctx.Err() != nil || len(results) == 0 {
		t.Fatalf("%d results: %v", len(results), ctx.Err())
	}
	for _, r := range results {
		if r.Outcome == reports.Pass || r.Outcome == reports.Fail || r.Outcome == reports.Unexercised {
			t.Errorf("%s: %s (%s)", r.Name(), r.Outcome, r.Because)
		}
	}
}
