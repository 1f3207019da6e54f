package validator_test

import (
	"compress/gzip"
	"context"
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rogueidp/rogueidp/validator"
	"github.com/rogueidp/rogueidp/validator/internal/issuertest"
)

// A site is a key set on a real network, over TLS.
type site struct {
	*httptest.Server
	key   *issuertest.Key
	hits  atomic.Int32
	reply http.HandlerFunc
}

func open(t *testing.T, http2 bool, reply func(s *site) http.HandlerFunc) *site {
	t.Helper()
	s := &site{key: issuertest.RSA("rsa-1")}
	s.reply = reply(s)
	s.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.hits.Add(1)
		s.reply(w, r)
	}))
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.EnableHTTP2 = http2
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

func (s *site) honest(w http.ResponseWriter) { _, _ = io.WriteString(w, issuertest.JWKS(s.key)) }

func (s *site) validate(t *testing.T, changes ...func(*validator.Config)) error {
	t.Helper()
	p := issuertest.New(issuerURL)
	v := start(t, p, append([]func(*validator.Config){func(c *validator.Config) {
		c.JWKSURI, c.HTTPClient, c.FetchTimeout = s.URL+"/keys", s.Client(), time.Second
	}}, changes...)...)
	_, err := v.Validate(t.Context(), p.Token())
	return err
}

func TestRedirects(t *testing.T) {
	away := open(t, false, func(s *site) http.HandlerFunc { return func(w http.ResponseWriter, _ *http.Request) { s.honest(w) } })
	for name, test := range map[string]struct {
		to   func(s *site, path string) string
		good bool
	}{
		"same host":       {func(s *site, path string) string { return map[string]string{"/keys": "/more"}[path] }, true},
		"another host":    {func(s *site, path string) string { return away.URL }, false},
		"same name":       {func(s *site, path string) string { return strings.Replace(s.URL, "127.0.0.1", "localhost", 1) }, false},
		"plain HTTP":      {func(s *site, path string) string { return strings.Replace(s.URL, "https", "http", 1) }, false},
		"user":            {func(s *site, path string) string { return strings.Replace(s.URL, "//", "//a@", 1) }, false},
		"itself":          {func(s *site, path string) string { return path }, false},
		"a file":          {func(s *site, path string) string { return "file:///etc/passwd" }, false},
		"link-local host": {func(s *site, path string) string { return "https://169.254.169.254/" }, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, false, func(s *site) http.HandlerFunc {
				return func(w http.ResponseWriter, r *http.Request) {
					if to := test.to(s, r.URL.Path); to != "" {
						http.Redirect(w, r, to, http.StatusFound)
						return
					}
					s.honest(w)
				}
			})
			if err := s.validate(t); (err == nil) != test.good {
				t.Errorf("got %v", err)
			}
			if n := s.hits.Load(); n > 4 {
				t.Errorf("%d requests", n)
			}
			if n := away.hits.Load(); n > 0 {
				t.Errorf("%d requests to another host", n)
			}
		})
	}
}

func TestBodies(t *testing.T) {
	endless := func(w io.Writer) {
		for {
			if _, err := io.WriteString(w, strings.Repeat(" ", 1<<16)); err != nil {
				return
			}
		}
	}
	for name, reply := range map[string]func(s *site) http.HandlerFunc{
		"endless": func(*site) http.HandlerFunc { return func(w http.ResponseWriter, _ *http.Request) { endless(w) } },
		"gzip bomb": func(*site) http.HandlerFunc {
			return func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Encoding", "gzip")
				z := gzip.NewWriter(w)
				endless(z)
			}
		},
		"slow body": func(*site) http.HandlerFunc {
			return func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.WriteString(w, `{"keys":[`)
				_ = http.NewResponseController(w).Flush()
				<-r.Context().Done()
			}
		},
		"lying length": func(s *site) http.HandlerFunc {
			return func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Length", "100000")
				s.honest(w)
			}
		},
		"500": func(s *site) http.HandlerFunc {
			return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500); s.honest(w) }
		},
	} {
		t.Run(name, func(t *testing.T) {
			began := now()
			wants(t, open(t, false, reply).validate(t), validator.CodeKeySet, true)
			if took := now().Sub(began); took > 3*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
	honest := open(t, false, func(s *site) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			_, _ = io.WriteString(z, issuertest.JWKS(s.key))
			_ = z.Close()
		}
	})
	if err := honest.validate(t); err != nil {
		t.Errorf("an honest compressed reply: %v", err)
	}
}

// TestBrokenConnections breaks the first connection of a validator that has
// no keys. It asks once more, and no oftener.
func TestBrokenConnections(t *testing.T) {
	for name, http2 := range map[string]bool{"HTTP/1.1": false, "HTTP/2": true} {
		t.Run(name, func(t *testing.T) {
			once := func(s *site) http.HandlerFunc {
				return func(w http.ResponseWriter, _ *http.Request) {
					if s.hits.Load() == 1 {
						_, _ = io.WriteString(w, `{"keys":[`)
						_ = http.NewResponseController(w).Flush()
						panic(http.ErrAbortHandler)
					}
					s.honest(w)
				}
			}
			if err := open(t, http2, once).validate(t); err != nil {
				t.Errorf("got %v", err)
			}
			always := open(t, http2, func(*site) http.HandlerFunc {
				return func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
			})
			wants(t, always.validate(t), validator.CodeKeySet, true)
			if n := always.hits.Load(); n > 2 {
				t.Errorf("%d requests", n)
			}
		})
	}
}

func TestCertificates(t *testing.T) {
	s := open(t, false, func(s *site) http.HandlerFunc { return func(w http.ResponseWriter, _ *http.Request) { s.honest(w) } })
	for name, change := range map[string]func(*validator.Config){
		"unknown authority": func(c *validator.Config) { c.HTTPClient = nil },
		"wrong name":        func(c *validator.Config) { c.JWKSURI = strings.Replace(c.JWKSURI, "127.0.0.1", "localhost", 1) },
	} {
		t.Run(name, func(t *testing.T) { wants(t, s.validate(t, change), validator.CodeKeySet, true) })
	}
	if n := s.hits.Load(); n > 0 {
		t.Errorf("%d requests over connections that were not trusted", n)
	}
	old := httptest.NewUnstartedServer(http.NotFoundHandler())
	old.Config.ErrorLog = log.New(io.Discard, "", 0)
	old.TLS = &tls.Config{MaxVersion: tls.VersionTLS11, MinVersion: tls.VersionTLS10}
	old.StartTLS()
	defer old.Close()
	wants(t, s.validate(t, func(c *validator.Config) { c.JWKSURI, c.HTTPClient = old.URL, old.Client() }), validator.CodeKeySet, true)
}

func TestRefusedConnection(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	_ = l.Close()
	p := issuertest.New(issuerURL)
	v := start(t, p, func(c *validator.Config) { c.JWKSURI, c.HTTPClient = "https://"+address+"/keys", nil })
	unavailable(t, v, p.Token(), validator.CodeKeySet)
}

// TestNoCookies sends the validator a cookie and looks for it.
func TestNoCookies(t *testing.T) {
	s := open(t, false, func(s *site) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if len(r.Cookies()) > 0 || r.Header.Get("Authorization") != "" {
				t.Error("the request carries credentials")
			}
			http.SetCookie(w, &http.Cookie{Name: "a", Value: "b"})
			if r.URL.Path == "/keys" {
				http.Redirect(w, r, "/more", http.StatusFound)
				return
			}
			s.honest(w)
		}
	})
	if err := s.validate(t); err != nil {
		t.Error(err)
	}
}

// TestNothingIsLeftRunning makes many validators and counts goroutines until
// they are back where they were.
func TestNothingIsLeftRunning(t *testing.T) {
	s := open(t, true, func(s *site) http.HandlerFunc { return func(w http.ResponseWriter, _ *http.Request) { s.honest(w) } })
	if err := s.validate(t); err != nil {
		t.Fatal(err)
	}
	before := runtime.NumGoroutine()
	for range 50 {
		if err := s.validate(t); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	for runtime.NumGoroutine() > before+4 {
		select {
		case <-look.C:
		case <-ctx.Done():
			t.Fatalf("%d goroutines, %d before", runtime.NumGoroutine(), before)
		}
	}
}
