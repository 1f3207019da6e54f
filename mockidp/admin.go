package mockidp

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rogueidp/rogueidp/mockidp/fault"
)

// An Admin is the API by which people and programs in any language steer a
// provider: JSON over HTTP on a listener of its own. It wants a bearer token
// with every request, a Host that it knows, no Origin, and application/json; a
// web page that somebody happens to look at can do nothing with it.
type Admin struct {
	provider *Provider
	token    string
	listener net.Listener
	server   *http.Server
	hosts    []string
	names    []string // instead, under whatever port, where it listens on every address
}

// adminToken is the least that a token of the user's own has to have, in
// characters.
const adminToken = 32

// ServeAdmin listens on addr, a free port of loopback when empty. The token is
// that of the configuration, or else new and known to whoever asks the Admin for
// it.
func (p *Provider) ServeAdmin(addr string) (*Admin, error) {
	if p.corpus != nil {
		return nil, errCorpus
	}
	if n := len(p.cfg.AdminToken); n > 0 && n < adminToken {
		return nil, fmt.Errorf("the admin API's token has %d characters; give it %d or more", n, adminToken)
	}
	l, err := net.Listen("tcp", or(addr, "127.0.0.1:0"))
	if err != nil {
		return nil, fmt.Errorf("listen for the admin API: %w", err)
	}
	a := &Admin{provider: p, token: or(p.cfg.AdminToken, rand.Text()+rand.Text()), listener: l}
	host, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		return nil, err
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		// Under which port it is reached, who forwards it knows. A web page needs a
		// name of its own to get here, so addresses and our own names are safe.
		a.names = append([]string{"localhost", "host.docker.internal", p.host}, p.cfg.Names...)
	}
	for _, name := range []string{host, "localhost", "127.0.0.1", "::1"} {
		if name == host || loopback(host) {
			a.hosts = append(a.hosts, net.JoinHostPort(name, port))
		}
	}
	a.server = &http.Server{Handler: a.guard(a.routes()), ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = a.server.Serve(l) }()
	return a, nil
}

// URL is where the API is.
func (a *Admin) URL() string { return "http://" + a.listener.Addr().String() + "/admin" }

// Token is what every request has to carry as its bearer token.
func (a *Admin) Token() string { return a.token }

// Close stops listening.
func (a *Admin) Close() error { return a.server.Close() }

// guard lets only those in who know the token and could not be a web page.
func (a *Admin) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		given, isBearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
		switch {
		case !a.knows(r.Host):
			refuse(w, http.StatusMisdirectedRequest, "the Host is none of the admin API's; ask "+a.hosts[0])
		case r.Header.Get("Origin") != "":
			refuse(w, http.StatusForbidden, "a request with an Origin comes from a web page, and none has any business here")
		case !isBearer || subtle.ConstantTimeCompare([]byte(given), []byte(a.token)) != 1:
			w.Header().Set("WWW-Authenticate", "Bearer")
			refuse(w, http.StatusUnauthorized, "send the token that serve printed: Authorization: Bearer …")
		case r.ContentLength != 0 && media != "application/json":
			refuse(w, http.StatusUnsupportedMediaType, "send JSON: Content-Type: application/json")
		default:
			r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
			next.ServeHTTP(w, r)
		}
	})
}

// knows tells whether a request was meant for this API by its Host.
func (a *Admin) knows(host string) bool {
	if slices.Contains(a.hosts, host) {
		return true
	}
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = host
	}
	return len(a.names) > 0 && (net.ParseIP(name) != nil || slices.Contains(a.names, name))
}

func refuse(w http.ResponseWriter, status int, why string) {
	answer(w, status, map[string]string{"error": why})
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	_ = e.Encode(v)
}

// authorityView is the authority as the API shows it.
type authorityView struct {
	PEM string `json:"pem"`
}

// tenantView is a tenant as the API shows it.
type tenantView struct {
	Name         string          `json:"name"`
	Issuer       string          `json:"issuer"`
	ClientID     string          `json:"clientID"`
	ClientSecret string          `json:"clientSecret"`
	JWKSURI      string          `json:"jwksURI"`
	Now          time.Time       `json:"now"`
	Keys         []Key           `json:"keys"`
	Faults       json.RawMessage `json:"faults" schema:"faults"`
	Hits         map[string]int  `json:"hits"`
}

func view(t *Tenant) tenantView {
	raw, err := fault.Marshal(t.Faults())
	if err != nil {
		raw = []byte("[]")
	}
	return tenantView{
		t.Name(), t.Issuer(), t.ClientID(), t.ClientSecret(), t.JWKSURI(), t.clock.Now().UTC(), t.Keys(), raw, t.journal.Counts(),
	}
}

func showFaults(t *Tenant, _ *http.Request) (any, error) {
	raw, err := fault.Marshal(t.Faults())
	return json.RawMessage(raw), err
}

func putFaults(t *Tenant, r *http.Request) (any, error) {
	text, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, &badRequest{err}
	}
	faults, err := fault.Parse(text)
	if err != nil {
		return nil, &badRequest{err}
	}
	if err := t.Misbehave(faults...); err != nil {
		return nil, err
	}
	return showFaults(t, r)
}

func mintToken(t *Tenant, r *http.Request) (any, error) {
	var ask mintAsk
	if err := readStrict(r, &ask); err != nil {
		return nil, &badRequest{err}
	}
	request := Request{Alg: ask.Alg, Nonce: ask.Nonce, Subject: ask.Subject}
	if len(ask.Claims) > 0 {
		claims, ok := fault.ReadObject(ask.Claims)
		if !ok {
			return nil, &badRequest{errors.New(`claims are a JSON object, such as {"scope":"openid"}`)}
		}
		request.Claims = claims
	}
	if len(ask.Faults) > 0 {
		faults, err := fault.Parse(ask.Faults)
		if err != nil {
			return nil, &badRequest{err}
		}
		request.Faults = faults
	}
	m, err := t.Mint(request)
	if err != nil {
		return nil, err
	}
	return mintView{m.Token, m.Alg, m.KID, m.Signer, m.Genuine, append([]fault.Seam{}, m.Changed...)}, nil
}

func rotate(t *Tenant, r *http.Request) (any, error) {
	var ask Rotation
	if err := readStrict(r, &ask); err != nil {
		return nil, &badRequest{err}
	}
	return keyed(t.Rotate(ask))
}

func publish(t *Tenant, r *http.Request) (any, error) {
	var ask publishAsk
	if err := readStrict(r, &ask); err != nil {
		return nil, &badRequest{err}
	}
	return keyed(t.Publish(ask.Alg))
}

func retire(t *Tenant, r *http.Request) (any, error) { return byKID(t.Retire, r) }
func remove(t *Tenant, r *http.Request) (any, error) { return byKID(t.Remove, r) }

func byKID(do func(kid string) (Key, error), r *http.Request) (any, error) {
	var ask keyAsk
	if err := readStrict(r, &ask); err != nil {
		return nil, &badRequest{err}
	}
	return keyed(do(ask.KID))
}

func keyed(k Key, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return k, nil
}

func advance(t *Tenant, r *http.Request) (any, error) {
	var ask advanceAsk
	if err := readStrict(r, &ask); err != nil {
		return nil, &badRequest{err}
	}
	by, err := time.ParseDuration(ask.By)
	if err != nil {
		return nil, &badRequest{fmt.Errorf("by: %w; write a duration such as 1h30m", err)}
	}
	if err := t.Advance(by); err != nil {
		return nil, &badRequest{err}
	}
	return nowView{t.clock.Now().UTC()}, nil
}

func showJournal(t *Tenant, r *http.Request) (any, error) {
	from := 0
	if text := r.URL.Query().Get("from"); text != "" {
		var err error
		if from, err = strconv.Atoi(text); err != nil {
			return nil, &badRequest{errors.New("from is the number of the first entry wanted")}
		}
	}
	return journalView{t.journal.Counts(), append([]Entry{}, t.journal.Entries(from)...)}, nil
}

// awaited are the endpoints whose hits can be waited for.
var awaited = append(fault.Endpoints(), Elsewhere, Connections)

// awaitHits answers when an endpoint was asked so often, or after a minute.
func awaitHits(t *Tenant, r *http.Request) (any, error) {
	endpoint := r.URL.Query().Get("endpoint")
	hits, err := strconv.Atoi(r.URL.Query().Get("hits"))
	if err != nil || !slices.Contains(awaited, endpoint) {
		return nil, &badRequest{fmt.Errorf("ask for endpoint=keyset, or another of %s, and hits=N", strings.Join(awaited, ", "))}
	}
	ctx, cancel := context.WithTimeout(r.Context(), time.Minute)
	defer cancel()
	if err := t.journal.Await(ctx, endpoint, hits); err != nil {
		return nil, err
	}
	return t.journal.Counts(), nil
}

// readStrict reads a JSON object into a struct: an unknown member, another
// case of letters or a duplicate is refused with the nearest name there is. No
// body at all is an object without members.
func readStrict(r *http.Request, into any) error {
	text, err := io.ReadAll(r.Body)
	if err != nil {
		return fmt.Errorf("the body does not read: %w", err)
	}
	if len(strings.TrimSpace(string(text))) == 0 {
		return nil
	}
	o, ok := fault.ReadObject(text)
	if !ok {
		return errors.New("the body is no JSON object")
	}
	var names []string
	t := reflect.TypeOf(into).Elem()
	for i := range t.NumField() {
		if name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ","); name != "" && name != "-" {
			names = append(names, name)
		}
	}
	seen := map[string]bool{}
	for _, m := range o {
		switch {
		case !slices.Contains(names, m.Name):
			hint := ""
			if near := fault.Nearest(m.Name, names); near != "" {
				hint = fmt.Sprintf("; did you mean %q?", near)
			}
			return fmt.Errorf("there is no member %q here%s", m.Name, hint)
		case seen[m.Name]:
			return fmt.Errorf("member %q is given twice", m.Name)
		}
		seen[m.Name] = true
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("the body does not fit: %w", err)
	}
	return nil
}
