package mockidp

import (
	"net/http"
	"slices"

	"github.com/rogueidp/rogueidp/mockidp/fault"
)

// endSession signs a user out and sends them back where the client registered
// (OpenID Connect RP-Initiated Logout, 2 and 3). It asks nobody whether they want
// to.
func (t *Tenant) endSession(q *asking) response {
	params := q.params()
	for name, values := range params {
		if len(values) > 1 {
			return shown(http.StatusBadRequest, "You are not signed out", "The request has more than one parameter "+name+".")
		}
	}
	v := q.visitor
	hint, id := params.Get("id_token_hint"), params.Get("client_id")
	var s *signIn
	if hint != "" {
		t.ledger.mu.Lock()
		hinted, known := t.ledger.idTokens.get(hint)
		t.ledger.mu.Unlock()
		if !known || id != "" && hinted.client.id != id {
			return shown(http.StatusBadRequest, "You are not signed out", "The id_token_hint is no ID token that this provider gave to the client.")
		}
		s = hinted
		id = s.client.id
		if v == nil {
			v = s.visitor
		}
	}
	c := t.client(id)
	to := params.Get("post_logout_redirect_uri")
	if to != "" && (c == nil || !c.leads(to)) {
		return shown(http.StatusBadRequest, "You are not signed out", "The post_logout_redirect_uri "+to+" is none that the client registered, letter for letter.")
	}
	t.leave(q, v, s)
	if to == "" {
		r := shown(http.StatusOK, "You are signed out", "Good-bye.")
		r.visitor = v
		t.forget(&r, q)
		return r
	}
	r := response{to: to, mode: "query", header: http.Header{}, visitor: v}
	if state := params.Get("state"); state != "" {
		r.object = fault.Object{{Name: "state", Value: fault.Text(state)}}
	}
	t.forget(&r, q)
	return r
}

// leave ends what a user has at the provider, and tells the clients that want to
// know.
func (t *Tenant) leave(q *asking, v *Visitor, s *signIn) {
	ended := v.leaves()
	if s != nil && !slices.Contains(ended, s) {
		ended = append(ended, s)
	}
	for _, one := range ended {
		if one.client.backChannel != "" {
			t.tellOfLogout(one)
		}
	}
}

// forget takes the cookie back from somebody who signed in on the login page.
func (t *Tenant) forget(r *response, q *asking) {
	if q.visitor != nil && q.visitor.byForm {
		gone := q.visitor.Cookie()
		gone.Value, gone.MaxAge = "", -1
		r.header.Add("Set-Cookie", gone.String())
	}
}
