// Package relyingparty is a web application with a login button, written for
// tests: a relying party that does everything right, and the same one with one
// weakness at a time.
//
// A [Party] signs people in through OpenID Connect with as many issuers as it is
// registered with, renews what it got, and signs them out again through the
// front channel and the back channel. Its pages say who is signed in, so that
// identity confusion is seen.
//
// [Weaknesses] lists what it can be made to forget. A suite that cannot tell a
// weak party from the clean one proves nothing about relying parties.
package relyingparty

import (
	"crypto"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Config says where a relying party lives and whom it lets people sign in with.
type Config struct {
	// BaseURL is the origin under which user agents reach the party, such as
	// http://127.0.0.1:8080. Every redirect_uri is made from it, and none from a
	// Host header.
	BaseURL string
	// Registrations are with one issuer each, at least one. The first has its
	// login page at /login and its redirect_uri at /callback, the second at
	// /login/2 and /callback/2, and so on.
	Registrations []Registration
	// Transport reaches the issuers; [http.DefaultTransport] when nil.
	Transport http.RoundTripper
	// Weakness is the name of one of [Weaknesses]; empty: none.
	Weakness string
	// Now is the party's clock; the system's when nil.
	Now func() time.Time
}

// A Registration is what a party agreed on with one issuer. Issuer and ClientID
// are required.
type Registration struct {
	Issuer       string
	ClientID     string
	ClientSecret string
	// Auth is how the client authenticates at the token endpoint, one of
	// [Auths]; client_secret_basic when empty.
	Auth string
	// Key signs the assertions of private_key_jwt: an *ecdsa.PrivateKey on P-256
	// or an *rsa.PrivateKey.
	Key crypto.Signer
	// ResponseType is what is asked for at the authorization endpoint, one of
	// [ResponseTypes]; code when empty.
	ResponseType string
	// ResponseMode is query, fragment or form_post; when empty query for a code
	// alone and form_post for all else, which keeps tokens out of URLs.
	ResponseMode string
	// Scope is "openid offline_access" when empty.
	Scope string
	// NoUserInfo: the identity is the ID token's alone.
	NoUserInfo bool
	// SignedUserInfo is the algorithm that was registered as
	// userinfo_signed_response_alg. Empty: UserInfo is plain JSON.
	SignedUserInfo string
	// Algorithms may sign ID tokens, logout tokens and UserInfo responses; RS256
	// and ES256 when empty.
	Algorithms []string
}

// Auths are the ways of a client to authenticate (OpenID Connect Core, 9).
func Auths() []string {
	return []string{"client_secret_basic", "client_secret_post", "private_key_jwt", "none"}
}

// ResponseTypes are those that a party can ask for.
func ResponseTypes() []string {
	return []string{"code", "id_token", "id_token token", "code id_token", "code token", "code id_token token"}
}

// A Party is a relying party. It is an [http.Handler], safe for concurrent use,
// and needs no closing. Its pages:
//
//	/login /login/2 …      begin a sign-in; return_to is where it ends, a path here
//	/callback /callback/2  the redirect_uri
//	/renew                 uses the refresh token
//	/logout                signs out here and at the issuer
//	/signed-out            where the issuer sends people then
//	/initiate              third-party-initiated login (OpenID Connect Core, 4)
//	/backchannel           logout tokens (OpenID Connect Back-Channel Logout, 2.5)
//	/frontlogout           OpenID Connect Front-Channel Logout, 2
//	/jwks                  the public key of private_key_jwt
//	/ and whatever else    who is signed in, as HTML or JSON; 401 if nobody is
//
// /renew and /logout are reached by GET, because a test steers them by links; a
// page for people would want a form with a token of its own there.
type Party struct {
	base     string
	peers    []*peer
	ways     *ways
	now      func() time.Time
	client   *http.Client
	seal     *seal
	used     *expiring // transactions that were claimed
	jtis     *expiring // of logout tokens that had their effect
	sessions *sessions
	mux      *http.ServeMux
}

// New makes a relying party. It asks no issuer for anything yet: the first
// sign-in does.
func New(c Config) (*Party, error) {
	base, err := origin(c.BaseURL)
	if err != nil {
		return nil, err
	}
	if len(c.Registrations) == 0 {
		return nil, errors.New("relyingparty: there is no registration; name at least one issuer")
	}
	w, err := weakened(c.Weakness)
	if err != nil {
		return nil, err
	}
	p := &Party{base: base, ways: w, now: c.Now, mux: http.NewServeMux()}
	if p.now == nil {
		p.now = clock
	}
	p.client = &http.Client{Transport: c.Transport, Timeout: w.Patience, CheckRedirect: w.Redirect}
	p.used = newExpiring(maxUsed, transactionLife)
	p.jtis = newExpiring(maxUsed, logoutTokenLife)
	p.sessions = newSessions(maxSessions, sessionLife)
	if p.seal, err = newSeal(rand.Reader); err != nil {
		return nil, err
	}
	for i, r := range c.Registrations {
		one, err := p.register(i, r)
		if err != nil {
			return nil, fmt.Errorf("relyingparty: issuer %q: %w", r.Issuer, err)
		}
		p.peers = append(p.peers, one)
	}
	p.route()
	return p, nil
}

// origin wants a scheme and a host and nothing else.
func origin(base string) (string, error) {
	u, err := url.Parse(base)
	if err != nil {
		return "", fmt.Errorf("relyingparty: BaseURL: %w", err)
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || strings.TrimSuffix(base, "/") != u.Scheme+"://"+u.Host {
		return "", fmt.Errorf("relyingparty: BaseURL %q is not an origin; write it as http://127.0.0.1:8080", base)
	}
	return u.Scheme + "://" + u.Host, nil
}

func (p *Party) route() {
	for i, one := range p.peers {
		p.at(pagePath("/login", i), func(w http.ResponseWriter, r *http.Request) { p.login(w, r, one) }, http.MethodGet)
		p.at(pagePath("/callback", i), func(w http.ResponseWriter, r *http.Request) { p.callback(w, r, one) }, http.MethodGet, http.MethodPost)
	}
	p.at("/", p.home, http.MethodGet)
	p.at("/renew", p.renew, http.MethodGet, http.MethodPost)
	p.at("/logout", p.logout, http.MethodGet, http.MethodPost)
	p.at("/signed-out", p.signedOut, http.MethodGet)
	p.at("/initiate", p.initiate, http.MethodGet, http.MethodPost)
	p.at("/backchannel", p.backchannel, http.MethodPost)
	p.at("/frontlogout", p.frontLogout, http.MethodGet)
	p.at("/jwks", p.keys, http.MethodGet)
}

// at answers at a path, to requests of these methods.
func (p *Party) at(path string, answer http.HandlerFunc, methods ...string) {
	p.mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
		if !slices.Contains(methods, r.Method) {
			w.Header().Set("Allow", strings.Join(methods, ", "))
			p.fail(w, r, &refusal{http.StatusMethodNotAllowed, errors.New("this page is not asked in this way")})
			return
		}
		answer(w, r)
	})
}

// pagePath is the page of the i-th registration, from 0.
func pagePath(page string, i int) string {
	if i == 0 {
		return page
	}
	return page + "/" + strconv.Itoa(i+1)
}

// ServeHTTP answers for the party. No answer may be kept by a cache, none leaks
// its URL, and none runs a script that is not the party's own.
func (p *Party) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'")
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	p.mux.ServeHTTP(w, r)
}

// RedirectURI is that of the i-th registration, from 0, to be registered with
// its issuer.
func (p *Party) RedirectURI(i int) string { return p.base + pagePath("/callback", i) }

// SignedOutURI is the post_logout_redirect_uri.
func (p *Party) SignedOutURI() string { return p.base + "/signed-out" }

// secure tells whether cookies may be held back from plain HTTP.
func (p *Party) secure() bool { return strings.HasPrefix(p.base, "https:") }

// peerOf finds the registration with an issuer, whose name has to fit
// character by character.
func (p *Party) peerOf(issuer string) *peer {
	i := slices.IndexFunc(p.peers, func(one *peer) bool { return one.Issuer == issuer })
	if i < 0 {
		return nil
	}
	return p.peers[i]
}

const (
	transactionLife = 10 * time.Minute // from the login page to the callback
	sessionLife     = 8 * time.Hour
	logoutTokenLife = 10 * time.Minute // how old one may be, and how long its jti is remembered
	maxUsed         = 1 << 14
	maxSessions     = 1 << 12
	maxForm         = 64 << 10 // octets of a request's body
	maxParam        = 8 << 10  // octets of an authorization response's parameter
)
