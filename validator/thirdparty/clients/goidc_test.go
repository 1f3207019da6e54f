package clients_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"github.com/rogueidp/rogueidp/mockidp"
)

const callback = "http://127.0.0.1:9/callback"

// answer sends a browser to a URL of the provider and returns what it brings back.
func answer(t *testing.T, idp *mockidp.Tenant, to string) url.Values {
	t.Helper()
	c := idp.Client()
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := c.Get(to)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	u, err := url.Parse(resp.Header.Get("Location"))
	if err != nil || !strings.HasPrefix(u.String(), callback) {
		t.Fatalf("%s %v", resp.Status, resp.Header)
	}
	if u.Fragment != "" {
		v, err := url.ParseQuery(u.EscapedFragment())
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	return u.Query()
}

// coreos is what an application has that uses go-oidc.
type coreos struct {
	ctx      context.Context
	provider *oidc.Provider
	config   oauth2.Config
	verifier *oidc.IDTokenVerifier
}

func newCoreOS(t *testing.T, idp *mockidp.Tenant) coreos {
	t.Helper()
	ctx := oidc.ClientContext(t.Context(), idp.Client())
	p, err := oidc.NewProvider(ctx, idp.Issuer())
	if err != nil {
		t.Fatal(err)
	}
	return coreos{ctx, p, oauth2.Config{
		ClientID: idp.ClientID(), ClientSecret: idp.ClientSecret(), Endpoint: p.Endpoint(), RedirectURL: callback,
		Scopes: []string{oidc.ScopeOpenID, "profile", "email", oidc.ScopeOfflineAccess},
	}, p.Verifier(&oidc.Config{ClientID: idp.ClientID()})}
}

func (c coreos) verified(t *testing.T, raw any) *oidc.IDToken {
	t.Helper()
	text, _ := raw.(string)
	token, err := c.verifier.Verify(c.ctx, text)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestGoOIDC(t *testing.T) {
	idp := mockidp.Start(t)
	c := newCoreOS(t, idp)
	verifier := oauth2.GenerateVerifier()
	a := answer(t, idp, c.config.AuthCodeURL("st", oidc.Nonce("n-1"), oauth2.S256ChallengeOption(verifier)))
	if a.Get("state") != "st" {
		t.Fatalf("%v", a)
	}
	var refused *oauth2.RetrieveError
	if _, err := c.config.Exchange(c.ctx, a.Get("code"), oauth2.VerifierOption(oauth2.GenerateVerifier())); !errors.As(err, &refused) || refused.ErrorCode != "invalid_grant" {
		t.Fatalf("another verifier: %v", err)
	}
	got, err := c.config.Exchange(c.ctx, a.Get("code"), oauth2.VerifierOption(verifier))
	if err != nil {
		t.Fatal(err)
	}
	id := c.verified(t, got.Extra("id_token"))
	if id.Nonce != "n-1" || id.Subject != "alice" {
		t.Errorf("%+v", id)
	}
	if err := id.VerifyAccessToken(got.AccessToken); err != nil {
		t.Error(err)
	}
	user, err := c.provider.UserInfo(c.ctx, oauth2.StaticTokenSource(got))
	if err != nil || user.Subject != "alice" || user.Email != "alice@example.test" || !user.EmailVerified {
		t.Errorf("%+v %v", user, err)
	}
	renewed, err := c.config.TokenSource(c.ctx, &oauth2.Token{RefreshToken: got.RefreshToken}).Token()
	if err != nil {
		t.Fatal(err)
	}
	again := c.verified(t, renewed.Extra("id_token"))
	if again.Nonce != "" || again.Subject != "alice" || again.VerifyAccessToken(renewed.AccessToken) != nil || renewed.RefreshToken == got.RefreshToken {
		t.Errorf("%+v", again)
	}
	own := clientcredentials.Config{ClientID: idp.ClientID(), ClientSecret: idp.ClientSecret(), TokenURL: c.provider.Endpoint().TokenURL, Scopes: []string{"api"}}
	if token, err := own.Token(c.ctx); err != nil || token.RefreshToken != "" || token.Extra("id_token") != nil {
		t.Errorf("%+v %v", token, err)
	}
}

// TestGoOIDCWithoutACode takes ID tokens from the authorization endpoint.
func TestGoOIDCWithoutACode(t *testing.T) {
	idp := mockidp.Start(t)
	c := newCoreOS(t, idp)
	for _, kind := range []string{"id_token", "id_token token", "code id_token", "code id_token token"} {
		a := answer(t, idp, c.config.AuthCodeURL("st", oidc.Nonce("n-1"), oauth2.SetAuthURLParam("response_type", kind)))
		id := c.verified(t, a.Get("id_token"))
		if id.Nonce != "n-1" {
			t.Errorf("%s: %+v", kind, id)
		}
		if token := a.Get("access_token"); token != "" && id.VerifyAccessToken(token) != nil {
			t.Errorf("%s: the access token does not fit", kind)
		}
		if code := a.Get("code"); code != "" {
			got, err := c.config.Exchange(c.ctx, code)
			if err != nil {
				t.Fatal(err)
			}
			if second := c.verified(t, got.Extra("id_token")); second.Subject != id.Subject {
				t.Errorf("%s: %+v", kind, second)
			}
		}
	}
}

// TestGoOIDCReadsSignedUserInfo, as a client that registered for it.
func TestGoOIDCReadsSignedUserInfo(t *testing.T) {
	idp := mockidp.Start(t)
	c := newCoreOS(t, idp)
	body := `{"redirect_uris":["` + callback + `"],"userinfo_signed_response_alg":"RS256"}`
	resp, err := idp.Client().Post(idp.Issuer()+"/register", "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text := make([]byte, 4096)
	n, _ := resp.Body.Read(text)
	member := func(name string) string {
		return regexp.MustCompile(`"` + name + `":"([^"]*)"`).FindStringSubmatch(string(text[:n]))[1]
	}
	c.config.ClientID, c.config.ClientSecret = member("client_id"), member("client_secret")
	got, err := c.config.Exchange(c.ctx, answer(t, idp, c.config.AuthCodeURL("st")).Get("code"))
	if err != nil {
		t.Fatal(err)
	}
	user, err := c.provider.UserInfo(c.ctx, oauth2.StaticTokenSource(got))
	if err != nil || user.Subject != "alice" {
		t.Errorf("%+v %v", user, err)
	}
}
