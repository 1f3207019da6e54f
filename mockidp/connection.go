package mockidp

import (
	"fmt"
	"net/url"
	"sync/atomic"

	"github.com/rogueidp/rogueidp/mockidp/fault"
)

// rewire gives a tenant with a connection fault a listener of its own: a path
// is not known at the handshake, and a connection kept alive would hide the
// fault. The tenant's lock is held.
func (t *Tenant) rewire() error {
	wanted := false
	for _, f := range t.faults {
		wanted = wanted || fault.SeamOf(f) == fault.SeamConnection
	}
	if !wanted || t.wired != nil {
		return nil
	}
	if t.cfg.Issuer != "" {
		return fmt.Errorf("tenant %s has a fixed issuer, so its connections are everybody's; open a tenant without one", t.Name())
	}
	var n atomic.Int64
	w, err := t.provider.openWire(t, place{plain: t.provider.cfg.Plain, accept: func() fault.Connection {
		return t.connect(int(n.Add(1)) - 1)
	}})
	if err != nil {
		return err
	}
	t.wired = w
	u, err := url.Parse(t.issuer)
	if err != nil {
		return err
	}
	u.Host = w.host
	t.issuer = u.String()
	return nil
}

// connect lets the faults of connections act on the n-th one.
func (t *Tenant) connect(n int) fault.Connection {
	var c fault.Connection
	occasion := fault.Occasion{Seed: t.provider.cfg.Seed, Scenario: t.cfg.Scenario, Endpoint: Connections, N: n}
	for _, f := range t.Faults() {
		if f = fault.On(f, occasion); f == nil {
			continue
		}
		if bend, ok := f.(fault.ConnectionFault); ok {
			bend.Connecting(&c)
			t.journal.refused(t.clock.Now(), f.Fault())
		}
	}
	return c
}
