package mockidp

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/rogueidp/rogueidp/mockidp/fault"
)

// huge are numbers that ask for more work than a fuzzer has time for.
var huge = regexp.MustCompile(`[0-9]{5}|[0-9][eE]`)

// example is a fault as its description has it.
func example(d fault.Description) string {
	fields := fault.Object{}
	for _, one := range d.Fields {
		value := map[string]fault.JSON{
			"string": `"kid"`, "json": `{"a":[1]}`, "duration": `"{leeway}+1ms"`, "number": "200", "boolean": "true", "fault": `{"token.sign-with":{"alg":"none"}}`,
		}[one.Type]
		switch {
		case one.Name == "layers":
			value = "2"
		case one.Type == "words":
			value = "[" + fault.Text(one.Words[0]) + "]"
		case one.Words != nil:
			value = fault.Text(one.Words[0])
		}
		fields.Set(one.Name, value)
	}
	return string(fault.Object{{Name: d.Name, Value: fault.JSON(fields.Append(nil))}}.Append(nil))
}

// FuzzAdmin sends any body to any operation. Whatever it is, the answer is JSON
// and never the API's own failure, and the tenant can be looked at afterwards.
func FuzzAdmin(f *testing.F) {
	p, err := New(Config{Memory: true})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { p.Close() })
	a := &Admin{provider: p, token: "t", hosts: []string{"admin.test"}}
	handler := a.guard(a.routes())
	all := operations()
	at := func(id string) int {
		for i, o := range all {
			if o.id == id {
				return i
			}
		}
		f.Fatalf("no operation is called %s", id)
		return 0
	}
	for _, seed := range []struct{ id, query, body string }{
		{"openTenant", "", `{"name":"t2","clientID":"rp-1","algs":["ES256"],"slash":true,"apart":true}`}, {"openTenant", "", `{"name":"t1"}`}, {"openTenant", "", `{"name":"../x"}`},
		{"openTenant", "", `{"issuer":"https://issuer.example/x?y","algs":["ES256"]}`}, {"openTenant", "", `{"kind":"access-token","algs":["HS256"],"typ":"\ud800"}`}, {"openTenant", "", `{"algs":["ES256"],"unforgiving":true,"sharedPath":true}`},
		{"putFaults", "", `[{"token.sign-with":{"alg":"none"}},{"keyset.publish-many":{"count":5}}]`}, {"putFaults", "", `{"token.set-claim":{"name":"iss","value":"{issuer}{{x}}"}}`}, {"putFaults", "", `[{"token.sign-wiht":{}}]`}, {"putFaults", "", `[{"keyset.set-depth":{"depth":3}},{"keyset.set-names":{"count":2}},{"metadata.set-depth":{"depth":1}},{"keyset.set-key-point":{"as":"infinity"}}]`}, {"putFaults", "", `[{"keyset.drop-key":{}},{"keyset.publish-jwk":{"jwk":"x"}},{"metadata.set":{"name":"issuer","value":[{"a":1,"a":null}]}}]`}, {"putFaults", "", ``},
		{"putFaults", "", `[{"connection.refuse":{}}]`}, {"putFaults", "", `[{"keyset.publish-many":{"count":-1}}]`},
		{"putPolicy", "", `{"preset":"overlap"}`}, {"putPolicy", "", `{"schedule":{"every":"24h","publishAhead":"1h"},"events":[{"at":"30h","do":"rotate"}]}`}, {"putPolicy", "", `{"events":[{"at":"1h","do":"remove"}]}`},
		{"mint", "", `{"nonce":"n","claims":{"a":1,"a":2},"faults":[{"token.drop-claim":{"name":"exp"}}]}`}, {"mint", "", `{"alg":"HS256","subject":"\u0000"}`}, {"mint", "", `{"alg":"RS257"}`}, {"mint", "", `{"claims":null,"faults":null}`},
		{"mint", "", `{"faults":[{"token.set-claim-depth":{"name":"x","kind":"array","depth":-1}}]}`}, {"mint", "", `{"faults":{"token.truncate-segments":{"keep":-1}}}`}, {"mint", "", `{"faults":[{"token.set-serialization":{"as":"general"}}]}`},
		{"rotate", "", `{"remove":true,"sameKid":true}`}, {"rotate", "", `{"alg":"RS256","newAlg":"another","compromised":true}`}, {"rotate", "", `{"sameKID":true}`}, {"publish", "", `{"alg":"ES256"}`}, {"publish", "", `null`},
		{"retire", "", `{"kid":"x"}`}, {"remove", "", `{}`}, {"rollback", "", `{}`}, {"disagree", "", `{}`}, {"agree", "", `[]`}, {"closeTenant", "", ``}, {"describe", "", ``}, {"listFaults", "", ``},
		{"advance", "", `{"by":"1h"}`}, {"advance", "", `{"by":"2562047h47m16.854775807s"}`}, {"advance", "", `{"by":"-1ns"}`}, {"advance", "", `{"by":1}`},
		{"showJournal", "from=1", ``}, {"showJournal", "from=-1", ``}, {"showJournal", "from=9223372036854775807", ``}, {"awaitHits", "endpoint=keyset&hits=1", ``}, {"awaitHits", "endpoint=keyset&hits=-1", ``}, {"awaitHits", "%zz&;=", ``},
	} {
		f.Add(byte(at(seed.id)), seed.query, seed.body)
	}
	for _, d := range fault.Describe() {
		f.Add(byte(at("putFaults")), "", "["+example(d)+"]")
		f.Add(byte(at("mint")), "", `{"faults":`+example(d)+`}`)
	}
	f.Fuzz(func(t *testing.T, which byte, query, body string) {
		o := all[int(which)%len(all)]
		for _, algs := range []string{"RS", "PS"} {
			if o.id == "openTenant" && (strings.Contains(body, algs) || !strings.Contains(body, "algs")) && len(body) > 20 {
				t.Skip("an RSA key takes long to make")
			}
		}
		if o.id != "advance" && huge.MatchString(body) {
			t.Skip("a large number is a large answer")
		}
		if _, err := p.Tenant(TenantConfig{Name: "t1", Algs: []string{"ES256"}, ClientSecret: strings.Repeat("s", 32)}); err != nil {
			t.Fatal(err)
		}
		defer func() {
			for _, one := range p.Tenants() {
				one.Close()
			}
		}()
		ask := func(method, path, query, body string) {
			t.Helper()
			r := httptest.NewRequest(method, "http://admin.test"+strings.Replace(path, "{tenant}", "t1", 1), strings.NewReader(body))
			r.URL.RawQuery = query
			r.Header.Set("Authorization", "Bearer t")
			r.Header.Set("Content-Type", "application/json")
			// Whoever waits has left already.
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, r.WithContext(ctx))
			if w.Code >= http.StatusInternalServerError || !json.Valid(w.Body.Bytes()) || w.Header().Get("Content-Type") != "application/json" {
				t.Fatalf("%s %s?%s %s is answered with %d, %s", method, path, url.QueryEscape(query), body, w.Code, w.Body)
			}
		}
		ask(o.method, o.path, query, body)
		for _, one := range p.Tenants() {
			// Its documents under whatever faults it has now, or why there are none.
			for _, endpoint := range []string{Discovery, KeySet} {
				_, _ = one.Served(endpoint)
			}
		}
		for _, look := range all {
			if look.method == http.MethodGet && look.onTenant() && look.query == nil || look.id == "listTenants" || look.id == "mint" && o.id == "putFaults" {
				ask(look.method, look.path, "", "")
			}
		}
	})
}
