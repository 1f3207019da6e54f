package suites

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/rogueidp/rogueidp/scenarios"
)

// filed is the corpus of seed 1, made once.
var filed = sync.OnceValues(func() ([]CorpusFile, error) {
	files, _, err := MakeCorpus(1)
	return files, err
})

// corpusOf reads the files as anybody would who has nothing else.
func corpusOf(t *testing.T) (files []CorpusFile, cases []keptCase, manifest CorpusManifest) {
	t.Helper()
	files, err := filed()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if f.Name == CorpusManifestFile {
			if err := json.Unmarshal(f.Bytes, &manifest); err != nil {
				t.Fatal(err)
			}
			continue
		}
		var family struct{ Cases []keptCase }
		if err := json.Unmarshal(f.Bytes, &family); err != nil {
			t.Fatal(err)
		}
		cases = append(cases, family.Cases...)
	}
	return files, cases, manifest
}

// keptCase is what a reader of the files needs of a case.
type keptCase struct {
	ID, Scenario, Case, Check, Profile, Expect, Subject, Level, Severity string
	Needs                                                                []string
	Config                                                               CorpusConfig
	KeySet, Token                                                        string
}

func (c keptCase) allows(got string) bool {
	return got == c.Expect || c.Expect == "either" && (got == "accept" || got == "reject")
}

func (c keptCase) leeway(t *testing.T) time.Duration {
	t.Helper()
	d, err := time.ParseDuration(c.Config.Leeway)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestCorpusIsTheSameForASeed(t *testing.T) {
	files, _, _ := corpusOf(t)
	again, _, err := MakeCorpus(1)
	if err != nil {
		t.Fatal(err)
	}
	other, _, err := MakeCorpus(2)
	if err != nil {
		t.Fatal(err)
	}
	if len(again) != len(files) || len(other) != len(files) {
		t.Fatalf("%d files, then %d, and %d with another seed", len(files), len(again), len(other))
	}
	for i, f := range files {
		if f.Name != again[i].Name || !bytes.Equal(f.Bytes, again[i].Bytes) {
			t.Errorf("%s is different the second time: %s", f.Name, parting(f.Bytes, again[i].Bytes))
		}
		if bytes.Equal(f.Bytes, other[i].Bytes) {
			t.Errorf("%s is the same with another seed", f.Name)
		}
	}
}

// parting is where two texts part.
func parting(a, b []byte) string {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Sprintf("%q and %q", a[max(0, i-200):min(len(a), i+60)], b[max(0, i-20):min(len(b), i+60)])
		}
	}
	return "one is longer"
}

// TestCorpusLeavesNothingUnsaid adds up: each case of the catalogue is in a file
// or left out with a reason.
func TestCorpusLeavesNothingUnsaid(t *testing.T) {
	_, cases, manifest := corpusOf(t)
	seen := map[string]int{}
	ids := map[string]bool{}
	for _, c := range cases {
		if ids[c.ID] {
			t.Errorf("two cases are called %s", c.ID)
		}
		ids[c.ID] = true
		name, _, _ := strings.Cut(c.ID, ":")
		seen[name] = 1
	}
	for _, o := range manifest.Omitting {
		if o.Cases != len(o.Scenarios) {
			t.Errorf("%s: %d cases, %d names", o.Why, o.Cases, len(o.Scenarios))
		}
		for _, name := range o.Scenarios {
			seen[name]++
		}
	}
	played := 0
	for _, s := range scenarios.All() {
		for _, c := range s.Played() {
			played++
			name := strings.TrimSuffix(s.ID+"/"+c.Name, "/")
			if seen[name] != 1 {
				t.Errorf("%s is there %d times", name, seen[name])
			}
		}
	}
	if len(seen) != played || manifest.Cases != len(cases) || manifest.LeftOut == 0 || manifest.LeftOut >= played {
		t.Errorf("%d cases in files, %d left out, of %d", manifest.Cases, manifest.LeftOut, played)
	}
	t.Logf("%d cases in files, of %d of the catalogue; %d of it are left out", len(cases), played, manifest.LeftOut)
}

func corpusCompiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(CorpusJSONSchema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	c.DefaultDraft(jsonschema.Draft2020)
	if err := c.AddResource("corpus.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("corpus.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func fitsCorpus(schema *jsonschema.Schema, raw []byte) error {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return err
	}
	return schema.Validate(doc)
}

func TestCorpusFitsItsSchema(t *testing.T) {
	schema := corpusCompiled(t)
	files, _, _ := corpusOf(t)
	for _, f := range files {
		if err := fitsCorpus(schema, f.Bytes); err != nil {
			t.Errorf("%s: %v", f.Name, err)
		}
	}
	for name, change := range map[string][3]string{
		"an unknown member": {"alg.json", `"severity": "control"`, `"severity": "control", "sverity": "low"`},
		"a missing one":     {"alg.json", `"severity": "control",`, ``},
		"an expectation":    {"alg.json", `"expect": "accept"`, `"expect": "not-accept"`},
		"a time":            {"alg.json", `"now": "2026-01-01T00:00:00Z"`, `"now": "1767225600"`},
		"a version":         {"alg.json", CorpusFormat, "rogueidp.corpus/2"},
		"a sum":             {CorpusManifestFile, `"sha256": "`, `"sha256": "x`},
		"a count":           {CorpusManifestFile, `"leftOut": `, `"leftOut": -`},
	} {
		i := slices.IndexFunc(files, func(f CorpusFile) bool { return f.Name == change[0] })
		text := strings.Replace(string(files[i].Bytes), change[1], change[2], 1)
		if text == string(files[i].Bytes) {
			t.Errorf("%s: %s is not in the file", name, change[1])
		}
		if err := fitsCorpus(schema, []byte(text)); err == nil {
			t.Errorf("%s got through", name)
		}
	}
}

// TestCorpusSchemaIsWhatCorporaAre holds the schema against the types: the same
// members, those required that are always written, a sentence for each.
func TestCorpusSchemaIsWhatCorporaAre(t *testing.T) {
	var doc struct {
		Defs map[string]struct {
			Description string
			Required    []string
			Properties  map[string]struct {
				Ref         string `json:"$ref"`
				Description string
			}
		} `json:"$defs"`
	}
	if err := json.Unmarshal(CorpusJSONSchema(), &doc); err != nil {
		t.Fatal(err)
	}
	for def, typ := range map[string]reflect.Type{
		"family": reflect.TypeFor[CorpusFamily](), "manifest": reflect.TypeFor[CorpusManifest](),
		"part": reflect.TypeFor[CorpusManifestPart](), "omission": reflect.TypeFor[CorpusOmission](),
		"case": reflect.TypeFor[CorpusCase](), "config": reflect.TypeFor[CorpusConfig](),
	} {
		described := doc.Defs[def]
		members := map[string]bool{}
		for i := range typ.NumField() {
			name, options, _ := strings.Cut(typ.Field(i).Tag.Get("json"), ",")
			members[name] = true
			p, ok := described.Properties[name]
			if !ok {
				t.Errorf("%s.%s is not in the schema", def, name)
			}
			if p.Description == "" && doc.Defs[strings.TrimPrefix(p.Ref, "#/$defs/")].Description == "" {
				t.Errorf("%s.%s has no sentence", def, name)
			}
			if slices.Contains(described.Required, name) != (options == "") {
				t.Errorf("%s.%s: required and written always are not the same", def, name)
			}
		}
		for name := range described.Properties {
			if !members[name] {
				t.Errorf("%s.%s is in the schema alone", def, name)
			}
		}
	}
}
