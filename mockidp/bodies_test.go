package mockidp_test

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/mockidp/fault"
)

// ask gets the key set once, without following anybody, under a header.
func ask(t *testing.T, idp *mockidp.Tenant, header ...string) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, idp.JWKSURI(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	c := idp.Client()
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { resp.Body.Close() })
	return resp
}

func lies(t *testing.T, idp *mockidp.Tenant, faults ...fault.Fault) {
	t.Helper()
	if err := idp.Misbehave(faults...); err != nil {
		t.Fatal(err)
	}
}

// An endless body ends with its fault or with its tenant, even under a client
// that reads nothing of it, and is in the journal before it is over.
func TestEndlessBodiesEnd(t *testing.T) {
	ends := map[string]func(*mockidp.Tenant) error{
		"the fault falls":      func(idp *mockidp.Tenant) error { return idp.Behave() },
		"the tenant is closed": func(idp *mockidp.Tenant) error { return idp.Close() },
	}
	for why, end := range ends {
		for _, f := range []fault.Fault{
			fault.AnswerEndlessly{Endpoint: "keyset", With: "white-space", Framed: "until-close"},
			fault.AnswerEndlessly{Endpoint: "keyset", With: "members"},
			fault.AnswerEndlessly{Endpoint: "keyset", With: "text", Framed: "long-length"},
			fault.StallOctets{Endpoint: "keyset", Every: "1h", In: "body"},
		} {
			for _, memory := range []bool{true, false} {
				p, err := mockidp.New(mockidp.Config{Memory: memory})
				if err != nil {
					t.Fatal(err)
				}
				idp, err := p.Tenant(mockidp.TenantConfig{})
				if err != nil {
					t.Fatal(err)
				}
				lies(t, idp, f)
				resp := ask(t, idp) // and reads nothing
				j := idp.Journal()
				if j.Served(f.Fault()) != 1 || j.Open() != 1 {
					t.Errorf("%v: served %d times, %d open", f, j.Served(f.Fault()), j.Open())
				}
				if err := end(idp); err != nil {
					t.Error(err)
				}
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
				if err := j.Settled(ctx); err != nil {
					t.Errorf("%v goes on when %s: %v", f, why, err)
				}
				cancel()
				endless, _ := f.(fault.AnswerEndlessly)
				if n, err := io.Copy(io.Discard, resp.Body); err == nil && endless.Framed != "until-close" {
					t.Errorf("%v ended well after %d octets", f, n)
				}
				p.Close()
			}
		}
	}
}

func TestEndlessBodiesAreBounded(t *testing.T) {
	p, err := mockidp.New(mockidp.Config{Memory: true})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	idp, err := p.Tenant(mockidp.TenantConfig{})
	if err != nil {
		t.Fatal(err)
	}
	for _, framed := range fault.Framings() {
		for _, with := range fault.Fillings() {
			lies(t, idp, fault.AnswerEndlessly{Endpoint: "keyset", With: with, Framed: framed})
			resp := ask(t, idp)
			if declared := resp.ContentLength == 1<<40; declared != (framed == "long-length") {
				t.Errorf("%s: the answer says it has %d octets", framed, resp.ContentLength)
			}
			if chunked := len(resp.TransferEncoding) > 0; chunked != (framed == "chunked") {
				t.Errorf("%s: the transfer encoding is %q", framed, resp.TransferEncoding)
			}
			begin := make([]byte, 4096)
			if _, err := io.ReadFull(resp.Body, begin); err != nil || !strings.HasPrefix(string(begin), `{"keys":[{"kid":`) {
				t.Errorf("%s: it begins with %.60q, %v", with, begin, err)
			}
			if framed != "chunked" || with != "white-space" {
				resp.Body.Close()
				continue
			}
			n, err := io.Copy(io.Discard, resp.Body)
			if n > 256<<20 || n < 255<<20 || err == nil {
				t.Errorf("%s: %d octets, %v", with, n, err)
			}
		}
	}
}

// A slow answer is slow where it says, and complete in the end.
func TestSlowAnswersAreWhole(t *testing.T) {
	idp := mockidp.Start(t)
	want := string(idp.KeySetDocument())
	for _, in := range fault.ReplyParts() {
		lies(t, idp, fault.StallOctets{Endpoint: "keyset", Every: "10us", In: in})
		resp := ask(t, idp)
		got, err := io.ReadAll(resp.Body)
		if err != nil || string(got) != want || resp.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%s: %.60q, %v, %v", in, got, resp.Header, err)
		}
	}
}

// The head of a slow answer comes octet by octet, and ends when its fault
// falls although the server has handed the connection over.
func TestSlowHeads(t *testing.T) {
	idp := mockidp.Start(t)
	lies(t, idp, fault.StallOctets{Endpoint: "keyset", Every: "1h", In: "head"})
	r, err := http.NewRequest(http.MethodGet, idp.JWKSURI(), nil)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := tls.Dial("tcp", r.URL.Host, idp.Client().Transport.(*http.Transport).TLSClientConfig)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := r.Write(conn); err != nil {
		t.Fatal(err)
	}
	one := make([]byte, 1)
	if _, err := conn.Read(one); err != nil || one[0] != 'H' {
		t.Fatalf("%q, %v", one, err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := idp.Behave(); err != nil {
		t.Fatal(err)
	}
	if err := idp.Journal().Settled(ctx); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(conn); len(got) != 0 {
		t.Errorf("after the first octet came %q, %v", got, err)
	}
}

func TestCompressedBodies(t *testing.T) {
	idp := mockidp.Start(t)
	lies(t, idp, fault.SetCompressedSize{Endpoint: "keyset", Bytes: 8 << 20})
	resp := ask(t, idp, "Accept-Encoding", "gzip")
	wire, err := io.Copy(io.Discard, resp.Body)
	if err != nil || wire > 64<<10 || resp.Header.Get("Content-Encoding") != "gzip" {
		t.Errorf("%d octets on the wire, %v, %v", wire, resp.Header, err)
	}
	var set struct{ Keys []any }
	body := fetch(t, idp.Client(), idp.JWKSURI())
	if len(body) != 8<<20 || json.Unmarshal(body, &set) != nil || len(set.Keys) == 0 {
		t.Errorf("%d octets, %d keys", len(body), len(set.Keys))
	}
}

func TestTruncatedBodies(t *testing.T) {
	idp := mockidp.Start(t)
	whole := string(idp.KeySetDocument())
	for _, c := range []struct {
		f    fault.TruncateReply
		want string
		ends bool
	}{
		{fault.TruncateReply{Keep: 10}, whole[:10], false},
		{fault.TruncateReply{Keep: -2}, whole[:len(whole)-2], false},
		{fault.TruncateReply{Keep: -2, Whole: true}, whole[:len(whole)-2], true},
		{fault.TruncateReply{Keep: 10, Whole: true}, whole[:10], true},
		{fault.TruncateReply{Keep: 1 << 20, Whole: true}, whole, true},
	} {
		c.f.Endpoint = "keyset"
		lies(t, idp, c.f)
		got, err := io.ReadAll(ask(t, idp).Body)
		if string(got) != c.want || (err == nil) != c.ends {
			t.Errorf("%v: %q, %v", c.f, got, err)
		}
	}
}

// Redirects lead from place to place of one host, as often as they say.
func TestRedirectsAlongOneHost(t *testing.T) {
	for _, shared := range []bool{false, true} {
		p, err := mockidp.New(mockidp.Config{Memory: true})
		if err != nil {
			t.Fatal(err)
		}
		idp, err := p.Tenant(mockidp.TenantConfig{SharedPath: shared})
		if err != nil {
			t.Fatal(err)
		}
		follow := func(most int) (hops int, err error) {
			c := idp.Client()
			seen := map[string]bool{idp.JWKSURI(): true}
			c.CheckRedirect = func(to *http.Request, via []*http.Request) error {
				if hops = len(via); hops >= most {
					return http.ErrUseLastResponse
				}
				if seen[to.URL.String()] {
					return errors.New("it was here before")
				}
				seen[to.URL.String()] = true
				return nil
			}
			resp, err := c.Get(idp.JWKSURI())
			if err == nil {
				defer resp.Body.Close()
				if body, _ := io.ReadAll(resp.Body); resp.StatusCode == http.StatusOK && string(body) != string(idp.KeySetDocument()) {
					err = errors.New("the redirect leads to something else than the key set")
				}
			}
			return hops, err
		}
		lies(t, idp, fault.RedirectTimes{Endpoint: "keyset", Times: 5, Status: http.StatusMovedPermanently})
		if hops, err := follow(100); hops != 5 || err != nil {
			t.Errorf("%d redirects, %v", hops, err)
		}
		lies(t, idp, fault.RedirectInCircle{Endpoint: "keyset"})
		if hops, err := follow(100); hops != 2 || err == nil {
			t.Errorf("it came back after %d redirects, %v", hops, err)
		}
		p.Close()
	}
}

// The plain mirror serves the honest key set over HTTP on the provider's own
// host; a provider that is plain itself has none.
func TestPlainMirror(t *testing.T) {
	for _, memory := range []bool{false, true} {
		p, err := mockidp.New(mockidp.Config{Memory: memory})
		if err != nil {
			t.Fatal(err)
		}
		defer p.Close()
		idp, err := p.Tenant(mockidp.TenantConfig{})
		if err != nil {
			t.Fatal(err)
		}
		lies(t, idp, fault.RedirectTo{Endpoint: "keyset", To: "{mirror.http}"})
		to, err := ask(t, idp).Location()
		own, _ := http.NewRequest(http.MethodGet, idp.Issuer(), nil)
		if err != nil || to.Scheme != "http" || to.Hostname() != own.URL.Hostname() {
			t.Errorf("it leads to %v, %v", to, err)
			continue
		}
		if got := fetch(t, idp.Client(), to.String()); string(got) != string(idp.KeySetDocument()) {
			t.Errorf("%.60q", got)
		}
	}
	p, err := mockidp.New(mockidp.Config{Plain: true})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	idp, err := p.Tenant(mockidp.TenantConfig{})
	if err != nil {
		t.Fatal(err)
	}
	if to, ok := idp.Fact("mirror.http"); ok {
		t.Errorf("a plain provider has the plain mirror %s", to)
	}
}

func TestTags(t *testing.T) {
	idp := mockidp.Start(t)
	lies(t, idp, fault.SetReplyHeader{Endpoint: "keyset", Name: "cache-control", Value: "max-age=60"}, fault.TagReply{Endpoint: "keyset"})
	first := ask(t, idp)
	tag := first.Header.Get("ETag")
	if body, err := io.ReadAll(first.Body); err != nil || string(body) != string(idp.KeySetDocument()) || len(tag) < 10 {
		t.Fatalf("tag %s, %.60q, %v", tag, body, err)
	}
	for header, status := range map[string]int{
		tag: 304, "W/" + tag: 304, `"x", ` + tag: 304, "*": 304, `"x"`: 200, "": 200, strings.Trim(tag, `"`): 200,
	} {
		resp := ask(t, idp, "If-None-Match", header)
		body, err := io.ReadAll(resp.Body)
		if resp.StatusCode != status || err != nil || (len(body) == 0) != (status == 304) ||
			resp.Header.Get("ETag") != tag || resp.Header.Get("Cache-Control") != "max-age=60" {
			t.Errorf("If-None-Match %s: %d %v with %d octets, %v", header, resp.StatusCode, resp.Header, len(body), err)
		}
	}
	if _, err := idp.Rotate(mockidp.Rotation{}); err != nil {
		t.Fatal(err)
	}
	if resp := ask(t, idp, "If-None-Match", tag); resp.StatusCode != 200 || resp.Header.Get("ETag") == tag {
		t.Errorf("another key set has the tag %s and is answered with %d", resp.Header.Get("ETag"), resp.StatusCode)
	}
}

func TestStatusesWithoutBody(t *testing.T) {
	idp := mockidp.Start(t)
	for status, has := range map[int]bool{201: true, 204: false, 206: true, 304: false, 404: true, 503: true} {
		lies(t, idp, fault.SetReplyStatus{Endpoint: "keyset", Status: status})
		resp := ask(t, idp)
		body, err := io.ReadAll(resp.Body)
		if resp.StatusCode != status || err != nil || (len(body) > 0) != has {
			t.Errorf("%d: %d with %d octets, %v", status, resp.StatusCode, len(body), err)
		}
	}
}

// Many keys are as many as were asked for, each under a kid of its own, and
// the honest one is among them; the private half is the signing key's.
func TestCrowdsAndPrivateHalves(t *testing.T) {
	idp := mockidp.Start(t)
	lies(t, idp, fault.PublishMany{Count: 300, First: true})
	kids := map[string]bool{}
	set := keySet(t, idp)
	for _, k := range set.Keys {
		if !k.Valid() {
			t.Errorf("%s is no key", k.KeyID)
		}
		kids[k.KeyID] = true
	}
	if len(set.Keys) != 302 || len(kids) != 302 || !kids[idp.KID()] || set.Keys[0].KeyID == idp.KID() {
		t.Errorf("%d keys under %d kids", len(set.Keys), len(kids))
	}
	lies(t, idp, fault.PublishPrivate{})
	private := 0
	for _, k := range keySet(t, idp).Keys {
		if !k.IsPublic() {
			private++
			if k.KeyID != idp.KID() || !k.Valid() {
				t.Errorf("%s is private", k.KeyID)
			}
		}
	}
	if private != 1 {
		t.Errorf("%d keys are private", private)
	}
	lies(t, idp, fault.PublishKey{Key: "other", KID: "{kid}"})
	same := 0
	for _, k := range keySet(t, idp).Keys {
		if k.KeyID == idp.KID() {
			same++
		}
	}
	if same != 2 {
		t.Errorf("%d keys under one kid", same)
	}
	lies(t, idp, fault.PublishKey{Key: "rsa-encryption"}, fault.DropKeyMember{Name: "use", Every: true})
	for _, k := range keySet(t, idp).Keys {
		if k.Use != "" {
			t.Errorf("%s is for %q", k.KeyID, k.Use)
		}
	}
}

// No answer repeats a name of the one before.
func TestNovelNames(t *testing.T) {
	idp := mockidp.Start(t)
	lies(t, idp, fault.SetKeySetNames{Count: 1000}, fault.PublishJWK{JWK: "null"})
	seen := map[string]bool{}
	for range 3 {
		var set map[string]json.RawMessage
		unmarshal(t, fetch(t, idp.Client(), idp.JWKSURI()), &set)
		if len(set) != 1001 {
			t.Errorf("%d members", len(set))
		}
		delete(set, "keys")
		for name := range set {
			seen[name] = true
		}
	}
	if len(seen) != 3000 {
		t.Errorf("%d names in three answers", len(seen))
	}
}
