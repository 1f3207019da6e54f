package relyingparty_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/mockidp/fault"
	"github.com/rogueidp/rogueidp/suites/relyingparty"
)

// TestSignIn goes through every kind of registration with a real provider: in,
// on, and out again.
func TestSignIn(t *testing.T) {
	t.Parallel()
	for _, setup := range relyingparty.Setups() {
		t.Run(setup, func(t *testing.T) {
			t.Parallel()
			s := open(t, setup, "", 1)
			alice := s.visitor(s.idp, mockidp.Visit{Subject: "alice"})
			a := s.agent(alice)
			if seen := a.get(s.base + "/"); seen.status != http.StatusUnauthorized || seen.user() != "" {
				t.Fatalf("before: %d %s", seen.status, seen.body)
			}
			seen := a.get(s.base + "/login?return_to=/page?x=1")
			if seen.status != http.StatusOK || seen.user() != "alice" || seen.url.RequestURI() != "/page?x=1" {
				t.Fatalf("after: %s %d %s", seen.url, seen.status, seen.body)
			}
			if seen.header.Get("Cache-Control") != "no-store" {
				t.Errorf("the page may be kept: %v", seen.header)
			}
			if bob := s.agent(); bob.get(s.base+"/").status != http.StatusUnauthorized {
				t.Error("somebody else is signed in, too")
			}
			s.asked(alice, setup)
			if !strings.HasPrefix(setup, "implicit") {
				if seen := a.get(s.base + "/renew"); seen.status != http.StatusOK || seen.user() != "alice" {
					t.Errorf("renewed: %d %s", seen.status, seen.body)
				}
			}
			if seen := a.get(s.base + "/logout"); seen.status != http.StatusOK || seen.url.Path != "/signed-out" {
				t.Errorf("signed out: %s %d %s", seen.url, seen.status, seen.body)
			}
			if seen := a.get(s.base + "/"); seen.status != http.StatusUnauthorized {
				t.Errorf("at the end: %d %s", seen.status, seen.body)
			}
		})
	}
}

// asked holds what the party asked on behalf of somebody to what it should ask.
func (s *site) asked(by *mockidp.Visitor, setup string) {
	s.t.Helper()
	met := map[string]int{}
	for _, r := range by.Requests() {
		met[r.Endpoint]++
		switch r.Endpoint {
		case "authorization":
			if len(r.Query.Get("state")) != 43 || len(r.Query.Get("nonce")) != 43 {
				s.t.Errorf("state or nonce is short: %v", r.Query)
			}
			if code := !strings.HasPrefix(setup, "implicit"); code != (r.Query.Get("code_challenge_method") == "S256") {
				s.t.Errorf("PKCE: %v", r.Query)
			}
		case "token":
			if len(r.Form.Get("code_verifier")) != 43 {
				s.t.Errorf("the verifier is short: %v", r.Form)
			}
			if basic := strings.HasPrefix(r.Header.Get("Authorization"), "Basic "); basic == (setup == "private-key-jwt" || setup == "secret-post" || setup == "public") {
				s.t.Errorf("%s proves who it is with %v %v", setup, r.Header["Authorization"], r.Form)
			}
		case "userinfo":
			if r.Query.Get("access_token") != "" || r.Header.Get("Authorization") == "" {
				s.t.Errorf("UserInfo: %v %v", r.Query, r.Header)
			}
		}
	}
	want := map[string]int{"authorization": 1, "token": 1, "userinfo": 1}
	if strings.HasPrefix(setup, "implicit") {
		want["token"] = 0
	}
	if setup == "without-userinfo" || setup == "implicit" {
		want["userinfo"] = 0
	}
	for endpoint, n := range want {
		if met[endpoint] != n {
			s.t.Errorf("%s was asked %d times, want %d", endpoint, met[endpoint], n)
		}
	}
}

// TestTheIdentityIsJSON for who wants that.
func TestTheIdentityIsJSON(t *testing.T) {
	t.Parallel()
	s := open(t, "code", "", 1)
	a := s.agent(s.visitor(s.idp, mockidp.Visit{Subject: "alice"}))
	ask := func() (status int, told map[string]any) {
		t.Helper()
		r, err := http.NewRequest(http.MethodGet, s.base+"/", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Accept", "application/json")
		seen := a.follow(r)
		if err := json.Unmarshal([]byte(seen.body), &told); err != nil {
			t.Fatal(err)
		}
		return seen.status, told
	}
	if status, told := ask(); status != http.StatusUnauthorized || told["error"] != "login_required" {
		t.Errorf("%d %v", status, told)
	}
	a.get(s.base + "/login")
	if status, told := ask(); status != http.StatusOK || told["sub"] != "alice" || told["iss"] != s.idp.Issuer() {
		t.Errorf("%d %v", status, told)
	}
}

// TestTwoIssuers: each has a login page of its own, and a response of one is
// nothing at the other's callback.
func TestTwoIssuers(t *testing.T) {
	t.Parallel()
	s := open(t, "code", "", 2)
	alice, bob := s.visitor(s.idps[0], mockidp.Visit{Subject: "alice"}), s.visitor(s.idps[1], mockidp.Visit{Subject: "bob"})
	a := s.agent(alice, bob)
	if seen := a.get(s.base + "/login"); seen.user() != "alice" {
		t.Errorf("%d %s", seen.status, seen.body)
	}
	if seen := a.get(s.base + "/login/2"); seen.user() != "bob" {
		t.Errorf("%d %s", seen.status, seen.body)
	}
	for from, to := range map[string]string{"/login": "/callback/2", "/login/2": "/callback"} {
		a.halt = true
		answer := a.get(s.base + from).url
		a.halt = false
		if seen := a.get(s.base + to + "?" + answer.RawQuery); seen.status != http.StatusBadRequest {
			t.Errorf("%s ends at %s: %d %s", from, to, seen.status, seen.body)
		}
	}
	for query, want := range map[string]struct {
		status int
		user   string
	}{
		"iss=" + url.QueryEscape(s.idps[1].Issuer()):                                      {200, "bob"},
		"iss=" + url.QueryEscape(s.idps[1].Issuer()) + "&target_link_uri=/page":           {200, "bob"},
		"iss=" + url.QueryEscape(s.idps[1].Issuer()) + "&target_link_uri=//evil.example/": {400, ""},
		"iss=" + url.QueryEscape(s.idps[1].Issuer()+"/"):                                  {400, ""},
		"": {400, ""},
	} {
		if seen := s.agent(alice, bob).get(s.base + "/initiate?" + query); seen.status != want.status || seen.user() != want.user {
			t.Errorf("%s: %d %s", query, seen.status, seen.body)
		}
	}
}

// lies are what the clean party refuses, by the kind of registration.
func lies() map[string][]fault.Fault {
	at := func(endpoint, name, value string) fault.Fault {
		return fault.SetAnswer{Endpoint: endpoint, Name: name, Value: fault.Text(value)}
	}
	return map[string][]fault.Fault{
		"code": {
			at("authorization", "state", "other"), fault.DropAnswer{Endpoint: "authorization", Name: "state"},
			at("authorization", "iss", "https://evil.example"), fault.DropAnswer{Endpoint: "authorization", Name: "iss"},
			fault.RespellAnswer{Endpoint: "authorization", Name: "iss", How: "add-slash"},
			fault.RepeatAnswer{Endpoint: "authorization", Name: "code", Value: fault.Text("c")},
			at("authorization", "code", ""), at("authorization", "code", strings.Repeat("c", 100_000)),
			fault.AnswerError{Endpoint: "authorization", Code: "access_denied"},
			fault.AnswerError{Endpoint: "authorization", Code: "access_denied", Beside: true},
			fault.AnswerIn{Mode: "form_post"}, fault.AnswerIn{Mode: "fragment"}, at("authorization", "id_token", "e30.e30.e30"),
			fault.DropAnswer{Endpoint: "token", Name: "id_token"}, fault.SetAnswer{Endpoint: "token", Name: "id_token", Value: "null"},
			fault.RepeatAnswer{Endpoint: "token", Name: "access_token", Value: fault.Text("a")},
			fault.SetAnswerName{Endpoint: "token", Name: "id_token", To: "ID_TOKEN"},
			fault.AnswerError{Endpoint: "token", Code: "invalid_grant"}, at("token", "error", "invalid_grant"),
			at("token", "token_type", "mac"), at("userinfo", "sub", "bob"), fault.DropAnswer{Endpoint: "userinfo", Name: "sub"},
			fault.SetClaim{Name: "nonce", Value: fault.Text("other")}, fault.SetClaim{Name: "iss", Value: fault.Text("https://evil.example")},
			fault.SetClaim{Name: "aud", Value: fault.Text("other")}, fault.SignWith{Alg: "none"},
		},
		"form-post": {fault.AnswerIn{Mode: "query"}, fault.AnswerError{Endpoint: "authorization", Code: "access_denied"}},
		"hybrid": {
			fault.Only{Of: "code-id-token", Do: fault.Some{Fault: fault.SetClaim{Name: "sub", Value: fault.Text("bob")}}},
			fault.Only{Of: "front-id-token", Do: fault.Some{Fault: fault.SetClaim{Name: "c_hash", Value: fault.Text("AAAA")}}},
			fault.DropAnswer{Endpoint: "authorization", Name: "id_token"}, at("authorization", "access_token", "a"),
		},
		"implicit-token": {fault.Only{Of: "front-id-token", Do: fault.Some{Fault: fault.DropClaim{Name: "at_hash"}}}},
		"signed-userinfo": {
			fault.Only{Of: "userinfo", Do: fault.Some{Fault: fault.SignWith{Alg: "none"}}},
			fault.Only{Of: "userinfo", Do: fault.Some{Fault: fault.SetClaim{Name: "aud", Value: fault.Text("other")}}},
			fault.Only{Of: "userinfo", Do: fault.Some{Fault: fault.SetClaim{Name: "iss", Value: fault.Text("https://evil.example")}}},
			fault.Only{Of: "userinfo", Do: fault.Some{Fault: fault.SetClaim{Name: "sub", Value: fault.Text("bob")}}},
		},
	}
}

// TestLies: a provider that lies gets nobody in, and one that is honest again
// does, with the same browser.
func TestLies(t *testing.T) {
	t.Parallel()
	for setup, list := range lies() {
		s := open(t, setup, "", 1)
		for _, lie := range list {
			text, err := json.Marshal(fault.Some{Fault: lie})
			if err != nil {
				t.Fatal(err)
			}
			alice := s.visitor(s.idp, mockidp.Visit{Subject: "alice", Faults: []fault.Fault{lie}})
			a := s.agent(alice)
			if seen := a.get(s.base + "/login"); seen.status < 400 || seen.status >= 500 || seen.user() != "" {
				t.Errorf("%s %.200s: %d %s", setup, text, seen.status, seen.body)
			}
			if served := alice.Served(fault.Inmost(lie).Fault()); served == 0 {
				t.Errorf("%s %.200s was not served", setup, text)
			}
			if seen := a.get(s.base + "/"); seen.status != http.StatusUnauthorized {
				t.Errorf("%s %.200s: %s is signed in all the same", setup, text, seen.user())
			}
			if err := alice.Change(mockidp.Visit{Subject: "alice"}); err != nil {
				t.Fatal(err)
			}
			if seen := a.get(s.base + "/login"); seen.user() != "alice" {
				t.Errorf("%s %.200s, then honest: %d %s", setup, text, seen.status, seen.body)
			}
		}
	}
}

// TestRenewals: a refresh goes on with the same person or not at all.
func TestRenewals(t *testing.T) {
	t.Parallel()
	s := open(t, "code", "", 1)
	refreshed := func(f fault.Fault) fault.Fault { return fault.Only{Of: "refreshed-id-token", Do: fault.Some{Fault: f}} }
	for name, one := range map[string]struct {
		lie fault.Fault
		ok  bool
	}{
		"honest":       {fault.SetAnswer{Endpoint: "token", Name: "expires_in", Value: "300"}, true},
		"no ID token":  {fault.DropAnswer{Endpoint: "token", Name: "id_token"}, true},
		"no nonce":     {refreshed(fault.DropClaim{Name: "nonce"}), true},
		"other nonce":  {refreshed(fault.SetClaim{Name: "nonce", Value: fault.Text("other")}), false},
		"other sub":    {refreshed(fault.SetClaim{Name: "sub", Value: fault.Text("bob")}), false},
		"other iss":    {refreshed(fault.SetClaim{Name: "iss", Value: fault.Text("https://evil.example")}), false},
		"other aud":    {refreshed(fault.SetClaim{Name: "aud", Value: fault.Text("other")}), false},
		"UserInfo":     {fault.SetAnswer{Endpoint: "userinfo", Name: "sub", Value: fault.Text("bob")}, false},
		"auth_time":    {refreshed(fault.SetClaim{Name: "auth_time", Value: "1700000001"}), false},
		"token error":  {fault.AnswerError{Endpoint: "token", Code: "invalid_grant"}, false},
		"signed by no": {refreshed(fault.SignWith{Alg: "none"}), false},
	} {
		is := mockidp.Visit{Subject: "alice", Claims: fault.Object{{Name: "auth_time", Value: "1700000000"}}}
		alice := s.visitor(s.idp, is)
		a := s.agent(alice)
		if seen := a.get(s.base + "/login"); seen.user() != "alice" {
			t.Fatalf("%s: %d %s", name, seen.status, seen.body)
		}
		is.Faults = []fault.Fault{one.lie}
		if err := alice.Change(is); err != nil {
			t.Fatal(err)
		}
		seen := a.get(s.base + "/renew")
		if one.ok != (seen.user() == "alice") || !one.ok && seen.status != http.StatusForbidden {
			t.Errorf("%s: %d %s", name, seen.status, seen.body)
		}
		if seen := a.get(s.base + "/"); one.ok != (seen.user() == "alice") {
			t.Errorf("%s, then: %d %s", name, seen.status, seen.body)
		}
	}
}

// TestBackChannelLogout ends the session that a logout token names, and no other.
func TestBackChannelLogout(t *testing.T) {
	t.Parallel()
	s := open(t, "code", "", 1)
	alice, bob := s.visitor(s.idp, mockidp.Visit{Subject: "alice"}), s.visitor(s.idp, mockidp.Visit{Subject: "bob"})
	a, b := s.agent(alice), s.agent(bob)
	a.get(s.base + "/login")
	b.get(s.base + "/login")
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	send := func(token string) int {
		t.Helper()
		said, err := s.idp.PostLogout(ctx, s.base+"/backchannel", token)
		if err != nil {
			t.Fatal(err)
		}
		if said.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("the answer may be kept: %v", said.Header)
		}
		return said.Status
	}
	bad := map[string][]fault.Fault{
		"none":      {fault.SignWith{Alg: "none"}},
		"alg":       {fault.SignWith{Alg: "RS512"}},
		"iss":       {fault.SetClaim{Name: "iss", Value: fault.Text("https://evil.example")}},
		"aud":       {fault.SetClaim{Name: "aud", Value: fault.Text("other")}},
		"nonce":     {fault.SetClaim{Name: "nonce", Value: fault.Text("n")}},
		"no events": {fault.DropClaim{Name: "events"}},
		"no iat":    {fault.DropClaim{Name: "iat"}},
		"nobody":    {fault.DropClaim{Name: "sub"}, fault.DropClaim{Name: "sid"}},
		"forged":    {fault.SignWithKey{Key: "attacker"}},
	}
	for name, faults := range bad {
		m, err := alice.LogoutToken(faults...)
		if err != nil {
			t.Fatal(err)
		}
		if status := send(m.Token); status != http.StatusBadRequest {
			t.Errorf("%s: %d", name, status)
		}
	}
	tokens := alice.IDTokens()
	if status := send(tokens[len(tokens)-1].Token); status != http.StatusBadRequest {
		t.Errorf("an ID token: %d", status)
	}
	if seen := a.get(s.base + "/"); seen.user() != "alice" {
		t.Fatal("a bad logout token ends a session")
	}
	good, err := alice.LogoutToken()
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if status := send(good.Token); status != http.StatusOK {
			t.Errorf("a good one: %d", status)
		}
	}
	if a.get(s.base+"/").user() != "" || b.get(s.base+"/").user() != "bob" {
		t.Error("alice is still signed in, or bob is not any more")
	}
}

// TestSigningOut goes nowhere but where it should, and tells who asks for it
// wrongly.
func TestSigningOut(t *testing.T) {
	t.Parallel()
	s := open(t, "code", "", 1)
	for name, one := range map[string]struct {
		lie  fault.Fault
		want int
	}{
		"other state": {fault.SetAnswer{Endpoint: "end-session", Name: "state", Value: fault.Text("https://evil.example/")}, 400},
		"no state":    {fault.DropAnswer{Endpoint: "end-session", Name: "state"}, 400},
	} {
		alice := s.visitor(s.idp, mockidp.Visit{Subject: "alice", Faults: []fault.Fault{one.lie}})
		a := s.agent(alice)
		a.get(s.base + "/login")
		if seen := a.get(s.base + "/logout"); seen.status != one.want || seen.url.Path != "/signed-out" {
			t.Errorf("%s: %s %d", name, seen.url, seen.status)
		}
		if a.get(s.base+"/").user() != "" {
			t.Errorf("%s: still signed in", name)
		}
	}
}
