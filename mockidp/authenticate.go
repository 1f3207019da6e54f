package mockidp

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// assertionAlgs are those by which a client may sign who it is.
var assertionAlgs = []jose.SignatureAlgorithm{
	jose.RS256, jose.RS384, jose.RS512, jose.PS256, jose.PS384, jose.PS512, jose.ES256, jose.ES384, jose.ES512, jose.EdDSA,
}

const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

// assertionLife bounds how far ahead a client assertion may expire, so that all
// that were used can be remembered.
const assertionLife = 24 * time.Hour

// authMethods are the ways in which a client can prove who it is.
var authMethods = []string{"client_secret_basic", "client_secret_post", "private_key_jwt", "none"}

// authenticate tells which client asks (RFC 6749, 2.3; OpenID Connect Core, 9).
func (t *Tenant) authenticate(q *asking, endpoint string) (*client, *refusal) {
	header := q.Header.Get("Authorization")
	scheme, credentials, _ := strings.Cut(header, " ")
	posted, assertion := q.form.Get("client_secret"), q.form.Get("client_assertion")
	ways := 0
	for _, used := range []bool{header != "", posted != "", assertion != ""} {
		if used {
			ways++
		}
	}
	switch {
	case ways > 1:
		return nil, refused("invalid_request", "a client proves who it is in one way, not several (RFC 6749 section 2.3)")
	case header != "" && !strings.EqualFold(scheme, "Basic"):
		return nil, unauthorized("the scheme of Authorization is Basic here")
	case header != "":
		return t.byBasic(q, credentials)
	case assertion != "":
		return t.byAssertion(q, endpoint, assertion)
	}
	c := t.client(q.form.Get("client_id"))
	method := "none"
	if posted != "" {
		method = "client_secret_post"
	}
	if c == nil || !slices.Contains(c.methods, method) || posted != "" && !same(posted, c.secret) {
		return nil, unauthorized("the client is unknown, or its secret is missing or another one")
	}
	return c, nil
}

func unauthorized(why string) *refusal {
	return &refusal{code: "invalid_client", why: why, status: http.StatusUnauthorized, challenge: `Basic realm="rogueidp"`}
}

// byBasic reads the credentials, which are encoded as in a form before they are
// put together (RFC 6749, 2.3.1).
func (t *Tenant) byBasic(q *asking, _ string) (*client, *refusal) {
	user, password, ok := q.BasicAuth()
	id, errID := url.QueryUnescape(user)
	secret, errSecret := url.QueryUnescape(password)
	if !ok || errID != nil || errSecret != nil {
		return nil, unauthorized("the credentials do not read: form-encode id and secret, put a colon between and base64 around (RFC 6749 section 2.3.1)")
	}
	if named := q.form.Get("client_id"); named != "" && named != id {
		return nil, refused("invalid_request", "client_id is not the client of the Authorization header")
	}
	c := t.client(id)
	if c == nil || !slices.Contains(c.methods, "client_secret_basic") || !same(secret, c.secret) {
		return nil, unauthorized("the client is unknown, or its secret is another one")
	}
	return c, nil
}

// byAssertion believes a JWT that the client signed (RFC 7523, 3).
func (t *Tenant) byAssertion(q *asking, endpoint, assertion string) (*client, *refusal) {
	if q.form.Get("client_assertion_type") != assertionType {
		return nil, refused("invalid_request", "client_assertion_type is "+assertionType)
	}
	parsed, err := jwt.ParseSigned(assertion, assertionAlgs)
	if err != nil {
		return nil, unauthorized("the client assertion is no signed JWT, or signed with an algorithm that is not taken")
	}
	var claims jwt.Claims
	if err := parsed.UnsafeClaimsWithoutVerification(&claims); err != nil {
		return nil, unauthorized("the claims of the client assertion do not read")
	}
	c := t.client(claims.Issuer)
	if c == nil || !slices.Contains(c.methods, "private_key_jwt") {
		return nil, unauthorized("the client is unknown, or not registered for private_key_jwt")
	}
	if !verifies(parsed, c.keys) {
		return nil, unauthorized("the client assertion is not signed by a key of the client")
	}
	named := q.form.Get("client_id")
	switch {
	case claims.Subject != c.id, named != "" && named != c.id:
		return nil, unauthorized("the client assertion is about another client")
	case !slices.ContainsFunc([]string{t.issuer, t.endpointURL(TokenEndpoint), t.endpointURL(endpoint)}, claims.Audience.Contains):
		return nil, unauthorized("the client assertion is for another audience")
	case claims.Expiry == nil || !q.now.Before(claims.Expiry.Time()):
		return nil, unauthorized("the client assertion has expired, or never does")
	case claims.Expiry.Time().Sub(q.now) > assertionLife:
		return nil, unauthorized("the client assertion lives longer than a day")
	case claims.NotBefore != nil && claims.NotBefore.Time().After(q.now.Add(time.Minute)):
		return nil, unauthorized("the client assertion is not valid yet")
	case claims.ID == "":
		return nil, unauthorized("the client assertion has no jti")
	}
	t.ledger.mu.Lock()
	defer t.ledger.mu.Unlock()
	used := c.id + "\x00" + claims.ID
	if _, again := t.ledger.assertions.get(used); again {
		return nil, unauthorized("the client assertion was used before")
	}
	t.ledger.assertions.put(used, struct{}{})
	return c, nil
}

// verifies tries the key of the kid, or all where none is named.
func verifies(token *jwt.JSONWebToken, keys *jose.JSONWebKeySet) bool {
	tried := keys.Keys
	if kid := token.Headers[0].KeyID; kid != "" {
		tried = keys.Key(kid)
	}
	for _, k := range tried {
		var claims jwt.Claims
		if token.Claims(k.Key, &claims) == nil {
			return true
		}
	}
	return false
}
