package config

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/rogueidp/rogueidp/scenarios/yamldoc"
	"github.com/rogueidp/rogueidp/suites/target"
)

// environment is where the tests' ${NAME} come from.
func environment(name string) (string, bool) {
	v, ok := map[string]string{
		"API_KEY": "sesame-sesame", "ROGUEIDP_CLIENT_SECRET": "hunter2-hunter2", "EMPTY": "",
	}[name]
	return v, ok
}

// file is a configuration file with this text, in a folder of its own beside what
// it may name.
func file(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), Default)
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func compiled(t testing.TB) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("config.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("config.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// valid holds a text to the schema.
func valid(t *testing.T, s *jsonschema.Schema, text string) error {
	t.Helper()
	docs, err := yamldoc.Parse("f", []byte(text))
	if err != nil || len(docs) != 1 {
		t.Fatalf("%v\n%s", err, text)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(docs[0].JSON()))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(v)
}

// What init writes is a file, and so is it with every setting in it made.
func TestStartersReadBack(t *testing.T) {
	s := compiled(t)
	t.Chdir(t.TempDir())
	if err := os.Mkdir("scenarios", 0o700); err != nil {
		t.Fatal(err)
	}
	own := "- id: own.honest\n  title: accepts an honest token\n  level: hardening\n  severity: low\n  cites: [{practice: \"ours\"}]\n  expect: accept\n"
	if err := os.WriteFile("scenarios/own.yaml", []byte(own), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, example := range target.Spellings() {
		kind, _, _ := strings.Cut(example, ":")
		t.Run(kind, func(t *testing.T) {
			text, err := Starter(example)
			if err != nil {
				t.Fatal(err)
			}
			whole := uncommented(text)
			if strings.Count(whole, "\n#")+10 > strings.Count(text, "\n#") {
				t.Fatalf("hardly a setting stands in comments:\n%s", whole)
			}
			for _, one := range []string{text, whole} {
				f, err := Read(file(t, one), environment)
				if err != nil {
					t.Fatalf("%v\n%s", err, one)
				}
				if len(f.Targets) != 1 || f.Targets[0].Target != example {
					t.Errorf("it has the targets %+v", f.Targets)
				}
				if err := valid(t, s, one); err != nil {
					t.Errorf("it does not fit the schema: %v\n%s", err, one)
				}
			}
			f, err := Read(file(t, whole), environment)
			if err != nil {
				t.Fatal(err)
			}
			if f.Preset != "rotation" || !f.Strict || f.Require["learn"] != "35s" || len(f.Drill.Policies) != 2 || f.Drill.Policies[1].Name != "weekly" || f.Provider.ClientSecret != "hunter2-hunter2" {
				t.Errorf("it is read as %+v", f)
			}
			if w, err := f.Waived(nil); err != nil || len(w.Waivers) != 1 || w.Waivers[0].Owner != "identity team" {
				t.Errorf("waivers %+v, %v", w, err)
			}
		})
	}
	for _, wrong := range []string{"", "reference", "berer:https://localhost/me", "exec:"} {
		if text, err := Starter(wrong); err == nil || !strings.Contains(err.Error(), "write one of go:reference") {
			t.Errorf("%q: %v %.20q", wrong, err, text)
		}
	}
}

// uncommented makes the settings that stand in comments.
func uncommented(text string) string {
	var out []string
	for line := range strings.Lines(text) {
		if rest, ok := strings.CutPrefix(line, "#"); ok && made.MatchString(rest) {
			line = rest
		}
		out = append(out, line)
	}
	return strings.Join(out, "")
}

// made is a line with a setting: at the top without a space before it, below
// with at least two.
var made = regexp.MustCompile(`^(|  +)(- )?[a-zA-Z_-]+(:|\n| *$)|^  +- `)
