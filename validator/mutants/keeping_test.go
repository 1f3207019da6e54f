package mutants_test

import (
	"fmt"
	"io"
	"log"
	"maps"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing/synctest"
	"time"

	"net"

	"github.com/rogueidp/rogueidp/validator"
	idp "github.com/rogueidp/rogueidp/validator/internal/issuertest"
)

func init() { maps.Copy(faults, keepingFaults) }

// keepingFaults are those of mutants that keep keys in another way.
var keepingFaults = map[string]func(b *bench) bool{
	"never-refreshes": func(b *bench) bool {
		ask := b.used()
		old := b.p.Token(idp.Claim("exp", b.p.Clock.Now().Add(72*time.Hour).Unix()))
		b.p.Rotate(idp.RSA("rsa-2"))
		b.p.Clock.Advance(48 * time.Hour)
		return ask(old)
	},
	"pins-kid": func(b *bench) bool {
		ask := b.used()
		b.p.Rotate(idp.RSA("rsa-2").As("rsa-1"))
		b.p.Clock.Advance(time.Hour)
		return !ask(b.p.Token())
	},
	"refuses-retired-keys": func(b *bench) bool {
		ask, old, first := b.used(), b.p.Key, b.p.Token()
		b.p.Publish(old, idp.RSA("rsa-2"))
		if b.p.Key = idp.RSA("rsa-2"); !ask(b.p.Token()) {
			b.t.Error("the new key is refused, too")
		}
		overlap := !ask(first)
		b.p.Rotate(old)
		b.p.Clock.Advance(time.Hour)
		return overlap && !ask(b.p.Token())
	},
	"long-cooldown": func(b *bench) bool {
		ask := b.used()
		b.p.Rotate(idp.RSA("rsa-2"))
		first := ask(b.p.Token())
		b.p.Rotate(idp.RSA("rsa-3"))
		b.p.Clock.Advance(time.Minute)
		return first && !ask(b.p.Token())
	},
	"flood-shuts-out": func(b *bench) bool {
		ask := b.used()
		for i := range 99 {
			ask(b.p.Token(idp.SignedBy(attacker.As(fmt.Sprint(i)))))
		}
		b.p.Clock.Advance(time.Minute)
		b.p.Rotate(idp.RSA("rsa-2"))
		return !ask(b.p.Token())
	},
	"remembers-kids": func(b *bench) bool {
		const count, length = 1_000, 8 << 10
		v := b.start()
		long := strings.Repeat("k", length)
		grew := kept(func() {
			for i := range count {
				_, _ = v.Validate(b.t.Context(), b.p.Token(idp.SignedBy(attacker.As(fmt.Sprint(i, long)))))
			}
		})
		runtime.KeepAlive(v)
		return grew > count*length/2
	},
	"fetch-per-token": func(b *bench) bool { return b.fetchesAfter(0, 20) > 10 },
	"obeys-cache-control": func(b *bench) bool {
		b.p.Answer(idp.KeySet, idp.Body(idp.JWKS(b.p.Key), "Cache-Control", "max-age=60"))
		often := b.fetchesAfter(55*time.Second, 2) > 1
		b.p.Answer(idp.KeySet, idp.Body(idp.JWKS(b.p.Key), "Cache-Control", "max-age=315360000"))
		return often && b.fetchesAfter(24*time.Hour, 2) == 0
	},
	"forgets-unmodified": func(b *bench) bool {
		tagged := idp.Body(idp.JWKS(b.p.Key), "ETag", `"1"`)
		b.p.Answer(idp.KeySet, func(r *http.Request) (*http.Response, error) {
			if r.Header.Get("If-None-Match") == `"1"` {
				return idp.Status(http.StatusNotModified, "")(r)
			}
			return tagged(r)
		})
		ask := b.used()
		b.p.Clock.Advance(time.Hour)
		ask(b.p.Token())
		synctest.Wait()
		return !ask(b.p.Token())
	},
	"ignores-retry-after": func(b *bench) bool {
		ask := b.used()
		b.p.Answer(idp.KeySet, idp.Status(http.StatusTooManyRequests, "", "Retry-After", "60"))
		ask(b.p.Token(idp.SignedBy(attacker)))
		before := b.p.Fetches(idp.KeySet)
		b.p.Clock.Advance(30 * time.Second)
		ask(b.p.Token(idp.SignedBy(attacker)))
		return b.p.Fetches(idp.KeySet) > before
	},
	"forgets-on-time": func(b *bench) bool {
		ask := b.used()
		b.p.Answer(idp.KeySet, idp.Status(http.StatusInternalServerError, ""))
		b.p.Clock.Advance(time.Hour)
		return !ask(b.p.Token())
	},
	"missed-for-good": func(b *bench) bool {
		ask := b.used()
		b.p.Key = idp.RSA("rsa-2") // signs, and is published later
		ask(b.p.Token())
		b.p.Publish(b.p.Key)
		b.p.Clock.Advance(time.Minute)
		return !ask(b.p.Token())
	},
	"locks-while-fetching": func(b *bench) bool {
		ask := b.used()
		release := b.p.Hold()
		defer release()
		go ask(b.p.Token(idp.SignedBy(attacker)))
		synctest.Wait()
		answered := make(chan bool, 1)
		go func() { answered <- ask(b.p.Token()) }()
		synctest.Wait()
		return len(answered) == 0
	},
	"keeps-key-address": func(b *bench) bool {
		ask := b.used()
		b.p.Rotate(idp.RSA("rsa-2"))
		b.p.Answer(idp.Metadata, idp.Body(`{"issuer":"`+issuerURL+`","jwks_uri":"`+issuerURL+`/moved"}`))
		b.p.Answer("/moved", idp.Body(idp.JWKS(b.p.Key)))
		b.p.Answer(idp.KeySet, idp.Body(idp.JWKS(idp.RSA("rsa-1"))))
		b.p.Clock.Advance(time.Hour)
		return !ask(b.p.Token())
	},
	"names-run-together": func(b *bench) bool {
		other := idp.New(issuerURL + "/k")
		other.Rotate(idp.RSA("other").As("z"))
		b.p.Rotate(idp.RSA("rsa-1").As("k/z"))
		both := func(c *validator.Config) { c.HTTPClient = &http.Client{Transport: idp.Router{other, b.p}} }
		v, err := b.make(b.config(both), b.config(both, func(c *validator.Config) { c.Issuer = other.URL }))
		if err != nil {
			b.t.Fatal(err)
		}
		for _, honest := range []string{b.p.Token(), other.Token()} {
			if _, err := v.Validate(b.t.Context(), honest); err != nil {
				b.t.Errorf("an honest token is refused: %v", err)
			}
		}
		_, err = v.Validate(b.t.Context(), b.p.Token(idp.Claim("iss", other.URL), idp.Header("kid", "z")))
		return err == nil
	},
	"keeps-strangers-keys": func(b *bench) bool {
		const evil = "https://evil.example"
		b.p.Answer(evil+idp.Metadata, idp.Body(`{"issuer":"`+evil+`","jwks_uri":"`+evil+`/keys"}`))
		b.p.Answer(evil+"/keys", idp.Body(idp.JWKS(attacker)))
		ask := b.used()
		if ask(b.p.Token(idp.SignedBy(attacker), idp.Claim("iss", evil))) {
			b.t.Error("a token of another issuer is accepted")
		}
		return ask(b.p.Token(idp.SignedBy(attacker)))
	},
	"connection-per-fetch": func(b *bench) bool { return leftOpen(b) > 1 },
	"goroutine-per-fetch": func(b *bench) bool {
		before := runtime.NumGoroutine()
		for range 20 {
			b.used()
		}
		synctest.Wait()
		return runtime.NumGoroutine()-before > 10
	},
}

// used is a validator that has accepted an honest token; it tells whether it
// accepts others.
func (b *bench) used() func(token string) bool {
	v := b.start()
	ask := func(token string) bool {
		_, err := v.Validate(b.t.Context(), token)
		return err == nil
	}
	ask(b.p.Token())
	return ask
}

// fetchesAfter counts the fetches of honest tokens, each some time after the
// one before it, by a validator that has fetched already.
func (b *bench) fetchesAfter(pause time.Duration, times int) int {
	ask := b.used()
	synctest.Wait()
	before := b.p.Fetches(idp.KeySet)
	for range times {
		b.p.Clock.Advance(pause)
		ask(b.p.Token())
		synctest.Wait()
	}
	return b.p.Fetches(idp.KeySet) - before
}

// leftOpen counts the connections that are open, and idle, when a validator has
// fetched its metadata and its keys from a provider on loopback.
func leftOpen(b *bench) int {
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
	over := make(chan http.ConnState, 16)
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateIdle || state == http.StateClosed {
			over <- state
		}
	}
	s.StartTLS()
	p = idp.New(s.URL)
	transport := s.Client().Transport.(*http.Transport)
	v, err := b.make(validator.Config{
		Issuer: p.URL, ClientID: idp.ClientID, Clock: p.Clock, HTTPClient: &http.Client{Transport: transport},
	})
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err = v.Validate(b.t.Context(), p.Token()); err != nil {
		b.t.Error(err)
	}
	idle := 0
	for range 2 {
		if <-over == http.StateIdle {
			idle++
		}
	}
	s.Close()
	return idle
}
