// Package issuertest is an issuer for the tests of the validator: honest by
// default, in memory, with a clock that moves only when it is told to.
package issuertest

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// A Provider publishes metadata and keys. It is an [http.RoundTripper], so
// that a validator reaches it without a network.
type Provider struct {
	URL   string
	Clock *Clock
	Key   *Key // signs what [Provider.Token] makes

	mu        sync.Mutex
	published []*Key
	replies   map[string]Reply
	fetches   map[string]int
	held      chan struct{}
	arrived   chan struct{}
}

// A Reply answers a request for one document.
type Reply func(r *http.Request) (*http.Response, error)

// The paths of the two documents, below the issuer.
const (
	Metadata = "/.well-known/openid-configuration"
	KeySet   = "/keys"
)

// New starts an issuer with one RSA and one P-256 key.
func New(url string) *Provider {
	p := &Provider{
		URL:     url,
		Clock:   &Clock{now: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)},
		Key:     RSA("rsa-1"),
		replies: make(map[string]Reply),
		fetches: make(map[string]int),
		arrived: make(chan struct{}, 1<<16),
	}
	p.Publish(p.Key, EC("ec-1"))
	return p
}

// Publish replaces the published keys.
func (p *Provider) Publish(keys ...*Key) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.published = keys
}

// Rotate replaces the published keys by one, and signs with it.
func (p *Provider) Rotate(to *Key) {
	p.Publish(to)
	p.Key = to
}

// Answer replaces the answer to a path; nil restores the honest one.
func (p *Provider) Answer(path string, reply Reply) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.replies[path] = reply
}

// Body answers 200 with a body and headers, given as name and value in turn.
func Body(body string, headers ...string) Reply { return Status(http.StatusOK, body, headers...) }

// Status answers with a status code.
func Status(code int, body string, headers ...string) Reply {
	return func(r *http.Request) (*http.Response, error) {
		h := http.Header{"Content-Type": {"application/json"}}
		for i := 0; i+1 < len(headers); i += 2 {
			h.Set(headers[i], headers[i+1])
		}
		return &http.Response{StatusCode: code, Header: h, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
	}
}

// Hold keeps every answer back until the returned function is called.
func (p *Provider) Hold() (release func()) {
	held := make(chan struct{})
	p.mu.Lock()
	defer p.mu.Unlock()
	p.held = held
	return sync.OnceFunc(func() {
		p.mu.Lock()
		p.held = nil
		p.mu.Unlock()
		close(held)
	})
}

// Arrived yields once for each request that came in.
func (p *Provider) Arrived() <-chan struct{} { return p.arrived }

// Fetches counts the requests for a path.
func (p *Provider) Fetches(path string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.fetches[path]
}

// RoundTrip answers a request.
func (p *Provider) RoundTrip(r *http.Request) (*http.Response, error) {
	path, ours := strings.CutPrefix(address(r), strings.TrimSuffix(p.URL, "/"))
	p.mu.Lock()
	p.fetches[path]++
	held, reply, keys := p.held, p.replies[path], p.published
	p.mu.Unlock()
	p.arrived <- struct{}{}
	if held != nil {
		select {
		case <-held:
		case <-r.Context().Done():
			return nil, r.Context().Err()
		}
	}
	switch {
	case reply != nil:
		return reply(r)
	case ours && path == Metadata:
		return Body(`{"issuer":"` + p.URL + `","jwks_uri":"` + strings.TrimSuffix(p.URL, "/") + KeySet + `"}`)(r)
	case ours && path == KeySet:
		return Body(JWKS(keys...))(r)
	}
	return Status(http.StatusNotFound, "")(r)
}

// address is the URL of a request as it was written, not escaped.
func address(r *http.Request) string { return r.URL.Scheme + "://" + r.URL.Host + r.URL.Path }

// Client reaches the provider.
func (p *Provider) Client() *http.Client { return &http.Client{Transport: p} }

// Router sends requests to the provider whose URL they start with.
type Router []*Provider

// RoundTrip answers a request.
func (r Router) RoundTrip(request *http.Request) (*http.Response, error) {
	for _, p := range r {
		if strings.HasPrefix(address(request), p.URL+"/") {
			return p.RoundTrip(request)
		}
	}
	return &http.Response{StatusCode: http.StatusNotFound, Header: http.Header{}, Body: io.NopCloser(&bytes.Buffer{}), Request: request}, nil
}

// A Clock stands still until it is moved.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// Now is the time on the clock.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Advance moves the clock, forward or back.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}
