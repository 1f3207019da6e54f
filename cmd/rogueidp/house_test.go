package main

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/rogueidp/rogueidp/"

// allowed are the arrows of the house: what each package may import of this
// module. What is not here may import nothing of it.
var allowed = map[string][]string{
	"cmd/rogueidp":             {"mockidp", "mockidp/fault", "reports", "scenarios", "suites", "suites/target", "validator/mutants"},
	"mockidp":                  {"mockidp/fault"},
	"mockidp/container":        {"mockidp/fault"},
	"mockidp/fault":            {},
	"reports":                  {},
	"scenarios":                {"mockidp/fault", "scenarios/yamldoc"},
	"scenarios/yamldoc":        {},
	"suites":                   {"mockidp", "mockidp/fault", "reports", "scenarios", "scenarios/yamldoc", "suites/target"},
	"suites/target":            {"mockidp", "mockidp/fault", "validator", "validator/mutants"},
	"validator":                {"validator/internal/steps"},
	"validator/internal/steps": {},
	"validator/mutants":        {"validator", "validator/internal/steps"},
	// A provider in memory for the validator's own tests and benchmarks.
	"validator/internal/issuertest": {},
	// A relying party for tests of suites and of the command, which nothing else
	// may import.
	"suites/relyingparty": {"validator"},
	// Two ways of one thing, timed side by side: for benchmarks.
	"reports/measure": {},
}

// outside are the libraries that a package may import itself, where not every
// library is welcome.
var outside = map[string][]string{
	"mockidp":                  {"github.com/go-jose/go-jose/v4"},
	"mockidp/fault":            {},
	"scenarios":                {"github.com/santhosh-tekuri/jsonschema/v6"},
	"scenarios/yamldoc":        {"github.com/goccy/go-yaml"},
	"suites/relyingparty":      {"github.com/go-json-experiment/json", "github.com/go-jose/go-jose/v4", "golang.org/x/time"},
	"validator":                {"github.com/go-json-experiment/json"},
	"validator/internal/steps": {"github.com/go-json-experiment/json", "golang.org/x/sync", "golang.org/x/time", "github.com/go-jose/go-jose/v4"},
	"validator/mutants":        {"github.com/go-json-experiment/json", "github.com/go-jose/go-jose"},
}

type listed struct {
	ImportPath string
	Imports    []string
	Dir        string
	GoFiles    []string
}

func packages(t *testing.T) []listed {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports,Dir,GoFiles", module+"...")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []listed
	for d := json.NewDecoder(bytes.NewReader(out)); d.More(); {
		var p listed
		if err := d.Decode(&p); err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	if len(all) < 8 {
		t.Fatalf("only %d packages are listed", len(all))
	}
	return all
}

// TestArrows fails when a package imports what its place in the house does not
// allow it.
func TestArrows(t *testing.T) {
	for _, p := range packages(t) {
		name := strings.TrimPrefix(p.ImportPath, module)
		may, known := allowed[name]
		if !known {
			t.Errorf("%s has no place in the house", name)
		}
		for _, i := range p.Imports {
			ours, inside := strings.CutPrefix(i, module)
			switch {
			case inside && !slices.Contains(may, ours):
				t.Errorf("%s imports %s", name, ours)
			case !inside && strings.Contains(strings.Split(i, "/")[0], "."):
				if welcome, choosy := outside[name]; choosy && !slices.ContainsFunc(welcome, func(w string) bool { return i == w || strings.HasPrefix(i, w+"/") }) {
					t.Errorf("%s imports %s", name, i)
				}
			}
		}
	}
}

// TestOnlyTheNarratorKnowsGinkgo, and nobody but the command reads flags and
// environment.
func TestOnlyTheNarratorKnowsGinkgo(t *testing.T) {
	for _, p := range packages(t) {
		name := strings.TrimPrefix(p.ImportPath, module)
		for _, file := range p.GoFiles {
			set := token.NewFileSet()
			parsed, err := parser.ParseFile(set, filepath.Join(p.Dir, file), nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			place := name + "/" + file
			for _, i := range parsed.Imports {
				path := strings.Trim(i.Path.Value, `"`)
				if strings.Contains(path, "onsi/") && place != "suites/narrate.go" {
					t.Errorf("%s imports %s", place, path)
				}
				if strings.Contains(path, "/chromedp/") && place != "suites/target/chromium.go" && place != "suites/target/chromiumtab.go" {
					t.Errorf("%s imports %s", place, path)
				}
				if path == "testing" && place != "suites/gotest.go" {
					t.Errorf("%s imports testing", place)
				}
			}
			ast.Inspect(parsed, func(n ast.Node) bool {
				call, ok := n.(*ast.SelectorExpr)
				if !ok {
					return true
				}
				pkg, ok := call.X.(*ast.Ident)
				if !ok {
					return true
				}
				switch spelled := pkg.Name + "." + call.Sel.Name; spelled {
				case "time.Now":
					if file != "clock.go" {
						t.Errorf("%s: %s; only a clock asks what time it is", set.Position(n.Pos()), spelled)
					}
				case "os.Getenv", "os.LookupEnv", "os.Environ":
					if !strings.HasPrefix(name, "cmd/") {
						t.Errorf("%s: %s; only the command reads its environment", set.Position(n.Pos()), spelled)
					}
				case "time.Sleep":
					t.Errorf("%s: %s; waits have contexts", set.Position(n.Pos()), spelled)
				}
				return true
			})
		}
	}
}

// TestTheValidatorHasNoOffSwitch lists what the library exports. A new name has
// to be written here by somebody who thought about it.
func TestTheValidatorHasNoOffSwitch(t *testing.T) {
	var names []string
	for _, p := range packages(t) {
		if p.ImportPath != module+"validator" {
			continue
		}
		for _, file := range p.GoFiles {
			parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, file), nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			names = append(names, exported(parsed)...)
		}
	}
	slices.Sort(names)
	got := strings.Join(names, "\n") + "\n"
	const golden = "testdata/validator-exports.golden"
	if os.Getenv("ROGUEIDP_UPDATE") != "" {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil || string(want) != got {
		t.Errorf("validator exports something else than %s says (%v):\n%s", golden, err, got)
	}
	for _, name := range names {
		for _, off := range []string{"Skip", "Insecure", "Disable", "Without", "Unsafe", "Allow", "Ignore", "No"} {
			if _, after, found := strings.Cut(name, off); found && (after == "" || after[0] >= 'A' && after[0] <= 'Z') {
				t.Errorf("%s looks like an off-switch", name)
			}
		}
	}
}

// exported are the exported identifiers of a file: functions, types, fields,
// methods, constants and variables.
func exported(file *ast.File) []string {
	var names []string
	add := func(name string) {
		if ast.IsExported(name[strings.LastIndex(name, ".")+1:]) {
			names = append(names, name)
		}
	}
	for _, decl := range file.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				add(d.Name.Name)
				continue
			}
			receiver := d.Recv.List[0].Type
			if star, ok := receiver.(*ast.StarExpr); ok {
				receiver = star.X
			}
			if id, ok := receiver.(*ast.Ident); ok && id.IsExported() {
				add(id.Name + "." + d.Name.Name)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch s := spec.(type) {
				case *ast.ValueSpec:
					for _, n := range s.Names {
						add(n.Name)
					}
				case *ast.TypeSpec:
					if !s.Name.IsExported() {
						continue
					}
					add(s.Name.Name)
					if st, ok := s.Type.(*ast.StructType); ok {
						for _, field := range st.Fields.List {
							for _, n := range field.Names {
								add(s.Name.Name + "." + n.Name)
							}
						}
					}
				}
			}
		}
	}
	return names
}
