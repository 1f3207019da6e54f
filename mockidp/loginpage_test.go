package mockidp_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rogueidp/rogueidp/mockidp"
)

var hidden = regexp.MustCompile(`name="ticket" value="([^"]+)"`)

func TestTheLoginPage(t *testing.T) {
	idp := mockidp.Start(t, mockidp.TenantConfig{LoginForm: true})
	f := newFlow(t, idp)
	v, err := idp.Visit(mockidp.Visit{Subject: `"><script>`})
	if err != nil {
		t.Fatal(err)
	}
	if a := f.authorize("prompt", "none"); a.Get("error") != "login_required" {
		t.Errorf("%v", a)
	}
	if a := f.as(v).authorize(); a.Get("code") == "" {
		t.Errorf("a visitor whom the provider knows: %v", a)
	}
	// This browser keeps its cookies.
	g := f.as(v)
	page := g.get("/authorize", g.params("prompt", "login"))
	if page.status != 200 || strings.Contains(page.body, "<script>") || !strings.Contains(page.header.Get("Content-Security-Policy"), "default-src 'none'") {
		t.Fatalf("%v %s", page.header, page.body)
	}
	ticket := hidden.FindStringSubmatch(page.body)[1]
	if s := f.post("/authorize/approve", url.Values{"ticket": {ticket}, "subject": {"carol"}, "decision": {"approve"}}); s.status != 400 {
		t.Errorf("another browser sends the page: %d", s.status)
	}
	page = g.get("/authorize", g.params("prompt", "login"))
	ticket = hidden.FindStringSubmatch(page.body)[1]
	form := url.Values{"ticket": {ticket}, "subject": {"carol"}, "decision": {"deny"}}
	if a := g.post("/authorize/approve", form).answer(t); a.Get("error") != "access_denied" || a.Get("state") != "st-1" {
		t.Errorf("%v", a)
	}
	form.Set("decision", "approve")
	if s := g.post("/authorize/approve", form); s.status != 400 {
		t.Errorf("the page is sent twice: %d", s.status)
	}
	// A browser of nobody's.
	blank, err := idp.Visit(mockidp.Visit{})
	if err != nil {
		t.Fatal(err)
	}
	h := f.as(blank)
	page = h.get("/authorize", h.params("prompt", "select_account"))
	form.Set("ticket", hidden.FindStringSubmatch(page.body)[1])
	form.Set("subject", "")
	page = h.post("/authorize/approve", form)
	if page.status != 200 || !strings.Contains(page.body, "1 to 255") {
		t.Fatalf("nobody signs in: %d %s", page.status, page.body)
	}
}

func TestSomebodySignsInOnTheLoginPage(t *testing.T) {
	idp := mockidp.Start(t, mockidp.TenantConfig{LoginForm: true})
	f := newFlow(t, idp)
	blank, err := idp.Visit(mockidp.Visit{})
	if err != nil {
		t.Fatal(err)
	}
	b := f.as(blank)
	// The visitor's cookie goes, and a stranger's browser with a jar is left.
	u, _ := url.Parse(idp.Issuer())
	gone := blank.Cookie()
	gone.MaxAge = -1
	b.http.Jar.SetCookies(u, []*http.Cookie{gone})
	page := b.get("/authorize", b.params())
	ticket := hidden.FindStringSubmatch(page.body)[1]
	a := b.post("/authorize/approve", url.Values{"ticket": {ticket}, "subject": {"carol"}, "decision": {"approve"}}).answer(t)
	got := claimsOf(t, f.redeem(a.Get("code")).IDToken)
	if got["sub"] != "carol" {
		t.Errorf("%v", got)
	}
	if err := idp.Advance(time.Minute); err != nil {
		t.Fatal(err)
	}
	again := claimsOf(t, f.redeem(b.authorize("prompt", "none", "max_age", "100").Get("code")).IDToken)
	if again["sub"] != "carol" || again["iat"].(float64)-again["auth_time"].(float64) < 60 {
		t.Errorf("%v", again)
	}
	if a := b.authorize("prompt", "none", "max_age", "10"); a.Get("error") != "login_required" {
		t.Errorf("max_age is over: %v", a)
	}
	if s := b.get("/end_session", url.Values{}); s.status != 200 {
		t.Errorf("%d", s.status)
	}
	if a := b.authorize("prompt", "none"); a.Get("error") != "login_required" {
		t.Errorf("after the end of the session: %v", a)
	}
}
