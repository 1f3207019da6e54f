package reports

import (
	"bytes"
	_ "embed" // for run.schema.json
)

//go:embed run.schema.json
var runSchema []byte

// RunSchema is the JSON Schema of run.json, draft 2020-12, with a sentence for
// each member. The caller may change what it gets.
func RunSchema() []byte { return bytes.Clone(runSchema) }
