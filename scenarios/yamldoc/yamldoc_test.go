package yamldoc

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	for text, want := range map[string]string{
		"a: 1e5\nb: [1.0, 1E400, -5, 123456789012345678901234567890]\n": `{"a":1e5,"b":[1.0,1E400,-5,123456789012345678901234567890]}`,
		"a: 'it''s'\nb: \"x\\u0000\\u00e9\\/\"\nc: plain text # c\n":    "{\"a\":\"it's\",\"b\":\"x\\u0000é/\",\"c\":\"plain text\"}",
		"a:\nb: null\nc: true\nd: \"true\"\n":                           `{"a":null,"b":null,"c":true,"d":"true"}`,
		"a: |\n  one\n  two\nb: >-\n  one\n  two\n":                     `{"a":"one\ntwo\n","b":"one two"}`,
		"a: &x {k: v}\nb: *x\nc: [*x, *x]\n":                            `{"a":{"k":"v"},"b":{"k":"v"},"c":[{"k":"v"},{"k":"v"}]}`,
		"a: !json '{\"a\": 1, \"a\": 2}'\n":                             `{"a":{"a":1,"a":2}}`,
		"- {\"token.sign-with\": {\"alg\": \"none\"}}\n- b:\n    - c\n": `[{"token.sign-with":{"alg":"none"}},{"b":["c"]}]`,
		"a: \"😀 <&>\"\n":                                                `{"a":"😀 <&>"}`,
		"a: 2026-01-01\n":                                               `{"a":"2026-01-01"}`,
	} {
		docs, err := Parse("f", []byte(text))
		if err != nil || len(docs) != 1 {
			t.Errorf("%q: %d documents, %v", text, len(docs), err)
			continue
		}
		if got := string(docs[0].JSON()); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
	docs, err := Parse("f", []byte("a: b\n---\nc: d\n"))
	if err != nil || len(docs) != 2 || docs[1].Line != 3 || docs[1].LineAt("c") != 3 {
		t.Errorf("%v, %v", docs, err)
	}
}

func TestRefused(t *testing.T) {
	bomb := "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
	for c := 'b'; c <= 'i'; c++ {
		bomb += fmt.Sprintf("%c: &%c [%s*%c]\n", c, c, strings.Repeat(fmt.Sprintf("*%c, ", c-1), 9), c-1)
	}
	for text, want := range map[string]string{
		"a: 0x1F\n":                      "f:1: 0x1F is no number of JSON",
		"a: .inf\n":                      "f:1: .inf is no number of JSON",
		"x: 1\na: 012\n":                 "f:2: 012 is no number of JSON",
		"a: yes\n":                       "f:1: yes means one thing",
		"a: True\n":                      "f:1: write true or false",
		"a: ~\n":                         "f:1: write null",
		"a: b\nc: d\na: e\n":             `f:3: "a" is there twice, first in line 1`,
		"1: a\n":                         `f:1: a name is a string; put "1" in quotes`,
		"a: !!str x\n":                   "f:1: nothing reads the tag !!str",
		"a: !json '{'\n":                 "f:1: what stands after !json is no JSON",
		"a: *x\n":                        "f:1: the alias *x comes before its anchor",
		"a: &a [*a]\n":                   "f:1: the alias *a stands inside of what it names",
		"<<: {a: b}\n":                   "f:1: a merge (<<)",
		"%YAML 1.2\n---\na: b\n":         "f:1: a directive",
		"---\n---\na: b\n":               "f:3: \"a\" stands where nothing would read it",
		"a: [\n":                         "f:1: ",
		"\ta: b\n":                       "f:1: ",
		"a: b: c\n":                      "f:1: ",
		"a: b\nc: \xff\n":                "f:2: it is no UTF-8 text",
		bomb:                             "with its aliases written out it holds more than 100000 values",
		strings.Repeat("[", 20000):       "f:1: it is nested more than 40 deep",
		strings.Repeat("- ", 20000):      "f:1: it is nested more than 40 deep",
		strings.Repeat("? ", 20000):      "f:1: it is nested more than 40 deep",
		strings.Repeat("---\n", 200):     "f:101: it has more than 100 documents",
		strings.Repeat("- a\n", 100_000): "it has more than 50000 words and signs",
		strings.Repeat(" ", MaxBytes+1):  "f:1: it has more than 1048576 octets",
	} {
		docs, err := Parse("f", []byte(text))
		if err == nil || !strings.HasPrefix(err.Error(), "f:") || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60q: %v, %v, want %s", text, docs, err, want)
		}
	}
}

func TestReadWantsAFile(t *testing.T) {
	if _, err := Read(t.TempDir()); err == nil || !strings.Contains(err.Error(), "no file that could be read to its end") {
		t.Error(err)
	}
	if _, err := Read(filepath.Join(t.TempDir(), "none.yaml")); !os.IsNotExist(err) {
		t.Error(err)
	}
}

// What is read is JSON, and is the same when that is read again.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"a: [1, {b: c}]\n", "a: &x {k: v}\nb: *x\n", "a: !json '[1]'\n", "a: |\n x\n y\n", "- \"\\u0000\"\n---\nb: 'c'\n", "? a\n: b\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		docs, err := Parse("f", text)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "f:") {
				t.Fatalf("%q: the error names no file: %v", text, err)
			}
			return
		}
		for _, d := range docs {
			if raw := d.JSON(); !json.Valid(raw) {
				t.Fatalf("%q: %s is no JSON", text, raw)
			}
		}
	})
}
