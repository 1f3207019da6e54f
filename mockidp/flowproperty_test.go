package mockidp_test

import (
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/mockidp/fault"
)

// leadsTo is every place to which an answer would take a browser.
func leadsTo(w *httptest.ResponseRecorder) []string {
	var places []string
	if to := w.Header().Get("Location"); to != "" {
		places = append(places, to)
	}
	for _, m := range regexp.MustCompile(`(?:action|href|src)="([^"]*)"`).FindAllStringSubmatch(w.Body.String(), -1) {
		places = append(places, html.UnescapeString(m[1]))
	}
	return places
}

// TestNobodyIsLedAstray: whatever is asked for, a browser is sent to a URI that the
// client registered, letter for letter, or nowhere (RFC 9700 section 4.11.2).
func TestNobodyIsLedAstray(t *testing.T) {
	registered := []string{"https://app.example/cb", "https://app.example/cb?tenant=1", "http://127.0.0.1:8080/back"}
	strict := mockidp.Start(t, mockidp.TenantConfig{Algs: []string{"ES256"}, ClientID: "app", RedirectURIs: registered, PostLogoutRedirectURIs: registered})
	loose := mockidp.Start(t, mockidp.TenantConfig{Algs: []string{"ES256"}, ClientID: "app"})
	form := mockidp.Start(t, mockidp.TenantConfig{Algs: []string{"ES256"}, ClientID: "app", RedirectURIs: registered, LoginForm: true})
	odd := []string{
		"https://evil.test/cb", "//evil.test/cb", "https:evil.test", "javascript:alert(1)", "data:text/html,x", "https://app.example@evil.test/cb",
		"https://app.example.evil.test/cb", "https://app.example/cb/../x", "https://app.example/cb#x", "http://127.0.0.1@evil.test/", "http://localhost.evil.test/",
		"http://127.0.0.1\\@evil.test/", "http://[::1]:80/ok", "http://localhost:1/x", "", "http://127.0.0.1.evil.test", " http://127.0.0.1/", "http://127.0.0.1/\r\nX: y",
		"http://%31%32%37.0.0.1/", "http://evil.test#@127.0.0.1/", "http://evil.test?@127.0.0.1/",
	}
	rapid.Check(t, func(rt *rapid.T) {
		idp := rapid.SampledFrom([]*mockidp.Tenant{strict, loose, form}).Draw(rt, "tenant")
		to := rapid.OneOf(
			rapid.SampledFrom(registered), rapid.SampledFrom(odd), rapid.StringN(0, 40, 80),
			rapid.Custom(func(rt *rapid.T) string {
				return fault.Respell(rapid.SampledFrom(registered).Draw(rt, "uri"), rapid.SampledFrom(fault.Respellings()).Draw(rt, "how"))
			}),
		).Draw(rt, "to")
		word := func(name string, words ...string) string { return rapid.SampledFrom(words).Draw(rt, name) }
		path, name := "/authorize", "redirect_uri"
		if rapid.Bool().Draw(rt, "leaving") {
			path, name = "/end_session", "post_logout_redirect_uri"
		}
		v := url.Values{
			"client_id": {word("client", "app", "app", "nobody", "")}, name: {to}, "scope": {word("scope", "openid", "", "x")},
			"response_type": {word("type", "code", "id_token", "code token", "none", "")}, "response_mode": {word("mode", "", "query", "fragment", "form_post", "x")},
			"nonce": {"n"}, "state": {rapid.String().Draw(rt, "state")}, "prompt": {word("prompt", "", "none", "login")}, "id_token_hint": {word("hint", "", "", "x.y.z")},
		}
		r := httptest.NewRequest("GET", idp.Issuer()+path+"?"+v.Encode(), nil)
		w := httptest.NewRecorder()
		idp.ServeHTTP(w, r)
		for _, place := range leadsTo(w) {
			if strings.HasSuffix(place, "/authorize/approve") && !strings.Contains(place, "//") {
				continue // the login page itself
			}
			base := place
			allowed := slices.ContainsFunc(registered, func(uri string) bool {
				rest, ok := strings.CutPrefix(base, uri)
				return ok && to == uri && (rest == "" || strings.ContainsAny(rest[:1], "?#&"))
			})
			if idp == loose {
				u, err := url.Parse(place)
				allowed = err == nil && slices.Contains([]string{"127.0.0.1", "localhost", "::1"}, u.Hostname()) && strings.HasPrefix(place, to)
			}
			if !allowed {
				rt.Fatalf("%s %q leads to %q", name, to, place)
			}
		}
		if len(w.Header()["X"]) > 0 || w.Code >= 500 {
			rt.Fatalf("%d %v", w.Code, w.Header())
		}
	})
}

// TestACodeWorksOnceHoweverManyCome lets many redeem one code at once.
func TestACodeWorksOnceHoweverManyCome(t *testing.T) {
	idp := mockidp.Start(t, mockidp.TenantConfig{Algs: []string{"ES256"}})
	f := newFlow(t, idp)
	for range 10 {
		code := f.authorize().Get("code")
		var wg sync.WaitGroup
		var mu sync.Mutex
		won := 0
		for range 8 {
			wg.Go(func() {
				form := url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {callback}}
				r := httptest.NewRequest("POST", idp.Issuer()+"/token", strings.NewReader(form.Encode()))
				r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				f.basic(r)
				w := httptest.NewRecorder()
				idp.ServeHTTP(w, r)
				mu.Lock()
				defer mu.Unlock()
				if w.Code == http.StatusOK {
					won++
				}
			})
		}
		wg.Wait()
		if won != 1 {
			t.Fatalf("one code was redeemed %d times", won)
		}
	}
}
