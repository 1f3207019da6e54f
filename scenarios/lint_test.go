package scenarios

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogueidp/rogueidp/mockidp/fault"
)

// The tables contradict themselves nowhere, and stand on something everywhere.
func TestTables(t *testing.T) {
	ids, titles := map[string]bool{}, map[string]string{}
	name := regexp.MustCompile(`^[a-z]+(-[a-z]+)*\.[a-z0-9]+(-[a-z0-9]+)*$`)
	for _, f := range families {
		if _, err := os.Stat(f.name + ".go"); err != nil {
			t.Errorf("family %s has no file of its name: %v", f.name, err)
		}
		for _, s := range f.rows {
			if s.Family() != f.name {
				t.Errorf("%s stands in the table of family %s", s.ID, f.name)
			}
		}
	}
	for _, s := range All() {
		if ids[s.ID] || !name.MatchString(s.ID) {
			t.Errorf("%s: the id is taken or misspelt", s.ID)
		}
		ids[s.ID] = true
		if other := titles[s.Title]; other != "" || s.Title == "" || strings.HasSuffix(s.Title, ".") || strings.ToLower(s.Title[:1]) != s.Title[:1] {
			t.Errorf("%s: %q is no predicate of its own (%s)", s.ID, s.Title, other)
		}
		titles[s.Title] = s.ID
		if s.Severity == "" || s.Expect.Answer == "" || len(s.Cites) == 0 {
			t.Errorf("%s lacks a severity, an expectation or a citation", s.ID)
		}
		for _, l := range s.Labels() {
			if strings.ContainsAny(l, "&|!,()/") {
				t.Errorf("%s: Ginkgo cannot read the label %q", s.ID, l)
			}
		}
		for _, n := range s.Needs {
			if !slices.Contains(Capabilities(), n) {
				t.Errorf("%s needs %q, which nobody can claim", s.ID, n)
			}
		}
		cases := map[string]bool{}
		for _, c := range s.Played() {
			if cases[c.Name] || strings.ContainsAny(c.Name, "&|!,()/ #") || len(s.Cases) > 0 && c.Name == "" {
				t.Errorf("%s: the case name %q is taken or unfit", s.ID, c.Name)
			}
			cases[c.Name] = true
		}
	}
}

func TestEveryNegativeHasAnHonestTwin(t *testing.T) {
	for _, s := range All() {
		if s.Twin == "honest" {
			continue
		}
		twin, err := Find(s.Twin)
		if err != nil {
			t.Errorf("%s: its twin: %v", s.ID, err)
			continue
		}
		if twin.ID == s.ID || twin.Expect.Answer != accept {
			t.Errorf("%s: its twin %s is not honest", s.ID, twin.ID)
		}
	}
}

func TestFaultsAreWellFormed(t *testing.T) {
	used := map[string]bool{}
	for _, s := range All() {
		for _, c := range s.Played() {
			all := s.Faults(c)
			for _, a := range s.Story(c) {
				all = append(all, FaultsOf(a)...)
				if p, ok := a.(Present); ok && p.Token != "" && len(p.IdP) > 0 {
					for _, f := range p.IdP {
						if fault.SeamOf(f) != fault.SeamCompact {
							t.Errorf("%s %s: %s cannot act on a token that exists", s.ID, c.Name, f.Fault())
						}
					}
				}
			}
			for _, f := range all {
				used[fault.Inmost(f).Fault()] = true
				if err := fault.Check(f); err != nil {
					t.Errorf("%s %s: %v", s.ID, c.Name, err)
				}
				raw, err := fault.Marshal([]fault.Fault{f})
				if err != nil {
					t.Error(err)
				}
				for _, n := range fault.Names(string(raw)) {
					base, _, _ := strings.Cut(n, ".")
					if !slices.Contains(fault.Placeholders(), base) {
						t.Errorf("%s %s: nobody fills {%s}", s.ID, c.Name, n)
					}
				}
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

// A negative has one deviation. Where it needs more, it says why, and names
// the rows that show what each of them does alone.
func TestOneDeviation(t *testing.T) {
	for _, s := range All() {
		for _, c := range s.Played() {
			deviations := len(s.Faults(c))
			for _, a := range s.Story(c) {
				if _, ok := a.(Inject); !ok {
					deviations = max(deviations, len(s.Faults(c))+len(FaultsOf(a)))
				}
			}
			if deviations < 2 || s.Expect.Answer == accept {
				continue
			}
			why := s.Why + " " + c.Why
			alone := slices.ContainsFunc(All(), func(o Scenario) bool { return o.ID != s.ID && strings.Contains(why, o.ID) })
			if !alone {
				t.Errorf("%s %s has %d deviations and does not say which row shows each alone: %q", s.ID, c.Name, deviations, why)
			}
		}
	}
}

// Equal inputs with opposite expectations would fail every target.
func TestNoContradictions(t *testing.T) {
	type known struct {
		id     string
		answer Answer
	}
	for _, p := range Profiles() {
		seen := map[string]known{}
		for _, s := range All() {
			for _, c := range s.Played() {
				if level, applies := s.Applies(p, c); !applies || level == Info || s.Plot != nil || c.Plot != nil {
					continue
				}
				faults := s.Faults(c)
				raw, err := fault.Marshal(faults)
				if err != nil {
					t.Fatal(err)
				}
				input := string(raw) + s.Alg + c.Alg
				answer := s.Expected(c).Answer
				if before, ok := seen[input]; ok && opposite(before.answer, answer) {
					t.Errorf("%s: %s/%s expects %s of what %s expects to %s", p, s.ID, c.Name, answer, before.id, before.answer)
				}
				seen[input] = known{s.ID, answer}
			}
		}
	}
}

func opposite(a, b Answer) bool {
	return a == accept && (b == reject || b == notAccept) || b == accept && (a == reject || a == notAccept)
}

func TestLevelsStandOnClauses(t *testing.T) {
	cited := map[string]bool{}
	for _, s := range All() {
		binding := ""
		for _, c := range s.Cites {
			if c.Requirement == nil {
				if c.Practice == "" {
					t.Errorf("%s cites nothing", s.ID)
				}
				continue
			}
			cited[c.Requirement.ID] = true
			if !c.Requirement.Bounds() {
				t.Errorf("%s cites %s, which binds the %s", s.ID, c.Requirement.ID, c.Requirement.Binds)
			}
			if c.Requirement.Status != "draft" && (binding == "" || strings.HasPrefix(c.Requirement.Level, "MUST")) {
				binding = c.Requirement.Level
			}
		}
		if s.Level == Must && !strings.HasPrefix(binding, "MUST") {
			t.Errorf("%s is at level must and stands on %q", s.ID, binding)
		}
	}
	for _, r := range Requirements() {
		if !cited[r.ID] {
			t.Errorf("nobody cites %s", r.ID)
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
