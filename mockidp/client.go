package mockidp

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"

	"github.com/go-jose/go-jose/v4"
)

// A client is a relying party that the tenant knows. It never changes.
type client struct {
	id, secret string
	// methods are the ways in which it may prove who it is.
	methods   []string
	keys      *jose.JSONWebKeySet // for private_key_jwt
	redirects []string            // none: any on loopback
	leaves    []string            // post_logout_redirect_uris
	// types and grants are what it may ask for; all where nil.
	types, grants []string
	idAlg         string // of its ID tokens; the tenant's first when empty
	infoAlg       string // of its UserInfo responses; JSON when empty
	backChannel   string // where logout tokens go
}

// configured is the client of the tenant's configuration.
func (t *Tenant) configured() (*client, error) {
	c := &client{
		id: t.cfg.ClientID, secret: t.cfg.ClientSecret,
		methods:     []string{"client_secret_basic", "client_secret_post"},
		redirects:   t.cfg.RedirectURIs,
		leaves:      t.cfg.PostLogoutRedirectURIs,
		infoAlg:     t.cfg.UserInfoAlg,
		backChannel: t.cfg.BackChannelLogoutURI,
	}
	if c.infoAlg != "" && !t.signsWith(c.infoAlg) {
		return nil, fmt.Errorf("userInfoAlg: the tenant signs with %s, not %q%s", strings.Join(t.algs(), ", "), c.infoAlg, didYouMean(c.infoAlg, t.algs()))
	}
	if t.cfg.PublicClient {
		c.methods = []string{"none"}
	}
	if len(t.cfg.ClientJWKS) > 0 {
		keys, err := publicKeys(t.cfg.ClientJWKS)
		if err != nil {
			return nil, fmt.Errorf("clientJWKS: %w", err)
		}
		c.keys, c.methods = keys, append(c.methods, "private_key_jwt")
	}
	for _, uri := range slices.Concat(c.redirects, c.leaves, given(c.backChannel)) {
		if err := redirectable(uri); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// publicKeys reads a JWK Set of asymmetric keys.
func publicKeys(raw []byte) (*jose.JSONWebKeySet, error) {
	var set jose.JSONWebKeySet
	if err := json.Unmarshal(raw, &set); err != nil || len(set.Keys) == 0 {
		return nil, fmt.Errorf("that is no JWK Set with a key in it: %v", err)
	}
	for _, k := range set.Keys {
		if !k.Valid() || !k.IsPublic() {
			return nil, fmt.Errorf("the key %q is no public key", k.KeyID)
		}
	}
	return &set, nil
}

// redirectable tells why nobody can be sent to a URI (RFC 6749, 3.1.2).
func redirectable(uri string) error {
	u, err := url.Parse(uri)
	switch {
	case err != nil:
		return fmt.Errorf("redirect URI: %w", err)
	case u.Scheme != "https" && u.Scheme != "http", u.Host == "", u.Opaque != "":
		return fmt.Errorf("redirect URI %q is no URL of the form https://host[:port]/path", uri)
	case strings.Contains(uri, "#"):
		return fmt.Errorf("redirect URI %q has a fragment; leave it out (RFC 6749 section 3.1.2)", uri)
	case u.User != nil:
		return fmt.Errorf("redirect URI %q names a user; leave that out", uri)
	case strings.ContainsFunc(uri, func(r rune) bool { return r <= ' ' || r >= 0x7f || r == '\\' }):
		return fmt.Errorf("redirect URI %q holds a character that no URI has; percent-encode it", uri)
	}
	return nil
}

// onLoopback tells whether a URI leads nowhere but to this machine.
func onLoopback(uri string) bool {
	u, err := url.Parse(uri)
	if err != nil || redirectable(uri) != nil {
		return false
	}
	host := strings.ToLower(u.Hostname())
	ip := net.ParseIP(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && ip.IsLoopback()
}

// welcomes tells whether an authorization response may go to a URI: one that is
// registered, letter for letter (RFC 9700 section 4.1.3), or any on loopback
// where none is registered.
func (c *client) welcomes(uri string) bool {
	if len(c.redirects) == 0 {
		return onLoopback(uri)
	}
	return slices.Contains(c.redirects, uri)
}

// leads tells whether a user who signed out may be sent to a URI (OpenID Connect
// RP-Initiated Logout, 3).
func (c *client) leads(uri string) bool {
	if len(c.leaves) == 0 && len(c.redirects) == 0 {
		return onLoopback(uri)
	}
	return slices.Contains(c.leaves, uri)
}

func (c *client) may(grant string) bool { return c.grants == nil || slices.Contains(c.grants, grant) }

// public tells whether the client has nothing to prove who it is by.
func (c *client) public() bool { return slices.Contains(c.methods, "none") }

// client finds one by its id.
func (t *Tenant) client(id string) *client {
	if id == t.own.id {
		return t.own
	}
	t.ledger.mu.Lock()
	defer t.ledger.mu.Unlock()
	c, _ := t.ledger.clients.get(id)
	return c
}

// same compares two secrets in a time that says nothing of either.
func same(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}
