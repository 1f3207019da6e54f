package relyingparty

import (
	"fmt"
	"time"
)

// A Weakness is one thing that a relying party forgets.
type Weakness struct {
	Name string
	// Forgets is what it does, as the rest of the sentence "the party that …".
	Forgets string
	// Rows are the scenarios that one expects to catch it.
	Rows []string
	// Setup is the registration that it takes, one of [Setups]; "code" when empty.
	Setup string

	weaken func(*ways)
}

// Weaknesses lists them.
func Weaknesses() []Weakness { return append([]Weakness(nil), table...) }

func weakened(name string) (*ways, error) {
	w := clean()
	if name == "" {
		return w, nil
	}
	for _, one := range table {
		if one.Name == name {
			one.weaken(w)
			return w, nil
		}
	}
	return nil, fmt.Errorf("relyingparty: there is no weakness %q; Weaknesses lists them", name)
}

var table []Weakness

type clockFunc func() time.Time

func (f clockFunc) Now() time.Time { return f() }
