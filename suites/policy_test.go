package suites

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/rogueidp/rogueidp/mockidp"
)

func policyFile(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "keys.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestReadPolicy(t *testing.T) {
	want := mockidp.Policy{
		Name:     "ours",
		Schedule: mockidp.Schedule{Every: 24 * time.Hour, PublishAhead: time.Hour, KeepAfter: 6 * time.Hour},
		Events: []mockidp.Event{
			{At: 30 * time.Hour, Do: mockidp.Rotate, Rotation: mockidp.Rotation{Compromised: true}},
			{At: 31 * time.Hour, Do: mockidp.Disagree},
		},
	}
	for name, text := range map[string]string{
		"yaml": `
# How our provider rotates.
name: ours
schedule:
  every: 24h
  publishAhead: 1h
  keepAfter: 6h
events:
  - at: 30h
    do: rotate
    compromised: true
  - {at: 31h, do: disagree}
`,
		"json": `{"name":"ours","schedule":{"every":"24h","publishAhead":"1h","keepAfter":"6h"},
			"events":[{"at":"30h","do":"rotate","compromised":true},{"at":"31h","do":"disagree"}]}`,
	} {
		got, err := FindPolicy(policyFile(t, text))
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	overlap, err := mockidp.PolicyNamed("overlap")
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"overlap", policyFile(t, "preset: overlap")} {
		if got, err := FindPolicy(word); err != nil || !reflect.DeepEqual(got, overlap) {
			t.Errorf("%s: %+v, %v", word, got, err)
		}
	}
}

func TestBadPolicyFilesNameTheLine(t *testing.T) {
	for text, want := range map[string]string{
		"name: a\nschedule:\n  evry: 1h\n":                                `:3: schedule.evry: there is no such member; did you mean "every"?`,
		"schedul:\n  every: 1h\n":                                         `:1: schedul: there is no such member; did you mean "schedule"?`,
		"schedule:\n  every: 24\n":                                        ":2: schedule.every: 24 is no duration; write one with its unit",
		"schedule:\n  every: 1h\n  publishAhead: 2h\n":                    ":3: schedule.publishAhead: 2h is longer than every 1h",
		"schedule:\n  every: -1h\n":                                       ":2: schedule.every: -1h is negative",
		"schedule:\n  keepAfter: 1h\n":                                    ":1: schedule: without every there is no rotation",
		"schedule:\n":                                                     ":1: schedule: write an object",
		"events:\n  - at: 1h\n    do: rotate\n  - at: 2h\n    do: spin":   `:5: events[1].do: no verb is called "spin"`,
		"events:\n  - at: 2h\n    do: rotate\n  - at: 1h\n    do: rotate": ":4: events[1].at: 1h comes after events[0]",
		"events:\n  - at: 1h\n    do: rotate\n\n  - do: rotate\n":         ":5: events[1]: say when",
		"events:\n- {at: 1h, do: rotate}\n- {at: 2h, do: retire}\n":       ":3: events[1]: retire at 2h will not do: no key signs after this",
		"name: a\nname: b\n":                                              `:2: "name" is there twice, first in line 1`,
		"name: [\n":                                                       ":1: ",
		"\tname: a\n":                                                     ":1: ",
		"name: .inf\n":                                                    ":1: .inf is no number of JSON",
		"- a\n":                                                           ":1: write an object",
		"preset: a\n---\npreset: b\n":                                     "it holds 2 documents",
		"":                                                                "a policy is one that says something",
		"name: a\npreset: hard-cut\n":                                     ":2: preset: a preset stands alone",
		"# nothing yet\n\npreset: hard-ct\n":                              `:3: preset: no policy is called "hard-ct"`,
	} {
		file := policyFile(t, text)
		_, err := FindPolicy(file)
		if err == nil || !strings.HasPrefix(err.Error(), file) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want it to say %s", text, err, want)
		}
	}
	for word, want := range map[string]string{
		"overlpa":     `there is no file overlpa, and no policy is called "overlpa"; there are hard-cut, overlap, `,
		"nowhere.yml": "nowhere.yml: no such file",
	} {
		if _, err := FindPolicy(word); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", word, err)
		}
	}
}
