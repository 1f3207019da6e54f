package fault

import "slices"

// DropKey leaves the signing key out of the set, as a node does that has not
// heard of it yet.
type DropKey struct{}

func (DropKey) Fault() string { return "keyset.drop-key" }
func (DropKey) Publishing(k *KeySet) {
	k.Keys = slices.DeleteFunc(k.Keys, func(p PublishedKey) bool { return p.Signs })
}

// Every lets a fault act on every N-th occasion, the first one included, as
// behind a balancer whose N nodes take turns and one of them is ill.
type Every struct {
	N  int  `json:"n"`
	Do Some `json:"do"`
}

func (Every) Fault() string          { return "every" }
func (f Every) inner() Fault         { return f.Do.Fault }
func (f Every) acts(o Occasion) bool { return f.N > 0 && o.N%f.N == 0 }
