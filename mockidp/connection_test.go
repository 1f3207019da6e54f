package mockidp_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/mockidp/fault"
)

// worlds are the two ways to reach a provider.
func worlds(t *testing.T, do func(t *testing.T, p *mockidp.Provider)) {
	for name, memory := range map[string]bool{"sockets": false, "memory": true} {
		t.Run(name, func(t *testing.T) {
			p, err := mockidp.New(mockidp.Config{Memory: memory})
			if err != nil {
				t.Fatal(err)
			}
			defer p.Close()
			do(t, p)
		})
	}
}

func tenant(t *testing.T, p *mockidp.Provider, cfg mockidp.TenantConfig) *mockidp.Tenant {
	t.Helper()
	cfg.Algs = []string{"ES256"}
	idp, err := p.Tenant(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return idp
}

func misbehave(t *testing.T, idp *mockidp.Tenant, faults ...fault.Fault) {
	t.Helper()
	if err := idp.Misbehave(faults...); err != nil {
		t.Fatal(err)
	}
}

// ask is one request with connections of its own, as patient as it has to be.
func knock(t *testing.T, idp *mockidp.Tenant, endpoint string) ([]byte, error) {
	t.Helper()
	address := idp.JWKSURI()
	if endpoint == mockidp.Discovery {
		address = strings.TrimSuffix(idp.Issuer(), "/") + "/.well-known/openid-configuration"
	}
	patience := 10 * time.Second
	if strings.Contains(endpoint, "briefly") {
		patience = 100 * time.Millisecond
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	c := idp.Client()
	defer c.CloseIdleConnections()
	resp, err := c.Do(r)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = errors.New(resp.Status)
	}
	return body, err
}

// badConnections are what a client says to each fault of connections.
var badConnections = []struct {
	says string
	make func(endpoint string) fault.Fault
}{
	{"connection refused", func(e string) fault.Fault { return fault.RefuseConnection{Endpoint: e} }},
	{"reset", func(e string) fault.Fault { return fault.ResetConnection{Endpoint: e} }},
	{"expired", func(e string) fault.Fault { return fault.SetCertificate{Endpoint: e, Certificate: "expired"} }},
	{"not yet valid", func(e string) fault.Fault { return fault.SetCertificate{Endpoint: e, Certificate: "not-yet-valid"} }},
	{"another-host.test", func(e string) fault.Fault { return fault.SetCertificate{Endpoint: e, Certificate: "wrong-host"} }},
	{"unknown authority", func(e string) fault.Fault {
		return fault.SetCertificate{Endpoint: e, Certificate: "unknown-authority"}
	}},
	{"unknown authority", func(e string) fault.Fault { return fault.SetCertificate{Endpoint: e, Certificate: "self-signed"} }},
	{"protocol version", func(e string) fault.Fault { return fault.SetTLSVersion{Endpoint: e, Version: "1.0"} }},
	{"protocol version", func(e string) fault.Fault { return fault.SetTLSVersion{Endpoint: e, Version: "1.1"} }},
}

// TestConnectionFaults lets each fault of connections act on one endpoint and
// on both: there it is met and noted, elsewhere nothing is wrong, and after it
// nothing is wrong anywhere.
func TestConnectionFaults(t *testing.T) {
	worlds(t, func(t *testing.T, p *mockidp.Provider) {
		for _, bad := range badConnections {
			for _, on := range []string{"", mockidp.Discovery, mockidp.KeySet} {
				f := bad.make(on)
				idp := tenant(t, p, mockidp.TenantConfig{})
				misbehave(t, idp, f)
				before := idp.Issuer() + idp.JWKSURI()
				for _, endpoint := range []string{mockidp.Discovery, mockidp.KeySet} {
					_, err := knock(t, idp, endpoint)
					hit := on == "" || on == endpoint
					if (err != nil) != hit || hit && !strings.Contains(err.Error(), bad.says) && !(bad.says == "reset" && errors.Is(err, io.EOF)) {
						t.Errorf("%v: asked for %s: %v, should say %q: %v", f, endpoint, err, bad.says, hit)
					}
				}
				misbehave(t, idp)
				if now := idp.Issuer() + idp.JWKSURI(); now != before {
					t.Errorf("%v: healing moved it from %s to %s", f, before, now)
				}
				for _, endpoint := range []string{mockidp.Discovery, mockidp.KeySet} {
					if _, err := knock(t, idp, endpoint); err != nil {
						t.Errorf("%v healed: asked for %s: %v", f, endpoint, err)
					}
				}
				if n := idp.Journal().Served(f.Fault()); n == 0 {
					t.Errorf("%v: the journal knows nothing of it", f)
				}
				if err := idp.Close(); err != nil {
					t.Errorf("%v: %v", f, err)
				}
			}
		}
	})
}

// Every fault of connections stands in a test of this file.
func TestEveryConnectionFaultIsMet(t *testing.T) {
	met := map[string]bool{"connection.stall": true, "connection.break-http2": true}
	certificates, versions := map[string]bool{}, map[string]bool{}
	for _, bad := range badConnections {
		f := bad.make("")
		met[f.Fault()] = true
		switch f := f.(type) {
		case fault.SetCertificate:
			certificates[f.Certificate] = true
		case fault.SetTLSVersion:
			versions[f.Version] = true
		}
	}
	for _, d := range fault.Describe() {
		if d.Seam == fault.SeamConnection && !met[d.Name] {
			t.Errorf("nobody met %s", d.Name)
		}
	}
	for _, word := range fault.Certificates() {
		if !certificates[word] {
			t.Errorf("nobody was shown the certificate %s", word)
		}
	}
	for _, word := range fault.TLSVersions() {
		if !versions[word] {
			t.Errorf("nobody was spoken to in TLS %s", word)
		}
	}
}

// A certificate is bad in one way only: whoever overlooks that finds nothing
// else to mind.
func TestBadCertificatesAreGoodOtherwise(t *testing.T) {
	worlds(t, func(t *testing.T, p *mockidp.Provider) {
		for _, word := range fault.Certificates() {
			idp := tenant(t, p, mockidp.TenantConfig{})
			misbehave(t, idp, fault.SetCertificate{Endpoint: "keyset", Certificate: word})
			c := idp.Client()
			c.Transport.(*http.Transport).TLSClientConfig.InsecureSkipVerify = true
			body := fetch(t, c, idp.JWKSURI())
			if string(body) != string(idp.KeySetDocument()) {
				t.Errorf("%s: another document: %s", word, body)
			}
		}
		for version, number := range map[string]uint16{"1.0": tls.VersionTLS10, "1.1": tls.VersionTLS11} {
			idp := tenant(t, p, mockidp.TenantConfig{})
			misbehave(t, idp, fault.SetTLSVersion{Endpoint: "keyset", Version: version})
			c := idp.Client()
			c.Transport.(*http.Transport).TLSClientConfig.MinVersion = tls.VersionTLS10
			resp, err := c.Get(idp.JWKSURI())
			if err != nil {
				t.Errorf("TLS %s is not spoken: %v", version, err)
				continue
			}
			resp.Body.Close()
			if resp.TLS == nil || resp.TLS.Version != number {
				t.Errorf("TLS %s became %v", version, resp.TLS)
			}
		}
	})
}

func TestStalledConnections(t *testing.T) {
	worlds(t, func(t *testing.T, p *mockidp.Provider) {
		idp := tenant(t, p, mockidp.TenantConfig{})
		misbehave(t, idp, fault.StallConnection{Endpoint: "keyset"})
		if _, err := knock(t, idp, "briefly"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a silent connection ended by %v", err)
		}
		if _, err := knock(t, idp, mockidp.Discovery); err != nil {
			t.Error(err)
		}
		if n := idp.Journal().Served("connection.stall"); n != 1 {
			t.Errorf("%d stalled connections in the journal", n)
		}
		misbehave(t, idp)
		if _, err := knock(t, idp, mockidp.KeySet); err != nil {
			t.Error(err)
		}
	})
}

// Wrapped, faults act on some connections and not on others, counted from the
// moment that they were told to.
func TestSomeConnections(t *testing.T) {
	worlds(t, func(t *testing.T, p *mockidp.Provider) {
		idp := tenant(t, p, mockidp.TenantConfig{Apart: true})
		at := idp.JWKSURI()
		pattern := func() string {
			seen := ""
			for range 6 {
				mark := "-"
				if _, err := knock(t, idp, mockidp.KeySet); err != nil {
					mark = "x"
				}
				seen += mark
			}
			return seen
		}
		reset := fault.Some{Fault: fault.ResetConnection{Endpoint: "keyset"}}
		for want, faults := range map[string][]fault.Fault{
			"xx----": {fault.First{N: 2, Do: reset}},
			"x-x---": {fault.First{N: 1, Do: reset}, fault.After{N: 2, Do: fault.Some{Fault: fault.First{N: 3, Do: reset}}}},
			"------": nil,
		} {
			misbehave(t, idp, faults...)
			if got := pattern(); got != want {
				t.Errorf("%v: %s, want %s", faults, got, want)
			}
		}
		misbehave(t, idp, fault.Sometimes{P: 0.5, Do: reset})
		dice := pattern() + pattern() + pattern()
		misbehave(t, idp, fault.Sometimes{P: 0.5, Do: reset})
		if again := pattern() + pattern() + pattern(); again != dice || !strings.Contains(dice, "x") || !strings.Contains(dice, "-") {
			t.Errorf("the dice fell %s and %s", dice, again)
		}
		if idp.JWKSURI() != at {
			t.Errorf("the key set moved from %s to %s", at, idp.JWKSURI())
		}
		if err := idp.Misbehave(fault.First{N: 1, Do: fault.Some{Fault: fault.RefuseConnection{}}}); err == nil || !strings.Contains(err.Error(), "connection.reset") {
			t.Errorf("a port that is closed now and then: %v", err)
		}
	})
}

// A port that is closed stays ours: it opens again where it was.
func TestAClosedPortIsKept(t *testing.T) {
	p, err := mockidp.New(mockidp.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	idp := tenant(t, p, mockidp.TenantConfig{Apart: true})
	misbehave(t, idp, fault.RefuseConnection{Endpoint: "keyset"})
	host, _, _ := strings.Cut(strings.TrimPrefix(idp.JWKSURI(), "https://"), "/")
	_, port, _ := net.SplitHostPort(host)
	for _, address := range []string{"127.0.0.1:" + port, "[::1]:" + port} {
		if c, err := net.DialTimeout("tcp", address, time.Second); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("%s: %v, %v", address, c, err)
		}
	}
	if n := idp.Journal().Served("connection.refuse"); n != 0 {
		t.Errorf("somebody was seen at a closed port %d times", n)
	}
	if _, err := knock(t, idp, mockidp.Discovery); err != nil {
		t.Fatal(err)
	}
	if n := idp.Journal().Served("connection.refuse"); n != 1 {
		t.Errorf("who was sent to a closed port was noted %d times", n)
	}
	misbehave(t, idp)
	misbehave(t, idp, fault.RefuseConnection{Endpoint: "keyset"})
	misbehave(t, idp)
	for range 2 {
		if _, err := knock(t, idp, mockidp.KeySet); err != nil {
			t.Fatal(err)
		}
	}
	if n := idp.Journal().Served("connection.refuse"); n != 2 {
		t.Errorf("noted %d times in all, want one more when it was open again", n)
	}
}

func TestHTTP2BreaksOff(t *testing.T) {
	worlds(t, func(t *testing.T, p *mockidp.Provider) {
		for _, by := range fault.HTTP2Breaks() {
			for _, on := range []string{mockidp.Discovery, mockidp.KeySet} {
				idp := tenant(t, p, mockidp.TenantConfig{})
				misbehave(t, idp, fault.First{N: 1, Do: fault.Some{Fault: fault.BreakHTTP2{Endpoint: on, By: by}}})
				body, err := knock(t, idp, on)
				switch by {
				case "goaway":
					// Nothing was processed, so the client may ask again by itself.
					if err != nil {
						t.Errorf("%s: a client that knows HTTP/2 gives up: %v", by, err)
					}
				default:
					if err == nil || len(body) == 0 {
						t.Errorf("%s %s: the answer was whole, or not even begun: %q %v", by, on, body, err)
					}
				}
				if n := idp.Journal().Served("connection.break-http2"); n != 1 {
					t.Errorf("%s: served %d times", by, n)
				}
				if _, err := knock(t, idp, on); err != nil {
					t.Errorf("%s: the next connection: %v", by, err)
				}
			}
		}
		// A client without HTTP/2 meets nothing.
		idp := tenant(t, p, mockidp.TenantConfig{})
		misbehave(t, idp, fault.BreakHTTP2{Endpoint: "keyset", By: "rst-stream"})
		if p.CertPool() != nil {
			c := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: p.CertPool(), MinVersion: tls.VersionTLS12}}}
			fetch(t, c, idp.JWKSURI())
			if n := idp.Journal().Served("connection.break-http2"); n != 0 {
				t.Errorf("HTTP/2 was broken %d times for who does not speak it", n)
			}
		}
	})
}

func TestResetInTheMiddle(t *testing.T) {
	worlds(t, func(t *testing.T, p *mockidp.Provider) {
		for _, keep := range []int{0, 40} {
			idp := tenant(t, p, mockidp.TenantConfig{})
			misbehave(t, idp, fault.ResetReply{Endpoint: "keyset", Keep: keep})
			body, err := knock(t, idp, mockidp.KeySet)
			if !errors.Is(err, syscall.ECONNRESET) && !errors.Is(err, io.ErrUnexpectedEOF) || len(body) != keep {
				t.Errorf("%d octets came, %d should, and then %v", len(body), keep, err)
			}
		}
	})
}

func TestConnectionFaultsThatCannotBe(t *testing.T) {
	p, err := mockidp.New(mockidp.Config{Plain: true})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	idp := tenant(t, p, mockidp.TenantConfig{})
	for _, f := range []fault.Fault{
		fault.SetCertificate{Certificate: "expired"}, fault.SetTLSVersion{Version: "1.0"},
		fault.BreakHTTP2{Endpoint: "keyset", By: "goaway"},
	} {
		if err := idp.Misbehave(f); err == nil || !strings.Contains(err.Error(), "without TLS") {
			t.Errorf("%v without TLS: %v", f, err)
		}
	}
	if _, err := knock(t, idp, mockidp.KeySet); err != nil {
		t.Error(err)
	}
	misbehave(t, idp, fault.ResetConnection{Endpoint: "keyset"})
	if _, err := knock(t, idp, mockidp.KeySet); err == nil {
		t.Error("a connection without TLS cannot be reset")
	}
	fixed := tenant(t, p, mockidp.TenantConfig{Issuer: p.URL()})
	if err := fixed.Misbehave(fault.ResetConnection{}); err == nil || len(fixed.Faults()) != 0 {
		t.Errorf("a fixed issuer moved: %v, %v", err, fixed.Faults())
	}
	misbehave(t, fixed, fault.ResetConnection{Endpoint: "keyset"})
	if _, err := knock(t, fixed, mockidp.Discovery); err != nil || fixed.Issuer() != p.URL() {
		t.Errorf("the key set alone was to lie elsewhere: %s %v", fixed.Issuer(), err)
	}
}

func TestTheKeySetMoves(t *testing.T) {
	worlds(t, func(t *testing.T, p *mockidp.Provider) {
		idp := tenant(t, p, mockidp.TenantConfig{})
		home := idp.JWKSURI()
		misbehave(t, idp, fault.MoveKeySet{})
		away := idp.JWKSURI()
		metadata, err := knock(t, idp, mockidp.Discovery)
		if err != nil || away == home || !strings.Contains(string(metadata), `"jwks_uri":"`+away+`"`) {
			t.Fatalf("it moved from %s to %s, and the metadata say %s %v", home, away, metadata, err)
		}
		if _, err := knock(t, idp, mockidp.KeySet); err != nil || idp.Journal().Hits(mockidp.KeySet) != 1 {
			t.Errorf("%v, asked for %d times", err, idp.Journal().Hits(mockidp.KeySet))
		}
		if resp, err := idp.Client().Get(home); err != nil || resp.StatusCode != http.StatusNotFound {
			t.Errorf("where it was: %v %v", resp, err)
		}
		misbehave(t, idp)
		if idp.JWKSURI() != home {
			t.Error("it did not come home")
		}
		// Those who learned the other address are not lost.
		for _, where := range []string{home, away} {
			fetch(t, idp.Client(), where)
		}
	})
}

func TestMirrors(t *testing.T) {
	worlds(t, func(t *testing.T, p *mockidp.Provider) {
		idp := tenant(t, p, mockidp.TenantConfig{})
		for variant, want := range map[string]string{
			"mirror": string(idp.KeySetDocument()), "mirror.http": string(idp.KeySetDocument()), "mirror.discovery": idp.Issuer(),
		} {
			where, ok := idp.Fact(variant)
			if !ok || strings.HasPrefix(where, idp.Issuer()) {
				t.Fatalf("%s is %q", variant, where)
			}
			if got := string(fetch(t, idp.Client(), where)); !strings.Contains(got, want) {
				t.Errorf("%s serves %s", variant, got)
			}
		}
		file, _ := idp.Fact("mirror.file")
		path := strings.TrimPrefix(file, "file://")
		if got, err := os.ReadFile(path); err != nil || string(got) != string(idp.KeySetDocument()) {
			t.Errorf("%s: %s %v", file, got, err)
		}
		if data, ok := idp.Fact("mirror.data"); !ok || !strings.HasPrefix(data, "data:application/json;base64,") {
			t.Error(data)
		}
		if where, ok := idp.Fact("mirror.gopher"); ok {
			t.Error(where)
		}
		if err := idp.Close(); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(path); err == nil {
			t.Errorf("%s was left behind", path)
		}
	})
}
