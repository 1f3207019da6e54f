package clients_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/zitadel/oidc/v3/pkg/client/rp"
	httphelper "github.com/zitadel/oidc/v3/pkg/http"
	"github.com/zitadel/oidc/v3/pkg/oidc"

	"github.com/rogueidp/rogueidp/mockidp"
)

// signedIn is what a relying party knows of whom it signed in.
type signedIn struct {
	tokens *oidc.Tokens[*oidc.IDTokenClaims]
	user   *oidc.UserInfo
}

// TestZitadel lets a whole relying party, with its own pages, sign somebody in.
func TestZitadel(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	set, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key.Public(), KeyID: "k1", Algorithm: "RS256", Use: "sig"}}})
	if err != nil {
		t.Fatal(err)
	}
	private := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
	for name, more := range map[string][]rp.Option{
		"client_secret":   nil,
		"private_key_jwt": {rp.WithJWTProfile(rp.SignerFromKeyAndKeyID(private, "k1"))},
	} {
		for _, mode := range []oidc.ResponseMode{"", oidc.ResponseModeFormPost} {
			t.Run(name+" "+string(mode), func(t *testing.T) {
				mux := http.NewServeMux()
				site := httptest.NewServer(mux)
				defer site.Close()
				back := site.URL + "/callback"
				idp := mockidp.Start(t, mockidp.TenantConfig{
					ClientJWKS: set, RedirectURIs: []string{back}, PostLogoutRedirectURIs: []string{site.URL + "/bye"},
				})
				secret := idp.ClientSecret()
				if more != nil {
					secret = ""
				}
				cookies := httphelper.NewCookieHandler([]byte("0123456789abcdef0123456789abcdef"), nil, httphelper.WithUnsecure(), httphelper.WithSameSite(http.SameSiteDefaultMode))
				party, err := rp.NewRelyingPartyOIDC(t.Context(), idp.Issuer(), idp.ClientID(), secret, back, []string{"openid", "profile", "email"},
					append(more, rp.WithHTTPClient(idp.Client()), rp.WithPKCE(cookies))...)
				if err != nil {
					t.Fatal(err)
				}
				var got signedIn
				var params []rp.URLParamOpt
				if mode != "" {
					params = append(params, rp.WithResponseModeURLParam(mode))
				}
				mux.Handle("/login", rp.AuthURLHandler(func() string { return "st-1" }, party, params...))
				mux.Handle("/callback", rp.CodeExchangeHandler(rp.UserinfoCallback(
					func(w http.ResponseWriter, _ *http.Request, tokens *oidc.Tokens[*oidc.IDTokenClaims], _ string, _ rp.RelyingParty, user *oidc.UserInfo) {
						got = signedIn{tokens, user}
						fmt.Fprint(w, "welcome")
					}), party))
				if page := throughTheBrowser(t, idp, site.URL+"/login"); page != "welcome" {
					t.Fatalf("%s", page)
				}
				if got.user.Subject != "alice" || got.user.Email != "alice@example.test" || got.tokens.IDTokenClaims.Subject != "alice" {
					t.Errorf("%+v", got.user)
				}
				renewed, err := rp.RefreshTokens[*oidc.IDTokenClaims](t.Context(), party, got.tokens.RefreshToken, "", "")
				if err != nil || renewed.IDTokenClaims.Subject != "alice" {
					t.Fatalf("%+v %v", renewed, err)
				}
				to, err := rp.EndSession(t.Context(), party, renewed.IDToken, site.URL+"/bye", "st-2", "", nil)
				if err != nil || to.String() != site.URL+"/bye?state=st-2" {
					t.Errorf("%v %v", to, err)
				}
			})
		}
	}
}

// throughTheBrowser follows redirects and posts forms, as a browser with
// JavaScript does.
func throughTheBrowser(t *testing.T, idp *mockidp.Tenant, to string) string {
	t.Helper()
	c := idp.Client()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c.Jar = jar
	resp, err := c.Get(to)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		action, form, posts := formOf(string(body))
		if !posts {
			return string(body)
		}
		if resp, err = c.PostForm(action, form); err != nil {
			t.Fatal(err)
		}
	}
	t.Fatal("one form leads to the next")
	return ""
}
