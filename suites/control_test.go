package suites

import (
	"testing"

	"github.com/rogueidp/rogueidp/reports"
)

// TestOneAlgorithmOfSeveral shows that a target which claims an algorithm and
// accepts no token of it fails the row about that, and nothing else.
func TestOneAlgorithmOfSeveral(t *testing.T) {
	rows := []string{"alg.ok-hs256-client-secret", "alg.hs-multi-aud", "alg.none-empty-sig"}
	for spec, want := range map[string][3]reports.Outcome{
		"go:reference":             {reports.Pass, reports.Recorded, reports.Pass},
		"go:mutant/decodes-secret": {reports.Warn, reports.Unexercised, reports.Pass},
	} {
		run := play(t, spec, Options{Only: rows, Seed: 1})
		found := 0
		for _, r := range run.Results {
			for i, id := range rows {
				if r.ID != id {
					continue
				}
				if found++; r.Outcome != want[i] {
					t.Errorf("%s: %s came out as %s (%s), want %s", spec, r.Name(), r.Outcome, r.Because, want[i])
				}
			}
		}
		if found != len(rows) {
			t.Errorf("%s: %d results, want %d", spec, found, len(rows))
		}
	}
}
