package honest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/lestrrat-go/jwx/v3/jwa"
)

// golang-jwt and jwx list at run time what they verify. The other two have
// constants for it, with a sentence each, which are read from their source.

func jwxDocuments(*testing.T) []string {
	var algs []string
	for _, a := range jwa.SignatureAlgorithms() {
		algs = append(algs, a.String())
	}
	return algs
}

func goOIDCDocuments(t *testing.T) []string {
	return constants(t, "github.com/coreos/go-oidc/v3", "oidc/jose.go", func(value ast.Expr) ast.Expr { return value })
}

func goJOSEDocuments(t *testing.T) []string {
	return constants(t, "github.com/go-jose/go-jose/v4", "shared.go", func(value ast.Expr) ast.Expr {
		if call, ok := value.(*ast.CallExpr); ok {
			if of, ok := call.Fun.(*ast.Ident); ok && of.Name == "SignatureAlgorithm" {
				return call.Args[0]
			}
		}
		return nil
	})
}

// constants are the texts of a file's exported string constants, of those that
// pick finds a text in.
func constants(t *testing.T, module, file string, pick func(ast.Expr) ast.Expr) []string {
	t.Helper()
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", module).Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join(strings.TrimSpace(string(dir)), file), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	ast.Inspect(parsed, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 || !spec.Names[0].IsExported() {
			return true
		}
		literal, ok := pick(spec.Values[0]).(*ast.BasicLit)
		if !ok || literal.Kind != token.STRING {
			return true
		}
		text, err := strconv.Unquote(literal.Value)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, text)
		return true
	})
	if len(texts) < 10 || !slices.Contains(texts, "RS256") {
		t.Fatalf("%s of %s documents only %v; its constants must be elsewhere now", file, module, texts)
	}
	return texts
}
