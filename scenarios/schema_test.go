package scenarios

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/mockidp/fault"
	"github.com/rogueidp/rogueidp/scenarios/yamldoc"
)

// The vocabulary knows every act that there is.
func TestEveryActHasAWord(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range parsed.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok || f.Recv == nil || f.Name.Name != "Act" {
				continue
			}
			found++
			kind := f.Recv.List[0].Type.(*ast.Ident).Name
			known := false
			for _, a := range acts {
				known = known || reflect.TypeOf(a).Name() == kind
			}
			if !known {
				t.Errorf("%s is an act that no file of a user could name", kind)
			}
		}
	}
	if found != len(acts) {
		t.Errorf("%d acts are there, and %d have words", found, len(acts))
	}
}

// An algorithm that a row may name is one that the provider has.
func TestEveryAlgorithmIsOne(t *testing.T) {
	for _, alg := range closedLists["algs"] {
		if kind := mockidp.KeyType(alg); kind == "" && !slices.Contains([]string{"rsa", "ec", "okp", "rs"}, alg) {
			t.Errorf("the provider has no %s", alg)
		}
	}
}

// The schema is a schema, knows every fault and act with every field, and takes
// the examples.
func TestSchema(t *testing.T) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("https://rogueidp.test/s", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("https://rogueidp.test/s") // checks it against the metaschema
	if err != nil {
		t.Fatal(err)
	}
	defs := doc.(map[string]any)["$defs"].(map[string]any)
	known := defs["fault"].(map[string]any)["properties"].(map[string]any)
	for _, d := range fault.Describe() {
		def, ok := known[d.Name].(map[string]any)
		if !ok {
			t.Errorf("the schema does not know %s", d.Name)
			continue
		}
		fields := def["properties"].(map[string]any)
		if len(fields) != len(d.Fields) {
			t.Errorf("%s has %d fields, the schema knows %d", d.Name, len(d.Fields), len(fields))
		}
	}
	files, err := filepath.Glob("testdata/own/*")
	if err != nil || len(files) < 3 {
		t.Fatalf("%v, %v", files, err)
	}
	for _, file := range files {
		docs, err := yamldoc.Read(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range docs {
			var value any
			if err := json.Unmarshal(d.JSON(), &value); err != nil {
				t.Fatal(err)
			}
			if err := schema.Validate(value); err != nil {
				t.Errorf("%s: %v", file, err)
			}
		}
	}
	if err := schema.Validate(map[string]any{"id": "a.b"}); err == nil {
		t.Error("the schema takes a row that says nothing")
	}
}
