package scenarios

import (
	"slices"
	"strings"
	"testing"
)

// What is to be tried by hand is what the tables call a check by hand, and what
// the list of what must be covered says that nobody can decide.
func TestManualChecks(t *testing.T) {
	var ids []string
	for _, c := range ManualChecks() {
		if slices.Contains(ids, c.ID) || len(c.Profiles) == 0 || len(c.Refs) == 0 || c.Severity == "" || !strings.HasSuffix(c.Try, ".") {
			t.Errorf("%s is there twice, or lacks something", c.ID)
		}
		if _, err := Find(c.ID); err == nil {
			t.Errorf("%s is a scenario, and needs no hand", c.ID)
		}
		ids = append(ids, c.ID)
	}
	for _, id := range unwritten[isByHand] {
		if !slices.Contains(ids, id) {
			t.Errorf("%s is called a check by hand, and nobody says what to try", id)
		}
	}
	if all, login := len(ids), len(Manual(Login)); login == 0 || login >= all || len(Manual(JWE)) != 1 {
		t.Errorf("%d of %d are for a relying party, %d for who decrypts", login, all, len(Manual(JWE)))
	}
	for _, row := range sharedRows(t) {
		if listed := slices.Contains(ids, row.ID); listed != (row.Oracle == "manual") {
			t.Errorf("%s: listed for hands %v, its oracle is %s", row.ID, listed, row.Oracle)
		}
	}
}
