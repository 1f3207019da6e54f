package mockidp

import (
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
	// Compromised: others may hold it. It was removed for that reason.
	Compromised bool `json:"compromised,omitempty"`
}

// key is a Key with its material. The tenant's lock guards it.
type key struct {
	Key
	kind      kind
	*material // nil until somebody could see it
	place     *slotted
	past      []Station
	ousted    []*key // whose place it took, for a rollback
}

// furnish makes the material, unless it is made already.
func (k *key) furnish() error {
	if k.material != nil {
		return nil
	}
	var err error
	k.material, err = k.place.material()
	return err
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

func lower(s string) string { return fault.Respell(s, "lower-case") }

// keyFor is a pending key for an alg, without its material.
func (t *Tenant) keyFor(alg string) (*key, error) {
	a, ok := algorithmOf(alg)
	if !ok {
		return nil, fmt.Errorf("no key can be made for alg %q; known are %v", alg, Algorithms())
	}
	if a.kind == kindOct {
		return nil, fmt.Errorf("%s is keyed with the client secret, which is published nowhere and stays as it is; name an algorithm with a key pair", alg)
	}
	return &key{Key: Key{KID: t.chance.kid(), Alg: alg, State: Pending, Since: t.clock.Now().Round(0)}, kind: a.kind, place: t.ring.reserve(a.kind)}, nil
}

// maxKeys is how many keys a tenant remembers before it forgets the oldest of
// those that are gone.
const maxKeys = 2048

// hold adds a key to the tenant's. The lock is held.
func (t *Tenant) hold(k *key) {
	if len(t.keys) >= maxKeys {
		// Half at a time, so that forgetting costs nothing on the whole.
		drop := len(t.keys) / 2
		t.keys = slices.DeleteFunc(t.keys, func(k *key) bool {
			drop--
			return drop >= 0 && k.State == Removed
		})
	}
	t.keys = append(t.keys, k)
}

// Keys lists the tenant's keys, oldest first; of those that were removed, the
// last thousand at least.
func (t *Tenant) Keys() []Key {
	t.keepUp()
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
	t.keepUp()
	t.mu.RLock()
	defer t.mu.RUnlock()
	if k := t.active(t.first()); k != nil {
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

// algs are the tenant's algorithms, the one that signs by default first.
func (t *Tenant) algs() []string { return *t.order.Load() }

// first is the algorithm that signs by default.
func (t *Tenant) first() string { return t.algs()[0] }

// lead lets an algorithm sign by default. The lock is held.
func (t *Tenant) lead(alg string) {
	order := []string{alg}
	for _, other := range t.algs() {
		if other != alg {
			order = append(order, other)
		}
	}
	t.order.Store(&order)
}

// enter moves a key to another state, and notes what moved it. The lock is
// held.
func (t *Tenant) enter(k *key, s KeyState, at time.Time, cause string) {
	k.State, k.Since = s, at
	k.pass(s, at)
	if s == Removed {
		k.ousted = nil // or no key would ever be forgotten
	}
	t.journal.mark(at, string(s)+" "+k.KID, cause)
	t.changed()
}
