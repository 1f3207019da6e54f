package mockidp

import (
	"fmt"
	"slices"
	"time"
)

// ByHand is the cause of what somebody did who was not a policy.
const ByHand = "by hand"

// AnotherAlg, as a [Rotation]'s NewAlg, is the first of the tenant's algorithms
// that is not the one it rotates.
const AnotherAlg = "another"

// A Rotation says how keys change hands. Its zero value is the ordinary one:
// a new key signs, the old one stays published.
type Rotation struct {
	Alg string `json:"alg,omitempty"` // whose key; empty: the tenant's first algorithm
	// Remove takes the old key out of the set at once.
	Remove bool `json:"remove,omitempty"`
	// SameKID gives the new key the kid of the old one, which is removed.
	SameKID bool `json:"sameKid,omitempty"`
	// Compromised removes the old key at once and notes that others may hold it.
	Compromised bool `json:"compromised,omitempty"`
	// NewAlg is the algorithm of the new key, where it is not the old one's, or
	// [AnotherAlg]. The tenant signs with it by default from then on. Where the
	// tenant had an active key for it already, that one leaves with the old key.
	NewAlg string `json:"newAlg,omitempty"`
}

// A handover is a rotation with the key that comes next.
type handover struct {
	Rotation
	from, to string // algorithms
	next     *key
}

// Rotate makes a new key and lets it sign from now on; a key that was published
// ahead comes first. It is correct behaviour at what may be an awkward moment,
// and so no fault (OIDC Core section 10.1.1).
func (t *Tenant) Rotate(r Rotation) (Key, error) {
	t.verbs.Lock()
	defer t.verbs.Unlock()
	now := t.caughtUp()
	t.mu.RLock()
	h, err := t.handover(r)
	t.mu.RUnlock()
	if err != nil {
		return Key{}, err
	}
	// An RSA key takes its time, and nobody else shall wait for it.
	if err := h.next.furnish(); err != nil {
		return Key{}, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.rotate(h, now, ByHand)
	return h.next.Key, nil
}

// handover finds the key whose turn comes next: one that was published ahead,
// or else a new one. The lock is held.
func (t *Tenant) handover(r Rotation) (handover, error) {
	h := handover{Rotation: r, from: or(r.Alg, t.first())}
	h.to = or(r.NewAlg, h.from)
	if r.NewAlg == AnotherAlg {
		i := slices.IndexFunc(t.algs(), func(alg string) bool { return alg != h.from && KeyType(alg) != "oct" })
		if i < 0 {
			return h, fmt.Errorf("the tenant has no algorithm but %s that a key could be made for; open it with two, such as RS256,ES256, or name the new one in newAlg", h.from)
		}
		h.to = t.algs()[i]
	}
	if !r.SameKID {
		for _, k := range t.keys {
			if k.State == Published && k.Alg == h.to {
				h.next = k
				return h, nil
			}
		}
	}
	var err error
	h.next, err = t.keyFor(h.to)
	return h, err
}

// rotate lets keys change hands. The lock is held.
func (t *Tenant) rotate(h handover, at time.Time, cause string) {
	var old []*key
	if k := t.active(h.from); k != nil {
		old = append(old, k)
	}
	if k := t.active(h.to); k != nil && k.Alg == h.to && !slices.Contains(old, k) {
		old = append(old, k)
	}
	leaves := Retired
	if h.Remove || h.SameKID || h.Compromised {
		leaves = Removed
	}
	for i, k := range old {
		if i == 0 && h.SameKID {
			h.next.KID = k.KID
		}
		k.Compromised = k.Compromised || h.Compromised
		t.enter(k, leaves, at, cause)
	}
	if h.next.State == Pending {
		t.hold(h.next)
	}
	h.next.ousted = old
	if h.NewAlg != "" {
		t.lead(h.to)
	}
	t.enter(h.next, Active, at, cause)
}

// Publish makes a key that stands in the key set and does not sign yet. The
// next [Tenant.Rotate] lets it sign. An empty alg is the tenant's first.
func (t *Tenant) Publish(alg string) (Key, error) {
	t.verbs.Lock()
	defer t.verbs.Unlock()
	now := t.caughtUp()
	fresh, err := t.keyFor(or(alg, t.first()))
	if err != nil {
		return Key{}, err
	}
	if err := fresh.furnish(); err != nil {
		return Key{}, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.publish(fresh, now, ByHand)
	return fresh.Key, nil
}

func (t *Tenant) publish(fresh *key, at time.Time, cause string) {
	t.hold(fresh)
	t.enter(fresh, Published, at, cause)
}

// Retire lets a key sign no more; it stays in the key set. An empty kid means
// the key that signs now.
func (t *Tenant) Retire(kid string) (Key, error) {
	return t.manually(func(now time.Time) (*key, error) { return t.retire(kid, now, ByHand) })
}

// Remove takes a key out of the key set. An empty kid means the key that was
// retired last.
func (t *Tenant) Remove(kid string) (Key, error) {
	return t.manually(func(now time.Time) (*key, error) { return t.remove(kid, now, ByHand) })
}

// Rollback undoes the last rotation: the key that signed before signs again,
// out of the key set or not, and the one that took its place is removed. It
// returns the key that signs now.
func (t *Tenant) Rollback() (Key, error) {
	return t.manually(func(now time.Time) (*key, error) { return t.rollback(now, ByHand) })
}

// manually carries out one verb that needs no new key.
func (t *Tenant) manually(do func(now time.Time) (*key, error)) (Key, error) {
	t.verbs.Lock()
	defer t.verbs.Unlock()
	now := t.caughtUp()
	t.mu.Lock()
	defer t.mu.Unlock()
	k, err := do(now)
	if err != nil {
		return Key{}, err
	}
	t.furnish()
	return k.Key, nil
}

func (t *Tenant) retire(kid string, at time.Time, cause string) (*key, error) {
	k := t.active(t.first())
	if kid != "" {
		var err error
		if k, err = t.called(kid); err != nil {
			return nil, err
		}
	}
	switch {
	case k == nil:
		return nil, fmt.Errorf("no key for %s is active", t.first())
	case k.State != Active:
		return nil, fmt.Errorf("key %s is %s, and only an active key can retire", k.KID, k.State)
	}
	t.enter(k, Retired, at, cause)
	return k, nil
}

func (t *Tenant) remove(kid string, at time.Time, cause string) (*key, error) {
	var last *key
	for _, k := range t.keys {
		if k.State == Retired && (last == nil || !k.Since.Before(last.Since)) {
			last = k
		}
	}
	if kid != "" {
		var err error
		if last, err = t.called(kid); err != nil {
			return nil, err
		}
	}
	if last == nil {
		return nil, fmt.Errorf("no key is retired; retire one first, or say which to remove")
	}
	t.enter(last, Removed, at, cause)
	return last, nil
}

func (t *Tenant) rollback(at time.Time, cause string) (*key, error) {
	signs := t.active(t.first())
	if signs == nil {
		return nil, fmt.Errorf("no key for %s is active; rotate one in", t.first())
	}
	back := signs.ousted
	if len(back) == 0 {
		return nil, fmt.Errorf("key %s took no other's place that it could give back; rotate first", signs.KID)
	}
	t.enter(signs, Removed, at, cause)
	for _, k := range back {
		if !slices.Contains(t.keys, k) {
			t.hold(k) // it was gone for so long that it was forgotten
		}
		t.enter(k, Active, at, cause)
	}
	t.lead(back[0].Alg)
	return back[0], nil
}

// called is the youngest key with a kid that is not gone.
func (t *Tenant) called(kid string) (*key, error) {
	var kids []string
	for _, k := range slices.Backward(t.keys) {
		switch {
		case k.State == Removed:
		case k.KID == kid:
			return k, nil
		default:
			kids = append(kids, k.KID)
		}
	}
	slices.Reverse(kids)
	return nil, fmt.Errorf("no key has the kid %q; the keys are %v", kid, kids)
}

// Advance moves the tenant's clock. What a policy wants done in that time is
// done in order, each change at its own time.
func (t *Tenant) Advance(by time.Duration) error {
	if by < 0 {
		return fmt.Errorf("the clock cannot go back by %v; open another tenant instead", -by)
	}
	t.verbs.Lock()
	defer t.verbs.Unlock()
	t.clock.Advance(by)
	t.journal.mark(t.caughtUp(), "advance "+by.String(), ByHand)
	return nil
}
