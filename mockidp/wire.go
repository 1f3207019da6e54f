package mockidp

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/rogueidp/rogueidp/mockidp/fault"
)

// A wire is one address that something answers at: the provider itself, a
// tenant with a connection of its own, or a canary.
type wire struct {
	host      string // host:port, as it stands in URLs
	listeners []net.Listener
	server    *http.Server
	forget    func()
}

// A place says what kind of wire is wanted.
type place struct {
	addr  string // to listen on; empty: any port of the provider's own address
	apart bool   // under another host name than the provider
	plain bool   // without TLS
	// accept is asked about every connection; nil lets all pass.
	accept func() fault.Connection
}

func (w *wire) close() error {
	if w.forget != nil {
		w.forget()
	}
	err := w.server.Close()
	for _, l := range w.listeners {
		_ = l.Close() // the server knows it too
	}
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// openWire starts to serve.
func (p *Provider) openWire(h http.Handler, at place) (*wire, error) {
	w := &wire{server: &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 10 * time.Second,
		ErrorLog:          log.New(&p.complaints, "", 0),
	}}
	if p.memory != nil {
		p.openMemory(w, at)
	} else if err := p.openSocket(w, at); err != nil {
		return nil, err
	}
	for _, l := range w.listeners {
		if at.accept != nil {
			l = watched{l, at.accept}
		}
		if !at.plain && p.memory == nil {
			l = tls.NewListener(l, p.authority.serverConfig())
		}
		go func() { _ = w.server.Serve(l) }()
	}
	return w, nil
}

// openSocket listens on loopback, or where the configuration says.
func (p *Provider) openSocket(w *wire, at place) error {
	host, port := p.host, "0"
	bind := p.bind
	switch {
	case at.addr != "":
		var err error
		if bind, port, err = net.SplitHostPort(at.addr); err != nil {
			return fmt.Errorf("listen on %q: %w; write host:port, such as 127.0.0.1:7443", at.addr, err)
		}
	case at.apart:
		if loopback(p.bind) {
			// Linux answers on all of 127.0.0.0/8, which gives every canary a
			// host of its own that needs no name.
			bind = fmt.Sprintf("127.%d.%d.%d", 1+octet()%254, octet(), 1+octet()%254)
			host = bind
		}
	}
	l, err := net.Listen("tcp", net.JoinHostPort(or(bind, "127.0.0.1"), port))
	if err != nil && at.apart {
		bind, host = "127.0.0.1", "127.0.0.1"
		l, err = net.Listen("tcp", net.JoinHostPort(bind, "0"))
	}
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	w.listeners = append(w.listeners, l)
	_, port, err = net.SplitHostPort(l.Addr().String())
	if err != nil {
		return err
	}
	if host == "localhost" && bind == "127.0.0.1" {
		// The name has two addresses, and some clients try the other one first.
		if six, err := net.Listen("tcp", net.JoinHostPort("::1", port)); err == nil {
			w.listeners = append(w.listeners, six)
		}
	}
	w.host = net.JoinHostPort(host, port)
	return nil
}

func octet() int {
	var b [1]byte
	_, _ = rand.Read(b[:]) // never fails, by its own documentation
	return int(b[0])
}

func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// watched shows every connection to somebody before it is served.
type watched struct {
	net.Listener
	accept func() fault.Connection
}

func (l watched) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil || !l.accept().Reset {
			return conn, err
		}
		if t, ok := conn.(*net.TCPConn); ok {
			_ = t.SetLinger(0) // close with RST
		}
		_ = conn.Close()
	}
}

// A memory network connects targets in this process to the provider without a
// socket: HTTP as it is, over pipes, under host names that exist nowhere else.
type memory struct {
	mu    sync.Mutex
	hosts map[string]*pipes // by host:port
	ports int
}

type pipes struct {
	name   string
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
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
	case p.main != nil:
		// Another listener of the same host has another port.
		p.memory.ports++
		port = strconv.Itoa(1024 + p.memory.ports)
		w.host = net.JoinHostPort(host, port)
	}
	l := &pipes{name: net.JoinHostPort(host, port), conns: make(chan net.Conn), closed: make(chan struct{})}
	p.memory.hosts[l.name] = l
	w.listeners = []net.Listener{l}
	w.forget = func() {
		p.memory.mu.Lock()
		defer p.memory.mu.Unlock()
		delete(p.memory.hosts, l.name)
	}
}

const memoryHost = "idp.rogueidp.test"

func (m *memory) dial(ctx context.Context, _, addr string) (net.Conn, error) {
	m.mu.Lock()
	l := m.hosts[addr]
	m.mu.Unlock()
	if l == nil {
		return nil, &net.OpError{Op: "dial", Net: "memory", Err: fmt.Errorf("nothing answers at %s", addr)}
	}
	here, there := net.Pipe()
	select {
	case l.conns <- there:
		return here, nil
	case <-l.closed:
		return nil, &net.OpError{Op: "dial", Net: "memory", Err: net.ErrClosed}
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// complaints keeps the last thing that the HTTP server had to complain about,
// which is how a handshake shows that the client did not like.
type complaints struct {
	mu   sync.Mutex
	last string
}

func (c *complaints) Write(b []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if strings.Contains(string(b), "TLS handshake error") {
		c.last = strings.TrimSpace(string(b))
	}
	return len(b), nil
}

// Handshakes is the last TLS handshake that failed, in the server's words;
// empty while none did.
func (p *Provider) Handshakes() string {
	p.complaints.mu.Lock()
	defer p.complaints.mu.Unlock()
	return p.complaints.last
}
