package scenarios

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/rogueidp/rogueidp/mockidp/fault"
)

// The tables contradict themselves nowhere, and stand on something everywhere.
func TestTables(t *testing.T) {
	for _, f := range families {
		if _, err := os.Stat(strings.ReplaceAll(f.name, "-", "") + ".go"); err != nil {
			t.Errorf("family %s has no file of its name: %v", f.name, err)
		}
		for _, s := range f.rows {
			if s.Family() != f.name {
				t.Errorf("%s stands in the table of family %s", s.ID, f.name)
			}
		}
	}
	for _, f := range lint(With(nil), func(Scenario) bool { return true }) {
		t.Errorf("%s %s: %s", f.id, f.at, f.says)
	}
}

func TestEveryFaultIsUsed(t *testing.T) {
	used := map[string]bool{}
	for _, s := range All() {
		for _, c := range s.Played() {
			all := s.Faults(c)
			for _, a := range s.Story(c) {
				all = append(all, FaultsOf(a)...)
			}
			for _, f := range all {
				used[fault.Inmost(f).Fault()] = true
			}
		}
	}
	for _, d := range fault.Describe() {
		switch row, expected := awaited[d.Name]; {
		case expected && used[d.Name]:
			t.Errorf("%s is used now and no longer waits for %s", d.Name, row)
		case d.Seam != "" && !used[d.Name] && !expected:
			t.Errorf("no scenario uses %s", d.Name)
		}
	}
}

// awaited are faults that are there before the row that needs them.
var awaited = map[string]string{}

func TestEveryRequirementIsCited(t *testing.T) {
	cited := map[string]bool{}
	for _, s := range All() {
		for _, c := range s.Cites {
			if c.Requirement != nil {
				cited[c.Requirement.ID] = true
			}
		}
	}
	for id := range requirements {
		if !cited[id] {
			t.Errorf("nobody cites %s; what no row asks yet stands in notasked.go", id)
		}
	}
}

func TestRowsAreJSON(t *testing.T) {
	for _, s := range All() {
		raw, err := json.Marshal(s)
		if err != nil {
			t.Errorf("%s: %v", s.ID, err)
		}
		var back map[string]any
		if err := json.Unmarshal(raw, &back); err != nil || back["id"] != s.ID {
			t.Errorf("%s: %v", s.ID, err)
		}
	}
}

func TestFindNamesTheNearest(t *testing.T) {
	if _, err := Find("alg.non-empty-sig"); err == nil || !strings.Contains(err.Error(), "alg.none-empty-sig") {
		t.Error(err)
	}
}
