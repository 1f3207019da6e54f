// Adapter for github.com/golang-jwt/jwt/v5 with the keys of
// github.com/MicahParks/keyfunc/v3: a Keyfunc for the key set's address, then
// jwt.Parse, as the README of keyfunc has it.
package main

import (
	"context"
	"time"

	"github.com/MicahParks/keyfunc/v3"
	"github.com/golang-jwt/jwt/v5"
	"github.com/rogueidp/rogueidp/validator/thirdparty/driver-go"
)

func main() {
	driver.Serve(driver.Adapter{
		Target: driver.Target{
			Name: "golang-jwt", Version: driver.ModuleVersion("github.com/golang-jwt/jwt/v5"),
			Homepage: "https://github.com/golang-jwt/jwt", Configuration: "default",
		},
		Profile: "bearer-jwt",
		// jwt.GetAlgorithms without HMAC, for which a key set has no use, and none.
		Algs: []string{"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"},
		// No clock: jwt.WithTimeFunc would move the claims and not the key cache.
		// No cancel: the first fetch is at set-up, before there is a caller.
		Can:        []string{"jwks-uri", "refetch", "leeway", "http-issuer", "custom-ca", "claims", "restart"},
		Declares:   driver.Declares{Leeway: "0s", CacheTTL: "1h", Cooldown: "5m", FetchTimeout: "1m"},
		Concurrent: true,
		Trust:      trust,
	})
}

func trust(ctx context.Context, t driver.Trust) (driver.Validator, error) {
	issuer := t.Issuers[0]
	// What NewDefaultCtx does, by way of the one function that takes a client.
	keys, err := keyfunc.NewDefaultOverrideCtx(ctx, []string{issuer.JWKSURI}, keyfunc.Override{
		Client:      t.Client,
		HTTPTimeout: time.Duration(t.FetchTimeout),
	})
	if err != nil {
		return nil, driver.Unavailable(err)
	}
	options := []jwt.ParserOption{jwt.WithValidMethods(issuer.Algs), jwt.WithIssuer(issuer.Issuer), jwt.WithAudience(issuer.ClientID)}
	if t.Leeway != nil {
		options = append(options, jwt.WithLeeway(time.Duration(*t.Leeway)))
	}
	return validator{keys, options}, nil
}

type validator struct {
	keys    keyfunc.Keyfunc
	options []jwt.ParserOption
}

func (v validator) Verify(ctx context.Context, a driver.Attempt) (map[string]any, error) {
	claims := jwt.MapClaims{}
	if _, err := jwt.ParseWithClaims(a.Token, claims, v.keys.KeyfuncCtx(ctx), v.options...); err != nil {
		return nil, tokenVerdict(err)
	}
	return claims, nil
}
