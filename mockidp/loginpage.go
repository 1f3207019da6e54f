package mockidp

import (
	"html/template"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/rogueidp/rogueidp/mockidp/fault"
)

// A ticket is a login page that waits for somebody to fill it in.
type ticket struct {
	params url.Values // of the authorization request
	held   string     // what the browser that saw the page has as a cookie
}

var loginForm = template.Must(template.New("login").Parse(`<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Sign in</title></head>
<body><h1>Sign in</h1><p>{{.Client}} wants to know who you are. rogueidp believes whatever you say: it is for testing only.</p>
{{if .Wrong}}<p role="alert">{{.Wrong}}</p>
{{end}}<form method="post" action="{{.Action}}">
<input type="hidden" name="ticket" value="{{.Ticket}}">
<label>User <input name="subject" value="{{.Subject}}" maxlength="255" autocomplete="username" autofocus></label>
<button type="submit" name="decision" value="approve">Sign in</button>
<button type="submit" name="decision" value="deny">Refuse</button>
</form></body></html>
`))

const ticketCookie = "rogueidp-ticket"

// loginPage asks who somebody is. Its form works once, and only for the browser
// that was given the page.
func (t *Tenant) loginPage(q *asking, params url.Values, wrong string) response {
	word, held := t.chance.text(), ""
	if c, err := q.Cookie(ticketCookie); err == nil && len(c.Value) <= 64 {
		held = c.Value
	}
	held = or(held, t.chance.text())
	t.ledger.mu.Lock()
	t.ledger.tickets.put(word, &ticket{params: params, held: held})
	t.ledger.mu.Unlock()
	r := htmlPage(http.StatusOK, loginForm, struct{ Client, Wrong, Action, Ticket, Subject string }{
		params.Get("client_id"), wrong, t.path + approvePath, word, t.subjectOf(q.visitor),
		// Where the form leads to after it was sent, a browser asks the policy too.
	}, "default-src 'none'; base-uri 'none'; frame-ancestors 'none'")
	r.visitor = q.visitor
	r.header.Add("Set-Cookie", t.cookie(ticketCookie, held).String())
	return r
}

// approve is what comes of the login page.
func (t *Tenant) approve(q *asking) response {
	t.ledger.mu.Lock()
	waiting, known := t.ledger.tickets.get(q.form.Get("ticket"))
	if known {
		t.ledger.tickets.put(q.form.Get("ticket"), nil)
	}
	t.ledger.mu.Unlock()
	held, err := q.Cookie(ticketCookie)
	if !known || waiting == nil || err != nil || !same(held.Value, waiting.held) {
		return shown(http.StatusBadRequest, "This sign-in cannot go on", "The page was sent before, is too old, or was made for another browser. Begin again at the application.")
	}
	a, wrong := t.authorizing(q, waiting.params)
	if a == nil {
		return shown(http.StatusBadRequest, "This sign-in cannot go on", wrong)
	}
	if q.form.Get("decision") != "approve" {
		return a.refuse(refused("access_denied", "the user refused"))
	}
	who := strings.TrimSpace(q.form.Get("subject"))
	// OpenID Connect Core, 2: sub has at most 255 ASCII characters.
	if who == "" || len(who) > 255 || !utf8.ValidString(who) || strings.ContainsFunc(who, func(r rune) bool { return r < ' ' || r >= 0x7f }) {
		return t.loginPage(q, waiting.params, "A user's name has 1 to 255 ASCII characters.")
	}
	v := q.visitor
	if v == nil || v.byForm && v.visit().Subject != who {
		if v, err = t.newVisitor(Visit{Subject: who}, true); err != nil {
			return a.refuse(isBroken(err))
		}
	}
	v.signedInAt(q.now)
	r := a.grant(v)
	r.header.Add("Set-Cookie", v.Cookie().String())
	return r
}

// subjectOf is who a visitor is.
func (t *Tenant) subjectOf(v *Visitor) string {
	visit := v.visit()
	var given string
	if claim, ok := visit.Claims.Get("sub"); ok {
		given = text(fault.Object{{Name: "sub", Value: claim}}, "sub")
	}
	return or(visit.Subject, or(given, subject))
}
