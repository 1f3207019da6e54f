package suites

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/rogueidp/rogueidp/reports"
	"github.com/rogueidp/rogueidp/suites/target"
)

// Test plays the catalogue against a Go team's own validator, as subtests of
// its own tests:
//
//	func TestRotation(t *testing.T) {
//		suites.Test(t, target.Func("mine", newSession), suites.Options{Preset: "rotation"})
//	}
//
// A miss fails its subtest with what was wanted and what the provider did; what
// the target cannot be asked is skipped and says so. Scenarios that need a
// process of their own are skipped, because a test has only its own.
func Test(t *testing.T, tg target.Target, o Options) {
	t.Helper()
	rows, err := Pick(o)
	if err != nil {
		t.Fatalf("rogueidp: %v", err)
	}
	p, err := Face(tg, o)
	if err != nil {
		t.Fatalf("rogueidp: %v", err)
	}
	t.Cleanup(func() { _ = p.Close() })
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	if wrong := p.Preflight(ctx); wrong != "" {
		t.Fatalf("rogueidp: %s", wrong)
	}
	played := playAhead(ctx, []*Player{p}, rows)
	for _, s := range applying(rows, p.Profile()) {
		t.Run(s.ID, func(t *testing.T) {
			for _, r := range played.results(p, s) {
				if r.Case == "" {
					conclude(t, r)
					continue
				}
				t.Run(r.Case, func(t *testing.T) { conclude(t, r) })
			}
		})
	}
}

// conclude is one result as a test tells it.
func conclude(t *testing.T, r reports.Result) {
	t.Helper()
	text := fmt.Sprintf("%s: the target should have: %s\n%s\nwanted %s, got %s %s\n%s\nprovider did %s",
		r.Outcome, r.Title, strings.Join(r.Cites, " · "), r.Want, r.Got, r.Reason, r.Because, r.Provider)
	switch {
	case r.Outcome.Misses(), r.Incomplete:
		t.Error(text)
	case r.Outcome == reports.Warn, r.Outcome == reports.Flaky:
		t.Log(text)
	case r.Outcome == reports.Unsupported, r.Outcome == reports.Unexercised, r.Outcome == reports.NotApplicable:
		t.Skipf("%s: %s %s", r.Outcome, r.Because, r.Feature)
	}
}
