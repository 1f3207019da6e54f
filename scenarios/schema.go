package scenarios

import (
	"bytes"
	"maps"
	"reflect"
	"slices"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/rogueidp/rogueidp/mockidp/fault"
)

// Schema is the JSON Schema, draft 2020-12, of the files that [Read] takes. It
// is made of the Go fields, the acts and the faults themselves, so that it knows
// what they know.
func Schema() []byte { return bytes.Clone(schemaText()) }

var schemaText = sync.OnceValue(func() []byte {
	text, err := fault.Indented(schema())
	if err != nil {
		panic("scenarios: the schema does not marshal: " + err.Error())
	}
	return text
})

// rowSchema is the part of the schema that one row has to fit.
var rowSchema = sync.OnceValues(func() (*jsonschema.Schema, error) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(schemaText()))
	if err != nil {
		return nil, err
	}
	const at = "https://rogueidp.test/scenario.schema.json"
	c := jsonschema.NewCompiler()
	if err := c.AddResource(at, doc); err != nil {
		return nil, err
	}
	return c.Compile(at + "#/$defs/Scenario")
})

// object is part of a schema, as JSON.
type object map[string]any

func ref(name string) object { return object{"$ref": "#/$defs/" + name} }

// described are the parts that have a definition of their own, by what errors
// and editors call them.
var described = map[reflect.Type]string{
	reflect.TypeFor[Scenario]():    "A scenario: what the provider does, and what the target must do about it.",
	reflect.TypeFor[Case]():        "A variant of a scenario. What it leaves out it takes from the scenario; its faults come after the scenario's own.",
	reflect.TypeFor[Expectation](): "What must come of a presentation: an answer, or an answer with conditions.",
	reflect.TypeFor[Bound]():       "The most that something may be.",
	reflect.TypeFor[Party]():       "An issuer of a plot.",
	reflect.TypeFor[Crowd]():       "Forged tokens at a rate.",
	reflect.TypeFor[Carry]():       "How a request over HTTP carries its token.",
}

func schema() object {
	defs := object{"act": actSchema(), "fault": faultSchema(), "citation": object{
		"description": "The id of a requirement (rogueidp list --requirements --json), or practice and its source.",
		"anyOf": []any{
			object{"enum": slices.Sorted(maps.Keys(requirements))},
			object{"type": "object", "properties": object{"practice": object{"type": "string", "minLength": 1}}, "required": []string{"practice"}, "additionalProperties": false},
		},
	}}
	for t, says := range described {
		def := structSchema(t)
		def["description"] = says
		switch t {
		case reflect.TypeFor[Expectation]():
			def = object{"description": says, "anyOf": []any{object{"enum": closedTypes[reflect.TypeFor[Answer]()]}, def}}
			delete(def["anyOf"].([]any)[1].(object), "description")
		case reflect.TypeFor[Bound]():
			def["properties"].(object)["atMost"] = object{"anyOf": []any{object{"type": "integer", "minimum": 0}, object{"type": "string", "pattern": `^([0-9]+|\{budget\})$`}}}
		}
		defs[t.Name()] = def
	}
	return object{
		"$schema":     "https://json-schema.org/draft/2020-12/schema",
		"title":       "rogueidp scenarios",
		"description": "A file of rogueidp run --scenarios: a scenario, or a list of them.",
		"anyOf":       []any{ref("Scenario"), object{"type": "array", "items": ref("Scenario")}},
		"$defs":       defs,
	}
}

func structSchema(t reflect.Type) object {
	properties, required := object{}, []string{}
	for _, w := range wordsOf(t) {
		properties[w.name] = typeSchema(w.field.Type, w)
		if !w.optional {
			required = append(required, w.name)
		}
	}
	s := object{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		s["required"] = required
	}
	return s
}

func typeSchema(t reflect.Type, w word) object {
	if _, named := described[t]; named {
		return ref(t.Name())
	}
	list := closedTypes[t]
	if list == nil && t.Kind() == reflect.String {
		list = closedLists[w.field.Tag.Get("words")]
	}
	switch {
	case t == reflect.TypeFor[[]fault.Fault]():
		return object{"anyOf": []any{ref("fault"), object{"type": "array", "items": ref("fault"), "minItems": 1}}}
	case t == reflect.TypeFor[Act]():
		return ref("act")
	case t == reflect.TypeFor[Citation]():
		return ref("citation")
	case list != nil:
		return object{"enum": list}
	case t == reflect.TypeFor[fault.Span]():
		return object{"type": "string", "minLength": 1, "description": "A duration such as 30s or {cooldown}+5s."}
	}
	switch t.Kind() {
	case reflect.Slice:
		return object{"type": "array", "items": typeSchema(t.Elem(), w), "minItems": 1}
	case reflect.Map:
		if closedTypes[t.Key()] == nil {
			return object{"type": "object", "propertyNames": object{"minLength": 1}, "additionalProperties": object{"type": "string"}, "minProperties": 1}
		}
		properties := object{}
		for _, key := range closedTypes[t.Key()] {
			properties[key] = typeSchema(t.Elem(), word{})
		}
		return object{"type": "object", "properties": properties, "additionalProperties": false, "minProperties": 1}
	case reflect.Struct:
		return structSchema(t)
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.Int:
		return object{"type": "integer", "minimum": 0, "maximum": maxTimes}
	case reflect.String:
		return object{"type": "string", "minLength": 1}
	}
	panic("scenarios: the schema does not know " + t.String())
}

// one is a mapping with a single member out of those.
func one(properties object) object {
	return object{"type": "object", "properties": properties, "additionalProperties": false, "minProperties": 1, "maxProperties": 1}
}

func actSchema() object {
	properties, bare := object{}, []string{}
	for _, name := range slices.Sorted(maps.Keys(acts)) {
		fields := structSchema(reflect.TypeOf(acts[name]))
		properties[name] = fields
		if fields["required"] == nil {
			bare = append(bare, name)
			fields["type"] = []string{"object", "null"}
		}
	}
	return object{
		"description": "One step of a plot: its name, before its fields where it has some.",
		"anyOf":       []any{one(properties), object{"enum": bare}},
	}
}

func faultSchema() object {
	properties := object{}
	for _, d := range fault.Describe() {
		fields, required := object{}, []string{}
		for _, f := range d.Fields {
			fields[f.Name] = fieldSchema(f)
			if !f.Optional {
				required = append(required, f.Name)
			}
		}
		s := object{"type": "object", "description": d.Says, "properties": fields, "additionalProperties": false}
		if len(required) > 0 {
			s["required"] = required
		}
		properties[d.Name] = s
	}
	s := one(properties)
	s["description"] = "One way in which the provider lies, under its name."
	return s
}

// fieldSchema is a field of a fault. A word of a closed list may be a
// placeholder that only the run fills, and an optional one empty.
func fieldSchema(f fault.Field) object {
	words := object{"enum": f.Words}
	switch {
	case f.Type == "fault":
		return ref("fault")
	case f.Type == "json":
		return object{"description": "Any JSON value."}
	case f.Type == "words" && f.Words != nil:
		return object{"type": "array", "items": words}
	case f.Type == "words":
		return object{"type": "array", "items": object{"type": "string"}}
	case f.Words != nil:
		other := []any{words, object{"type": "string", "pattern": `\{[a-z][a-z0-9_.:-]*\}`}}
		if f.Optional {
			other = append(other, object{"const": ""})
		}
		return object{"anyOf": other}
	case f.Type == "duration":
		return object{"type": "string"}
	}
	return object{"type": f.Type}
}
