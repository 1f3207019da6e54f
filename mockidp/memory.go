package mockidp

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"fmt"
	"net"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
)

// A memory network connects targets in this process to the provider without a
// socket: HTTP as it is, over pipes, under host names that exist nowhere else.
// There is no TLS on it, but for tenants with a door of their own.
type memory struct {
	mu    sync.Mutex
	hosts map[string]*pipes // by host:port
	ports int

	once      sync.Once
	authority *authority
	failed    error
}

const memoryHost = "idp.rogueidp.test"

// ca is the authority of the doors, made when the first one opens.
func (m *memory) ca() (*authority, error) {
	m.once.Do(func() { m.authority, m.failed = newAuthority(Config{}, memoryHost) })
	return m.authority, m.failed
}

// pipes are a listener of a memory network.
type pipes struct {
	name   string
	secure bool // it wants a handshake
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
	// shut is set while the port is closed and tells who came all the same.
	shut atomic.Pointer[func()]
}

func (l *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *pipes) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

func (l *pipes) Addr() net.Addr  { return l }
func (l *pipes) Network() string { return "memory" }
func (l *pipes) String() string  { return l.name }

func (p *Provider) openMemory(w *wire, at place) {
	host, port := memoryHost, "443"
	if at.plain {
		port = "80"
	}
	w.host = host
	p.memory.mu.Lock()
	defer p.memory.mu.Unlock()
	switch {
	case at.apart:
		host = strings.ToLower(rand.Text()[:10]) + ".elsewhere.test"
		w.host = host
	case at.host != "":
		p.memory.ports++
		host, port = at.host, strconv.Itoa(1024+p.memory.ports)
		w.host = net.JoinHostPort(host, port)
	case p.main != nil:
		// Another listener of the same host has another port.
		p.memory.ports++
		port = strconv.Itoa(1024 + p.memory.ports)
		w.host = net.JoinHostPort(host, port)
	}
	l := &pipes{
		name: net.JoinHostPort(host, port), secure: at.door != nil && !at.plain,
		conns: make(chan net.Conn), closed: make(chan struct{}),
	}
	p.memory.hosts[l.name] = l
	w.listeners = []net.Listener{l}
	w.forget = func() {
		p.memory.mu.Lock()
		defer p.memory.mu.Unlock()
		delete(p.memory.hosts, l.name)
	}
}

// dial connects, without a handshake.
func (m *memory) dial(ctx context.Context, _, addr string) (net.Conn, error) {
	conn, _, err := m.connect(ctx, addr)
	return conn, err
}

// dialTLS connects, and shakes hands where the other side wants to; trust says
// whom the client trusts, and nil trusts the provider's authority.
func (m *memory) dialTLS(ctx context.Context, addr string, trust *tls.Config) (net.Conn, error) {
	conn, secure, err := m.connect(ctx, addr)
	if err != nil || !secure {
		return conn, err
	}
	ca, err := m.ca()
	if err != nil {
		return nil, err
	}
	cfg := trust.Clone()
	if cfg.RootCAs == nil {
		cfg.RootCAs = ca.pool()
	}
	cfg.NextProtos = []string{"h2", "http/1.1"}
	if cfg.ServerName, _, err = net.SplitHostPort(addr); err != nil {
		return nil, err
	}
	client := tls.Client(conn, cfg)
	if err := client.HandshakeContext(ctx); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return client, nil
}

func (m *memory) connect(ctx context.Context, addr string) (conn net.Conn, secure bool, err error) {
	failed := func(why error) (net.Conn, bool, error) {
		return nil, false, &net.OpError{Op: "dial", Net: "memory", Err: why}
	}
	m.mu.Lock()
	l := m.hosts[addr]
	m.mu.Unlock()
	if l == nil {
		return failed(fmt.Errorf("nothing answers at %s", addr))
	}
	if seen := l.shut.Load(); seen != nil {
		(*seen)()
		return failed(syscall.ECONNREFUSED)
	}
	here, there := newPipe(l)
	select {
	case l.conns <- there:
		return here, l.secure, nil
	case <-l.closed:
		return failed(net.ErrClosed)
	case <-ctx.Done():
		return nil, false, ctx.Err()
	}
}

// abort ends a connection with a reset, whatever lies over it.
func abort(conn net.Conn) {
	for {
		over, ok := conn.(interface{ NetConn() net.Conn })
		if !ok {
			break
		}
		conn = over.NetConn()
	}
	switch raw := conn.(type) {
	case *net.TCPConn:
		_ = raw.SetLinger(0) // close with RST
	case *end:
		raw.reset()
	}
	_ = conn.Close()
}
