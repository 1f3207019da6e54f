// Adapter for github.com/lestrrat-go/jwx/v3: jwk.Cache for the address of the
// key set, then jwt.Parse with it, as its documentation has them.
package main

import (
	"context"
	"encoding/json"
	"time"

	"github.com/lestrrat-go/httprc/v3"
	"github.com/lestrrat-go/jwx/v3/jwk"
	"github.com/lestrrat-go/jwx/v3/jwt"
	"github.com/rogueidp/rogueidp/validator/thirdparty/driver-go"
)

func main() {
	driver.Serve(driver.Adapter{
		Target: driver.Target{
			Name: "jwx", Version: driver.ModuleVersion("github.com/lestrrat-go/jwx/v3"),
			Homepage: "https://github.com/lestrrat-go/jwx", Configuration: "default",
		},
		Profile: "bearer-jwt",
		// jwa.SignatureAlgorithms without HMAC, none, and what needs a build tag.
		Algs: []string{"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"},
		// No clock: jwt.WithClock would move the claims and not the key cache.
		Can:        []string{"jwks-uri", "refetch", "leeway", "http-issuer", "custom-ca", "claims", "restart"},
		Declares:   driver.Declares{Leeway: "0s"},
		Concurrent: true,
		Trust:      trust,
	})
}

func trust(ctx context.Context, t driver.Trust) (driver.Validator, error) {
	issuer := t.Issuers[0]
	cache, err := jwk.NewCache(ctx, httprc.NewClient())
	if err != nil {
		return nil, err
	}
	// Without its first key set the library waits as long as it is let.
	first, done := context.WithTimeout(ctx, patience(t))
	defer done()
	if err := cache.Register(first, issuer.JWKSURI, jwk.WithHTTPClient(t.Client)); err != nil {
		return nil, driver.Unavailable(err)
	}
	keys, err := cache.CachedSet(issuer.JWKSURI)
	if err != nil {
		return nil, driver.Unavailable(err)
	}
	options := []jwt.ParseOption{jwt.WithKeySet(keys), jwt.WithIssuer(issuer.Issuer), jwt.WithAudience(issuer.ClientID)}
	if t.Leeway != nil {
		options = append(options, jwt.WithAcceptableSkew(time.Duration(*t.Leeway)))
	}
	return validator{options}, nil
}

// patience is the session's fetch time-out, or five seconds where it has none.
func patience(t driver.Trust) time.Duration {
	if t.FetchTimeout > 0 {
		return time.Duration(t.FetchTimeout)
	}
	return 5 * time.Second
}

type validator struct{ options []jwt.ParseOption }

func (v validator) Verify(_ context.Context, a driver.Attempt) (map[string]any, error) {
	token, err := jwt.Parse([]byte(a.Token), v.options...)
	if err != nil {
		return nil, tokenVerdict(err)
	}
	// By way of JSON: Get cannot give back a null, nor the driver write a time
	// that is beyond the year 9999.
	encoded, err := json.Marshal(token)
	if err != nil {
		return nil, err
	}
	claims := map[string]any{}
	return claims, json.Unmarshal(encoded, &claims)
}
