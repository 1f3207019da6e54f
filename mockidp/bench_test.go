package mockidp

import (
	"bufio"
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/rogueidp/rogueidp/reports/measure"
)

var (
	// A token costs little more than its signature.
	dearestToken = measure.AtMost(1.5)
	// The provider serves its key set nearly as fast as if it knew nothing else.
	slowestKeySet = measure.AtLeast(0.8)
)

// BenchmarkProvider measures what a provider costs that is used for load tests:
//
//	go test -run '^$' -bench Provider -benchtime 1x ./mockidp
func BenchmarkProvider(b *testing.B) {
	var table measure.Table
	b.Run("mint", func(b *testing.B) {
		ours, bare := minting(b)
		for b.Loop() {
			o, err := measure.Race{Pairs: 20, Turns: 20, Times: 64}.Run(ours, bare)
			if err != nil {
				b.Fatal(err)
			}
			table.Judge(b, o.Faster("mint ES256", dearestToken))
		}
	})
	for _, kind := range []struct {
		name         string
		plain, brief bool
	}{
		{name: "key set, TLS, keep-alive"},
		{name: "key set, HTTP, keep-alive", plain: true},
		{name: "key set, TLS, new connections", brief: true},
	} {
		b.Run(kind.name, func(b *testing.B) {
			ours, constant, requests := serving(b, kind.plain, kind.brief)
			for b.Loop() {
				o, err := measure.Race{Pairs: 20, Turns: 10, Times: 1}.Run(ours, constant)
				if err != nil {
					b.Fatal(err)
				}
				table.Judge(b, o.Throughput(kind.name, requests, slowestKeySet))
			}
		})
	}
	if err := table.Show(os.Stdout, os.Getenv("ROGUEIDP_MEASURED")); err != nil {
		b.Error(err)
	}
}

// minting is a token, and the signature alone of a digest that is ready.
func minting(b *testing.B) (token, bare measure.Way) {
	idp := Start(b, TenantConfig{Algs: []string{"ES256"}})
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	digest := sha256.Sum256([]byte(idp.Token("n-1")))
	token = measure.Way{Name: "Tenant.Mint", Do: func() error {
		_, err := idp.Mint(Request{Nonce: "n-1"})
		return err
	}}
	bare = measure.Way{Name: "ecdsa.SignASN1", Do: func() error {
		_, err := ecdsa.SignASN1(rand.Reader, key, digest[:])
		return err
	}}
	return token, bare
}

// serving is a clients that fetches the key set from a provider, a like one that
// asks a handler which knows nothing but these bytes, and how many requests
// either makes at a time.
func serving(b *testing.B, plain, brief bool) (ours, constant measure.Way, requests int) {
	p, err := New(Config{Plain: plain})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = p.Close() })
	idp, err := p.Tenant(TenantConfig{})
	if err != nil {
		b.Fatal(err)
	}
	body := idp.KeySetDocument()
	here := newCrowd(b, p, idp.JWKSURI(), body, brief)
	b.Cleanup(func() {
		if seen := idp.Journal().Hits(KeySet); seen != here.asked {
			b.Errorf("the journal counts %d requests of %d", seen, here.asked)
		}
	})
	there := newCrowd(b, p, constantly(b, p, body), body, brief)
	return measure.Way{Name: "provider", Do: here.fetch}, measure.Way{Name: "constant handler", Do: there.fetch},
		here.each * len(here.clients)
}

// constantly serves bytes over the same kind of connection as a provider, and
// says where.
func constantly(b *testing.B, p *Provider, body []byte) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	where := p.scheme() + "://" + strings.Replace(l.Addr().String(), "127.0.0.1", "localhost", 1) + "/jwks"
	if !p.cfg.Plain {
		l = tls.NewListener(l, p.authority.serverConfig())
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(body)
	})}
	go func() { _ = server.Serve(l) }()
	b.Cleanup(func() { _ = server.Close() })
	return where
}

// A clients is a number of clients side by side, as cheap as they can be: what
// they cost is the same for everybody who is asked.
type clients struct {
	clients []*rawClient
	// each is how often a client asks in one fetch of the clients.
	each, asked int
}

type rawClient struct {
	dial    func() (net.Conn, error)
	conn    net.Conn // kept alive; nil where every request has its own
	request []byte
	answer  []byte // room for one, head and all
	body    []byte
}

func newCrowd(b *testing.B, p *Provider, where string, body []byte, brief bool) *clients {
	b.Helper()
	u, err := url.Parse(where)
	if err != nil {
		b.Fatal(err)
	}
	dial := func() (net.Conn, error) { return net.Dial("tcp", "127.0.0.1:"+u.Port()) }
	if u.Scheme == "https" {
		cfg := clientTLS(p.CertPool())
		cfg.ServerName = u.Hostname()
		dial = func() (net.Conn, error) { return tls.Dial("tcp", "127.0.0.1:"+u.Port(), cfg) }
	}
	c := &clients{each: 16}
	request := "GET " + u.RequestURI() + " HTTP/1.1\r\nHost: " + u.Host + "\r\nUser-Agent: bench\r\n\r\n"
	if brief {
		c.each = 2
		request = strings.Replace(request, "\r\n\r\n", "\r\nConnection: close\r\n\r\n", 1)
	}
	for range 8 {
		one := &rawClient{dial: dial, request: []byte(request), body: body}
		if !brief {
			if one.conn, err = dial(); err != nil {
				b.Fatal(err)
			}
			b.Cleanup(func() { _ = one.conn.Close() })
		}
		if err := one.first(); err != nil {
			b.Fatal(err)
		}
		c.asked++
		c.clients = append(c.clients, one)
	}
	return c
}

// fetch lets every client ask its share.
func (c *clients) fetch() error {
	errs := make([]error, len(c.clients))
	var all sync.WaitGroup
	for i, one := range c.clients {
		all.Go(func() {
			for range c.each {
				if errs[i] = one.fetch(); errs[i] != nil {
					return
				}
			}
		})
	}
	all.Wait()
	c.asked += c.each * len(c.clients)
	return errors.Join(errs...)
}

// first asks once and reads the answer as HTTP, to learn how long it is.
func (c *rawClient) first() error {
	return c.connected(func(conn net.Conn) error {
		if _, err := conn.Write(c.request); err != nil {
			return err
		}
		var seen bytes.Buffer
		resp, err := http.ReadResponse(bufio.NewReader(io.TeeReader(conn, &seen)), nil)
		if err != nil {
			return err
		}
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			return err
		}
		if resp.StatusCode != http.StatusOK || !bytes.Equal(body, c.body) {
			return fmt.Errorf("%s %q", resp.Status, body)
		}
		c.answer = make([]byte, seen.Len())
		return nil
	})
}

// fetch asks once more, and looks at the body.
func (c *rawClient) fetch() error {
	return c.connected(func(conn net.Conn) error {
		if _, err := conn.Write(c.request); err != nil {
			return err
		}
		if _, err := io.ReadFull(conn, c.answer); err != nil {
			return err
		}
		if !bytes.HasSuffix(c.answer, c.body) {
			return fmt.Errorf("another answer: %q", c.answer)
		}
		return nil
	})
}

func (c *rawClient) connected(do func(net.Conn) error) error {
	if c.conn != nil {
		return do(c.conn)
	}
	conn, err := c.dial()
	if err != nil {
		return err
	}
	defer conn.Close()
	return do(conn)
}
