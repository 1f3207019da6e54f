package fault

import (
	"encoding/json"
	"slices"
	"testing"
)

// survives fails where faults do not come back from their own text as they
// were, or are refused by [Check] after they were read.
func survives(t *testing.T, faults []Fault) {
	t.Helper()
	raw, err := Marshal(faults)
	if err != nil {
		t.Fatalf("%#v was read and cannot be written: %v", faults, err)
	}
	if !json.Valid(raw) {
		t.Fatalf("%#v was written as %s, which is not JSON", faults, raw)
	}
	again, err := Parse(raw)
	if err != nil {
		t.Fatalf("%#v was written as %s: %v", faults, raw, err)
	}
	if !slices.Equal(again, faults) {
		t.Fatalf("%#v came back from %s as %#v", faults, raw, again)
	}
	for _, f := range faults {
		if err := Check(f); err != nil {
			t.Fatalf("%#v was read, and: %v", f, err)
		}
		if SeamOf(f) == "" {
			t.Fatalf("%#v acts nowhere", f)
		}
		EndpointOf(f)
	}
}

// filling has every fact, so that what expands goes all the way.
func filling(name string) (string, bool) { return `5m"` + name, name != "budget" }

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		example, `{"token.drop-claim":{"name":"exp"}}`, `[]`, `null`, ``, `[null]`, `[{}]`,
		`[{"token.set-claim":{"name":"aud","value":["rp-1",{"a":1,"a":2}]}}]`,
		`[{"token.set-claim":{"name":"\ud800","value":"\u2028{issuer}"}}, {"token.set-time":{"name":"exp","at":"-{leeway}-1m","as":"string"}}]`,
		`[{"first":{"n":2,"do":{"after":{"n":-1,"do":{"sometimes":{"p":0.25,"do":{"keyset.set-shape":{"shape":"bare-array"}}}}}}}}]`,
		`[{"token.sign-with":{"alg":"none","alg":"HS256"}}]`, `{"first":{"n":1,"do":null}}`, `{"first":{"n":1e99,"do":{}}}`,
		`[{"token.set-critical":{"names":["exp","b64"]}}]`, `[{"connection.set-certificate":{"as":"expired"}}]`,
	} {
		f.Add([]byte(seed))
	}
	for _, one := range registered {
		raw, err := Marshal([]Fault{one})
		if err == nil {
			f.Add(raw)
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		faults, err := Parse(text)
		if err != nil {
			return
		}
		survives(t, faults)
		for _, one := range faults {
			_, _ = Expand(one, filling)
		}
	})
}

func FuzzParseWords(f *testing.F) {
	for _, seed := range []string{
		`token.sign-with alg=none`, `token.set-claim name=aud value=["rp-1",7]`, `token.set-claim name=sub value=mallory`,
		`token.truncate-segments keep=2`, `token.set-time name=exp at=-{leeway}-1m as=string`, `token.set-critical names=a,b`,
		`token.sign-with alg=none alg=x`, `token.sign-with none`, example, "", "=", "first n=1 do={\"token.sign-with\":{\"alg\":\"none\"}}",
		"token.set-claim name=\xff value=\"\xff\"", `token.set-suffix text=1`, "token.set-claim  name=a\tvalue=1e400",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		faults, err := ParseWords(text)
		if err != nil {
			return
		}
		survives(t, faults)
	})
}
