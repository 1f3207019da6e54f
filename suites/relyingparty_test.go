package suites

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
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
	way.Algs = []string{"RS256", "ES256"}
	switch setup {
	case "implicit", "implicit-token":
		way.Login.Supports = append(way.Login.Supports, "implicit")
		way.Login.Supports = slices.DeleteFunc(way.Login.Supports, func(f string) bool { return f == "pkce" })
	case "form-post":
		way.Login.Supports = append(way.Login.Supports, "form-post")
	case "fragment":
		way.Login.Supports = append(way.Login.Supports, "hybrid")
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
// catch it. Each of them does: it fails, or, where both answers are legal, records
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
				for _, row := range w.Rows {
					caught, seen := false, []string(nil)
					for name, r := range weak {
						if r.ID != row {
							continue
						}
						caught = caught || tells(right[name], r)
						seen = append(seen, fmt.Sprintf("%s %s %s (clean: %s %s) %s %s", name, r.Outcome, answers(r), right[name].Outcome, answers(right[name]), r.Because, r.Reason))
					}
					if slices.Sort(seen); caught {
						continue
					}
					t.Errorf("%s does not catch a party that %s:\n%s", row, w.Forgets, strings.Join(seen, "\n"))
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

// TestEveryRowHasAWeakness: a row that no weak party fails proves nothing.
func TestEveryRowHasAWeakness(t *testing.T) {
	watched := map[string]bool{}
	for _, w := range relyingparty.Weaknesses() {
		for _, row := range w.Rows {
			if _, err := scenarios.Find(row); err != nil {
				t.Errorf("%s is to be caught by %s, which is no row", w.Name, row)
			}
			watched[row] = true
		}
	}
	for _, s := range scenarios.All() {
		if slices.Contains(partyFamilies, s.Family()) && s.Severity != scenarios.Control && !watched[s.ID] {
			t.Errorf("no weakness is to be caught by %s", s.ID)
		}
	}
}

// TestACleanRelyingParty passes every row of its families, each in a kind of
// registration for which it is.
func TestACleanRelyingParty(t *testing.T) {
	dir := t.TempDir()
	all := map[string]string{} // how a result was left out, by its name; empty once it was not
	begun := clock()
	for _, setup := range relyingparty.Setups() {
		if setup == "fragment" {
			continue // it needs a browser
		}
		rows := append(weakRows(setup), "login.happy-matrix")
		if setup == "code" {
			rows = partyRows()
		}
		for name, r := range named(knownParty(t, dir, setup, "").plays(t, rows...)) {
			switch r.Outcome {
			case reports.Pass, reports.Recorded:
				all[name] = ""
			case reports.Unsupported, reports.NotApplicable, reports.Unexercised:
				if _, played := all[name]; !played {
					all[name] = fmt.Sprintf("%s: %s", r.Outcome, r.Because)
				}
			default:
				t.Errorf("%s, %s: %s %s %s %s", setup, name, r.Outcome, r.Got, r.Because, r.Reason)
			}
		}
		t.Logf("%s after %v", setup, clock().Sub(begun).Round(time.Millisecond))
	}
	for name, left := range all {
		// What a flood costs is seen in a process, and this one is the test's own.
		if left != "" && !strings.HasPrefix(name, "login.state-flood") {
			t.Errorf("%s was not played: %s", name, left)
		}
	}
}

// TestACleanRelyingPartyInABrowser signs in where the answer is in a fragment,
// which the party's own script brings to it.
func TestACleanRelyingPartyInABrowser(t *testing.T) {
	missing := func(name string) bool { _, err := exec.LookPath(name); return err != nil }
	names := []string{"chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome"}
	if !slices.ContainsFunc(names, func(name string) bool { return !missing(name) }) {
		if strings.Contains(","+os.Getenv("ROGUEIDP_REQUIRE")+",", ",browser,") {
			t.Fatalf("browser is required, and none of %v is here", names)
		}
		t.Skipf("not run: none of %v is here", names)
	}
	s := knownParty(t, t.TempDir(), "fragment", "")
	s.reach.Login.Browser = true
	played := 0
	for _, r := range s.plays(t, "login.happy-matrix/code", "login.hybrid-mismatch").Results {
		if r.Outcome != reports.Pass {
			t.Errorf("%s: %s %s %s %s", r.Name(), r.Outcome, r.Got, r.Because, r.Reason)
		}
		played++
	}
	if played != 3 {
		t.Errorf("%d cases were played, want 3", played)
	}
}
