package reports

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestReadRefuses(t *testing.T) {
	raw, err := Marshal(sampleRun())
	if err != nil {
		t.Fatal(err)
	}
	good := string(raw)
	for name, test := range map[string]struct{ from, to, want string }{
		"a typo":            {`"seed": 1`, `"sead": 1`, `:9: there is no "sead"; did you mean "seed"?`},
		"another case":      {`"seed": 1`, `"Seed": 1`, `:9: there is no "Seed"; did you mean "seed"?`},
		"a field deep down": {`"language": "go"`, `"lang": "go"`, `there is no "lang" in targets[0]`},
		"twice":             {`"seed": 1`, `"seed": 1, "seed": 2`, `:9: "seed" stands twice`},
		"twice, escaped":    {`"seed": 1`, `"seed": 1, "\u0073eed": 2`, `:9: "seed" stands twice`},
		"a missing one":     {`"seed": 1,`, ``, `there is no "seed", which has to be there`},
		"a wrong type":      {`"seed": 1`, `"seed": "1"`, `:9: seed wants a whole number, not a string`},
		"a fraction":        {`"seed": 1`, `"seed": 1.5`, `:9: seed wants a whole number`},
		"null":              {`"seed": 1`, `"seed": null`, `:9: null in seed; leave it out instead`},
		"an outcome":        {`"outcome": "broken"`, `"outcome": "brocken"`, `"brocken" in results[8].outcome is no outcome; did you mean "broken"?`},
		"a count":           {`"broken": 1`, `"Broken": 1`, `"Broken" in targets[0].counts is no outcome; did you mean "broken"?`},
		"a duration":        {`"took": "41.234s"`, `"took": "forever"`, `:11: took: write a duration like 1m30s`},
		"a number for text": {`"reason": "sub=alice"`, `"reason": 7`, `.reason wants a string, not 7`},
		"a time":            {`"2026-11-23T18:00:00Z"`, `"yesterday"`, `:10: started: `},
		"another version":   {`"rogueidp.run/1"`, `"rogueidp.run/2"`, `:1: schema "rogueidp.run/2", but this rogueidp reads "rogueidp.run/1"`},
		"no version":        {`"schema": "rogueidp.run/1",`, ``, `:1: no run`},
		"broken JSON":       {`"seed": 1,`, `"seed": 1`, `:10: not JSON`},
		"no UTF-8":          {`"gatekeeper"`, "\"gate\xffkeeper\"", `not UTF-8`},
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.Replace(good, test.from, test.to, 1)
			if text == good {
				t.Fatalf("%s is not in the file", test.from)
			}
			path := filepath.Join(t.TempDir(), "run.json")
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := Read(path)
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.HasPrefix(err.Error(), path+":") {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
	for name, text := range map[string]string{
		"empty": "", "a list": "[]", "another file": `{"schema":{}}`, "two": good + good, "text": "no",
	} {
		if _, err := Unmarshal([]byte(text)); err == nil {
			t.Errorf("%s was read", name)
		}
	}
	if _, err := Read(filepath.Join(t.TempDir(), "gone")); err == nil || !strings.Contains(err.Error(), "name a run.json") {
		t.Errorf("got %v", err)
	}
}

// What the provider did may hold the same member twice: that is one of the ways
// in which it lies.
func TestReadKeepsTheLies(t *testing.T) {
	run := sampleRun()
	const lie = `[{"token.set-claim":{"name":"aud","value":{"a":1,"a":2}}}]`
	run.Results[0].Provider = []byte(lie)
	raw, err := Marshal(run)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Unmarshal(raw)
	if err != nil || string(again.Results[0].Provider) != lie {
		t.Errorf("got %s, %v", again.Results[0].Provider, err)
	}
}

// A report that somebody changed by hand does not reach a terminal either.
func TestReadHearsAgain(t *testing.T) {
	raw, err := Marshal(sampleRun())
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(string(raw), `"reason": "sub=alice"`, `"reason": "\u001b[2J::error::"`, 1)
	run, err := Unmarshal([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := Print(&b, run, TerminalOptions{}); err != nil {
		t.Fatal(err)
	}
	harmless(t, b.String())
}
