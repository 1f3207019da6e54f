package mockidp_test

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/mockidp/fault"
	"github.com/rogueidp/rogueidp/scenarios"
)

func TestTheDescriptionIsWellFormed(t *testing.T) {
	d := readDocument(t, mockidp.OpenAPI())
	if d.OpenAPI != "3.1.0" || len(d.Paths) < 10 {
		t.Fatalf("OpenAPI %s with %d paths", d.OpenAPI, len(d.Paths))
	}
	for name := range d.Components.Schemas {
		if _, err := d.compiler.Compile(documentURL + "#/components/schemas/" + name); err != nil {
			t.Error(err)
		}
	}
	ids := map[string]bool{}
	for path, methods := range d.Paths {
		for method, o := range methods {
			if ids[o.OperationID] || o.OperationID == "" || o.Summary == "" {
				t.Errorf("%s %s has an id that is taken, or says nothing", method, path)
			}
			ids[o.OperationID] = true
			for _, found := range regexp.MustCompile(`\{(\w+)\}`).FindAllStringSubmatch(path, -1) {
				if !slices.ContainsFunc(o.Parameters, func(p struct {
					Name, In string
					Required bool
					Schema   json.RawMessage
				}) bool {
					return p.Name == found[1] && p.In == "path" && p.Required
				}) {
					t.Errorf("%s %s does not declare %s", method, path, found[0])
				}
			}
			for status, r := range o.Responses {
				if r.Description == "" || r.Content["application/json"].Schema == nil {
					t.Errorf("%s %s: %s is not described", method, path, status)
				}
			}
		}
	}
}

// TestTheDescriptionIsTrue asks a live provider for everything that the document
// describes, and holds what is sent and what comes back to its schemas.
func TestTheDescriptionIsTrue(t *testing.T) {
	p, a := admin(t)
	status, text := call(t, a, "GET", "/openapi.json", "")
	if status != 200 {
		t.Fatalf("%d %s", status, text)
	}
	d := readDocument(t, []byte(text))
	if status, _ := call(t, a, "GET", "/openapi.json", "", func(r *http.Request) { r.Header.Del("Authorization") }); status != 401 {
		t.Errorf("without the token it is answered with %d", status)
	}
	const one = "/admin/tenants/{tenant}"
	whole := `{"name":"all","about":"Everything at once.","schedule":{"every":"24h","publishAhead":"1h","keepAfter":"6h","alg":"RS256"},` +
		`"events":[{"at":"30h","do":"rotate","alg":"RS256","remove":true},{"at":"31h","do":"rotate","alg":"RS256","compromised":true},{"at":"32h","do":"publish","alg":"RS256"}]}`
	succeeded := map[string]bool{}
	visitor, cookie := "nobody", ""
	for _, q := range []asked{
		{"GET", "/admin/openapi.json", "", "", 200},
		{"GET", "/admin/faults", "", "", 200},
		{"GET", "/admin/policies", "", "", 200},
		{"GET", "/admin/authority", "", "", 200},
		{"POST", "/admin/tenants", "", `{"name":"t1","clientID":"rp-1","clientSecret":"0123456789abcdef0123456789abcdef","kind":"id-token","algs":["ES256","ES384","RS256"],"typ":"JWT"}`, 201},
		{"POST", "/admin/tenants", "", "", 201},
		{"POST", "/admin/tenants", "", `{"kind":"id"}`, 400},
		{"POST", "/admin/tenants", "", `{"clientId":"rp-1"}`, 400},
		{"GET", "/admin/tenants", "", "", 200},
		{"GET", one, "", "", 200},
		{"PUT", one + "/faults", "", `[{"token.sign-with":{"alg":"none"}},{"first":{"n":2,"do":{"reply.answer-status":{"endpoint":"keyset","status":503}}}}]`, 200},
		{"PUT", one + "/faults", "", `{"token.drop-claim":{"name":"exp"}}`, 200},
		{"PUT", one + "/faults", "", `[{"token.sign-wiht":{"alg":"none"}}]`, 400},
		{"PUT", one + "/faults", "", `[{"token.sign-with":{}}]`, 400},
		{"PUT", one + "/faults", "", `[{"token.sign-with":{"algorithm":"none"}}]`, 400},
		{"PUT", one + "/faults", "", `[{"reply.answer-status":{"endpoint":"keys","status":503}}]`, 400},
		{"PUT", one + "/faults", "", `[{"reply.answer-status":{"endpoint":"keyset","status":"503"}}]`, 400},
		{"GET", one, "", "", 200},
		{"GET", one + "/faults", "", "", 200},
		{"PUT", one + "/faults", "", `[]`, 200},
		{"POST", one + "/mint", "", "", 200},
		{"POST", one + "/mint", "", `{"alg":"ES384","nonce":"n","subject":"alice","claims":{"scope":"openid"},"faults":[{"token.set-claim":{"name":"exp","value":0}}]}`, 200},
		{"POST", one + "/mint", "", `{"claims":[]}`, 400},
		{"POST", one + "/mint", "", `{"Alg":"ES256"}`, 400},
		{"GET", one + "/visits/{visitor}", "", "", 404},
		{"POST", one + "/visits", "", `{"subject":"mallory","alg":"ES384","claims":{"groups":["x"]},"faults":[{"token.drop-claim":{"name":"nonce"}},{"answer.drop":{"endpoint":"authorization","name":"state"}}],"idToken":""}`, 201},
		{"POST", one + "/visits", "", `{"claims":[]}`, 400},
		{"POST", one + "/visits", "", `{"subjekt":"mallory"}`, 400},
		{"POST", one + "/visits", "", "", 201},
		{"GET", one + "/visits/{visitor}", "", "", 200},
		{"PUT", one + "/visits/{visitor}", "", `{"subject":"bob"}`, 200},
		{"POST", one + "/visits/{visitor}/logout", "", "{}", 409},
		{"POST", one + "/visits/{visitor}/logout", "", `{"faults":[{"token.drop-claim":{"name":"events"}}]}`, 200},
		{"POST", one + "/visits/{visitor}/logout", "", `{"uri":"https://elsewhere.test/logout"}`, 409},
		{"POST", one + "/visits/{visitor}/logout", "", `{"to":"https://elsewhere.test/logout"}`, 400},
		{"GET", one + "/visits/{visitor}/requests", "", "", 200},
		{"GET", one + "/requests", "", "", 200},
		{"POST", one + "/publish", "", `{"alg":"ES256"}`, 200},
		{"POST", one + "/rotate", "", `{"alg":"ES256"}`, 200},
		{"POST", one + "/rotate", "", `{"sameKID":true}`, 400},
		{"POST", one + "/rollback", "", "", 200},
		{"POST", one + "/rollback", "", "{}", 409},
		{"POST", one + "/rotate", "", "", 200},
		{"POST", one + "/disagree", "", "", 200},
		{"POST", one + "/agree", "", "{}", 200},
		{"POST", one + "/agree", "", `{"now":true}`, 400},
		{"POST", one + "/remove", "", "", 200},
		{"POST", one + "/remove", "", `{"kid":"nobody"}`, 409},
		{"POST", one + "/rotate", "", `{"alg":"RS256","compromised":true}`, 200},
		{"GET", one + "/policy", "", "", 200},
		{"PUT", one + "/policy", "", `{"preset":"overlap"}`, 200},
		{"PUT", one + "/policy", "", `{"preset":"overlapp"}`, 400},
		{"PUT", one + "/policy", "", whole, 200},
		{"GET", one + "/policy", "", "", 200},
		{"PUT", one + "/policy", "", `{"schedule":{"evry":"24h"}}`, 400},
		{"POST", one + "/advance", "", `{"by":"25h"}`, 200},
		{"POST", one + "/advance", "", `{"by":"soon"}`, 400},
		{"POST", one + "/advance", "", "", 400},
		{"GET", one + "/keys", "", "", 200},
		{"GET", one + "/lives", "", "", 200},
		{"DELETE", one + "/policy", "", "", 200},
		{"POST", one + "/retire", "", "", 200},
		{"GET", one + "/journal", "", "", 200},
		{"GET", one + "/journal", "?from=1000", "", 200},
		{"GET", one + "/journal", "?from=x", "", 400},
		{"GET", one + "/journal/await", "?endpoint=keyset&hits=1", "", 200},
		{"GET", one + "/journal/await", "?endpoint=keys&hits=1", "", 400},
		{"GET", one + "/journal/await", "", "", 400},
		{"GET", one + "/journal/await", "?endpoint=keyset&hits=one", "", 400},
		{"DELETE", one, "", "", 200},
		{"GET", one, "", "", 404},
		{"POST", one + "/mint", "", "", 404},
	} {
		name := q.method + " " + q.path + q.query + " " + q.body
		o, documented := d.Paths[q.path][strings.ToLower(q.method)]
		if !documented {
			t.Errorf("%s is not documented", name)
			continue
		}
		if q.query == "?endpoint=keyset&hits=1" {
			fetch(t, p.Client(), p.URL()+"/t/t1/jwks")
		}
		if strings.Contains(q.body, `"events"`) {
			r, err := http.NewRequest("GET", p.URL()+"/t/t1/authorize?scope=openid&response_type=code&client_id=rp-1&redirect_uri="+url.QueryEscape(callback), nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Cookie", cookie)
			if resp, err := p.Client().Transport.RoundTrip(r); err != nil || resp.StatusCode != 303 {
				t.Fatalf("a visitor cannot sign in: %v %v", resp, err)
			}
		}
		status, text := call(t, a, q.method, strings.TrimPrefix(strings.NewReplacer("{tenant}", "t1", "{visitor}", visitor).Replace(q.path), "/admin")+q.query, q.body)
		if status != q.status {
			t.Errorf("%s: %d %s, not %d", name, status, text, q.status)
			continue
		}
		place := []string{"paths", q.path, strings.ToLower(q.method)}
		if err := d.fits(t, text, append(slices.Clone(place), "responses", strconv.Itoa(status), "content", "application/json", "schema")...); err != nil {
			t.Errorf("%s answers what is not documented: %v\n%s", name, err, text)
		}
		if o.OperationID == "showJournal" || o.OperationID == "awaitHits" || q.query != "" {
			if err := d.queryFits(t, q, place); (err != nil) != (status == 400) {
				t.Errorf("%s is answered with %d, and its parameters say %v", name, status, err)
			}
		}
		if status < 300 {
			succeeded[o.OperationID] = true
		}
		if o.OperationID == "makeVisit" && status < 300 {
			var made struct{ Visitor, Cookie string }
			unmarshal(t, []byte(text), &made)
			visitor, cookie = made.Visitor, made.Cookie
		}
		switch {
		case q.body == "":
			if o.RequestBody != nil && o.RequestBody.Required != (status == 400) && status != 404 {
				t.Errorf("%s: whether it needs a body is documented otherwise", name)
			}
		case o.RequestBody == nil:
			t.Errorf("%s takes a body that is not documented", name)
		default:
			err := d.fits(t, q.body, append(slices.Clone(place), "requestBody", "content", "application/json", "schema")...)
			// That a text is no duration no schema says.
			if refused := status == 400 && !strings.Contains(q.body, "soon"); (err != nil) != refused {
				t.Errorf("%s is answered with %d, and its schema says %v", name, status, err)
			}
		}
	}
	for path, methods := range d.Paths {
		for method, o := range methods {
			if !succeeded[o.OperationID] {
				t.Errorf("%s %s was never done: write here how", method, path)
			}
		}
	}
}

// TestNothingIsServedUndocumented looks where a route could hide: in the source,
// and behind the methods of every path.
func TestNothingIsServedUndocumented(t *testing.T) {
	_, a := admin(t)
	d := readDocument(t, mockidp.OpenAPI())
	call(t, a, "POST", "/tenants", `{"name":"t1"}`)
	for path, methods := range d.Paths {
		for _, method := range []string{"GET", "PUT", "POST", "DELETE", "PATCH"} {
			if _, documented := methods[strings.ToLower(method)]; documented {
				continue
			}
			if status, text := call(t, a, method, strings.TrimPrefix(strings.Replace(path, "{tenant}", "t1", 1), "/admin"), ""); status != 404 && status != 405 {
				t.Errorf("%s %s is answered with %d %s, and not documented", method, path, status, text)
			}
		}
	}
	sources, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	handles := 0
	for _, file := range sources {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok && (s.Sel.Name == "HandleFunc" || s.Sel.Name == "Handle") {
				if handles++; file != "adminroutes.go" {
					t.Errorf("%s handles a route beside the operations", file)
				}
			}
			return true
		})
	}
	if handles != 2 {
		t.Errorf("adminroutes.go handles in %d places, not for the operations and for what is none", handles)
	}
}

// What the guard answers is documented of every operation.
func TestRefusalsAreDocumented(t *testing.T) {
	_, a := admin(t)
	d := readDocument(t, mockidp.OpenAPI())
	for status, change := range map[int]func(*http.Request){
		401: func(r *http.Request) { r.Header.Del("Authorization") },
		403: func(r *http.Request) { r.Header.Set("Origin", "null") },
		415: func(r *http.Request) { r.Header.Set("Content-Type", "text/plain") },
		421: func(r *http.Request) { r.Host = "rebound.test" },
	} {
		got, text := call(t, a, "POST", "/tenants", `{}`, change)
		if got != status {
			t.Errorf("%d %s, not %d", got, text, status)
		}
		for path, methods := range d.Paths {
			for method := range methods {
				if err := d.fits(t, text, "paths", path, method, "responses", strconv.Itoa(status), "content", "application/json", "schema"); err != nil {
					t.Errorf("%s %s: %v", method, path, err)
				}
			}
		}
	}
}

// The schema of faults knows every fault that the catalogue tells, and no other.
func TestTheFaultSchemaAgreesWithTheReader(t *testing.T) {
	d := readDocument(t, mockidp.OpenAPI())
	agree := func(text string) {
		_, parse := fault.Parse([]byte(text))
		if err := d.fits(t, text, "components", "schemas", "Faults"); (err == nil) != (parse == nil) {
			t.Errorf("%s: the reader says %v, the schema %v", text, parse, err)
		}
	}
	told := 0
	for _, s := range scenarios.All() {
		for _, c := range s.Played() {
			if faults := s.Faults(c); len(faults) > 0 {
				raw, err := fault.Marshal(faults)
				if err != nil {
					t.Fatal(err)
				}
				agree(string(raw))
				told++
			}
		}
	}
	if told < 100 {
		t.Errorf("only %d lists of faults were read", told)
	}
	for _, f := range fault.Describe() {
		agree(fmt.Sprintf(`[{%q:{"no-such-field":1}}]`, f.Name))
		agree(fmt.Sprintf(`[{%q:{}},{%q:null}]`, f.Name, f.Name))
		agree(fmt.Sprintf(`[{%q:{}}]`, strings.ToUpper(f.Name)))
	}
	agree(`[{}]`)
	agree(`[{"token.drop-payload":{},"token.empty-header":{}}]`)
	agree(`[{"sometimes":{"p":0.5,"do":{"token.sign-wiht":{"alg":"none"}}}}]`)
}

// What is told of keys, lives and entries has every member filled once, so that
// a member which the schema lacks is seen.
func TestTheDescriptionKnowsEveryMember(t *testing.T) {
	d := readDocument(t, mockidp.OpenAPI())
	now := time.Unix(1700000000, 0).UTC()
	for name, v := range map[string]any{
		"Key":    mockidp.Key{KID: "k", Alg: "ES256", State: mockidp.Active, Since: now, Compromised: true},
		"Life":   mockidp.Life{KID: "k", Alg: "ES256", Compromised: true, Stations: []mockidp.Station{{State: mockidp.Retired, From: now, To: now}}},
		"Entry":  mockidp.Entry{Seq: 1, Time: now, Mark: "m", Cause: "c", Endpoint: "keyset", Method: "GET", URL: "u", Agent: "a", Status: 200, Length: 1, Hash: "h", Body: "b", Node: "behind", Served: []string{"s"}, Open: true, Gone: true},
		"Policy": mockidp.Policy{Name: "n", About: "a", Schedule: mockidp.Schedule{Every: time.Hour, PublishAhead: time.Hour, KeepAfter: time.Hour, Alg: "ES256"}, Events: []mockidp.Event{{At: time.Hour, Do: mockidp.Rotate, Rotation: mockidp.Rotation{Alg: "ES256", Remove: true, SameKID: true, Compromised: true, NewAlg: "ES384"}}}},
		"Change": mockidp.Change{At: now, Do: mockidp.Rotate, Cause: "c"},
	} {
		raw, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		if err := d.fits(t, string(raw), "components", "schemas", name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
