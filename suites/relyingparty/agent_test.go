package relyingparty_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/suites/relyingparty"
)

// A site is a relying party that listens, and the issuers that it is registered
// with.
type site struct {
	t    *testing.T
	base string
	idp  *mockidp.Tenant // the first
	idps []*mockidp.Tenant
}

// open starts a party of a kind, registered with so many issuers.
func open(t *testing.T, setup, weakness string, issuers int) *site {
	t.Helper()
	var party *relyingparty.Party
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { party.ServeHTTP(w, r) }))
	t.Cleanup(server.Close)
	s := &site{t: t, base: server.URL}
	c := relyingparty.Config{BaseURL: server.URL, Weakness: weakness}
	for i := range issuers {
		idp := mockidp.Start(t)
		if s.idp == nil {
			s.idp, c.Transport = idp, idp.Client().Transport
		} else if another, err := s.idp.Provider().Tenant(mockidp.TenantConfig{}); err != nil {
			t.Fatal(err)
		} else {
			idp = another
		}
		s.idps = append(s.idps, idp)
		r, err := relyingparty.Setup(setup, relyingparty.Registration{Issuer: idp.Issuer(), ClientID: "to be told", ClientSecret: "to be told"})
		if err != nil {
			t.Fatal(err)
		}
		c.Registrations = append(c.Registrations, s.registered(idp, i, r))
	}
	var err error
	if party, err = relyingparty.New(c); err != nil {
		t.Fatal(err)
	}
	return s
}

// registered makes the party a client of an issuer (OpenID Connect Dynamic Client
// Registration, 3).
func (s *site) registered(idp *mockidp.Tenant, i int, r relyingparty.Registration) relyingparty.Registration {
	s.t.Helper()
	callback := s.base + "/callback"
	if i > 0 {
		callback = s.base + "/callback/2"
	}
	ask := map[string]any{
		"redirect_uris": []string{callback}, "post_logout_redirect_uris": []string{s.base + "/signed-out"},
		"grant_types": []string{"authorization_code", "refresh_token", "implicit"}, "backchannel_logout_uri": s.base + "/backchannel",
	}
	for name, value := range map[string]string{"token_endpoint_auth_method": r.Auth, "userinfo_signed_response_alg": r.SignedUserInfo} {
		if value != "" {
			ask[name] = value
		}
	}
	if r.ResponseType != "" {
		ask["response_types"] = []string{r.ResponseType}
	}
	if r.Key != nil {
		ask["jwks"] = jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: r.Key.Public(), KeyID: "relyingparty", Algorithm: "ES256", Use: "sig"}}}
	}
	text, err := json.Marshal(ask)
	if err != nil {
		s.t.Fatal(err)
	}
	answer, err := idp.Client().Post(idp.Issuer()+"/register", "application/json", bytes.NewReader(text))
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	var told struct {
		ID     string `json:"client_id"`
		Secret string `json:"client_secret"`
	}
	body, err := io.ReadAll(answer.Body)
	if err != nil || json.Unmarshal(body, &told) != nil || answer.StatusCode != http.StatusCreated {
		s.t.Fatalf("%s: %s %v", answer.Status, body, err)
	}
	r.ClientID, r.ClientSecret = told.ID, told.Secret
	return r
}

// visitor lets an issuer know of somebody.
func (s *site) visitor(idp *mockidp.Tenant, v mockidp.Visit) *mockidp.Visitor {
	s.t.Helper()
	one, err := idp.Visit(v)
	if err != nil {
		s.t.Fatal(err)
	}
	return one
}

// An agent is a browser without a screen: it keeps cookies, follows redirects,
// posts the forms that post themselves, and brings fragments as the party's own
// script does.
type agent struct {
	t    *testing.T
	http *http.Client
	// halt stops before a request is made of the party's callback.
	halt bool
}

// agent is a browser by which issuers know somebody.
func (s *site) agent(as ...*mockidp.Visitor) *agent {
	s.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	for i, one := range as {
		u, err := url.Parse(s.idps[i].Issuer())
		if err != nil {
			s.t.Fatal(err)
		}
		jar.SetCookies(u, []*http.Cookie{one.Cookie()})
	}
	c := s.idp.Client()
	c.Jar = jar
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &agent{t: s.t, http: c}
}

// A view is the page on which an agent ends up.
type view struct {
	status int
	url    *url.URL
	body   string
	header http.Header
}

// user is who the page says is signed in.
func (v view) user() string {
	found := regexp.MustCompile(`<span id="user">([^<]*)</span>`).FindStringSubmatch(v.body)
	if found == nil {
		return ""
	}
	return found[1]
}

var (
	formAction = regexp.MustCompile(`<form[^>]* action="([^"]*)"`)
	formInput  = regexp.MustCompile(`name="([^"]*)" value="([^"]*)"`)
)

func (a *agent) get(address string) view {
	a.t.Helper()
	r, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		a.t.Fatal(err)
	}
	return a.follow(r)
}

// follow goes on until a page stays where it is.
func (a *agent) follow(r *http.Request) view {
	a.t.Helper()
	for range 20 {
		if a.halt && strings.HasPrefix(r.URL.Path, "/callback") {
			return view{url: r.URL}
		}
		answer, err := a.http.Do(r)
		if err != nil {
			a.t.Fatal(err)
		}
		body, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil {
			a.t.Fatal(err)
		}
		seen := view{answer.StatusCode, r.URL, string(body), answer.Header}
		if r = next(seen); r == nil {
			return seen
		}
	}
	a.t.Fatal("the agent goes round in circles")
	return view{}
}

// next is where a page leads by itself; nil if it stays.
func next(v view) *http.Request {
	if to := v.header.Get("Location"); to != "" {
		u, err := v.url.Parse(to)
		if err != nil {
			return nil
		}
		if u.Fragment == "" {
			return httpRequest(http.MethodGet, u, nil)
		}
		// The page at the end of it posts what is in the fragment.
		params, err := url.ParseQuery(u.EscapedFragment())
		if err != nil {
			return nil
		}
		u.Fragment, u.RawFragment = "", ""
		return httpRequest(http.MethodPost, u, params)
	}
	action := formAction.FindStringSubmatch(v.body)
	if action == nil || !strings.Contains(v.body, "submit()") || strings.Contains(v.body, "location.hash") {
		return nil
	}
	u, err := v.url.Parse(action[1])
	if err != nil {
		return nil
	}
	form := url.Values{}
	for _, input := range formInput.FindAllStringSubmatch(v.body, -1) {
		form.Set(input[1], input[2])
	}
	return httpRequest(http.MethodPost, u, form)
}

func httpRequest(method string, u *url.URL, form url.Values) *http.Request {
	r := &http.Request{Method: method, URL: u, Header: http.Header{}, Host: u.Host}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		text := form.Encode()
		r.Body, r.ContentLength = io.NopCloser(strings.NewReader(text)), int64(len(text))
	}
	return r
}
