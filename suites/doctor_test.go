package suites

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/suites/target"
	"github.com/rogueidp/rogueidp/validator"
)

// ailing is an API that was configured once, perhaps wrongly, and the options
// of who wants to test it.
type ailing struct {
	config validator.Config
	o      Options
	reach  target.Options
	spec   string // empty: that of the API
	port   string // on which the provider listens
	tls    *http.Transport

	quiet bool // it refuses without a word
	// instead answers in place of the validator, if it says so.
	instead func(w http.ResponseWriter, r *http.Request) bool
	date    time.Duration // by which its Date header is off
}

// shiftedClock is the system's, but for a while.
type shiftedClock time.Duration

func (c shiftedClock) Now() time.Time { return clock().Add(time.Duration(c)) }

// healthy is an API that could be tested.
func healthy(t *testing.T) *ailing {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()
	_, port, _ := net.SplitHostPort(addr)
	a := &ailing{port: port, o: Options{
		Seed: 1, MaxWait: time.Millisecond, Provider: mockidp.Config{Listen: addr, TLSDir: t.TempDir()},
		Fixed: mockidp.TenantConfig{Issuer: "https://localhost:" + port + "/idp", ClientID: "My-api", ClientSecret: "hunter2-hunter2-hunter2-hunter2-"},
	}}
	p, err := mockidp.New(a.o.Provider)
	if err != nil {
		t.Fatal(err)
	}
	a.tls = &http.Transport{TLSClientConfig: &tls.Config{RootCAs: p.CertPool(), MinVersion: tls.VersionTLS12}}
	p.Close()
	a.config = validator.Config{Issuer: a.o.Fixed.Issuer, ClientID: a.o.Fixed.ClientID, Kind: validator.BearerJWT, HTTPClient: &http.Client{Transport: a.tls}}
	return a
}

// open starts the API and says how it is spelled.
func (a *ailing) open(t *testing.T) string {
	t.Helper()
	v, err := validator.New(a.config)
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Date", clock().Add(a.date).UTC().Format(http.TimeFormat))
		if a.instead != nil && a.instead(w, r) {
			return
		}
		token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		_, err := v.Validate(r.Context(), token)
		if err == nil {
			return
		}
		status := http.StatusUnauthorized
		if e := (*validator.Error)(nil); errors.As(err, &e) && e.Unavailable() && !a.quiet {
			status = http.StatusServiceUnavailable
		}
		if a.quiet {
			w.WriteHeader(status)
			return
		}
		http.Error(w, err.Error()+" "+a.o.Fixed.ClientSecret, status)
	}))
	t.Cleanup(s.Close)
	if a.spec != "" {
		return a.spec
	}
	return "bearer:" + s.URL + "/me"
}

// plainly asks over HTTP for what it was told to ask over HTTPS.
type plainly struct{}

func (plainly) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.URL.Scheme = "http"
	return http.DefaultTransport.RoundTrip(r)
}

// nowhere is the network of a container on which the provider is not found.
func nowhere() *http.Transport {
	return &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connect: connection refused")}
	}}
}

// freePort is one on which nobody listens.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}

// Of a set-up that is broken in one way, the doctor names that way and no other.
func TestTheDoctorNamesTheCause(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		ail   func(t *testing.T, a *ailing)
		cause Cause
		says  string
	}{
		"nothing": {func(*testing.T, *ailing) {}, "", ""},
		"the target's port is wrong": {
			func(t *testing.T, a *ailing) { a.spec = "bearer:http://127.0.0.1:" + freePort(t) + "/me" },
			NoTarget, "nobody listens at 127.0.0.1:",
		},
		"the target speaks HTTP where HTTPS is spelled": {
			func(t *testing.T, a *ailing) { a.spec = strings.Replace(a.open(t), "http://", "https://", 1) },
			NoTarget, "speaks HTTP without TLS: write the target with http://",
		},
		"the target's host is wrong": {
			func(t *testing.T, a *ailing) { a.spec = "bearer:http://nobody.invalid/me" },
			NoTarget, "",
		},
		"the target's path is wrong": {
			func(t *testing.T, a *ailing) {
				a.instead = func(w http.ResponseWriter, r *http.Request) bool {
					http.NotFound(w, r)
					return true
				}
			},
			NoTarget, "it answered 404 Not Found, which neither accepts nor refuses; look at the path of the target",
		},
		"the target forces HTTPS": {
			func(t *testing.T, a *ailing) {
				a.instead = func(w http.ResponseWriter, r *http.Request) bool {
					http.Redirect(w, r, "https://127.0.0.1:8443"+r.URL.Path, http.StatusMovedPermanently)
					return true
				}
			},
			ForcedHTTPS, "write the target with https://127.0.0.1:8443/me",
		},
		"our issuer has the wrong port": {
			func(t *testing.T, a *ailing) {
				a.o.Fixed.Issuer = "https://localhost:" + freePort(t) + "/idp"
				a.config.Issuer = a.o.Fixed.Issuer
			},
			Misplaced, "give --listen the host and port of the issuer",
		},
		"the target's issuer has the wrong port": {
			func(t *testing.T, a *ailing) { a.config.Issuer = "https://localhost:" + freePort(t) + "/idp" },
			OtherIssuer, "it expects the issuer https://localhost:",
		},
		"the target's issuer is wrong": {
			func(_ *testing.T, a *ailing) { a.config.Issuer = "https://localhost:" + a.port + "/realms/mine" },
			OtherIssuer, "/realms/mine, and the provider's is https://localhost:",
		},
		"the target's issuer lacks the path": {
			func(_ *testing.T, a *ailing) { a.config.Issuer, a.quiet = "https://localhost:"+a.port, true },
			OtherIssuer, "configure it to that very text",
		},
		"the target's issuer has the address for the name": {
			func(_ *testing.T, a *ailing) { a.config.Issuer, a.quiet = "https://127.0.0.1:"+a.port+"/idp", true },
			OtherIssuer, "it expects the issuer https://127.0.0.1:",
		},
		"the provider speaks HTTP where the target wants HTTPS": {
			func(_ *testing.T, a *ailing) {
				a.o.Provider.Plain, a.o.Provider.TLSDir = true, ""
				a.o.Fixed.Issuer = "http://localhost:" + a.port + "/idp"
			},
			PlainHTTP, "it expects the issuer https://localhost:",
		},
		"the target's issuer ends in a slash": {
			func(_ *testing.T, a *ailing) { a.config.Issuer += "/" },
			OtherSlash, "differ in the slash at the end: configure it to that very text",
		},
		"the target's issuer ends in a slash, and it says nothing": {
			func(_ *testing.T, a *ailing) { a.config.Issuer, a.quiet = a.config.Issuer+"/", true },
			OtherSlash, "differ in the slash at the end: configure it to that very text",
		},
		"the target does not know the authority": {
			func(_ *testing.T, a *ailing) { a.config.HTTPClient = &http.Client{Transport: &http.Transport{}} },
			UnknownCA, "it does not trust the provider's certificate",
		},
		"the target does not know the authority, and says nothing": {
			func(_ *testing.T, a *ailing) {
				a.config.HTTPClient, a.quiet = &http.Client{Transport: &http.Transport{}}, true
			},
			UnknownCA, "rogueidp-ca.pem",
		},
		"the target asks over HTTP": {
			func(_ *testing.T, a *ailing) { a.config.HTTPClient = &http.Client{Transport: plainly{}} },
			PlainHTTP, "it speaks HTTP to a provider that speaks HTTPS",
		},
		"the target's clock is ten minutes ahead": {
			func(_ *testing.T, a *ailing) {
				a.config.Clock, a.date = shiftedClock(10*time.Minute+10*time.Second), 10*time.Minute
			},
			ClockOff, "its clock is ahead of ours by more than its leeway, by 10m0s if its Date header is right: set both by the same server",
		},
		"the target's clock is ten minutes behind, and it says nothing": {
			func(_ *testing.T, a *ailing) { a.config.Clock, a.quiet = shiftedClock(-10*time.Minute), true },
			ClockOff, "its clock is behind ours by more than its leeway: set both by the same server",
		},
		"the target's clock is off within its leeway": {
			func(_ *testing.T, a *ailing) { a.config.Clock, a.date = shiftedClock(3*time.Minute), 3*time.Minute },
			ClockOff, "which its leeway hides",
		},
		"the client ID is wrong": {
			func(_ *testing.T, a *ailing) { a.config.ClientID = "another-api" },
			OtherClient, `it is configured for client "another-api", and tokens are for "My-api": give --client-id`,
		},
		"the client ID is wrong, and metadata are looked for elsewhere first": {
			func(_ *testing.T, a *ailing) {
				a.config.ClientID = "another-api"
				a.instead = func(w http.ResponseWriter, r *http.Request) bool {
					for _, at := range []string{"https://localhost:" + a.port + "/.well-known/oauth-authorization-server/idp", a.o.Fixed.Issuer + "/.well-known/oauth-authorization-server"} {
						if resp, err := (&http.Client{Transport: a.tls}).Get(at); err == nil {
							resp.Body.Close()
						}
					}
					return false
				}
			},
			OtherClient, `it is configured for client "another-api"`,
		},
		"the algorithm is another": {
			func(_ *testing.T, a *ailing) { a.config.Algorithms = []string{"ES256"} },
			OtherAlg, "give --algs ES256",
		},
		"the profile is another": {
			func(_ *testing.T, a *ailing) { a.config.Kind = validator.AccessToken },
			OtherType, "give --profile rfc9068",
		},
		"a container does not see the host": {
			func(_ *testing.T, a *ailing) { a.config.HTTPClient = &http.Client{Transport: nowhere()} },
			NoProvider, "in a container localhost is the container itself",
		},
		"the target waits for the provider": {
			func(_ *testing.T, a *ailing) {
				a.instead = func(w http.ResponseWriter, r *http.Request) bool {
					if r.Header.Get("Authorization") == "" {
						return false
					}
					<-r.Context().Done()
					return true
				}
			},
			NoProvider, "it takes a request and does not answer",
		},
		"the target looks for another provider before it reads the token": {
			func(_ *testing.T, a *ailing) {
				a.instead = func(w http.ResponseWriter, r *http.Request) bool {
					http.Error(w, `Get "https://localhost:9/idp/.well-known/openid-configuration": dial tcp 127.0.0.1:9: connect: connection refused`, http.StatusInternalServerError)
					return true
				}
			},
			OtherIssuer, "it expects the issuer https://localhost:9/idp, and the provider's is",
		},
		"a container does not see the host, and refuses for it": {
			func(_ *testing.T, a *ailing) {
				a.instead = func(w http.ResponseWriter, r *http.Request) bool {
					http.Error(w, "dial tcp: lookup host.docker.internal: no such host", http.StatusUnauthorized)
					return true
				}
			},
			NoProvider, "it does not reach the provider at https://localhost:",
		},
		"the target refuses all": {
			func(_ *testing.T, a *ailing) {
				a.instead = func(w http.ResponseWriter, r *http.Request) bool {
					http.Error(w, "Forbidden", http.StatusForbidden)
					return true
				}
			},
			RefusesAll, "it refuses everything in the same words, an honest token and one that is none, and never asked",
		},
		"the target refuses all, though it knows the keys": {
			func(_ *testing.T, a *ailing) {
				a.instead = func(w http.ResponseWriter, r *http.Request) bool {
					resp, err := (&http.Client{Transport: a.tls}).Get(a.o.Fixed.Issuer + "/jwks")
					if err == nil {
						resp.Body.Close()
					}
					http.Error(w, "Forbidden", http.StatusForbidden)
					return true
				}
			},
			RefusesAll, "though it asked for the keys: see what else it wants than a token",
		},
		"the target wants no token": {
			func(_ *testing.T, a *ailing) {
				a.instead = func(w http.ResponseWriter, r *http.Request) bool { return true }
			},
			AcceptsAll, "it answers 200 to a request without any token",
		},
		"the target accepts all": {
			func(_ *testing.T, a *ailing) {
				a.instead = func(w http.ResponseWriter, r *http.Request) bool { return r.Header.Get("Authorization") != "" }
			},
			AcceptsAll, "it accepts whatever it is shown",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := healthy(t)
			c.ail(t, a)
			found, err := Examine(context.Background(), a.open(t), a.reach, a.o)
			if err != nil {
				t.Fatal(err)
			}
			namesOnly(t, found, c.cause, c.says)
		})
	}
}

// namesOnly holds what a doctor found to the one cause that it has to name; without
// one, all has to be well.
func namesOnly(t *testing.T, found []Examined, cause Cause, says string) {
	t.Helper()
	wrong, well := 0, 0
	for _, e := range found {
		if strings.Contains(e.Says, "hunter2") {
			t.Errorf("it holds the client secret: %s", e.Says)
		}
		if e.Cause == "" {
			if !e.Left {
				well++
			}
			continue
		}
		wrong++
		if e.Cause != cause || !strings.Contains(e.Says, says) || e.Look != shows[cause] {
			t.Errorf("it finds %s: %s: %s; want %s: %s", e.Cause, e.Look, e.Says, cause, says)
		}
	}
	switch {
	case cause == "" && (wrong > 0 || well < 10):
		t.Errorf("of a healthy target it says %s", list(found))
	case cause != "" && wrong != 1:
		t.Errorf("it claims %d causes, want %s:%s", wrong, cause, list(found))
	}
}

func list(found []Examined) (text string) {
	for _, e := range found {
		text += fmt.Sprintf("\n  %s %v %s: %s", e.Cause, e.Left, e.Look, e.Says)
	}
	return text
}
