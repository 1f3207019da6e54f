package mockidp

import (
	"net/http"
	"strings"

	"github.com/rogueidp/rogueidp/mockidp/fault"
)

// challenge is what a refused bearer token is answered with (RFC 6750, 3).
func challenge(code string) string {
	if code == "" {
		return `Bearer realm="rogueidp"`
	}
	return `Bearer realm="rogueidp", error="` + strings.NewReplacer(`"`, "", `\`, "").Replace(code) + `"`
}

// tellOfUser answers a UserInfo request (OpenID Connect Core, 5.3).
func (t *Tenant) tellOfUser(q *asking) response {
	token, f := q.bearer()
	if f != nil {
		return f.response()
	}
	given, good := t.ledger.accessToken(token, q.now)
	if given == nil {
		return (&refusal{code: "invalid_token", why: "no such access token was given", status: http.StatusUnauthorized, challenge: challenge("invalid_token")}).response()
	}
	r := t.tellOf(given, good)
	r.visitor, r.nonce = given.visitor, given.nonce
	return r
}

func (t *Tenant) tellOf(given *access, good bool) response {
	switch {
	case !good:
		return (&refusal{code: "invalid_token", why: "the access token has expired or is revoked", status: http.StatusUnauthorized, challenge: challenge("invalid_token")}).response()
	case given.machine || !(&signIn{scope: given.scope}).has("openid"):
		return (&refusal{code: "insufficient_scope", why: "the access token was not given for openid", status: http.StatusForbidden, challenge: challenge("insufficient_scope")}).response()
	}
	r := response{status: http.StatusOK, object: fault.Object{{Name: "sub", Value: fault.Text(given.subject)}}}
	r.object = append(r.object, aboutUser(given.subject, &signIn{scope: given.scope})...)
	for _, claim := range given.visitor.visit().Claims {
		r.object.Set(claim.Name, claim.Value)
	}
	if given.client.infoAlg != "" {
		r.seal = func(o fault.Object) (*Minted, error) { return t.sealUser(given.signIn, o) }
	}
	return r
}

// sealUser signs a UserInfo response (OpenID Connect Core, 5.3.2).
func (t *Tenant) sealUser(s *signIn, o fault.Object) (*Minted, error) {
	return t.Mint(Request{
		Kind: "userinfo", Alg: s.client.infoAlg, visitor: s.visitor, secret: s.client.secret,
		Claims: append(fault.Object{{Name: "aud", Value: fault.Text(s.client.id)}}, o...),
		Facts:  map[string]string{"nonce": s.nonce},
	})
}

// bearer is the access token of a request, in the header or in the body (RFC
// 6750, 2.1 and 2.2).
func (q *asking) bearer() (string, *refusal) {
	var tokens []string
	for _, header := range q.Header.Values("Authorization") {
		if scheme, token, ok := strings.Cut(header, " "); ok && strings.EqualFold(scheme, "Bearer") {
			tokens = append(tokens, strings.TrimSpace(token))
		}
	}
	tokens = append(tokens, q.form["access_token"]...)
	switch {
	case len(tokens) == 0:
		return "", &refusal{code: "invalid_request", why: "send the access token: Authorization: Bearer …", status: http.StatusUnauthorized, challenge: challenge("")}
	case len(tokens) > 1:
		return "", &refusal{code: "invalid_request", why: "an access token is sent once", challenge: challenge("invalid_request")}
	}
	return tokens[0], nil
}
