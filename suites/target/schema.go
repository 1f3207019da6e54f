package target

import (
	"bytes"
	_ "embed"
	"fmt"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

//go:embed adapter.schema.json
var adapterSchema []byte

// AdapterSchema is the JSON Schema of the adapter protocol.
func AdapterSchema() []byte { return bytes.Clone(adapterSchema) }

// lineSchemas are the schemas of lines in either direction.
var lineSchemas = sync.OnceValues(func() (map[string]*jsonschema.Schema, error) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(adapterSchema))
	if err != nil {
		return nil, err
	}
	const at = "https://rogueidp.test/adapter.schema.json"
	c := jsonschema.NewCompiler()
	if err := c.AddResource(at, doc); err != nil {
		return nil, err
	}
	schemas := map[string]*jsonschema.Schema{}
	for _, direction := range []string{"message", "answer"} {
		if schemas[direction], err = c.Compile(at + "#/$defs/" + direction); err != nil {
			return nil, err
		}
	}
	return schemas, nil
})

// fits tells why a line does not fit the schema of its direction, "message" or
// "answer".
func fits(direction string, line []byte) error {
	schemas, err := lineSchemas()
	if err != nil {
		return err
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(line))
	if err != nil {
		return fmt.Errorf("it is no JSON: %w", err)
	}
	if err := schemas[direction].Validate(value); err != nil {
		return fmt.Errorf("it does not fit the schema: %s", deepest(err))
	}
	return nil
}

// deepest is the part of a validation error that a person can use.
func deepest(err error) string {
	var lines []string
	for _, line := range strings.Split(err.Error(), "\n") {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "- at") {
			lines = append(lines, strings.TrimPrefix(line, "- "))
		}
	}
	if len(lines) == 0 {
		return err.Error()
	}
	return strings.Join(lines[:min(3, len(lines))], "; ")
}
