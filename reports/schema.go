package reports

import (
	"bytes"
	_ "embed" // for the schemas
)

//go:embed run.schema.json
var runSchema []byte

//go:embed drill.schema.json
var drillSchema []byte

//go:embed proof.schema.json
var proofSchema []byte

// ProofJSONSchema is the JSON Schema of proof.json, as [RunSchema] is that of
// run.json.
func ProofJSONSchema() []byte { return bytes.Clone(proofSchema) }

// RunSchema is the JSON Schema of run.json, draft 2020-12, with a sentence for
// each member. The caller may change what it gets.
func RunSchema() []byte { return bytes.Clone(runSchema) }

// DrillJSONSchema is the JSON Schema of drill.json, as [RunSchema] is that of
// run.json.
func DrillJSONSchema() []byte { return bytes.Clone(drillSchema) }
