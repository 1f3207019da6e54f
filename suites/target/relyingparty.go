package target

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/andybalholm/cascadia"

	"github.com/rogueidp/rogueidp/mockidp/fault"
)

// RelyingParty is a web application with a login, which user agents are sent
// through. It is configured once, so it trusts whom its configuration names.
type RelyingParty struct {
	Description
	o        Options
	pages    []*url.URL // login pages, one an issuer
	places   map[Place]*url.URL
	signedIn sign
	refused  sign
	identity identity
	click    cascadia.Selector // nil: nothing has to be clicked
	hosts    *hosts
	http     http.RoundTripper
	browser  chrome // nil: agents do without JavaScript

	direct atomic.Bool // its login page by itself sends to the provider

	mu        sync.Mutex
	callbacks map[int]*url.URL // redirect_uris, by the issuer
}

// hosts are those of the relying party, by name and port.
type hosts struct {
	mu    sync.Mutex
	known map[string]bool
}

func (h *hosts) add(u *url.URL) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.known[hostOf(u)] = true
	// Whoever is asked in the clear may insist on TLS.
	if u.Port() == "" || u.Port() == "80" || u.Port() == "443" {
		for _, scheme := range []string{"http", "https"} {
			h.known[hostOf(&url.URL{Scheme: scheme, Host: u.Hostname()})] = true
		}
	}
}

func (h *hosts) has(u *url.URL) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.known[hostOf(u)]
}

func openLogin(u string, o Options) (*RelyingParty, error) {
	first, err := url.Parse(u)
	if err != nil {
		return nil, err
	}
	rp := &RelyingParty{o: o, places: map[Place]*url.URL{}, callbacks: map[int]*url.URL{}, hosts: &hosts{known: map[string]bool{}}}
	page := func(name, text string) (*url.URL, error) {
		at, err := first.Parse(text)
		if err != nil || at.Host == "" || at.Scheme != "https" && at.Scheme != "http" {
			return nil, fmt.Errorf("login %s %q: write a URL of the relying party, such as /%s", name, text, name)
		}
		rp.hosts.add(at)
		return at, nil
	}
	for _, text := range append([]string{u}, o.Login.Pages...) {
		at, err := page("page", text)
		if err != nil {
			return nil, err
		}
		rp.pages = append(rp.pages, at)
	}
	for _, one := range rp.ways() {
		if one.url == "" {
			continue
		}
		if rp.places[one.place], err = page(string(one.place), one.url); err != nil {
			return nil, err
		}
	}
	if rp.signedIn, err = newSign("signedIn", o.Login.SignedIn); err != nil {
		return nil, err
	}
	if rp.refused, err = newSign("refused", o.Login.Refused); err != nil {
		return nil, err
	}
	if rp.identity, err = newIdentity(o.Login.Identity); err != nil {
		return nil, err
	}
	if o.Login.Click != "" {
		if rp.click, err = newSelector(o.Login.Click); err != nil {
			return nil, fmt.Errorf("click: %w", err)
		}
	}
	for _, feature := range o.Login.Supports {
		if !slices.Contains(LoginFeatures(), feature) {
			return nil, fmt.Errorf("supports: no relying party is known to do %q; there are %s%s", feature, strings.Join(LoginFeatures(), ", "), nearest(feature, LoginFeatures()))
		}
	}
	rp.describe(first)
	rp.http = transport(o)
	if o.Login.Browser {
		if rp.browser, err = startChrome(o, rp.http, rp.everywhere()); err != nil {
			return nil, err
		}
	}
	return rp, nil
}

// everywhere are all pages that the configuration names.
func (rp *RelyingParty) everywhere() []*url.URL {
	all := slices.Clone(rp.pages)
	for _, at := range rp.places {
		all = append(all, at)
	}
	return all
}

// A way is one of a relying party's pages, where the configuration has it, and
// what a relying party that has it can be asked.
type way struct {
	place   Place
	url     string
	feature string
}

func (rp *RelyingParty) ways() []way {
	l := rp.o.Login
	return []way{
		{HomePage, l.Home, "home"},
		{RenewPage, l.Renew, "renew"},
		{LogoutPage, l.Logout, "logout"},
		{Initiate, l.Initiate, "initiate"},
		{BackChannel, l.BackChannel, "backchannel"},
		{FrontLogout, l.FrontLogout, "frontlogout"},
	}
}

func (rp *RelyingParty) describe(at *url.URL) {
	l := rp.o.Login
	d := Description{
		Name: at.Host + at.Path, Profile: rp.o.Profile, Algs: rp.o.Algs, Concurrent: true, Fixed: true,
		Can: []string{"discovery", "jwks-uri", "refetch", "nonce", "custom-ca", "http-issuer", "login"},
	}
	if d.Profile == "" {
		d.Profile = "login"
	}
	if len(d.Algs) == 0 {
		d.Algs = []string{"RS256"}
	}
	can := slices.Clone(l.Supports)
	for _, w := range rp.ways() {
		if w.url != "" {
			can = append(can, w.feature)
		}
	}
	if l.Renew != "" {
		can = append(can, "refresh")
	}
	if l.ReturnTo != "" {
		can = append(can, "return-to")
	}
	if len(l.Pages) > 0 {
		can = append(can, "multi-issuer")
	}
	for _, feature := range can {
		if !slices.Contains(d.Can, feature) {
			d.Can = append(d.Can, feature)
		}
	}
	rp.Description = d
}

// Name is where the login page is.
func (rp *RelyingParty) Name() string { return rp.Description.Name }

// Describe is what the configuration says of the relying party.
func (rp *RelyingParty) Describe() Description { return rp.Description }

// Trust tells nobody anything: whom the relying party trusts was configured
// before. The session's user agents know its providers by these issuers.
func (rp *RelyingParty) Trust(_ context.Context, issuers ...Issuer) (Session, Verdict, error) {
	if len(issuers) > len(rp.pages) {
		return nil, Verdict{}, &Unsupported{Why: fmt.Sprintf("it has login pages for %d issuers and not for %d", len(rp.pages), len(issuers)), Feature: "multi-issuer"}
	}
	s := &agents{RelyingParty: rp, named: map[string]*agent{}}
	for _, i := range issuers {
		at, err := url.Parse(i.Issuer)
		if err != nil || at.Host == "" {
			return nil, Verdict{}, fmt.Errorf("issuer %q is no URL that a user agent can be sent to", i.Issuer)
		}
		s.issuers = append(s.issuers, at)
	}
	return s, Verdict{Answer: Accept}, nil
}

// Close ends the browser; the relying party is the user's.
func (rp *RelyingParty) Close() error {
	if idle, ok := rp.http.(interface{ CloseIdleConnections() }); ok {
		idle.CloseIdleConnections()
	}
	if rp.browser != nil {
		return rp.browser.close()
	}
	return nil
}

// learn keeps the redirect_uri that an issuer answered to.
func (rp *RelyingParty) learn(issuer int, to *url.URL) {
	rp.mu.Lock()
	defer rp.mu.Unlock()
	rp.callbacks[issuer] = to
	rp.hosts.add(to)
}

// callback is the redirect_uri that was seen last with an issuer; nil before a
// login began.
func (rp *RelyingParty) callback(issuer int) *url.URL {
	rp.mu.Lock()
	defer rp.mu.Unlock()
	return rp.callbacks[issuer]
}

// isCallback tells whether a URL is one of the redirect_uris, whatever its
// parameters.
func (rp *RelyingParty) isCallback(u *url.URL) bool {
	rp.mu.Lock()
	defer rp.mu.Unlock()
	for _, known := range rp.callbacks {
		if samePage(known, u) {
			return true
		}
	}
	return false
}

func samePage(a, b *url.URL) bool {
	return a != nil && b != nil && a.Scheme == b.Scheme && hostOf(a) == hostOf(b) && a.EscapedPath() == b.EscapedPath()
}

// isLogin tells whether a URL is a login page's.
func (rp *RelyingParty) isLogin(u *url.URL) bool {
	return slices.ContainsFunc(rp.pages, func(p *url.URL) bool { return samePage(p, u) })
}

// errUnseen is that of a callback before the first login.
var errUnseen = errors.New("no login has shown yet where the callback is")

// at is where a place is; the error is for a relying party without it.
func (rp *RelyingParty) at(p Place, issuer int) (*url.URL, error) {
	switch p {
	case LoginPage, "":
		if issuer < 0 || issuer >= len(rp.pages) {
			return nil, &Unsupported{Why: fmt.Sprintf("it has no login page for issuer %d", issuer+1), Feature: "multi-issuer"}
		}
		return rp.pages[issuer], nil
	case Callback:
		if at := rp.callback(issuer); at != nil {
			return at, nil
		}
		return nil, errUnseen
	}
	if at := rp.places[p]; at != nil {
		return at, nil
	}
	var names []string
	for _, w := range rp.ways() {
		names = append(names, string(w.place))
		if w.place == p {
			return nil, &Unsupported{Why: fmt.Sprintf("the configuration has no page for %s", p), Feature: w.feature}
		}
	}
	return nil, fmt.Errorf("no page of a relying party is called %q%s", p, hint(string(p), names))
}

func hint(word string, list []string) string {
	if near := fault.Nearest(word, list); near != "" {
		return fmt.Sprintf("; did you mean %q?", near)
	}
	return "; there are " + strings.Join(list, ", ")
}
