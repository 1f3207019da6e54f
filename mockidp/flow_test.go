package mockidp_test

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/mockidp/fault"
)

func TestTheCodeFlowFromEndToEnd(t *testing.T) {
	idp := mockidp.Start(t)
	f := newFlow(t, idp)
	verifier := strings.Repeat("v", 43)
	sum := sha256.Sum256([]byte(verifier))
	a := f.authorize("code_challenge", base64.RawURLEncoding.EncodeToString(sum[:]), "code_challenge_method", "S256", "max_age", "60", "acr_values", "gold silver")
	if a.Get("state") != "st-1" || a.Get("iss") != idp.Issuer() || a.Get("code") == "" {
		t.Fatalf("%v", a)
	}
	if bad := f.redeem(a.Get("code"), "code_verifier", strings.Repeat("w", 43)); bad.Error != "invalid_grant" || bad.status != 400 {
		t.Errorf("another verifier: %+v", bad)
	}
	got := f.redeem(a.Get("code"), "code_verifier", verifier)
	if got.status != 200 || got.TokenType != "Bearer" || got.ExpiresIn != 300 || got.RefreshToken == "" || got.Scope != "openid profile email" {
		t.Fatalf("%+v", got)
	}
	claims, err := judge(idp, keySet(t, idp), got.IDToken, "RS256")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]any{
		"nonce": "n-1", "sub": "alice", "at_hash": half(got.AccessToken), "c_hash": half(a.Get("code")), "acr": "gold", fault.MarkClaim: true,
	} {
		if claims[name] != want {
			t.Errorf("%s is %v, not %v", name, claims[name], want)
		}
	}
	if claims["sid"] == nil || claims["auth_time"] == nil {
		t.Errorf("sid or auth_time is missing in %v", claims)
	}
	access, err := jwt.ParseSigned(got.AccessToken, []jose.SignatureAlgorithm{"RS256"})
	if err != nil || access.Headers[0].ExtraHeaders["typ"] != "at+jwt" {
		t.Errorf("the access token is none of RFC 9068: %v %v", access, err)
	}
	in := claimsOf(t, got.AccessToken)
	if in["client_id"] != idp.ClientID() || in["scope"] != "openid profile email" || in["aud"] != idp.Issuer() || in["nonce"] != nil {
		t.Errorf("access token %v", in)
	}
	var user map[string]any
	unmarshal(t, []byte(f.userinfo(got.AccessToken).body), &user)
	if user["sub"] != "alice" || user["name"] != "Alice" || user["email"] != "alice@example.test" {
		t.Errorf("userinfo %v", user)
	}
	again := f.token("grant_type", "refresh_token", "refresh_token", got.RefreshToken)
	renewed := claimsOf(t, again.IDToken)
	if renewed["nonce"] != nil || renewed["sub"] != "alice" || renewed["sid"] != claims["sid"] || renewed["auth_time"] != claims["auth_time"] || renewed["at_hash"] != half(again.AccessToken) {
		t.Errorf("a refreshed ID token says %v", renewed)
	}
	if again.RefreshToken == got.RefreshToken {
		t.Error("the refresh token was not replaced")
	}
	// Who uses a replaced refresh token ends it for both.
	if bad := f.token("grant_type", "refresh_token", "refresh_token", got.RefreshToken); bad.Error != "invalid_grant" {
		t.Errorf("%+v", bad)
	}
	if bad := f.token("grant_type", "refresh_token", "refresh_token", again.RefreshToken); bad.Error != "invalid_grant" {
		t.Errorf("%+v", bad)
	}
	if s := f.userinfo(again.AccessToken); s.status != 401 || !strings.Contains(s.header.Get("WWW-Authenticate"), `error="invalid_token"`) {
		t.Errorf("%+v", s)
	}
	for endpoint, n := range map[string]int{mockidp.Authorization: 1, mockidp.TokenEndpoint: 5, mockidp.UserInfo: 2} {
		if got := idp.Journal().Hits(endpoint); got != n {
			t.Errorf("%s was asked %d times by the journal's account, not %d", endpoint, got, n)
		}
	}
	asked := idp.FlowRequests()
	if len(asked) != 8 || asked[1].Form.Get("code_verifier") == "" || asked[1].Status != 400 || asked[2].Status != 200 || asked[0].Query.Get("nonce") != "n-1" {
		t.Errorf("%d requests: %+v", len(asked), asked)
	}
}

func TestACodeWorksOnceAndAMinute(t *testing.T) {
	idp := mockidp.Start(t)
	f := newFlow(t, idp)
	code := f.authorize().Get("code")
	first := f.redeem(code)
	if first.status != 200 {
		t.Fatalf("%+v", first)
	}
	if again := f.redeem(code); again.Error != "invalid_grant" {
		t.Errorf("twice: %+v", again)
	}
	if s := f.userinfo(first.AccessToken); s.status != 401 {
		t.Errorf("what came of the code is not revoked: %d", s.status)
	}
	code = f.authorize().Get("code")
	if err := idp.Advance(60e9); err != nil {
		t.Fatal(err)
	}
	if late := f.redeem(code); late.Error != "invalid_grant" {
		t.Errorf("after a minute: %+v", late)
	}
}

func TestResponseTypesAndModes(t *testing.T) {
	idp := mockidp.Start(t)
	f := newFlow(t, idp)
	for kind, members := range map[string]string{
		"code": "code", "id_token": "id_token", "id_token token": "access_token id_token", "token id_token": "access_token id_token",
		"code id_token": "code id_token", "code token": "code access_token", "code id_token token": "code access_token id_token",
	} {
		for _, mode := range []string{"", "query", "fragment", "form_post"} {
			s := f.get("/authorize", f.params("response_type", kind, "response_mode", mode))
			a := s.answer(t)
			inFragment := strings.Contains(s.header.Get("Location"), "#")
			if mode == "query" && kind != "code" {
				if a.Get("error") != "invalid_request" || !inFragment {
					t.Errorf("%s in a query: %v", kind, a)
				}
				continue
			}
			for _, name := range []string{"code", "access_token", "id_token"} {
				wanted := false
				for _, m := range strings.Fields(members) {
					wanted = wanted || m == name
				}
				if (a.Get(name) != "") != wanted {
					t.Errorf("%s %s: %s is %q", kind, mode, name, a.Get(name))
				}
			}
			if (s.status == 200) != (mode == "form_post") || inFragment != (mode == "fragment" || mode == "" && kind != "code") {
				t.Errorf("%s in mode %q: %d %s", kind, mode, s.status, s.header.Get("Location"))
			}
			if a.Get("state") != "st-1" {
				t.Errorf("%s %s: state %q", kind, mode, a.Get("state"))
			}
			if token := a.Get("id_token"); token != "" {
				claims, err := judge(idp, keySet(t, idp), token, "RS256")
				if err != nil {
					t.Fatal(err)
				}
				if c := a.Get("code"); c != "" && claims["c_hash"] != half(c) {
					t.Errorf("%s: c_hash %v", kind, claims["c_hash"])
				}
				if at := a.Get("access_token"); at != "" && claims["at_hash"] != half(at) {
					t.Errorf("%s: at_hash %v", kind, claims["at_hash"])
				}
				if claims["nonce"] != "n-1" || claims["s_hash"] != half("st-1") {
					t.Errorf("%s: %v", kind, claims)
				}
			}
		}
	}
	if a := f.authorize("response_type", "id_token", "nonce", ""); a.Get("error") != "invalid_request" {
		t.Errorf("without a nonce: %v", a)
	}
}

func TestTheAuthorizationEndpointRefuses(t *testing.T) {
	idp := mockidp.Start(t)
	f := newFlow(t, idp)
	for _, c := range []struct{ name, value, code string }{
		{"response_type", "", "invalid_request"}, {"response_type", "none", "unsupported_response_type"},
		{"scope", "profile", "invalid_scope"}, {"response_mode", "web_message", "invalid_request"},
		{"code_challenge", "short", "invalid_request"}, {"code_challenge_method", "S256", "invalid_request"},
		{"prompt", "none login", "invalid_request"}, {"max_age", "soon", "invalid_request"},
		{"request", "e30.e30.", "request_not_supported"}, {"request_uri", "https://rp.test/r", "request_uri_not_supported"},
	} {
		a := f.authorize(c.name, c.value)
		if a.Get("error") != c.code || a.Get("code") != "" || a.Get("state") != "st-1" || a.Get("iss") != idp.Issuer() {
			t.Errorf("%s=%s: %v", c.name, c.value, a)
		}
	}
	twice := f.params()
	twice.Add("nonce", "n-2")
	if a := f.get("/authorize", twice).answer(t); a.Get("error") != "invalid_request" {
		t.Errorf("a nonce twice: %v", a)
	}
	if a := f.authorize("prompt", "none"); a.Get("code") == "" {
		t.Errorf("prompt=none of somebody who is always signed in: %v", a)
	}
}

func TestVisitors(t *testing.T) {
	idp := mockidp.Start(t)
	f := newFlow(t, idp)
	mallory, err := idp.Visit(mockidp.Visit{
		Subject: "mallory", Alg: "ES256", Claims: fault.Object{{Name: "groups", Value: `["x"]`}},
		Faults: []fault.Fault{
			fault.SetClaim{Name: "email", Value: `"{nonce}"`},
			fault.Only{Of: "access-token", Do: fault.Some{Fault: fault.SetClaim{Name: "scope", Value: `"all"`}}},
			fault.After{N: 1, Do: fault.Some{Fault: fault.SetAnswer{Endpoint: "authorization", Name: "state", Value: `"other"`}}},
			fault.AnswerStatus{Endpoint: "userinfo", Status: 503},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	m := f.as(mallory)
	a := m.authorize()
	got := f.redeem(a.Get("code")) // the client has no cookie
	claims := claimsOf(t, got.IDToken)
	if claims["sub"] != "mallory" || claims["email"] != "n-1" || claims["groups"] == nil || a.Get("state") != "st-1" {
		t.Errorf("%v", claims)
	}
	if in := claimsOf(t, got.AccessToken); in["scope"] != "all" || in["email"] != nil || in["sub"] != "mallory" {
		t.Errorf("access token %v", in)
	}
	if s := f.userinfo(got.AccessToken); s.status != 503 {
		t.Errorf("userinfo answers %d", s.status)
	}
	if a := m.authorize(); a.Get("state") != "other" {
		t.Errorf("the second time: %v", a)
	}
	if a := f.authorize(); claimsOf(t, f.redeem(a.Get("code")).IDToken)["sub"] != "alice" || a.Get("state") != "st-1" {
		t.Error("others are treated alike")
	}
	ids := mallory.IDTokens()
	if len(ids) != 1 || ids[0].Kind != "code-id-token" || ids[0].Token != got.IDToken || ids[0].Alg != "ES256" || !idp.Vouches(ids[0]) {
		t.Errorf("%+v", ids)
	}
	for name, n := range map[string]int{"token.set-claim": 1, "answer.set": 1, "reply.answer-status": 1} {
		if got := mallory.Served(name); got != n {
			t.Errorf("%s was served %d times, not %d", name, got, n)
		}
	}
	asked := mallory.Requests()
	var where []string
	for _, r := range asked {
		where = append(where, r.Endpoint)
	}
	if strings.Join(where, " ") != "authorization token userinfo authorization" {
		t.Errorf("%v", where)
	}
	if err := mallory.Change(mockidp.Visit{IDToken: "a.b.c"}); err != nil {
		t.Fatal(err)
	}
	if got := f.redeem(m.authorize().Get("code")); got.IDToken != "a.b.c" {
		t.Errorf("%s", got.IDToken)
	}
	for _, bad := range []mockidp.Visit{
		{Alg: "RS255"}, {Faults: []fault.Fault{fault.DropMetadata{Name: "x"}}},
		{Faults: []fault.Fault{fault.AnswerStatus{Endpoint: "keyset", Status: 500}}}, {Faults: []fault.Fault{fault.SignAs{Key: "atacker"}}},
	} {
		if _, err := idp.Visit(bad); err == nil {
			t.Errorf("%+v was made", bad)
		}
	}
}

// TestALoginUnderOddIssuers goes through one where the issuer ends in a slash, has
// no path, or is served without TLS.
func TestALoginUnderOddIssuers(t *testing.T) {
	for name, c := range map[string]struct {
		cfg    mockidp.Config
		tenant mockidp.TenantConfig
	}{
		"a slash":     {mockidp.Config{Memory: true}, mockidp.TenantConfig{Slash: true}},
		"without TLS": {mockidp.Config{Plain: true}, mockidp.TenantConfig{}},
		"no path":     {mockidp.Config{Memory: true}, mockidp.TenantConfig{Issuer: "https://idp.rogueidp.test"}},
		"encrypted":   {mockidp.Config{Memory: true}, mockidp.TenantConfig{Encrypted: true}},
		"by a secret": {mockidp.Config{Memory: true}, mockidp.TenantConfig{Algs: []string{"HS256"}}},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := mockidp.New(c.cfg)
			if err != nil {
				t.Fatal(err)
			}
			defer p.Close()
			idp, err := p.Tenant(c.tenant)
			if err != nil {
				t.Fatal(err)
			}
			v, err := idp.Visit(mockidp.Visit{Subject: "bob"})
			if err != nil {
				t.Fatal(err)
			}
			var metadata map[string]any
			f := newFlow(t, idp)
			base := strings.TrimSuffix(idp.Issuer(), "/")
			unmarshal(t, fetch(t, idp.Client(), base+"/.well-known/openid-configuration"), &metadata)
			if metadata["token_endpoint"] != base+"/token" {
				t.Errorf("%v", metadata)
			}
			r, err := http.NewRequest("GET", metadata["authorization_endpoint"].(string)+"?"+f.params().Encode(), nil)
			if err != nil {
				t.Fatal(err)
			}
			a := f.as(v).do(r, nil).answer(t)
			form := url.Values{"grant_type": {"authorization_code"}, "code": {a.Get("code")}, "redirect_uri": {callback}, "client_id": {idp.ClientID()}, "client_secret": {idp.ClientSecret()}}
			r, err = http.NewRequest("POST", metadata["token_endpoint"].(string), strings.NewReader(form.Encode()))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			got := jsonOf(t, f.do(r, nil))
			ids := v.IDTokens()
			if len(ids) != 1 || ids[0].Token != got["id_token"] || !idp.Vouches(ids[0]) {
				t.Fatalf("%v", got)
			}
			if sub, _ := ids[0].Claim("sub"); sub != `"bob"` {
				t.Errorf("%s", sub)
			}
			if parts := strings.Count(ids[0].Token, ".") + 1; (parts == 5) != c.tenant.Encrypted {
				t.Errorf("an ID token of %d parts", parts)
			}
		})
	}
}
