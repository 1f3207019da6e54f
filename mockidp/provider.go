// Package mockidp is an OpenID Provider that tells the truth unless it is told
// to lie. Tests start one in a line:
//
//	idp := mockidp.Start(t)
//	idp.Misbehave(fault.SignWith{Alg: "none"})
//	token := idp.Token("n-1")
//
// A [Provider] holds tenants, each an issuer with keys, a clock, faults and a
// journal of its own. The provider contains no fault code, only the seams at
// which package fault acts.
//
// Everything it makes is for testing only: keys are new at each start, nothing
// is kept, tokens say what they are, and it listens on loopback unless told
// otherwise.
package mockidp

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Config says how a provider is reached. The zero value listens on a free port
// of loopback, under a certificate of an authority made for this process.
type Config struct {
	// Listen is host:port; a loopback address with any port when empty.
	Listen string
	// Host is the name under which issuers are reached; localhost when empty
	// and the address is loopback, else the address.
	Host string
	// Memory opens no socket: only clients of [Provider.Client] reach it.
	Memory bool
	// Plain serves HTTP without TLS, for targets that bear no private CA.
	Plain bool
	// TLSCert and TLSKey are PEM files to serve with, instead of certificates
	// of an own authority.
	TLSCert, TLSKey string
	// TLSDir keeps the authority between runs; without it, every process makes
	// a new one and forgets it.
	TLSDir string
	// Names are further names and addresses that certificates may carry. If the
	// address to listen on is one of them, canaries are found under it, as under a
	// host that is not the issuer's.
	Names []string
	// AdminToken is what the admin API wants, of 32 characters or more; one is drawn
	// when it is empty.
	AdminToken string
	// Seed rolls the dice of fault.Sometimes.
	Seed int64
	// Log hears what deserves a person's eye; nil drops it.
	Log func(format string, args ...any)
}

// A Provider is the process that plays OpenID Provider. Close it. It is safe
// for concurrent use.
type Provider struct {
	cfg       Config
	bind      string
	host      string
	memory    *memory
	authority *authority
	main      *wire

	complaints complaints
	corpus     *corpus // nil for a provider that listens

	mu      sync.RWMutex
	tenants map[string]*Tenant // by path
	// gone are the paths of the tenants that were closed last, in a circle.
	gone     [256]string
	closures int
	closed   bool
}

// New starts a provider without tenants.
func New(cfg Config) (*Provider, error) {
	p := &Provider{cfg: cfg, tenants: map[string]*Tenant{}}
	at := place{addr: cfg.Listen, plain: cfg.Plain}
	if cfg.Memory {
		p.memory = &memory{hosts: map[string]*pipes{}}
	} else {
		p.bind = "127.0.0.1"
		if cfg.Listen != "" {
			bind, _, err := net.SplitHostPort(cfg.Listen)
			if err != nil {
				return nil, fmt.Errorf("listen on %q: %w; write host:port, such as 127.0.0.1:7443", cfg.Listen, err)
			}
			p.bind = bind
			if bind == "localhost" {
				p.bind = "127.0.0.1"
				at.addr = "127.0.0.1" + strings.TrimPrefix(cfg.Listen, "localhost")
			}
		}
		p.host = cfg.Host
		if p.host == "" {
			p.host = "localhost"
			if !loopback(p.bind) {
				p.host = p.bind
			}
			if ip := net.ParseIP(p.host); p.host == "" || ip != nil && ip.IsUnspecified() {
				return nil, fmt.Errorf("listening on every address needs a name for issuers: give a host (--host)")
			}
		}
		if !cfg.Plain {
			var err error
			if p.authority, err = newAuthority(cfg, p.host); err != nil {
				return nil, err
			}
		}
	}
	var err error
	if p.main, err = p.openWire(http.HandlerFunc(p.route), at); err != nil {
		return nil, err
	}
	return p, nil
}

// Close stops everything that the provider opened.
func (p *Provider) Close() error {
	p.mu.Lock()
	p.closed = true
	tenants := make([]*Tenant, 0, len(p.tenants))
	for _, t := range p.tenants {
		tenants = append(tenants, t)
	}
	p.mu.Unlock()
	var errs []error
	if p.main != nil {
		errs = append(errs, p.main.close())
	}
	for _, t := range tenants {
		errs = append(errs, t.Close())
	}
	return errors.Join(errs...)
}

// URL is where the provider is reached.
func (p *Provider) URL() string { return p.base() }

func (p *Provider) base() string {
	if p.corpus != nil {
		return "https://" + memoryHost // where nobody is
	}
	return p.scheme() + "://" + p.main.host
}

func (p *Provider) scheme() string {
	if p.cfg.Plain {
		return "http"
	}
	return "https"
}

// CertPool holds the authority that signed the provider's certificates; nil
// where it serves with files of the user or without TLS.
func (p *Provider) CertPool() *x509.CertPool {
	if p.authority == nil || p.authority.pem == nil {
		return nil
	}
	return p.authority.pool()
}

// CAPEM is that authority's certificate in PEM.
func (p *Provider) CAPEM() []byte {
	if p.authority == nil {
		return nil
	}
	return p.authority.pem
}

// Client reaches the provider, and trusts it. Each client has connections of
// its own.
func (p *Provider) Client() *http.Client {
	t := &http.Transport{
		Proxy: nil, TLSClientConfig: clientTLS(p.CertPool()), ForceAttemptHTTP2: true,
		MaxIdleConnsPerHost: 64, IdleConnTimeout: time.Minute,
	}
	if p.memory != nil {
		t.DialContext = p.memory.dial
		t.DialTLSContext = func(ctx context.Context, _, addr string) (net.Conn, error) {
			return p.memory.dialTLS(ctx, addr, t.TLSClientConfig)
		}
	}
	return &http.Client{Transport: t}
}

// route finds the tenant that a request is for.
func (p *Provider) route(w http.ResponseWriter, r *http.Request) {
	t := p.find(r.URL.Path)
	if r.URL.Path == sharedKeys {
		t = p.Tenants()[r.URL.Query().Get("tenant")]
	}
	if t != nil {
		t.ServeHTTP(w, r)
		return
	}
	// Who asks for a tenant that was closed came late, which is nobody's fault.
	if !p.late(r.URL.Path) {
		p.log("nobody serves %s %s", r.Method, r.URL.Path)
	}
	http.Error(w, "rogueidp: no tenant is called that", http.StatusNotFound)
}

func (p *Provider) find(path string) *Tenant {
	p.mu.RLock()
	defer p.mu.RUnlock()
	// Tenants have one or two segments, or a path of their own: the longest
	// prefix wins.
	for end := len(path); end >= 0; end = strings.LastIndexByte(path[:end], '/') {
		if t := p.tenants[path[:end]]; t != nil {
			return t
		}
		if end == 0 {
			break
		}
	}
	return nil
}

func (p *Provider) add(t *Tenant) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return errors.New("the provider is closed")
	}
	if p.tenants[t.path] != nil {
		return fmt.Errorf("a tenant under %q exists already", or(t.path, "/"))
	}
	p.tenants[t.path] = t
	return nil
}

func (p *Provider) remove(t *Tenant) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.tenants[t.path] == t {
		delete(p.tenants, t.path)
		p.gone[p.closures%len(p.gone)] = t.path
		p.closures++
	}
}

// late tells whether a path is that of one of the tenants that were closed
// last.
func (p *Provider) late(path string) bool {
	p.mu.RLock()
	defer p.mu.RUnlock()
	for _, was := range p.gone {
		if was != "" && strings.HasPrefix(path, was+"/") {
			return true
		}
	}
	return false
}

// Tenants lists them by name.
func (p *Provider) Tenants() map[string]*Tenant {
	p.mu.RLock()
	defer p.mu.RUnlock()
	named := make(map[string]*Tenant, len(p.tenants))
	for _, t := range p.tenants {
		named[t.Name()] = t
	}
	return named
}

func (p *Provider) log(format string, args ...any) {
	if p.cfg.Log != nil {
		p.cfg.Log(format, args...)
	}
}

func or[T comparable](value, otherwise T) T {
	var zero T
	if value == zero {
		return otherwise
	}
	return value
}
