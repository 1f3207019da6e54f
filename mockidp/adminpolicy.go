package mockidp

import (
	"io"
	"net/http"
	"time"
)

// policyView is a policy as the API shows it: what it says, since when it is
// followed, and what it will do next.
type policyView struct {
	Policy *Policy   `json:"policy"` // null: none is followed
	Since  time.Time `json:"since,omitzero"`
	Now    time.Time `json:"now"`
	Next   *Change   `json:"next,omitempty"` // absent: nothing is left to do
}

func showPolicy(t *Tenant, _ *http.Request) (any, error) {
	next, more := t.NextChange()
	p, since, followed := t.Following()
	v := policyView{Now: t.clock.Now().UTC()}
	if followed {
		v.Policy, v.Since = &p, since.UTC()
	}
	if more {
		next.At = next.At.UTC()
		v.Next = &next
	}
	return v, nil
}

func putPolicy(t *Tenant, r *http.Request) (any, error) {
	text, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, &badRequest{err}
	}
	p, err := ParsePolicy(text)
	if err != nil {
		return nil, &badRequest{err}
	}
	if err := t.Follow(p); err != nil {
		return nil, &badRequest{err}
	}
	return showPolicy(t, r)
}

func dropPolicy(t *Tenant, r *http.Request) (any, error) {
	t.Unfollow()
	return showPolicy(t, r)
}

func rollback(t *Tenant, r *http.Request) (any, error) {
	if err := readStrict(r, &struct{}{}); err != nil {
		return nil, &badRequest{err}
	}
	return keyed(t.Rollback())
}

func disagree(t *Tenant, r *http.Request) (any, error) { return nodes(t, r, t.Disagree) }
func agree(t *Tenant, r *http.Request) (any, error)    { return nodes(t, r, t.Agree) }

// nodes lets nodes disagree or agree.
func nodes(t *Tenant, r *http.Request, do func() error) (any, error) {
	if err := readStrict(r, &struct{}{}); err != nil {
		return nil, &badRequest{err}
	}
	if err := do(); err != nil {
		return nil, err
	}
	t.mu.RLock()
	defer t.mu.RUnlock()
	return nodesView{t.older != nil}, nil
}
