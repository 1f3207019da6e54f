package target

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// saying is a road on which every message gets the next line of a text for an
// answer, as a child process would say it.
type saying struct{ lines *bufio.Reader }

func (s saying) ask(_ context.Context, _ request, _ patience) (reply, time.Duration, error) {
	line, err := readLine(s.lines)
	if err != nil {
		return reply{}, 0, &Crashed{How: err.Error()}
	}
	answer, err := parseReply(line)
	return answer, 0, err
}

func FuzzReplies(f *testing.F) {
	const hi = `{"seq":1,"protocol":1,"target":{"name":"mine"},"profile":"id-token","can":["noop","nonce"],"declares":{"leeway":{"exp":"0s"},"cacheTTL":"5m"}}` + "\n"
	for _, seed := range []string{
		hi + `{"seq":2,"ok":true}` + "\n" + `{"seq":3,"verdict":"accept","claims":{"sub":"alice"}}` + "\n" + `{"seq":4,"goroutines":7}`,
		hi + `{"seq":2,"ok":true}` + "\n" + `{"seq":3,"verdict":"Accept"}` + "\n",
		hi + `{"seq":2,"verdict":"reject","code":"kid","reason":"\u001b[2J"}`,
		hi + `{"seq":2,"unsupported":"no","feature":"x"}`, hi + `{"seq":2,"error":"x"}`, hi + "\n", hi + "log: started\n", hi + `{"seq":null}`,
		hi + `{"ok":true}`, hi + `{"seq":2,"ok":true}` + "\n" + `{"seq":3,"verdict":"accept","verdict":"reject"}`, hi + `{"seq":2,"ok":true}` + "\n" + `{"seq":3,"VERDICT":"accept"}`,
		`{"seq":1,"protocol":2}`, `{"seq":1,"error":"x"}`, strings.Replace(hi, `{"exp":"0s"}`, `"-1s"`, 1), strings.Replace(hi, `{"exp":"0s"}`, `[]`, 1),
		strings.Replace(hi, "5m", "9999999h", 1), "", "{", "\xff", "[]", `{"seq":1e99}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, said []byte) {
		road := saying{bufio.NewReaderSize(bytes.NewReader(said), 64)}
		d, err := hello(t.Context(), road)
		if err != nil {
			plain(t, err)
			return
		}
		if d.Name == "" || d.Profile == "" {
			t.Fatalf("somebody without a name or a profile was let in: %+v", d)
		}
		for _, promise := range []*time.Duration{d.Declares.CacheTTL, d.Declares.Cooldown, d.Declares.FetchTimeout} {
			if promise != nil && *promise < 0 {
				t.Fatalf("a promise of %s", *promise)
			}
		}
		for claim, leeway := range d.Declares.Leeway {
			if leeway < 0 {
				t.Fatalf("a leeway of %s for %q", leeway, claim)
			}
		}
		s := &speaker{Description: d}
		session, v, err := s.trust(t.Context(), road, []Issuer{{Issuer: "https://issuer.example", ClientID: "rp-1"}})
		states(t, v, err, session != nil, said)
		if session == nil {
			return
		}
		v, err = session.Try(t.Context(), Attempt{Token: "a.b.c", Nonce: "n"})
		states(t, v, err, false, said)
		_, err = session.Goroutines(t.Context())
		plain(t, err)
		plain(t, session.SetClock(t.Context(), time.Unix(0, 0)))
		plain(t, session.Close())
	})
}

// states fails where a verdict is none of the three, or where one was heard that
// nobody said: only the word itself is an acceptance.
func states(t *testing.T, v Verdict, err error, ok bool, said []byte) {
	t.Helper()
	if err != nil {
		plain(t, err)
		if v.Answer != "" {
			t.Fatalf("the verdict %q beside %v", v.Answer, err)
		}
		return
	}
	switch v.Answer {
	case Accept:
		if !ok && !heard(said) {
			t.Fatalf("an acceptance was heard in %q", said)
		}
	case Reject, Unavailable:
	default:
		t.Fatalf("the verdict %q", v.Answer)
	}
	if len(v.Claims) > 0 && !json.Valid(v.Claims) {
		t.Fatalf("claims that are no JSON: %q", v.Claims)
	}
}

// heard tells whether one of the lines says accept, in any spelling that JSON
// has for it.
func heard(said []byte) bool {
	for line := range bytes.Lines(said) {
		d := json.NewDecoder(bytes.NewReader(line))
		for {
			token, err := d.Token()
			if err != nil {
				break
			}
			if token == "accept" {
				return true
			}
		}
	}
	return false
}

// plain fails for an error that is of no kind which a run knows how to tell.
func plain(t *testing.T, err error) {
	t.Helper()
	var garbled *Garbled
	var failed *Failed
	var crashed *Crashed
	var unsupported *Unsupported
	if err != nil && !errors.As(err, &garbled) && !errors.As(err, &failed) && !errors.As(err, &crashed) && !errors.As(err, &unsupported) {
		t.Fatalf("a %T: %v", err, err)
	}
}

// Whatever a page holds, it is read in time and memory that go with its length.
func FuzzPages(f *testing.F) {
	for _, seed := range []string{
		`<!doctype html><body onload="f.submit()"><form method=post action="/a"><input type=hidden name=b value=c></form>`,
		`<meta http-equiv=refresh content="0; url='/x'"><base href=":"><a href="%zz">x</a>`, `<script>submit</script><form method=POST>`,
		`</p></p><b><p><b><p>`, `<svg><![CDATA[x]]></svg><textarea><form>`, "\x00<", "",
	} {
		f.Add([]byte(seed))
	}
	at := &url.URL{Scheme: "https", Host: "app.example.test", Path: "/in"}
	f.Fuzz(func(t *testing.T, body []byte) {
		p := readPage(at, "text/html; charset=utf-8", body)
		nodes := 0
		each(p.root, func(*html.Node) { nodes++ })
		if nodes > len(body)+1 || nodes > maxNodes+1 {
			t.Fatalf("%d octets make %d nodes", len(body), nodes)
		}
		for _, sure := range []bool{true, false} {
			if sub := p.selfSubmitting(sure); sub != nil && (sub.method != "POST" || sub.to == nil || len(sub.fields) == 0 && !bytes.Contains(body, []byte("hidden"))) {
				t.Fatalf("a form that submits itself is %+v", sub)
			}
		}
		if to := p.refresh(); to != nil && to.String() == at.String() {
			t.Fatal("a page refreshes to itself")
		}
		for _, kind := range []atom.Atom{atom.A, atom.Button, atom.Input} {
			for _, n := range p.elements(kind) {
				if sub := p.click(n); sub != nil && sub.to == nil {
					t.Fatalf("a click leads nowhere: %+v", sub)
				}
			}
		}
		if text := p.text(); len(text) > 4*len(body) {
			t.Fatalf("%d octets show %d", len(body), len(text))
		}
	})
}
