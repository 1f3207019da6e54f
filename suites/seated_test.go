package suites

import (
	"testing"

	"github.com/rogueidp/rogueidp/reports"
	"github.com/rogueidp/rogueidp/scenarios"
	"github.com/rogueidp/rogueidp/suites/target"
)

// TestWhoIsSignedInAlready shows nothing of a token that nobody was sent for, and
// all the same has to find the way in open where it has to.
func TestWhoIsSignedInAlready(t *testing.T) {
	in := sighting{
		level: scenarios.Must, verdict: target.Verdict{Answer: target.Accept},
		vouched: true, forClient: true,
	}
	for _, c := range []struct {
		seated bool
		want   scenarios.Expectation
		comes  reports.Outcome
	}{
		{false, scenarios.Reject, reports.Fail},
		{true, scenarios.Reject, reports.Unexercised},
		{true, scenarios.NotAccept, reports.Unexercised},
		{true, scenarios.Accept, reports.Pass},
	} {
		in.seated, in.want = c.seated, c.want
		if f := (judge{}).find(in); f.outcome != c.comes {
			t.Errorf("seated %v, %s: %s (%s), want %s", c.seated, c.want, f.outcome, f.because, c.comes)
		}
	}
}
