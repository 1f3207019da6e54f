package mockidp

import (
	"slices"
	"time"
)

// A Station is the time that a key spent in one state. To is zero while it is
// there.
type Station struct {
	State KeyState  `json:"state"`
	From  time.Time `json:"from"`
	To    time.Time `json:"to,omitzero"`
}

// A Life is what became of one key, station by station: a bar, if one draws it.
type Life struct {
	KID         string    `json:"kid"`
	Alg         string    `json:"alg"`
	Compromised bool      `json:"compromised,omitempty"`
	Stations    []Station `json:"stations"`
}

// pass ends a key's station and begins the next one.
func (k *key) pass(s KeyState, at time.Time) {
	if n := len(k.past); n > 0 {
		k.past[n-1].To = at
	}
	k.past = append(k.past, Station{State: s, From: at})
}

// standing is a key's state at a time; empty before it had any.
func (k *key) standing(at time.Time) KeyState {
	for _, s := range slices.Backward(k.past) {
		if !s.From.After(at) {
			return s.State
		}
	}
	return ""
}

// Lives are the lives of the keys that [Tenant.Keys] lists, in the same order.
// Times are the tenant's.
func (t *Tenant) Lives() []Life {
	t.keepUp()
	t.mu.RLock()
	defer t.mu.RUnlock()
	lives := make([]Life, len(t.keys))
	for i, k := range t.keys {
		lives[i] = Life{KID: k.KID, Alg: k.Alg, Compromised: k.Compromised, Stations: slices.Clone(k.past)}
	}
	return lives
}

// Standing is the state in which the key that signed a token was at a time, of
// the tenant's clock and no later than now. A token is valid, as far as its key
// goes, that is presented while the key is active or retired. It is empty
// before the key had a state, and where no key of the tenant signed. It asks
// for the token and not for its kid, which two keys may share.
func (t *Tenant) Standing(m *Minted, at time.Time) KeyState {
	t.keepUp()
	t.mu.RLock()
	defer t.mu.RUnlock()
	if m.key == nil {
		return ""
	}
	return m.key.standing(at)
}
