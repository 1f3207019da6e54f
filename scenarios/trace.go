package scenarios

import (
	"errors"
	"fmt"
	"regexp"
)

// A Traced is a requirement with the rows that exercise it.
type Traced struct {
	Requirement
	Scenarios []string `json:"scenarios"`
	// Why nothing exercises it, where nothing does.
	Why string `json:"why,omitempty"`
}

// A Standing is a row with what it stands on.
type Standing struct {
	ID      string     `json:"id"`
	Level   Level      `json:"level"`
	Carried Level      `json:"carried"` // the highest level that its citations carry
	Cites   []Citation `json:"cites"`
}

// A Matrix is the traceability of the catalogue, in both directions.
type Matrix struct {
	Requirements []Traced   `json:"requirements"`
	Scenarios    []Standing `json:"scenarios"`
}

// Trace is the matrix of all statements and these rows.
func Trace(rows []Scenario) Matrix { return trace(Requirements(), rows) }

func trace(statements []Requirement, rows []Scenario) Matrix {
	m := Matrix{Requirements: []Traced{}, Scenarios: []Standing{}}
	asked := map[string][]string{}
	for _, s := range rows {
		m.Scenarios = append(m.Scenarios, Standing{s.ID, s.Level, Carried(s.Cites), s.Cites})
		for _, c := range s.Cites {
			if c.Requirement != nil {
				asked[c.Requirement.ID] = append(asked[c.Requirement.ID], s.ID)
			}
		}
	}
	for _, r := range statements {
		one := Traced{Requirement: r, Scenarios: []string{}}
		if ids := asked[r.ID]; len(ids) > 0 {
			one.Scenarios = ids
		} else {
			_, missing := divide(r.Awaits)
			one.Why = or(r.Unasked, Reasons(missing))
		}
		m.Requirements = append(m.Requirements, one)
	}
	return m
}

// sourced is practice that says from where: a class of defects, an advisory, a
// document, or what stands before a colon.
var sourced = regexp.MustCompile(`\b(CVE|CWE|GHSA)-\d|\bRFC \d|\bOIDF |\bOIDC |\bOpenID |^[^:]+: .`)

// Lint tells what the matrix lacks: rows that cite nothing, and statements that
// nothing exercises and that do not say why.
func (m Matrix) Lint() error {
	var wrong []error
	for _, s := range m.Scenarios {
		if len(s.Cites) == 0 {
			wrong = append(wrong, fmt.Errorf("%s cites nothing; where no text says anything, cite practice with its source", s.ID))
		}
		for _, c := range s.Cites {
			if c.Requirement == nil && !sourced.MatchString(c.Practice) {
				wrong = append(wrong, fmt.Errorf("%s cites practice without a source; begin with one, as in \"CWE-400: …\" or \"operation: …\"", s.ID))
			}
		}
	}
	for _, r := range m.Requirements {
		if len(r.Scenarios) == 0 && r.Why == "" {
			wrong = append(wrong, fmt.Errorf("%s is cited by no scenario, and does not say why", r.ID))
		}
	}
	return errors.Join(wrong...)
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
