package mockidp

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"slices"
	"strings"

	"github.com/rogueidp/rogueidp/mockidp/fault"
)

// grantTypes are what the token endpoint takes.
var grantTypes = []string{"authorization_code", "refresh_token", "client_credentials"}

// exchange answers a token request (RFC 6749, 3.2; OpenID Connect Core, 3.1.3 and
// 12).
func (t *Tenant) exchange(q *asking) response {
	who := t.whose(q)
	c, f := t.authenticate(q, TokenEndpoint)
	var r response
	if f == nil {
		r, f = t.redeem(q, c)
	}
	if f != nil {
		r = f.response()
	}
	if who != nil {
		r.visitor, r.nonce = who.visitor, who.nonce
	}
	return r
}

// whose is the sign-in that a code or refresh token came of, good or not.
func (t *Tenant) whose(q *asking) *signIn {
	t.ledger.mu.Lock()
	defer t.ledger.mu.Unlock()
	if c, known := t.ledger.codes.get(q.form.Get("code")); known {
		return c.signIn
	}
	if r, known := t.ledger.refreshes.get(q.form.Get("refresh_token")); known {
		return r.signIn
	}
	return nil
}

func (t *Tenant) redeem(q *asking, c *client) (response, *refusal) {
	for name, values := range q.form {
		if len(values) > 1 {
			return response{}, refused("invalid_request", name+" is given twice (RFC 6749 section 3.2)")
		}
	}
	grant := q.form.Get("grant_type")
	switch {
	case grant == "":
		return response{}, refused("invalid_request", "grant_type is missing")
	case !slices.Contains(grantTypes, grant):
		return response{}, refused("unsupported_grant_type", "grant_type is one of: "+strings.Join(grantTypes, ", "))
	case !c.may(grant):
		return response{}, refused("unauthorized_client", "the client is not registered for this grant_type")
	}
	switch grant {
	case "authorization_code":
		s, f := t.redeemCode(q, c)
		if f != nil {
			return response{}, f
		}
		return t.tokens(s, s.scope, "code-id-token", Beside{Code: q.form.Get("code")})
	case "refresh_token":
		s, scope, f := t.renew(q, c)
		if f != nil {
			return response{}, f
		}
		return t.tokens(s, scope, "refreshed-id-token", Beside{})
	}
	return t.onItsOwn(q, c)
}

// redeemCode uses a code up. A second use revokes what came of the first (RFC
// 6749, 4.1.2).
func (t *Tenant) redeemCode(q *asking, c *client) (*signIn, *refusal) {
	l := t.ledger
	l.mu.Lock()
	defer l.mu.Unlock()
	given, known := l.codes.get(q.form.Get("code"))
	switch {
	case q.form.Get("code") == "":
		return nil, refused("invalid_request", "code is missing")
	case !known:
		return nil, refused("invalid_grant", "no such code was given, or it was long ago")
	case given.client != c:
		return nil, refused("invalid_grant", "the code was given to another client")
	case given.used:
		given.revoked = true
		return nil, refused("invalid_grant", "the code was used before; what came of it is revoked")
	case !q.now.Before(given.expires):
		return nil, refused("invalid_grant", "the code is older than a minute")
	case given.redirect != q.form.Get("redirect_uri"):
		return nil, refused("invalid_grant", "redirect_uri is not that of the authorization request")
	}
	if f := given.proved(q.form.Get("code_verifier")); f != nil {
		return nil, f
	}
	given.used = true
	return given.signIn, nil
}

// proved tells whether a verifier fits the challenge (RFC 7636, 4.6). One that
// comes without a challenge tells of a downgrade (RFC 9700, 4.8.2).
func (c *code) proved(verifier string) *refusal {
	switch {
	case c.challenge == "" && verifier == "":
		return nil
	case c.challenge == "":
		return refused("invalid_grant", "a code_verifier came, and the authorization request had no code_challenge")
	case verifier == "":
		return refused("invalid_grant", "code_verifier is missing")
	case !unreserved(verifier):
		return refused("invalid_grant", "a code_verifier has 43 to 128 of the characters that need no escape (RFC 7636 section 4.1)")
	}
	if c.method == "S256" {
		sum := sha256.Sum256([]byte(verifier))
		verifier = base64.RawURLEncoding.EncodeToString(sum[:])
	}
	if !same(verifier, c.challenge) {
		return refused("invalid_grant", "the code_verifier is not that of the code_challenge")
	}
	return nil
}

// renew uses a refresh token up. A second use revokes the whole sign-in (RFC
// 9700, 4.14.2).
func (t *Tenant) renew(q *asking, c *client) (*signIn, []string, *refusal) {
	l := t.ledger
	l.mu.Lock()
	defer l.mu.Unlock()
	given, known := l.refreshes.get(q.form.Get("refresh_token"))
	switch {
	case q.form.Get("refresh_token") == "":
		return nil, nil, refused("invalid_request", "refresh_token is missing")
	case !known:
		return nil, nil, refused("invalid_grant", "no such refresh token was given")
	case given.client != c:
		return nil, nil, refused("invalid_grant", "the refresh token was given to another client")
	case given.used:
		given.revoked = true
		return nil, nil, refused("invalid_grant", "the refresh token was replaced by another one; both are revoked now")
	case given.revoked:
		return nil, nil, refused("invalid_grant", "the refresh token is revoked")
	}
	scope := given.scope
	if asked := q.form.Get("scope"); asked != "" {
		scope = strings.Fields(asked)
		for _, one := range scope {
			if !given.has(one) {
				return nil, nil, refused("invalid_scope", "scope holds what was not granted before (RFC 6749 section 6)")
			}
		}
	}
	given.used = true
	return given.signIn, scope, nil
}

// tokens are the answer to a grant of a user's.
func (t *Tenant) tokens(s *signIn, scope []string, kind string, b Beside) (response, *refusal) {
	r := response{status: http.StatusOK}
	token, err := t.giveAccess(&r, s, scope)
	if err != nil {
		return r, isBroken(err)
	}
	r.object = t.accessMembers(token)
	if s.client.may("refresh_token") {
		r.object.Set("refresh_token", fault.Text(t.giveRefresh(s)))
	}
	b.AccessToken = token
	idToken, err := t.giveID(&r, s, kind, b)
	if err != nil {
		return r, isBroken(err)
	}
	r.object.Set("id_token", fault.Text(idToken))
	r.object.Set("scope", fault.Text(strings.Join(scope, " ")))
	return r, nil
}

// onItsOwn is the answer to a client that asks for itself (RFC 6749, 4.4).
func (t *Tenant) onItsOwn(q *asking, c *client) (response, *refusal) {
	if c.public() {
		return response{}, refused("unauthorized_client", "a public client cannot ask on its own behalf (RFC 6749 section 4.4)")
	}
	var scope []string
	for _, one := range strings.Fields(q.form.Get("scope")) {
		if one != "openid" && one != "offline_access" && !slices.Contains(scope, one) {
			scope = append(scope, one)
		}
	}
	r := response{status: http.StatusOK}
	token, err := t.giveAccess(&r, &signIn{client: c, subject: c.id, scope: scope, machine: true, at: q.now}, scope)
	if err != nil {
		return r, isBroken(err)
	}
	r.object = t.accessMembers(token)
	if len(scope) > 0 {
		r.object.Set("scope", fault.Text(strings.Join(scope, " ")))
	}
	return r, nil
}
