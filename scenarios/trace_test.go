package scenarios

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
)

// Nothing is uncited, nothing is unproven without a word, and no level is higher
// than what a row cites carries.
func TestTheMatrixIsWhole(t *testing.T) {
	m := Trace(All())
	if err := m.Lint(); err != nil {
		t.Error(err)
	}
	if len(m.Scenarios) != len(All()) || len(m.Requirements) != len(requirements)+len(notAsked) {
		t.Errorf("%d scenarios and %d requirements", len(m.Scenarios), len(m.Requirements))
	}
	for i, r := range m.Requirements {
		if i > 0 && m.Requirements[i-1].ID == r.ID {
			t.Errorf("%s is asked now, and no longer stands in notasked.go", r.ID)
		}
	}
	for _, s := range All() {
		check := func(where string, l Level) {
			if l.above(Carried(s.Cites)) {
				t.Errorf("%s%s is at level %s, and %v carries %s", s.ID, where, l, s.Cites, Carried(s.Cites))
			}
		}
		check("", s.Level)
		for p, l := range s.Profile {
			check(" for "+string(p), l)
		}
		for c, l := range s.Claiming {
			check(" claiming "+string(c), l)
		}
		for _, c := range s.Cases {
			check("/"+c.Name, c.Level)
		}
		for _, c := range s.Played() {
			checkActs(s.Story(c), func(l Level) { check("/"+c.Name+", in its plot", l) })
		}
	}
}

func checkActs(plot []Act, check func(Level)) {
	for _, a := range plot {
		switch a := a.(type) {
		case Present:
			check(a.Level)
			check(a.Fetches.Level)
		case Join:
			check(a.Level)
		case Sessions:
			check(a.Fetches.Level)
		case SignIn:
			check(a.Level)
		case Deliver:
			check(a.Level)
		case Look:
			check(a.Level)
		case Renew:
			check(a.Level)
		case SignOut:
			check(a.Level)
		case Send:
			check(a.Level)
		case Inspect:
			check(a.Level)
		case Repeat:
			checkActs(a.Do, check)
		}
	}
}

// The matrix itself is held to what it is to find.
func TestTheMatrixTellsWhatItLacks(t *testing.T) {
	said := &Requirement{ID: "x-1", Level: "MUST", Binds: "any"}
	m := trace([]Requirement{*said, {ID: "x-2"}, {ID: "x-3", Awaits: []string{"discovery.webfinger"}}}, []Scenario{
		{ID: "a.b", Cites: cites(said)}, {ID: "a.c"}, {ID: "a.d", Cites: practice("")}, {ID: "a.e", Cites: practice("it is better")}, {ID: "a.f", Cites: practice("CWE-400: it is better")},
	})
	text := "a.c cites nothing; where no text says anything, cite practice with its source\n" +
		"a.d cites practice without a source; begin with one, as in \"CWE-400: …\" or \"operation: …\"\n" +
		"a.e cites practice without a source; begin with one, as in \"CWE-400: …\" or \"operation: …\"\nx-2 is cited by no scenario, and does not say why"
	if err := m.Lint(); err == nil || err.Error() != text {
		t.Errorf("it says\n%v", err)
	}
	if !slices.Equal(m.Requirements[0].Scenarios, []string{"a.b"}) || m.Requirements[2].Why != "discovery.webfinger: "+takesWebFinger {
		t.Errorf("%+v", m.Requirements)
	}
}

func TestWhatATextCarries(t *testing.T) {
	for _, c := range []struct {
		level, status, binds string
		want                 Level
	}{
		{"MUST", "standard", "verifier", Must},
		{"MUST NOT", "bcp", "any", Must},
		{"SHOULD", "standard", "client", Should},
		{"none", "standard", "client", Should},
		{"MUST", "informational", "verifier", Should},
		{"MAY", "standard", "client", Hardening},
		{"MUST", "draft", "verifier", Hardening},
		{"MUST", "standard", "issuer", Hardening},
	} {
		r := Requirement{Level: c.level, Status: c.status, Binds: c.binds}
		if got := r.Carries(); got != c.want {
			t.Errorf("%v carries %s, not %s", c, got, c.want)
		}
	}
}

// A contested text lowers what it alone carries, by one level and no more.
func TestContestedTextsLowerTheirRows(t *testing.T) {
	plain := &Requirement{ID: "plain", Level: "MUST", Binds: "any"}
	should := &Requirement{ID: "should", Level: "SHOULD", Binds: "any"}
	contested := &Requirement{ID: "contested", Level: "MUST", Binds: "any", Contested: "https://example.com/issues/1"}
	row := func(list ...*Requirement) Scenario {
		return family{name: "a"}.complete(Scenario{
			ID: "a.b", Cites: cites(list...), Profile: map[Profile]Level{JWS: Should, Login: Info},
			Plot: plot(Repeat{Times: 2, Do: plot(Present{Level: Must})}, Join{},
				SignIn{Level: Must}, Deliver{Level: Must}, Look{Level: Must}, Renew{Level: Must}, SignOut{Level: Must}, Send{Level: Must}, Inspect{Level: Must}),
			Cases: []Case{{Name: "c", Level: Must}, {Name: "d"}},
		})
	}
	for _, c := range []struct {
		cites                     []*Requirement
		level, jws, act, withCase Level
	}{
		{[]*Requirement{plain}, Must, Should, Must, Must},
		{[]*Requirement{contested}, Should, Hardening, Should, Should},
		{[]*Requirement{contested, plain}, Must, Should, Must, Must},
		{[]*Requirement{contested, should}, Should, Should, Should, Should},
	} {
		s := row(c.cites...)
		act := s.Plot[0].(Repeat).Do[0].(Present)
		if s.Level != c.level || s.Profile[JWS] != c.jws || s.Profile[Login] != Info || act.Level != c.act || s.Cases[0].Level != c.withCase || s.Cases[1].Level != "" || s.Plot[1].(Join).Level != "" {
			t.Errorf("%v: %s, %v, %s, %v", s.Cites, s.Level, s.Profile, act.Level, s.Cases)
		}
		checkActs(s.Plot[2:], func(l Level) {
			if l != c.act {
				t.Errorf("%v: an act of a login is at %s, and not at %s", s.Cites, l, c.act)
			}
		})
		if level, _ := s.Applies(IDToken, s.Cases[1]); level != c.level {
			t.Errorf("%v is played at %s", s.Cites, level)
		}
	}
	if text := (Citation{Requirement: contested}).String(); !strings.HasSuffix(text, ", contested: https://example.com/issues/1") {
		t.Errorf("it is cited as %s", text)
	}
	if contested.Carries() != Should {
		t.Error("a contested MUST carries more than a should")
	}
}

// What is spoken of and not there is known by a reason, and what came to be is
// not spoken of as missing.
func TestMissingRowsHaveReasons(t *testing.T) {
	speaks := map[string][]string{}
	for _, r := range notAsked {
		if (len(r.Awaits) == 0) == (r.Unasked == "") {
			t.Errorf("%s says both which rows it awaits and why there are none, or neither", r.ID)
		}
		if !r.Bounds() {
			t.Errorf("%s binds the %s and can fail nobody here", r.ID, r.Binds)
		}
		there, _ := divide(r.Awaits)
		for _, id := range there {
			t.Errorf("%s awaits %s, which is there: let it cite it, or await it no more", r.ID, id)
		}
		speaks[r.ID] = r.Awaits
	}
	for _, m := range Official() {
		speaks[m.Name] = m.rows
	}
	for _, a := range Advisories() {
		speaks[a.ID] = a.class
	}
	spoken := map[string]bool{}
	for who, ids := range speaks {
		_, missing := divide(ids)
		for _, m := range missing {
			spoken[m.ID] = true
			if m.Why == "" {
				t.Errorf("%s names %s, which is no scenario and stands in unwritten.go for no reason", who, m.ID)
			}
		}
	}
	seen := map[string]bool{}
	for _, ids := range unwritten {
		for _, id := range ids {
			if _, err := Find(id); err == nil {
				t.Errorf("%s is in the catalogue now: take it out of unwritten.go", id)
			} else if seen[id] || !spoken[id] {
				t.Errorf("%s stands in unwritten.go twice, or nobody speaks of it", id)
			}
			seen[id] = true
		}
	}
}

func TestOfficialModules(t *testing.T) {
	if len(officialConnect) != 57 {
		t.Errorf("%d modules of OpenID Connect, not 57", len(officialConnect))
	}
	byName := map[string]Module{}
	for _, m := range Official() {
		if byName[m.Name].Name != "" || m.Does == "" || m.Wants == "" {
			t.Errorf("%s is there twice, or says nothing", m.Name)
		}
		byName[m.Name] = m
		if (len(m.rows) == 0) == (m.reason == "") {
			t.Errorf("%s has neither a scenario nor a reason, or both", m.Name)
		}
	}
	for _, row := range sharedRows(t) {
		for _, ref := range row.Refs {
			rest, official := strings.CutPrefix(ref, "OIDF ")
			if !official {
				continue
			}
			found := slices.ContainsFunc(Official(), func(m Module) bool { return slices.Contains(m.rows, row.ID) })
			if !found {
				t.Errorf("%s is equivalent to %q, and no module names it", row.ID, ref)
			}
			for _, name := range strings.Split(rest, ", ") {
				name, _, _ = strings.Cut(name, " ")
				name = strings.TrimSpace(name)
				if m, ok := byName[name]; ok && !slices.Contains(m.rows, row.ID) {
					t.Errorf("%s does not name %s", name, row.ID)
				}
			}
		}
	}
}

func TestAdvisories(t *testing.T) {
	known := map[string]bool{}
	for _, a := range Advisories() {
		if known[a.ID] || a.Product == "" || a.Affected == "" || a.CWE != "" && !strings.HasPrefix(a.CWE, "CWE-") {
			t.Errorf("%s is there twice, or lacks something: %+v", a.ID, a)
		}
		known[a.ID] = true
		if there, missing, reason := a.Scenarios(); (len(there)+len(missing) == 0) == (reason == "") {
			t.Errorf("%s has neither a scenario nor a reason, or both", a.ID)
		}
	}
	var list struct{ Advisories []struct{ ID string } }
	shared(t, "advisories.json", &list)
	for _, a := range list.Advisories {
		if !known[a.ID] {
			t.Errorf("%s is missing", a.ID)
		}
	}
}

// Every statement that can fail whoever is under test is in our tables, where
// the list of them is at hand, and none that was not read.
func TestRequirementsAreWhole(t *testing.T) {
	var list struct {
		Requirements []struct {
			ID, Level, Binds, Status, Clause string
			Verified                         bool
		}
	}
	shared(t, "requirements.json", &list)
	ours := map[string]Requirement{}
	for _, r := range Requirements() {
		ours[r.ID] = r
	}
	for _, want := range list.Requirements {
		got, ok := ours[want.ID]
		bounds := Requirement{Binds: want.Binds}.Bounds()
		switch {
		case ok && !want.Verified:
			t.Errorf("%s was not read in the text: cite it as practice", want.ID)
		case ok && (got.Level != want.Level || got.Binds != want.Binds || got.Status != want.Status || got.Clause != want.Clause):
			t.Errorf("%s: %s %s %s %s, the list says %+v", want.ID, got.Clause, got.Level, got.Binds, got.Status, want)
		case !ok && bounds && want.Verified:
			t.Errorf("%s is missing", want.ID)
		}
	}
}

type sharedRow struct {
	Oracle string
	ID     string
	Refs   []string
}

func sharedRows(t *testing.T) []sharedRow {
	var list struct{ Scenarios []sharedRow }
	shared(t, "scenarios.json", &list)
	return list.Scenarios
}

// shared reads a list of what must be covered, where it is at hand.
func shared(t *testing.T, name string, into any) {
	t.Helper()
	raw, err := os.ReadFile("../../shared/catalogue/" + name)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("not run in full: ../shared/catalogue is not here")
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, into); err != nil {
		t.Fatal(err)
	}
}
