package target

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// shared is a browser that many tests use, each with windows of its own.
type shared struct{ chrome }

func (shared) close() error { return nil }

// withBrowser starts one for a test and those in it, or skips it where there is
// none.
func withBrowser(t *testing.T) shared {
	t.Helper()
	if _, err := findChromium(); err != nil {
		if strings.Contains(","+os.Getenv("ROGUEIDP_REQUIRE")+",", ",browser,") {
			t.Fatalf("browser is required: %v", err)
		}
		t.Skipf("not run: %v", err)
	}
	b, err := startChrome(Options{}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.close(); err != nil {
			t.Error(err)
		}
	})
	return shared{b}
}

// inBrowser opens a relying party whose agents are in the browser.
func (b shared) session(t *testing.T, op *tinyOP, url string, l Login) Browser {
	t.Helper()
	s := session(t, op, url, l)
	s.(*agents).RelyingParty.browser = b
	return s
}

func TestInABrowser(t *testing.T) {
	b := withBrowser(t)
	t.Run("ills", func(t *testing.T) {
		for _, ill := range ills {
			if ill.script {
				continue
			}
			t.Run(ill.name, func(t *testing.T) {
				t.Parallel()
				op := newTinyOP(t)
				rp := newTinyRP(t, op, func(rp *tinyRP) { rp.instead[ill.at] = ill.does })
				ill.check(t, b.session(t, op, rp.URL+"/login", ill.login), op)
			})
		}
	})
	for _, mode := range []string{"query", "form_post", "fragment"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			b.sharesAnswers(t, mode)
		})
	}
	t.Run("pages that need a script", b.needsAScript)
	t.Run("a script without end", b.outlivesScripts)
	t.Run("many visitors", b.visitors)
	t.Run("an unknown certificate", func(t *testing.T) {
		rp := httptest.NewTLSServer(http.NotFoundHandler())
		defer rp.Close()
		var crashed *Crashed
		if _, err := b.session(t, newTinyOP(t), rp.URL+"/login", Login{}).Go(context.Background(), Errand{}); !errors.As(err, &crashed) {
			t.Errorf("a certificate that nobody vouches for gives %v", err)
		}
	})
	t.Run("two at once", b.twoAtOnce)
	t.Run("a foreign host", b.staysHere)
}

func (b shared) sharesAnswers(t *testing.T, mode string) {
	op := newTinyOP(t)
	rp := newTinyRP(t, op, func(rp *tinyRP) { rp.mode, rp.redirect = mode, "" })
	s := b.session(t, op, rp.URL+"/login", Login{Home: "/me", Identity: Identity{JSON: "user.sub"}})
	alice := arrive(t, s, Errand{Agent: "alice", Known: op.cookie("alice"), Halt: true})
	want(t, alice, Accept, "", "answered")
	if alice.Answer == nil || alice.Answer.Mode != mode || alice.Answer.To != rp.URL+"/callback" || alice.Answer.Params.Get("code") != "code-alice" {
		t.Fatalf("the answer was %+v at %s", alice.Answer, alice.URL)
	}
	want(t, arrive(t, s, Errand{Agent: "alice", To: HomePage}), Reject, "", "401")
	altered := *alice.Answer
	altered.Params = url.Values{"code": {"code-alice"}, "state": {"another"}}
	want(t, arrive(t, s, Errand{Agent: "bob", Known: op.cookie("bob"), Halt: true}), Accept, "", "")
	want(t, arrive(t, s, Errand{Agent: "bob", Answer: &altered}), Reject, "", "403")
	got := arrive(t, s, Errand{Agent: "alice", Answer: alice.Answer})
	want(t, got, Accept, "alice", "")
	found := false
	for _, c := range got.Cookies {
		found = found || c.Name == "session" && c.Value == "alice" && c.HttpOnly
	}
	if !found {
		t.Errorf("the cookies are %v", got.Cookies)
	}
	want(t, arrive(t, s, Errand{Agent: "alice", To: HomePage}), Accept, "alice", "")
	want(t, arrive(t, s, Errand{Agent: "bob", To: HomePage}), Reject, "", "401")
	v, err := s.Try(context.Background(), Attempt{Known: op.cookie("carol")})
	if err != nil {
		t.Fatal(err)
	}
	want(t, Arrival{Verdict: v}, Accept, "carol", "")
	want(t, arrive(t, s, Errand{Known: op.cookie("mallory")}), Reject, "", "403")
}

func (b shared) needsAScript(t *testing.T) {
	op := newTinyOP(t)
	rp := newTinyRP(t, op, nil)
	rp.instead["/app"] = func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `<!doctype html><div id=app></div><script>
			setTimeout(() => { document.querySelector("#app").innerHTML = "<button id=in>Sign in</button>"
				document.querySelector("#in").onclick = () => { alert("Now"); location.href = "/login" } }, 200)</script>`)
	}
	rp.instead["/welcome"] = func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `<!doctype html><p id=who>…</p><script>
			fetch("/me").then(r => r.json()).then(me => { document.querySelector("#who").textContent = me.user.sub; history.replaceState({}, "", "/inside") })</script>`)
	}
	l := Login{Click: "#in", SignedIn: Sign{URL: "/inside"}, Identity: Identity{Selector: "#who"}}
	want(t, arrive(t, b.session(t, op, rp.URL+"/app", l), Errand{Known: op.cookie("alice")}), Accept, "alice", "")
	// Who runs no script sees no button.
	want(t, arrive(t, session(t, op, rp.URL+"/app", l), Errand{Known: op.cookie("alice")}), Reject, "", "")
}

// Many visitors who go no further than the login page need no browser each.
func (b shared) visitors(t *testing.T) {
	op := newTinyOP(t)
	var mu sync.Mutex
	var agents []bool
	rp := newTinyRP(t, op, nil)
	rp.instead["/in"] = func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		agents = append(agents, strings.Contains(r.UserAgent(), "Chrome"))
		mu.Unlock()
		http.Redirect(w, r, "/login", http.StatusFound)
	}
	s := b.session(t, op, rp.URL+"/in", Login{})
	want(t, arrive(t, s, Errand{Stay: true}), Accept, "", "sent to the provider")
	want(t, arrive(t, s, Errand{Known: op.cookie("alice")}), Accept, "", "")
	for range 100 {
		want(t, arrive(t, s, Errand{Stay: true}), Accept, "", "sent to the provider")
	}
	if len(agents) != 102 || !agents[0] || !agents[1] || slices.Contains(agents[2:], true) {
		t.Errorf("Chromium came: %v", agents)
	}
}

// A page that never comes to rest costs its own errand alone.
func (b shared) outlivesScripts(t *testing.T) {
	op := newTinyOP(t)
	rp := newTinyRP(t, op, nil)
	rp.instead["/welcome"] = func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `<!doctype html><p>hello<script>addEventListener("load", () => setTimeout(() => { for (;;); }))</script>`)
	}
	s := b.session(t, op, rp.URL+"/login", Login{})
	a := arrive(t, s, Errand{Known: op.cookie("alice"), Deadline: time.Second})
	want(t, a, Unavailable, "", "no answer in 1s")
	delete(rp.instead, "/welcome")
	want(t, arrive(t, s, Errand{Known: op.cookie("alice")}), Accept, "", "Welcome")
}

func (b shared) twoAtOnce(t *testing.T) {
	op := newTinyOP(t)
	rp := newTinyRP(t, op, nil)
	s := b.session(t, op, rp.URL+"/login", Login{Home: "/me", Identity: Identity{JSON: "user.sub"}})
	done := make(chan struct{})
	for _, name := range []string{"alice", "bob", "bob", "carol"} {
		go func() {
			defer func() { done <- struct{}{} }()
			a, err := s.Go(context.Background(), Errand{Agent: name, Known: op.cookie(name)})
			if err != nil {
				t.Error(err)
				return
			}
			// Two tabs of one user share the cookie that holds the state.
			if name != "bob" {
				want(t, a, Accept, name, "")
			}
		}()
	}
	for range 4 {
		<-done
	}
	want(t, arrive(t, s, Errand{Agent: "alice", To: HomePage}), Accept, "alice", "")
}

// Nothing is fetched from hosts that are nobody's here, whoever asks for it.
func (b shared) staysHere(t *testing.T) {
	op := newTinyOP(t)
	elsewhere := newTinyOP(t)
	rp := newTinyRP(t, op, nil)
	rp.instead["/welcome"] = func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `<!doctype html><p>hello<img src="%s/a.png"><script src="%[1]s/b.js"></script><iframe src="%[1]s/c"></iframe><script>fetch("%[1]s/d"); window.open("%[1]s/e")</script>`, elsewhere.URL)
	}
	s := b.session(t, op, rp.URL+"/login", Login{})
	want(t, arrive(t, s, Errand{Known: op.cookie("alice")}), Accept, "", "hello")
	rp.instead["/welcome"] = func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `<!doctype html><script>location = "%s/f?x=1"</script>`, elsewhere.URL)
	}
	// Nor by what a click opens elsewhere.
	rp.instead["/app"] = func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `<!doctype html><a id=in target=_blank href="%s/g?x=1">Sign in</a>`, elsewhere.URL)
	}
	opened := arrive(t, b.session(t, op, rp.URL+"/app", Login{Click: "#in"}), Errand{})
	want(t, opened, Reject, "", "neither")
	a := arrive(t, s, Errand{Known: op.cookie("alice")})
	want(t, a, Reject, "", "neither")
	if a.URL != elsewhere.URL+"/f?x=1" {
		t.Errorf("it ended at %s", a.URL)
	}
	if n := elsewhere.requests(); n != 0 {
		t.Errorf("%d requests came elsewhere: %q", n, elsewhere.paths)
	}
}

func TestABrowserThatIsNotThere(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, err := Open(context.Background(), "login:http://127.0.0.1:1/login", Options{Login: Login{Browser: true}})
	if !errors.Is(err, errNoBrowser) {
		t.Errorf("without a browser it says %v", err)
	}
}
