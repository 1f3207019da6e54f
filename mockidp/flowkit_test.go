package mockidp_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/rogueidp/rogueidp/mockidp"
)

const callback = "http://127.0.0.1:9/callback"

// A flow is a client and a browser that go through a login by hand.
type flow struct {
	t    *testing.T
	idp  *mockidp.Tenant
	http *http.Client
}

func newFlow(t *testing.T, idp *mockidp.Tenant) *flow {
	t.Helper()
	c := idp.Client()
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &flow{t, idp, c}
}

// as lets the browser be a visitor's.
func (f *flow) as(v *mockidp.Visitor) *flow {
	f.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		f.t.Fatal(err)
	}
	u, err := url.Parse(f.idp.Issuer())
	if err != nil {
		f.t.Fatal(err)
	}
	jar.SetCookies(u, []*http.Cookie{v.Cookie()})
	c := *f.http
	c.Jar = jar
	return &flow{f.t, f.idp, &c}
}

// said is an answer of an endpoint.
type said struct {
	status int
	header http.Header
	body   string
}

func (f *flow) do(r *http.Request, err error) said {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
	resp, err := f.http.Do(r)
	if err != nil {
		f.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		f.t.Fatal(err)
	}
	return said{resp.StatusCode, resp.Header, string(body)}
}

func (f *flow) post(path string, form url.Values, change ...func(*http.Request)) said {
	f.t.Helper()
	r, err := http.NewRequest("POST", f.idp.Issuer()+path, strings.NewReader(form.Encode()))
	if err == nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		for _, c := range change {
			c(r)
		}
	}
	return f.do(r, err)
}

// params are a good authorization request, changed as pairs say.
func (f *flow) params(pairs ...string) url.Values {
	v := url.Values{
		"client_id": {f.idp.ClientID()}, "redirect_uri": {callback}, "response_type": {"code"}, "scope": {"openid profile email"},
		"state": {"st-1"}, "nonce": {"n-1"},
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			v.Del(pairs[i])
		} else {
			v.Set(pairs[i], pairs[i+1])
		}
	}
	return v
}

func (f *flow) get(path string, v url.Values) said {
	f.t.Helper()
	return f.do(http.NewRequest("GET", f.idp.Issuer()+path+"?"+v.Encode(), nil))
}

// answer is what an authorization request was answered with.
func (s said) answer(t *testing.T) url.Values {
	t.Helper()
	if s.status == 200 {
		v := url.Values{}
		for _, m := range regexp.MustCompile(`name="([^"]*)" value="([^"]*)"`).FindAllStringSubmatch(s.body, -1) {
			v.Add(m[1], m[2])
		}
		return v
	}
	u, err := url.Parse(s.header.Get("Location"))
	if err != nil || s.status != 303 || !strings.HasPrefix(u.String(), callback) {
		t.Fatalf("%d %v %s", s.status, s.header, s.body)
	}
	text := u.RawQuery
	if u.Fragment != "" {
		text = u.EscapedFragment()
	}
	v, err := url.ParseQuery(text)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func (f *flow) authorize(pairs ...string) url.Values {
	f.t.Helper()
	return f.get("/authorize", f.params(pairs...)).answer(f.t)
}

func (f *flow) basic(r *http.Request) {
	r.SetBasicAuth(url.QueryEscape(f.idp.ClientID()), url.QueryEscape(f.idp.ClientSecret()))
}

// tokens are the members of a token response.
type tokens struct {
	AccessToken  string `json:"access_token"`
	RefreshToken string `json:"refresh_token"`
	IDToken      string `json:"id_token"`
	TokenType    string `json:"token_type"`
	ExpiresIn    int    `json:"expires_in"`
	Scope        string
	Error        string
	status       int
}

func (f *flow) token(pairs ...string) tokens {
	f.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	s := f.post("/token", form, f.basic)
	var got tokens
	unmarshal(f.t, []byte(s.body), &got)
	got.status = s.status
	if s.header.Get("Cache-Control") != "no-store" {
		f.t.Error("tokens may be stored")
	}
	return got
}

func (f *flow) redeem(code string, pairs ...string) tokens {
	f.t.Helper()
	return f.token(append([]string{"grant_type", "authorization_code", "code", code, "redirect_uri", callback}, pairs...)...)
}

func (f *flow) userinfo(token string) said {
	f.t.Helper()
	r, err := http.NewRequest("GET", f.idp.Issuer()+"/userinfo", nil)
	if err == nil {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	return f.do(r, err)
}

// claimsOf reads a token without a look at its signature.
func claimsOf(t *testing.T, token string) map[string]any {
	t.Helper()
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		t.Fatalf("%q is no JWS", token)
	}
	raw, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	var claims map[string]any
	unmarshal(t, raw, &claims)
	return claims
}

func half(text string) string {
	sum := sha256.Sum256([]byte(text))
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}

// jsonOf reads an answer's members.
func jsonOf(t *testing.T, s said) map[string]any {
	t.Helper()
	var o map[string]any
	if err := json.Unmarshal([]byte(s.body), &o); err != nil {
		t.Fatalf("%v in %d %s", err, s.status, s.body)
	}
	return o
}
