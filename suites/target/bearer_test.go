package target

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// resource is a bearer: target whose every request a handler answers.
func resource(t *testing.T, about Resource, h http.HandlerFunc) Session {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return sessionAt(t, s.URL+"/api/me", Options{Resource: about})
}

func sessionAt(t *testing.T, url string, o Options) Session {
	t.Helper()
	b, err := Open(context.Background(), "bearer:"+url, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	s, v, err := b.Trust(context.Background(), Issuer{})
	if err != nil || v.Answer != Accept {
		t.Fatal(v, err)
	}
	return s
}

func TestABearerTargetSaysWhoIsSignedIn(t *testing.T) {
	t.Parallel()
	page := `<html><p id="user"> alice <b>b.</b></p><form><input name="who" value="alice"></form></html>`
	for _, c := range []struct {
		identity, body, want string
	}{
		{"json:user.sub", `{"user":{"sub":"alice"}}`, `{"sub":"alice"}`},
		{"json:users.1.id", `{"users":[{"id":1},{"id":12345678901234567890}]}`, `{"sub":"12345678901234567890"}`},
		{"json:/https:~1~1a.test~1sub", `{"https://a.test/sub":"alice"}`, `{"sub":"alice"}`},
		{"header:X-User", ``, `{"sub":"bob"}`},
		{"selector:#user", page, `{"sub":"alice b."}`},
		{"selector:input[name=who]", page, `{"sub":"alice"}`},
		{`pattern:signed in as (\w+)`, `you are signed in as alice.`, `{"sub":"alice"}`},
		// HTML where JSON is expected, and answers that name nobody.
		{"json:user.sub", page, ""},
		{"json:user.sub", `{"user":{"sub":null}}`, ""},
		{"json:user.sub", `{"user":["alice"]}`, ""},
		{"selector:#nobody", page, ""},
		{`pattern:signed in as (\w+)`, `you are nobody`, ""},
		{"header:X-Other", ``, ""},
	} {
		identity, err := ParseIdentity(c.identity)
		if err != nil {
			t.Fatal(err)
		}
		s := resource(t, Resource{Identity: identity}, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-User", "bob")
			fmt.Fprint(w, c.body)
		})
		v, err := s.Try(context.Background(), Attempt{Token: "a.b.c"})
		var garbled *Garbled
		switch {
		case c.want != "" && (err != nil || v.Answer != Accept || string(v.Claims) != c.want):
			t.Errorf("%s: %s %s %v", c.identity, v.Answer, v.Claims, err)
		case c.want == "" && (!errors.As(err, &garbled) || !strings.Contains(garbled.How, "does not say who is signed in")):
			t.Errorf("%s in %.20q: %s %v", c.identity, c.body, v.Answer, err)
		}
	}
	for text, want := range map[string]string{
		"sub": "write where", "jsno:sub": `did you mean "json"`, "pattern:(": "cannot be read", "pattern:sub": "has no group", "selector:[": "cannot be read",
	} {
		if _, err := ParseIdentity(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestABearerTargetIsAskedAsItIsDescribed(t *testing.T) {
	t.Parallel()
	s := resource(t, Resource{
		Method: "POST", Header: map[string]string{"X-Api-Key": "k-1", "Content-Type": "text/plain", "Host": "api.test"}, Body: "hello",
		Cookie: "session", Query: "token", LoginPage: "https://login.test/",
	}, func(w http.ResponseWriter, r *http.Request) {
		b := make([]byte, 100)
		n, _ := r.Body.Read(b)
		got := fmt.Sprint(r.Method, r.Header.Get("X-Api-Key"), r.Header.Get("Content-Type"), r.Host, string(b[:n]), r.Header["Authorization"])
		if want := "POSTk-1text/plainapi.testhello[Bearer a.b.c]"; got != want {
			t.Errorf("%s, not %s", got, want)
		}
		http.Redirect(w, r, "https://login.test/now", http.StatusFound)
	})
	v, err := s.Try(context.Background(), Attempt{Token: "a.b.c"})
	if err != nil || v.Answer != Reject || v.Reason != "redirected to the login page" || v.HTTP.Status != 302 {
		t.Error(v, err)
	}
	for about, want := range map[*Resource]string{
		{Method: "NO WAY"}: "is no method", {Header: map[string]string{"a b": ""}}: "is no name of a header",
		{Header: map[string]string{"authorization": "x"}}: "where the token goes", {Replicas: 99}: "replicas",
		{Header: map[string]string{"X": "a\nb"}}: "no header can have", {Identity: Identity{JSON: "a", Header: "b"}}: "one way",
	} {
		if _, err := Open(context.Background(), "bearer:https://a.test", Options{Resource: *about}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v", about, err)
		}
	}
}

// request is what a server saw of a request, line by line.
func seen(r *http.Request) string {
	_ = r.ParseForm()
	var cookies []string
	for _, c := range r.Cookies() {
		cookies = append(cookies, c.Name+"="+c.Value)
	}
	return strings.Join([]string{
		r.Method, r.RequestURI, r.Header.Get("X-HTTP-Method-Override"), strings.Join(r.Header["Authorization"], "+"),
		strings.Join(cookies, "+"), r.Header.Get("DPoP"), r.PostForm.Encode(),
	}, " ")
}

func TestCarry(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		about Resource
		how   Carry
		want  string
	}{
		{how: Carry{}, want: "GET /api/me  Bearer a.b.c   "},
		{how: Carry{Scheme: "Basic"}, want: "GET /api/me  Basic a.b.c   "},
		{how: Carry{Scheme: "none"}, want: "GET /api/me  a.b.c   "},
		{how: Carry{In: "nowhere"}, want: "GET /api/me     "},
		{how: Carry{Repeat: 2}, want: "GET /api/me  Bearer a.b.c+Bearer a.b.c   "},
		{how: Carry{Second: "d.e.f"}, want: "GET /api/me  Bearer a.b.c+Bearer d.e.f   "},
		{how: Carry{In: "query"}, want: "GET /api/me?access_token=a.b.c     "},
		{how: Carry{Second: "d.e.f", SecondIn: "query"}, about: Resource{Query: "t"}, want: "GET /api/me?t=d.e.f  Bearer a.b.c   "},
		{how: Carry{Second: "d.e.f", SecondIn: "cookie"}, about: Resource{Cookie: "s"}, want: "GET /api/me  Bearer a.b.c s=d.e.f  "},
		{how: Carry{Scheme: "DPoP", Second: "p.r.f", SecondIn: "proof"}, want: "GET /api/me  DPoP a.b.c  p.r.f "},
		{how: Carry{In: "body"}, about: Resource{Method: "POST"}, want: "POST /api/me     access_token=a.b.c"},
		{how: Carry{Override: "OPTIONS"}, want: "GET /api/me OPTIONS Bearer a.b.c   "},
		{how: Carry{Method: "HEAD"}, want: "HEAD /api/me  Bearer a.b.c   "},
		{how: Carry{Path: "double-slash"}, want: "GET /api//me  Bearer a.b.c   "},
		{how: Carry{Path: "encoded-slash"}, want: "GET /api%2Fme  Bearer a.b.c   "},
		{how: Carry{Path: "dot-segment"}, want: "GET /api/./me  Bearer a.b.c   "},
		{how: Carry{Path: "trailing-slash"}, want: "GET /api/me/  Bearer a.b.c   "},
		{how: Carry{Path: "capitals"}, want: "GET /API/ME  Bearer a.b.c   "},
	} {
		var got string
		s := resource(t, c.about, func(_ http.ResponseWriter, r *http.Request) { got = seen(r) })
		if v, err := s.Try(context.Background(), Attempt{Token: "a.b.c", Carry: c.how}); err != nil || v.Answer != Accept || got != c.want {
			t.Errorf("%+v:\n%s\n%s %v", c.how, got, c.want, err)
		}
	}
	for host, want := range map[string]string{"unknown": "unknown.test:", "trailing-dot": "127.0.0.1.:", "other-port": "127.0.0.1:1"} {
		var got string
		s := resource(t, Resource{}, func(_ http.ResponseWriter, r *http.Request) { got = r.Host })
		if _, err := s.Try(context.Background(), Attempt{Token: "a.b.c", Carry: Carry{Host: host}}); err != nil || !strings.HasPrefix(got, want) {
			t.Errorf("%s: %s %v", host, got, err)
		}
	}
	// The first slash of all is the one of the request.
	var got string
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = r.RequestURI }))
	defer server.Close()
	for path, want := range map[string]string{"double-slash": "//me", "encoded-slash": "/%2Fme"} {
		if _, err := sessionAt(t, server.URL+"/me", Options{}).Try(context.Background(), Attempt{Carry: Carry{Path: path}}); err != nil || got != want {
			t.Errorf("%s: %s %v", path, got, err)
		}
	}
}

func TestWhatTheChannelCarries(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	s := resource(t, Resource{MaxHeader: 100}, func(http.ResponseWriter, *http.Request) { asked.Add(1) })
	for _, a := range []Attempt{
		{Token: strings.Repeat("a", 101)}, {Token: "a\nb"}, {Token: "ä"}, {Token: "a\x00"}, {Token: " a"}, {Token: "a "},
		{Token: "a", Carry: Carry{In: "cookie"}}, {Token: "a", Carry: Carry{In: "body"}}, {Token: "a", Carry: Carry{Body: "malformed"}},
		{Token: "a", Carry: Carry{Second: "\n"}}, {Token: strings.Repeat("a", 101), Carry: Carry{In: "query"}},
	} {
		v, err := s.Try(context.Background(), a)
		var unsupported *Unsupported
		if !errors.As(err, &unsupported) || unsupported.Feature != "channel" {
			t.Errorf("%.10q %+v: %+v %v", a.Token, a.Carry, v, err)
		}
	}
	if asked.Load() != 0 {
		t.Error("what no channel carries was sent")
	}
	if v, err := s.Try(context.Background(), Attempt{Token: strings.Repeat("a", 100)}); err != nil || v.Answer != Accept {
		t.Error(v, err)
	}
}

// By another way than the plain one, what does not let in keeps out, and what
// lets in and names nobody may be open to everybody.
func TestOddWays(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]Answer{404: Reject, 405: Reject, 301: Reject, 200: Reject, 503: Unavailable, 401: Reject} {
		s := resource(t, Resource{Identity: Identity{JSON: "sub"}}, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
		if v, err := s.Try(context.Background(), Attempt{Token: "a", Carry: Carry{Path: "double-slash"}}); err != nil || v.Answer != want {
			t.Errorf("%d: %s %v", status, v.Answer, err)
		}
	}
	for status, advice := range map[int]string{302: "--login-page", 404: "--method", 101: ""} {
		s := resource(t, Resource{}, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "/there")
			w.WriteHeader(status)
		})
		var garbled *Garbled
		if _, err := s.Try(context.Background(), Attempt{Token: "a"}); !errors.As(err, &garbled) || !strings.Contains(garbled.How, advice) {
			t.Errorf("%d: %v", status, err)
		}
	}
}

func TestReplicas(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		say   func(n int32, w http.ResponseWriter)
		want  Answer
		split string
	}{
		{"agree", func(_ int32, w http.ResponseWriter) { fmt.Fprint(w, `{"sub":"alice"}`) }, Accept, ""},
		{"refuse", func(_ int32, w http.ResponseWriter) { w.WriteHeader(401) }, Reject, ""},
		{"one refuses", func(n int32, w http.ResponseWriter) {
			if n%3 == 0 {
				w.WriteHeader(401)
				return
			}
			fmt.Fprint(w, `{"sub":"alice"}`)
		}, Accept, "6 of 9 answered accept, 3 of 9 answered reject"},
		{"one names another", func(n int32, w http.ResponseWriter) { fmt.Fprintf(w, `{"sub":"user-%d"}`, n%3) }, Accept, "they signed in 3 different users"},
	} {
		var asked atomic.Int32
		s := resource(t, Resource{Replicas: 3, Identity: Identity{JSON: "sub"}}, func(w http.ResponseWriter, _ *http.Request) { c.say(asked.Add(1), w) })
		v, err := s.Try(context.Background(), Attempt{Token: "a"})
		if err != nil || v.Answer != c.want || v.Split != c.split || v.Unanimous() != (c.want == Accept && c.split == "") {
			t.Errorf("%s: %+v %v", c.name, v, err)
		}
		if asked.Load() != 9 {
			t.Errorf("%s: %d requests for three replicas", c.name, asked.Load())
		}
	}
}

func TestDeclares(t *testing.T) {
	t.Parallel()
	d, err := ParseDeclares("cooldown=30s, ttl=10m,leeway=60s,leeway.iat=1s,timeout=5s")
	if err != nil || *d.Cooldown != 30*time.Second || *d.CacheTTL != 10*time.Minute || *d.FetchTimeout != 5*time.Second || d.Leeway[""] != time.Minute || d.Leeway["iat"] != time.Second {
		t.Error(d, err)
	}
	for text, want := range map[string]string{
		"cooldown": "a name and a duration", "coldown=3s": `did you mean "cooldown"`, "ttl=ten": "a duration such as", "ttl=-1s": "a duration such as",
		"ttl=1s,ttl=2s": "twice", "leeway.aud=1s": "leeway.exp",
	} {
		if _, err := ParseDeclares(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
	b, err := Open(context.Background(), "bearer:https://a.test/me", Options{Declares: d, Resource: Resource{Identity: Identity{JSON: "sub"}}})
	if err != nil || b.Describe().Declares.Cooldown != d.Cooldown || !slices.Contains(b.Describe().Can, "claims") || !slices.Contains(b.Describe().Can, "http-channel") {
		t.Error(err)
	}
}
