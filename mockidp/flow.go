package mockidp

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"time"

	"github.com/rogueidp/rogueidp/mockidp/fault"
)

// The login endpoints of a tenant, as the journal counts them.
const (
	Authorization = "authorization"
	TokenEndpoint = "token"
	UserInfo      = "userinfo"
	Registration  = "registration"
	Introspection = "introspection"
	EndSession    = "end-session"
)

// flowPaths are where they are, under the tenant's own path.
var flowPaths = map[string]string{
	Authorization: "/authorize", TokenEndpoint: "/token", UserInfo: "/userinfo",
	Registration: "/register", Introspection: "/introspect", EndSession: "/end_session",
}

// approvePath is where the login page sends who signs in. It belongs to the
// authorization endpoint.
const approvePath = "/authorize/approve"

func flowEndpointOf(path string) (string, bool) {
	if path == approvePath {
		return Authorization, true
	}
	for endpoint, at := range flowPaths {
		if path == at {
			return endpoint, true
		}
	}
	return "", false
}

// endpointURL is where one of the login endpoints is.
func (t *Tenant) endpointURL(endpoint string) string {
	return strings.TrimSuffix(t.issuer, "/") + flowPaths[endpoint]
}

// maxRequest is how long the body of a request may be.
const maxRequest = 1 << 20

// asking is one request of a login endpoint.
type asking struct {
	*http.Request
	path        string // under the tenant's
	query, form url.Values
	body        []byte
	malformed   bool // query or form do not read
	now         time.Time
	visitor     *Visitor // by the cookie
}

// params are where an endpoint's parameters are: in the query of a GET and in the
// form of a POST.
func (q *asking) params() url.Values {
	if q.Method == http.MethodPost {
		return q.form
	}
	return q.query
}

// A response is what a login endpoint is about to say.
type response struct {
	status int
	header http.Header
	// object are the parameters of a redirect or the members of a JSON body.
	object fault.Object
	failed bool
	// to is where a redirect leads, and mode how its parameters travel.
	to, mode string
	page     []byte // HTML in place of all that
	// seal signs the members of a body.
	seal    func(fault.Object) (*Minted, error)
	visitor *Visitor // whom it concerns, nil for the tenant's usual user
	nonce   string   // of the sign-in that it concerns
	tokens  []*Minted
}

// A refusal is an error that an endpoint answers.
type refusal struct {
	code, why string
	status    int    // 400 when zero
	challenge string // WWW-Authenticate
}

func (f *refusal) object() fault.Object {
	return fault.Object{{Name: "error", Value: fault.Text(f.code)}, {Name: "error_description", Value: fault.Text(f.why)}}
}

func refused(code, why string) *refusal { return &refusal{code: code, why: why} }

// response is a refusal as JSON (RFC 6749, 5.2).
func (f *refusal) response() response {
	r := response{status: or(f.status, http.StatusBadRequest), header: http.Header{}, object: f.object(), failed: true}
	if f.challenge != "" {
		r.header.Set("WWW-Authenticate", f.challenge)
	}
	return r
}

// isBroken is the refusal of a provider that could not do its part.
func isBroken(err error) *refusal {
	return &refusal{code: "server_error", why: "rogueidp: " + err.Error(), status: http.StatusInternalServerError}
}

// converse answers a login endpoint: what the honest provider says passes the
// faults of answers and then those of replies, the tenant's before the visitor's.
func (t *Tenant) converse(w http.ResponseWriter, r *http.Request, lies context.Context, endpoint, path string, seq int, o fault.Occasion, standing []fault.Fault) {
	q, refusal := t.hear(w, r, path)
	entry := t.ledger.note(q, endpoint)
	var said response
	if refusal != nil {
		said = refusal.response()
	} else {
		said = t.consider(q, endpoint)
	}
	said.visitor.asks(entry)
	served := map[string]bool{}
	acting, err := t.actingOn(said, endpoint, o, standing)
	if err == nil {
		err = t.bend(&said, endpoint, acting, served)
	}
	if err != nil {
		t.broken(w, seq, err)
		t.ledger.settle(entry, http.StatusInternalServerError)
		return
	}
	for _, m := range said.tokens {
		for _, name := range m.acted {
			served[name] = true
		}
	}
	reply := fault.Reply{
		Endpoint: endpoint, Status: said.status, Header: said.header, Body: said.page,
		Address: t.endpointURL(endpoint), Place: placeOf(r),
	}
	bendReply(&reply, acting, served)
	names := actedNames(served)
	said.visitor.serving(names)
	t.journal.serving(seq, names)
	t.ledger.settle(entry, reply.Status)
	t.deliver(w, r, lies, reply, endpoint, seq)
}

// hear reads a request, and no more of it than an honest one is long.
func (t *Tenant) hear(w http.ResponseWriter, r *http.Request, path string) (*asking, *refusal) {
	q := &asking{Request: r, path: path, now: t.clock.Now(), visitor: t.visitorOf(r), form: url.Values{}}
	var err error
	if q.query, err = url.ParseQuery(r.URL.RawQuery); err != nil {
		q.malformed = true
	}
	if r.Method != http.MethodPost {
		return q, nil
	}
	if q.body, err = io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequest)); err != nil {
		var long *http.MaxBytesError
		if errors.As(err, &long) {
			return q, &refusal{code: "invalid_request", why: "the body is longer than 1 MiB", status: http.StatusRequestEntityTooLarge}
		}
		return q, refused("invalid_request", "the body does not read")
	}
	if media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); media == "application/x-www-form-urlencoded" {
		if q.form, err = url.ParseQuery(string(q.body)); err != nil {
			q.malformed = true
		}
	}
	return q, nil
}

// consider is the honest answer.
func (t *Tenant) consider(q *asking, endpoint string) response {
	if refusal := q.fits(endpoint); refusal != nil {
		return refusal.response()
	}
	switch endpoint {
	case Authorization:
		if q.path == approvePath {
			return t.approve(q)
		}
		return t.authorize(q)
	case TokenEndpoint:
		return t.exchange(q)
	case UserInfo:
		return t.tellOfUser(q)
	case Registration:
		return t.register(q)
	case Introspection:
		return t.introspect(q)
	}
	return t.endSession(q)
}

// fits refuses the methods that an endpoint does not take, and what does not
// read.
func (q *asking) fits(endpoint string) *refusal {
	onlyPost := endpoint == TokenEndpoint || endpoint == Registration || endpoint == Introspection || q.path == approvePath
	switch {
	case q.Method != http.MethodPost && (onlyPost || q.Method != http.MethodGet):
		return &refusal{code: "invalid_request", why: "this endpoint does not take " + q.Method, status: http.StatusMethodNotAllowed}
	case q.malformed:
		return refused("invalid_request", "the parameters are not percent-encoded as a form is")
	}
	return nil
}

// actingOn are the faults that act on an answer, their placeholders filled.
func (t *Tenant) actingOn(said response, endpoint string, o fault.Occasion, standing []fault.Fault) ([]fault.Fault, error) {
	own, n := said.visitor.faultsAt(endpoint)
	var acting []fault.Fault
	choose := func(list []fault.Fault, o fault.Occasion) error {
		for _, f := range list {
			if fault.EndpointOf(f) != endpoint {
				continue
			}
			if f = fault.On(f, o); f == nil {
				continue
			}
			f, err := fault.Expand(f, func(name string) (string, bool) {
				if name == "nonce" && said.nonce != "" {
					return said.nonce, true
				}
				return t.tenantFact(name)
			})
			if err != nil {
				return err
			}
			acting = append(acting, f)
		}
		return nil
	}
	if err := choose(standing, o); err != nil {
		return nil, err
	}
	o.N = n
	return acting, choose(own, o)
}

// bend lets the faults of answers act, and writes what is left as it travels.
func (t *Tenant) bend(said *response, endpoint string, acting []fault.Fault, served map[string]bool) error {
	if said.header == nil {
		said.header = http.Header{}
	}
	said.header.Set("Cache-Control", "no-store")
	if said.page != nil {
		return nil
	}
	honest := said.object.Clone()
	a := fault.Answer{Object: said.object, Endpoint: endpoint, Mode: said.mode, Failed: said.failed}
	for _, f := range acting {
		bend, ok := f.(fault.LoginFault)
		if !ok {
			continue
		}
		before := a
		before.Object = a.Clone()
		bend.Answering(&a)
		served[f.Fault()] = served[f.Fault()] || !reflect.DeepEqual(before, a)
	}
	for _, name := range []string{"code", "access_token", "refresh_token", "id_token"} {
		own, answered := text(honest, name), text(a.Object, name)
		t.ledger.standBy(name, own, answered)
	}
	said.object, said.mode = a.Object, a.Mode
	if a.Failed && !said.failed {
		said.seal = nil
		said.status, said.failed = statusOf(endpoint, text(a.Object, "error")), true
		if endpoint == UserInfo {
			said.header.Set("WWW-Authenticate", challenge(text(a.Object, "error")))
		}
	}
	if said.to != "" {
		return said.travel()
	}
	said.header.Set("Content-Type", "application/json")
	if said.seal != nil {
		m, err := said.seal(said.object)
		if err != nil {
			return err
		}
		said.tokens = append(said.tokens, m)
		said.header.Set("Content-Type", "application/jwt")
		said.page = []byte(m.Token)
		return nil
	}
	said.page = said.object.Append(nil)
	return nil
}

// statusOf is the status that goes with an error (RFC 6749, 5.2; RFC 6750, 3.1).
func statusOf(endpoint, code string) int {
	switch {
	case endpoint == UserInfo && code == "insufficient_scope":
		return http.StatusForbidden
	case code == "invalid_client", endpoint == UserInfo && code == "invalid_token":
		return http.StatusUnauthorized
	}
	return http.StatusBadRequest
}

// text is a member as a string, empty where it is none.
func text(o fault.Object, name string) string {
	value, _ := o.Get(name)
	var s string
	if json.Unmarshal([]byte(value), &s) != nil {
		return ""
	}
	return s
}
