package mockidp

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/rogueidp/rogueidp/mockidp/fault"
)

// registrationAsk is the metadata of a client that the provider heeds (OpenID
// Connect Dynamic Client Registration, 2). What else there is is ignored.
type registrationAsk struct {
	RedirectURIs           []string        `json:"redirect_uris"`
	PostLogoutRedirectURIs []string        `json:"post_logout_redirect_uris"`
	ResponseTypes          []string        `json:"response_types"`
	GrantTypes             []string        `json:"grant_types"`
	Method                 string          `json:"token_endpoint_auth_method"`
	JWKS                   json.RawMessage `json:"jwks"`
	JWKSURI                string          `json:"jwks_uri"`
	IDAlg                  string          `json:"id_token_signed_response_alg"`
	InfoAlg                string          `json:"userinfo_signed_response_alg"`
	BackChannel            string          `json:"backchannel_logout_uri"`
	Name                   string          `json:"client_name"`
}

// register makes a client of whoever asks (OpenID Connect Dynamic Client
// Registration, 3).
func (t *Tenant) register(q *asking) response {
	var ask registrationAsk
	if _, ok := fault.ReadObject(q.body); !ok || json.Unmarshal(q.body, &ask) != nil {
		return refused("invalid_client_metadata", "the body is no JSON object of client metadata").response()
	}
	c, f := t.enrol(ask)
	if f != nil {
		return f.response()
	}
	t.ledger.mu.Lock()
	t.ledger.clients.put(c.id, c)
	t.ledger.mu.Unlock()
	return response{status: http.StatusCreated, object: t.registered(c, ask, q)}
}

// enrol makes a client of its metadata, with the defaults of the specification.
func (t *Tenant) enrol(ask registrationAsk) (*client, *refusal) {
	c := &client{
		id: "Client-" + lower(t.chance.text()), redirects: ask.RedirectURIs, leaves: ask.PostLogoutRedirectURIs,
		types: ask.ResponseTypes, grants: ask.GrantTypes, infoAlg: ask.InfoAlg, backChannel: ask.BackChannel,
		methods: []string{or(ask.Method, "client_secret_basic")},
	}
	if f := t.enrolURIs(c); f != nil {
		return nil, f
	}
	if f := enrolUses(c); f != nil {
		return nil, f
	}
	for name, alg := range map[string]string{"id_token_signed_response_alg": ask.IDAlg, "userinfo_signed_response_alg": ask.InfoAlg} {
		if alg != "" && !t.signsWith(alg) {
			return nil, refused("invalid_client_metadata", name+" is one of: "+strings.Join(t.algs(), ", "))
		}
	}
	c.idAlg = ask.IDAlg
	switch c.methods[0] {
	case "private_key_jwt":
		if ask.JWKSURI != "" {
			return nil, refused("invalid_client_metadata", "this provider fetches no jwks_uri; give the keys themselves as jwks")
		}
		keys, err := publicKeys(ask.JWKS)
		if err != nil {
			return nil, refused("invalid_client_metadata", "jwks: "+err.Error())
		}
		c.keys = keys
	case "none":
	default:
		c.secret = t.chance.text() + t.chance.text()
	}
	return c, nil
}

// signsWith tells whether the tenant can sign with an algorithm what a client asks
// for.
func (t *Tenant) signsWith(alg string) bool {
	return slices.Contains(t.algs(), alg) && (KeyType(alg) != "oct" || t.symmetric())
}

func (t *Tenant) enrolURIs(c *client) *refusal {
	if len(c.redirects) == 0 {
		return refused("invalid_redirect_uri", "redirect_uris is missing")
	}
	for _, uri := range slices.Concat(c.redirects, c.leaves, given(c.backChannel)) {
		if err := redirectable(uri); err != nil {
			return refused("invalid_redirect_uri", err.Error())
		}
		if !t.near(uri) {
			return refused("invalid_redirect_uri", fmt.Sprintf("%q leads away from this machine and its network; anybody can register here, so only who runs the provider may name it: --redirect-uri", uri))
		}
	}
	return nil
}

func given(uri string) []string {
	if uri == "" {
		return nil
	}
	return []string{uri}
}

// near tells whether a URI that anybody may register stays within reach: on
// loopback, at a private address, or where the tenant's own client is.
func (t *Tenant) near(uri string) bool {
	u, err := url.Parse(uri)
	if err != nil {
		return false
	}
	if ip := net.ParseIP(u.Hostname()); ip != nil && ip.IsPrivate() {
		return true
	}
	for _, own := range t.own.redirects {
		if o, err := url.Parse(own); err == nil && o.Scheme == u.Scheme && o.Host == u.Host {
			return true
		}
	}
	return onLoopback(uri)
}

// enrolUses settles what a client may ask for, and how it proves who it is.
func enrolUses(c *client) *refusal {
	if len(c.types) == 0 {
		c.types = []string{"code"}
	}
	for i, kind := range c.types {
		words := strings.Fields(kind)
		slices.Sort(words)
		c.types[i] = strings.Join(words, " ")
		if !slices.Contains(responseTypes, c.types[i]) {
			return refused("invalid_client_metadata", "response_types are: "+strings.Join(responseTypes, ", "))
		}
	}
	if len(c.grants) == 0 {
		c.grants = []string{"authorization_code"}
	}
	for _, grant := range c.grants {
		if grant != "implicit" && !slices.Contains(grantTypes, grant) {
			return refused("invalid_client_metadata", "grant_types are: implicit, "+strings.Join(grantTypes, ", "))
		}
	}
	if !slices.Contains(authMethods, c.methods[0]) {
		return refused("invalid_client_metadata", "token_endpoint_auth_method is one of: "+strings.Join(authMethods, ", "))
	}
	return nil
}

// registered is the answer: all that holds for the client now.
func (t *Tenant) registered(c *client, ask registrationAsk, q *asking) fault.Object {
	o := fault.Object{
		{Name: "client_id", Value: fault.Text(c.id)}, {Name: "client_id_issued_at", Value: number(q.now.Unix())},
	}
	if c.secret != "" {
		o.Set("client_secret", fault.Text(c.secret))
		o.Set("client_secret_expires_at", "0")
	}
	o.Set("redirect_uris", listed(c.redirects...))
	o.Set("response_types", listed(c.types...))
	o.Set("grant_types", listed(c.grants...))
	o.Set("token_endpoint_auth_method", fault.Text(c.methods[0]))
	o.Set("id_token_signed_response_alg", fault.Text(or(c.idAlg, t.first())))
	if len(c.leaves) > 0 {
		o.Set("post_logout_redirect_uris", listed(c.leaves...))
	}
	for _, m := range []struct{ name, value string }{
		{"userinfo_signed_response_alg", c.infoAlg}, {"backchannel_logout_uri", c.backChannel}, {"client_name", ask.Name},
	} {
		if m.value != "" {
			o.Set(m.name, fault.Text(m.value))
		}
	}
	if c.keys != nil {
		o.Set("jwks", fault.JSON(ask.JWKS))
	}
	return o
}

// listed is a JSON array of strings.
func listed(items ...string) fault.JSON {
	b := []byte{'['}
	for i, item := range items {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, fault.Text(item)...)
	}
	return fault.JSON(append(b, ']'))
}
