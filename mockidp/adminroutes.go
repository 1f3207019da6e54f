package mockidp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/rogueidp/rogueidp/mockidp/fault"
)

// A verb answers one request about a tenant.
type verb func(t *Tenant, r *http.Request) (any, error)

// An operation is one thing that the admin API does. What it is called, reads and
// answers stands in its description, and nothing is served that does not stand
// there.
type operation struct {
	method, path string
	id, says     string
	query        []parameter
	takes        any  // a value of what it reads, or [named]; nil: nothing
	needsBody    bool // without one it is refused
	gives        any
	answers      string // what that is
	created      bool
	waits        bool
	do           verb
	whole        func(a *Admin, r *http.Request) (any, error) // in place of do: about no one tenant
}

// named is what has a schema by its name and no type of its own; an empty one is
// any object.
type named string

type parameter struct {
	name, says string
	needed     bool
	schema     map[string]any
}

func (o operation) onTenant() bool { return o.do != nil }

func (o operation) status() int {
	if o.created {
		return http.StatusCreated
	}
	return http.StatusOK
}

// refuses tells with which status it can refuse.
func (o operation) refuses(status int) bool {
	switch status {
	case http.StatusNotFound, http.StatusConflict:
		return o.onTenant()
	case http.StatusBadRequest:
		return o.takes != nil || o.query != nil
	case http.StatusRequestTimeout:
		return o.waits
	}
	return true
}

// operations are all there are.
func operations() []operation {
	const one = "/admin/tenants/{tenant}"
	return []operation{
		{method: "GET", path: "/admin/openapi.json", id: "describe", says: "Describe this API", gives: named(""), answers: "An OpenAPI 3.1 document.",
			whole: func(*Admin, *http.Request) (any, error) { return json.RawMessage(OpenAPI()), nil }},
		{method: "GET", path: "/admin/faults", id: "listFaults", says: "List every way in which the provider can lie", gives: []fault.Description{}, answers: "All faults with their fields.",
			whole: func(*Admin, *http.Request) (any, error) { return fault.Describe(), nil }},
		{method: "GET", path: "/admin/policies", id: "listPolicies", says: "List the policies that the provider has", gives: []Policy{}, answers: "All presets.",
			whole: func(*Admin, *http.Request) (any, error) { return Policies(), nil }},
		{method: "GET", path: "/admin/authority", id: "showAuthority", says: "Show the authority that signs the provider's certificates", gives: authorityView{}, answers: "Its certificate in PEM; empty without TLS.",
			whole: func(a *Admin, _ *http.Request) (any, error) { return authorityView{string(a.provider.CAPEM())}, nil }},
		{method: "GET", path: "/admin/tenants", id: "listTenants", says: "List the tenants", gives: []tenantView{}, answers: "All tenants, by name.", whole: listTenants},
		{method: "POST", path: "/admin/tenants", id: "openTenant", says: "Open a tenant: an issuer of its own", takes: TenantConfig{}, gives: tenantView{}, answers: "The new tenant.", created: true, whole: openTenant},
		{method: "GET", path: one, id: "showTenant", says: "Show a tenant", gives: tenantView{}, answers: "The tenant.",
			do: func(t *Tenant, _ *http.Request) (any, error) { return view(t), nil }},
		{method: "DELETE", path: one, id: "closeTenant", says: "Close a tenant", gives: tenantView{}, answers: "The tenant as it was.",
			do: func(t *Tenant, _ *http.Request) (any, error) { return view(t), t.Close() }},
		{method: "GET", path: one + "/faults", id: "showFaults", says: "Show how a tenant lies", gives: named("Faults"), answers: "Its faults, in order.", do: showFaults},
		{method: "PUT", path: one + "/faults", id: "putFaults", says: "Let a tenant lie in these ways and no other", takes: named("FaultOrFaults"), needsBody: true, gives: named("Faults"), answers: "Its faults, in order.", do: putFaults},
		{method: "GET", path: one + "/keys", id: "showKeys", says: "Show a tenant's keys", gives: []Key{}, answers: "Its keys, removed ones among them.",
			do: func(t *Tenant, _ *http.Request) (any, error) { return t.Keys(), nil }},
		{method: "GET", path: one + "/lives", id: "showLives", says: "Show what became of a tenant's keys", gives: []Life{}, answers: "The life of each key, station by station.",
			do: func(t *Tenant, _ *http.Request) (any, error) { return t.Lives(), nil }},
		{method: "GET", path: one + "/policy", id: "showPolicy", says: "Show the policy that a tenant follows", gives: policyView{}, answers: "The policy, and what it will do next.", do: showPolicy},
		{method: "PUT", path: one + "/policy", id: "putPolicy", says: "Let a tenant follow a policy from now on", takes: named("PresetOrPolicy"), needsBody: true, gives: policyView{}, answers: "The policy, and what it will do next.", do: putPolicy},
		{method: "DELETE", path: one + "/policy", id: "dropPolicy", says: "Let a tenant follow no policy any more", gives: policyView{}, answers: "No policy.", do: dropPolicy},
		{method: "POST", path: one + "/mint", id: "mint", says: "Mint a token", takes: mintAsk{}, gives: mintView{}, answers: "The token.", do: mintToken},
		{method: "POST", path: one + "/rotate", id: "rotate", says: "Let another key sign", takes: Rotation{}, gives: Key{}, answers: "The key that signs now.", do: rotate},
		{method: "POST", path: one + "/publish", id: "publish", says: "Publish a key that does not sign yet", takes: publishAsk{}, gives: Key{}, answers: "The key.", do: publish},
		{method: "POST", path: one + "/retire", id: "retire", says: "Let a key sign no more", takes: keyAsk{}, gives: Key{}, answers: "The key.", do: retire},
		{method: "POST", path: one + "/remove", id: "remove", says: "Take a key out of the key set", takes: keyAsk{}, gives: Key{}, answers: "The key.", do: remove},
		{method: "POST", path: one + "/rollback", id: "rollback", says: "Let the key before the last rotation sign again", takes: struct{}{}, gives: Key{}, answers: "The key that signs now.", do: rollback},
		{method: "POST", path: one + "/disagree", id: "disagree", says: "Let every other node serve an older key set", takes: struct{}{}, gives: nodesView{}, answers: "Whether nodes disagree.", do: disagree},
		{method: "POST", path: one + "/agree", id: "agree", says: "Let all nodes serve one key set", takes: struct{}{}, gives: nodesView{}, answers: "Whether nodes disagree.", do: agree},
		{method: "POST", path: one + "/advance", id: "advance", says: "Move a tenant's clock on", takes: advanceAsk{}, needsBody: true, gives: nowView{}, answers: "The tenant's time.", do: advance},
		{method: "POST", path: one + "/visits", id: "makeVisit", says: "Let a tenant know of a person whom it treats apart", takes: visitAsk{}, gives: visitView{}, answers: "The visitor, and the cookie by which it is known.", created: true, do: makeVisit},
		{method: "GET", path: one + "/visits/{visitor}", id: "showVisit", says: "Show a visitor and what was made for them", gives: visitView{}, answers: "The visitor.", do: showVisit},
		{method: "PUT", path: one + "/visits/{visitor}", id: "changeVisit", says: "Treat a visitor in another way from now on", takes: visitAsk{}, gives: visitView{}, answers: "The visitor.", do: changeVisit},
		{method: "GET", path: one + "/visits/{visitor}/requests", id: "showVisitRequests", says: "Show what was asked of the login endpoints on behalf of a visitor", gives: []FlowRequest{}, answers: "The requests, in order.", do: showVisitRequests},
		{method: "POST", path: one + "/visits/{visitor}/logout", id: "logOut", says: "Make a logout token for a visitor's last sign-in, and post it to a relying party", takes: logoutAsk{}, gives: logoutView{}, answers: "The token, and what the relying party answered.", do: logOut},
		{method: "GET", path: one + "/requests", id: "showRequests", says: "Show what was asked of a tenant's login endpoints", gives: []FlowRequest{}, answers: "The requests, in order.",
			do: func(t *Tenant, _ *http.Request) (any, error) { return t.FlowRequests(), nil }},
		{method: "GET", path: one + "/journal", id: "showJournal", says: "Show what a tenant saw", gives: journalView{}, answers: "Counts, and entries in order.", do: showJournal,
			query: []parameter{{name: "from", says: "The number of the first entry wanted.", schema: map[string]any{"type": "integer"}}}},
		{method: "GET", path: one + "/journal/await", id: "awaitHits", says: "Wait until an endpoint was asked so often", gives: map[string]int{}, answers: "How often each endpoint was asked.", waits: true, do: awaitHits,
			query: []parameter{
				{name: "endpoint", says: "The endpoint.", needed: true, schema: map[string]any{"enum": awaited}},
				{name: "hits", says: "How often.", needed: true, schema: map[string]any{"type": "integer"}},
			}},
	}
}

func (a *Admin) routes() http.Handler {
	mux := http.NewServeMux()
	for _, o := range operations() {
		mux.HandleFunc(o.method+" "+o.path, func(w http.ResponseWriter, r *http.Request) { a.serve(o, w, r) })
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		refuse(w, http.StatusNotFound, "the admin API has no "+r.Method+" "+r.URL.Path)
	})
	return mux
}

func (a *Admin) serve(o operation, w http.ResponseWriter, r *http.Request) {
	var v any
	var err error
	if o.onTenant() {
		name := r.PathValue("tenant")
		t := a.provider.Tenants()[name]
		if t == nil {
			refuse(w, http.StatusNotFound, fmt.Sprintf("no tenant is called %q; GET /admin/tenants lists them", name))
			return
		}
		v, err = o.do(t, r)
	} else {
		v, err = o.whole(a, r)
	}
	var bad *badRequest
	var none *missing
	switch {
	case errors.As(err, &none):
		refuse(w, http.StatusNotFound, err.Error())
	case errors.As(err, &bad):
		refuse(w, http.StatusBadRequest, err.Error())
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		refuse(w, http.StatusRequestTimeout, "it did not happen in that time")
	case err != nil:
		refuse(w, http.StatusConflict, err.Error())
	default:
		answer(w, o.status(), v)
	}
}

// badRequest is the caller's mistake.
type badRequest struct{ error }

func (b *badRequest) Unwrap() error { return b.error }

func listTenants(a *Admin, _ *http.Request) (any, error) {
	list := []tenantView{}
	for _, t := range a.provider.Tenants() {
		list = append(list, view(t))
	}
	slices.SortFunc(list, func(x, y tenantView) int { return strings.Compare(x.Name, y.Name) })
	return list, nil
}

func openTenant(a *Admin, r *http.Request) (any, error) {
	var cfg TenantConfig
	if err := readStrict(r, &cfg); err != nil {
		return nil, &badRequest{err}
	}
	t, err := a.provider.Tenant(cfg)
	if err != nil {
		return nil, &badRequest{err}
	}
	return view(t), nil
}

// What verbs read and answer.
type (
	mintAsk struct {
		Alg     string          `json:"alg"`
		Nonce   string          `json:"nonce"`
		Subject string          `json:"subject"`
		Claims  json.RawMessage `json:"claims" schema:"object"`
		Faults  json.RawMessage `json:"faults" schema:"faults"`
	}
	mintView struct {
		Token   string       `json:"token"`
		Alg     string       `json:"alg"`
		KID     string       `json:"kid"`
		Signer  string       `json:"signer"`
		Genuine bool         `json:"genuine"`
		Changed []fault.Seam `json:"changed"`
	}
	publishAsk struct {
		Alg string `json:"alg"`
	}
	keyAsk struct {
		KID string `json:"kid"`
	}
	advanceAsk struct {
		By string `json:"by" need:"true"`
	}
	nowView struct {
		Now time.Time `json:"now"`
	}
	nodesView struct {
		Disagree bool `json:"disagree"`
	}
	journalView struct {
		Hits    map[string]int `json:"hits"`
		Entries []Entry        `json:"entries"`
	}
)
