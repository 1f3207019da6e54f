package scenarios

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rogueidp/rogueidp/mockidp/fault"
)

// A family is the rows of one file, with what most of them share.
type family struct {
	name  string
	check Check
	twin  string
	// profiles and needs are those of rows that name none.
	profiles []Profile
	needs    []Capability
	rows     []Scenario
}

var families = []family{
	parseRows, algRows, headerRows, kidRows, keyRows, signatureRows,
	issuerRows, audienceRows, timeRows, nonceRows,
	hashRows, claimsRows, typeRows,
	keysetRows, rotationRows, cacheRows, floodRows,
	networkRows, discoveryRows, encryptionRows, resourceRows,
	loginRows, tokenEndpointRows, userinfoRows, logoutRows,
}

// readers are the profiles of everything that reads a JWT.
var readers = []Profile{IDToken, BearerJWT, RFC9068, JWS}

var catalogue = func() []Scenario {
	var all []Scenario
	for _, f := range families {
		for _, s := range f.rows {
			all = append(all, f.complete(s))
		}
	}
	return all
}()

// complete fills in what a row left to its family and to the catalogue.
func (f family) complete(s Scenario) Scenario {
	if s.Check == Elsewhere {
		s.Check = f.check
	}
	if s.Level == "" {
		s.Level = Must
	}
	if s.Profiles == nil {
		s.Profiles = f.profiles
	}
	if s.Profiles == nil {
		s.Profiles = readers
	}
	if s.Needs == nil {
		s.Needs = f.needs
	}
	if s.Start == "" {
		s.Start = Warm
	}
	if s.Hazard == "" {
		s.Hazard = Harmless
	}
	if s.Oracle == "" {
		s.Oracle = ByVerdict
	}
	if s.Twin == "" {
		s.Twin = f.twin
	}
	return s.disputed()
}

// A Catalogue is rows that can be selected: ours, and maybe those of a user.
// The zero Catalogue has none.
type Catalogue struct{ rows []Scenario }

// With is our catalogue with the rows of a user behind it.
func With(own []Scenario) Catalogue { return Catalogue{append(slices.Clip(catalogue), own...)} }

// All is the whole of it, family by family.
func (c Catalogue) All() []Scenario { return slices.Clone(c.rows) }

// Find is the row with an id. The error names the nearest one there is.
func (c Catalogue) Find(id string) (Scenario, error) {
	var ids []string
	for _, s := range c.rows {
		if s.ID == id {
			return s, nil
		}
		ids = append(ids, s.ID)
	}
	if near := fault.Nearest(id, ids); near != "" {
		return Scenario{}, fmt.Errorf("no scenario is called %q; did you mean %q?", id, near)
	}
	return Scenario{}, fmt.Errorf("no scenario is called %q; rogueidp list prints them all", id)
}

// Families are the names of all families, in the order of the rows.
func (c Catalogue) Families() []string {
	var names []string
	for _, s := range c.rows {
		if f := s.Family(); !slices.Contains(names, f) {
			names = append(names, f)
		}
	}
	return names
}

// All is our whole catalogue, family by family.
func All() []Scenario { return With(nil).All() }

// Find is the row of ours with an id. The error names the nearest one there is.
func Find(id string) (Scenario, error) { return With(nil).Find(id) }

// Case is the case of a row with a name. The error names the nearest one there
// is.
func (s Scenario) Case(name string) (Case, error) {
	var names []string
	for _, c := range s.Cases {
		if c.Name == name {
			return c, nil
		}
		names = append(names, c.Name)
	}
	if len(names) == 0 {
		return Case{}, fmt.Errorf("%s has no cases, so no %q either; write %s alone", s.ID, name, s.ID)
	}
	hint := ""
	if near := fault.Nearest(name, names); near != "" {
		hint = fmt.Sprintf("; did you mean %q?", near)
	}
	return Case{}, fmt.Errorf("%s has no case %q%s; rogueidp show %s prints them", s.ID, name, hint, s.ID)
}

// Families are the names of our families, in the order of the catalogue.
func Families() []string { return With(nil).Families() }

// Own is the label of rows that a user wrote.
const Own = "own"

// Labels are what Ginkgo's filter language can pick a row by.
func (s Scenario) Labels() []string {
	labels := []string{
		s.ID, s.Family(), "check-" + s.Check.String(), "level-" + string(s.Level),
		"severity-" + string(s.Severity), "hazard-" + string(s.Hazard), "start-" + string(s.Start),
	}
	if s.Extended {
		labels = append(labels, "extended")
	} else {
		labels = append(labels, "core")
	}
	if s.From != "" {
		labels = append(labels, Own)
	}
	return labels
}

func does(faults ...fault.Fault) []fault.Fault { return faults }
func plot(acts ...Act) []Act                   { return acts }

// each makes one case of every word.
func each(words []string, do func(string) []fault.Fault) []Case {
	var cases []Case
	for _, w := range words {
		cases = append(cases, Case{Name: kebab(w), IdP: do(w)})
	}
	return cases
}

// kebab makes a case name of any text.
func kebab(s string) string {
	return strings.Trim(strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r >= 'A' && r <= 'Z':
			return r
		}
		return '-'
	}, s), "-")
}
