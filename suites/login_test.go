package suites

import (
	"crypto/tls"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/reports"
	"github.com/rogueidp/rogueidp/scenarios"
	"github.com/rogueidp/rogueidp/suites/relyingparty"
	"github.com/rogueidp/rogueidp/suites/target"
)

// A place is a relying party that was configured once, for one issuer or two,
// and how it is reached.
type place struct {
	url string
	o   Options
	way target.Options
}

// relying configures a relying party: issuers, authority and clients are what
// they are, whoever asks.
func relying(t testing.TB, build func(base string, clients []mockidp.TenantConfig, transport http.RoundTripper) http.Handler) place {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()
	at := "https://localhost:" + strings.Split(addr, ":")[1]
	o := Options{
		Seed: 1, Provider: mockidp.Config{Listen: addr, TLSDir: t.TempDir()},
		Fixed:  mockidp.TenantConfig{Issuer: at + "/idp", ClientID: "My-client", ClientSecret: "hunter2-hunter2-hunter2-hunter2-"},
		Others: []mockidp.TenantConfig{{Issuer: at + "/other", ClientID: "Their-client", ClientSecret: "letmein-letmein-letmein-letmein-"}},
	}
	p, err := mockidp.New(o.Provider)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: p.CertPool(), MinVersion: tls.VersionTLS12}}
	t.Cleanup(transport.CloseIdleConnections)
	p.Close()
	s := httptest.NewUnstartedServer(nil)
	base := "http://" + s.Listener.Addr().String()
	s.Config.Handler = build(base, append([]mockidp.TenantConfig{o.Fixed}, o.Others...), transport)
	s.Start()
	t.Cleanup(s.Close)
	way := reach()
	way.Login = target.Login{
		Pages: []string{"/login/2"}, Home: "/", Renew: "/renew", Logout: "/logout", Initiate: "/initiate",
		BackChannel: "/backchannel", FrontLogout: "/frontlogout", ReturnTo: "return_to",
		Identity: target.Identity{JSON: "sub"},
		Supports: []string{"state", "nonce", "pkce", "iss-parameter", "userinfo", "refresh"},
	}
	return place{url: "login:" + base + "/login", o: o, way: way}
}

// partyWith is the relying party for tests, with one weakness or with none.
func partyWith(t testing.TB, weakness string) place {
	t.Helper()
	return relying(t, func(base string, clients []mockidp.TenantConfig, transport http.RoundTripper) http.Handler {
		c := relyingparty.Config{BaseURL: base, Transport: transport, Weakness: weakness}
		for _, client := range clients {
			c.Registrations = append(c.Registrations, relyingparty.Registration{Issuer: client.Issuer, ClientID: client.ClientID, ClientSecret: client.ClientSecret})
		}
		p, err := relyingparty.New(c)
		if err != nil {
			t.Fatal(err)
		}
		return p
	})
}

// plays a few rows of a user's own, or of the catalogue, at a relying party.
func (at place) plays(t testing.TB, rows ...scenarios.Scenario) map[string]reports.Result {
	t.Helper()
	o := at.o
	o.Scenarios = rows
	p, err := Meet(t.Context(), at.url, at.way, o)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if wrong := p.Preflight(t.Context()); wrong != "" {
		t.Fatal(wrong)
	}
	came := map[string]reports.Result{}
	for _, s := range rows {
		for _, r := range p.Play(t.Context(), s) {
			came[r.Name()] = r
		}
	}
	return came
}

// the acts of a login, each in a row whose outcome is known.
func acting(id string, expect scenarios.Expectation, plot ...scenarios.Act) scenarios.Scenario {
	return scenarios.Scenario{
		ID: id, Title: "does " + id, Cites: []scenarios.Citation{{Practice: "a test"}}, Level: scenarios.Must, Severity: scenarios.High,
		Profiles: []scenarios.Profile{scenarios.Login}, Start: scenarios.Warm, Needs: []scenarios.Capability{"login"}, Hazard: scenarios.Harmless,
		Oracle: scenarios.ByVerdict, Twin: "honest", Expect: expect, Plot: plot,
	}
}

func TestASignIn(t *testing.T) {
	t.Parallel()
	began := time.Now()
	came := partyWith(t, "").plays(t, acting("acme.sign-in", scenarios.Accept, scenarios.SignIn{As: "s"}))
	for name, r := range came {
		t.Logf("%s: %s got %s because %q %+v", name, r.Outcome, r.Got, r.Because, r.Evidence)
	}
	t.Log(time.Since(began))
}
