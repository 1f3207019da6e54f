package mockidp

import (
	"net/http"
	"strings"

	"github.com/rogueidp/rogueidp/mockidp/fault"
)

// introspect tells a client or a resource server of a token (RFC 7662, 2).
func (t *Tenant) introspect(q *asking) response {
	c, f := t.authenticate(q, Introspection)
	if f == nil && c.public() {
		f = unauthorized("who asks here proves who it is (RFC 7662 section 2.1)")
	}
	if f != nil {
		return f.response()
	}
	token := q.form.Get("token")
	if token == "" {
		return refused("invalid_request", "token is missing").response()
	}
	r := response{status: http.StatusOK, object: fault.Object{{Name: "active", Value: "false"}}}
	if given, good := t.ledger.accessToken(token, q.now); given != nil {
		r.visitor, r.nonce = given.visitor, given.nonce
		if good {
			r.object = t.about(given.signIn, given.scope)
			r.object.Set("token_type", `"Bearer"`)
			r.object.Set("iat", number(given.issued.Unix()))
			r.object.Set("exp", number(given.expires.Unix()))
			r.object.Set("aud", fault.Text(t.issuer))
		}
		return r
	}
	t.ledger.mu.Lock()
	defer t.ledger.mu.Unlock()
	if given, known := t.ledger.refreshes.get(token); known {
		r.visitor, r.nonce = given.visitor, given.nonce
		if !given.used && !given.revoked {
			r.object = t.about(given.signIn, given.scope)
		}
	}
	return r
}

// about is what a good token says of whom it was given for.
func (t *Tenant) about(s *signIn, scope []string) fault.Object {
	o := fault.Object{
		{Name: "active", Value: "true"}, {Name: "iss", Value: fault.Text(t.issuer)},
		{Name: "sub", Value: fault.Text(s.subject)}, {Name: "client_id", Value: fault.Text(s.client.id)},
	}
	if len(scope) > 0 {
		o.Set("scope", fault.Text(strings.Join(scope, " ")))
	}
	return o
}
