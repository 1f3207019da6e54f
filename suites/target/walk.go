package target

import (
	"compress/flate"
	"compress/gzip"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
)

// transport is how agents without JavaScript reach relying party and provider.
func transport(o Options) http.RoundTripper {
	t := &http.Transport{Proxy: http.ProxyFromEnvironment}
	if o.Client != nil && o.Client.Transport != nil {
		given, ok := o.Client.Transport.(*http.Transport)
		if !ok {
			return o.Client.Transport
		}
		t = given.Clone()
	}
	if t.TLSClientConfig == nil {
		t.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	roots := t.TLSClientConfig.RootCAs
	if roots == nil {
		var err error
		if roots, err = x509.SystemCertPool(); err != nil {
			roots = x509.NewCertPool()
		}
	} else {
		roots = roots.Clone()
	}
	roots.AppendCertsFromPEM(o.CAPEM)
	t.TLSClientConfig.RootCAs = roots
	// What a server sends on an idle connection, net/http would write raw to the
	// terminal; and a server may give one up as it is taken again.
	t.DisableKeepAlives = true
	t.MaxResponseHeaderBytes = 256 << 10
	if t.DialContext == nil {
		var d net.Dialer
		t.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
			return d.DialContext(ctx, network, found(o.Hosts, addr))
		}
	}
	return t
}

const dockerHost = "host.docker.internal"

// found is an address with the name replaced by where it is: one of these, or the
// name by which containers know this machine.
func found(hosts map[string]string, addr string) string {
	name, port, err := net.SplitHostPort(addr)
	switch at := hosts[name]; {
	case err != nil:
	case at != "":
		return net.JoinHostPort(at, port)
	case name == dockerHost:
		return net.JoinHostPort("127.0.0.1", port)
	}
	return addr
}

// walk takes the journey by plain HTTP: redirects, pages that send on by
// themselves, and what has to be clicked on the login page are followed. The
// error is that of a relying party that went away or is not understood.
func (j *journey) walk(ctx context.Context, rp *RelyingParty, a *agent, first step) error {
	for next := &first; next != nil; {
		s := *next
		if !j.may(s) {
			return nil
		}
		got, err := j.fetch(ctx, rp, a, s)
		if err != nil {
			return err
		}
		if j.ending == silent {
			return nil
		}
		j.last = got
		next = nil
		if j.single {
			return nil
		}
		if to := j.onward(s, got); to != nil {
			j.hops = append(j.hops, s.url.String())
			next = to
		}
	}
	return nil
}

// onward is where an answer sends the agent by itself; nil where it stays.
func (j *journey) onward(s step, got answered) *step {
	if got.status >= 300 && got.status < 400 && got.header.Get("Location") != "" {
		to, err := browsed(s.url, got.header.Get("Location"))
		if err != nil {
			to = unreadable(got.header.Get("Location"))
		}
		if to.Fragment == "" {
			to.Fragment, to.RawFragment = s.url.Fragment, s.url.RawFragment
		}
		next := &step{method: http.MethodGet, url: to, from: s.url}
		switch {
		case got.status == http.StatusTemporaryRedirect || got.status == http.StatusPermanentRedirect:
			next.method, next.form = s.method, s.form
		case s.method == http.MethodHead:
			next.method = s.method
		}
		return next
	}
	if got.status < 200 || got.status > 299 {
		return nil
	}
	see := got.page
	if see == nil {
		see = &page{at: s.url}
	}
	var to *url.URL
	if text := got.header.Get("Refresh"); text != "" {
		to = see.refreshed(text)
	}
	if got.page != nil {
		if sub := j.submitted(got.page); sub != nil {
			return &step{method: sub.method, url: sub.to, form: sub.fields, from: s.url}
		}
		if to == nil {
			to = got.page.refresh()
		}
	}
	if to == nil {
		return nil
	}
	return &step{method: http.MethodGet, url: to, from: s.url}
}

// unreadable stands for a text that is no URL.
func unreadable(text string) *url.URL {
	return &url.URL{Scheme: "invalid", Opaque: url.PathEscape(text)}
}

// submitted is the form or the link that the agent takes on a page: the one that
// has to be clicked on the login page, one that submits itself, or the one by
// which a provider posts its answer (OAuth 2.0 Form Post Response Mode).
func (j *journey) submitted(p *page) *submission {
	if j.click && !j.pressed && j.begun == 0 && j.rp.click != nil {
		if n := p.find(j.rp.click); n != nil {
			j.pressed = true
			return p.click(n)
		}
	}
	if sub := p.selfSubmitting(true); sub != nil && j.asked != nil && j.issuer(p.at) >= 0 && j.issuer(sub.to) < 0 {
		return sub
	}
	return p.selfSubmitting(false)
}

// fetch asks for one page.
func (j *journey) fetch(ctx context.Context, rp *RelyingParty, a *agent, s step) (answered, error) {
	provider := j.issuer(s.url) >= 0
	if rp.o.Rate != nil && !provider {
		if err := rp.o.Rate(ctx); err != nil {
			return answered{}, err
		}
	}
	r, err := j.request(ctx, a, s)
	if err != nil {
		return answered{}, err
	}
	resp, err := rp.http.RoundTrip(r)
	var body []byte
	if err == nil {
		defer resp.Body.Close()
		body, err = io.ReadAll(io.LimitReader(resp.Body, maxRead))
	}
	switch {
	case err != nil && ctx.Err() != nil:
		return answered{}, ctx.Err()
	case err != nil && provider:
		j.end(silent, s.url, "the provider did not answer: "+trim(err))
		return answered{}, nil
	case err != nil:
		return answered{}, lost(err)
	}
	a.jar.SetCookies(trusted(s.url), resp.Cookies())
	if !provider {
		a.mu.Lock()
		for _, c := range resp.Cookies() {
			if len(a.given) < 1024 {
				a.given[c.Name] = c
			}
		}
		a.mu.Unlock()
	}
	got := answered{url: s.url, status: resp.StatusCode, header: resp.Header, body: body}
	got.page = readPage(s.url, resp.Header.Get("Content-Type"), body)
	return got, nil
}

// request is what a browser would send.
func (j *journey) request(ctx context.Context, a *agent, s step) (*http.Request, error) {
	var body io.Reader
	if s.form != nil {
		body = strings.NewReader(s.form.Encode())
	}
	r, err := http.NewRequestWithContext(ctx, s.method, s.url.String(), body)
	if err != nil {
		return nil, err
	}
	r.Header.Set("User-Agent", "Mozilla/5.0 (compatible; rogueidp)")
	if !j.single {
		r.Header.Set("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")
		r.Header.Set("Accept-Language", "en")
		r.Header.Set("Sec-Fetch-Mode", "navigate")
		r.Header.Set("Sec-Fetch-Dest", "document")
	}
	if s.form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if s.from != nil {
			r.Header.Set("Origin", s.from.Scheme+"://"+s.from.Host)
		}
	}
	known := j.knows(a, s.url)
	for _, c := range a.jar.Cookies(trusted(s.url)) {
		if known == nil || c.Name != known.Name {
			r.AddCookie(c)
		}
	}
	if known != nil {
		r.AddCookie(&http.Cookie{Name: known.Name, Value: known.Value})
	}
	for name, values := range s.header {
		r.Header[http.CanonicalHeaderKey(name)] = values
	}
	if host := s.header.Get("Host"); host != "" {
		r.Host = host
		r.Header.Del("Host")
	}
	return r, nil
}

// knows is the cookie by which the provider at a URL knows the agent's user.
func (j *journey) knows(a *agent, at *url.URL) *http.Cookie {
	i := j.issuer(at)
	if i < 0 {
		return nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for issuer, cookie := range a.known {
		if u, err := url.Parse(issuer); err == nil && strings.TrimSuffix(u.String(), "/") == strings.TrimSuffix(j.issuers[i].String(), "/") {
			return cookie
		}
	}
	return nil
}

// trusted is the URL by which cookies are kept. Browsers take cookies that are
// for secure pages alone from loopback in the clear, too.
func trusted(u *url.URL) *url.URL {
	name := u.Hostname()
	ip := net.ParseIP(name)
	if u.Scheme != "http" || name != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return u
	}
	secure := *u
	secure.Scheme = "https"
	return &secure
}

// lost is the error of a relying party that did not answer: it went away, or
// talked and no HTTP.
func lost(err error) error {
	text := trim(err)
	var corrupt flate.CorruptInputError
	switch {
	case errors.As(err, &corrupt), errors.Is(err, gzip.ErrHeader), errors.Is(err, gzip.ErrChecksum):
		return &Garbled{How: "its answer is no gzip, as it says: " + text}
	case strings.Contains(text, "malformed HTTP"), strings.Contains(text, "malformed MIME"),
		strings.Contains(text, "server response headers exceeded"), strings.Contains(text, "response header list larger"):
		return &Garbled{How: "its answer is no HTTP, or its header is beyond 256 KiB: " + text}
	}
	return &Crashed{How: text, InFlight: 1}
}
