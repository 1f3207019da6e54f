package relyingparty

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"path"
	"strings"
)

// login begins a sign-in with one issuer.
func (p *Party) login(w http.ResponseWriter, r *http.Request, one *peer) {
	p.send(w, r, one, r.URL.Query().Get("return_to"), nil)
}

// initiate begins a sign-in because somebody else said so (OpenID Connect Core,
// 4): with an issuer that is known, towards a page of this party.
func (p *Party) initiate(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		p.fail(w, r, refuse("the request cannot be read"))
		return
	}
	one := p.ways.Initiator(p, r.Form.Get("iss"))
	if one == nil {
		p.fail(w, r, refuse("iss is no issuer of this page"))
		return
	}
	more := url.Values{}
	if hint := r.Form.Get("login_hint"); hint != "" {
		more.Set("login_hint", hint)
	}
	p.send(w, r, one, r.Form.Get("target_link_uri"), more)
}

// send takes a user to the issuer with an authentication request (OpenID Connect
// Core, 3.1.2.1).
func (p *Party) send(w http.ResponseWriter, r *http.Request, one *peer, returnTo string, more url.Values) {
	if returnTo == "" {
		returnTo = "/"
	}
	to, ok := p.ways.Destination(p.base, returnTo)
	if !ok {
		p.fail(w, r, refuse("the page to return to is not of this site"))
		return
	}
	m, err := p.discover(r.Context(), one)
	if err != nil {
		p.fail(w, r, err)
		return
	}
	m = p.ways.Metadata(m, r)
	p.greet(w, r)
	t, err := p.begin(w, r, one, to)
	if err != nil {
		p.fail(w, r, err)
		return
	}
	address, err := url.Parse(m.Authorization)
	if err != nil {
		p.fail(w, r, distrust(err))
		return
	}
	query := address.Query() // RFC 6749, 3.1: what the endpoint has is kept
	for name, values := range more {
		query[name] = values
	}
	for name, values := range p.request(r, one, m, t) {
		query[name] = values
	}
	address.RawQuery = query.Encode()
	http.Redirect(w, r, address.String(), http.StatusSeeOther)
}

// request is an authentication request.
func (p *Party) request(r *http.Request, one *peer, m *metadata, t *transaction) url.Values {
	query := url.Values{
		"response_type": {one.ResponseType},
		"client_id":     {one.ClientID},
		"redirect_uri":  {p.ways.RedirectURI(r, one)},
		"scope":         {one.Scope},
	}
	set := func(name, value string) {
		if value != "" {
			query.Set(name, value)
		}
	}
	set("state", t.State)
	set("nonce", t.Nonce)
	if one.ResponseMode != "query" {
		set("response_mode", one.ResponseMode)
	}
	if one.asks("code") {
		challenge, method := p.ways.Challenge(m, t.Verifier)
		set("code_challenge", challenge)
		set("code_challenge_method", method)
	}
	if strings.Contains(" "+one.Scope+" ", " offline_access ") {
		set("prompt", "consent") // OpenID Connect Core, 11
	}
	return query
}

// challengeS256 is RFC 7636, 4.2, whatever the issuer says that it supports.
func challengeS256(_ *metadata, verifier string) (challenge, method string) {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:]), "S256"
}

// destination leads to a path of this site. Browsers read a backslash as a
// slash, skip tabs and line breaks, and take two slashes for the beginning of
// another host; none of these gets through.
func destination(base, to string) (string, bool) {
	to = strings.TrimPrefix(to, base)
	u, err := url.Parse(to)
	switch {
	case err != nil, u.Scheme != "", u.Host != "", u.User != nil, u.Opaque != "":
		return "", false
	case !strings.HasPrefix(to, "/"), strings.HasPrefix(to, "//"), strings.ContainsFunc(to, odd):
		return "", false
	case strings.HasPrefix(path.Clean(u.Path), "//"), strings.HasPrefix(u.Path, "//"):
		return "", false
	}
	return to, true
}

// odd are the characters that no path of this site has.
func odd(r rune) bool { return r <= ' ' || r == '\\' || r >= 0x7f }
