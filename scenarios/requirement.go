package scenarios

import (
	"encoding/json"
	"sort"
)

// A Requirement is one normative statement, in our own words, with the clause
// that makes it.
type Requirement struct {
	ID       string    `json:"id"`
	Document string    `json:"document"`
	Clause   string    `json:"clause"`
	Level    string    `json:"level"` // the keyword of the text; "none" where it states without one
	Binds    string    `json:"binds"` // whom the text addresses
	Status   string    `json:"status"`
	Says     string    `json:"says"`
	Applies  []Profile `json:"applies"`
}

// Bounds tells whether the text addresses who is under test. What binds an
// issuer, a publisher or an HTTP cache alone never fails a validator.
func (r Requirement) Bounds() bool {
	switch r.Binds {
	case "verifier", "client", "resource-server", "any":
		return true
	}
	return false
}

// A Citation is what a row stands on: a requirement, or practice with a source
// where no text says anything.
type Citation struct {
	Requirement *Requirement
	Practice    string
}

func (c Citation) String() string {
	if c.Requirement == nil {
		return "practice: " + c.Practice
	}
	s := c.Requirement.Document + " " + c.Requirement.Clause
	if c.Requirement.Level != "none" {
		s += " " + c.Requirement.Level
	}
	return s
}

// MarshalJSON writes the citation as people read it, with its id.
func (c Citation) MarshalJSON() ([]byte, error) {
	if c.Requirement == nil {
		return json.Marshal(map[string]string{"practice": c.Practice})
	}
	return json.Marshal(map[string]string{"requirement": c.Requirement.ID, "clause": c.String(), "says": c.Requirement.Says})
}

var requirements = map[string]*Requirement{}

// requirement registers a statement under its id.
func requirement(r Requirement) *Requirement {
	if requirements[r.ID] != nil {
		panic("scenarios: two requirements are called " + r.ID)
	}
	requirements[r.ID] = &r
	return &r
}

// Requirements lists all statements that rows can cite, by id.
func Requirements() []Requirement {
	var all []Requirement
	for _, r := range requirements {
		all = append(all, *r)
	}
	sort.Slice(all, func(i, j int) bool { return all[i].ID < all[j].ID })
	return all
}

func cites(list ...*Requirement) []Citation {
	citations := make([]Citation, len(list))
	for i, r := range list {
		citations[i] = Citation{Requirement: r}
	}
	return citations
}

func practice(source string) []Citation { return []Citation{{Practice: source}} }
