package suites

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/reports"
	"github.com/rogueidp/rogueidp/scenarios"
	"github.com/rogueidp/rogueidp/suites/target"
	"github.com/rogueidp/rogueidp/validator"
)

// A guarded resource is an API that keeps to RFC 6750, but for its weakness.
type guarded struct {
	v    *validator.Validator
	weak string
}

// resourceOf is one with a weakness, configured once, and how a player meets it.
func resourceOf(t *testing.T, profile scenarios.Profile, weak string) (*guarded, Options) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()
	o := Options{
		Seed: 1, Profile: profile, Provider: mockidp.Config{Listen: addr, TLSDir: t.TempDir()},
		Fixed: mockidp.TenantConfig{Issuer: "https://localhost:" + strings.Split(addr, ":")[1] + "/idp", ClientID: "My-api"},
	}
	return guard(t, o, profile, weak), o
}

// guard is an API that trusts the issuer of some options.
func guard(t *testing.T, o Options, profile scenarios.Profile, weak string) *guarded {
	t.Helper()
	p, err := mockidp.New(o.Provider)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: p.CertPool(), MinVersion: tls.VersionTLS12}}
	p.Close()
	kind := validator.BearerJWT
	if profile == scenarios.RFC9068 {
		kind = validator.AccessToken
	}
	v, err := validator.New(validator.Config{Issuer: o.Fixed.Issuer, ClientID: o.Fixed.ClientID, Kind: kind, HTTPClient: &http.Client{Transport: transport}})
	if err != nil {
		t.Fatal(err)
	}
	return &guarded{v, weak}
}

// refuse answers as RFC 6750 section 3 has it.
func (g *guarded) refuse(w http.ResponseWriter, status int, code string) {
	switch g.weak {
	case "forbids":
		status = http.StatusForbidden
	case "breaks":
		status = http.StatusInternalServerError
	case "blames the request":
		code = "invalid_request"
	}
	challenge := `Basic realm="a, b", Bearer realm="api"`
	if code != "" {
		challenge += `, error="` + code + `"`
	}
	if g.weak != "says nothing" {
		w.Header().Set("WWW-Authenticate", challenge)
	}
	w.WriteHeader(status)
}

func (g *guarded) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if g.weak == "looks away by another way" && r.URL.EscapedPath() != "/api/me" && path.Clean(r.URL.Path) == "/api/me" {
		g.welcome(w, unverified(bearer(r)))
		return
	}
	if g.weak == "lets preflights through" && r.Header.Get("X-HTTP-Method-Override") == "OPTIONS" || g.weak == "guards one host" && strings.HasPrefix(r.Host, "unknown.") {
		w.WriteHeader(http.StatusOK)
		return
	}
	switch {
	case r.URL.EscapedPath() != "/api/me":
		w.WriteHeader(http.StatusNotFound)
		return
	case strings.HasPrefix(r.Host, "unknown."):
		w.WriteHeader(http.StatusMisdirectedRequest)
		return
	}
	if g.weak == "reads the body first" && !g.read(w, r) {
		return
	}
	tokens, ok := g.tokens(r)
	switch {
	case !ok:
		g.refuse(w, http.StatusBadRequest, "invalid_request")
		return
	case len(tokens) == 0:
		g.refuse(w, http.StatusUnauthorized, "")
		return
	}
	claims, err := g.v.Validate(r.Context(), tokens[0])
	if err != nil {
		g.refuse(w, http.StatusUnauthorized, "invalid_token")
		return
	}
	sub := claims.Subject
	if g.weak == "takes the user from the last" {
		sub = unverified(tokens[len(tokens)-1])
	}
	if g.read(w, r) {
		g.welcome(w, sub)
	}
}

// read reads the body of a request, which has to be JSON where there is one.
func (g *guarded) read(w http.ResponseWriter, r *http.Request) bool {
	raw, err := io.ReadAll(io.LimitReader(r.Body, 1<<10))
	if err == nil && len(raw) > 0 && !json.Valid(raw) {
		w.WriteHeader(http.StatusBadRequest)
		return false
	}
	return err == nil
}

func (g *guarded) welcome(w http.ResponseWriter, sub string) {
	_ = json.NewEncoder(w).Encode(map[string]any{"user": map[string]string{"sub": sub}})
}

// tokens are those of a request; not ok where there is more than one.
func (g *guarded) tokens(r *http.Request) (tokens []string, ok bool) {
	for _, line := range r.Header["Authorization"] {
		scheme, token, found := strings.Cut(line, " ")
		switch {
		case strings.EqualFold(scheme, "Bearer") && g.weak != "knows one spelling", scheme == "Bearer", found && g.weak == "takes any scheme":
			tokens = append(tokens, token)
		case !found && g.weak == "takes no scheme":
			tokens = append(tokens, scheme)
		}
	}
	if q := r.URL.Query()["access_token"]; g.weak == "takes the query" {
		tokens = append(tokens, q...)
	} else if g.weak != "overlooks the query" && len(tokens) > 0 {
		tokens = append(tokens, q...)
	}
	if c, err := r.Cookie("session"); err == nil && g.weak != "overlooks the cookie" {
		tokens = append(tokens, c.Value)
	}
	switch {
	case len(tokens) < 2, g.weak == "takes the first", g.weak == "takes the user from the last":
		return tokens, true
	case g.weak == "takes the last":
		return tokens[len(tokens)-1:], true
	}
	return tokens, false
}

func bearer(r *http.Request) string {
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	return token
}

// unverified is the subject that a token claims.
func unverified(token string) string {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return ""
	}
	raw, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return ""
	}
	var claims struct{ Sub string }
	_ = json.Unmarshal(raw, &claims)
	return claims.Sub
}

// ask plays rows of the family resource against such an API.
func ask(t *testing.T, profile scenarios.Profile, weak string, about target.Resource, only ...string) reports.Run {
	t.Helper()
	api, o := resourceOf(t, profile, weak)
	s := httptest.NewServer(api)
	defer s.Close()
	o.Only = only
	way := reach()
	way.Resource = about
	return playBy(t, "bearer:"+s.URL+"/api/me", way, o)
}

// playBy plays what the options pick against a target that is reached in a way of
// its own.
func playBy(t *testing.T, spec string, way target.Options, o Options) reports.Run {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	p, err := Meet(ctx, spec, way, o)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	run, err := collect(ctx, []*Player{p}, o, nil)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

var ofResources = []string{
	"resource.cnf-as-bearer", "resource.scheme", "resource.multi-credentials", "resource.token-in-query", "resource.status", "resource.route-bypass",
}

// whole is how a POST resource is described that says who is signed in.
var whole = target.Resource{Method: "POST", Body: "{}", Cookie: "session", Identity: target.Identity{JSON: "user.sub"}}

// A resource server without a weakness misses nothing and is asked everything.
func TestACleanResource(t *testing.T) {
	t.Parallel()
	for profile, more := range map[scenarios.Profile][]string{scenarios.BearerJWT: nil, scenarios.RFC9068: {"resource.at-missing-claims"}} {
		run := ask(t, profile, "", whole, append(slices.Clone(ofResources), more...)...)
		n := 0
		for _, r := range run.Results {
			n++
			want := reports.Pass
			if r.Level == string(scenarios.Info) {
				want = reports.Recorded
			}
			if r.Outcome != want {
				t.Errorf("%s: %s: %s, not %s (%s %s %s)", profile, r.Name(), r.Outcome, want, r.Got, r.Because, r.Reason)
			}
		}
		if least := 22; n < least {
			t.Errorf("%s: %d cases", profile, n)
		}
	}
}

// Each weakness is caught by the row that is about it.
func TestWeakResources(t *testing.T) {
	t.Parallel()
	plain := target.Resource{Cookie: "session"}
	for _, c := range []struct {
		weak    string
		row     string
		about   target.Resource
		profile scenarios.Profile
		want    reports.Outcome
		got     string
	}{
		{"takes any scheme", "resource.scheme/Basic", whole, scenarios.BearerJWT, reports.Warn, "accept"},
		{"takes any scheme", "resource.scheme/Token", whole, scenarios.RFC9068, reports.Warn, "accept"},
		{"takes no scheme", "resource.scheme/none", whole, scenarios.BearerJWT, reports.Warn, "accept"},
		{"knows one spelling", "resource.scheme/bearer", whole, scenarios.BearerJWT, reports.Warn, "reject"},
		{"takes the first", "resource.multi-credentials/good-header-first", whole, scenarios.BearerJWT, reports.Warn, "accept"},
		{"takes the last", "resource.multi-credentials/forged-header-first", whole, scenarios.BearerJWT, reports.Warn, "accept"},
		{"takes the user from the last", "resource.multi-credentials/good-header-first", whole, scenarios.BearerJWT, reports.Fail, "accept"},
		{"overlooks the query", "resource.multi-credentials/header-and-query", whole, scenarios.BearerJWT, reports.Warn, "accept"},
		{"overlooks the cookie", "resource.multi-credentials/header-and-cookie", plain, scenarios.BearerJWT, reports.Warn, "accept"},
		{"takes the query", "resource.token-in-query", whole, scenarios.BearerJWT, reports.Recorded, "accept"},
		{"forbids", "resource.status/forged", whole, scenarios.RFC9068, reports.Warn, "reject"},
		{"breaks", "resource.status/expired", whole, scenarios.RFC9068, reports.Warn, "unavailable"},
		{"says nothing", "resource.status/malformed", whole, scenarios.BearerJWT, reports.Warn, "reject"},
		{"says nothing", "resource.status/malformed", whole, scenarios.RFC9068, reports.Fail, "reject"},
		{"says nothing", "resource.status/no-token", whole, scenarios.RFC9068, reports.Fail, "reject"},
		{"blames the request", "resource.status/forged", whole, scenarios.RFC9068, reports.Fail, "reject"},
		{"reads the body first", "resource.status/before-the-body", whole, scenarios.BearerJWT, reports.Warn, "reject"},
		{"looks away by another way", "resource.route-bypass/double-slash", whole, scenarios.BearerJWT, reports.Fail, "accept"},
		{"looks away by another way", "resource.route-bypass/encoded-slash", whole, scenarios.BearerJWT, reports.Fail, "accept"},
		{"looks away by another way", "resource.route-bypass/dot-segment", plain, scenarios.BearerJWT, reports.Warn, "accept"},
		{"lets preflights through", "resource.route-bypass/method-override", plain, scenarios.BearerJWT, reports.Warn, "accept"},
		{"guards one host", "resource.route-bypass/odd-host", plain, scenarios.BearerJWT, reports.Warn, "accept"},
		// That nobody is signed in there makes it no accept.
		{"guards one host", "resource.route-bypass/odd-host", whole, scenarios.BearerJWT, reports.Pass, "reject"},
		{"", "resource.status/before-the-body", plain, scenarios.BearerJWT, reports.Unsupported, "unsupported"},
		{"", "resource.multi-credentials/header-and-cookie", target.Resource{}, scenarios.BearerJWT, reports.Unsupported, "unsupported"},
		{"", "resource.cnf-as-bearer/dpop", whole, scenarios.BearerJWT, reports.Recorded, "accept"},
		{"", "resource.cnf-as-bearer/wrong-proof", whole, scenarios.BearerJWT, reports.Recorded, "reject"},
	} {
		run := ask(t, c.profile, c.weak, c.about, c.row)
		if len(run.Results) != 1 {
			t.Fatalf("%s: %d results", c.row, len(run.Results))
		}
		if strings.HasPrefix(c.row, "resource.scheme/") {
			steps := run.Results[0].Evidence.Steps
			if got, want := steps[len(steps)-1].Carried, `{"scheme":"`+path.Base(c.row)+`"}`; got != want {
				t.Errorf("%s: the evidence says it was carried as %s", c.row, got)
			}
		}
		if run.Results[0].Incomplete {
			t.Errorf("%s makes the run incomplete", c.row)
		}
		if r := run.Results[0]; r.Outcome != c.want || r.Got != c.got {
			t.Errorf("%q, %s: %s and %s, not %s and %s (%s %s)", c.weak, c.row, r.Outcome, r.Got, c.want, c.got, r.Because, r.Reason)
		}
	}
}

// Two instances behind one address are asked until both have answered: what is
// bounded for one is bounded twice, and where they disagree the outcome says so.
func TestReplicas(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		second, row string
		want        reports.Outcome
		because     string
	}{
		{"", "resource.scheme/Basic", reports.Pass, ""},
		{"takes any scheme", "resource.scheme/Basic", reports.Flaky, "its replicas disagree: 3 of 6 answered accept, 3 of 6 answered reject"},
		// That one of them lets a forged user in is worse than that they disagree.
		{"looks away by another way", "resource.route-bypass/double-slash", reports.Fail, "did not sign it"},
		// Each of them fetches the key set for itself.
		{"", "rotation.new-kid", reports.Pass, ""},
	} {
		t.Run(c.row+" "+c.second, func(t *testing.T) {
			t.Parallel()
			first, o := resourceOf(t, scenarios.BearerJWT, "")
			instances := []http.Handler{first, guard(t, o, scenarios.BearerJWT, c.second)}
			var n atomic.Uint32
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				instances[n.Add(1)%2].ServeHTTP(w, r)
			}))
			defer s.Close()
			about := whole
			about.Replicas = 2
			way := reach()
			way.Resource = about
			o.Only, o.Require = []string{c.row}, Require{scenarios.Learn: "16s"}
			run := playBy(t, "bearer:"+s.URL+"/api/me", way, o)
			for _, r := range run.Results {
				if r.Outcome != c.want || !strings.Contains(r.Because, c.because) {
					t.Errorf("%s: %s and %s, not %s (%s %s)", r.Name(), r.Outcome, r.Got, c.want, r.Because, r.Reason)
				}
				if c.row == "rotation.new-kid" && r.Fetches != 2 {
					t.Errorf("%d fetches by two instances", r.Fetches)
				}
			}
		})
	}
}

// The claims that a resource server has to look at are missed by who does not
// look, and the others are recorded.
func TestMissingClaimsOfAnAccessToken(t *testing.T) {
	t.Parallel()
	for mutant, missed := range map[string]string{"exp-if-true": "exp", "audience-if-present": "aud"} {
		o, way := Options{Seed: 1, Only: []string{"resource.at-missing-claims"}}, reach()
		way.Profile = string(scenarios.RFC9068)
		run := playBy(t, "go:mutant/"+mutant, way, o)
		if len(run.Results) != 7 {
			t.Errorf("%s: %d cases", mutant, len(run.Results))
		}
		for _, r := range run.Results {
			want := reports.Pass
			switch {
			case r.Case == missed:
				want = reports.Fail
			case slices.Contains([]string{"sub", "client-id", "iat", "jti"}, r.Case):
				want = reports.Recorded
			}
			if r.Outcome != want {
				t.Errorf("%s, %s: %s, not %s (%s)", mutant, r.Case, r.Outcome, want, r.Because)
			}
		}
	}
}
