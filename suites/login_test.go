package suites

import (
	"crypto/tls"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/mockidp/fault"
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

// configured is a relying party: issuers, authority and clients are what
// they are, whoever asks.
func configured(t testing.TB, build func(base string, clients []mockidp.TenantConfig, transport http.RoundTripper) http.Handler) place {
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
	way.Login = loginAt(base)
	way.Login.Pages = []string{"/login/2"}
	return place{url: "login:" + base + "/login", o: o, way: way}
}

// partyWith is the relying party for tests, with one weakness or with none.
func partyWith(t testing.TB, weakness string) place {
	t.Helper()
	return configured(t, func(base string, clients []mockidp.TenantConfig, transport http.RoundTripper) http.Handler {
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

// meets opens a relying party that was configured once.
func (at place) meets(t testing.TB) *Player {
	t.Helper()
	p, err := Meet(t.Context(), at.url, at.way, at.o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	if wrong := p.Preflight(t.Context()); wrong != "" {
		t.Fatal(wrong)
	}
	return p
}

// acting is a row that does the acts of a plot.
func acting(id string, expect scenarios.Expectation, plot ...scenarios.Act) scenarios.Scenario {
	return scenarios.Scenario{
		ID: "acme." + id, Title: "does " + id, Cites: []scenarios.Citation{{Practice: "a test"}}, Level: scenarios.Must, Severity: scenarios.High,
		Profiles: []scenarios.Profile{scenarios.Login}, Start: scenarios.Warm, Needs: []scenarios.Capability{"login"}, Hazard: scenarios.Harmless,
		Oracle: scenarios.ByVerdict, Twin: "honest", Expect: expect, Plot: plot,
	}
}

// lying is a row whose provider lies, in any of the ways of a sign-in.
func lying(s scenarios.Scenario, faults ...fault.Fault) scenarios.Scenario {
	s.IdP = faults
	return s
}

// plays plays one row that has one case.
func plays(t testing.TB, p *Player, s scenarios.Scenario) reports.Result {
	t.Helper()
	all := p.Play(t.Context(), s)
	if len(all) != 1 {
		t.Fatalf("%s: %d results", s.ID, len(all))
	}
	return all[0]
}

func onlyOf(kind string, f fault.Fault) fault.Fault {
	return fault.Only{Of: kind, Do: fault.Some{Fault: f}}
}

var (
	wrongAudience = fault.SetClaim{Name: "aud", Value: `"somebody-else"`}
	otherUser     = fault.SetClaim{Name: "sub", Value: `"mallory"`}
	otherSub      = fault.SetAnswer{Endpoint: "userinfo", Name: "sub", Value: `"mallory"`}
	neverServed   = fault.SetAnswer{Endpoint: "introspection", Name: "active", Value: "true"}
)

// signedIn is the beginning of a plot that goes on with somebody who is signed in.
func signedIn(acts ...scenarios.Act) []scenarios.Act {
	return append([]scenarios.Act{scenarios.SignIn{As: "s", Agent: "user", Honest: true, Expect: scenarios.Accept, Premise: true}}, acts...)
}

// halted is the beginning of one with two who stopped where the provider answered.
func halted(acts ...scenarios.Act) []scenarios.Act {
	return append([]scenarios.Act{
		scenarios.SignIn{As: "mine", Agent: "me", Halt: true},
		scenarios.SignIn{As: "theirs", Agent: "them", Subject: "mallory", Halt: true},
	}, acts...)
}

// looking is a plot that looks at what was asked.
func looking(a scenarios.Inspect) []scenarios.Act {
	a.Of = "s"
	return signedIn(a)
}

// actsAtACleanParty are rows with every act, and what comes of them at a relying
// party that does everything right.
func actsAtACleanParty() map[reports.Outcome][]scenarios.Scenario {
	with := map[string]string{"state": "{state.theirs}"}
	both := scenarios.Open{Issuers: []scenarios.Party{{Name: "a"}, {Name: "b"}}}
	return map[reports.Outcome][]scenarios.Scenario{
		reports.Pass: {
			acting("present", scenarios.Accept),
			acting("sign-in", scenarios.Accept, scenarios.SignIn{Times: 2}),
			acting("who", scenarios.Accept.As("mallory"), scenarios.SignIn{Subject: "mallory"}),
			lying(acting("other-audience", scenarios.Reject), wrongAudience),
			lying(acting("other-audience-sign-in", scenarios.Reject, scenarios.SignIn{}), wrongAudience),
			acting("lie-of-an-act", scenarios.Reject, scenarios.SignIn{IdP: []fault.Fault{wrongAudience}}),
			lying(acting("honest-all-the-same", scenarios.Reject, scenarios.SignIn{Honest: true, Expect: scenarios.Accept}, scenarios.SignIn{}), wrongAudience),
			lying(acting("other-user-at-userinfo", scenarios.Reject), otherSub),
			lying(acting("reply", scenarios.NotAccept), fault.SetReplyStatus{Endpoint: "token", Status: 500}),
			acting("deliver", scenarios.Accept, halted(scenarios.Deliver{Of: "mine"})...),
			acting("deliver-anothers-state", scenarios.Reject, halted(scenarios.Deliver{Of: "mine", With: with})...),
			acting("deliver-anothers-code", scenarios.Reject, halted(scenarios.Deliver{Of: "mine", With: map[string]string{"code": "{code.theirs}"}})...),
			acting("deliver-to-another", scenarios.Reject, halted(scenarios.Deliver{Of: "theirs", Agent: "me"})...),
			acting("deliver-without", scenarios.Reject, halted(scenarios.Deliver{Of: "mine", Without: []string{"state"}})...),
			acting("deliver-again", scenarios.Reject, halted(scenarios.Deliver{Of: "mine", Expect: scenarios.Accept, Premise: true}, scenarios.Deliver{Of: "mine"})...),
			acting("deliver-at-once", scenarios.Accept, halted(scenarios.Deliver{Of: "mine", Times: 5, AtOnce: true})...),
			acting("deliver-in-another-way", scenarios.Reject, halted(scenarios.Deliver{Of: "mine", Mode: "form_post"})...),
			acting("two-issuers", scenarios.Reject, both,
				scenarios.SignIn{As: "a", Agent: "me", At: "a", Halt: true}, scenarios.SignIn{As: "b", Agent: "me", At: "b", Halt: true},
				scenarios.Deliver{Of: "a", At: "b"}),
			acting("second-issuer", scenarios.Accept, both, scenarios.SignIn{At: "b"}),
			acting("look", scenarios.Accept.As("{subject}"), signedIn(scenarios.Look{Agent: "user"})...),
			acting("look-before", scenarios.Reject, append(halted(scenarios.Deliver{Of: "mine", Expect: scenarios.Accept}), scenarios.Look{Agent: "me", Before: "mine"})...),
			acting("renew", scenarios.Accept, signedIn(scenarios.Renew{Agent: "user"})...),
			acting("renew-as-another", scenarios.Reject, signedIn(scenarios.Renew{Agent: "user", IdP: []fault.Fault{onlyOf("refreshed-id-token", otherUser)}})...),
			acting("sign-out", scenarios.Accept, signedIn(scenarios.SignOut{Of: "s", NoStore: true}, scenarios.Look{Agent: "user", Expect: scenarios.Reject})...),
			lying(acting("sign-out-row", scenarios.Reject, signedIn(scenarios.SignOut{Of: "s"}, scenarios.Look{Agent: "user", Expect: scenarios.Accept})...), wrongAudience),
			acting("sign-out-by-id-token", scenarios.Reject, signedIn(scenarios.SignOut{Of: "s", Token: "id-token"})...),
			acting("send", scenarios.Reject, scenarios.Send{To: "home"}),
			acting("send-follow", scenarios.Accept, scenarios.Send{To: "login", Follow: true}),
			acting("send-away", scenarios.Either, scenarios.Send{To: "login", Query: map[string]string{"{return-to}": "https://{canary.host}/"}, Follow: true, Stays: true}),
			acting("inspect-present", scenarios.Accept, looking(scenarios.Inspect{Endpoint: "authorization", Param: "nonce", Is: "present"})...),
			acting("inspect-absent", scenarios.Accept, looking(scenarios.Inspect{Endpoint: "authorization", Param: "client_secret", Is: "absent"})...),
			acting("inspect-equals", scenarios.Accept, looking(scenarios.Inspect{Endpoint: "authorization", Param: "client_id", Is: "equals", Value: "{client_id}"})...),
			acting("inspect-unlike", scenarios.Accept, looking(scenarios.Inspect{Endpoint: "authorization", Param: "code_challenge_method", Is: "unlike", Value: "plain"})...),
			acting("inspect-long", scenarios.Accept, looking(scenarios.Inspect{Endpoint: "token", Param: "code_verifier", Is: "long", Value: "43"})...),
			acting("inspect-verifies", scenarios.Accept, looking(scenarios.Inspect{Endpoint: "token", Param: "code_verifier", Is: "verifies"})...),
			acting("inspect-not-in-url", scenarios.Accept, looking(scenarios.Inspect{Endpoint: "userinfo", Param: "access_token", Is: "not-in-url"})...),
			acting("inspect-nothing", scenarios.Accept, looking(scenarios.Inspect{Endpoint: "registration", None: true})...),
			acting("inspect-unguessable", scenarios.Accept, scenarios.SignIn{Times: 3}, scenarios.Inspect{Endpoint: "authorization", Param: "state", Is: "unguessable"}),
			acting("inspect-new", scenarios.Accept, scenarios.SignIn{Times: 3}, scenarios.Inspect{Endpoint: "token", Param: "code", Is: "new"}),
			acting("inspect-same", scenarios.Accept, scenarios.SignIn{Times: 3}, scenarios.Inspect{Endpoint: "authorization", Param: "redirect_uri", Is: "same"}),
			acting("token-again", scenarios.Reject, signedIn(scenarios.SignIn{Token: "s"})...),
			acting("kept-token", scenarios.Reject, scenarios.Mint{As: "once"}, scenarios.Present{Token: "once", Expect: scenarios.Accept, Premise: true}, scenarios.Present{Token: "once"}),
		},
		reports.Fail: {
			acting("refused-honest", scenarios.Reject),
			lying(acting("accepted-liar", scenarios.Accept), wrongAudience),
			acting("another-than-told", scenarios.Accept.As("mallory"), signedIn(scenarios.Look{Agent: "user"})...),
			acting("inspect-absent-is-there", scenarios.Accept, looking(scenarios.Inspect{Endpoint: "authorization", Param: "nonce", Is: "absent"})...),
			acting("inspect-lacks", scenarios.Accept, looking(scenarios.Inspect{Endpoint: "authorization", Param: "acr_values", Is: "present"})...),
			acting("inspect-other", scenarios.Accept, looking(scenarios.Inspect{Endpoint: "authorization", Param: "client_id", Is: "equals", Value: "x"})...),
			acting("inspect-too-short", scenarios.Accept, looking(scenarios.Inspect{Endpoint: "token", Param: "code_verifier", Is: "long", Value: "1000"})...),
			acting("inspect-guessable", scenarios.Accept, scenarios.SignIn{Times: 2}, scenarios.Inspect{Endpoint: "authorization", Param: "client_id", Is: "unguessable"}),
			acting("inspect-asked-after-all", scenarios.Accept, looking(scenarios.Inspect{Endpoint: "token", None: true})...),
			acting("inspect-not-new", scenarios.Accept, scenarios.SignIn{Times: 2}, scenarios.Inspect{Endpoint: "authorization", Param: "client_id", Is: "new"}),
			acting("inspect-not-the-same", scenarios.Accept, scenarios.SignIn{Times: 2}, scenarios.Inspect{Endpoint: "authorization", Param: "state", Is: "same"}),
			acting("shows-never", scenarios.Accept, scenarios.SignIn{Never: "alice"}),
		},
		reports.Unexercised: {
			lying(acting("never-served", scenarios.Reject), neverServed),
			lying(acting("never-served-accept", scenarios.Accept), neverServed),
			lying(acting("nothing-changed", scenarios.Reject), fault.SetClaim{Name: "sub", Value: `"alice"`}),
			acting("inspect-unasked", scenarios.Accept, looking(scenarios.Inspect{Endpoint: "registration", Param: "x", Is: "present"})...),
			acting("no-assertion", scenarios.Accept, looking(scenarios.Inspect{Endpoint: "token", Param: "client_assertion", Is: "names-only"})...),
			acting("renew-nobody", scenarios.Accept, scenarios.Send{Agent: "user", To: "home", Expect: scenarios.Reject}, scenarios.Renew{Agent: "user"}),
		},
		reports.Unsupported: {
			acting("two-parties-token", scenarios.Reject, both, scenarios.Mint{As: "x", By: "b"}, scenarios.Present{Token: "x"}),
			acting("bent", scenarios.Reject, scenarios.Mint{As: "x"}, scenarios.Present{Token: "x", IdP: []fault.Fault{fault.TruncateSegments{Keep: 2}}}),
			acting("begun", scenarios.Accept, scenarios.Begin{As: "x"}, scenarios.Join{Of: "x"}),
			acting("old-key", scenarios.Accept, scenarios.Mint{As: "old"}, scenarios.Rotate{}, scenarios.Present{Token: "old"}),
			acting("twice", scenarios.Accept, scenarios.Mint{As: "x"}, scenarios.Present{Token: "x", Times: 2}),
		},
	}
}

// Every act comes out at a clean relying party as it should: at one that can be
// told its issuers, and at one that was configured once.
func TestActsOfALogin(t *testing.T) {
	t.Parallel()
	for name, p := range map[string]*Player{
		"told": facing(t, newParties("", nil), Options{}), "configured": partyWith(t, "").meets(t),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for want, rows := range actsAtACleanParty() {
				for _, s := range rows {
					t.Run(s.ID, func(t *testing.T) {
						r := plays(t, p, s)
						if r.Outcome != want {
							t.Errorf("%s, want %s: want %s got %s; %s %s %s", r.Outcome, want, r.Want, r.Got, r.Because, r.Feature, r.Reason)
							for _, step := range r.Evidence.Steps {
								t.Logf("%+v", step)
							}
						}
						if want == reports.Unsupported && (r.Feature != premadeToken || r.Incomplete) {
							t.Errorf("it is not supported for want of %q, and incomplete: %v", r.Feature, r.Incomplete)
						}
						if floors := s.ID == "acme.another-than-told"; r.Floor != floors {
							t.Errorf("floor: %v", r.Floor)
						}
					})
				}
			}
		})
	}
}
