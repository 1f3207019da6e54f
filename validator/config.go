package validator

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/rogueidp/rogueidp/validator/internal/steps"
)

// A Kind is a kind of token. Each has rules that shut out the others.
type Kind uint8

// The kinds of token.
const (
	// IDToken is an ID token of OpenID Connect, made for the client. It has
	// iss, sub, aud, exp and iat; its typ is JWT or absent; every audience is
	// the client or trusted; its nonce is the one that was sent.
	IDToken Kind = iota
	// BearerJWT is any signed JWT that opens a resource. It has iss, aud and
	// exp; its typ is JWT, at+jwt or absent.
	BearerJWT
	// AccessToken is an access token of RFC 9068. It has typ at+jwt, and iss,
	// sub, aud, exp, iat, client_id and jti.
	AccessToken
)

// A Config says whom to trust and what to accept. Issuer and ClientID are
// required; the zero value of every other field is a safe default.
type Config struct {
	// Issuer is the issuer identifier, an https URL without query and
	// fragment. iss and the issuer in the metadata equal it character by
	// character.
	Issuer string
	// ClientID is the client that ID tokens are made for, or the identifier
	// of the resource that access tokens open. aud has to hold it.
	ClientID string
	// Kind is the kind of token to accept.
	Kind Kind
	// Algorithms are the signature algorithms to accept, whatever the header,
	// the keys or the metadata say: by default RS256 and ES256, among RS256,
	// RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA, Ed25519,
	// and HS256, HS384 and HS512, which need a ClientSecret.
	Algorithms []string
	// ClientSecret is the key of HS256, HS384 and HS512 and nothing else. It
	// has at least as many bytes as the hash (RFC 7518, 3.2).
	ClientSecret string
	// TrustedAudiences may stand beside ClientID in the aud of an ID token,
	// and instead of it in azp.
	TrustedAudiences []string
	// Leeway allows for clocks that differ, in exp, nbf, iat and auth_time: 5
	// minutes by default and 10 at the most. Less than a millisecond is none.
	Leeway time.Duration

	// JWKSURI is the https address of the key set. Without it the issuer's
	// metadata are fetched and say it.
	JWKSURI string
	// JWKS is the key set itself, as JSON. Nothing is fetched then.
	JWKS []byte
	// TTL is how long fetched keys are fresh when the reply does not say: 10
	// minutes by default. It is held between 5 and 15 minutes, and so is what
	// the reply says.
	TTL time.Duration
	// MaxStale is how long after they were fetched keys may be used while no
	// newer ones can be had: 24 hours by default and at the most.
	MaxStale time.Duration
	// FetchTimeout bounds one fetch of metadata and keys: 5 seconds by
	// default and 30 at the most.
	FetchTimeout time.Duration
	// HTTPClient lends its Transport, for a private certificate authority or
	// a proxy. Its redirect policy, cookies and time-out are not used.
	HTTPClient *http.Client

	// Clock is the clock, by default the system's.
	Clock Clock
}

const (
	defaultLeeway       = 5 * time.Minute
	maxLeeway           = 10 * time.Minute
	defaultFetchTimeout = 5 * time.Second
	maxFetchTimeout     = 30 * time.Second
)

// rules checks the settings and fills in the defaults.
func (c Config) rules(s *steps.Steps) (*steps.Rules, error) {
	if err := checkIssuer(c.Issuer); err != nil {
		return nil, err
	}
	if c.ClientID == "" {
		return nil, errors.New("the ClientID is empty; without it a token for anybody else would do")
	}
	if c.Kind > AccessToken {
		return nil, fmt.Errorf("Kind %d is unknown; use IDToken, BearerJWT or AccessToken", c.Kind)
	}
	r := &steps.Rules{
		Issuer: c.Issuer, ClientID: c.ClientID, Kind: steps.Kind(c.Kind),
		JWKSURI: c.JWKSURI, Trusted: slices.Clone(c.TrustedAudiences),
		Now: systemClock{}.Now,
	}
	if c.Clock != nil {
		r.Now = c.Clock.Now
	}
	var err error
	if r.Algorithms, err = algorithms(c.Algorithms); err != nil {
		return nil, err
	}
	if r.Secret, err = c.secret(s, r.Algorithms); err != nil {
		return nil, err
	}
	if r.Leeway, err = bounded("Leeway", c.Leeway, defaultLeeway, maxLeeway); err != nil {
		return nil, err
	}
	r.Leeway = r.Leeway.Truncate(time.Millisecond)
	if r.FetchTimeout, err = bounded("FetchTimeout", c.FetchTimeout, defaultFetchTimeout, maxFetchTimeout); err != nil {
		return nil, err
	}
	if r.Stale, err = bounded("MaxStale", c.MaxStale, steps.MaxStale, steps.MaxStale); err != nil {
		return nil, err
	}
	if c.TTL < 0 {
		return nil, errors.New("TTL is negative; leave it out for 10 minutes")
	}
	if r.Lifetime = steps.DefaultLifetime; c.TTL > 0 {
		r.Lifetime = min(max(c.TTL, steps.MinLifetime), steps.MaxLifetime)
	}
	return r, nil
}

// checkIssuer wants what an issuer identifier is (OpenID Connect Core, 2).
func checkIssuer(issuer string) error {
	u, err := url.Parse(issuer)
	if err != nil {
		return err
	}
	if u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" {
		return errors.New("the issuer is not an https URL without user, query and fragment")
	}
	return nil
}

func bounded(name string, d, usual, most time.Duration) (time.Duration, error) {
	switch {
	case d == 0:
		return usual, nil
	case d < 0:
		return 0, fmt.Errorf("%s is negative; leave it out for %v", name, usual)
	case d > most:
		return 0, fmt.Errorf("%s is %v; choose at most %v", name, d, most)
	}
	return d, nil
}

// defaultAlgorithms are those that providers use and RFC 7518 recommends.
var defaultAlgorithms = []string{"RS256", "ES256"}

func algorithms(list []string) ([]*steps.Algorithm, error) {
	if len(list) == 0 {
		list = defaultAlgorithms
	}
	algs := make([]*steps.Algorithm, len(list))
	for i, name := range list {
		if algs[i] = steps.AlgorithmNamed(name); algs[i] == nil {
			return nil, fmt.Errorf("there is no algorithm %q; use some of %s", name, steps.AlgorithmNames())
		}
	}
	return algs, nil
}

// secret is the key of the HMAC algorithms that are pinned.
func (c Config) secret(s *steps.Steps, pinned []*steps.Algorithm) (*steps.Key, error) {
	if !s.Choosing.Secret(pinned) {
		return nil, nil
	}
	key := &steps.Key{Secret: []byte(c.ClientSecret)}
	for _, alg := range pinned {
		if alg.Family != steps.HMAC {
			continue
		}
		if !s.Choosing.Fits(key, alg) {
			return nil, fmt.Errorf("ClientSecret has %d bytes; %s needs at least %d", len(c.ClientSecret), alg.Name, alg.Hash.Size())
		}
	}
	return key, nil
}

// keys is where the issuer's keys come from.
func (c Config) keys(s *steps.Steps, r *steps.Rules, shelf *steps.Shelf) (*steps.Keys, error) {
	if c.JWKS != nil {
		if c.JWKSURI != "" {
			return nil, errors.New("JWKS and JWKSURI are both set; choose one")
		}
		set, err := s.ReadKeySet(context.Background(), string(c.JWKS), nil)
		if err != nil {
			return nil, err
		}
		return steps.StaticKeys(s, r, set), nil
	}
	if c.JWKSURI != "" {
		u, err := url.Parse(c.JWKSURI)
		if err != nil {
			return nil, fmt.Errorf("JWKSURI: %w", err)
		}
		if err := s.Fetching.URL(u); err != nil {
			return nil, fmt.Errorf("JWKSURI: %w", err)
		}
	}
	transport, err := c.transport()
	if err != nil {
		return nil, err
	}
	fetcher := steps.NewFetcher(s, transport)
	return steps.NewKeys(s, r, steps.NewSource(s, r, fetcher), shelf), nil
}

// transport is the one that was lent, or one of our own. A transport that
// does not check the server's certificate would let anybody be the issuer.
func (c Config) transport() (http.RoundTripper, error) {
	if c.HTTPClient != nil && c.HTTPClient.Transport != nil {
		if t, ok := c.HTTPClient.Transport.(*http.Transport); ok && unchecked(t.TLSClientConfig) {
			return nil, errors.New("HTTPClient does not verify certificates; give it the right root certificates instead")
		}
		return c.HTTPClient.Transport, nil
	}
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DisableKeepAlives:      true,
		ForceAttemptHTTP2:      true,
		MaxResponseHeaderBytes: 64 << 10,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
	}, nil
}

func unchecked(c *tls.Config) bool {
	return c != nil && c.InsecureSkipVerify && c.VerifyConnection == nil && c.VerifyPeerCertificate == nil
}
