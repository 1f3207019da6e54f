package mockidp

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rogueidp/rogueidp/mockidp/fault"
)

// responseTypes are those that the provider knows, their words in order.
var responseTypes = []string{
	"code", "id_token", "id_token token", "code id_token", "code token", "code id_token token",
}

// An authorizing is an authorization request whose client and redirect URI were
// found good, so that errors can be sent there.
type authorizing struct {
	t      *Tenant
	q      *asking
	params url.Values
	client *client
	to     string
	types  []string // of the response
	mode   string
	state  string
}

// authorize answers an authorization request (OpenID Connect Core, 3.1.2, 3.2.2
// and 3.3.2).
func (t *Tenant) authorize(q *asking) response {
	a, wrong := t.authorizing(q, q.params())
	if a == nil {
		return shown(http.StatusBadRequest, "This sign-in cannot begin", wrong)
	}
	if f := a.check(); f != nil {
		return a.refuse(f)
	}
	v := q.visitor
	if f := a.prompted(v); f != nil {
		return a.refuse(f)
	}
	if t.cfg.LoginForm && a.needsForm(v) {
		return t.loginPage(q, a.params, "")
	}
	return a.grant(v)
}

// authorizing settles who asks and where the answer goes. Without it, wrong says
// what the person in front of the browser has to know.
func (t *Tenant) authorizing(q *asking, params url.Values) (a *authorizing, wrong string) {
	for _, name := range []string{"client_id", "redirect_uri"} {
		if n := len(params[name]); n != 1 {
			return nil, "The request has " + strconv.Itoa(n) + " parameters " + name + ", and needs exactly one."
		}
	}
	c := t.client(params.Get("client_id"))
	if c == nil {
		return nil, "No client is registered as " + params.Get("client_id") + "."
	}
	to := params.Get("redirect_uri")
	if !c.welcomes(to) {
		if len(c.redirects) == 0 {
			return nil, "The redirect_uri " + to + " does not lead to this machine. Register it: --redirect-uri."
		}
		return nil, "The redirect_uri " + to + " is none of those registered, which are compared letter for letter."
	}
	a = &authorizing{t: t, q: q, params: params, client: c, to: to, state: params.Get("state")}
	a.types = strings.Fields(params.Get("response_type"))
	slices.Sort(a.types)
	a.mode = "query"
	if slices.Contains(a.types, "token") || slices.Contains(a.types, "id_token") {
		a.mode = "fragment"
	}
	if mode := params.Get("response_mode"); slices.Contains(fault.ResponseModes(), mode) && (mode != "query" || a.mode == "query") {
		a.mode = mode
	}
	return a, ""
}

func (a *authorizing) wants(what string) bool { return slices.Contains(a.types, what) }

// refuse sends an error back (OpenID Connect Core, 3.1.2.6).
func (a *authorizing) refuse(f *refusal) response {
	r := a.back(a.q.visitor)
	r.object, r.failed = append(f.object(), r.object...), true
	return r
}

// back is an answer that goes where the request came from, with what each has:
// state, and the issuer (RFC 9207, 2).
func (a *authorizing) back(v *Visitor) response {
	r := response{to: a.to, mode: a.mode, header: http.Header{}, visitor: v, nonce: a.params.Get("nonce")}
	if a.state != "" {
		r.object = append(r.object, fault.Member{Name: "state", Value: fault.Text(a.state)})
	}
	r.object = append(r.object, fault.Member{Name: "iss", Value: fault.Text(a.t.issuer)})
	return r
}

// check holds a request to what the provider offers.
func (a *authorizing) check() *refusal {
	for name, values := range a.params {
		if len(values) > 1 {
			return refused("invalid_request", name+" is given "+strconv.Itoa(len(values))+" times (RFC 6749 section 3.1)")
		}
	}
	for name, code := range map[string]string{
		"request": "request_not_supported", "request_uri": "request_uri_not_supported", "registration": "registration_not_supported",
	} {
		if a.params.Get(name) != "" {
			return refused(code, "this provider does not take "+name)
		}
	}
	kind := strings.Join(a.types, " ")
	mode := a.params.Get("response_mode")
	switch {
	case kind == "":
		return refused("invalid_request", "response_type is missing")
	case !slices.Contains(responseTypes, kind):
		return refused("unsupported_response_type", "response_type is one of: "+strings.Join(responseTypes, ", "))
	case a.client.types != nil && !slices.Contains(a.client.types, kind):
		return refused("unauthorized_client", "the client is not registered for this response_type")
	case mode != "" && !slices.Contains(fault.ResponseModes(), mode):
		return refused("invalid_request", "response_mode is one of: "+strings.Join(fault.ResponseModes(), ", "))
	case mode == "query" && a.mode != "query":
		return refused("invalid_request", "tokens do not travel in a query (OAuth 2.0 Multiple Response Types section 3)")
	case !slices.Contains(strings.Fields(a.params.Get("scope")), "openid"):
		return refused("invalid_scope", "scope does not hold openid (OpenID Connect Core section 3.1.2.1)")
	case a.wants("id_token") && a.params.Get("nonce") == "":
		return refused("invalid_request", "an ID token from this endpoint needs a nonce (OpenID Connect Core section 3.2.2.1)")
	}
	return a.checkPKCE()
}

// checkPKCE is what can be told of a challenge before its verifier is known
// (RFC 7636, 4.3).
func (a *authorizing) checkPKCE() *refusal {
	challenge, method := a.params.Get("code_challenge"), a.params.Get("code_challenge_method")
	switch {
	case !a.wants("code"):
		return nil
	case challenge == "" && method != "":
		return refused("invalid_request", "code_challenge_method without a code_challenge")
	case challenge == "" && a.client.public():
		return refused("invalid_request", "a public client needs a code_challenge (RFC 9700 section 2.1.1)")
	case challenge == "":
		return nil
	case method != "" && method != "plain" && method != "S256":
		return refused("invalid_request", "code_challenge_method is S256 or plain")
	case !unreserved(challenge):
		return refused("invalid_request", "a code_challenge has 43 to 128 of the characters that need no escape (RFC 7636 section 4.2)")
	}
	return nil
}

// unreserved tells whether a text can be a code_verifier or a code_challenge (RFC
// 7636, 4.1 and 4.2).
func unreserved(s string) bool {
	if len(s) < 43 || len(s) > 128 {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-._~", r))
	})
}

// prompted refuses what cannot be done without asking the user.
func (a *authorizing) prompted(v *Visitor) *refusal {
	prompts := strings.Fields(a.params.Get("prompt"))
	none := slices.Contains(prompts, "none")
	switch {
	case none && len(prompts) > 1:
		return refused("invalid_request", "prompt=none stands alone (OpenID Connect Core section 3.1.2.1)")
	case none && a.t.cfg.LoginForm && a.needsForm(v):
		return refused("login_required", "nobody is signed in, and prompt=none forbids to ask")
	}
	if age := a.params.Get("max_age"); age != "" {
		if n, err := strconv.Atoi(age); err != nil || n < 0 {
			return refused("invalid_request", "max_age is a number of seconds")
		}
	}
	hint := a.params.Get("id_token_hint")
	if hint == "" || !none {
		return nil
	}
	a.t.ledger.mu.Lock()
	hinted, known := a.t.ledger.idTokens.get(hint)
	a.t.ledger.mu.Unlock()
	if !known || hinted.subject != a.t.subjectOf(v) {
		return refused("login_required", "the user of the id_token_hint is not the one who is signed in")
	}
	return nil
}

// needsForm tells whether the user has to be asked who they are.
func (a *authorizing) needsForm(v *Visitor) bool {
	prompts := strings.Fields(a.params.Get("prompt"))
	if slices.Contains(prompts, "login") || slices.Contains(prompts, "select_account") {
		return true
	}
	at, signedIn := v.since()
	if !signedIn {
		return true
	}
	age, err := strconv.Atoi(a.params.Get("max_age"))
	return err == nil && !at.IsZero() && a.q.now.Sub(at) > time.Duration(min(age, 1<<30))*time.Second
}

// grant is the answer to a request that was approved.
func (a *authorizing) grant(v *Visitor) response {
	t := a.t
	s := &signIn{
		client: a.client, visitor: v, subject: t.subjectOf(v), sid: t.chance.text(), at: a.q.now,
		telltime: a.params.Get("max_age") != "", redirect: a.to, nonce: a.params.Get("nonce"),
		scope: known(strings.Fields(a.params.Get("scope"))),
	}
	if at, _ := v.since(); !at.IsZero() {
		s.at = at
	}
	if acr := strings.Fields(a.params.Get("acr_values")); len(acr) > 0 {
		s.acr = acr[0]
	}
	r := a.back(v)
	var given fault.Object
	var beside Beside
	if a.wants("code") {
		beside.Code = t.chance.text()
		c := &code{signIn: s, challenge: a.params.Get("code_challenge"), expires: a.q.now.Add(codeLife)}
		c.method = or(a.params.Get("code_challenge_method"), "plain")
		t.ledger.mu.Lock()
		t.ledger.codes.put(beside.Code, c)
		t.ledger.mu.Unlock()
		given.Set("code", fault.Text(beside.Code))
	}
	if a.wants("token") {
		token, err := t.giveAccess(&r, s, s.scope)
		if err != nil {
			return a.refuse(isBroken(err))
		}
		beside.AccessToken = token
		given = append(given, t.accessMembers(token)...)
	}
	if a.wants("id_token") {
		beside.State = a.state
		token, err := t.giveID(&r, s, "front-id-token", beside)
		if err != nil {
			return a.refuse(isBroken(err))
		}
		given.Set("id_token", fault.Text(token))
	}
	r.object = append(given, r.object...)
	v.signsIn(s)
	return r
}

// scopes are those that the provider knows; others are left out of what is
// granted (RFC 6749, 3.3).
var scopes = []string{"openid", "profile", "email", "offline_access"}

func known(asked []string) []string {
	var granted []string
	for _, s := range asked {
		if slices.Contains(scopes, s) && !slices.Contains(granted, s) {
			granted = append(granted, s)
		}
	}
	return granted
}
