package suites

import (
	"testing"

	"github.com/rogueidp/rogueidp/reports"
)

// A row about codes has nothing to ask of a relying party that asks for none,
// and does not make its run incomplete; neither does one whose premise an
// inspection found to be false.
func TestRowsAboutCodesLeaveOtherFlowsAlone(t *testing.T) {
	t.Parallel()
	run := knownParty(t, t.TempDir(), "implicit", "").plays(t, "login.code-injection", "login.mixup", "login.wrong-response-mode", "login.code-odd", "login.state-wrong")
	if len(run.Results) != 10 {
		t.Errorf("%d results", len(run.Results))
	}
	for _, r := range run.Results {
		want := reports.Unexercised
		if r.ID == "login.state-wrong" {
			want = reports.Pass
		}
		if r.Outcome != want || r.Incomplete {
			t.Errorf("%s is %s, incomplete %v: %s", r.Name(), r.Outcome, r.Incomplete, r.Because)
		}
	}
}
