package suites

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/reports"
	"github.com/rogueidp/rogueidp/scenarios"
	"github.com/rogueidp/rogueidp/suites/relyingparty"
	"github.com/rogueidp/rogueidp/suites/target"
)

// A signingIn is a relying party that listens, was configured once for two
// issuers, and is reached as login: reaches one.
type signingIn struct {
	spec  string
	reach target.Options
	o     Options
}

// knownParty starts a party of a kind with a weakness.
func knownParty(t *testing.T, tlsDir, setup, weakness string) signingIn {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()
	at := "https://localhost:" + strings.Split(addr, ":")[1]
	o := Options{
		Seed: 1, Workers: 4, Strict: true,
		Provider: mockidp.Config{Listen: addr, TLSDir: tlsDir},
		Fixed:    mockidp.TenantConfig{Issuer: at + "/idp", ClientID: "Party", ClientSecret: "hunter2-hunter2-hunter2-hunter2-"},
		Others:   []mockidp.TenantConfig{{Issuer: at + "/Other", ClientID: "Party-there", ClientSecret: "hunter3-hunter3-hunter3-hunter3-"}},
	}
	// The authority is there before the party is configured.
	authority, err := mockidp.New(o.Provider)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: authority.CertPool(), MinVersion: tls.VersionTLS12}, ForceAttemptHTTP2: true}
	authority.Close()
	t.Cleanup(transport.CloseIdleConnections)

	var party *relyingparty.Party
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { party.ServeHTTP(w, r) }))
	t.Cleanup(s.Close)
	c := relyingparty.Config{BaseURL: s.URL, Transport: transport, Weakness: weakness}
	for _, known := range []*mockidp.TenantConfig{&o.Fixed, &o.Others[0]} {
		r, err := relyingparty.Setup(setup, relyingparty.Registration{Issuer: known.Issuer, ClientID: known.ClientID, ClientSecret: known.ClientSecret})
		if err != nil {
			t.Fatal(err)
		}
		known.UserInfoAlg, known.PublicClient = r.SignedUserInfo, r.Auth == "none"
		c.Registrations = append(c.Registrations, r)
	}
	if party, err = relyingparty.New(c); err != nil {
		t.Fatal(err)
	}
	if jwks, err := party.JWKS(); err != nil {
		t.Fatal(err)
	} else if setup == "private-key-jwt" {
		o.Fixed.ClientJWKS, o.Others[0].ClientJWKS = jwks, jwks
	}
	way := reach()
	way.Reset.Command = "true" // it asks for metadata at every sign-in, so that it is always fresh
	way.Login = target.Login{
		Pages: []string{"/login/2"}, SignedIn: target.Sign{Selector: "#user"}, Identity: target.Identity{Selector: "#user"},
		Home: "/", Renew: "/renew", Logout: "/logout", Initiate: "/initiate", BackChannel: "/backchannel", FrontLogout: "/frontlogout",
		ReturnTo: "return_to", Supports: []string{"state", "nonce", "pkce", "iss-parameter", "userinfo", "refresh"},
	}
	switch setup {
	case "form-post":
		way.Login.Supports = append(way.Login.Supports, "form-post")
	case "hybrid", "hybrid-token":
		way.Login.Supports = append(way.Login.Supports, "form-post", "hybrid")
	case "signed-userinfo":
		way.Login.Supports = append(way.Login.Supports, "signed-userinfo")
	case "without-userinfo":
		way.Login.Supports = slices.DeleteFunc(way.Login.Supports, func(f string) bool { return f == "userinfo" })
	}
	return signingIn{"login:" + s.URL + "/login", way, o}
}

// plays plays rows against it, as a run does.
func (s signingIn) plays(t *testing.T, only ...string) reports.Run {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	o := s.o
	o.Only = only
	p, err := Meet(ctx, s.spec, s.reach, o)
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

// partyFamilies are the families that a relying party is asked about.
var partyFamilies = []string{"login", "token-endpoint", "userinfo", "logout"}

func partyRows() (ids []string) {
	for _, s := range scenarios.All() {
		if slices.Contains(partyFamilies, s.Family()) {
			ids = append(ids, s.ID)
		}
	}
	return ids
}

// clean is what the clean party of each kind got, by the name of a result.
type clean struct {
	t      *testing.T
	dir    string
	mu     sync.Mutex
	setups map[string]map[string]reports.Result
}

// of plays the clean party of a kind once.
func (c *clean) of(setup string) map[string]reports.Result {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.setups[setup] == nil {
		c.setups[setup] = named(knownParty(c.t, c.dir, setup, "").plays(c.t, weakRows(setup)...))
	}
	return c.setups[setup]
}

func named(run reports.Run) map[string]reports.Result {
	all := map[string]reports.Result{}
	for _, r := range run.Results {
		all[r.Name()] = r
	}
	return all
}

// weakRows are those that are to catch a weakness of a party of a kind.
func weakRows(setup string) (ids []string) {
	for _, w := range relyingparty.Weaknesses() {
		if w.Setup == setup && unseen[w.Name] == "" {
			ids = append(ids, w.Rows...)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// TestEveryWeaknessIsCaught plays against every weak party the rows that are to
// catch it. One of them does: it fails, or, where both answers are legal, records
// another one than the clean party's.
func TestEveryWeaknessIsCaught(t *testing.T) {
	c := &clean{t: t, dir: t.TempDir(), setups: map[string]map[string]reports.Result{}}
	begun := clock()
	t.Run("weak", func(t *testing.T) {
		for _, w := range relyingparty.Weaknesses() {
			t.Run(w.Name, func(t *testing.T) {
				t.Parallel()
				if why := unseen[w.Name]; why != "" {
					t.Skip(why)
				}
				right := c.of(w.Setup)
				weak := named(knownParty(t, c.dir, w.Setup, w.Name).plays(t, w.Rows...))
				var caught, seen []string
				for name, r := range weak {
					seen = append(seen, fmt.Sprintf("%s %s %s (clean: %s %s) %s %s", name, r.Outcome, r.Got, right[name].Outcome, right[name].Got, r.Because, r.Reason))
					if tells(right[name], r) {
						caught = append(caught, name)
					}
				}
				slices.Sort(seen)
				why, excused := uncaught[w.Name]
				switch {
				case len(caught) == 0 && !excused:
					t.Errorf("a party that %s is not caught:\n%s", w.Forgets, strings.Join(seen, "\n"))
				case len(caught) > 0 && excused:
					t.Errorf("it is caught by %v, and not excused any more by: %s", caught, why)
				}
			})
		}
	})
	t.Logf("%d weaknesses in %v", len(relyingparty.Weaknesses()), clock().Sub(begun).Round(time.Millisecond))
}

// tells tells whether a result gives a weak party away.
func tells(clean, weak reports.Result) bool {
	switch {
	case clean.Outcome == reports.Pass:
		return weak.Outcome == reports.Fail
	case clean.Outcome == reports.Recorded:
		return weak.Outcome == reports.Fail || weak.Outcome == reports.Recorded && answers(weak) != answers(clean)
	}
	return false
}

// answers are what a party did, act by act.
func answers(r reports.Result) string {
	said := r.Got
	for _, step := range r.Evidence.Steps {
		said += " " + step.Act + "=" + step.Got
	}
	return said
}

// unseen are weaknesses whose row is not played here, and why.
var unseen = map[string]string{
	"states-kept-for-ever": "login.state-flood watches the memory of a process, and this party lives in the test's own",
}

// uncaught are weaknesses that no row can catch yet, and why.
var uncaught = map[string]string{}

// TestACleanRelyingParty passes every row of its families, in every kind of
// registration.
func TestACleanRelyingParty(t *testing.T) {
	dir := t.TempDir()
	begun := clock()
	run := knownParty(t, dir, os.Getenv("PARTY_SETUP"), "").plays(t, partyRows()...)
	t.Logf("%d results in %v", len(run.Results), clock().Sub(begun).Round(time.Millisecond))
	for _, r := range run.Results {
		t.Logf("%-11s %-50s %v %s %s", r.Outcome, r.Name(), r.Took, r.Because, r.Reason)
	}
}
