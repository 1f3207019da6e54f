package relyingparty

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strings"
	"testing"
	"time"
)

// A browser keeps the cookies that a party gives it.
type browser map[string]*http.Cookie

func (b browser) request(method, target string, form url.Values) *http.Request {
	r := httptest.NewRequest(method, target, strings.NewReader(form.Encode()))
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for _, c := range b {
		r.AddCookie(c)
	}
	return r
}

func (b browser) keep(w *httptest.ResponseRecorder) {
	for _, c := range w.Result().Cookies() {
		if c.MaxAge < 0 {
			delete(b, c.Name)
			continue
		}
		b[c.Name] = c
	}
}

// begins a sign-in at the first issuer without asking it anything.
func (b browser) begins(t *testing.T, p *Party, one *peer) *transaction {
	t.Helper()
	w := httptest.NewRecorder()
	started, err := p.begin(w, b.request("GET", "/login", nil), one, "/")
	if err != nil {
		t.Fatal(err)
	}
	b.keep(w)
	return started
}

// TestAStateIsClaimedOnceByWhoBeganIt is the whole of what state is for.
func TestAStateIsClaimedOnceByWhoBeganIt(t *testing.T) {
	now := clock()
	p, err := New(Config{BaseURL: base, Now: func() time.Time { return now }, Registrations: []Registration{
		registered(), registered(func(r *Registration) { r.Issuer = "https://issuer.example/b" }),
	}})
	if err != nil {
		t.Fatal(err)
	}
	mine, other := browser{}, browser{}
	first, second := mine.begins(t, p, p.peers[0]), mine.begins(t, p, p.peers[0])
	theirs, late := other.begins(t, p, p.peers[0]), mine.begins(t, p, p.peers[0])
	swapped := browser{cookieName(first.State): {Name: cookieName(first.State), Value: mine[cookieName(second.State)].Value}}
	for name, one := range map[string]struct {
		by    browser
		at    int
		state string
	}{
		"empty":            {mine, 0, ""},
		"cut":              {mine, 0, first.State[:42]},
		"in another case":  {mine, 0, strings.ToUpper(first.State)},
		"of somebody else": {mine, 0, theirs.State},
		"without a cookie": {browser{}, 0, first.State},
		"of another peer":  {mine, 1, first.State},
		"in another's box": {swapped, 0, first.State},
	} {
		if _, err := claim(p, one.by.request("GET", "/callback", nil), p.peers[one.at], one.state); statusOf(err) != 400 {
			t.Errorf("a state %s is claimed: %v", name, err)
		}
	}
	for _, one := range []*transaction{second, first} {
		got, err := claim(p, mine.request("GET", "/callback", nil), p.peers[0], one.State)
		if err != nil || *got != *one {
			t.Errorf("got %+v (%v), want %+v", got, err, one)
		}
		if _, err := claim(p, mine.request("GET", "/callback", nil), p.peers[0], one.State); statusOf(err) != 400 {
			t.Errorf("a state is claimed twice: %v", err)
		}
	}
	now = now.Add(transactionLife + 2*time.Second)
	if _, err := claim(p, mine.request("GET", "/callback", nil), p.peers[0], late.State); statusOf(err) != 400 {
		t.Errorf("a state is claimed too late: %v", err)
	}
}

func TestSecretsDiffer(t *testing.T) {
	p, b := party(t), browser{}
	seen := map[string]bool{}
	for range 3 {
		one := b.begins(t, p, p.peers[0])
		for _, text := range []string{one.State, one.Nonce, one.Verifier} {
			if len(text) != 43 || seen[text] {
				t.Errorf("%q is short, or came before", text)
			}
			seen[text] = true
		}
	}
}

// TestABrowserHoldsFewTransactions: the oldest go, and so does what nobody can
// open.
func TestABrowserHoldsFewTransactions(t *testing.T) {
	now := clock()
	p, b := party(t), browser{"login-junk": {Name: "login-junk", Value: "junk"}}
	p.now = func() time.Time { now = now.Add(time.Second); return now }
	oldest := b.begins(t, p, p.peers[0])
	for range 2 * maxTransactions {
		b.begins(t, p, p.peers[0])
	}
	if len(b) != maxTransactions || b[cookieName(oldest.State)] != nil {
		t.Errorf("the browser holds %d transactions", len(b))
	}
}

func TestResponsesComeInTheirMode(t *testing.T) {
	query := &peer{Registration: Registration{ResponseMode: "query"}}
	posted := &peer{Registration: Registration{ResponseMode: "form_post"}}
	form := url.Values{"state": {"s"}}
	for name, one := range map[string]struct {
		r  *http.Request
		at *peer
		ok bool
	}{
		"query":             {browser{}.request("GET", "/callback?state=s", nil), query, true},
		"form_post":         {browser{}.request("POST", "/callback", form), posted, true},
		"posted to query":   {browser{}.request("POST", "/callback", form), query, false},
		"query to posted":   {browser{}.request("GET", "/callback?state=s", nil), posted, false},
		"both":              {browser{}.request("POST", "/callback?state=s", form), posted, false},
		"unreadable":        {browser{}.request("GET", "/callback?state=%zz", nil), query, false},
		"unreadable posted": {browser{}.request("POST", "/callback", nil), posted, true}, // empty: no state
	} {
		params, err := response(one.r, one.at)
		if (err == nil) != one.ok || one.ok && name != "unreadable posted" && params.Get("state") != "s" {
			t.Errorf("%s: %v, %v", name, params, err)
		}
	}
}

func TestParametersComeOnce(t *testing.T) {
	for text, ok := range map[string]bool{
		"state=a&code=b":                          true,
		"state=a&state=a":                         false,
		"code=a&code=b&state=s":                   false,
		"x=1&x=2":                                 false,
		"code=" + strings.Repeat("a", maxParam):   true,
		"code=" + strings.Repeat("a", maxParam+1): false,
	} {
		params, err := url.ParseQuery(text)
		if err != nil {
			t.Fatal(err)
		}
		if err := single(params); (err == nil) != ok {
			t.Errorf("%.40s: %v", text, err)
		}
	}
}

// TestTheSenderIsTheIssuer is RFC 9207, 2.4.
func TestTheSenderIsTheIssuer(t *testing.T) {
	one := &peer{Registration: registered()}
	for query, ok := range map[string][2]bool{ // unadvertised, advertised
		"":                                 {true, false},
		"iss=":                             {false, false},
		"iss=https://issuer.example/a":     {true, true},
		"iss=https://issuer.example/a/":    {false, false},
		"iss=https://ISSUER.example/a":     {false, false},
		"iss=https://issuer.example/other": {false, false},
	} {
		params, _ := url.ParseQuery(query)
		for i, advertised := range []bool{false, true} {
			if err := sender(one, &metadata{SendsIssuer: advertised}, params); (err == nil) != ok[i] {
				t.Errorf("%q, advertised %v: %v", query, advertised, err)
			}
		}
	}
}

func TestResponsesBringWhatWasAskedFor(t *testing.T) {
	for _, one := range []struct {
		asked, query string
		ok           bool
	}{
		{"code", "code=c", true},
		{"code", "", false},
		{"code", "code=", false},
		{"code", "code=c&id_token=t", false},
		{"code", "id_token=t", false},
		{"id_token", "id_token=t", true},
		{"id_token token", "id_token=t", false},
		{"id_token token", "id_token=t&access_token=a", true},
		{"code id_token", "code=c&id_token=t", true},
		{"code id_token", "code=c", false},
		{"code token", "code=c&access_token=a", true},
		{"code id_token token", "code=c&access_token=a&id_token=t", true},
	} {
		params, _ := url.ParseQuery(one.query)
		if err := expected(&peer{Registration: Registration{ResponseType: one.asked}}, params); (err == nil) != one.ok {
			t.Errorf("asked for %s, got %s: %v", one.asked, one.query, err)
		}
	}
}

func TestCodesHaveTheirCharacters(t *testing.T) {
	for text, ok := range map[string]bool{
		"SplxlOBeZQQYbYS6WxSbIA": true, "a b~": true, "a\x00": false, "a\nb": false, "é": false, strings.Repeat("a", 2049): false,
	} {
		if err := code(text); (err == nil) != ok {
			t.Errorf("%.20q: %v", text, err)
		}
	}
}

// TestNobodyFillsAStore: who begins sign-ins without end leaves nothing behind, and
// who remembers them all can be told from that.
func TestNobodyFillsAStore(t *testing.T) {
	const visits = 2000
	grown := map[string]int64{}
	for _, weakness := range []string{"", "states-kept-for-ever"} {
		p, err := New(Config{BaseURL: base, Registrations: []Registration{registered()}, Weakness: weakness})
		if err != nil {
			t.Fatal(err)
		}
		before := held()
		for range visits {
			if _, err := p.begin(httptest.NewRecorder(), browser{}.request("GET", "/login", nil), p.peers[0], "/"); err != nil {
				t.Fatal(err)
			}
		}
		grown[weakness] = held() - before
		if len(p.used.order) != 0 || p.sessions.seen.Len() != 0 {
			t.Errorf("%d states and %d sessions are remembered", len(p.used.order), p.sessions.seen.Len())
		}
		runtime.KeepAlive(p)
	}
	if grown[""] > visits*100 || grown["states-kept-for-ever"] < visits*4000 {
		t.Errorf("%d visits left this many octets behind: %v", visits, grown)
	}
}

// held is what the heap holds once all that nobody needs is gone.
func held() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
