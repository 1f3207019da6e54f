package target

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/mockidp/fault"
	"github.com/rogueidp/rogueidp/validator"
)

// codeFlow is a relying party over TLS that signs in with the code flow and
// checks state, nonce and ID token.
func codeFlow(t *testing.T, idp *mockidp.Provider, tenant *mockidp.Tenant, mode string) *httptest.Server {
	t.Helper()
	back := idp.Client()
	v, err := validator.New(validator.Config{Issuer: tenant.Issuer(), ClientID: tenant.ClientID(), HTTPClient: back})
	if err != nil {
		t.Fatal(err)
	}
	var rp *httptest.Server
	// What a form of another site brings along has to say that it may.
	keep := func(w http.ResponseWriter, name, value string) {
		http.SetCookie(w, &http.Cookie{Name: name, Value: value, Path: "/", HttpOnly: true, Secure: true, SameSite: http.SameSiteNoneMode})
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/login", func(w http.ResponseWriter, r *http.Request) {
		state := rand.Text()
		keep(w, "state", state)
		http.Redirect(w, r, tenant.Issuer()+"/authorize?"+url.Values{
			"response_type": {"code"}, "client_id": {tenant.ClientID()}, "redirect_uri": {rp.URL + "/callback"}, "scope": {"openid"},
			"state": {state}, "nonce": {"n-" + state}, "response_mode": {mode},
		}.Encode(), http.StatusFound)
	})
	mux.HandleFunc("/callback", func(w http.ResponseWriter, r *http.Request) {
		state, err := r.Cookie("state")
		if err != nil || r.FormValue("state") != state.Value || r.FormValue("code") == "" {
			http.Error(w, "nobody here began that", http.StatusForbidden)
			return
		}
		resp, err := back.PostForm(tenant.Issuer()+"/token", url.Values{
			"grant_type": {"authorization_code"}, "code": {r.FormValue("code")}, "redirect_uri": {rp.URL + "/callback"},
			"client_id": {tenant.ClientID()}, "client_secret": {tenant.ClientSecret()},
		})
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		defer resp.Body.Close()
		var answer struct {
			IDToken string `json:"id_token"`
		}
		if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		c, err := v.Validate(r.Context(), answer.IDToken, validator.WithNonce("n-"+state.Value))
		if err != nil {
			http.Error(w, err.Error(), http.StatusUnauthorized)
			return
		}
		keep(w, "session", c.Subject)
		http.Redirect(w, r, "/me", http.StatusSeeOther)
	})
	mux.HandleFunc("/me", func(w http.ResponseWriter, r *http.Request) {
		who, err := r.Cookie("session")
		if err != nil {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"sub":%q}`, who.Value)
	})
	rp = httptest.NewTLSServer(mux)
	t.Cleanup(rp.Close)
	return rp
}

// atTheProvider signs people in at the mock, over TLS, under authorities that no
// system knows.
func atTheProvider(t *testing.T, mode string, browser bool) {
	t.Helper()
	idp, err := mockidp.New(mockidp.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { idp.Close() })
	tenant, err := idp.Tenant(mockidp.TenantConfig{ClientID: "mine", ClientSecret: "a secret of the test"})
	if err != nil {
		t.Fatal(err)
	}
	rp := codeFlow(t, idp, tenant, mode)
	own := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: rp.Certificate().Raw})
	target, err := Open(context.Background(), "login:"+rp.URL+"/login", Options{
		CAPEM: append(own, idp.CAPEM()...),
		Login: Login{Home: "/me", Identity: Identity{JSON: "sub"}, Browser: browser},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { target.Close() })
	opened, _, err := target.Trust(context.Background(), Issuer{Issuer: tenant.Issuer()})
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	s := opened.(Browser)
	known := func(v mockidp.Visit) map[string]*http.Cookie {
		visitor, err := tenant.Visit(v)
		if err != nil {
			t.Fatal(err)
		}
		return map[string]*http.Cookie{tenant.Issuer(): visitor.Cookie()}
	}
	want(t, arrive(t, s, Errand{Agent: "a", Known: known(mockidp.Visit{Subject: "alice"})}), Accept, "alice", "")
	want(t, arrive(t, s, Errand{Agent: "b", Known: known(mockidp.Visit{Subject: "bob"}), Halt: true}), Accept, "", "answered")
	want(t, arrive(t, s, Errand{Known: known(mockidp.Visit{Faults: []fault.Fault{fault.DropClaim{Name: "exp"}}})}), Reject, "", "401")
	want(t, arrive(t, s, Errand{Known: known(mockidp.Visit{Faults: []fault.Fault{fault.DropAnswer{Endpoint: "authorization", Name: "state"}}})}), Reject, "", "403")
	refused := arrive(t, s, Errand{Known: known(mockidp.Visit{Faults: []fault.Fault{fault.AnswerError{Endpoint: "authorization", Code: "access_denied"}}})})
	want(t, refused, Reject, "", "403")
	if refused.Answer == nil || refused.Answer.Params.Get("error") != "access_denied" || refused.Answer.Mode != mode {
		t.Errorf("the provider answered %+v", refused.Answer)
	}
	want(t, arrive(t, s, Errand{Agent: "a", To: HomePage}), Accept, "alice", "")
	want(t, arrive(t, s, Errand{Agent: "b", To: HomePage}), Reject, "", "401")
}

func TestAtTheProvider(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"query", "form_post"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			atTheProvider(t, mode, false)
		})
	}
}

func TestAtTheProviderInABrowser(t *testing.T) {
	withBrowser(t)
	for _, mode := range []string{"query", "form_post"} {
		t.Run(mode, func(t *testing.T) { atTheProvider(t, mode, true) })
	}
}

// A certificate that nobody vouches for is taken by neither kind of agent.
func TestACertificateThatNobodyKnows(t *testing.T) {
	t.Parallel()
	rp := httptest.NewTLSServer(http.NotFoundHandler())
	defer rp.Close()
	op := newTinyOP(t)
	_, err := session(t, op, rp.URL+"/login", Login{}).Go(context.Background(), Errand{})
	if err == nil {
		t.Error("an unknown certificate was taken")
	}
}
