package mockidp

import (
	"errors"
	"slices"
	"time"
)

// behind is how the journal names the node that knows an older key set.
const behind = "behind"

// Disagree lets every second answer for the key set come from a node that has
// not heard of any change since: it serves the keys of this moment until
// [Tenant.Agree]. The first answer is that node's. Tokens are signed with the
// key that is active, whether or not both nodes publish it.
func (t *Tenant) Disagree() error {
	_, err := t.manually(func(now time.Time) (*key, error) { return nobody, t.disagree(now, ByHand) })
	return err
}

// Agree ends what [Tenant.Disagree] began.
func (t *Tenant) Agree() error {
	_, err := t.manually(func(now time.Time) (*key, error) { return nobody, t.agree(now, ByHand) })
	return err
}

// nobody is the key that a verb moved which moves none.
var nobody = &key{}

func (t *Tenant) disagree(at time.Time, cause string) error {
	if t.older != nil {
		return errors.New("the nodes disagree already; let them agree first")
	}
	t.older = &olderNode{}
	for _, k := range t.keys {
		if k.public() {
			t.older.keys = append(t.older.keys, k)
		}
	}
	t.older.signs = t.active(t.first())
	t.journal.mark(at, "nodes disagree", cause)
	t.changed()
	return nil
}

func (t *Tenant) agree(at time.Time, cause string) error {
	if t.older == nil {
		return errors.New("the nodes agree already; let them disagree first")
	}
	t.older = nil
	t.journal.mark(at, "nodes agree", cause)
	t.changed()
	return nil
}

// An olderNode is one that changes do not reach. Nil is none.
type olderNode struct {
	keys    []*key
	signs   *key
	answers int
}

// turn tells which node gives the next answer: the older one or not. The
// tenant's lock is held.
func (o *olderNode) turn() bool {
	if o == nil {
		return false
	}
	o.answers++
	return o.answers%2 == 1
}

// publishes tells whether the node still serves a key.
func (o *olderNode) publishes(k *key) bool { return o != nil && slices.Contains(o.keys, k) }
