package validator_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rogueidp/rogueidp/validator"
	"github.com/rogueidp/rogueidp/validator/internal/issuertest"
)

// bubble runs a test with time-outs that pass at once when nothing else can
// happen, and fails it if a goroutine is left over.
func bubble(t *testing.T, test func(t *testing.T, p *issuertest.Provider)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { test(t, issuertest.New(issuerURL)) })
}

// crowd validates n tokens at once and returns their errors.
func crowd(ctx context.Context, v *validator.Validator, n int, token func(i int) string) func() []error {
	errs := make([]error, n)
	var all sync.WaitGroup
	for i := range n {
		raw := token(i)
		all.Go(func() { _, errs[i] = v.Validate(ctx, raw) })
	}
	return func() []error { all.Wait(); return errs }
}

func acceptAll(t *testing.T, errs []error) {
	t.Helper()
	for _, err := range errs {
		if err != nil {
			t.Fatalf("an honest token was not accepted: %v", err)
		}
	}
}

var (
	newKey   = issuertest.RSA("rsa-2")
	attacker = issuertest.EC("attacker")
	outage   = issuertest.Status(http.StatusInternalServerError, "")
	noKeys   = issuertest.Body(`{"keys":[]}`)
)

func TestStreamCostsOneFetch(t *testing.T) {
	bubble(t, func(t *testing.T, p *issuertest.Provider) {
		v := start(t, p)
		for range 1000 {
			accept(t, v, p.Token(issuertest.SignedBy(issuertest.EC("ec-1"))))
			p.Clock.Advance(400 * time.Millisecond)
		}
		fetches(t, p, 1)
	})
}

func TestColdCrowdCostsOneFetch(t *testing.T) {
	bubble(t, func(t *testing.T, p *issuertest.Provider) {
		release := p.Hold()
		v, raw := start(t, p), p.Token()
		wait := crowd(t.Context(), v, 200, func(int) string { return raw })
		synctest.Wait()
		release()
		acceptAll(t, wait())
		fetches(t, p, 1)
	})
}

func TestNewKeyIsLearnedAtOnce(t *testing.T) {
	bubble(t, func(t *testing.T, p *issuertest.Provider) {
		v := start(t, p)
		old := p.Token()
		accept(t, v, old)
		p.Rotate(newKey)
		accept(t, v, p.Token())
		refuse(t, v, old, validator.CodeKid)
		fetches(t, p, 2)
	})
}

func TestNewKeyAndCrowd(t *testing.T) {
	bubble(t, func(t *testing.T, p *issuertest.Provider) {
		v := start(t, p)
		accept(t, v, p.Token())
		p.Rotate(newKey)
		release := p.Hold()
		raw := p.Token()
		wait := crowd(t.Context(), v, 200, func(int) string { return raw })
		synctest.Wait()
		release()
		acceptAll(t, wait())
		fetches(t, p, 2)
	})
}

func TestNoCallerEndsTheFetchOfOthers(t *testing.T) {
	bubble(t, func(t *testing.T, p *issuertest.Provider) {
		v := start(t, p)
		accept(t, v, p.Token())
		p.Rotate(newKey)
		release := p.Hold()
		raw := p.Token()
		mine, cancel := context.WithCancel(t.Context())
		first := crowd(mine, v, 1, func(int) string { return raw })
		synctest.Wait()
		rest := crowd(t.Context(), v, 20, func(int) string { return raw })
		synctest.Wait()
		cancel()
		err := first()[0]
		if wants(t, err, validator.CodeKeySet, true); !errors.Is(err, context.Canceled) {
			t.Errorf("the error does not tell of the cancellation: %v", err)
		}
		release()
		acceptAll(t, rest())
		fetches(t, p, 2)
	})
}

func TestCallerWaitsNoLongerThanItWants(t *testing.T) {
	bubble(t, func(t *testing.T, p *issuertest.Provider) {
		defer p.Hold()()
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		defer cancel()
		began := now()
		_, err := start(t, p).Validate(ctx, p.Token())
		if wants(t, err, validator.CodeKeySet, true); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the error does not tell of the deadline: %v", err)
		}
		if took := now().Sub(began); took != 200*time.Millisecond {
			t.Errorf("waited %v", took)
		}
	})
}

func TestFetchTimeout(t *testing.T) {
	bubble(t, func(t *testing.T, p *issuertest.Provider) {
		p.Answer(issuertest.KeySet, func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		})
		began := now()
		unavailable(t, start(t, p, func(c *validator.Config) { c.FetchTimeout = time.Second }), p.Token(), validator.CodeKeySet)
		if took := now().Sub(began); took != time.Second {
			t.Errorf("waited %v", took)
		}
	})
}

// TestDeafTransport has a transport that heeds no context: the fetch ends all
// the same, and what it brings later is not used.
func TestDeafTransport(t *testing.T) {
	bubble(t, func(t *testing.T, p *issuertest.Provider) {
		v := start(t, p)
		accept(t, v, p.Token())
		old := issuertest.JWKS(p.Key)
		p.Rotate(newKey)
		late := make(chan struct{})
		p.Answer(issuertest.KeySet, func(r *http.Request) (*http.Response, error) {
			<-late
			return issuertest.Body(old)(r)
		})
		unavailable(t, v, p.Token(), validator.CodeKeySet)
		p.Answer(issuertest.KeySet, nil)
		p.Clock.Advance(10 * time.Second)
		accept(t, v, p.Token())
		close(late)
		synctest.Wait()
		accept(t, v, p.Token())
		fetches(t, p, 3)
	})
}

func TestSameKidNewKey(t *testing.T) {
	bubble(t, func(t *testing.T, p *issuertest.Provider) {
		v := start(t, p)
		old := p.Token()
		accept(t, v, old)
		p.Rotate(newKey.As(p.Key.Kid))
		accept(t, v, p.Token())
		fetches(t, p, 2)
		refuse(t, v, old, validator.CodeSignature)
		fetches(t, p, 2)
	})
}

func TestRollback(t *testing.T) {
	bubble(t, func(t *testing.T, p *issuertest.Provider) {
		v, old := start(t, p), p.Key
		accept(t, v, p.Token())
		for _, key := range []*issuertest.Key{newKey, old, issuertest.EC("ec-2"), old} {
			p.Rotate(key)
			accept(t, v, p.Token())
			p.Clock.Advance(11 * time.Second)
		}
	})
}

func TestOverlapCostsNothing(t *testing.T) {
	bubble(t, func(t *testing.T, p *issuertest.Provider) {
		p.Publish(p.Key, newKey)
		v := start(t, p)
		accept(t, v, p.Token())
		accept(t, v, p.Token(issuertest.SignedBy(newKey)))
		fetches(t, p, 1)
	})
}

// TestBadReplies has the keys survive a reply that holds none.
func TestBadReplies(t *testing.T) {
	for name, reply := range map[string]issuertest.Reply{
		"500": outage, "no keys": noKeys, "HTML": issuertest.Body("<html>"), "{}": issuertest.Body("{}"),
		"truncated": issuertest.Body(`{"keys":[{"kty":"RSA"`), "304": issuertest.Status(304, ""), "204": issuertest.Status(204, ""),
		"reset": func(*http.Request) (*http.Response, error) { return nil, errors.New("connection reset") },
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, p *issuertest.Provider) {
				v := start(t, p)
				accept(t, v, p.Token())
				p.Answer(issuertest.KeySet, reply)
				unavailable(t, v, p.Token(issuertest.SignedBy(attacker)), validator.CodeKeySet)
				fetches(t, p, 2)
				accept(t, v, p.Token())
				p.Clock.Advance(time.Hour)
				accept(t, v, p.Token())
				p.Answer(issuertest.KeySet, nil)
				p.Clock.Advance(10 * time.Second)
				p.Rotate(newKey)
				accept(t, v, p.Token())
			})
		})
	}
}

func TestIssuersApart(t *testing.T) {
	bubble(t, func(t *testing.T, p *issuertest.Provider) {
		a, b := issuertest.New("https://host.example/a"), issuertest.New("https://host.example/a:b|c")
		b.Rotate(issuertest.RSA("b").As(a.Key.Kid))
		both := &http.Client{Transport: issuertest.Router{a, b}}
		v, err := validator.New(
			validator.Config{Issuer: a.URL, ClientID: issuertest.ClientID, Clock: a.Clock, HTTPClient: both},
			validator.Config{Issuer: b.URL, ClientID: "rp-b", Clock: b.Clock, HTTPClient: both},
		)
		if err != nil {
			t.Fatal(err)
		}
		toB := claim("aud", "rp-b")
		accept(t, v, a.Token())
		refuse(t, v, a.Token(claim("iss", b.URL), toB), validator.CodeSignature)
		accept(t, v, b.Token(toB))
		refuse(t, v, b.Token(claim("iss", a.URL)), validator.CodeSignature)
		refuse(t, v, b.Token(), validator.CodeAudience)
		for _, iss := range []any{"https://host.example", "https://evil.example", nil, "", 1} {
			refuse(t, v, a.Token(claim("iss", iss)), validator.CodeIssuer)
		}
	})
}

// TestNothingLeaksBetweenTokens judges many tokens at once, good and bad, of
// several keys, and wants each caller to get its own.
func TestNothingLeaksBetweenTokens(t *testing.T) {
	p := issuertest.New(issuerURL)
	v := start(t, p)
	keys := []*issuertest.Key{p.Key, issuertest.EC("ec-1")}
	var all sync.WaitGroup
	for i := range 16 {
		name := strings.Repeat("subject ", i+1)
		good := p.Token(issuertest.SignedBy(keys[i%2]), claim("sub", name), claim("aud", []string{"rp-1", "rp-1"}[:1+i%2]))
		bad := good[:strings.LastIndexByte(good, '.')+1] + issuertest.Encode(keys[i%2].Sign(keys[i%2].Alg, "another"))
		all.Go(func() {
			for range 50 {
				c, err := v.Validate(t.Context(), good)
				if err != nil || c.Subject != name || len(c.Audience) != 1+i%2 {
					t.Errorf("got %+v, %v", c, err)
					return
				}
				if c, err := v.Validate(t.Context(), bad); err == nil {
					t.Errorf("accepted a bad signature: %+v", c)
					return
				}
			}
		})
	}
	all.Wait()
}
