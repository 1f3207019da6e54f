package suites

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogueidp/rogueidp/suites/target"
)

// publicVectors is where they lie on a machine that has them.
func publicVectors(t *testing.T) []VectorFile {
	t.Helper()
	folder := os.Getenv("ROGUEIDP_VECTORS")
	if folder == "" {
		folder = "../../shared/vectors/wycheproof"
	}
	if _, err := os.Stat(folder); err != nil {
		why := "the public vectors are not in " + folder
		if strings.Contains(","+os.Getenv("ROGUEIDP_REQUIRE")+",", ",vectors,") {
			t.Fatal("vectors are required: " + why)
		}
		t.Skip("not run: " + why)
	}
	files, err := ReadVectors(folder)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func playAll(t *testing.T, files []VectorFile, spec string) map[string][]VectorResult {
	t.Helper()
	verifier, shut, err := OpenSignatures(t.Context(), spec, target.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer shut()
	by := map[string][]VectorResult{}
	for _, f := range files {
		results, err := PlayVectors(t.Context(), f, verifier)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range results {
			by[r.Outcome] = append(by[r.Outcome], r)
		}
	}
	return by
}

// TestPublicVectors: the reference agrees with every vector that is not
// contested, and its mutants that read, choose keys or verify loosely do not.
func TestPublicVectors(t *testing.T) {
	files := publicVectors(t)
	by := playAll(t, files, "go:reference")
	for _, r := range by[VectorDisagreed] {
		t.Errorf("%s, tcId %d, %s %v: expected %s, got %s: %s", r.File, r.ID, r.Comment, r.Flags, r.Expected, r.Got, r.Why)
	}
	if n := len(by[VectorNotApplicable]); n > 0 {
		t.Errorf("the reference was not asked about %d", n)
	}
	t.Logf("%d agreed, %d overridden, %d recorded", len(by[VectorAgreed]), len(by[VectorOverridden]), len(by[VectorRecorded]))
	if len(by[VectorAgreed]) < 100 {
		t.Errorf("only %d vectors were judged", len(by[VectorAgreed]))
	}
	for _, mutant := range []string{"lenient-base64", "ignores-key-alg", "encryption-keys", "weak-rsa-keys", "psychic-signature"} {
		if by := playAll(t, files, "go:mutant/"+mutant); len(by[VectorDisagreed]) == 0 {
			t.Errorf("%s agrees with every vector", mutant)
		}
	}
}

// TestHostileVectors: whatever lies in the folder, the error names the file and
// what is wrong with it.
func TestHostileVectors(t *testing.T) {
	const head = `{"schema":"json_web_key_schema_v1.json","numberOfTests":1,"testGroups":[`
	const group = `{"public":{"kty":"oct"},"tests":[{"tcId":1,"jws":"x","result":"invalid"}]}`
	for _, test := range []struct{ name, text, overrides, want string }{
		{"no JSON", "{\n\"a\": nope}", "", "json_web_key_test.json, line 2"},
		{"empty", "", "", "json_web_key_test.json"},
		{"an array", "[]", "", "json_web_key_test.json"},
		{"twice a member", `{"schema":"a","schema":"b"}`, "", "json_web_key_test.json, line 1"},
		{"another schema", `{"schema":"x","numberOfTests":0,"testGroups":[]}`, "", `its schema is "x"`},
		{"no tests", `{"schema":"json_web_key_schema_v1.json","testGroups":[]}`, "", "holds 0"},
		{"a wrong count", strings.Replace(head, "1,", "9,", 1) + group + "]}", "", "it says that it holds 9 tests, and holds 1"},
		{"no key", head + `{"tests":[]}]}`, "", "neither a public nor a private key"},
		{"a key that is none", strings.Replace(head+group, `{"kty":"oct"}`, "null", 1) + "]}", "", `kty "" is none of`},
		{"a set without keys", strings.Replace(head+group, `{"kty":"oct"}`, `{"keys":[]}`, 1) + "]}", "", "the set is empty"},
		{"a strange result", head + strings.Replace(group, "invalid", "perhaps", 1) + "]}", "", `tcId 1: result "perhaps"`},
		{"no jws", head + strings.Replace(group, `"jws":"x",`, "", 1) + "]}", "", "tcId 1 has no jws"},
		{"one tcId twice", head + group + "," + group + "]}", "", "tcId 1 is there twice"},
		{"overrides that are none", head + group + "]}", "[]", "overrides.json"},
		{"an override for nothing", head + group + "]}", `{"json_web_key_test.json":{"2":{"action":"policy"}}}`, "has no tcId 2"},
		{"a strange override", head + group + "]}", `{"json_web_key_test.json":{"1":{"action":"accept"}}}`, `action "accept" is none of`},
		{"an override with more", head + group + "]}", `{"json_web_key_test.json":{"1":{"action":"policy","who":"me"}}}`, "overrides.json: json_web_key_test.json"},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			write := func(name, text string) {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			write("json_web_key_test.json", test.text)
			if test.overrides != "" {
				write("overrides.json", test.overrides)
			}
			_, err := ReadVectors(dir)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q in it", err, test.want)
			}
		})
	}
	t.Run("huge", func(t *testing.T) {
		dir := t.TempDir()
		f, err := os.Create(filepath.Join(dir, "json_web_key_test.json"))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if err := f.Truncate(maxVectorBytes + 1); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadVectors(dir); err == nil || !strings.Contains(err.Error(), "json_web_key_test.json is larger than 64 MiB") {
			t.Errorf("got %v", err)
		}
	})
	if _, err := ReadVectors(t.TempDir()); err == nil || !strings.Contains(err.Error(), "holds neither") {
		t.Errorf("an empty folder: %v", err)
	}
}
