package validator_test

import (
	"context"
	"crypto/tls"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rogueidp/rogueidp/validator"
	"github.com/rogueidp/rogueidp/validator/internal/issuertest"
)

func TestConfig(t *testing.T) {
	p := issuertest.New(issuerURL)
	for name, change := range map[string]func(*validator.Config){
		"no issuer":             func(c *validator.Config) { c.Issuer = "" },
		"issuer over HTTP":      func(c *validator.Config) { c.Issuer = "http://issuer.example" },
		"issuer is a name":      func(c *validator.Config) { c.Issuer = "issuer.example" },
		"issuer with query":     func(c *validator.Config) { c.Issuer += "?a=b" },
		"issuer with ?":         func(c *validator.Config) { c.Issuer += "?" },
		"issuer with fragment":  func(c *validator.Config) { c.Issuer += "#a" },
		"issuer with user":      func(c *validator.Config) { c.Issuer = "https://a@issuer.example" },
		"issuer that is no URL": func(c *validator.Config) { c.Issuer = "https://%zz" },
		"no client":             func(c *validator.Config) { c.ClientID = "" },
		"unknown kind":          func(c *validator.Config) { c.Kind = 9 },
		"none":                  func(c *validator.Config) { c.Algorithms = []string{"none"} },
		"unknown algorithm":     func(c *validator.Config) { c.Algorithms = []string{"RS256", "rs256"} },
		"HS256 without secret":  func(c *validator.Config) { c.Algorithms = []string{"HS256"} },
		"HS256, short secret": func(c *validator.Config) {
			c.Algorithms, c.ClientSecret = []string{"HS256"}, strings.Repeat("s", 31)
		},
		"HS512, short secret": func(c *validator.Config) {
			c.Algorithms, c.ClientSecret = []string{"HS256", "HS512"}, strings.Repeat("s", 63)
		},
		"negative leeway":    func(c *validator.Config) { c.Leeway = -1 },
		"an hour of leeway":  func(c *validator.Config) { c.Leeway = time.Hour },
		"negative TTL":       func(c *validator.Config) { c.TTL = -1 },
		"a week stale":       func(c *validator.Config) { c.MaxStale = 168 * time.Hour },
		"endless fetch":      func(c *validator.Config) { c.FetchTimeout = time.Hour },
		"keys over HTTP":     func(c *validator.Config) { c.JWKSURI = "http://issuer.example/keys" },
		"keys in a file":     func(c *validator.Config) { c.JWKSURI = "file:///keys" },
		"keys at no URL":     func(c *validator.Config) { c.JWKSURI = "https://%zz" },
		"keys and their URL": func(c *validator.Config) { c.JWKSURI, c.JWKS = "https://a.example", []byte(issuertest.JWKS(p.Key)) },
		"unverified transport": func(c *validator.Config) {
			c.HTTPClient = &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			v, err := validator.New(settings(p, change))
			if err == nil || v != nil {
				t.Fatal("the configuration was taken")
			}
			if text := err.Error(); strings.Contains(text, "sss") || !strings.HasPrefix(text, "validator: ") {
				t.Errorf("the error is %q", text)
			}
		})
	}
	if _, err := validator.New(settings(p), settings(p)); err == nil {
		t.Error("one issuer was taken twice")
	}
	if _, err := validator.New(settings(p, func(c *validator.Config) { c.HTTPClient, c.Clock = nil, nil })); err != nil {
		t.Error(err)
	}
}

func TestZeroValidator(t *testing.T) {
	var v validator.Validator
	_, err := v.Validate(context.Background(), issuertest.New(issuerURL).Token())
	wants(t, err, validator.CodeIssuer, false)
}

// TestPinsDoNotMove changes what the caller handed over.
func TestPinsDoNotMove(t *testing.T) {
	p := issuertest.New(issuerURL)
	trusted, algs := []string{"api"}, []string{"RS256"}
	v := start(t, p, func(c *validator.Config) { c.TrustedAudiences, c.Algorithms = trusted, algs })
	trusted[0], algs[0] = "evil", "ES256"
	refuse(t, v, p.Token(claim("aud", []string{"rp-1", "evil"})), validator.CodeAudience)
	refuse(t, v, p.Token(issuertest.SignedBy(issuertest.EC("ec-1"))), validator.CodeAlg)
	accept(t, v, p.Token(claim("aud", []string{"rp-1", "api"})))
}

func TestCheckNames(t *testing.T) {
	for check, want := range map[validator.Check]string{
		validator.CheckParse: "parse", validator.CheckKid: "kid", validator.CheckKey: "key", validator.CheckSignature: "signature",
		validator.CheckIssuer: "issuer", validator.CheckAudience: "audience", validator.CheckTime: "time", validator.CheckNonce: "nonce",
		0: "unknown", 9: "unknown",
	} {
		if got := check.String(); got != want {
			t.Errorf("check %d is %q, want %q", check, got, want)
		}
	}
}

func TestClaims(t *testing.T) {
	p := issuertest.New(issuerURL)
	now := p.Clock.Now().Unix()
	token := p.Token(claim("azp", "rp-1"), claim("auth_time", now-5), claim("nbf", now-1), claim("acr", "gold"), claim("jti", "j"),
		claim("nonce", "n"), claim("groups", []string{"a", "b"}), claim("NAME", "no"), claim("name", "Alice"))
	c := accept(t, start(t, p), token, validator.WithNonce("n"))
	if c.Issuer != p.URL || c.Subject != "alice" || len(c.Audience) != 1 || c.Audience[0] != "rp-1" || c.AuthorizedParty != "rp-1" ||
		c.Expires.Unix() != now+3600 || c.IssuedAt.Unix() != now || c.NotBefore.Unix() != now-1 || c.AuthTime.Unix() != now-5 ||
		c.Nonce != "n" || c.ACR != "gold" || c.ID != "j" {
		t.Errorf("the claims are %+v", c)
	}
	_, payload, _ := issuertest.Segments(token)
	if string(c.JSON()) != decode(t, payload) {
		t.Errorf("the payload is %s", c.JSON())
	}
	var more struct {
		Groups []string `json:"groups"`
		Name   string   `json:"name"`
	}
	if err := c.Decode(&more); err != nil || len(more.Groups) != 2 || more.Name != "Alice" {
		t.Errorf("decoded %+v, %v", more, err)
	}
	c.Audience[0] = "changed"
	if again := accept(t, start(t, p), token, validator.WithNonce("n")); again.Audience[0] != "rp-1" {
		t.Error("two results share their audiences")
	}
}
