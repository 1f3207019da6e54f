package target

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// switchedOff is what a browser does by itself, and not here.
var switchedOff = []string{
	"background-networking", "component-update", "sync", "default-apps", "extensions", "domain-reliability", "breakpad",
	"client-side-phishing-detection", "dev-shm-usage", "hang-monitor", "renderer-backgrounding",
	"background-timer-throttling", "backgrounding-occluded-windows",
}

// sameTab makes what a page would open elsewhere, where nobody looks, come up in
// its own tab.
const sameTab = `
window.open = u => { if (u && navigator.userActivation.isActive) location.href = u; return window }
for (const kind of ["click", "submit"])
  addEventListener(kind, e => { const t = e.target.closest && e.target.closest("[target]"); if (t) t.removeAttribute("target") }, true)`

// progress is how far a browser is with what it shows.
type progress struct {
	document *url.URL // whose request was the last
	raw      []byte   // its body
	waiting  bool     // for its answer
	loaded   bool
	under    map[string]bool // requests under way, besides documents
	heard    time.Time       // when something last happened
	told     time.Time       // when the last document came
	patient  bool            // it waited for a refresh
	stirred  bool            // something on it was clicked
	lost     int             // looks at it that came to nothing
}

// A look is what is found out about a page that keeps still. It takes scripts,
// which a page that goes elsewhere meanwhile leaves without an answer.
type look struct {
	end     context.CancelFunc
	done    chan struct{}
	pressed bool
	again   bool // what has to be clicked is not there yet
	where   string
	html    string
	err     error
}

// lively matches pages that may go on by themselves once they are loaded.
var lively = regexp.MustCompile(`(?i)<script|\bon[a-z]+\s*=|<i?frame|<object|<embed|http-equiv`)

// still tells whether nothing goes on any more.
func (p *progress) still() bool {
	now := clock()
	quiet := now.Sub(p.heard)
	switch {
	case p.waiting:
		return false
	case p.loaded && len(p.under) == 0 && !p.stirred && !lively.Match(p.raw):
		return true
	case p.loaded && len(p.under) == 0:
		return quiet > 300*time.Millisecond
	case p.loaded:
		// What is fetched on and on keeps nobody waiting.
		return quiet > 0 && now.Sub(p.told) > 3*time.Second
	}
	// A document that is no page, such as a download, is never loaded.
	return quiet > 5*time.Second
}

// welcome tells whether a page may fetch from there.
func (j *journey) welcome(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "data" || u.Scheme == "blob" || j.issuer(u) >= 0 || j.theirs(u))
}

// headers are those of a step, on top of what a browser would send.
func (s step) headers(given http.Header) http.Header {
	if s.form != nil {
		given.Set("Content-Type", "application/x-www-form-urlencoded")
		if s.from != nil {
			given.Set("Origin", s.from.Scheme+"://"+s.from.Host)
		}
	}
	for name, values := range s.header {
		given[http.CanonicalHeaderKey(name)] = values
	}
	return given
}

// brokenOff is the error of an answer that is shorter than it said.
func brokenOff(header http.Header, body []byte) error {
	n, err := strconv.Atoi(header.Get("Content-Length"))
	if err != nil || header.Get("Content-Encoding") != "" || len(body) >= min(n, maxRead) {
		return nil
	}
	return &Crashed{How: fmt.Sprintf("its answer broke off after %d of %d bytes", len(body), n), InFlight: 1}
}

// forAny tells whether a cookie of this domain is sent to any of the URLs.
func forAny(at []*url.URL, domain string) bool {
	host := strings.TrimPrefix(domain, ".")
	return slices.ContainsFunc(at, func(u *url.URL) bool {
		return u.Hostname() == host || host != domain && strings.HasSuffix(u.Hostname(), "."+host)
	})
}

var sameSites = map[string]http.SameSite{"Lax": http.SameSiteLaxMode, "Strict": http.SameSiteStrictMode, "None": http.SameSiteNoneMode}
