package mockidp

import (
	"encoding/pem"
	"errors"
	"net/http"
	"strings"
	"sync"

	"github.com/rogueidp/rogueidp/mockidp/fault"
)

// A Canary is a place that nobody should ever ask for anything. It is unique
// to one token or one tenant, so whoever calls gives away which of them led
// here. To make the call worth it, the canary plays the attacker: it serves
// discovery, key sets and certificates with the attacker's keys.
type Canary struct {
	tenant *Tenant
	word   string

	mu     sync.Mutex
	wires  map[string]*wire // by scheme, opened when first named
	visits []string
}

// Visits tells who called: the first line of each request, or the bare
// connection where no request came. They are text from the target.
func (c *Canary) Visits() []string {
	if c == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]string(nil), c.visits...)
}

func (c *Canary) visited(what string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.visits) < 64 {
		c.visits = append(c.visits, what)
	}
}

// canaryFact fills {canary} and its variants for one token.
func (t *Tenant) canaryFact(m *Minted, part string) (string, bool) {
	if m.Canary == nil {
		m.Canary = t.newCanary()
	}
	return m.Canary.fact(part)
}

// standingCanary fills them for documents: one canary a tenant.
func (t *Tenant) standingCanary(part string) (string, bool) {
	t.verbs.Lock()
	c := t.Canary()
	if c == nil {
		c = t.newCanary()
		t.mu.Lock()
		t.lure = c
		t.mu.Unlock()
	}
	t.verbs.Unlock()
	return c.fact(part)
}

// Lure fills a placeholder of an answer or a document, {canary} among them: who
// calls there was led by what the tenant says.
func (t *Tenant) Lure(name string) (string, bool) { return t.tenantFact(name) }

// Relure forgets the canary that documents lead to: the next one that is asked
// for is another, so that who calls the first is known to have met the first.
func (t *Tenant) Relure() {
	t.verbs.Lock()
	defer t.verbs.Unlock()
	t.mu.Lock()
	defer t.mu.Unlock()
	t.lure = nil
	t.changed()
}

// Canary is the one that the tenant's documents lead to, nil while none does.
// Tokens have canaries of their own.
func (t *Tenant) Canary() *Canary {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.lure
}

func (t *Tenant) newCanary() *Canary {
	c := &Canary{tenant: t, word: t.chance.word(), wires: map[string]*wire{}}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.canary = append(t.canary, c)
	return c
}

// fact is the canary's address: over HTTPS, over plain HTTP (http), its host
// and port alone (host), on another port of the issuer's host (port), one of
// two addresses on the issuer's own host: a place for uploads (own) and a
// redirect to the canary (redirect), or no address at all but the attacker's
// key set in a data URL (data). On a network in memory, which nobody else
// shares, it is also at an address that means the machine that asks (loopback)
// and at one that means its surroundings (link-local).
func (c *Canary) fact(part string) (string, bool) {
	base := strings.TrimSuffix(c.tenant.issuer, "/")
	switch part {
	case "", "http", "host":
		scheme := "https"
		if part == "http" {
			scheme = "http"
		}
		w, err := c.wire(scheme)
		if err != nil {
			c.tenant.provider.log("no canary: %v", err)
			return "", false
		}
		if part == "host" {
			return w.host, true
		}
		return scheme + "://" + w.host + "/" + c.word, true
	case "port":
		w, err := c.wire("port")
		if err != nil {
			return "", false
		}
		return c.tenant.provider.scheme() + "://" + w.host + "/" + c.word, true
	case "loopback", "link-local":
		w, err := c.wire(part)
		if err != nil {
			c.tenant.provider.log("no canary: %v", err)
			return "", false
		}
		return "https://" + w.host + "/" + c.word, true
	case "data":
		body, err := c.keySet("")
		return "data:application/json;base64," + standard64(body), err == nil
	case "own":
		return base + "/uploads/" + c.word, true
	case "redirect":
		return base + "/leave/" + c.word, true
	}
	return "", false
}

// wire opens one of the canary's own listeners when it is first named: by its
// scheme, "port" for one on the provider's own host, or as fact names it.
func (c *Canary) wire(which string) (*wire, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if w := c.wires[which]; w != nil {
		return w, nil
	}
	at, scheme := place{apart: true, plain: which == "http"}, which
	switch which {
	case "loopback", "link-local":
		if c.tenant.provider.memory == nil {
			return nil, errors.New("only a network in memory is nobody else's, so that an address on it is the canary's alone")
		}
		at.apart, at.host, scheme = false, map[string]string{"loopback": "127.0.0.1", "link-local": "169.254.169.254"}[which], "https"
	case "port":
		at, scheme = place{plain: c.tenant.provider.cfg.Plain}, c.tenant.provider.scheme()
	}
	at.visited = func() { c.visited("a connection") }
	serve := func(w http.ResponseWriter, r *http.Request) { c.serve(w, r, scheme) }
	w, err := c.tenant.provider.openWire(http.HandlerFunc(serve), at)
	if err != nil {
		return nil, err
	}
	c.wires[which] = w
	return w, nil
}

func (c *Canary) close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	var err error
	for _, w := range c.wires {
		if e := w.close(); e != nil {
			err = e
		}
	}
	return err
}

// canaryUnder finds the canary that a path on the issuer's own host belongs to.
func (t *Tenant) canaryUnder(path string) *Canary {
	t.mu.RLock()
	defer t.mu.RUnlock()
	for _, c := range t.canary {
		if strings.Contains(path, "/"+c.word) {
			return c
		}
	}
	return nil
}

// serveOwn answers on the issuer's own host. The redirect leads to this canary
// and nowhere else.
func (c *Canary) serveOwn(w http.ResponseWriter, r *http.Request, path string) int {
	if strings.HasPrefix(path, "/leave/") {
		c.visited(r.Method + " " + r.URL.Path)
		to, _ := c.fact("")
		http.Redirect(w, r, to+"/jwks", http.StatusFound)
		return http.StatusFound
	}
	c.serve(w, r, c.tenant.provider.scheme())
	return http.StatusOK
}

// serve is the attacker's provider.
func (c *Canary) serve(w http.ResponseWriter, r *http.Request, scheme string) {
	c.visited(r.Method + " " + r.URL.Path)
	path := r.URL.Path
	switch {
	case strings.HasSuffix(path, "/.well-known/openid-configuration"):
		issuer := scheme + "://" + r.Host + strings.TrimSuffix(path, "/.well-known/openid-configuration")
		w.Header()["Content-Type"] = jsonType
		_, _ = w.Write(fault.Object{
			{Name: "issuer", Value: fault.Text(issuer)},
			{Name: "authorization_endpoint", Value: fault.Text(issuer + "/authorize")},
			{Name: "jwks_uri", Value: fault.Text(issuer + "/jwks")},
			{Name: "response_types_supported", Value: `["id_token"]`},
			{Name: "subject_types_supported", Value: `["public"]`},
			{Name: "id_token_signing_alg_values_supported", Value: fault.JSON(`["` + strings.Join(c.tenant.algs(), `","`) + `"]`)},
		}.Append(nil))
	case strings.HasSuffix(path, ".pem"), strings.HasSuffix(path, ".crt"):
		c.certificates(w, path)
	default:
		body, err := c.keySet(path)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header()["Content-Type"] = jsonType
		_, _ = w.Write(body)
	}
}

// keySet holds the attacker's keys, each under its own kid and under the kid
// of the honest key that it wants to pass for. A path that says so has honest
// keys too, before or after.
func (c *Canary) keySet(path string) ([]byte, error) {
	t := c.tenant
	t.keepUp()
	var forged []fault.PublishedKey
	for _, alg := range t.algs() {
		attacker, err := t.designated("attacker", alg)
		if err != nil {
			return nil, err
		}
		own := attacker.jwk()
		posing := attacker.jwk()
		t.mu.RLock()
		if honest := t.active(alg); honest != nil {
			posing.Set("kid", fault.Text(honest.KID))
		}
		t.mu.RUnlock()
		forged = append(forged, fault.PublishedKey{Object: posing}, fault.PublishedKey{Object: own})
	}
	t.mu.RLock()
	honest := t.keySet(false)
	t.mu.RUnlock()
	set := fault.KeySet{Keys: forged}
	switch {
	case strings.Contains(path, "trusted-first"):
		set.Keys = append(honest.Keys, forged...)
	case strings.Contains(path, "attacker-first"):
		set.Keys = append(forged, honest.Keys...)
	}
	return render(set, t.fill)
}

// certificates is the attacker's certificate, with the honest key's own behind
// it where the path says chain.
func (c *Canary) certificates(w http.ResponseWriter, path string) {
	words := []string{"attacker"}
	if strings.Contains(path, "chain") {
		words = append(words, "active")
	}
	w.Header().Set("Content-Type", "application/pem-certificate-chain")
	for _, word := range words {
		k, err := c.tenant.designated(word, c.tenant.first())
		if err != nil || k == nil {
			continue
		}
		if der, err := k.certificate(); err == nil {
			_ = pem.Encode(w, &pem.Block{Type: "CERTIFICATE", Bytes: der})
		}
	}
}
