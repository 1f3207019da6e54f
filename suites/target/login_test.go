package target

import (
	"context"
	"errors"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
)

// A tinyOP knows people by a cookie and answers in any mode. Codes carry the
// name of who signed in; that of mallory is one that nobody should take.
type tinyOP struct {
	*httptest.Server
	mu     sync.Mutex
	asked  int
	paths  []string
	answer func(w http.ResponseWriter, r *http.Request) bool // in place of its own
}

func newTinyOP(t *testing.T) *tinyOP {
	t.Helper()
	op := &tinyOP{}
	op.Server = httptest.NewServer(http.HandlerFunc(op.serve))
	t.Cleanup(op.Close)
	return op
}

func (op *tinyOP) issuer() string { return op.URL + "/idp" }

func (op *tinyOP) cookie(who string) map[string]*http.Cookie {
	return map[string]*http.Cookie{op.issuer(): {Name: "visitor", Value: who}}
}

// answers lets it answer otherwise from here on.
func (op *tinyOP) answers(do func(http.ResponseWriter, *http.Request) bool) {
	op.mu.Lock()
	defer op.mu.Unlock()
	op.answer = do
}

func (op *tinyOP) requests() int {
	op.mu.Lock()
	defer op.mu.Unlock()
	return op.asked
}

func (op *tinyOP) serve(w http.ResponseWriter, r *http.Request) {
	op.mu.Lock()
	op.asked++
	op.paths = append(op.paths, r.URL.Path)
	answer := op.answer
	op.mu.Unlock()
	if answer != nil && answer(w, r) {
		return
	}
	if strings.HasSuffix(r.URL.Path, "/end_session") {
		fmt.Fprint(w, "signed out")
		return
	}
	who, err := r.Cookie("visitor")
	if err != nil {
		fmt.Fprint(w, `<form><input name="user"><input type="password"></form>`)
		return
	}
	q := r.URL.Query()
	params := url.Values{"code": {"code-" + who.Value}, "state": {q.Get("state")}, "iss": {op.issuer()}}
	to := q.Get("redirect_uri")
	switch q.Get("response_mode") {
	case "form_post":
		fmt.Fprintf(w, `<!doctype html><body onload="document.forms[0].submit()"><form method="POST" action="%s">`, html.EscapeString(to))
		for name, values := range params {
			fmt.Fprintf(w, `<input type="hidden" name="%s" value="%s">`, name, html.EscapeString(values[0]))
		}
		fmt.Fprint(w, `</form>`)
	case "fragment":
		http.Redirect(w, r, to+"#"+params.Encode(), http.StatusFound)
	default:
		glue := "?"
		if strings.Contains(to, "?") {
			glue = "&"
		}
		http.Redirect(w, r, to+glue+params.Encode(), http.StatusFound)
	}
}

// A tinyRP has a login, a callback, and a page that says who is signed in.
type tinyRP struct {
	*httptest.Server
	mode     string // of responses
	redirect string // what stands behind its callback
	// Handlers in place of its own, by path.
	instead map[string]http.HandlerFunc
}

func newTinyRP(t *testing.T, op *tinyOP, change func(*tinyRP)) *tinyRP {
	t.Helper()
	rp := &tinyRP{instead: map[string]http.HandlerFunc{}}
	mux := http.NewServeMux()
	mux.HandleFunc("/login", func(w http.ResponseWriter, r *http.Request) {
		state := fmt.Sprintf("state-%d", op.requests())
		http.SetCookie(w, &http.Cookie{Name: "state", Value: state, Path: "/", HttpOnly: true})
		http.Redirect(w, r, op.issuer()+"/authorize?"+url.Values{
			"response_type": {"code"}, "client_id": {"mine"}, "redirect_uri": {rp.URL + "/callback" + rp.redirect},
			"state": {state}, "response_mode": {rp.mode},
		}.Encode(), http.StatusSeeOther)
	})
	mux.HandleFunc("/callback", func(w http.ResponseWriter, r *http.Request) {
		state, err := r.Cookie("state")
		who, isCode := strings.CutPrefix(r.FormValue("code"), "code-")
		switch {
		case r.FormValue("code") == "" && rp.mode == "fragment":
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprint(w, `<!doctype html><p>One moment<script>location.replace("/callback?" + location.hash.slice(1))</script>`)
		case err != nil || r.FormValue("state") != state.Value || !isCode || who == "mallory":
			http.Error(w, "this login does not count", http.StatusForbidden)
		default:
			http.SetCookie(w, &http.Cookie{Name: "session", Value: who, Path: "/", HttpOnly: true, Secure: true})
			http.Redirect(w, r, "/welcome", http.StatusFound)
		}
	})
	mux.HandleFunc("/welcome", func(w http.ResponseWriter, r *http.Request) {
		who, err := r.Cookie("session")
		if err != nil {
			http.Error(w, "sign in first", http.StatusUnauthorized)
			return
		}
		w.Header().Set("X-User", who.Value)
		fmt.Fprintf(w, `<!doctype html><h1>Welcome,   back</h1><p>It is <b id="user">%s</b>. <form method="post" action="/logout"><input type=hidden name=csrf value=1><button>Sign out</button></form>`, who.Value)
	})
	mux.HandleFunc("/me", func(w http.ResponseWriter, r *http.Request) {
		who, err := r.Cookie("session")
		if err != nil {
			http.Error(w, "sign in first", http.StatusUnauthorized)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"user":{"sub":%q}}`, who.Value)
	})
	mux.HandleFunc("/protected", func(w http.ResponseWriter, r *http.Request) {
		if _, err := r.Cookie("session"); err != nil {
			http.Redirect(w, r, "/login", http.StatusFound)
			return
		}
		fmt.Fprint(w, `<p>secret things`)
	})
	mux.HandleFunc("/backchannel", func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost || r.FormValue("logout_token") != "good" {
			w.WriteHeader(http.StatusBadRequest)
		}
	})
	rp.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if h := rp.instead[r.URL.Path]; h != nil {
			h(w, r)
			return
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(rp.Close)
	if change != nil {
		change(rp)
	}
	return rp
}

// session opens a relying party that trusts the provider.
func session(t *testing.T, op *tinyOP, url string, l Login) Browser {
	t.Helper()
	rp, err := Open(context.Background(), "login:"+url, Options{Login: l})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { rp.Close() })
	s, v, err := rp.Trust(context.Background(), Issuer{Issuer: op.issuer()})
	if err != nil || v.Answer != Accept {
		t.Fatalf("trust: %v %v", v, err)
	}
	t.Cleanup(func() { s.Close() })
	return s.(Browser)
}

func arrive(t *testing.T, b Browser, e Errand) Arrival {
	t.Helper()
	a, err := b.Go(context.Background(), e)
	if err != nil {
		t.Fatalf("%+v: %v", e, err)
	}
	return a
}

func want(t *testing.T, a Arrival, answer Answer, sub, reason string) {
	t.Helper()
	if a.Verdict.Answer != answer || string(a.Claims) != string(claims(sub)) || !strings.Contains(a.Reason, reason) {
		t.Errorf("%s %s at %s (%s); want %s %q with %q in the reason", a.Verdict.Answer, a.Claims, a.URL, a.Reason, answer, sub, reason)
	}
}

func TestALogin(t *testing.T) {
	t.Parallel()
	for _, how := range []struct {
		name  string
		login Login
		alice string // who is signed in, as far as that can be told
		good  Answer
		why   string
	}{
		{"by where it ends", Login{}, "", Accept, "Welcome"},
		{"by URL", Login{SignedIn: Sign{URL: "/welcome"}}, "", Accept, ""},
		{"by status", Login{SignedIn: Sign{Status: 200}}, "", Accept, ""},
		{"by text", Login{SignedIn: Sign{Text: "Welcome, back It is alice"}}, "", Accept, ""},
		{"by selector", Login{SignedIn: Sign{Selector: "p > b#user"}}, "", Accept, ""},
		{"by a sign that is not there", Login{SignedIn: Sign{URL: "/welcome", Selector: "#admin"}}, "", Reject, "the sign"},
		{"by header", Login{Identity: Identity{Header: "X-User"}}, "alice", Accept, ""},
		{"by selector of the user", Login{Identity: Identity{Selector: "#user"}}, "alice", Accept, ""},
		{"by pattern", Login{Identity: Identity{Pattern: `id="user">(\w+)<`}}, "alice", Accept, ""},
		{"at home", Login{Home: "/me", Identity: Identity{JSON: "user.sub"}}, "alice", Accept, "/me"},
		{"at home with a sign", Login{Home: "/me", SignedIn: Sign{URL: "/welcome", Text: "alice"}}, "", Accept, ""},
		{"by JSON where there is HTML", Login{Identity: Identity{JSON: "user.sub"}}, "", Reject, "no JSON but text/html"},
		{"by JSON that lacks it", Login{Home: "/me", Identity: Identity{JSON: "user.id"}}, "", Reject, "no text at user.id"},
		{"by HTML where there is JSON", Login{Home: "/me", Identity: Identity{Selector: "#user"}}, "", Reject, "no HTML but application/json"},
	} {
		t.Run(how.name, func(t *testing.T) {
			t.Parallel()
			op := newTinyOP(t)
			rp := newTinyRP(t, op, nil)
			b := session(t, op, rp.URL+"/login", how.login)
			v, err := b.Try(context.Background(), Attempt{Known: op.cookie("alice")})
			if err != nil {
				t.Fatal(err)
			}
			want(t, Arrival{Verdict: v}, how.good, how.alice, how.why)
			if how.good != Accept {
				return
			}
			refused := arrive(t, b, Errand{Known: op.cookie("mallory")})
			want(t, refused, Reject, "", "403")
			if refused.Status != 403 || !strings.Contains(string(refused.Body), "does not count") {
				t.Errorf("it was refused with %d %q", refused.Status, refused.Body)
			}
			// Without the cookie, the provider asks who that is.
			want(t, arrive(t, b, Errand{}), Reject, "", "which is the provider")
		})
	}
}

func TestAWayThroughALogin(t *testing.T) {
	t.Parallel()
	op := newTinyOP(t)
	rp := newTinyRP(t, op, nil)
	b := session(t, op, rp.URL+"/login", Login{})
	a := arrive(t, b, Errand{Agent: "a", Known: op.cookie("alice")})
	want(t, a, Accept, "", "")
	if a.URL != rp.URL+"/welcome" || a.Status != 200 || len(a.Hops) != 3 || a.Hops[0] != rp.URL+"/login" ||
		!strings.HasPrefix(a.Hops[1], op.issuer()+"/authorize?") || !strings.HasPrefix(a.Hops[2], rp.URL+"/callback?") {
		t.Errorf("it went by %q to %s", a.Hops, a.URL)
	}
	if a.Answer == nil || a.Answer.To != rp.URL+"/callback" || a.Answer.Mode != "query" || a.Answer.Params.Get("code") != "code-alice" || a.Answer.Params.Get("iss") != op.issuer() {
		t.Errorf("the answer was %+v", a.Answer)
	}
	i := slices.IndexFunc(a.Cookies, func(c *http.Cookie) bool { return c.Name == "session" })
	if i < 0 || a.Cookies[i].Value != "alice" || !a.Cookies[i].HttpOnly || !a.Cookies[i].Secure {
		t.Errorf("the cookies are %v", a.Cookies)
	}
}

// Somebody else's answer, or an altered one, is brought by an agent with cookies
// of its own.
func TestHaltAndDeliver(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"query", "form_post", "fragment"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			op := newTinyOP(t)
			rp := newTinyRP(t, op, func(rp *tinyRP) { rp.mode, rp.redirect = mode, "?tenant=7" })
			b := session(t, op, rp.URL+"/login", Login{Home: "/me", Identity: Identity{JSON: "user.sub"}})
			alice := arrive(t, b, Errand{Agent: "alice", Known: op.cookie("alice"), Halt: true})
			want(t, alice, Accept, "", "answered")
			if alice.Answer == nil || alice.Answer.Mode != mode || alice.Answer.To != rp.URL+"/callback?tenant=7" || alice.Answer.Params.Get("code") != "code-alice" || alice.Answer.Params.Has("tenant") {
				t.Fatalf("the answer was %+v", alice.Answer)
			}
			want(t, arrive(t, b, Errand{Agent: "alice", To: HomePage}), Reject, "", "401")
			arrive(t, b, Errand{Agent: "bob", Known: op.cookie("bob"), Halt: true})
			altered := *alice.Answer
			altered.Params = url.Values{"code": {"code-alice"}, "state": {"another"}}
			if mode == "fragment" {
				// The script of the page would have to bring it.
				want(t, arrive(t, b, Errand{Agent: "alice", Answer: alice.Answer}), Reject, "", "script")
				return
			}
			want(t, arrive(t, b, Errand{Agent: "bob", Answer: &altered}), Reject, "", "403")
			want(t, arrive(t, b, Errand{Agent: "carol", Answer: alice.Answer}), Reject, "", "403")
			got := arrive(t, b, Errand{Agent: "alice", Answer: alice.Answer})
			want(t, got, Accept, "alice", "")
			want(t, arrive(t, b, Errand{Agent: "alice", To: HomePage}), Accept, "alice", "")
			want(t, arrive(t, b, Errand{Agent: "bob", To: HomePage}), Reject, "", "401")
			// A refusal of somebody who is signed in stays one.
			want(t, arrive(t, b, Errand{Agent: "alice", Answer: &altered}), Reject, "", "403")
		})
	}
}

func TestAFragmentNeedsABrowser(t *testing.T) {
	t.Parallel()
	op := newTinyOP(t)
	rp := newTinyRP(t, op, func(rp *tinyRP) { rp.mode = "fragment" })
	_, err := session(t, op, rp.URL+"/login", Login{}).Go(context.Background(), Errand{Known: op.cookie("alice")})
	if !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("nobody saw whether it signs in, and it says %v", err)
	}
}

func TestTwoAgentsAtOnce(t *testing.T) {
	t.Parallel()
	op := newTinyOP(t)
	rp := newTinyRP(t, op, nil)
	b := session(t, op, rp.URL+"/login", Login{Home: "/me", Identity: Identity{JSON: "user.sub"}})
	var all sync.WaitGroup
	for i := range 16 {
		all.Add(1)
		go func() {
			defer all.Done()
			name := fmt.Sprintf("user%d", i)
			want(t, arrive(t, b, Errand{Agent: name, Known: op.cookie(name)}), Accept, name, "")
			want(t, arrive(t, b, Errand{Agent: name, To: HomePage}), Accept, name, "")
		}()
	}
	all.Wait()
}
