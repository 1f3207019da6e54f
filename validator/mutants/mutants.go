// Package mutants holds the reference validator with one step weakened, many
// times over. A suite that cannot tell a mutant from the reference proves
// nothing about that step.
//
// A mutant accepts every honest token. None of them is fit for any other use.
package mutants

import (
	"fmt"

	"github.com/rogueidp/rogueidp/validator"
	"github.com/rogueidp/rogueidp/validator/internal/steps"
)

// A Mutant is the reference validator with one step weakened.
type Mutant struct {
	// Name is what the mutant does, in a few words.
	Name string
	// Forgets is what it leaves undone, as the rest of the sentence "the
	// validator that …".
	Forgets string
	// Family is the family of scenarios that one expects to catch it.
	Family string

	weaken func(*steps.Steps)
}

// All lists the mutants.
func All() []Mutant { return append([]Mutant(nil), table...) }

// New makes the mutant of a name.
func New(name string, configs ...validator.Config) (*validator.Validator, error) {
	s, err := weakened(name)
	if err != nil {
		return nil, err
	}
	v, err := steps.Workshop.Validator(s, configs)
	if err != nil {
		return nil, err
	}
	return v.(*validator.Validator), nil
}

// VerifyJWS is [validator.VerifyJWS] as the mutant of a name does it.
func VerifyJWS(name, raw string, key any, algs ...string) ([]byte, error) {
	s, err := weakened(name)
	if err != nil {
		return nil, err
	}
	return steps.Workshop.VerifyJWS(s, raw, key, algs...)
}

func weakened(name string) (*steps.Steps, error) {
	for _, m := range table {
		if m.Name == name {
			s := steps.Reference()
			m.weaken(s)
			return s, nil
		}
	}
	return nil, fmt.Errorf("mutants: there is no %q; All lists the names", name)
}
