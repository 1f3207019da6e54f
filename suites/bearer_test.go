package suites

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/reports"
	"github.com/rogueidp/rogueidp/scenarios"
	"github.com/rogueidp/rogueidp/validator"
)

// an API that was configured once: issuer, authority and client are what they
// are, whoever asks.
func api(t *testing.T) (url string, o Options) {
	t.Helper()
	return apiOf(t, func(c validator.Config) judging {
		v, err := validator.New(c)
		if err != nil {
			t.Fatal(err)
		}
		return func(ctx context.Context, token string) (string, error) {
			claims, err := v.Validate(ctx, token)
			if err != nil {
				return "", err
			}
			return claims.Subject, nil
		}
	})
}

// judging is how an API decides about a token: its subject, or why not.
type judging func(ctx context.Context, token string) (subject string, err error)

// apiOf is one that decides in a way of its own.
func apiOf(t *testing.T, build func(validator.Config) judging) (url string, o Options) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()
	o = Options{
		Seed: 1, Require: Require{scenarios.Learn: "16s"}, /* the reference asks again after 10 s */
		Provider: mockidp.Config{Listen: addr, TLSDir: t.TempDir()},
		Fixed:    mockidp.TenantConfig{Issuer: "https://localhost:" + strings.Split(addr, ":")[1] + "/idp", ClientID: "My-api", ClientSecret: "hunter2-hunter2-hunter2-hunter2-"},
	}
	// The authority is there before the API is configured, as it would be for
	// a user who ran serve once.
	p, err := mockidp.New(o.Provider)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: p.CertPool(), MinVersion: tls.VersionTLS12}}
	p.Close()
	judge := build(validator.Config{
		Issuer: o.Fixed.Issuer, ClientID: o.Fixed.ClientID, Kind: validator.BearerJWT, HTTPClient: &http.Client{Transport: transport},
	})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		subject, err := judge(r.Context(), token)
		if err != nil {
			w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
			http.Error(w, err.Error()+" "+o.Fixed.ClientSecret, http.StatusUnauthorized)
			return
		}
		fmt.Fprintf(w, `{"sub":%q}`, subject)
	}))
	t.Cleanup(s.Close)
	return s.URL + "/me", o
}

func TestABearerAPI(t *testing.T) {
	t.Parallel()
	url, o := api(t)
	o.Only = []string{
		"parse.baseline-rs256", "parse.b64-newline-sig", "alg.none-empty-sig", "alg.hs-pem-spki", "signature.flip", "issuer.suffix-1",
		"audience.id-as-api", "time.exp-past", "kid.collision-issuers", "header.jku-attacker", "parse.oversize-header",
		"key.use-enc", "keyset.shape/keys-null", "keyset.unknown-kty",
		"network.tls-bad/expired-at-keyset", "discovery.issuer-mismatch", "rotation.new-kid",
	}
	first := play(t, "bearer:"+url, o)
	for name, want := range map[string]reports.Outcome{
		"parse.baseline-rs256":            reports.Pass,
		"alg.none-empty-sig":              reports.Pass,
		"issuer.suffix-1":                 reports.Pass,
		"header.jku-attacker/https":       reports.Pass,
		"rotation.new-kid":                reports.Pass,
		"parse.b64-newline-sig/lf-inside": reports.Unsupported, // no header carries a line break
		"parse.oversize-header":           reports.Unsupported,
		"kid.collision-issuers":           reports.Unsupported,
		// Its cache is warm and nothing empties it: what it is never served it
		// cannot be judged by.
		"key.use-enc":                       reports.Unsupported,
		"keyset.shape/keys-null":            reports.Unsupported,
		"keyset.unknown-kty/first":          reports.Unsupported,
		"network.tls-bad/expired-at-keyset": reports.Unsupported,
		"discovery.issuer-mismatch":         reports.Unsupported,
	} {
		if got := outcomes(first)[name]; got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	for _, r := range first.Results {
		if r.Outcome == reports.Error || r.Outcome == reports.Broken || r.Outcome == reports.Fail {
			t.Errorf("%s: %s (%s %s)", r.Name(), r.Outcome, r.Because, r.Reason)
		}
		if strings.Contains(r.Reason.String(), "hunter2") {
			t.Errorf("%s holds the client secret", r.Name())
		}
	}
	// A second run, some time later, against the same API.
	o.Only = o.Only[:len(o.Only)-1]
	second := play(t, "bearer:"+url, o)
	for name, got := range outcomes(second) {
		if want := outcomes(first)[name]; got != want {
			t.Errorf("%s: %s the second time, %s the first", name, got, want)
		}
	}
	nothingRaw(t, first)
}
