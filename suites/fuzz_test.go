package suites

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/reports"
	"github.com/rogueidp/rogueidp/scenarios"
)

// onDisk puts texts into one file, again and again.
func onDisk(f *testing.F) (file string, write func(t *testing.T, text []byte)) {
	file = filepath.Join(f.TempDir(), "given.yaml")
	return file, func(t *testing.T, text []byte) {
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func FuzzReadPolicy(f *testing.F) {
	for _, seed := range []string{
		"name: ours\nschedule:\n  every: 24h\n  publishAhead: 1h\n  keepAfter: 6h\nevents:\n  - at: 30h\n    do: rotate\n    compromised: true\n  - {at: 31h, do: disagree}\n",
		`{"schedule":{"every":"24h"},"events":[{"at":"30h","do":"rotate","newAlg":"another"}]}`,
		"preset: overlap", "preset: hard-ct", "preset: a\n---\npreset: b\n", "", "- a\n", "\tname: a\n", "name: [\n", "name: .inf\n", "name: a\nname: b\n",
		"schedule:\n  every: 1s\n", "events:\n- {at: 87600h, do: rotate}\n", "a: &a [*a]\n", "name: &n x\nabout: *n\npreset: *m\n", "<<: {name: a}\npreset: x",
		"? {a: b}\n: c\n", "? [a]\n", "1: 2\n", "!!binary a: b", "name: |\n  a\n\n", "name: \"\\ud800\\x\"", "%YAML 1.2\n---\nname: a", "events: [~]", "*a : b", "events: !x ",
	} {
		f.Add([]byte(seed))
	}
	file, write := onDisk(f)
	f.Fuzz(func(t *testing.T, text []byte) {
		write(t, text)
		p, err := ReadPolicy(file)
		if err != nil {
			if !strings.HasPrefix(err.Error(), file+":") {
				t.Fatalf("an error without the file: %v", err)
			}
			return
		}
		if err := p.Check(); err != nil {
			t.Fatalf("it was read, and: %v", err)
		}
		raw, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		again, err := mockidp.ParsePolicy(raw)
		if len(p.Events) == 0 {
			p.Events = nil // none and empty are one
		}
		if err != nil || !reflect.DeepEqual(again, p) {
			t.Fatalf("%+v came back from %s as %+v, %v", p, raw, again, err)
		}
	})
}

func FuzzReadWaivers(f *testing.F) {
	const one = "waivers:\n  - scenario: alg.hs-*\n    reason: no symmetric keys are used here\n    owner: ines@example.com\n    expires: 2027-01-31\nmust: [alg.none]\n"
	for _, seed := range []string{
		one, one + "---\nmust: []\n", strings.Replace(one, "2027-01-31", "soon", 1), strings.Replace(one, "alg.hs-*", "alg.[", 1),
		strings.Replace(one, "owner", "ownr", 1), strings.Replace(one, "alg.hs-*", "&a '*'\n    owner: *a", 1), "", "waivers:\n", "waivers: 1", "must: [x]", "must: {a: b}",
		"- a", "a: [", "waivers: [~]", "waivers:\n- reason: {}", "? a\n: b\n", "a: &a [*a]", "<<: [{must: []}]", "waivers: &x\n- *x\n", "must: [!!binary x]", "waivers: [[]]", "%TAG", "must: !x ",
	} {
		f.Add([]byte(seed))
	}
	file, write := onDisk(f)
	now := time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, text []byte) {
		write(t, text)
		w, err := ReadWaivers(file)
		if err != nil {
			if !strings.HasPrefix(err.Error(), file+":") {
				t.Fatalf("an error without the file: %v", err)
			}
			return
		}
		for _, one := range w.Waivers {
			if field, err := one.check(scenarios.With(nil)); err != nil {
				t.Fatalf("it was read, and its %s: %v", field, err)
			}
		}
		run := reports.Run{Results: []reports.Result{{ID: "alg.none", Outcome: reports.Fail}, {ID: "parse.two-periods", Outcome: reports.Pass}}}
		w.Apply(&run, now)
		w.Missed(run)
		if run.Results[1].Outcome != reports.Pass {
			t.Fatalf("a pass became %s", run.Results[1].Outcome)
		}
		if r := run.Results[0]; r.Outcome != reports.Fail && (r.Outcome != reports.Waiving || r.Waived == nil || r.Waived.Owner == "" || r.Waived.Reason == "") {
			t.Fatalf("a miss became %+v", r)
		}
	})
}

// The YAML library panics for a tag with nothing after it, and writes aliases
// out however many they are.
func TestYAMLThatBringsItsReaderDown(t *testing.T) {
	bomb := "a0: &a0 [" + strings.Repeat("x,", 9) + "x]\n"
	for n := range 12 {
		bomb += fmt.Sprintf("a%d: &a%[1]d [%s*a%d]\n", n+1, strings.Repeat(fmt.Sprintf("*a%d,", n), 9), n)
	}
	for text, want := range map[string]string{
		"must: !x ": ":1: nothing reads the tag !x",
		bomb:        ":5: with its aliases written out it holds more than 100000 values",
	} {
		file := policyFile(t, text)
		if _, err := ReadWaivers(file); err == nil || !strings.HasPrefix(err.Error(), file+want) {
			t.Errorf("got %v", err)
		}
		if _, err := ReadPolicy(file); err == nil || !strings.HasPrefix(err.Error(), file+":") {
			t.Errorf("got %v", err)
		}
	}
	shared := policyFile(t, "schedule: {every: &day 24h, publishAhead: *day}\n")
	if p, err := ReadPolicy(shared); err != nil || p.Schedule.PublishAhead != 24*time.Hour {
		t.Errorf("%+v, %v", p, err)
	}
}
