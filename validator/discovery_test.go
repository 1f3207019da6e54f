package validator_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rogueidp/rogueidp/validator"
	"github.com/rogueidp/rogueidp/validator/internal/issuertest"
)

func metadata(members ...string) issuertest.Reply {
	return issuertest.Body("{" + strings.Join(members, ",") + "}")
}

const (
	ours = `"issuer":"` + issuerURL + `"`
	here = `"jwks_uri":"` + issuerURL + `/keys"`
)

func TestMetadata(t *testing.T) {
	good := map[string]issuertest.Reply{
		"plain":            metadata(ours, here),
		"unknown members":  metadata(ours, here, `"x":{"a":[1]}`, `"authorization_endpoint":"https://issuer.example/auth"`),
		"none advertised":  metadata(ours, here, `"id_token_signing_alg_values_supported":["none"]`),
		"HS256 advertised": metadata(ours, here, `"id_token_signing_alg_values_supported":["HS256"]`),
		"JWKS_URI beside":  metadata(ours, here, `"JWKS_URI":"https://evil.example/keys"`),
		"media type":       issuertest.Body("{"+ours+","+here+"}", "Content-Type", "text/plain"),
	}
	for name, reply := range good {
		t.Run(name, func(t *testing.T) {
			p := issuertest.New(issuerURL)
			p.Answer(issuertest.Metadata, reply)
			v := start(t, p)
			accept(t, v, p.Token())
			refuse(t, v, p.Token(issuertest.SignedBy(issuertest.Oct("x", make([]byte, 32)))), validator.CodeAlg)
			fetches(t, p, 1)
		})
	}

	// Where the metadata name somebody else the token is refused; where they
	// cannot be used it is not judged.
	disowned := map[string]string{
		"another issuer":   `"issuer":"https://evil.example"`,
		"suffix":           `"issuer":"` + issuerURL + `INVALID"`,
		"slash":            `"issuer":"` + issuerURL + `/"`,
		"case":             `"issuer":"https://ISSUER.example"`,
		"port":             `"issuer":"` + issuerURL + `:443"`,
		"template":         `"issuer":"https://issuer.example/{tenantid}/v2.0"`,
		"no issuer":        `"x":1`,
		"issuer is null":   `"issuer":null`,
		"issuer is array":  `"issuer":["` + issuerURL + `"]`,
		"query":            `"issuer":"` + issuerURL + `?x=1"`,
		"issuer is number": `"issuer":1`,
	}
	for name, issuer := range disowned {
		t.Run(name, func(t *testing.T) {
			p := issuertest.New(issuerURL)
			p.Answer(issuertest.Metadata, metadata(issuer, here))
			refuse(t, start(t, p), p.Token(), validator.CodeMetadata)
			fetches(t, p, 0)
		})
	}
	unusable := map[string]string{
		"no jwks_uri": `"x":1`, "null": `"jwks_uri":null`, "relative": `"jwks_uri":"/keys"`, "empty": `"jwks_uri":""`,
		"http": `"jwks_uri":"http://issuer.example/keys"`, "file": `"jwks_uri":"file:///etc/passwd"`, "data": `"jwks_uri":"data:,{}"`,
		"ftp": `"jwks_uri":"ftp://issuer.example/keys"`, "user": `"jwks_uri":"https://a@issuer.example/keys"`, "JWKS_URI": `"JWKS_URI":"` + issuerURL + `/keys"`,
		"array": `"jwks_uri":["` + issuerURL + `/keys"]`, "no address": `"jwks_uri":"https://%zz"`, "twice": here + "," + here,
	}
	for name, where := range unusable {
		t.Run(name, func(t *testing.T) {
			p := issuertest.New(issuerURL)
			p.Answer(issuertest.Metadata, metadata(ours, where))
			unavailable(t, start(t, p), p.Token(), validator.CodeMetadata)
			fetches(t, p, 0)
		})
	}
	for name, reply := range map[string]issuertest.Reply{
		"HTML": issuertest.Body("<html>"), "404": issuertest.Status(404, "{}"), "500": issuertest.Status(500, "{}"), "201": issuertest.Status(201, "{"+ours+","+here+"}"),
		"50 MB": issuertest.Body(strings.Repeat(" ", 50<<20)), "deep": issuertest.Body("{" + ours + "," + here + `,"x":` + strings.Repeat("[", 1<<19) + "}"),
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, p *issuertest.Provider) {
				p.Answer(issuertest.Metadata, reply)
				v := start(t, p)
				if _, err := v.Validate(t.Context(), p.Token()); err == nil {
					t.Fatal("a token was accepted without keys")
				}
				p.Answer(issuertest.Metadata, nil)
				p.Clock.Advance(2 * time.Second)
				accept(t, v, p.Token())
			})
		})
	}
}

func TestWellKnown(t *testing.T) {
	for issuer, want := range map[string]string{
		"https://issuer.example":      "https://issuer.example/.well-known/openid-configuration",
		"https://issuer.example/":     "https://issuer.example/.well-known/openid-configuration",
		"https://issuer.example/a/b":  "https://issuer.example/a/b/.well-known/openid-configuration",
		"https://issuer.example/a/b/": "https://issuer.example/a/b/.well-known/openid-configuration",
	} {
		p := issuertest.New(issuer)
		var asked []string
		v := start(t, p, func(c *validator.Config) {
			c.HTTPClient = &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
				asked = append(asked, r.URL.String())
				return p.RoundTrip(r)
			})}
		})
		accept(t, v, p.Token())
		if asked[0] != want {
			t.Errorf("%s: asked for %s, want %s", issuer, asked[0], want)
		}
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestMetadataAreKept(t *testing.T) {
	bubble(t, func(t *testing.T, p *issuertest.Provider) {
		v := start(t, p)
		accept(t, v, p.Token())
		p.Rotate(newKey)
		accept(t, v, p.Token())
		if n := p.Fetches(issuertest.Metadata); n != 1 {
			t.Errorf("the metadata were fetched %d times", n)
		}
	})
}

// TestKeySetMoves gives the key set another address; the old one answers, or
// does not.
func TestKeySetMoves(t *testing.T) {
	for name, old := range map[string]issuertest.Reply{"old keys": issuertest.Body(issuertest.JWKS(issuertest.RSA("rsa-1"))), "404": issuertest.Status(404, "")} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, p *issuertest.Provider) {
				v := start(t, p)
				accept(t, v, p.Token())
				p.Answer(issuertest.Metadata, metadata(ours, `"jwks_uri":"`+issuerURL+`/moved"`))
				p.Answer("/moved", issuertest.Body(issuertest.JWKS(newKey)))
				p.Answer(issuertest.KeySet, old)
				if name == "old keys" {
					p.Clock.Advance(8 * time.Minute)
				}
				p.Rotate(newKey)
				accept(t, v, p.Token())
			})
		})
	}
}

// TestIssuerIsDisowned has the metadata name another issuer in mid-life.
func TestIssuerIsDisowned(t *testing.T) {
	bubble(t, func(t *testing.T, p *issuertest.Provider) {
		v := start(t, p)
		accept(t, v, p.Token())
		p.Answer(issuertest.Metadata, metadata(`"issuer":"https://evil.example"`, here))
		p.Clock.Advance(10 * time.Minute)
		refuse(t, v, p.Token(), validator.CodeMetadata)
		p.Answer(issuertest.Metadata, nil)
		p.Clock.Advance(10 * time.Second)
		accept(t, v, p.Token())
	})
}

func TestMetadataOutage(t *testing.T) {
	bubble(t, func(t *testing.T, p *issuertest.Provider) {
		v := start(t, p)
		accept(t, v, p.Token())
		p.Answer(issuertest.Metadata, outage)
		p.Rotate(newKey)
		p.Clock.Advance(time.Hour)
		accept(t, v, p.Token())
		synctest.Wait()
	})
}
