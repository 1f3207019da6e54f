package target

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/rogueidp/rogueidp/validator"
	"github.com/rogueidp/rogueidp/validator/mutants"
)

// Carried spells the targets that this program carries: the reference and every
// mutant of it.
func Carried() []string {
	list := []string{"go:reference"}
	for _, m := range mutants.All() {
		list = append(list, "go:mutant/"+m.Name)
	}
	return list
}

// openGo is a validator that this program carries: the reference, or one of
// its mutants.
func openGo(name string, o Options) (Target, error) {
	signature := validator.VerifyJWS
	build := func(configs []validator.Config) (*validator.Validator, error) {
		return validator.New(configs[0], configs[1:]...)
	}
	if mutant, ok := strings.CutPrefix(name, "mutant/"); ok {
		var names []string
		for _, d := range mutants.Decrypters() {
			if d.Name == mutant {
				return openDecrypter(mutant, o)
			}
			names = append(names, d.Name)
		}
		for _, m := range mutants.All() {
			names = append(names, m.Name)
		}
		if !slices.Contains(names, mutant) {
			return nil, fmt.Errorf("no mutant is called %q; there are %s%s", mutant, strings.Join(names, ", "), nearest(mutant, names))
		}
		build = func(configs []validator.Config) (*validator.Validator, error) { return mutants.New(mutant, configs...) }
		signature = func(raw string, key any, algs ...string) ([]byte, error) {
			return mutants.VerifyJWS(mutant, raw, key, algs...)
		}
	} else if name != "reference" {
		return nil, fmt.Errorf("no validator of this program is called %q; there are go:reference and go:mutant/NAME%s", name, nearest(name, []string{"reference"}))
	}
	profile := o.Profile
	if profile == "" {
		profile = "id-token"
	}
	kind, ok := map[string]validator.Kind{
		"id-token": validator.IDToken, "bearer-jwt": validator.BearerJWT, "rfc9068": validator.AccessToken,
		// The signature is what counts there; the loosest rules stand around it.
		"jws": validator.BearerJWT,
	}[profile]
	if !ok {
		return nil, fmt.Errorf("go:%s serves the profiles id-token, bearer-jwt, rfc9068 and jws, not %q", name, profile)
	}
	f := Func(name, func(_ context.Context, issuers []Issuer) (Validate, error) {
		var configs []validator.Config
		for _, i := range issuers {
			configs = append(configs, o.config(i, kind))
		}
		v, err := build(configs)
		if err != nil {
			return nil, err
		}
		return judged(v), nil
	})
	f.As(o.described(profile))
	f.jws = func(jwk json.RawMessage, alg, token string) error {
		if _, err := signature(token, []byte(jwk), alg); err != nil {
			return coded{err}
		}
		return nil
	}
	f.jwsAlgs = append(slices.Clone(f.d.Algs), "HS384", "HS512")
	f.alone = o.itself(name, profile)
	return f, nil
}

// openDecrypter is a validator of encrypted tokens that this program carries.
func openDecrypter(mutant string, o Options) (Target, error) {
	name, profile := "mutant/"+mutant, "jwe"
	if o.Profile != "" && o.Profile != profile {
		return nil, fmt.Errorf("go:%s serves the profile jwe, not %q", name, o.Profile)
	}
	f := Func(name, func(_ context.Context, issuers []Issuer) (Validate, error) {
		var configs []validator.Config
		var keys []json.RawMessage
		for _, i := range issuers {
			configs = append(configs, o.config(i, validator.IDToken))
			keys = append(keys, i.DecryptionKeys...)
		}
		d, err := mutants.Decrypt(mutant, keys, configs...)
		if err != nil {
			return nil, err
		}
		return func(ctx context.Context, a Attempt) (any, error) {
			var options []validator.Option
			if a.Nonce != "" {
				options = append(options, validator.WithNonce(a.Nonce))
			}
			claims, err := d.Validate(ctx, a.Token, options...)
			if err != nil {
				return nil, coded{err}
			}
			return rawClaims(claims), nil
		}, nil
	})
	f.As(o.described(profile)).As(func(d *Description) { d.Can = append(d.Can, "nonce", "encrypted") })
	f.alone = o.itself(name, profile)
	return f, nil
}

// described is what a validator around the reference says of itself.
func (o Options) described(profile string) func(d *Description) {
	return func(d *Description) {
		fetch, ttl, cooldown := time.Second, 15*time.Minute, 11*time.Second
		d.Version, d.Homepage, d.Profile = "", "https://github.com/rogueidp/rogueidp", profile
		d.Algs = []string{"RS256", "ES256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES384", "ES512", "EdDSA", "Ed25519", "HS256"}
		d.Can = []string{
			"discovery", "jwks-uri", "static-jwks", "refetch", "azp", "at-hash", "hashes", "max-age", "acr", "typ",
			"clock", "leeway", "custom-ca", "client-secret", "trusted-audiences", "multi-issuer", "cancel", "claims", "jws", "restart",
		}
		if profile == "id-token" {
			d.Can = append(d.Can, "nonce")
		}
		if o.FetchTimeout > 0 {
			fetch = o.FetchTimeout
		}
		d.Declares = Declares{
			Leeway:   map[string]time.Duration{"": 5 * time.Minute},
			CacheTTL: &ttl, Cooldown: &cooldown, FetchTimeout: &fetch,
		}
	}
}

// itself starts this program again, as an adapter for the validator of a name.
func (Options) itself(name, profile string) func(ctx context.Context, alone Options) (Target, error) {
	return func(ctx context.Context, alone Options) (Target, error) {
		if len(alone.Self) == 0 {
			return nil, &Unsupported{Why: "this program cannot start itself again", Feature: "own-process"}
		}
		return openExec(ctx, append(slices.Clone(alone.Self), "go:"+name, profile), alone)
	}
}

// Cached is the reference with a cache that lives for ttl, and refreshes when a
// key is missing or does not: what the story of the drill is about.
func Cached(name string, ttl time.Duration, refresh bool) *Function {
	return Func(name, func(_ context.Context, issuers []Issuer) (Validate, error) {
		v, err := mutants.Cached(ttl, refresh, Options{}.config(issuers[0], validator.IDToken))
		if err != nil {
			return nil, err
		}
		return judged(v), nil
	}).As(func(d *Description) {
		cooldown := 11 * time.Second
		d.Can = append(d.Can, "clock")
		d.Declares = Declares{CacheTTL: &ttl, Cooldown: &cooldown}
	})
}

// config is what a session's issuer comes to in the reference's own words.
func (o Options) config(i Issuer, kind validator.Kind) validator.Config {
	c := validator.Config{
		Issuer: i.Issuer, ClientID: i.ClientID, Kind: kind, Algorithms: i.Algs,
		TrustedAudiences: i.TrustedAudiences, FetchTimeout: time.Second, Leeway: o.Leeway,
		HTTPClient: i.Client, ClientSecret: i.ClientSecret,
	}
	if o.FetchTimeout > 0 {
		c.FetchTimeout = o.FetchTimeout
	}
	if i.Now != nil {
		c.Clock = tenantClock{i.Now}
	}
	return c
}

type tenantClock struct{ now func() time.Time }

func (c tenantClock) Now() time.Time { return c.now() }

// judged asks the reference about one sign-in.
func judged(v *validator.Validator) Validate {
	return func(ctx context.Context, a Attempt) (any, error) {
		var options []validator.Option
		if a.Nonce != "" {
			options = append(options, validator.WithNonce(a.Nonce))
		}
		if a.AccessToken != "" {
			options = append(options, validator.WithAccessToken(a.AccessToken))
		}
		if a.Code != "" {
			options = append(options, validator.WithCode(a.Code))
		}
		if a.State != "" {
			options = append(options, validator.WithState(a.State))
		}
		if a.MaxAge > 0 {
			options = append(options, validator.WithMaxAge(a.MaxAge))
		}
		if len(a.ACR) > 0 {
			options = append(options, validator.WithACR(a.ACR...))
		}
		claims, err := v.Validate(ctx, a.Token, options...)
		if err != nil {
			return nil, coded{err}
		}
		return rawClaims(claims.JSON()), nil
	}
}

// coded gives a validator's error the code of the adapter protocol, which is
// the same word.
type coded struct{ error }

func (c coded) Unwrap() error { return c.error }

func (c coded) ReasonCode() string {
	var e *validator.Error
	if errors.As(c.error, &e) {
		return string(e.Code)
	}
	return "other"
}

// rawClaims are claims that are JSON already.
type rawClaims []byte

func (r rawClaims) MarshalJSON() ([]byte, error) { return r, nil }

// ServeGo speaks the adapter protocol for a validator of this program, so that
// it can be played in a process of its own. It returns when stdin ends.
func ServeGo(ctx context.Context, name, profile string, in io.Reader, out io.Writer) error {
	t, err := openGo(strings.TrimPrefix(name, "go:"), Options{Profile: profile})
	if err != nil {
		return err
	}
	return Serve(ctx, t, in, out)
}
