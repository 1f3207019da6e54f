package mockidp

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/rogueidp/rogueidp/mockidp/fault"
)

// FuzzFlow sends anything to the login endpoints of an honest provider: nothing
// breaks, and nobody is led off this machine.
func FuzzFlow(f *testing.F) {
	p, err := New(Config{Memory: true})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { p.Close() })
	open := func(cfg TenantConfig) *Tenant {
		cfg.ClientID, cfg.ClientSecret, cfg.Algs = "app", strings.Repeat("s", 32), []string{"ES256"}
		t, err := p.Tenant(cfg)
		if err != nil {
			f.Fatal(err)
		}
		return t
	}
	tenants := []*Tenant{open(TenantConfig{}), open(TenantConfig{LoginForm: true, RedirectURIs: []string{"http://127.0.0.1/cb"}}), open(TenantConfig{PublicClient: true, OpaqueAccessTokens: true})}
	for _, seed := range []struct{ query, body, header string }{
		{"client_id=app&redirect_uri=http%3A%2F%2F127.0.0.1%2Fcb&response_type=code+id_token&scope=openid&nonce=n&state=%00", "", ""},
		{"client_id=app&redirect_uri=http%3A%2F%2F127.0.0.1%2Fcb&response_type=code&scope=openid&response_mode=form_post&acr_values=%22&max_age=99999999999", "", ""},
		{"", "grant_type=client_credentials&client_id=app&client_secret=" + strings.Repeat("s", 32), ""},
		{"", "grant_type=authorization_code&code=x&client_assertion=a.b.c&client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer", ""},
		{"", "grant_type=refresh_token&refresh_token=x", "Basic YXBwOnM="}, {"", "token=x", "Basic "}, {"", "access_token=x", "Bearer  "},
		{"", `{"redirect_uris":["http://127.0.0.1/cb"],"jwks":{"keys":[{}]},"token_endpoint_auth_method":"private_key_jwt"}`, "json"},
		{"id_token_hint=a.b.c&post_logout_redirect_uri=http%3A%2F%2F[::1]%2F&client_id=app", "", ""}, {"%zz;", "%zz", "x"},
		{"", "ticket=x&subject=%00", ""},
	} {
		for which := range byte(8) {
			f.Add(which, seed.query, seed.body, seed.header)
		}
	}
	endpoints := fault.FlowEndpoints()
	f.Fuzz(func(t *testing.T, which byte, query, body, header string) {
		idp := tenants[int(which)%len(tenants)]
		path := approvePath
		if i := int(which) / len(tenants) % (len(endpoints) + 1); i < len(endpoints) {
			path = flowPaths[endpoints[i]]
		}
		method := http.MethodGet
		if body != "" {
			method = http.MethodPost
		}
		r := httptest.NewRequest(method, idp.Issuer()+path, strings.NewReader(body))
		r.URL.RawQuery = query
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if header != "" && !strings.ContainsAny(header, "\r\n") {
			r.Header.Set("Authorization", header)
		}
		w := httptest.NewRecorder()
		idp.ServeHTTP(w, r)
		if w.Code >= http.StatusInternalServerError || w.Code < http.StatusOK {
			t.Fatalf("%s %s?%s %s is answered with %d %s", method, path, query, body, w.Code, w.Body)
		}
		for name, values := range w.Header() {
			if slices.ContainsFunc(values, func(v string) bool { return strings.ContainsAny(v, "\r\n") }) {
				t.Fatalf("the header %s has two lines: %q", name, values)
			}
		}
		if to := w.Header().Get("Location"); to != "" {
			if u, err := url.Parse(to); err != nil || !onLoopback(strings.TrimSuffix(u.Scheme+"://"+u.Host, "/")) {
				t.Fatalf("%s?%s leads to %q: %v", path, query, to, err)
			}
		}
	})
}
