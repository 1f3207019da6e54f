package mockidp

import (
	"context"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/rogueidp/rogueidp/mockidp/fault"
)

// The endpoints of a tenant, as the journal counts them.
const (
	Discovery = "discovery"
	KeySet    = "keyset"
	// Elsewhere is any other path.
	Elsewhere = "elsewhere"
	// Connections are those on which a fault acted before anything was asked.
	Connections = "connection"
)

func endpointOf(path string) string {
	switch path {
	case "/.well-known/openid-configuration":
		return Discovery
	case "/jwks":
		return KeySet
	}
	if endpoint, ok := flowEndpointOf(path); ok {
		return endpoint
	}
	return Elsewhere
}

// ServeHTTP answers for the tenant. Whatever it does is in the journal.
func (t *Tenant) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if t.provider.corpus != nil {
		http.Error(w, "rogueidp: "+errCorpus.Error(), http.StatusForbidden)
		return
	}
	path := strings.TrimPrefix(r.URL.Path, t.path)
	endpoint := endpointOf(path)
	if away := t.away.Load(); away != nil {
		switch {
		case path == *away:
			endpoint = KeySet
		case endpoint == KeySet && t.moved.Load():
			endpoint = Elsewhere
		}
	}
	if r.URL.Path == sharedKeys && t.cfg.SharedPath {
		endpoint = KeySet
	}
	seq := t.journal.begin(t.keepUp(), endpoint, r)
	if endpoint == Elsewhere {
		t.elsewhere(w, r, path, seq)
		return
	}
	t.mu.Lock()
	n := t.asked[endpoint]
	t.asked[endpoint]++
	// What an answer does without an end it does while these faults stand.
	standing, lies := t.faults, t.lies
	older := endpoint == KeySet && t.older.turn()
	t.mu.Unlock()
	if older {
		t.journal.from(seq, behind)
	}
	occasion := fault.Occasion{Seed: t.provider.cfg.Seed, Scenario: t.cfg.Scenario, Endpoint: endpoint, N: n}
	if endpoint != Discovery && endpoint != KeySet {
		t.converse(w, r, lies, endpoint, path, seq, occasion, standing)
		return
	}
	if len(standing) == 0 {
		t.answerPlain(w, r, endpoint, older, seq)
		return
	}
	t.answer(w, r, lies, endpoint, older, seq, occasion, standing)
}

// answerPlain is the honest way, and the fast one.
func (t *Tenant) answerPlain(w http.ResponseWriter, r *http.Request, endpoint string, older bool, seq int) {
	d, err := t.documents()
	if err != nil {
		t.broken(w, seq, err)
		return
	}
	doc := &d.keySet
	switch {
	case endpoint == Discovery:
		doc = &d.metadata
	case older:
		doc = &d.older
	}
	t.pass(r.Context(), endpoint)
	w.Header()["Content-Type"] = jsonType
	_, err = w.Write(doc.body)
	t.journal.answered(seq, answered{
		status: http.StatusOK, length: int64(len(doc.body)), hash: doc.hash, body: doc.excerpt,
		gone: err != nil || r.Context().Err() != nil,
	})
}

var jsonType = []string{"application/json"}

// broken says that the provider itself could not answer.
func (t *Tenant) broken(w http.ResponseWriter, seq int, err error) {
	t.provider.log("tenant %s cannot answer: %v", t.Name(), err)
	http.Error(w, "rogueidp: "+err.Error(), http.StatusInternalServerError)
	t.journal.answered(seq, answered{status: http.StatusInternalServerError})
}

// Served is the document that the tenant serves at an endpoint, as its faults
// leave it.
func (t *Tenant) Served(endpoint string) ([]byte, error) {
	t.keepUp()
	var acting []fault.Fault
	for _, f := range t.Faults() {
		if fault.EndpointOf(f) != endpoint {
			continue
		}
		f, err := fault.Expand(f, t.tenantFact)
		if err != nil {
			return nil, err
		}
		acting = append(acting, fault.Inmost(f))
	}
	return t.document(endpoint, false, acting, map[string]bool{})
}

// answer lets the faults of an endpoint act on its document and its reply.
func (t *Tenant) answer(w http.ResponseWriter, r *http.Request, lies context.Context, endpoint string, older bool, seq int, o fault.Occasion, standing []fault.Fault) {
	var acting []fault.Fault
	for _, f := range standing {
		if fault.EndpointOf(f) != endpoint {
			continue
		}
		if f = fault.On(f, o); f == nil {
			continue
		}
		f, err := fault.Expand(f, t.tenantFact)
		if err != nil {
			t.broken(w, seq, err)
			return
		}
		acting = append(acting, f)
	}
	served := map[string]bool{}
	body, err := t.document(endpoint, older, acting, served)
	if err != nil {
		t.broken(w, seq, err)
		return
	}
	reply := fault.Reply{
		Endpoint: endpoint, Status: http.StatusOK, Header: http.Header{}, Body: body,
		Address: t.address(endpoint), Place: placeOf(r), Match: strings.Join(r.Header.Values("If-None-Match"), ","),
	}
	reply.Header.Set("Content-Type", "application/json")
	bendReply(&reply, acting, served)
	t.journal.serving(seq, actedNames(served))
	t.deliver(w, r, lies, reply, endpoint, seq)
}

// bendReply lets the faults of replies act; served tells which of them changed
// something.
func bendReply(reply *fault.Reply, acting []fault.Fault, served map[string]bool) {
	for _, f := range acting {
		if bend, ok := f.(fault.ReplyFault); ok {
			before := *reply
			before.Header = reply.Header.Clone()
			bend.Replying(reply)
			served[f.Fault()] = served[f.Fault()] || !reflect.DeepEqual(before, *reply)
		}
	}
}

// actedNames are those of the faults that changed something, in order.
func actedNames(served map[string]bool) []string {
	var names []string
	for name, acted := range served {
		if acted {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// deliver sends a reply as its faults left it.
func (t *Tenant) deliver(w http.ResponseWriter, r *http.Request, lies context.Context, reply fault.Reply, endpoint string, seq int) {
	t.pass(r.Context(), endpoint)
	sent, whole := t.send(r.Context(), lies, w, reply)
	t.journal.answered(seq, sent)
	if reply.Reset {
		if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
			abort(conn)
			return
		}
	}
	if !whole {
		panic(http.ErrAbortHandler)
	}
}

// document renders a document after the faults of its seam; served tells which
// of them changed it.
func (t *Tenant) document(endpoint string, older bool, acting []fault.Fault, served map[string]bool) ([]byte, error) {
	if endpoint == Discovery {
		t.mu.RLock()
		m, side := fault.Metadata{Object: t.metadata()}, t.side
		t.mu.RUnlock()
		for _, f := range acting {
			if bend, ok := f.(fault.MetadataFault); ok {
				before := m.Clone()
				if bend.Describing(&m); m.Moved {
					m.Set("jwks_uri", fault.Text(t.JWKSURI()))
				}
				served[f.Fault()] = served[f.Fault()] || !reflect.DeepEqual(before, m.Object)
			}
		}
		// Nobody is seen at a closed port, but who was sent there is.
		if where, _ := m.Get("jwks_uri"); side.isShut() && where == fault.Text(t.JWKSURI()) {
			served[fault.RefuseConnection{}.Fault()] = true
		}
		return m.Append(nil), nil
	}
	t.mu.RLock()
	set := t.keySet(older)
	t.mu.RUnlock()
	before, err := render(set, t.fill)
	if err != nil {
		return nil, err
	}
	for _, f := range acting {
		bend, ok := f.(fault.KeySetFault)
		if !ok {
			continue
		}
		names := set.Names
		bend.Publishing(&set)
		after, err := render(set, t.fill)
		if err != nil {
			return nil, err
		}
		served[f.Fault()] = served[f.Fault()] || string(after) != string(before) || set.Names != names
		before = after
	}
	return withNames(set.Names, before), nil
}

// tenantFact fills the placeholders of documents.
func (t *Tenant) tenantFact(name string) (string, bool) {
	if base, part, _ := strings.Cut(name, "."); base == "canary" {
		return t.standingCanary(part)
	}
	return t.Fact(name)
}

// elsewhere answers the paths that are no endpoint: the canaries on the
// issuer's own host, and what nobody should have asked for.
func (t *Tenant) elsewhere(w http.ResponseWriter, r *http.Request, path string, seq int) {
	if c := t.canaryUnder(path); c != nil {
		status := c.serveOwn(w, r, path)
		t.journal.answered(seq, answered{status: status})
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusNotFound)
	fmt.Fprintf(w, `{"error":"not_found","error_description":%s}`+"\n",
		fault.Text("rogueidp serves /.well-known/openid-configuration and /jwks under "+t.issuer+", not "+path))
	t.provider.log("tenant %s was asked for %s %s, which it does not serve", t.Name(), r.Method, path)
	t.journal.answered(seq, answered{status: http.StatusNotFound})
}
