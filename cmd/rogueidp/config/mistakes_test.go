package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Every way in which a file can be wrong is told with its line, and with what to
// write instead.
func TestMistakes(t *testing.T) {
	t.Chdir(t.TempDir())
	for name, text := range map[string]string{
		"waivers.yaml": "waivers:\n  - scenario: tiem.ok\n    reason: It is not there yet.\n    owner: me\n    expires: 2099-01-01\n",
		"policy.yaml":  "schedule: {evry: 24h}\n",
	} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const target = "targets:\n  api:\n    target: bearer:https://localhost:8443/me\n"
	for _, c := range []struct{ name, text, want string }{
		{"empty", "# nothing\n", ":1: it says nothing; rogueidp init writes one"},
		{"a list", "- a\n", ":1: the file: write a mapping, not a list"},
		{"two documents", "strict: true\n---\nstrict: false\n", ":3: a second document"},
		{"no YAML", "strict: [\n", ":1: "},
		{"twice", "strict: true\nseed: 2\nstrict: false\n", `:3: "strict" is there twice, first in line 1`},
		{"unknown at the top", "strict: true\ntarget: {}\n", `:2: the file has no setting "target"; did you mean "targets"?`},
		{"kebab case", "max-wait: 3s\n", `:1: the file has no setting "max-wait"; did you mean "maxWait"?`},
		{"unknown in a target", target + "    profil: jws\n", `:4: targets.api has no setting "profil"; did you mean "profile"?`},
		{"unknown in a resource", target + "    resource:\n      mehtod: GET\n", `:5: targets.api.resource has no setting "mehtod"; did you mean "method"?`},
		{"unknown deep within", target + "    resource:\n      identity: {jsn: sub}\n", `:5: targets.api.resource.identity has no setting "jsn"; did you mean "json"?`},
		{"nothing within", "reports:\n", ":1: reports: write a mapping, not null"},
		{"an empty list", "only: []\n", ":1: only: it is empty"},
		{"an empty string", "baseline: \"\"\n", ":1: baseline: it is empty"},
		{"number for a string", "preset: 3\n", ":1: preset: write a string, not a number; quotes make it one"},
		{"string for a number", "workers: many\n", ":1: workers: write a whole number"},
		{"negative", "workers: -1\n", ":1: workers: write a whole number"},
		{"too many", "workers: 1000\n", ":1: workers: at most 256"},
		{"fraction", "seed: 1.5\n", ":1: seed: write a whole number"},
		{"string for a flag", "strict: \"true\"\n", ":1: strict: write true or false, not a string"},
		{"duration without unit", "maxWait: 40\n", ":1: maxWait: write a duration that is not negative, such as 1m30s"},
		{"negative duration", "maxWait: -40s\n", ":1: maxWait: write a duration that is not negative"},
		{"preset", "preset: rotatoin\n", `:1: preset: "rotatoin" is none of its words; did you mean "rotation"?`},
		{"hazard", "hazard: floods\n", `:1: hazard: "floods" is none of its words; did you mean "flood"?`},
		{"profile", target + "    profile: bearer-jtw\n", `:4: targets.api.profile: "bearer-jtw" is none of its words; did you mean "bearer-jwt"?`},
		{"alg", target + "    algs:\n      - RS256\n      - RS265\n", `:6: targets.api.algs: "RS265" is none of its words; did you mean "RS256"?`},
		{"format", "reports:\n  formats: [junti]\n", `:2: reports.formats: "junti" is none of its words; did you mean "junit"?`},
		{"filter", "filter: alg &&\n", ":1: filter: "},
		{"label", "filter: algs\n", ":1: filter: "},
		{"only", "only:\n  - alg.none-empty-sig\n  - alg.none-emtpy-sig\n", `:3: only: `},
		{"case", "only: [keyset.shape/keys-nul]\n", `did you mean "keys-null"?`},
		{"promise", "require:\n  outag: 0s\n", `:2: require: no promise is called "outag"`},
		{"bound", "require:\n  outage: 0\n  learn: soon\n", ":3: require learn=soon: write a duration such as 35s"},
		{"list for a bound", "require:\n  outage: [0s]\n", ":2: require.outage: write a duration or a number, not a list"},
		{"waivers of another type", "waivers: 3\n", ":1: waivers: write the name of a file, or a list of waivers, not a number"},
		{"waiver without a reason", "waivers:\n  - scenario: time.ok\n    owner: me\n    expires: 2099-01-01\n", `:2: waivers: waiver of "time.ok": give the reason in a sentence`},
		{"waiver of nobody", "waivers:\n  - scenario: tiem.ok\n    reason: It is not there yet.\n    owner: me\n    expires: 2099-01-01\n", `:2: waivers: waiver of "tiem.ok": no scenario is called that; did you mean "time.ok"?`},
		{"unknown in a waiver", "waivers:\n  - scenaro: time.ok\n", `:2: waivers: unknown field "scenaro"; did you mean "scenario"?`},
		{"a wrong file of waivers", "strict: true\nwaivers: waivers.yaml\n", ":2: waivers: waivers.yaml:2: "},
		{"no file of waivers", "waivers: none.yaml\n", ":1: waivers: read waivers: "},
		{"must", "must: [time.okay]\n", ":1: must: "},
		{"scenarios", "scenarios: [./none]\n", ":1: scenarios: read scenarios: "},
		{"policy", "drill:\n  policies: [ovrelap]\n", `:2: drill.policies: there is no file ovrelap, and `},
		{"policy file", "drill:\n  policies: [./policy.yaml]\n", `:2: drill.policies: ./policy.yaml:1: `},
		{"policy written out", "drill:\n  policies:\n    - name: mine\n      schedule:\n        evry: 24h\n", `:5: drill.policies: schedule.evry: there is no such member; did you mean "every"?`},
		{"number for a policy", "drill:\n  policies: [3]\n", ":2: drill.policies: write the name of a preset or of a file, or a policy itself, not a number"},
		{"drill for too long", "drill:\n  for: 9000h\n", ":2: drill.for: at most 2160h0m0s"},
		{"scale", "drill:\n  scale: \"360\"\n", `:2: drill.scale: "360": write how much faster, such as 1/360`},
		{"number of a drill", "drill:\n  require: {hert: 2}\n", `:2: drill: require "hert=2": a drill measures no "hert"; did you mean "herd"?`},
		{"host with a port", "iOwn:\n  - api.test:443\n", ":2: iOwn: write a host alone"},
		{"targets as a list", "targets: [go:reference]\n", ":1: targets: write a mapping, not a list"},
		{"name of a target", "targets:\n  \"my api\": {target: go:reference}\n", `:2: targets: "my api" is no name for a target`},
		{"no spelling", "targets:\n  api:\n    profile: jws\n", ":3: targets.api has no target; write it"},
		{"no kind", "targets:\n  api:\n    target: reference\n", `:3: targets.api.target: "reference" has no kind; write one of go:reference`},
		{"kind", "targets:\n  api:\n    target: baerer:https://localhost/me\n", `:3: targets.api.target: no kind of target is called "baerer"; did you mean "bearer"?`},
		{"nothing behind the kind", "targets:\n  api:\n    target: \"exec: \"\n", ":3: targets.api.target: behind exec: stands what is to be reached"},
		{"no URL", "targets:\n  api:\n    target: bearer:localhost:8443/me\n", ":3: targets.api.target: behind bearer: stands a URL"},
		{"password in a URL", "targets:\n  api:\n    target: bearer:https://me:sesame@localhost/me\n", ":3: targets.api.target: leave the password out of the URL"},
		{"section of another kind", "targets:\n  api:\n    target: go:reference\n    resource: {method: GET}\n", ":4: targets.api.resource: it is for targets of kind bearer, and this one is of kind go"},
		{"env of another kind", target + "    env: [HOME]\n", ":4: targets.api.env: it is for targets of kind exec or cmd, and this one is of kind bearer"},
		{"claim", target + "    declares:\n      leeway: {ext: 1m}\n", `:5: targets.api.declares.leeway: no time in a token is called "ext"; did you mean "exp"?`},
		{"certificate without key", "provider:\n  tlsCert: cert.pem\n", ":1: provider: tlsCert and tlsKey go together"},
		{"HTTP with a certificate", target + "    provider:\n      tlsDir: .\n      plainHTTP: true\n", ":6: targets.api.provider: plainHTTP serves without TLS"},
		{"second issuer", "provider:\n  issuer: https://localhost/a\n  others:\n    - {issuer: https://localhost/b, clientID: b}\n    - {issuer: https://localhost/a, clientID: c}\n", ":5: provider.others[1].issuer: it is the same as provider.issuer"},
		{"second issuer without the first", "provider:\n  others: [{issuer: https://localhost/b, clientID: b}]\n", ":2: provider: others stand beside the first issuer"},
		{"second issuer without a client", "provider:\n  issuer: https://localhost/a\n  others: [{issuer: https://localhost/b}]\n", ":3: provider.others has no clientID; write it"},
		{"redirect URI", "provider:\n  redirectURIs: [https://localhost/cb, /cb]\n", ":2: provider.redirectURIs[1]: write a URL"},
		{"public client with a secret", "provider:\n  publicClient: true\n  clientSecret: ${API_KEY}\n", ":2: provider: a public client has no secret"},
		{"issuer", "provider:\n  issuer: localhost/idp\n", ":2: provider.issuer: write a URL such as https://localhost:7443/idp"},
		{"variable where no secret is", "provider:\n  issuer: https://${HOST}/idp\n", ":2: provider.issuer: ${…} is read from the environment in secrets alone"},
		{"variable in a spelling", "targets:\n  api:\n    target: bearer:https://localhost/${TENANT}\n", ":3: targets.api.target: ${…} is read from the environment in secrets alone"},
		{"unset variable", "provider:\n  clientID: x\n  clientSecret: ${NOBODY_SET_THIS}\n", ":3: provider.clientSecret: the environment has no NOBODY_SET_THIS, or it is empty; set it"},
		{"empty variable", "provider: {clientSecret: \"${EMPTY}\"}\n", ":1: provider.clientSecret: the environment has no EMPTY, or it is empty"},
		{"unset variable in a header", target + "    resource:\n      header:\n        Accept: application/json\n        X-Api-Key: key ${NONE}\n", ":7: targets.api.resource.header.X-Api-Key: the environment has no NONE"},
		{"half a variable", "provider: {clientSecret: \"${API_KEY\"}\n", ":1: provider.clientSecret: after ${ stands the name of a variable and }"},
		{"nested too deep", strings.Repeat("[", 100), ":1: it is nested more than 40 deep"},
		{"too long", "# " + strings.Repeat("x", 1<<20), ":1: it has more than 1048576 octets; split it"},
		{"alias bomb", bomb(), "with its aliases written out it holds more than 100000 values"},
	} {
		name := filepath.Join(t.TempDir(), "my.yaml")
		if err := os.WriteFile(name, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := Read(name, environment)
		if err == nil {
			t.Errorf("%s: it is read as %+v", c.name, f)
			continue
		}
		if !strings.HasPrefix(err.Error(), name+":") || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
		for _, secret := range []string{"sesame-sesame", "hunter2-hunter2"} {
			if strings.Contains(err.Error(), secret) {
				t.Errorf("%s: the error holds a secret: %v", c.name, err)
			}
		}
	}
	if _, err := Read("none.yaml", environment); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "rogueidp init writes one") {
		t.Error(err)
	}
}

// bomb is a text whose aliases stand for a thousand million values.
func bomb() string {
	text := "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
	for c := 'b'; c <= 'i'; c++ {
		text += fmt.Sprintf("%c: &%c [%s*%c]\n", c, c, strings.Repeat(fmt.Sprintf("*%c, ", c-1), 9), c-1)
	}
	return text
}

// What is wrong in several places is said at once, in the order of the lines.
func TestAllMistakesAtOnce(t *testing.T) {
	_, err := Read(file(t, "seed: x\nstrikt: true\npreset: none\n"), environment)
	lines := strings.Split(fmt.Sprint(err), "\n")
	if len(lines) != 3 || !strings.Contains(lines[0], ":1: seed") || !strings.Contains(lines[1], ":2: ") || !strings.Contains(lines[2], ":3: preset") {
		t.Errorf("%v", err)
	}
	_, err = Read(file(t, strings.Repeat("a", 1)+": 1\n"+func() (text string) {
		for i := range 30 {
			text += fmt.Sprintf("b%d: 1\n", i)
		}
		return text
	}()), environment)
	if !strings.HasSuffix(fmt.Sprint(err), "\nand 11 more") {
		t.Errorf("%v", err)
	}
}
