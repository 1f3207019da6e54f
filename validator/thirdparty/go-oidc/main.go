// Adapter for github.com/coreos/go-oidc/v3: discovery with oidc.NewProvider,
// then provider.Verifier, as its README has it.
package main

import (
	"context"
	"errors"
	"flag"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/rogueidp/rogueidp/validator/thirdparty/driver-go"
)

func main() {
	configuration := flag.String("configuration", "default", "default or readme, see adapter.yaml")
	flag.Parse()
	can := []string{"discovery", "refetch", "clock", "http-issuer", "custom-ca", "cancel", "claims", "restart"}
	start := trustReadme
	if *configuration != "readme" {
		can = append(can, "at-hash")
		start = trustPinned
	}
	driver.Serve(driver.Adapter{
		Target: driver.Target{
			Name: "go-oidc", Version: driver.ModuleVersion("github.com/coreos/go-oidc/v3"),
			Homepage: "https://github.com/coreos/go-oidc", Configuration: *configuration,
		},
		Profile: "id-token",
		// supportedAlgorithms in the library's oidc.go, all of them asymmetric.
		Algs: []string{oidc.RS256, oidc.RS384, oidc.RS512, oidc.PS256, oidc.PS384, oidc.PS512, oidc.ES256, oidc.ES384, oidc.ES512, oidc.EdDSA},
		Can:  can,
		Declares: driver.Declares{
			Leeway:   map[string]string{"exp": "0s", "nbf": "5m"},
			Cooldown: "0s", // an unfamiliar kid is looked up at once, every time
		},
		Concurrent: true,
		Trust:      start,
	})
}

// trustReadme is README's set-up and no more: which algorithms are allowed is
// for the discovery document to say.
func trustReadme(ctx context.Context, t driver.Trust) (driver.Validator, error) {
	return trust(ctx, t, &oidc.Config{ClientID: t.Issuers[0].ClientID})
}

// trustPinned says besides what the library lets its user say: the algorithms
// this client registered.
func trustPinned(ctx context.Context, t driver.Trust) (driver.Validator, error) {
	return trust(ctx, t, &oidc.Config{
		ClientID:             t.Issuers[0].ClientID,
		SupportedSigningAlgs: t.Issuers[0].Algs,
	})
}

func trust(ctx context.Context, t driver.Trust, config *oidc.Config) (driver.Validator, error) {
	if t.FetchTimeout > 0 {
		// Bounds discovery alone: the library fetches keys without this context.
		var done context.CancelFunc
		ctx, done = context.WithTimeout(ctx, time.Duration(t.FetchTimeout))
		defer done()
	}
	provider, err := oidc.NewProvider(oidc.ClientContext(ctx, t.Client), t.Issuers[0].Issuer)
	if err != nil {
		return nil, discoveryVerdict(err)
	}
	config.Now = t.Now
	return verifier{provider.Verifier(config)}, nil
}

type verifier struct{ library *oidc.IDTokenVerifier }

func (v verifier) Verify(ctx context.Context, a driver.Attempt) (map[string]any, error) {
	token, err := v.library.Verify(ctx, a.Token)
	if err != nil {
		return nil, tokenVerdict(err)
	}
	// The documentation of VerifyAccessToken leaves it to the caller to call it
	// only where at_hash is present.
	if a.AccessToken != "" && token.AccessTokenHash != "" {
		if err := token.VerifyAccessToken(a.AccessToken); err != nil {
			return nil, driver.Reject("claim", err)
		}
	}
	claims := map[string]any{}
	if err := token.Claims(&claims); err != nil {
		return nil, errors.Join(errors.New("the library accepted the token but cannot read its claims"), err)
	}
	// An application takes the user from here, and it need not be what a map
	// says: a struct field also takes the value of a member named "SUB".
	claims["sub"] = token.Subject
	return claims, nil
}
