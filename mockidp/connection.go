package mockidp

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"sync"

	"github.com/rogueidp/rogueidp/mockidp/fault"
)

// A door is a listener of a tenant's own, where faults of connections act: a
// path is not known at the handshake, so the endpoints that a fault is not
// about have to lie elsewhere.
type door struct {
	tenant *Tenant
	// keys: it leads to the key set; else to the issuer, and to the key set too
	// unless that lies elsewhere.
	keys bool
	wire *wire

	mu     sync.Mutex
	closed []string // the faults that closed its port and were not noted yet
	shut   bool
	n      int // connections since the faults changed
	mute   map[net.Conn]bool
}

// rewire opens the doors that the tenant's faults need, and closes and opens
// their ports. A door stays for as long as the tenant does, because whoever
// learned its address comes back to it. The tenant's lock is held.
func (t *Tenant) rewire() error {
	var all, ofIssuer, ofKeys bool
	for _, f := range t.faults {
		if fault.SeamOf(f) != fault.SeamConnection {
			continue
		}
		switch fault.EndpointOf(f) {
		case KeySet:
			ofKeys = true
		case Discovery:
			ofIssuer = true
		default:
			all = true
		}
	}
	if (all || ofIssuer) && t.front == nil {
		if err := t.moveIssuer(); err != nil {
			return err
		}
	}
	if ofIssuer && !all && t.keysBase.Load() == nil {
		t.keysAt(t.provider.base())
	}
	// Where the key set does not lie with the issuer, what is true of all
	// connections needs a second door.
	if (ofKeys || all && (ofIssuer || t.keysBase.Load() != nil)) && t.side == nil {
		if err := t.moveKeys(); err != nil {
			return err
		}
	}
	for _, d := range []*door{t.front, t.side} {
		if d == nil {
			continue
		}
		if err := d.settle(); err != nil {
			return err
		}
	}
	return nil
}

// able tells why this provider cannot do what a fault says of connections.
func (t *Tenant) able(f fault.Fault) error {
	bend, ok := fault.Inmost(f).(fault.ConnectionFault)
	if !ok {
		return nil
	}
	var c fault.Connection
	bend.Connecting(&c)
	_, always := f.(fault.RefuseConnection)
	overTLS := c.Certificate != "" || c.TLSVersion != "" || c.HTTP2 != ""
	switch endpoint := fault.EndpointOf(f); {
	case slices.Contains(fault.FlowEndpoints(), endpoint):
		return fmt.Errorf("%s: the endpoint %q shares its connections with the issuer, and cannot have worse ones alone; leave the endpoint out, or let reply.reset or reply.stall act there", f.Fault(), endpoint)
	case c.Refuse && !always:
		return errOccasional
	case overTLS && t.provider.cfg.Plain:
		return fmt.Errorf("%s: this provider serves without TLS", f.Fault())
	case c.Certificate != "" && t.provider.authority != nil && t.provider.authority.fixed != nil:
		return fmt.Errorf("%s: this provider has a certificate of yours, and can make no bad one of the same authority", f.Fault())
	}
	return nil
}

// moveIssuer gives the issuer a door, and so another URL.
func (t *Tenant) moveIssuer() error {
	if t.cfg.Issuer != "" {
		return fmt.Errorf("tenant %s has a fixed issuer, so its connections are everybody's; open a tenant without one", t.Name())
	}
	u, err := url.Parse(t.issuer)
	if err != nil {
		return err
	}
	if t.front, err = t.openDoor(false); err != nil {
		return err
	}
	u.Host = t.front.wire.host
	t.issuer = u.String()
	return nil
}

// moveKeys gives the key set a door, and so another address.
func (t *Tenant) moveKeys() (err error) {
	if t.side, err = t.openDoor(true); err != nil {
		return err
	}
	t.keysAt(t.provider.scheme() + "://" + t.side.wire.host)
	return nil
}

// keysAt lets the key set lie under another base than the issuer's.
func (t *Tenant) keysAt(base string) { t.keysBase.Store(&base) }

func (t *Tenant) openDoor(keys bool) (*door, error) {
	d := &door{tenant: t, keys: keys, mute: map[net.Conn]bool{}}
	w, err := t.provider.openWire(t, place{plain: t.provider.cfg.Plain, door: d})
	if err != nil {
		return nil, err
	}
	d.wire = w
	return d, nil
}

// of tells whether a fault acts on who comes to this door.
func (d *door) of(f fault.Fault) bool {
	if fault.SeamOf(f) != fault.SeamConnection {
		return false
	}
	switch fault.EndpointOf(f) {
	case KeySet:
		return d.keys
	case Discovery:
		return !d.keys
	}
	return true
}

// settle closes or opens the port as the tenant's faults will have it. The
// tenant's lock is held.
func (d *door) settle() error {
	var closing []string
	for _, f := range d.tenant.faults {
		if _, refuses := f.(fault.RefuseConnection); refuses && d.of(f) {
			closing = append(closing, f.Fault())
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.n = 0
	switch {
	case len(closing) > 0 && !d.shut:
		d.shut, d.closed = true, closing
		return d.wire.shut(func() {
			for _, name := range closing {
				d.tenant.journal.refused(d.tenant.clock.Now(), name)
			}
		})
	case len(closing) == 0 && d.shut:
		d.shut = false
		return d.tenant.provider.reopen(d.wire)
	}
	return nil
}

// isShut tells whether the port is closed and nobody can be seen coming.
func (d *door) isShut() bool {
	if d == nil || d.tenant.provider.memory != nil {
		return false
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.shut
}

func (d *door) close() error {
	err := d.wire.close()
	d.mu.Lock()
	defer d.mu.Unlock()
	for conn := range d.mute {
		_ = conn.Close()
	}
	return err
}

// A meeting is one connection and what the faults make of it. A fault that
// acts at the handshake or later is noted when it does.
type meeting struct {
	net.Conn
	fault.Connection
	door             *door
	atHello, atAsked []string
}

// NetConn is the connection beneath.
func (m *meeting) NetConn() net.Conn { return m.Conn }

// meet lets the faults of the tenant act on the next connection.
func (d *door) meet(conn net.Conn) *meeting {
	t, m := d.tenant, &meeting{Conn: conn, door: d}
	d.mu.Lock()
	n := d.n
	d.n++
	if d.tenant.provider.memory == nil {
		// Who comes as soon as the port is open has been coming before.
		for _, name := range d.closed {
			t.journal.noted(t.clock.Now(), name)
		}
	}
	d.closed = nil
	d.mu.Unlock()
	where := Connections
	if d.keys {
		where += " " + KeySet
	}
	occasion := fault.Occasion{Seed: t.provider.cfg.Seed, Scenario: t.cfg.Scenario, Endpoint: where, N: n}
	for _, f := range t.Faults() {
		if !d.of(f) {
			continue
		}
		if f = fault.On(f, occasion); f == nil {
			continue
		}
		before := m.Connection
		f.(fault.ConnectionFault).Connecting(&m.Connection)
		switch {
		case m.HTTP2 != before.HTTP2:
			m.atAsked = append(m.atAsked, f.Fault())
		case m.Certificate != before.Certificate, m.TLSVersion != before.TLSVersion:
			m.atHello = append(m.atHello, f.Fault())
		case m.Reset != before.Reset, m.Stall != before.Stall:
			t.journal.refused(t.clock.Now(), f.Fault())
		}
	}
	return m
}

func (m *meeting) note(names []string) {
	for _, name := range names {
		m.door.tenant.journal.refused(m.door.tenant.clock.Now(), name)
	}
}

// threshold is the listener behind a door.
type threshold struct {
	net.Listener
	door  *door
	plain bool
}

func (l *threshold) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return conn, err
		}
		m := l.door.meet(conn)
		switch {
		case m.Reset:
			abort(conn)
			continue
		case m.Stall:
			go l.door.stayMute(conn)
			continue
		case l.plain:
			return m, nil
		}
		cfg, err := m.tls()
		if err != nil {
			l.door.tenant.provider.log("no handshake: %v", err)
			_ = conn.Close()
			continue
		}
		return tls.Server(m, cfg), nil
	}
}

// stayMute keeps a connection, and hears it out, until the other side leaves.
// Meanwhile the client waits for us, as it would for an answer.
func (d *door) stayMute(conn net.Conn) {
	defer d.tenant.journal.waiting()()
	d.mu.Lock()
	d.mute[conn] = true
	d.mu.Unlock()
	defer func() {
		d.mu.Lock()
		delete(d.mute, conn)
		d.mu.Unlock()
		_ = conn.Close()
	}()
	for nothing := make([]byte, 4<<10); ; {
		if _, err := conn.Read(nothing); err != nil {
			return
		}
	}
}

// tls is how hands are shaken on a connection.
func (m *meeting) tls() (*tls.Config, error) {
	p := m.door.tenant.provider
	ca := p.authority
	if p.memory != nil {
		var err error
		if ca, err = p.memory.ca(); err != nil {
			return nil, err
		}
	}
	cfg := ca.serverConfig()
	// Whatever is noted is noted at once: the client may end it right there.
	cfg.GetConfigForClient = func(*tls.ClientHelloInfo) (*tls.Config, error) {
		m.note(m.atHello)
		return nil, nil
	}
	// A session that is taken up again would show no certificate.
	cfg.SessionTicketsDisabled = true
	if m.Certificate != "" {
		cfg.GetCertificate = func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
			return ca.flawed(m.Certificate, ca.nameFor(hello))
		}
	}
	switch m.TLSVersion {
	case "1.0":
		cfg.MinVersion, cfg.MaxVersion = tls.VersionTLS10, tls.VersionTLS10
	case "1.1":
		cfg.MinVersion, cfg.MaxVersion = tls.VersionTLS11, tls.VersionTLS11
	}
	if m.HTTP2 != "" {
		cfg.NextProtos = []string{"h2", "http/1.1"}
	}
	return cfg, nil
}

// errOccasional says why a port is not closed now and then.
var errOccasional = errors.New("connection.refuse: nobody can tell who comes to a closed port, so it is closed to all or to none; let connection.reset act now and then")
