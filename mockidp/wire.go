package mockidp

import (
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// A wire is one address that something answers at: the provider itself, a
// door of a tenant, or a canary.
type wire struct {
	host      string // host:port, as it stands in URLs
	at        place
	listeners []net.Listener
	server    *http.Server
	forget    func()
	released  []func() // of ports that are kept while they are closed
}

// A place says what kind of wire is wanted.
type place struct {
	addr  string // to listen on; empty: any port of the provider's own address
	apart bool   // under another host name than the provider
	plain bool   // without TLS
	// host is the very name to be found under on a network in memory.
	host string
	// visited hears of every connection.
	visited func()
	// door meets every connection; nil lets all pass.
	door *door
}

func (w *wire) close() error {
	if w.forget != nil {
		w.forget()
	}
	err := w.server.Close()
	for _, l := range w.listeners {
		_ = l.Close() // the server knows it too
	}
	for _, release := range w.released {
		release()
	}
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// openWire starts to serve.
func (p *Provider) openWire(h http.Handler, at place) (*wire, error) {
	if p.corpus != nil {
		return nil, errCorpus
	}
	w := &wire{at: at, server: &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 10 * time.Second,
		ErrorLog:          log.New(&p.complaints, "", 0),
	}}
	if at.door != nil {
		// A connection that is kept alive would hide the next fault.
		w.server.SetKeepAlivesEnabled(false)
		w.server.TLSNextProto = map[string]func(*http.Server, *tls.Conn, http.Handler){"h2": at.door.speakHTTP2}
	}
	if p.memory != nil {
		p.openMemory(w, at)
	} else if err := p.openSocket(w, at); err != nil {
		return nil, err
	}
	for _, l := range w.listeners {
		p.serve(w, l)
	}
	return w, nil
}

// serve answers at one of the addresses of a wire.
func (p *Provider) serve(w *wire, l net.Listener) {
	switch {
	case w.at.door != nil:
		l = &threshold{l, w.at.door, w.at.plain}
	case w.at.visited != nil:
		l = &watched{l, w.at.visited}
	}
	if !w.at.plain && p.memory == nil && w.at.door == nil {
		l = tls.NewListener(l, p.authority.serverConfig())
	}
	go func() { _ = w.server.Serve(l) }()
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
	case at.apart && loopback(p.bind):
		// Linux answers on all of 127.0.0.0/8, which gives every canary a
		// host of its own that needs no name.
		bind = fmt.Sprintf("127.%d.%d.%d", 1+octet()%254, octet(), 1+octet()%254)
		host = bind
	case at.apart:
		// Where certificates may carry the address, it is another host than the name.
		if net.ParseIP(bind) != nil && slices.Contains(p.cfg.Names, bind) {
			host = bind
		}
	}
	l, err := net.Listen("tcp", net.JoinHostPort(or(bind, "127.0.0.1"), port))
	if err != nil && at.apart && loopback(p.bind) {
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

// shut closes the ports of a wire, and keeps them from everybody else until
// they are opened again. In memory, seen hears of those who come meanwhile;
// nobody does over sockets.
func (w *wire) shut(seen func()) error {
	for _, l := range w.listeners {
		if memory, ok := l.(*pipes); ok {
			memory.shut.Store(&seen)
			continue
		}
		if err := l.Close(); err != nil {
			return fmt.Errorf("close the port %s: %w", l.Addr(), err)
		}
		release, err := reserve(l.Addr().(*net.TCPAddr))
		if err != nil {
			return fmt.Errorf("keep the port %s: %w", l.Addr(), err)
		}
		w.released = append(w.released, release)
	}
	return nil
}

// reopen listens again where shut stopped to.
func (p *Provider) reopen(w *wire) error {
	for _, release := range w.released {
		release()
	}
	w.released = nil
	for i, l := range w.listeners {
		if memory, ok := l.(*pipes); ok {
			memory.shut.Store(nil)
			continue
		}
		again, err := net.Listen("tcp", l.Addr().String())
		if err != nil {
			return fmt.Errorf("open the port %s again: %w", l.Addr(), err)
		}
		w.listeners[i] = again
		p.serve(w, again)
	}
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

// watched tells somebody of every connection before it is served.
type watched struct {
	net.Listener
	visited func()
}

func (l *watched) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err == nil {
		l.visited()
	}
	return conn, err
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
