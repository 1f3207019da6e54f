package honest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4"
	josejwt "github.com/go-jose/go-jose/v4/jwt"
	"github.com/golang-jwt/jwt/v5"
	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jwk"
	"github.com/lestrrat-go/jwx/v3/jws"
	jwxt "github.com/lestrrat-go/jwx/v3/jwt"

	"github.com/rogueidp/rogueidp/mockidp"
)

// A library judges tokens of a provider that it is told to trust.
type library struct {
	name string
	// trust reads discovery document and key set, by the library's own means
	// where it has some, and returns what judges.
	trust func(t *testing.T, idp *mockidp.Tenant, alg, nonce string) judge
	// documented are the algorithms that the library says it can verify.
	documented func(t *testing.T) []string
	// aboutSignature and aboutExpiry tell whether a refusal is about that, and
	// not about something else that happened to be wrong.
	aboutSignature, aboutExpiry func(error) bool
}

// A judge returns all claims of a token that it accepts.
type judge func(token string) (map[string]any, error)

var libraries = []library{
	{
		name: "go-oidc", trust: goOIDC, documented: goOIDCDocuments,
		aboutSignature: func(err error) bool { return strings.Contains(err.Error(), "failed to verify id token signature") },
		aboutExpiry: func(err error) bool {
			var expired *oidc.TokenExpiredError
			return errors.As(err, &expired)
		},
	},
	{
		name: "go-jose", trust: goJOSE, documented: goJOSEDocuments,
		aboutSignature: func(err error) bool { return errors.Is(err, jose.ErrCryptoFailure) },
		aboutExpiry:    func(err error) bool { return errors.Is(err, josejwt.ErrExpired) },
	},
	{
		name: "golang-jwt", trust: golangJWT, documented: func(*testing.T) []string { return jwt.GetAlgorithms() },
		aboutSignature: func(err error) bool { return errors.Is(err, jwt.ErrTokenSignatureInvalid) },
		aboutExpiry:    func(err error) bool { return errors.Is(err, jwt.ErrTokenExpired) },
	},
	{
		name: "jwx", trust: jwx, documented: jwxDocuments,
		aboutSignature: func(err error) bool { return errors.Is(err, jws.VerifyError()) },
		aboutExpiry:    func(err error) bool { return errors.Is(err, jwxt.TokenExpiredError()) },
	},
}

// goOIDC does all of it by itself: discovery, key set, the list of algorithms.
func goOIDC(t *testing.T, idp *mockidp.Tenant, _, nonce string) judge {
	t.Helper()
	ctx := oidc.ClientContext(context.Background(), idp.Client())
	provider, err := oidc.NewProvider(ctx, idp.Issuer())
	if err != nil {
		t.Fatal(err)
	}
	v := provider.Verifier(&oidc.Config{ClientID: idp.ClientID()})
	return func(token string) (map[string]any, error) {
		id, err := v.Verify(ctx, token)
		if err != nil {
			return nil, err
		}
		// The nonce is the caller's to compare, in this library.
		if id.Nonce != nonce {
			return nil, fmt.Errorf("nonce %q", id.Nonce)
		}
		claims := map[string]any{}
		return claims, id.Claims(&claims)
	}
}

// goJOSE parses the key set and does the rest.
func goJOSE(t *testing.T, idp *mockidp.Tenant, alg, nonce string) judge {
	t.Helper()
	found := discover(t, idp, alg)
	var key any = []byte(idp.ClientSecret())
	if !symmetric(alg) {
		key = parsedByJOSE(t, idp, found.JWKSURI)
	}
	return func(token string) (map[string]any, error) {
		parsed, err := josejwt.ParseSigned(token, []jose.SignatureAlgorithm{jose.SignatureAlgorithm(alg)})
		if err != nil {
			return nil, err
		}
		var known josejwt.Claims
		claims := map[string]any{}
		if err := parsed.Claims(key, &known, &claims); err != nil {
			return nil, err
		}
		if claims["nonce"] != nonce {
			return nil, fmt.Errorf("nonce %q", claims["nonce"])
		}
		expected := josejwt.Expected{
			Issuer: idp.Issuer(), AnyAudience: josejwt.Audience{idp.ClientID()}, Time: idp.Clock().Now(),
		}
		return claims, known.ValidateWithLeeway(expected, 0)
	}
}

// golangJWT takes a key from the key set that go-jose parsed: it reads none.
func golangJWT(t *testing.T, idp *mockidp.Tenant, alg, nonce string) judge {
	t.Helper()
	found := discover(t, idp, alg)
	var set jose.JSONWebKeySet
	if !symmetric(alg) {
		set = parsedByJOSE(t, idp, found.JWKSURI)
	}
	find := func(token *jwt.Token) (any, error) {
		if symmetric(alg) {
			return []byte(idp.ClientSecret()), nil
		}
		kid, _ := token.Header["kid"].(string)
		keys := set.Key(kid)
		if len(keys) != 1 {
			return nil, fmt.Errorf("%d keys have the kid %q", len(keys), kid)
		}
		return keys[0].Key, nil
	}
	parser := jwt.NewParser(jwt.WithValidMethods([]string{alg}), jwt.WithIssuer(idp.Issuer()), jwt.WithAudience(idp.ClientID()),
		jwt.WithExpirationRequired(), jwt.WithIssuedAt(), jwt.WithStrictDecoding())
	return func(token string) (map[string]any, error) {
		claims := jwt.MapClaims{}
		if _, err := parser.ParseWithClaims(token, claims, find); err != nil {
			return nil, err
		}
		if claims["nonce"] != nonce {
			return nil, fmt.Errorf("nonce %q", claims["nonce"])
		}
		return claims, nil
	}
}

// jwx fetches the key set by itself.
func jwx(t *testing.T, idp *mockidp.Tenant, alg, nonce string) judge {
	t.Helper()
	found := discover(t, idp, alg)
	name, known := jwa.LookupSignatureAlgorithm(alg)
	if !known {
		t.Fatalf("jwx does not know %s", alg)
	}
	var key jwxt.ParseOption = jwxt.WithKey(name, []byte(idp.ClientSecret()))
	if !symmetric(alg) {
		set, err := jwk.Fetch(context.Background(), found.JWKSURI, jwk.WithHTTPClient(idp.Client()))
		if err != nil {
			t.Fatal(err)
		}
		key = jwxt.WithKeySet(set)
	}
	return func(token string) (map[string]any, error) {
		read, err := jwxt.Parse([]byte(token), key, jwxt.WithIssuer(idp.Issuer()), jwxt.WithAudience(idp.ClientID()),
			jwxt.WithClaimValue("nonce", nonce))
		if err != nil {
			return nil, err
		}
		raw, err := json.Marshal(read)
		if err != nil {
			return nil, err
		}
		claims := map[string]any{}
		return claims, json.Unmarshal(raw, &claims)
	}
}

// metadata is what libraries without discovery need of it.
type metadata struct {
	Issuer  string   `json:"issuer"`
	JWKSURI string   `json:"jwks_uri"`
	Algs    []string `json:"id_token_signing_alg_values_supported"`
}

// discover reads the discovery document for a library that does not.
func discover(t *testing.T, idp *mockidp.Tenant, alg string) metadata {
	t.Helper()
	var m metadata
	if err := json.Unmarshal(fetch(t, idp, discoveryOf(idp)), &m); err != nil {
		t.Fatal(err)
	}
	if m.Issuer != idp.Issuer() || len(m.Algs) == 0 || m.Algs[0] != alg {
		t.Fatalf("the metadata of %s for %s says %+v", idp.Issuer(), alg, m)
	}
	return m
}

// discoveryOf is the URL that OpenID Connect Discovery section 4 makes of an
// issuer.
func discoveryOf(idp *mockidp.Tenant) string {
	return strings.TrimSuffix(idp.Issuer(), "/") + "/.well-known/openid-configuration"
}

// fetch gets a document over TLS, under the provider's own authority alone.
func fetch(t *testing.T, idp *mockidp.Tenant, url string) []byte {
	t.Helper()
	resp, err := idp.Client().Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK || resp.TLS == nil || resp.Header.Get("Content-Type") != "application/json" {
		t.Fatalf("%s: %s, %s, TLS %v: %v", url, resp.Status, resp.Header.Get("Content-Type"), resp.TLS != nil, err)
	}
	return body
}

// parsedByJOSE is a key set in which go-jose finds nothing wrong.
func parsedByJOSE(t *testing.T, idp *mockidp.Tenant, url string) jose.JSONWebKeySet {
	t.Helper()
	var set jose.JSONWebKeySet
	if err := json.Unmarshal(fetch(t, idp, url), &set); err != nil {
		t.Fatal(err)
	}
	for _, k := range set.Keys {
		if !k.Valid() || !k.IsPublic() {
			t.Errorf("go-jose finds the key %s invalid, or not public", k.KeyID)
		}
	}
	return set
}

func symmetric(alg string) bool { return strings.HasPrefix(alg, "HS") }
