package target

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/url"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// An ill is something that a relying party should not do, and what has to come
// of it. An empty answer stands for an error.
type ill struct {
	name   string
	at     string // the path that misbehaves
	does   http.HandlerFunc
	login  Login
	answer Answer
	reason string
	late   bool
	err    string // the type of the error
	script bool   // Chromium does not come to the same end
}

var ills = []ill{
	{
		name: "sends itself round in a circle", at: "/welcome", answer: Unavailable, reason: "in a circle",
		does: func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/welcome", http.StatusFound) },
	},
	{
		name: "redirects for ever", at: "/welcome", answer: Unavailable, reason: "more than 20 times", script: true,
		does: func(w http.ResponseWriter, r *http.Request) {
			n, _ := strconv.Atoi(r.FormValue("n"))
			http.Redirect(w, r, "/welcome?n="+strconv.Itoa(n+1), http.StatusFound)
		},
	},
	{
		name: "begins again and again", at: "/callback", answer: Reject, reason: "to the provider again",
		does: func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/login", http.StatusFound) },
	},
	{
		name: "sends 100 MB", at: "/welcome", answer: Accept, reason: "200",
		does: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			line := bytes.Repeat([]byte("on and on "), 16<<10)
			for range (100 << 20) / len(line) {
				if _, err := w.Write(line); err != nil {
					return
				}
			}
		},
	},
	{
		name: "sends a gzip bomb", at: "/welcome", answer: Accept, reason: "200",
		does: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			zeros := make([]byte, 1<<20)
			for range 512 {
				if _, err := z.Write(zeros); err != nil {
					return
				}
			}
			_ = z.Close()
		},
	},
	{
		name: "says gzip and sends none", at: "/welcome", err: "garbled", script: true,
		does: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			fmt.Fprint(w, "this is plain text, and so no gzip at all")
		},
	},
	{
		name: "never answers", at: "/callback", answer: Unavailable, reason: "no answer in", late: true,
		does: func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
	},
	{
		name: "answers by drips", at: "/welcome", answer: Unavailable, reason: "no answer in", late: true,
		does: func(w http.ResponseWriter, r *http.Request) {
			tick := time.NewTicker(50 * time.Millisecond)
			defer tick.Stop()
			for {
				select {
				case <-tick.C:
					if _, err := fmt.Fprint(w, "."); err != nil {
						return
					}
					w.(http.Flusher).Flush()
				case <-r.Context().Done():
					return
				}
			}
		},
	},
	{
		name: "sets no cookie", at: "/callback", answer: Reject, reason: "401",
		does: func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/welcome", http.StatusFound) },
	},
	{
		name: "redirects to javascript:", at: "/callback", answer: Reject, reason: "no URL of a page",
		does: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "javascript:alert(1)")
			w.WriteHeader(http.StatusFound)
		},
	},
	{
		name: "redirects to what is no URL", at: "/callback", answer: Reject, reason: "no URL of a page", script: true,
		does: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "http://[::1/%zz")
			w.WriteHeader(http.StatusFound)
		},
	},
	{
		name: "redirects to nowhere", at: "/callback", answer: Reject, reason: "302", script: true,
		does: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusFound) },
	},
	{
		name: "redirects to another host", at: "/callback", answer: Reject, reason: "neither the relying party's",
		does: func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://elsewhere.example.test/in?x=1", http.StatusFound)
		},
	},
	{
		name: "sends a huge header", at: "/callback", err: "garbled", script: true,
		does: func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X-Huge", strings.Repeat("x", 1<<20)) },
	},
	{
		name: "dies in the middle", at: "/callback", err: "crashed",
		does: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			fmt.Fprint(w, "<p>half of")
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		},
	},
	{
		name: "hangs up", at: "/callback", err: "crashed",
		does: func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	},
	{
		name: "answers 500", at: "/callback", answer: Unavailable, reason: "500",
		does: func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "oops", http.StatusInternalServerError) },
	},
	{
		name: "answers 500 to mean a refusal", at: "/callback", answer: Reject, reason: "how it refuses",
		login: Login{Refused: Sign{Status: 500, Text: "oops"}},
		does:  func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "oops", http.StatusInternalServerError) },
	},
	{
		name: "refuses with 200", at: "/callback", answer: Reject, reason: "how it refuses",
		login: Login{Refused: Sign{URL: "/callback", Selector: ".error"}},
		does: func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, `<!doctype html><p class="big error">Not you.`)
		},
	},
	{
		name: "signs in and answers 500", at: "/callback", answer: Accept, reason: "although",
		login: Login{Home: "/me"},
		does: func(w http.ResponseWriter, _ *http.Request) {
			http.SetCookie(w, &http.Cookie{Name: "session", Value: "alice", Path: "/"})
			http.Error(w, "oops", http.StatusInternalServerError)
		},
	},
	{
		name: "never sends to the provider", at: "/login", answer: Reject, reason: "leads nowhere by itself",
		does: func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, `<!doctype html><button onclick="go()">Sign in</button>`)
		},
	},
	{
		name: "is asked for another method", at: "/login", answer: Reject, reason: "405",
		does: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusMethodNotAllowed) },
	},
	{
		name: "nests without end", script: true, at: "/welcome", answer: Reject, reason: "sign", login: Login{SignedIn: Sign{Selector: "#admin"}},
		does: func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, "<!doctype html>"+strings.Repeat("<i a=1>", 4_000)+strings.Repeat("<b><p>x", 4_000))
		},
	},
}

func TestIllRelyingParties(t *testing.T) {
	for _, ill := range ills {
		t.Run(ill.name, func(t *testing.T) {
			t.Parallel()
			op := newTinyOP(t)
			rp := newTinyRP(t, op, func(rp *tinyRP) { rp.instead[ill.at] = ill.does })
			ill.check(t, session(t, op, rp.URL+"/login", ill.login), op)
		})
	}
}

// check sends one agent there. That it comes to an end at all within its
// deadline is seen by the context.
func (i ill) check(t *testing.T, b Browser, op *tinyOP) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	var crashed *Crashed
	var garbled *Garbled
	// Two seconds of patience come on top.
	e := Errand{Known: op.cookie("alice")}
	if i.late {
		e.Deadline = 100 * time.Millisecond
	}
	a, err := b.Go(ctx, e)
	switch {
	case i.err == "crashed" && errors.As(err, &crashed), i.err == "garbled" && errors.As(err, &garbled):
		return
	case i.err != "" || err != nil:
		t.Fatalf("%+v, %v (%T); want %q", a, err, err, i.err)
	}
	want(t, a, i.answer, "", i.reason)
	if a.Late != i.late {
		t.Errorf("late is %v", a.Late)
	}
	if len(a.Body) > maxKept || len(a.Hops) > maxHops {
		t.Errorf("%d bytes and %d hops are kept", len(a.Body), len(a.Hops))
	}
}

// What is sent without end is not kept, and not even read.
func TestEndlessPagesCostLittle(t *testing.T) {
	op := newTinyOP(t)
	for _, ill := range ills {
		if ill.name != "sends 100 MB" && ill.name != "sends a gzip bomb" && ill.name != "nests without end" {
			continue
		}
		rp := newTinyRP(t, op, func(rp *tinyRP) { rp.instead[ill.at] = ill.does })
		b := session(t, op, rp.URL+"/login", ill.login)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for range 3 {
			ill.check(t, b, op)
		}
		runtime.ReadMemStats(&after)
		// Of everything that was ever allocated, the server's buffers included.
		if grown := after.TotalAlloc - before.TotalAlloc; grown > 256<<20 {
			t.Errorf("%s: %d MiB were allocated for three pages", ill.name, grown>>20)
		}
	}
}

// Nothing that a relying party says comes to the terminal as it is, not even what
// nobody asked for.
func TestAnAnswerTooMany(t *testing.T) {
	var said bytes.Buffer
	log.SetOutput(&said)
	defer log.SetOutput(os.Stderr)
	op := newTinyOP(t)
	rp := newTinyRP(t, op, func(rp *tinyRP) {
		rp.instead["/welcome"] = func(w http.ResponseWriter, _ *http.Request) {
			conn, rw, err := w.(http.Hijacker).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close()
			for _, page := range []string{"hello", "\x1b[2J"} {
				fmt.Fprintf(rw, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%s", len(page), page)
			}
			_ = rw.Flush()
			_, _ = rw.ReadByte() // until the agent hangs up
		}
	})
	want(t, arrive(t, session(t, op, rp.URL+"/login", Login{}), Errand{Known: op.cookie("alice")}), Accept, "", "hello")
	if said.Len() > 0 {
		t.Errorf("it was printed: %q", said.String())
	}
}

// Where it was led to is told, and nothing is fetched there.
func TestAnOpenRedirect(t *testing.T) {
	t.Parallel()
	op := newTinyOP(t)
	rp := newTinyRP(t, op, func(rp *tinyRP) {
		rp.instead["/login"] = func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, r.FormValue("next"), http.StatusFound)
		}
	})
	elsewhere := newTinyOP(t) // on loopback, and nobody's here
	b := session(t, op, rp.URL+"/login", Login{ReturnTo: "next"})
	to := elsewhere.URL + "/evil?x=1"
	a := arrive(t, b, Errand{Query: url.Values{"next": {to}}})
	want(t, a, Reject, "", "neither")
	if a.URL != to || a.Status != 0 || elsewhere.requests() != 0 {
		t.Errorf("it ended at %s with %d, where %d asked", a.URL, a.Status, elsewhere.requests())
	}
}

func TestAProviderThatDies(t *testing.T) {
	t.Parallel()
	op := newTinyOP(t)
	op.answer = func(http.ResponseWriter, *http.Request) bool { panic(http.ErrAbortHandler) }
	rp := newTinyRP(t, op, nil)
	b := session(t, op, rp.URL+"/login", Login{})
	want(t, arrive(t, b, Errand{Known: op.cookie("alice")}), Unavailable, "", "the provider did not answer")
	op.answers(func(w http.ResponseWriter, _ *http.Request) bool { w.WriteHeader(500); return true })
	want(t, arrive(t, b, Errand{Known: op.cookie("alice")}), Unavailable, "", "500")
}

// A relying party that asks without a prompt first asks once more after the
// error.
func TestASilentTryFirst(t *testing.T) {
	t.Parallel()
	op := newTinyOP(t)
	var always atomic.Bool
	op.answer = func(w http.ResponseWriter, r *http.Request) bool {
		if !always.Load() && op.requests() > 1 {
			return false
		}
		q := r.URL.Query()
		http.Redirect(w, r, q.Get("redirect_uri")+"?error=login_required&state="+q.Get("state"), http.StatusFound)
		return true
	}
	rp := newTinyRP(t, op, nil)
	rp.instead["/callback"] = func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("error") != "" {
			http.Redirect(w, r, "/login", http.StatusFound)
			return
		}
		io.WriteString(w, "<p>hello")
	}
	b := session(t, op, rp.URL+"/login", Login{})
	want(t, arrive(t, b, Errand{Known: op.cookie("alice")}), Accept, "", "hello")
	always.Store(true)
	want(t, arrive(t, b, Errand{Known: op.cookie("alice")}), Reject, "", "to the provider again")
}
