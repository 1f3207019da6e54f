package mockidp

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/rogueidp/rogueidp/mockidp/fault"
)

// visitAsk is a [Visit] as the API reads it.
type visitAsk struct {
	Subject string          `json:"subject"`
	Alg     string          `json:"alg"`
	Claims  json.RawMessage `json:"claims" schema:"object"`
	Faults  json.RawMessage `json:"faults" schema:"faults"`
	IDToken string          `json:"idToken"`
}

func (a visitAsk) visit() (Visit, error) {
	v := Visit{Subject: a.Subject, Alg: a.Alg, IDToken: a.IDToken}
	if len(a.Claims) > 0 {
		claims, ok := fault.ReadObject(a.Claims)
		if !ok {
			return v, errors.New(`claims are a JSON object, such as {"groups":["staff"]}`)
		}
		v.Claims = claims
	}
	if len(a.Faults) > 0 {
		faults, err := fault.Parse(a.Faults)
		if err != nil {
			return v, err
		}
		v.Faults = faults
	}
	return v, nil
}

// visitView is a visitor as the API shows it.
type visitView struct {
	Visitor  string          `json:"visitor"`
	Cookie   string          `json:"cookie"` // as a browser sends it
	Path     string          `json:"path"`   // where it sends it
	Subject  string          `json:"subject"`
	Faults   json.RawMessage `json:"faults" schema:"faults"`
	Served   map[string]int  `json:"served"`
	IDTokens []idTokenView   `json:"idTokens"`
}

type idTokenView struct {
	Kind    string       `json:"kind"`
	Token   string       `json:"token"`
	Genuine bool         `json:"genuine"`
	Changed []fault.Seam `json:"changed"`
}

func viewVisitor(v *Visitor) (any, error) {
	visit, c := v.visit(), v.Cookie()
	raw, err := fault.Marshal(visit.Faults)
	if err != nil {
		return nil, err
	}
	view := visitView{
		Visitor: v.word, Cookie: c.Name + "=" + c.Value, Path: c.Path, Subject: v.tenant.subjectOf(v), Faults: raw,
		Served: v.servedCounts(), IDTokens: []idTokenView{},
	}
	for _, m := range v.IDTokens() {
		view.IDTokens = append(view.IDTokens, idTokenView{m.Kind, m.Token, m.Genuine, append([]fault.Seam{}, m.Changed...)})
	}
	return view, nil
}

func makeVisit(t *Tenant, r *http.Request) (any, error) {
	visit, err := readVisit(r)
	if err != nil {
		return nil, err
	}
	v, err := t.Visit(visit)
	if err != nil {
		return nil, &badRequest{err}
	}
	return viewVisitor(v)
}

func readVisit(r *http.Request) (Visit, error) {
	var ask visitAsk
	if err := readStrict(r, &ask); err != nil {
		return Visit{}, &badRequest{err}
	}
	visit, err := ask.visit()
	if err != nil {
		return Visit{}, &badRequest{err}
	}
	return visit, nil
}

// missing is what the path names and nobody knows.
type missing struct{ error }

// visitor finds the one that a path names.
func (t *Tenant) visitor(word string) (*Visitor, error) {
	t.ledger.mu.Lock()
	defer t.ledger.mu.Unlock()
	v, known := t.ledger.visitors.get(word)
	if !known {
		return nil, &missing{fmt.Errorf("no visitor is called %q; POST …/visits makes one", word)}
	}
	return v, nil
}

func showVisit(t *Tenant, r *http.Request) (any, error) {
	v, err := t.visitor(r.PathValue("visitor"))
	if err != nil {
		return nil, err
	}
	return viewVisitor(v)
}

func changeVisit(t *Tenant, r *http.Request) (any, error) {
	v, err := t.visitor(r.PathValue("visitor"))
	if err != nil {
		return nil, err
	}
	to, err := readVisit(r)
	if err != nil {
		return nil, err
	}
	if err := v.Change(to); err != nil {
		return nil, &badRequest{err}
	}
	return viewVisitor(v)
}

func showVisitRequests(t *Tenant, r *http.Request) (any, error) {
	v, err := t.visitor(r.PathValue("visitor"))
	if err != nil {
		return nil, err
	}
	return v.Requests(), nil
}

// logoutAsk says where a logout token goes; nowhere where URI is empty.
type logoutAsk struct {
	URI    string          `json:"uri"`
	Faults json.RawMessage `json:"faults" schema:"faults"`
}

type logoutView struct {
	Token  string `json:"token"`
	Status int    `json:"status,omitempty"` // that the relying party answered
	Body   string `json:"body,omitempty"`
}

func logOut(t *Tenant, r *http.Request) (any, error) {
	v, err := t.visitor(r.PathValue("visitor"))
	if err != nil {
		return nil, err
	}
	var ask logoutAsk
	if err := readStrict(r, &ask); err != nil {
		return nil, &badRequest{err}
	}
	var faults []fault.Fault
	if len(ask.Faults) > 0 {
		if faults, err = fault.Parse(ask.Faults); err != nil {
			return nil, &badRequest{err}
		}
	}
	m, err := v.LogoutToken(faults...)
	if err != nil {
		return nil, err
	}
	if ask.URI == "" {
		return logoutView{Token: m.Token}, nil
	}
	a, err := t.PostLogout(r.Context(), ask.URI, m.Token)
	if err != nil {
		return nil, err
	}
	return logoutView{m.Token, a.Status, string(a.Body)}, nil
}
