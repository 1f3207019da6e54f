package mockidp_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// document is the description of the admin API as a reader sees it.
type document struct {
	OpenAPI    string
	Paths      map[string]map[string]described
	Components struct{ Schemas map[string]json.RawMessage }
	compiler   *jsonschema.Compiler
}

type described struct {
	OperationID string
	Summary     string
	Parameters  []struct {
		Name, In string
		Required bool
		Schema   json.RawMessage
	}
	RequestBody *struct {
		Required bool
		Content  map[string]struct{ Schema json.RawMessage }
	}
	Responses map[string]struct {
		Description string
		Content     map[string]struct{ Schema json.RawMessage }
	}
}

const documentURL = "https://rogueidp.test/openapi.json"

func readDocument(t *testing.T, raw []byte) document {
	t.Helper()
	var d document
	unmarshal(t, raw, &d)
	whole, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	d.compiler = jsonschema.NewCompiler()
	d.compiler.AssertFormat()
	if err := d.compiler.AddResource(documentURL, whole); err != nil {
		t.Fatal(err)
	}
	return d
}

// fits holds a JSON text to the schema at a place of the document.
func (d document) fits(t *testing.T, text string, place ...string) error {
	t.Helper()
	for i := range place {
		place[i] = strings.NewReplacer("~", "~0", "/", "~1").Replace(place[i])
	}
	schema, err := d.compiler.Compile(documentURL + "#/" + strings.ReplaceAll(strings.ReplaceAll(strings.Join(place, "/"), "{", "%7B"), "}", "%7D"))
	if err != nil {
		t.Fatalf("%v: %v", place, err)
	}
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		return err
	}
	return schema.Validate(value)
}

// A request of the walk. Path is what stands in place of {tenant} and the query.
type asked struct {
	method, path, query, body string
	status                    int
}

// queryFits holds a query to the parameters of an operation.
func (d document) queryFits(t *testing.T, q asked, place []string) error {
	t.Helper()
	given, err := url.ParseQuery(strings.TrimPrefix(q.query, "?"))
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range d.Paths[q.path][strings.ToLower(q.method)].Parameters {
		if p.In != "query" {
			continue
		}
		value := given.Get(p.Name)
		given.Del(p.Name)
		if value == "" {
			if p.Required {
				return fmt.Errorf("%s is missing", p.Name)
			}
			continue
		}
		if _, err := strconv.Atoi(value); err != nil {
			value = strconv.Quote(value)
		}
		if err := d.fits(t, value, append(slices.Clone(place), "parameters", strconv.Itoa(i), "schema")...); err != nil {
			return err
		}
	}
	for name := range given {
		return fmt.Errorf("%s is no parameter", name)
	}
	return nil
}
