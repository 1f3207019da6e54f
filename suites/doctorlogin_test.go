package suites

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/rogueidp/rogueidp/suites/relyingparty"
	"github.com/rogueidp/rogueidp/suites/target"
)

// Of a relying party that is set up wrongly in one way, the doctor names that way
// and no other.
func TestTheDoctorAtALogin(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		// config changes how the relying party is configured, page where it is looked for.
		config func(*relyingparty.Config)
		page   func(url string) string
		cause  Cause
		says   string
	}{
		"nothing": {nil, nil, "", ""},
		"the login page is another": {
			nil, func(url string) string { return strings.TrimSuffix(url, "/login") + "/" },
			NoLogin, "name the URL at which a sign-in begins",
		},
		"the login page leads in a circle": {
			nil, func(string) string {
				s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/login", http.StatusFound) }))
				t.Cleanup(s.Close)
				return "login:" + s.URL + "/login"
			},
			NoLogin, "name the URL at which a sign-in begins",
		},
		"the login page is of another provider": {
			nil, func(string) string {
				s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					http.Redirect(w, r, "https://sso.invalid/realms/mine/authorize?client_id=c&redirect_uri=https%3A%2F%2Fapp.invalid%2Fcb&response_type=code", http.StatusFound)
				}))
				t.Cleanup(s.Close)
				return "login:" + s.URL + "/login"
			},
			OtherIssuer, "its login page leads to https://sso.invalid/realms/mine, and the provider's issuer is https://localhost:",
		},
		"the port is wrong": {
			nil, func(string) string { return "login:http://127.0.0.1:" + freePort(t) + "/login" },
			NoTarget, "nobody listens at 127.0.0.1:",
		},
		"the issuer is wrong": {
			func(c *relyingparty.Config) { c.Registrations[0].Issuer += "s" }, nil,
			OtherIssuer, "/idps, and the provider's is https://localhost:",
		},
		"the issuer ends in a slash": {
			func(c *relyingparty.Config) { c.Registrations[0].Issuer += "/" }, nil,
			OtherSlash, "differ in the slash at the end: configure it to that very text",
		},
		"it does not know the authority": {
			func(c *relyingparty.Config) { c.Transport = &http.Transport{} }, nil,
			UnknownCA, "it does not trust the provider's certificate",
		},
		"it asks over HTTP": {
			func(c *relyingparty.Config) { c.Transport = plainly{} }, nil,
			PlainHTTP, "it speaks HTTP to a provider that speaks HTTPS",
		},
		"it does not see the host": {
			func(c *relyingparty.Config) { c.Transport = nowhere() }, nil,
			NoProvider, "it does not reach the provider at https://localhost:",
		},
		"the client is another": {
			func(c *relyingparty.Config) { c.Registrations[0].ClientID = "another-client" }, nil,
			OtherClient, `it is configured for client "another-client", and the provider's is "My-api"`,
		},
		"the secret is another": {
			func(c *relyingparty.Config) { c.Registrations[0].ClientSecret = strings.Repeat("x", 32) }, nil,
			OtherClient, "the token endpoint answered 401: check its client secret",
		},
		"its clock is ahead": {
			func(c *relyingparty.Config) { c.Now = func() time.Time { return clock().Add(20 * time.Minute) } }, nil,
			ClockOff, "its clock is ahead of ours by more than its leeway",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := healthy(t)
			a.spec = a.party(t, c.config)
			if c.page != nil {
				a.spec = c.page(a.spec)
			}
			found, err := Examine(t.Context(), a.spec, a.reach, a.o)
			if err != nil {
				t.Fatal(err)
			}
			namesOnly(t, found, c.cause, c.says)
		})
	}
}

// party starts a relying party in place of the API, and says how it is spelled.
func (a *ailing) party(t *testing.T, change func(*relyingparty.Config)) string {
	t.Helper()
	s := httptest.NewUnstartedServer(nil)
	base := "http://" + s.Listener.Addr().String()
	c := relyingparty.Config{BaseURL: base, Transport: a.tls, Registrations: []relyingparty.Registration{
		{Issuer: a.o.Fixed.Issuer, ClientID: a.o.Fixed.ClientID, ClientSecret: a.o.Fixed.ClientSecret},
	}}
	if change != nil {
		change(&c)
	}
	p, err := relyingparty.New(c)
	if err != nil {
		t.Fatal(err)
	}
	s.Config.Handler = p
	s.Start()
	t.Cleanup(s.Close)
	a.reach.Login = target.Login{Home: "/", Identity: target.Identity{JSON: "sub"}, Supports: []string{"state", "nonce", "pkce", "userinfo"}}
	return "login:" + base + "/login"
}
