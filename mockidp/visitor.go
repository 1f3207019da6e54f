package mockidp

import (
	"maps"
	"time"

	"github.com/rogueidp/rogueidp/mockidp/fault"
)

// visit is how a person is treated now.
func (v *Visitor) visit() Visit {
	if v == nil {
		return Visit{}
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.is
}

// tokenFaults are those of a person's faults that act on tokens, and how many
// tokens were made for them before.
func (v *Visitor) tokenFaults(kind string) ([]fault.Fault, tokenCount) {
	if v == nil {
		return nil, tokenCount{}
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	return fault.OfToken(v.is.Faults), v.minted.next(kind)
}

// faultsAt are a person's faults and how often they came to an endpoint before.
func (v *Visitor) faultsAt(endpoint string) ([]fault.Fault, int) {
	if v == nil {
		return nil, 0
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	n := v.met[endpoint]
	v.met[endpoint]++
	return v.is.Faults, n
}

// asks keeps what was asked on a person's behalf.
func (v *Visitor) asks(r *FlowRequest) {
	if v == nil {
		return
	}
	v.tenant.ledger.mu.Lock()
	defer v.tenant.ledger.mu.Unlock()
	v.requests.add(r)
}

// serving counts the faults that act on an answer to a person.
func (v *Visitor) serving(names []string) {
	if v == nil {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, name := range names {
		v.served[name]++
	}
}

func (v *Visitor) servedCounts() map[string]int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return maps.Clone(v.served)
}

// given keeps an ID token that was made for a person.
func (v *Visitor) given(m *Minted) {
	if v == nil {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(v.tokens) >= maxVisitorTokens {
		v.tokens = append([]*Minted(nil), v.tokens[1:]...)
	}
	v.tokens = append(v.tokens, m)
}

func (v *Visitor) signsIn(s *signIn) {
	if v == nil {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(v.signIns) >= maxVisitorSignIns {
		v.signIns = append([]*signIn(nil), v.signIns[1:]...)
	}
	v.signIns = append(v.signIns, s)
	if len(v.open) >= maxVisitorSignIns {
		v.open = append([]*signIn(nil), v.open[1:]...)
	}
	v.open = append(v.open, s)
}

// signedInAt notes that a person signed in on the login page.
func (v *Visitor) signedInAt(at time.Time) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.signedIn = at
}

// since tells whether a person is signed in at the provider, and since when. One
// whom [Tenant.Visit] made always is, and signs in each time.
func (v *Visitor) since() (at time.Time, signedIn bool) {
	if v == nil {
		return time.Time{}, false
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.signedIn, !v.byForm || !v.signedIn.IsZero()
}

// leaves ends a person's stay at the provider, and tells of which sign-ins.
func (v *Visitor) leaves() []*signIn {
	if v == nil {
		return nil
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	ended := v.open
	v.signedIn, v.open = time.Time{}, nil
	return ended
}

// A tokenCount is how many tokens of each kind were made.
type tokenCount struct {
	id     int
	others map[string]int
}

// next counts one more of a kind, and is the count before.
func (c *tokenCount) next(kind string) tokenCount {
	before := tokenCount{id: c.id}
	if kind != "" {
		before.others = map[string]int{kind: c.others[kind]}
		if c.others == nil {
			c.others = map[string]int{}
		}
		c.others[kind]++
	}
	if isIDToken(kind) {
		c.id++
	}
	return before
}

// of is how many there were of what a fault acts on.
func (c tokenCount) of(kind string) int {
	if kind == "" || kind == "id-token" {
		return c.id
	}
	return c.others[kind]
}
