package mockidp_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/mockidp/fault"
)

// register registers a client.
func (f *flow) register(metadata string) said {
	f.t.Helper()
	r, err := http.NewRequest("POST", f.idp.Issuer()+"/register", strings.NewReader(metadata))
	if err == nil {
		r.Header.Set("Content-Type", "application/json")
	}
	return f.do(r, err)
}

func TestDynamicClients(t *testing.T) {
	idp := mockidp.Start(t)
	f := newFlow(t, idp)
	s := f.register(`{"redirect_uris":["` + callback + `"],"token_endpoint_auth_method":"client_secret_post","grant_types":["authorization_code"],"id_token_signed_response_alg":"ES256","userinfo_signed_response_alg":"ES256","x":1}`)
	made := jsonOf(t, s)
	id, secret := made["client_id"].(string), made["client_secret"].(string)
	if s.status != 201 || id == "" || secret == "" || made["client_secret_expires_at"] != 0.0 {
		t.Fatalf("%d %s", s.status, s.body)
	}
	code := f.authorize("client_id", id).Get("code")
	redeem := func(change ...func(*http.Request)) said {
		form := url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {callback}}
		if change == nil {
			form.Set("client_id", id)
			form.Set("client_secret", secret)
		}
		return f.post("/token", form, change...)
	}
	if bad := redeem(f.basic); jsonOf(t, bad)["error"] != "invalid_grant" {
		t.Errorf("another client redeems the code: %s", bad.body)
	}
	if bad := redeem(func(r *http.Request) { r.SetBasicAuth(id, secret) }); bad.status != 401 || !strings.HasPrefix(bad.header.Get("WWW-Authenticate"), "Basic") {
		t.Errorf("a method that is not registered: %d %s", bad.status, bad.body)
	}
	got := jsonOf(t, redeem())
	if got["id_token"] == nil || got["refresh_token"] != nil {
		t.Fatalf("%v", got)
	}
	parsed, err := jwt.ParseSigned(got["id_token"].(string), []jose.SignatureAlgorithm{"ES256"})
	if err != nil {
		t.Fatal(err)
	}
	var claims jwt.Claims
	if err := parsed.Claims(keySet(t, idp), &claims); err != nil || !claims.Audience.Contains(id) {
		t.Errorf("%v %v", claims, err)
	}
	user := f.userinfo(got["access_token"].(string))
	if user.header.Get("Content-Type") != "application/jwt" {
		t.Fatalf("%v %s", user.header, user.body)
	}
	signed, err := jwt.ParseSigned(user.body, []jose.SignatureAlgorithm{"ES256"})
	if err != nil {
		t.Fatal(err)
	}
	if err := signed.Claims(keySet(t, idp), &claims); err != nil || claims.Subject != "alice" || claims.Issuer != idp.Issuer() || !claims.Audience.Contains(id) {
		t.Errorf("%+v %v", claims, err)
	}
	for metadata, code := range map[string]string{
		`{}`: "invalid_redirect_uri", `[]`: "invalid_client_metadata", `{"redirect_uris":["https://evil.test/cb"]}`: "invalid_redirect_uri",
		`{"redirect_uris":["http://127.0.0.1/#x"]}`:                                                            "invalid_redirect_uri",
		`{"redirect_uris":["` + callback + `"],"grant_types":["password"]}`:                                    "invalid_client_metadata",
		`{"redirect_uris":["` + callback + `"],"id_token_signed_response_alg":"none"}`:                         "invalid_client_metadata",
		`{"redirect_uris":["` + callback + `"],"token_endpoint_auth_method":"private_key_jwt"}`:                "invalid_client_metadata",
		`{"redirect_uris":["` + callback + `"],"token_endpoint_auth_method":"tls_client_auth"}`:                "invalid_client_metadata",
		`{"redirect_uris":["` + callback + `"],"backchannel_logout_uri":"https://internal.test/"}`:             "invalid_redirect_uri",
		`{"redirect_uris":["` + callback + `"],"post_logout_redirect_uris":["ftp://127.0.0.1/"]}`:              "invalid_redirect_uri",
		`{"redirect_uris":["` + callback + `"],"response_types":["device"]}`:                                   "invalid_client_metadata",
		`{"redirect_uris":["` + callback + `"],"redirect_uris":7}`:                                             "invalid_client_metadata",
		`{"redirect_uris":["` + callback + `"],"client_name":"` + strings.Repeat("x", 1<<20) + `"}`:            "invalid_request",
		`{"redirect_uris":["` + callback + `"],"userinfo_signed_response_alg":"HS256"}`:                        "invalid_client_metadata",
		`{"redirect_uris":["` + callback + `"],"jwks_uri":"x","token_endpoint_auth_method":"private_key_jwt"}`: "invalid_client_metadata",
	} {
		if s := f.register(metadata); s.status < 400 || s.status >= 500 || jsonOf(t, s)["error"] != code {
			t.Errorf("%.120s: %d %s", metadata, s.status, s.body)
		}
	}
}

// assertion is a client assertion, changed as a test wants it.
func assertion(t *testing.T, key *ecdsa.PrivateKey, claims jwt.Claims) string {
	t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: key, KeyID: "k1"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	text, err := jwt.Signed(signer).Claims(claims).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestPrivateKeyJWT(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	other, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	set, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key.Public(), KeyID: "k1", Algorithm: "ES256", Use: "sig"}}})
	if err != nil {
		t.Fatal(err)
	}
	idp := mockidp.Start(t, mockidp.TenantConfig{ClientID: "app", ClientJWKS: set})
	f := newFlow(t, idp)
	now := idp.Clock().Now()
	good := func() jwt.Claims {
		return jwt.Claims{Issuer: "app", Subject: "app", Audience: jwt.Audience{idp.Issuer()}, Expiry: jwt.NewNumericDate(now.Add(time.Minute)), ID: "j-1"}
	}
	ask := func(key *ecdsa.PrivateKey, claims jwt.Claims) map[string]any {
		return jsonOf(t, f.post("/token", url.Values{
			"grant_type": {"client_credentials"}, "scope": {"api"}, "client_assertion": {assertion(t, key, claims)},
			"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
		}))
	}
	got := ask(key, good())
	if in := claimsOf(t, got["access_token"].(string)); in["sub"] != "app" || in["scope"] != "api" || got["id_token"] != nil || got["refresh_token"] != nil {
		t.Errorf("%v", got)
	}
	if again := ask(key, good()); again["error"] != "invalid_client" {
		t.Errorf("the same assertion twice: %v", again)
	}
	for name, change := range map[string]func(*jwt.Claims){
		"iss": func(c *jwt.Claims) { c.Issuer = "nobody" }, "sub": func(c *jwt.Claims) { c.Subject = "other" },
		"aud": func(c *jwt.Claims) { c.Audience = jwt.Audience{"https://other.test"} }, "exp": func(c *jwt.Claims) { c.Expiry = jwt.NewNumericDate(now.Add(-time.Second)) },
		"no exp": func(c *jwt.Claims) { c.Expiry = nil }, "no jti": func(c *jwt.Claims) { c.ID = "" }, "far exp": func(c *jwt.Claims) { c.Expiry = jwt.NewNumericDate(now.Add(48 * time.Hour)) },
	} {
		c := good()
		c.ID = "j-" + name
		change(&c)
		if name == "no jti" {
			c.ID = ""
		}
		if got := ask(key, c); got["error"] != "invalid_client" {
			t.Errorf("%s: %v", name, got)
		}
	}
	c := good()
	c.ID = "j-other"
	if got := ask(other, c); got["error"] != "invalid_client" {
		t.Errorf("another key: %v", got)
	}
}

func TestClientAuthentication(t *testing.T) {
	idp := mockidp.Start(t)
	f := newFlow(t, idp)
	own := url.Values{"grant_type": {"client_credentials"}}
	with := func(pairs ...string) url.Values {
		v := url.Values{"grant_type": {"client_credentials"}}
		for i := 0; i < len(pairs); i += 2 {
			v.Set(pairs[i], pairs[i+1])
		}
		return v
	}
	for name, c := range map[string]struct {
		form   url.Values
		change func(*http.Request)
		status int
	}{
		"basic":         {own, f.basic, 200},
		"post":          {with("client_id", idp.ClientID(), "client_secret", idp.ClientSecret()), func(*http.Request) {}, 200},
		"another":       {own, func(r *http.Request) { r.SetBasicAuth(idp.ClientID(), "x") }, 401},
		"nobody":        {own, func(r *http.Request) { r.SetBasicAuth("nobody", "x") }, 401},
		"nothing":       {with("client_id", idp.ClientID()), func(*http.Request) {}, 401},
		"both":          {with("client_id", idp.ClientID(), "client_secret", idp.ClientSecret()), f.basic, 400},
		"bearer":        {own, func(r *http.Request) { r.Header.Set("Authorization", "Bearer x") }, 401},
		"no assertion":  {with("client_assertion", "x", "client_assertion_type", "y"), func(*http.Request) {}, 400},
		"another name":  {with("client_id", "other"), f.basic, 400},
		"unknown grant": {with("grant_type", "password"), f.basic, 400},
	} {
		if s := f.post("/token", c.form, c.change); s.status != c.status {
			t.Errorf("%s: %d %s", name, s.status, s.body)
		}
	}
	public := mockidp.Start(t, mockidp.TenantConfig{PublicClient: true})
	g := newFlow(t, public)
	if a := g.authorize(); a.Get("error") != "invalid_request" {
		t.Errorf("a public client without PKCE: %v", a)
	}
	challenge := strings.Repeat("c", 43)
	code := g.authorize("code_challenge", challenge).Get("code")
	s := g.post("/token", url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {callback}, "client_id": {public.ClientID()}, "code_verifier": {challenge}})
	if s.status != 200 {
		t.Errorf("%d %s", s.status, s.body)
	}
	if s := g.post("/token", with("client_id", public.ClientID())); jsonOf(t, s)["error"] != "unauthorized_client" {
		t.Errorf("%s", s.body)
	}
	// A verifier without a challenge tells of a downgrade.
	code = f.authorize().Get("code")
	if got := f.redeem(code, "code_verifier", challenge); got.Error != "invalid_grant" {
		t.Errorf("%+v", got)
	}
	if got := f.redeem(code, "redirect_uri", callback+"/"); got.Error != "invalid_grant" {
		t.Errorf("%+v", got)
	}
}

func TestUserInfoAndIntrospection(t *testing.T) {
	idp := mockidp.Start(t, mockidp.TenantConfig{OpaqueAccessTokens: true})
	f := newFlow(t, idp)
	got := f.redeem(f.authorize("scope", "openid email").Get("code"))
	if strings.Contains(got.AccessToken, ".") {
		t.Errorf("the access token is no opaque one: %s", got.AccessToken)
	}
	post := f.post("/userinfo", url.Values{"access_token": {got.AccessToken}})
	if user := jsonOf(t, post); user["sub"] != "alice" || user["email"] == nil || user["name"] != nil {
		t.Errorf("%v", user)
	}
	if s := f.post("/userinfo", url.Values{"access_token": {got.AccessToken}}, func(r *http.Request) { r.Header.Set("Authorization", "Bearer x") }); s.status != 400 {
		t.Errorf("two tokens: %d", s.status)
	}
	if s := f.get("/userinfo", url.Values{"access_token": {got.AccessToken}}); s.status != 401 || s.header.Get("WWW-Authenticate") != `Bearer realm="rogueidp"` {
		t.Errorf("a token in the query: %d %v", s.status, s.header)
	}
	machine := f.token("grant_type", "client_credentials", "scope", "api")
	if s := f.userinfo(machine.AccessToken); s.status != 403 || !strings.Contains(s.header.Get("WWW-Authenticate"), "insufficient_scope") {
		t.Errorf("a client's own token: %d", s.status)
	}
	look := func(token string) map[string]any {
		return jsonOf(t, f.post("/introspect", url.Values{"token": {token}}, f.basic))
	}
	if in := look(got.AccessToken); in["active"] != true || in["sub"] != "alice" || in["client_id"] != idp.ClientID() || in["scope"] != "openid email" || in["token_type"] != "Bearer" {
		t.Errorf("%v", in)
	}
	if in := look(got.RefreshToken); in["active"] != true {
		t.Errorf("%v", in)
	}
	if in := look("nothing"); in["active"] != false || len(in) != 1 {
		t.Errorf("%v", in)
	}
	if s := f.post("/introspect", url.Values{"token": {got.AccessToken}}); s.status != 401 {
		t.Errorf("without a client: %d", s.status)
	}
	if err := idp.Advance(5 * time.Minute); err != nil {
		t.Fatal(err)
	}
	if in := look(got.AccessToken); in["active"] != false || len(in) != 1 {
		t.Errorf("expired: %v", in)
	}
	if s := f.userinfo(got.AccessToken); s.status != 401 {
		t.Errorf("expired: %d", s.status)
	}
}

func TestTheEndOfASession(t *testing.T) {
	heard := make(chan url.Values, 4)
	rp := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		heard <- r.PostForm
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, "no")
	}))
	defer rp.Close()
	idp := mockidp.Start(t, mockidp.TenantConfig{BackChannelLogoutURI: rp.URL + "/out"})
	f := newFlow(t, idp)
	v, err := idp.Visit(mockidp.Visit{Subject: "bob"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := v.LogoutToken(); err == nil {
		t.Error("a logout token before a sign-in")
	}
	b := f.as(v)
	got := f.redeem(b.authorize().Get("code"))
	m, err := v.LogoutToken()
	if err != nil {
		t.Fatal(err)
	}
	out, in := claimsOf(t, m.Token), claimsOf(t, got.IDToken)
	if m.Kind != "logout-token" || !idp.Vouches(m) || out["sub"] != "bob" || out["sid"] != in["sid"] || out["nonce"] != nil || out["events"] == nil || out["exp"].(float64)-out["iat"].(float64) != 120 {
		t.Errorf("%+v %v", m, out)
	}
	if bent, err := v.LogoutToken(fault.DropClaim{Name: "events"}); err != nil || claimsOf(t, bent.Token)["events"] != nil {
		t.Errorf("%v %v", bent, err)
	}
	a, err := idp.PostLogout(t.Context(), rp.URL+"/out", m.Token)
	if err != nil || a.Status != 400 || string(a.Body) != "no" || (<-heard).Get("logout_token") != m.Token {
		t.Errorf("%+v %v", a, err)
	}
	if _, err := idp.PostLogout(t.Context(), "https://elsewhere.test/", m.Token); err == nil || !strings.Contains(err.Error(), "configure it") {
		t.Error(err)
	}
	s := b.get("/end_session", url.Values{"id_token_hint": {got.IDToken}, "post_logout_redirect_uri": {callback}, "state": {"s"}})
	if s.status != 303 || s.header.Get("Location") != callback+"?state=s" {
		t.Errorf("%d %v", s.status, s.header)
	}
	if token := (<-heard).Get("logout_token"); claimsOf(t, token)["sid"] != in["sid"] {
		t.Error("the client does not hear of the logout")
	}
	for _, bad := range []url.Values{
		{"id_token_hint": {"x.y.z"}, "post_logout_redirect_uri": {callback}}, {"post_logout_redirect_uri": {callback}},
		{"id_token_hint": {got.IDToken}, "post_logout_redirect_uri": {"https://evil.test"}}, {"id_token_hint": {got.IDToken}, "client_id": {"other"}},
	} {
		if s := f.get("/end_session", bad); s.status != 400 || s.header.Get("Location") != "" {
			t.Errorf("%v: %d %v", bad, s.status, s.header)
		}
	}
}
