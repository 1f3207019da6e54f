package mockidp

import (
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rogueidp/rogueidp/mockidp/fault"
)

// A KeyState is a station in the life of a signing key.
type KeyState string

// A key is made pending, is published before it signs, signs while it is
// active, stays published for a while when retired, and is gone when removed.
const (
	Pending   KeyState = "pending"
	Published KeyState = "published"
	Active    KeyState = "active"
	Retired   KeyState = "retired"
	Removed   KeyState = "removed"
)

// A Key is what the world may know of one signing key of a tenant.
type Key struct {
	KID   string    `json:"kid"`
	Alg   string    `json:"alg"`
	State KeyState  `json:"state"`
	Since time.Time `json:"since"` // when it entered its state, by the tenant's clock
}

// key is a Key with its material. The tenant's lock guards it.
type key struct {
	Key
	*material
}

// public tells whether the key stands in the key set.
func (k *key) public() bool {
	return k.State == Published || k.State == Active || k.State == Retired
}

// jwk is the key's entry in the key set: the members that a plain provider
// gives, in the order in which people read them.
func (k *key) jwk() fault.Object {
	o := fault.Object{
		{Name: "kid", Value: fault.Text(k.KID)},
		{Name: "use", Value: `"sig"`},
		{Name: "alg", Value: fault.Text(k.Alg)},
	}
	return append(o, k.material.public...)
}

// jwkFor is the entry of a key that goes by a word of [fault.Keys].
func (k *key) jwkFor(word string) fault.Object {
	o := k.jwk()
	if strings.HasSuffix(word, "-encryption") {
		o.Set("use", `"enc"`)
	}
	return o
}

// newKID is random: kids must be unique to the run and give nothing away. It
// holds letters of both cases, which some scenarios change.
func newKID() string { return rand.Text()[:8] + "-" + lower(rand.Text()[:8]) }

func lower(s string) string { return fault.Respell(s, "lower-case") }

// keyFor makes a pending key for an alg.
func (t *Tenant) keyFor(alg string) (*key, error) {
	a, ok := algorithmOf(alg)
	if !ok {
		return nil, fmt.Errorf("no key can be made for alg %q; known are %v", alg, Algorithms())
	}
	m, err := t.ring.take(a.kind)
	if err != nil {
		return nil, err
	}
	return &key{Key{KID: newKID(), Alg: alg, State: Pending, Since: t.clock.Now()}, m}, nil
}

// Keys lists the tenant's keys, oldest first, removed ones too.
func (t *Tenant) Keys() []Key {
	t.mu.RLock()
	defer t.mu.RUnlock()
	list := make([]Key, len(t.keys))
	for i, k := range t.keys {
		list[i] = k.Key
	}
	return list
}

// KID is the kid of the key that signs with the tenant's first algorithm.
func (t *Tenant) KID() string {
	t.mu.RLock()
	defer t.mu.RUnlock()
	if k := t.active(t.algs[0]); k != nil {
		return k.KID
	}
	return ""
}

// active is the key that signs with alg now: the youngest active one for
// exactly this alg, or one of the same type. The lock is held.
func (t *Tenant) active(alg string) *key {
	a, ok := algorithmOf(alg)
	if !ok {
		return nil
	}
	var alike *key
	for _, k := range slices.Backward(t.keys) {
		if k.State != Active {
			continue
		}
		if k.Alg == alg {
			return k
		}
		if alike == nil && k.kind == a.kind {
			alike = k
		}
	}
	return alike
}

// enter moves a key to another state. The lock is held.
func (t *Tenant) enter(k *key, s KeyState) {
	k.State, k.Since = s, t.clock.Now()
	t.journal.mark(k.Since, string(s)+" "+k.KID)
	t.changed()
}

// A Rotation says how keys change hands. Its zero value is the ordinary one:
// a new key signs, the old one stays published.
type Rotation struct {
	Alg string `json:"alg,omitempty"` // whose key; empty: the tenant's first algorithm
	// Remove takes the old key out of the set at once.
	Remove bool `json:"remove,omitempty"`
	// SameKID gives the new key the kid of the old one, which is removed.
	SameKID bool `json:"sameKid,omitempty"`
}

// Rotate makes a new key and lets it sign from now on. It is correct behaviour
// at what may be an awkward moment, and so no fault (OIDC Core section 10.1.1).
func (t *Tenant) Rotate(r Rotation) (Key, error) {
	alg := r.Alg
	if alg == "" {
		alg = t.algs[0]
	}
	t.verbs.Lock()
	defer t.verbs.Unlock()
	next, err := t.waiting(alg, r.SameKID)
	if err != nil {
		return Key{}, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if old := t.active(alg); old != nil {
		switch {
		case r.SameKID:
			next.KID = old.KID
			t.enter(old, Removed)
		case r.Remove:
			t.enter(old, Removed)
		default:
			t.enter(old, Retired)
		}
	}
	if next.State == Pending {
		t.keys = append(t.keys, next)
	}
	t.enter(next, Active)
	return next.Key, nil
}

// waiting is the key whose turn comes next: one that was published ahead, or
// else a new one, made before the lock is taken because an RSA key takes its
// time.
func (t *Tenant) waiting(alg string, fresh bool) (*key, error) {
	if !fresh {
		t.mu.RLock()
		defer t.mu.RUnlock()
		for _, k := range t.keys {
			if k.State == Published && k.Alg == alg {
				return k, nil
			}
		}
	}
	return t.keyFor(alg)
}

// Publish makes a key that stands in the key set and does not sign yet. The
// next [Tenant.Rotate] lets it sign.
func (t *Tenant) Publish(alg string) (Key, error) {
	if alg == "" {
		alg = t.algs[0]
	}
	t.verbs.Lock()
	defer t.verbs.Unlock()
	fresh, err := t.keyFor(alg)
	if err != nil {
		return Key{}, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.keys = append(t.keys, fresh)
	t.enter(fresh, Published)
	return fresh.Key, nil
}

// Retire lets a key sign no more; it stays in the key set. An empty kid means
// the key that signs now.
func (t *Tenant) Retire(kid string) (Key, error) { return t.move(kid, Active, Retired) }

// Remove takes a key out of the key set. An empty kid means the key that was
// retired last.
func (t *Tenant) Remove(kid string) (Key, error) { return t.move(kid, Retired, Removed) }

func (t *Tenant) move(kid string, from, to KeyState) (Key, error) {
	t.verbs.Lock()
	defer t.verbs.Unlock()
	t.mu.Lock()
	defer t.mu.Unlock()
	var found *key
	for _, k := range slices.Backward(t.keys) {
		if kid == "" && k.State == from && k.Alg == t.algs[0] || kid != "" && k.KID == kid && k.State != Removed {
			found = k
			break
		}
	}
	switch {
	case found == nil && kid != "":
		return Key{}, fmt.Errorf("no key has the kid %q; the keys are %v", kid, t.kids())
	case found == nil:
		return Key{}, fmt.Errorf("no key for %s is %s", t.algs[0], from)
	case to == Retired && found.State != Active:
		return Key{}, fmt.Errorf("key %s is %s, and only an active key can retire", found.KID, found.State)
	}
	t.enter(found, to)
	return found.Key, nil
}

func (t *Tenant) kids() []string {
	var kids []string
	for _, k := range t.keys {
		if k.State != Removed {
			kids = append(kids, k.KID)
		}
	}
	return kids
}

// Advance moves the tenant's clock.
func (t *Tenant) Advance(by time.Duration) error {
	if by < 0 {
		return fmt.Errorf("the clock cannot go back by %v; open another tenant instead", -by)
	}
	t.clock.Advance(by)
	t.journal.mark(t.clock.Now(), "advance "+by.String())
	return nil
}
