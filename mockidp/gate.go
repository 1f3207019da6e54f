package mockidp

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/rogueidp/rogueidp/mockidp/fault"
)

// A gate keeps answers back.
type gate struct {
	left int // answers still to be kept back; negative for all
	open chan struct{}
}

// Hold keeps the next n answers of an endpoint back, all of them where n is
// zero, until [Tenant.Release]. What an answer says is settled when it is asked
// for, so a held answer can come later than one that is newer. Being slow is no
// lie, so this is a verb.
func (t *Tenant) Hold(endpoint string, n int) error {
	if !slices.Contains(fault.Endpoints(), endpoint) || n < 0 {
		return fmt.Errorf("hold %d answers of %q: an endpoint is one of %s, and the number not negative", n, endpoint, strings.Join(fault.Endpoints(), ", "))
	}
	if n == 0 {
		n = -1
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.gates[endpoint] != nil {
		return fmt.Errorf("answers of %s are held already; release them first", endpoint)
	}
	if t.gates == nil {
		t.gates = map[string]*gate{}
	}
	t.gates[endpoint] = &gate{left: n, open: make(chan struct{})}
	t.journal.mark(t.clock.Now(), "hold "+endpoint, ByHand)
	return nil
}

// Release lets the answers of an endpoint go.
func (t *Tenant) Release(endpoint string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	g := t.gates[endpoint]
	if g == nil {
		return
	}
	delete(t.gates, endpoint)
	close(g.open)
	t.journal.mark(t.clock.Now(), "release "+endpoint, ByHand)
}

// pass waits at the gate of an endpoint, if there is one, until it opens or the
// client is gone.
func (t *Tenant) pass(ctx context.Context, endpoint string) {
	t.mu.Lock()
	g := t.gates[endpoint]
	if g == nil || g.left == 0 {
		t.mu.Unlock()
		return
	}
	g.left--
	t.mu.Unlock()
	select {
	case <-g.open:
	case <-ctx.Done():
	}
}
