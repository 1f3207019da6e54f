package reports

import (
	"bytes"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"
)

func compileSchema(t testing.TB, text []byte) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	c.DefaultDraft(jsonschema.Draft2020)
	if err := c.AddResource("schema.json", doc); err != nil {
		t.Fatal(err)
	}
	// It checks the schema by the one of its draft.
	schema, err := c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func validate(schema *jsonschema.Schema, raw []byte) error {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return err
	}
	return schema.Validate(doc)
}

func TestSchemaTakesRuns(t *testing.T) {
	schema := compileSchema(t, RunSchema())
	full := sampleRun()
	full.Interrupted = true
	fill(reflect.ValueOf(&full.Asked).Elem())
	fill(reflect.ValueOf(&full.Targets[0]).Elem())
	fill(reflect.ValueOf(&full.Results[0].Evidence).Elem())
	full.Targets[0].Profile, full.Targets[0].Counts = "jws", map[Outcome]int{Pass: 1}
	for name, run := range map[string]Run{"full": full, "sample": sampleRun(), "none": {}} {
		raw, err := Marshal(run)
		if err != nil {
			t.Fatal(err)
		}
		if err := validate(schema, raw); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	raw, err := Marshal(full)
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string][2]string{
		"an unknown member": {`"seed": 1`, `"seed": 1, "sead": 2`},
		"deep down":         {`"language": "x"`, `"lang": "x"`},
		"a missing one":     {`"seed": 1,`, ``},
		"an outcome":        {`"outcome": "broken"`, `"outcome": "Broken"`},
		"a count":           {`"pass": 1`, `"passed": 1`},
		"a duration":        {`"took": "41.234s"`, `"took": "41 s"`},
		"a number":          {`"seed": 1`, `"seed": "1"`},
		"a version":         {Schema, "rogueidp.run/2"},
		"a time":            {"2026-11-23T18:00:00Z", "yesterday"},
		"a check":           {`"check": 8`, `"check": 9`},
	} {
		text := strings.Replace(string(raw), change[0], change[1], 1)
		if text == string(raw) {
			t.Errorf("%s: %s is not in the file", name, change[0])
		}
		if err := validate(schema, []byte(text)); err == nil {
			t.Errorf("%s got through", name)
		}
	}
}

// fill puts something into every field.
func fill(v reflect.Value) {
	switch v.Interface().(type) {
	case Said:
		v.Set(reflect.ValueOf(Hear(strings.Repeat("é", 5000))))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString("x")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(7)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0))
	case reflect.Map:
		if v.Type().Elem().Kind() == reflect.String {
			v.Set(reflect.ValueOf(map[string]string{"x": "y"}))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				fill(v.Field(i))
			}
		}
	}
}

// A node is a part of a schema.
type node struct {
	Ref                  string          `json:"$ref"`
	Description          string          `json:"description"`
	AdditionalProperties json.RawMessage `json:"additionalProperties"`
	Required             []string        `json:"required"`
	Properties           map[string]node `json:"properties"`
	Items                *node           `json:"items"`
	Enum                 []string        `json:"enum"`
}

func TestSchemaIsWhatRunIs(t *testing.T) {
	defs := describes(t, RunSchema(), "run", reflect.TypeFor[Run](), "outcome", "profile", "duration", "said")
	var words []string
	for _, o := range Outcomes() {
		words = append(words, string(o))
	}
	if !slices.Equal(words, defs["outcome"].Enum) {
		t.Errorf("the outcomes are %v, and by the schema %v", words, defs["outcome"].Enum)
	}
}

// describes looks whether every field of a type and what is in it is in a
// schema, with a sentence, and nothing else is; what is always written is
// required. It returns the definitions.
func describes(t *testing.T, schema []byte, root string, of reflect.Type, known ...string) map[string]node {
	t.Helper()
	var doc struct {
		Defs map[string]node `json:"$defs"`
	}
	if err := json.Unmarshal(schema, &doc); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, name := range known {
		seen[name] = true
	}
	var compare func(name string, of reflect.Type)
	compare = func(name string, of reflect.Type) {
		if seen[name] {
			return
		}
		seen[name] = true
		def := doc.Defs[name]
		if string(def.AdditionalProperties) != "false" {
			t.Errorf("%s takes what it does not know", name)
		}
		fields := members(of)
		var names, required []string
		for _, field := range fields {
			names = append(names, field.name)
			if field.required {
				required = append(required, field.name)
			}
			property := def.Properties[field.name]
			if !strings.HasSuffix(property.Description, ".") {
				t.Errorf("%s.%s has no sentence", name, field.name)
			}
			inner, ref := field.of, property.Ref
			for inner.Kind() == reflect.Pointer || inner.Kind() == reflect.Slice {
				if inner.Kind() == reflect.Slice && property.Items != nil {
					ref = property.Items.Ref
				}
				inner = inner.Elem()
			}
			if inner.Kind() == reflect.Struct && len(members(inner)) > 0 {
				compare(strings.TrimPrefix(ref, "#/$defs/"), inner)
			}
		}
		given := slices.Sorted(maps.Keys(def.Properties))
		slices.Sort(names)
		slices.Sort(required)
		slices.Sort(def.Required)
		if !slices.Equal(names, given) {
			t.Errorf("%s has %v, and its schema %v", name, names, given)
		}
		if !slices.Equal(required, def.Required) {
			t.Errorf("of %s, %v are required, and by its schema %v", name, required, def.Required)
		}
	}
	compare(root, of)
	for name := range doc.Defs {
		if !seen[name] {
			t.Errorf("nothing is a %s", name)
		}
	}
	return doc.Defs
}

func TestSchemaKnowsDurations(t *testing.T) {
	schema := compileSchema(t, RunSchema())
	rapid.Check(t, func(t *rapid.T) {
		run := Run{Took: Duration(rapid.Int64().Draw(t, "nanoseconds"))}
		raw, err := Marshal(run)
		if err != nil {
			t.Fatal(err)
		}
		if err := validate(schema, raw); err != nil {
			t.Errorf("%v: %v", run.Took, err)
		}
		again, err := Unmarshal(raw)
		if err != nil || again.Took != run.Took {
			t.Errorf("%v came back as %v, %v", run.Took, again.Took, err)
		}
	})
}
