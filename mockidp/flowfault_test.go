package mockidp_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/mockidp/fault"
)

// everywhere asks each login endpoint for something that it grants.
func (f *flow) everywhere() map[string]func() said {
	got := f.redeem(f.authorize().Get("code"))
	return map[string]func() said{
		"authorization": func() said { return f.get("/authorize", f.params()) },
		"token":         func() said { return f.post("/token", url.Values{"grant_type": {"client_credentials"}}, f.basic) },
		"userinfo":      func() said { return f.userinfo(got.AccessToken) },
		"registration":  func() said { return f.register(`{"redirect_uris":["` + callback + `"]}`) },
		"introspection": func() said { return f.post("/introspect", url.Values{"token": {got.AccessToken}}, f.basic) },
		"end-session": func() said {
			return f.get("/end_session", url.Values{"id_token_hint": {got.IDToken}, "post_logout_redirect_uri": {callback}, "state": {"s"}})
		},
	}
}

// TestFaultsReachEveryAnswer lets a fault of replies and one of answers act on each
// endpoint of a login, and on no other.
func TestFaultsReachEveryAnswer(t *testing.T) {
	idp := mockidp.Start(t)
	f := newFlow(t, idp)
	ask := f.everywhere()
	for _, endpoint := range fault.FlowEndpoints() {
		for _, lie := range []fault.Fault{
			fault.AnswerStatus{Endpoint: endpoint, Status: 503},
			fault.SetAnswer{Endpoint: endpoint, Name: "state", Value: `"changed"`},
			fault.First{N: 1, Do: fault.Some{Fault: fault.AnswerError{Endpoint: endpoint, Code: "server_error", Description: "changed"}}},
		} {
			if err := idp.Misbehave(lie); err != nil {
				t.Fatal(err)
			}
			name := fault.Inmost(lie).Fault()
			before := idp.Journal().Served(name)
			for _, at := range fault.FlowEndpoints() {
				s := ask[at]()
				acted := s.status == 503 || strings.Contains(s.body+s.header.Get("Location"), "changed")
				if acted != (at == endpoint) {
					t.Errorf("%s at %s: %s answers %d %s %s", name, endpoint, at, s.status, s.header.Get("Location"), s.body)
				}
			}
			if n := idp.Journal().Served(name) - before; n != 1 {
				t.Errorf("%s at %s was served %d times by the journal's account", name, endpoint, n)
			}
			if s := ask[endpoint](); name == "answer.error" && strings.Contains(s.body+s.header.Get("Location"), "changed") {
				t.Errorf("%s: a second time", endpoint)
			}
		}
	}
}

func TestAnswersThatAreErrors(t *testing.T) {
	idp := mockidp.Start(t)
	f := newFlow(t, idp)
	ask := f.everywhere()
	for _, c := range []struct {
		endpoint, code string
		status         int
	}{
		{"token", "invalid_grant", 400}, {"token", "invalid_client", 401}, {"userinfo", "invalid_token", 401}, {"userinfo", "insufficient_scope", 403}, {"registration", "invalid_redirect_uri", 400},
	} {
		if err := idp.Misbehave(fault.AnswerError{Endpoint: c.endpoint, Code: c.code}); err != nil {
			t.Fatal(err)
		}
		s := ask[c.endpoint]()
		if s.status != c.status || jsonOf(t, s)["error"] != c.code || len(jsonOf(t, s)) != 1 {
			t.Errorf("%s at %s: %d %s", c.code, c.endpoint, s.status, s.body)
		}
		if c.endpoint == "userinfo" && !strings.Contains(s.header.Get("WWW-Authenticate"), c.code) {
			t.Errorf("%v", s.header)
		}
	}
	if err := idp.Misbehave(fault.AnswerError{Endpoint: "authorization", Code: "access_denied"}, fault.AnswerIn{Mode: "form_post"}); err != nil {
		t.Fatal(err)
	}
	a := f.authorize()
	if a.Get("error") != "access_denied" || a.Get("code") != "" || a.Get("state") != "st-1" || a.Get("iss") != idp.Issuer() {
		t.Errorf("%v", a)
	}
}

// TestFaultsActOnTheTokensOfTheirKind: what says nothing of a kind means ID tokens.
func TestFaultsActOnTheTokensOfTheirKind(t *testing.T) {
	for kind, hit := range map[string]string{
		"": "front code refreshed", "id-token": "front code refreshed", "front-id-token": "front", "code-id-token": "code",
		"refreshed-id-token": "refreshed", "access-token": "access", "userinfo": "userinfo", "logout-token": "logout",
	} {
		idp := mockidp.Start(t, mockidp.TenantConfig{Algs: []string{"ES256"}})
		f := newFlow(t, idp)
		made := jsonOf(t, f.register(`{"redirect_uris":["`+callback+`"],"token_endpoint_auth_method":"client_secret_post","userinfo_signed_response_alg":"ES256","response_types":["code id_token"],"grant_types":["authorization_code","refresh_token"]}`))
		id, secret := made["client_id"].(string), made["client_secret"].(string)
		var lie fault.Fault = fault.SetClaim{Name: "hit", Value: `true`}
		if kind != "" {
			lie = fault.Only{Of: kind, Do: fault.Some{Fault: fault.First{N: 1, Do: fault.Some{Fault: lie}}}}
		}
		v, err := idp.Visit(mockidp.Visit{})
		if err != nil {
			t.Fatal(err)
		}
		if err := idp.Misbehave(lie); err != nil {
			t.Fatal(err)
		}
		a := f.as(v).authorize("client_id", id, "response_type", "code id_token")
		redeem := func(form url.Values) tokens {
			form.Set("client_id", id)
			form.Set("client_secret", secret)
			var got tokens
			unmarshal(t, []byte(f.post("/token", form).body), &got)
			return got
		}
		got := redeem(url.Values{"grant_type": {"authorization_code"}, "code": {a.Get("code")}, "redirect_uri": {callback}})
		again := redeem(url.Values{"grant_type": {"refresh_token"}, "refresh_token": {got.RefreshToken}})
		out, err := v.LogoutToken()
		if err != nil {
			t.Fatal(err)
		}
		var hits []string
		for _, token := range []struct{ name, text string }{
			{"front", a.Get("id_token")}, {"code", got.IDToken}, {"refreshed", again.IDToken}, {"access", got.AccessToken},
			{"userinfo", f.userinfo(got.AccessToken).body}, {"logout", out.Token},
		} {
			if claimsOf(t, token.text)["hit"] == true {
				hits = append(hits, token.name)
			}
		}
		want := hit
		if kind == "id-token" {
			want = "front" // the first of all ID tokens
		}
		if strings.Join(hits, " ") != want {
			t.Errorf("%q hits %v, not %s", kind, hits, want)
		}
		kinds := []string{}
		for _, m := range v.IDTokens() {
			kinds = append(kinds, m.Kind)
		}
		if !slices.Equal(kinds, []string{"front-id-token", "code-id-token", "refreshed-id-token"}) {
			t.Errorf("%v", kinds)
		}
	}
}

// TestTheProviderStandsByWhatItSaid: a code or a token that a fault put into an
// answer is as good as the one in whose place it stands.
func TestTheProviderStandsByWhatItSaid(t *testing.T) {
	idp := mockidp.Start(t)
	f := newFlow(t, idp)
	for _, endpoint := range []string{"authorization", "token"} {
		lies := []fault.Fault{fault.SetAnswer{Endpoint: endpoint, Name: "code", Value: `"another"`}, fault.SetAnswer{Endpoint: endpoint, Name: "access_token", Value: `"other"`}}
		if err := idp.Misbehave(lies...); err != nil {
			t.Fatal(err)
		}
		a := f.authorize()
		got := f.redeem(a.Get("code"))
		if got.status != 200 {
			t.Fatalf("%s: %v is answered with %+v", endpoint, a, got)
		}
		if s := f.userinfo(got.AccessToken); s.status != 200 {
			t.Errorf("%s: %s is answered with %d", endpoint, got.AccessToken, s.status)
		}
	}
}

func TestAVisitorsFaultsComeAfterTheTenants(t *testing.T) {
	idp := mockidp.Start(t)
	f := newFlow(t, idp)
	v, err := idp.Visit(mockidp.Visit{Faults: []fault.Fault{
		fault.SetAnswer{Endpoint: "authorization", Name: "state", Value: `"visitor"`}, fault.SetClaim{Name: "x", Value: `"visitor"`},
	}})
	if err != nil {
		t.Fatal(err)
	}
	if err := idp.Misbehave(fault.SetAnswer{Endpoint: "authorization", Name: "state", Value: `"tenant"`}, fault.SetClaim{Name: "x", Value: `"tenant"`}); err != nil {
		t.Fatal(err)
	}
	for want, g := range map[string]*flow{"tenant": f, "visitor": f.as(v)} {
		a := g.authorize()
		if got := claimsOf(t, f.redeem(a.Get("code")).IDToken); a.Get("state") != want || got["x"] != want {
			t.Errorf("%s: %v %v", want, a, got)
		}
	}
}

func TestConnectionsAreEverybodys(t *testing.T) {
	idp := mockidp.Start(t)
	for _, endpoint := range fault.FlowEndpoints() {
		if err := idp.Misbehave(fault.ResetConnection{Endpoint: endpoint}); err == nil || !strings.Contains(err.Error(), "reply.reset") {
			t.Errorf("%s: %v", endpoint, err)
		}
	}
	if err := idp.Misbehave(fault.ResetReply{Endpoint: "token", Keep: 3}); err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequest("POST", idp.Issuer()+"/token", nil)
	if err != nil {
		t.Fatal(err)
	}
	if resp, err := idp.Client().Do(r); err == nil {
		resp.Body.Close()
		if resp.ContentLength == 0 {
			t.Error("nothing was reset")
		}
	}
}

// TestAnswersCanBeHeld keeps a token response back until somebody lets it go.
func TestAnswersCanBeHeld(t *testing.T) {
	idp := mockidp.Start(t)
	f := newFlow(t, idp)
	if err := idp.Hold("token", 1); err != nil {
		t.Fatal(err)
	}
	done := make(chan said, 1)
	go func() { done <- f.post("/token", url.Values{"grant_type": {"client_credentials"}}, f.basic) }()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := idp.Journal().Await(ctx, "token", 1); err != nil {
		t.Fatal(err)
	}
	select {
	case s := <-done:
		t.Fatalf("it was not held: %d", s.status)
	default:
	}
	idp.Release("token")
	if s := <-done; s.status != 200 {
		t.Errorf("%d %s", s.status, s.body)
	}
}

// TestTheLedgerIsBounded lets more come than a tenant remembers.
func TestTheLedgerIsBounded(t *testing.T) {
	p, err := mockidp.New(mockidp.Config{Memory: true})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	idp, err := p.Tenant(mockidp.TenantConfig{Algs: []string{"ES256"}, OpaqueAccessTokens: true})
	if err != nil {
		t.Fatal(err)
	}
	f := newFlow(t, idp)
	oldest := f.authorize("response_type", "code").Get("code")
	first := f.token("grant_type", "client_credentials")
	for range 2100 {
		if s := f.get("/authorize", f.params()); s.status != 303 {
			t.Fatal(s)
		}
	}
	if n := len(idp.FlowRequests()); n != 2048 {
		t.Errorf("%d requests are kept", n)
	}
	if got := f.redeem(oldest); got.status != 200 {
		t.Errorf("a code is forgotten too early: %+v", got)
	}
	if s := f.post("/introspect", url.Values{"token": {first.AccessToken}}, f.basic); jsonOf(t, s)["active"] != true {
		t.Errorf("a token is forgotten too early: %s", s.body)
	}
	long := f.get("/authorize", f.params("state", strings.Repeat("s", 100_000)))
	if kept := idp.FlowRequests(); len(kept[len(kept)-1].Query.Get("state")) != 8<<10 || long.status != 303 {
		t.Error("a long value is kept whole, or refused")
	}
	if entries := idp.Journal().Entries(0); len(entries[len(entries)-1].URL) > 8<<10 {
		t.Error("the journal keeps a long URL whole")
	}
	eldest := jsonOf(t, f.register(`{"redirect_uris":["`+callback+`"]}`))["client_id"].(string)
	if s := f.get("/authorize", f.params("client_id", eldest)); s.status != 303 {
		t.Errorf("%d %s", s.status, s.body)
	}
	for i := range 1030 {
		if s := f.register(fmt.Sprintf(`{"redirect_uris":[%q],"client_name":"%d"}`, callback, i)); s.status != 201 {
			t.Fatal(s)
		}
	}
	if s := f.get("/authorize", f.params("client_id", eldest)); s.status != 400 {
		t.Errorf("the oldest of too many clients is still known: %d", s.status)
	}
}
