package suites

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/reports"
	"github.com/rogueidp/rogueidp/suites/target"
)

const (
	// knocking is how long a doctor waits for an answer to a plain request.
	knocking = 10 * time.Second
	// agree is how far clocks may be apart that agree.
	agree = time.Minute
	// vague is how exactly a Date header tells by how much clocks differ.
	vague = 10 * time.Second
)

// knock asks the target's address for something without any token: whether anybody
// is there, over which scheme, at what time, and whether a token is needed.
func (d *doctor) knock(ctx context.Context) {
	at := target.Address(d.spec)
	if at == nil {
		d.well(lookTarget, "it runs on this machine")
		return
	}
	if strings.HasPrefix(d.spec, "http:") {
		// It speaks the adapter protocol, which has no plain request.
		d.well(lookTarget, "it said hello")
		return
	}
	resp, err := d.get(ctx, at.String())
	if err != nil {
		if ctx.Err() == nil {
			d.find(NoTarget, "%s", d.hear(unreached(at, err)))
		}
		return
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 64<<10))
	to, _ := resp.Location()
	if to != nil && at.Scheme == "http" && to.Scheme == "https" && to.Hostname() == at.Hostname() && resp.StatusCode < 400 {
		d.find(ForcedHTTPS, "it sends everybody from http to https, and a token is not sent after it: write the target with %s", d.hear("https://"+to.Host+at.RequestURI()))
		return
	}
	d.well(lookTarget, "%s answers %d", d.hear(at.Scheme+"://"+at.Host), resp.StatusCode)
	d.compare(resp)
	if strings.HasPrefix(d.spec, "bearer:") && resp.StatusCode >= 200 && resp.StatusCode < 300 {
		d.find(AcceptsAll, "it answers %d to a request without any token, so its answers say nothing: name a path that wants one", resp.StatusCode)
	}
}

// get asks for a URL as the target is asked, but for the token.
func (d *doctor) get(ctx context.Context, at string) (*http.Response, error) {
	client := http.Client{Transport: &http.Transport{Proxy: http.ProxyFromEnvironment, DisableKeepAlives: true}}
	if d.p.reach.Client != nil {
		client = *d.p.reach.Client
	}
	client.Timeout = knocking
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	method, about := http.MethodGet, d.p.reach.Resource
	var body io.Reader
	if strings.HasPrefix(d.spec, "bearer:") {
		if about.Method != "" {
			method = about.Method
		}
		if about.Body != "" {
			body = strings.NewReader(about.Body)
		}
	}
	r, err := http.NewRequestWithContext(ctx, method, at, body)
	if err != nil {
		return nil, err
	}
	for name, value := range about.Header {
		r.Header.Set(name, value)
	}
	if d.p.reach.Rate != nil {
		if err := d.p.reach.Rate(ctx); err != nil {
			return nil, err
		}
	}
	return client.Do(r)
}

// unreached says why nobody was reached at an address.
func unreached(at *url.URL, err error) string {
	var op *net.OpError
	var authority x509.UnknownAuthorityError
	var name x509.HostnameError
	var record tls.RecordHeaderError
	var dns *net.DNSError
	var timeout net.Error
	switch {
	case errors.As(err, &dns):
		return fmt.Sprintf("no host is called %s from here: correct the name", at.Hostname())
	case errors.As(err, &record), strings.Contains(err.Error(), "server gave HTTP response to HTTPS client"):
		return fmt.Sprintf("what listens at %s speaks HTTP without TLS: write the target with http://", at.Host)
	case errors.As(err, &authority):
		return fmt.Sprintf("the target's own certificate at %s is by an authority that this machine does not know: let SSL_CERT_FILE name it", at.Host)
	case errors.As(err, &name):
		return fmt.Sprintf("the target's own certificate is not for %s: write the target with a name that it carries", at.Hostname())
	case errors.As(err, &op) && op.Op == "dial":
		return fmt.Sprintf("nobody listens at %s: start the target, or correct the host and the port", at.Host)
	case errors.As(err, &timeout) && timeout.Timeout():
		return fmt.Sprintf("%s does not answer in %v: look at its log, or correct the host and the port", at.Host, knocking)
	}
	return fmt.Sprintf("%s does not answer a request: %v", at.Host, err)
}

// compare holds the target's clock to ours, as far as it says what time it is. An
// honest token decides whether what differs matters.
func (d *doctor) compare(resp *http.Response) {
	says, err := http.ParseTime(resp.Header.Get("Date"))
	if err != nil {
		return
	}
	if off := says.Sub(clock()); off.Abs() > agree {
		d.offBy = off
	} else {
		d.well(lookClock, "its Date header and ours differ by less than %v", agree)
	}
}

// locate asks for the issuer that a target knows already, as the target would
// from here: it has to lead to this very provider.
func (d *doctor) locate(ctx context.Context) {
	tenant := d.p.shared
	if tenant == nil {
		return
	}
	issuer, err := url.Parse(tenant.Issuer())
	if err != nil || !near(issuer.Hostname()) || issuer.Hostname() == "host.docker.internal" {
		d.well(lookIssuer, "%s is not on this machine, so only the target can tell", tenant.Issuer())
		return
	}
	before := tenant.Journal().Hits(mockidp.Discovery)
	client := d.p.world.idp.Client()
	client.Timeout = knocking
	defer client.CloseIdleConnections()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(tenant.Issuer(), "/")+"/.well-known/openid-configuration", nil)
	if err == nil {
		var resp *http.Response
		if resp, err = client.Do(r); err == nil {
			_ = resp.Body.Close()
		}
	}
	if ctx.Err() != nil {
		return
	}
	d.own = tenant.Journal().Hits(mockidp.Discovery) - before
	if d.own == 0 {
		d.find(Misplaced, "the issuer is %s, and the provider listens at %s: give --listen the host and port of the issuer, or correct --issuer", tenant.Issuer(), d.p.world.idp.URL())
		return
	}
	d.well(lookIssuer, "%s leads here", tenant.Issuer())
}

// hear is what a target said, fit to be printed.
func (d *doctor) hear(text string) string { return reports.Hear(text, d.p.secrets()...).String() }
