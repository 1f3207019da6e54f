package fault

// Schema is the JSON Schema, draft 2020-12, of one fault as [Parse] reads it,
// made of the registry. self is how a fault inside another one refers to it, such
// as "#/components/schemas/Fault".
func Schema(self string) map[string]any {
	properties := map[string]any{}
	for _, d := range Describe() {
		fields, required := map[string]any{}, []string{}
		for _, f := range d.Fields {
			fields[f.Name] = f.schema(self)
			if !f.Optional {
				required = append(required, f.Name)
			}
		}
		properties[d.Name] = map[string]any{
			"type": "object", "description": "The provider " + d.Says + ".",
			"properties": fields, "required": required, "additionalProperties": false,
		}
	}
	return map[string]any{
		"type": "object", "description": "One way in which the provider lies, under its name.",
		"properties": properties, "additionalProperties": false, "minProperties": 1, "maxProperties": 1,
	}
}

// schema of a field. In place of a word of a closed list can stand a placeholder
// that only the provider fills, and in place of an optional one nothing.
func (f Field) schema(self string) map[string]any {
	words := map[string]any{"enum": f.Words}
	switch {
	case f.Type == "fault":
		return map[string]any{"$ref": self}
	case f.Type == "json":
		return map[string]any{"description": "Any JSON value."}
	case f.Type == "words":
		return map[string]any{"type": "array", "items": words}
	case f.Type == "duration":
		return map[string]any{"type": "string", "description": "Go durations and placeholders, added and subtracted: 1h30m, -{leeway}-60s."}
	case f.Words != nil:
		other := []any{words, map[string]any{"type": "string", "pattern": `\{[a-z][a-z0-9_.:-]*\}`}}
		if f.Optional {
			other = append(other, map[string]any{"const": ""})
		}
		return map[string]any{"anyOf": other}
	}
	if b, bounded := bounds[f.Name]; bounded && f.Type == "number" {
		within := map[string]any{"type": f.Type, "minimum": b.least, "maximum": b.most}
		if f.Optional && b.least > 0 {
			return map[string]any{"anyOf": []any{within, map[string]any{"const": 0}}}
		}
		return within
	}
	return map[string]any{"type": f.Type}
}
