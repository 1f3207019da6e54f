package mutants_test

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"io"
	"log"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/rogueidp/rogueidp/validator"
	idp "github.com/rogueidp/rogueidp/validator/internal/issuertest"
)

func init() { maps.Copy(faults, fetchingFaults) }

// fetchingFaults are those of mutants that fetch in another way, or believe
// other documents.
var fetchingFaults = map[string]func(b *bench) bool{
	"skips-certificate": func(b *bench) bool {
		return overTLS(b, nil, func(*tls.Config) {}) && !overTLS(b, &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}, func(*tls.Config) {})
	},
	"speaks-old-tls": func(b *bench) bool {
		trusting := func(c *tls.Config) {
			c.InsecureSkipVerify, c.VerifyConnection = true, func(tls.ConnectionState) error { return nil }
		}
		return overTLS(b, &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}, trusting)
	},
	"waits-forever": func(b *bench) bool {
		v := b.start()
		release := b.p.Hold()
		defer release()
		mine, cancel := context.WithTimeout(b.t.Context(), time.Hour)
		defer cancel()
		_, _ = v.Validate(mine, b.p.Token())
		return mine.Err() != nil
	},
	"asks-once": func(b *bench) bool {
		honest := idp.Body(idp.JWKS(b.p.Key))
		n := 0
		b.p.Answer(idp.KeySet, func(r *http.Request) (*http.Response, error) {
			if n++; n == 1 {
				return nil, io.ErrUnexpectedEOF
			}
			return honest(r)
		})
		_, err := b.start().Validate(b.t.Context(), b.p.Token())
		return err != nil
	},
	"gives-up": func(b *bench) bool {
		v := b.start()
		b.p.Answer(idp.KeySet, idp.Status(http.StatusInternalServerError, ""))
		_, _ = v.Validate(b.t.Context(), b.p.Token())
		b.p.Answer(idp.KeySet, nil)
		b.p.Clock.Advance(time.Minute)
		_, err := v.Validate(b.t.Context(), b.p.Token())
		return err != nil
	},
	"crashes-without-keys": func(b *bench) (crashed bool) {
		defer func() { crashed = recover() != nil }()
		b.p.Answer(idp.KeySet, idp.Status(http.StatusInternalServerError, ""))
		_, _ = b.start().Validate(b.t.Context(), b.p.Token())
		return false
	},

	"normalizes-metadata-issuer": func(b *bench) bool {
		b.p.Answer(idp.Metadata, idp.Body(`{"issuer":"https://ISSUER.example:443/","jwks_uri":"`+issuerURL+`/keys"}`))
		first := b.accepts(b.p.Token())
		b.p.Answer(idp.Metadata, idp.Body(`{"issuer":"https://issuer.example/t","jwks_uri":"`+issuerURL+`/keys"}`))
		return first && !b.accepts(b.p.Token())
	},
	"adopts-metadata-issuer": func(b *bench) bool {
		b.p.Answer(idp.Metadata, idp.Body(`{"issuer":"https://honest.example","jwks_uri":"`+issuerURL+`/keys"}`))
		return b.accepts(b.p.Token(idp.Claim("iss", "https://honest.example"))) && !b.accepts(b.p.Token())
	},
	"no-keys-no-check": func(b *bench) bool {
		forged := b.p.Token(idp.ForgedBy(attacker))
		if b.accepts(forged) {
			b.t.Error("a forged token is accepted beside a key set")
		}
		b.p.Answer(idp.Metadata, idp.Body(`{"issuer":"`+issuerURL+`"}`))
		return b.accepts(forged)
	},
	"any-scheme": func(b *bench) bool {
		keys := base64.StdEncoding.EncodeToString([]byte(idp.JWKS(b.p.Key)))
		b.p.Answer(idp.Metadata, idp.Body(`{"issuer":"`+issuerURL+`","jwks_uri":"data:application/json;base64,`+keys+`"}`))
		data := b.accepts(b.p.Token())
		b.p.Answer(idp.Metadata, idp.Body(`{"issuer":"`+issuerURL+`","jwks_uri":"http://issuer.example/keys"}`))
		b.p.Answer("http://issuer.example/keys", idp.Body(idp.JWKS(b.p.Key)))
		return data && b.accepts(b.p.Token())
	},
	"fetches-inward": func(b *bench) bool {
		b.p.Answer(idp.Metadata, idp.Body(`{"issuer":"`+issuerURL+`","jwks_uri":"https://127.0.0.1/keys"}`))
		b.p.Answer("https://127.0.0.1/keys", idp.Body(idp.JWKS(b.p.Key)))
		return b.accepts(b.p.Token())
	},
	"keys-under-issuer": func(b *bench) bool {
		b.p.Answer(idp.Metadata, idp.Body(`{"issuer":"`+issuerURL+`","jwks_uri":"`+issuerURL+`/elsewhere/set"}`))
		b.p.Answer("/elsewhere/set", idp.Body(idp.JWKS(b.p.Key)))
		return !b.accepts(b.p.Token())
	},
	"obeys-metadata-algs": func(b *bench) bool {
		b.p.Answer(idp.Metadata, advertises(`[]`))
		return !b.accepts(b.p.Token())
	},
	"none-if-advertised": func(b *bench) bool {
		unsigned := b.p.Token(idp.Header("alg", "none"))
		unsigned = unsigned[:strings.LastIndexByte(unsigned, '.')+1]
		if b.accepts(unsigned) {
			b.t.Error("alg none is accepted though nobody advertises it")
		}
		b.p.Answer(idp.Metadata, advertises(`["none"]`))
		return b.accepts(unsigned)
	},
	"keeps-slash": func(b *bench) bool {
		p := idp.New(issuerURL + "/")
		v, err := b.make(validator.Config{Issuer: p.URL, ClientID: idp.ClientID, Clock: p.Clock, HTTPClient: p.Client()})
		if err != nil {
			b.t.Fatal(err)
		}
		_, err = v.Validate(b.t.Context(), p.Token())
		return err != nil
	},
}

func advertises(algs string) idp.Reply {
	return idp.Body(`{"issuer":"` + issuerURL + `","jwks_uri":"` + issuerURL + `/keys","id_token_signing_alg_values_supported":` + algs + `}`)
}

// overTLS tells whether an honest token is accepted when the provider is
// reached over TLS, by a client that does not know its authority. It is not
// the bubble's provider, and has its own listener on loopback.
func overTLS(b *bench, server *tls.Config, client func(*tls.Config)) bool {
	b.t.Helper()
	var p *idp.Provider
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.URL.Scheme, r.URL.Host = "https", r.Host
		reply, err := p.RoundTrip(r)
		if err != nil {
			b.t.Error(err)
			return
		}
		_, _ = io.Copy(w, reply.Body)
	}))
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	if server != nil {
		s.TLS = server
	}
	s.StartTLS()
	defer s.Close()
	p = idp.New(s.URL)
	cfg := &tls.Config{}
	client(cfg)
	transport := &http.Transport{TLSClientConfig: cfg}
	defer transport.CloseIdleConnections()
	v, err := b.make(validator.Config{
		Issuer: p.URL, ClientID: idp.ClientID, Clock: p.Clock, HTTPClient: &http.Client{Transport: transport},
	})
	if err != nil {
		b.t.Fatal(err)
	}
	_, err = v.Validate(b.t.Context(), p.Token())
	return err == nil
}
