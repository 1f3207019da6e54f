package mockidp_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogueidp/rogueidp/mockidp"
)

// policyAnswer is what the API says about a policy.
type policyAnswer struct {
	Policy     *mockidp.Policy
	Since, Now time.Time
	Next       *mockidp.Change
}

func TestAdminFollowsAPolicy(t *testing.T) {
	p, a := admin(t)
	call(t, a, "POST", "/tenants", `{"name":"t1","algs":["ES256","ES384"]}`)
	ask := func(method, path, body string, into any) {
		t.Helper()
		status, text := call(t, a, method, path, body)
		if status != 200 {
			t.Fatalf("%s %s: %d %s", method, path, status, text)
		}
		unmarshal(t, []byte(text), into)
	}
	var presets []mockidp.Policy
	if ask("GET", "/policies", "", &presets); len(presets) != len(mockidp.Policies()) || presets[0].About == "" {
		t.Errorf("%+v", presets)
	}
	var got policyAnswer
	if ask("GET", "/tenants/t1/policy", "", &got); got.Policy != nil || got.Next != nil {
		t.Errorf("%+v", got)
	}
	ask("PUT", "/tenants/t1/policy", `{"preset":"rollback"}`, &got)
	if got.Policy.Name != "rollback" || got.Next.Do != mockidp.Rotate || !got.Next.At.Equal(got.Since.Add(8*time.Hour)) {
		t.Errorf("%+v, next %+v", got, got.Next)
	}
	var moved struct{ Now time.Time }
	ask("POST", "/tenants/t1/advance", `{"by":"9h"}`, &moved)
	got = policyAnswer{}
	if ask("GET", "/tenants/t1/policy", "", &got); got.Next.Do != mockidp.Rollback || got.Next.Cause != "policy rollback: rollback at 10h" {
		t.Errorf("next %+v", got.Next)
	}
	ask("POST", "/tenants/t1/advance", `{"by":"9h"}`, &moved)
	got = policyAnswer{}
	if ask("GET", "/tenants/t1/policy", "", &got); got.Next != nil || got.Policy == nil {
		t.Errorf("%+v", got)
	}
	var lives []mockidp.Life
	if ask("GET", "/tenants/t1/lives", "", &lives); len(lives) != 3 || len(lives[0].Stations) != 3 || lives[2].Stations[1].State != mockidp.Removed || !lives[2].Stations[1].To.IsZero() {
		t.Errorf("%+v", lives)
	}
	// One of our own, whole.
	own := `{"name":"ours","schedule":{"every":"24h","publishAhead":"1h","keepAfter":"6h"},"events":[{"at":"30h","do":"rotate","compromised":true}]}`
	ask("PUT", "/tenants/t1/policy", own, &got)
	if raw, err := json.Marshal(got.Policy); string(raw) != own || err != nil {
		t.Errorf("%s, %v", raw, err)
	}
	got = policyAnswer{}
	if ask("DELETE", "/tenants/t1/policy", "", &got); got.Policy != nil || got.Next != nil {
		t.Errorf("%+v", got)
	}
	if _, _, followed := p.Tenants()["t1"].Following(); followed {
		t.Error("it is followed all the same")
	}
}

func TestAdminVerbsOfPolicies(t *testing.T) {
	p, a := admin(t)
	call(t, a, "POST", "/tenants", `{"name":"t1","algs":["ES256","ES384"]}`)
	idp := p.Tenants()["t1"]
	first := idp.KID()
	for _, c := range []struct{ method, path, body, want string }{
		{"POST", "/rollback", "", "rotate first"},
		{"POST", "/rotate", `{"newAlg":"another","compromised":true}`, `"alg":"ES384","state":"active"`},
		{"POST", "/rollback", "{}", first},
		{"POST", "/disagree", "", `{"disagree":true}`},
		{"POST", "/disagree", "", "disagree already"},
		{"POST", "/agree", "", `{"disagree":false}`},
		{"POST", "/agree", "", "agree already"},
	} {
		if status, body := call(t, a, c.method, "/tenants/t1"+c.path, c.body); !strings.Contains(body, c.want) || (status == 409) != strings.Contains(c.want, " ") {
			t.Errorf("%s: %d %s, want %s", c.path, status, body, c.want)
		}
	}
	var marks []string
	for _, e := range idp.Journal().Entries(0) {
		if e.Cause != "by hand" {
			t.Errorf("%+v has no cause", e)
		}
		what, _, _ := strings.Cut(e.Mark, " ")
		marks = append(marks, what)
	}
	if want := strings.Fields("removed removed active removed active active nodes nodes"); !slices.Equal(marks, want) {
		t.Errorf("%q, want %q", marks, want)
	}
}

func TestAdminRefusesBadPolicies(t *testing.T) {
	_, a := admin(t)
	call(t, a, "POST", "/tenants", `{"name":"t1","algs":["ES256"]}`)
	for _, c := range []struct{ method, path, body, want string }{
		{"PUT", "/policy", `{"preset":"overlpa"}`, `did you mean \"overlap\"?`},
		{"PUT", "/policy", `"overlap"`, "write an object"},
		{"PUT", "/policy", ``, "write an object"},
		{"PUT", "/policy", `{}`, "says nothing"},
		{"PUT", "/policy", `{"schedule":{"evry":"1h"}}`, `schedule.evry: there is no such member; did you mean \"every\"?`},
		{"PUT", "/policy", `{"schedule":{"every":"1h","publishAhead":"2h"}}`, "publish at most 1h ahead"},
		{"PUT", "/policy", `{"preset":"alg-change"}`, "the tenant has no algorithm but ES256"},
		{"POST", "/rollback", `{"kid":"x"}`, `there is no member \"kid\"`},
		{"POST", "/disagree", `{"nodes":2}`, `there is no member \"nodes\"`},
		{"POST", "/agree", `[]`, "no JSON object"},
		{"POST", "/rotate", `{"newAlg":"HS256"}`, "keyed with the client secret"},
		{"POST", "/publish", `{"alg":"HS256"}`, "keyed with the client secret"},
		{"PATCH", "/policy", `{}`, "has no PATCH"},
	} {
		status, body := call(t, a, c.method, "/tenants/t1"+c.path, c.body)
		if status < 400 || status >= 500 || !strings.Contains(body, c.want) || !json.Valid([]byte(body)) {
			t.Errorf("%s %s %s: %d %s, want it to say %s", c.method, c.path, c.body, status, body, c.want)
		}
	}
	var got policyAnswer
	_, body := call(t, a, "GET", "/tenants/t1/policy", "")
	if unmarshal(t, []byte(body), &got); got.Policy != nil {
		t.Errorf("one of them is followed: %+v", got.Policy)
	}
}
