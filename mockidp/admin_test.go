package mockidp_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/rogueidp/rogueidp/mockidp"
)

// call sends a request to an admin API as its own client would.
func call(t *testing.T, a *mockidp.Admin, method, path, body string, change ...func(*http.Request)) (int, string) {
	t.Helper()
	r, err := http.NewRequest(method, a.URL()+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+a.Token())
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for _, c := range change {
		c(r)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var text bytes.Buffer
	if _, err := text.ReadFrom(resp.Body); err != nil {
		t.Fatal(err)
	}
	for name := range resp.Header {
		if strings.HasPrefix(name, "Access-Control") {
			t.Errorf("%s %s answers with %s", method, path, name)
		}
	}
	return resp.StatusCode, text.String()
}

func admin(t *testing.T) (*mockidp.Provider, *mockidp.Admin) {
	t.Helper()
	p, err := mockidp.New(mockidp.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	a, err := p.ServeAdmin("")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	return p, a
}

func TestAdminLetsNoWebPageIn(t *testing.T) {
	_, a := admin(t)
	for name, c := range map[string]struct {
		status int
		change func(*http.Request)
	}{
		"no token":      {401, func(r *http.Request) { r.Header.Del("Authorization") }},
		"another token": {401, func(r *http.Request) { r.Header.Set("Authorization", "Bearer x") }},
		"basic":         {401, func(r *http.Request) { r.SetBasicAuth("admin", a.Token()) }},
		"an origin":     {403, func(r *http.Request) { r.Header.Set("Origin", "null") }},
		"another host":  {421, func(r *http.Request) { r.Host = "rebound.test" }},
		"a form":        {415, func(r *http.Request) { r.Header.Set("Content-Type", "application/x-www-form-urlencoded") }},
		"plain text":    {415, func(r *http.Request) { r.Header.Set("Content-Type", "text/plain") }},
	} {
		if status, body := call(t, a, "POST", "/tenants", `{"name":"t1"}`, c.change); status != c.status {
			t.Errorf("%s: %d %s", name, status, body)
		}
	}
	if status, _ := call(t, a, "OPTIONS", "/tenants", ""); status != 404 && status != 405 {
		t.Errorf("a preflight is answered with %d", status)
	}
}

func TestAdminSteersATenant(t *testing.T) {
	p, a := admin(t)
	if status, body := call(t, a, "POST", "/tenants", `{"name":"t1","clientID":"rp-1","algs":["ES256"]}`); status != 201 || !strings.Contains(body, `"issuer":"`+p.URL()+`/t/t1"`) {
		t.Fatalf("%d %s", status, body)
	}
	if status, body := call(t, a, "PUT", "/tenants/t1/faults", `[{"token.sign-with":{"alg":"none"}}]`); status != 200 || !strings.Contains(body, "none") {
		t.Errorf("%d %s", status, body)
	}
	var minted struct {
		Token   string
		Genuine bool
		Changed []string
	}
	status, body := call(t, a, "POST", "/tenants/t1/mint", `{"nonce":"n-1","claims":{"scope":"openid"}}`)
	if unmarshal(t, []byte(body), &minted); status != 200 || !strings.HasSuffix(minted.Token, ".") || minted.Genuine {
		t.Errorf("%d %s", status, body)
	}
	call(t, a, "PUT", "/tenants/t1/faults", `[]`)
	status, body = call(t, a, "POST", "/tenants/t1/mint", `{"faults":[{"token.drop-claim":{"name":"exp"}}]}`)
	if unmarshal(t, []byte(body), &minted); status != 200 || len(minted.Changed) != 1 || minted.Changed[0] != "claims" {
		t.Errorf("%d %s", status, body)
	}
	for _, verb := range []string{"publish", "rotate", "remove", "retire"} {
		if status, body := call(t, a, "POST", "/tenants/t1/"+verb, ""); status != 200 || !strings.Contains(body, `"kid"`) {
			t.Errorf("%s: %d %s", verb, status, body)
		}
	}
	if status, body := call(t, a, "POST", "/tenants/t1/mint", ""); status != 409 || !strings.Contains(body, "no active key") {
		t.Errorf("%d %s", status, body)
	}
	if status, body := call(t, a, "POST", "/tenants/t1/advance", `{"by":"1h"}`); status != 200 {
		t.Errorf("%d %s", status, body)
	}
	fetch(t, p.Client(), p.URL()+"/t/t1/jwks")
	if status, body := call(t, a, "GET", "/tenants/t1/journal/await?endpoint=keyset&hits=1", ""); status != 200 {
		t.Errorf("%d %s", status, body)
	}
	var journal struct {
		Hits    map[string]int
		Entries []mockidp.Entry
	}
	_, body = call(t, a, "GET", "/tenants/t1/journal", "")
	if unmarshal(t, []byte(body), &journal); journal.Hits["keyset"] != 1 || len(journal.Entries) < 6 {
		t.Errorf("%s", body)
	}
	if status, _ := call(t, a, "DELETE", "/tenants/t1", ""); status != 200 {
		t.Errorf("delete: %d", status)
	}
	if status, _ := call(t, a, "GET", "/tenants/t1", ""); status != 404 {
		t.Errorf("a deleted tenant answers %d", status)
	}
}

func TestAdminRefusesTypos(t *testing.T) {
	_, a := admin(t)
	call(t, a, "POST", "/tenants", `{"name":"t1"}`)
	for _, c := range []struct{ method, path, body, want string }{
		{"POST", "/tenants", `{"clientId":"x"}`, `did you mean \"clientID\"?`},
		{"POST", "/tenants", `{"name":"t1"}`, "exists already"},
		{"POST", "/tenants", `{"algs":["RS257"]}`, "RS257"},
		{"POST", "/tenants", `{"kind":"id"}`, "kind"},
		{"POST", "/tenants", `{"name":"a","name":"b"}`, "twice"},
		{"POST", "/tenants", `{"name":"a"} x`, "no JSON object"},
		{"PUT", "/tenants/t1/faults", `[{"token.sign-wiht":{"alg":"none"}}]`, `did you mean \"token.sign-with\"?`},
		{"POST", "/tenants/t1/advance", `{"by":"soon"}`, "1h30m"},
		{"POST", "/tenants/t1/advance", `{"by":"-1h"}`, "cannot go back"},
		{"POST", "/tenants/t1/rotate", `{"sameKID":true}`, `did you mean \"sameKid\"?`},
		{"POST", "/tenants/t1/remove", `{"kid":"x"}`, "no key has the kid"},
		{"GET", "/tenants/t1/journal/await?endpoint=keyst&hits=1", "", "endpoint=keyset"},
		{"GET", "/tenants/t2", "", "no tenant is called"},
		{"GET", "/tenant", "", "has no GET"},
	} {
		status, body := call(t, a, c.method, c.path, c.body)
		if status < 400 || status >= 500 || !strings.Contains(body, c.want) || !json.Valid([]byte(body)) {
			t.Errorf("%s %s %s: %d %s, want it to say %s", c.method, c.path, c.body, status, body, c.want)
		}
	}
}

func TestAdminListsTheFaults(t *testing.T) {
	_, a := admin(t)
	if status, body := call(t, a, "GET", "/faults", ""); status != 200 || !strings.Contains(body, `"token.sign-with"`) || !strings.Contains(body, "says so in the header") {
		t.Errorf("%d %s", status, body)
	}
}
