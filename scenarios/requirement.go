package scenarios

import (
	"encoding/json"
	"slices"
	"strings"
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

	// Contested is where people argue about what the text means. Until that is
	// settled, rows that nothing else carries are one level lower.
	Contested string `json:"contested,omitempty"`
	// Awaits are the rows that will ask it, where none does yet; Unasked says
	// why none ever has to.
	Awaits  []string `json:"awaits,omitempty"`
	Unasked string   `json:"unasked,omitempty"`
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

// Carries is the highest level of a row that stands on this text alone. A text
// that states without a keyword carries no more than a SHOULD does, and neither
// does an informational one: nobody agreed to be bound by it. A draft is
// hardening whatever it says, and so is a mere permission.
func (r Requirement) Carries() Level {
	level := Hardening
	switch {
	case !r.Bounds() || r.Status == "draft":
	case strings.HasPrefix(r.Level, "MUST") && r.Status != "informational":
		level = Must
	case r.Level != "MAY":
		level = Should
	}
	if r.Contested != "" {
		return level.lower()
	}
	return level
}

// lower is the next level below. Info has none.
func (l Level) lower() Level {
	switch l {
	case Must:
		return Should
	case Should:
		return Hardening
	}
	return Info
}

// above tells whether a miss at l costs more than one at m.
func (l Level) above(m Level) bool {
	order := []Level{Info, Hardening, Should, Must}
	return slices.Index(order, l) > slices.Index(order, m)
}

// Carried is the highest level that a list of citations carries; practice alone
// carries hardening.
func Carried(list []Citation) Level {
	carried := Hardening
	for _, c := range list {
		if c.Requirement != nil && c.Requirement.Carries().above(carried) {
			carried = c.Requirement.Carries()
		}
	}
	return carried
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
	if c.Requirement.Contested != "" {
		s += ", contested: " + c.Requirement.Contested
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

// Requirements lists all statements, those that no row asks yet among them, by
// id.
func Requirements() []Requirement {
	all := slices.Clone(notAsked)
	for _, r := range requirements {
		all = append(all, *r)
	}
	slices.SortFunc(all, func(a, b Requirement) int { return strings.Compare(a.ID, b.ID) })
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
