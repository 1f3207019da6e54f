package config

import (
	"reflect"
	"testing"
	"time"

	"github.com/rogueidp/rogueidp/suites/target"
)

// The schema refuses what reading refuses by itself, without looking at other
// settings.
func TestSchemaRefuses(t *testing.T) {
	s := compiled(t)
	if err := valid(t, s, "targets: {a: {target: \"go:reference\"}}\n"); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{
		"target: {}\n", "strict: 1\n", "seed: 1.5\n", "workers: -1\n", "maxWait: 40\n", "maxWait: soon\n", "preset: none\n",
		"only: []\n", "require: {outag: 0s}\n", "drill: {require: {outage: 0s, learn: 1s}}\n", "drill: {policies: [{schedule: {evry: 24h}}]}\n",
		"waivers: [{scenario: time.ok}]\n", "waivers: 3\n", "targets: [go:reference]\n", "targets: {a: {profile: jws}}\n",
		"targets: {\"a b\": {target: \"go:reference\"}}\n", "targets: {a: {target: reference}}\n",
		"targets: {a: {target: \"go:reference\", algs: [RS265]}}\n", "targets: {a: {target: \"go:reference\", login: {supports: [nonsense]}}}\n",
		"targets: {a: {target: \"go:reference\", resource: {identity: {jsn: sub}}}}\n", "targets: {a: {target: \"go:reference\", declares: {leeway: {ext: 1m}}}}\n",
		"targets: {a: {target: \"go:reference\", image: {startLimit: 60}}}\n", "reports: {formats: [pdf]}\n", "provider: {}\n",
	} {
		if valid(t, s, text) == nil {
			t.Errorf("the schema takes %s", text)
		}
	}
}

// Everything that a place names exists, so that a setting that is renamed does not
// lose its words, its description, or that it is a secret.
func TestEveryPlaceIsASetting(t *testing.T) {
	exists := func(p place) bool {
		for _, s := range settingsOf(p.in) {
			if s.name == p.name {
				return true
			}
		}
		return false
	}
	for p := range words {
		if !exists(p) {
			t.Errorf("words: %v has no %s", p.in, p.name)
		}
	}
	for p := range secrets {
		if !exists(p) {
			t.Errorf("secrets: %v has no %s", p.in, p.name)
		}
	}
	for p := range described {
		if !exists(p) {
			t.Errorf("described: %v has no %s", p.in, p.name)
		}
	}
	for _, in := range []reflect.Type{reflect.TypeFor[File](), reflect.TypeFor[Target](), reflect.TypeFor[Provider](), reflect.TypeFor[Drill](), reflect.TypeFor[Reports](), reflect.TypeFor[Declares]()} {
		for _, s := range settingsOf(in) {
			if described[s.place()] == "" && s.name != "must" {
				t.Errorf("nothing describes %s of %v", s.name, in)
			}
		}
	}
}

// What other packages have in their structs is read by itself.
func TestStructsOfTargets(t *testing.T) {
	f, err := Read(file(t, `targets:
  api:
    target: bearer:https://localhost:8443/me
    resource: {method: POST, body: "{}", identity: {json: user.sub}, loginPage: https://localhost/login, replicas: 3, maxHeader: 4096, cookie: jwt, query: token}
    reset: {command: docker restart api, limit: 90s}
    declares: {leeway: {exp: 1m, nbf: 2m}, cacheTTL: 10m, cooldown: 0s}
`), environment)
	if err != nil {
		t.Fatal(err)
	}
	api, err := f.Find("api")
	if err != nil {
		t.Fatal(err)
	}
	want := target.Resource{Method: "POST", Body: "{}", Identity: target.Identity{JSON: "user.sub"}, LoginPage: "https://localhost/login", Replicas: 3, MaxHeader: 4096, Cookie: "jwt", Query: "token"}
	if !reflect.DeepEqual(api.Resource, want) || api.Reset != (target.Reset{Command: "docker restart api", Limit: 90 * time.Second}) {
		t.Errorf("%+v", api)
	}
	promises := api.Declares.Promises()
	if promises.Leeway["exp"] != time.Minute || *promises.CacheTTL != 10*time.Minute || *promises.Cooldown != 0 || promises.FetchTimeout != nil {
		t.Errorf("%+v", promises)
	}
	if runs := api.Runs(); len(runs) != 1 || runs[0] != "docker restart api" {
		t.Errorf("it runs %q", runs)
	}
}
