package mockidp

import (
	"bytes"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"sync"

	"github.com/rogueidp/rogueidp/mockidp/fault"
)

// OpenAPI is the description of the admin API, an OpenAPI 3.1 document in JSON.
// It is made of the operations that the API serves and of the types that they
// read and write, and of the registry of faults.
func OpenAPI() []byte {
	openAPI.once.Do(func() {
		var err error
		if openAPI.text, err = fault.Indented(describeAdmin()); err != nil {
			panic("mockidp: the description of the admin API does not marshal: " + err.Error())
		}
	})
	return bytes.Clone(openAPI.text)
}

var openAPI struct {
	once sync.Once
	text []byte
}

func describeAdmin() map[string]any {
	s := schemer{map[string]any{
		"Fault":  fault.Schema("#/components/schemas/Fault"),
		"Faults": map[string]any{"type": "array", "items": ref("Fault")},
		"FaultOrFaults": map[string]any{
			"description": "One fault, or a list of them.",
			"anyOf":       []any{ref("Fault"), ref("Faults")},
		},
		"PresetOrPolicy": map[string]any{
			"description": "A policy as it is, or the name of one that the provider has.",
			"anyOf": []any{
				map[string]any{
					"type": "object", "properties": map[string]any{"preset": map[string]any{"enum": presetNames()}},
					"required": []string{"preset"}, "additionalProperties": false,
				},
				ref("Policy"),
			},
		},
		"Error": map[string]any{
			"type": "object", "properties": map[string]any{"error": map[string]any{"type": "string", "minLength": 1}},
			"required": []string{"error"}, "additionalProperties": false,
		},
	}}
	s.of(reflect.TypeFor[Policy](), true)
	paths := map[string]any{}
	for _, o := range operations() {
		at, _ := paths[o.path].(map[string]any)
		if at == nil {
			at = map[string]any{}
			paths[o.path] = at
		}
		at[strings.ToLower(o.method)] = s.operation(o)
	}
	return map[string]any{
		"openapi":           "3.1.0",
		"jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
		"info": map[string]any{
			"title": "rogueidp admin API", "version": "1",
			"description": "Steers a provider that misbehaves on purpose, for testing only. Every request carries the bearer token that serve printed; one with an Origin is refused.",
			"license":     map[string]any{"name": "Apache License 2.0", "identifier": "Apache-2.0"},
		},
		"servers": []any{map[string]any{
			"url": "http://{address}", "description": "Where serve said that it listens.",
			"variables": map[string]any{"address": map[string]any{"default": "127.0.0.1:7080"}},
		}},
		"security": []any{map[string]any{"token": []string{}}},
		"paths":    paths,
		"components": map[string]any{
			"schemas":         s.named,
			"securitySchemes": map[string]any{"token": map[string]any{"type": "http", "scheme": "bearer"}},
		},
	}
}

func presetNames() []string {
	var names []string
	for _, p := range Policies() {
		names = append(names, p.Name)
	}
	return names
}

// refusals are what the API answers when it does not do what it was asked.
var refusals = map[int]string{
	http.StatusBadRequest:           "The request is not well-formed; the error says what to write.",
	http.StatusUnauthorized:         "The token is missing, or another one.",
	http.StatusForbidden:            "The request comes from a web page.",
	http.StatusNotFound:             "There is no such tenant, or no such visitor.",
	http.StatusRequestTimeout:       "What was waited for did not happen within a minute.",
	http.StatusConflict:             "The tenant is in no state to do it.",
	http.StatusUnsupportedMediaType: "The body is not declared to be JSON.",
	http.StatusMisdirectedRequest:   "The Host is none of the API's.",
}

func (s schemer) operation(o operation) map[string]any {
	responses := map[string]any{strconv.Itoa(o.status()): map[string]any{
		"description": o.answers, "content": jsonContent(s.body(o.gives, false)),
	}}
	for status, why := range refusals {
		if o.refuses(status) {
			responses[strconv.Itoa(status)] = map[string]any{"description": why, "content": jsonContent(ref("Error"))}
		}
	}
	d := map[string]any{"operationId": o.id, "summary": o.says, "responses": responses}
	var parameters []any
	if o.onTenant() {
		parameters = append(parameters, map[string]any{
			"name": "tenant", "in": "path", "required": true, "description": "The tenant's name.", "schema": map[string]any{"type": "string"},
		})
	}
	if strings.Contains(o.path, "{visitor}") {
		parameters = append(parameters, map[string]any{
			"name": "visitor", "in": "path", "required": true, "description": "The visitor, as the answer that made it says.", "schema": map[string]any{"type": "string"},
		})
	}
	for _, p := range o.query {
		parameters = append(parameters, map[string]any{
			"name": p.name, "in": "query", "required": p.needed, "description": p.says, "schema": p.schema,
		})
	}
	if parameters != nil {
		d["parameters"] = parameters
	}
	if o.takes != nil {
		d["requestBody"] = map[string]any{"required": o.needsBody, "content": jsonContent(s.body(o.takes, true))}
	}
	return d
}

// body is the schema of what goes one way: a named one, or that of a value's type.
func (s schemer) body(v any, sent bool) map[string]any {
	if name, named := v.(named); named {
		if name == "" {
			return map[string]any{"type": "object"}
		}
		return ref(string(name))
	}
	return s.of(reflect.TypeOf(v), sent)
}

func jsonContent(schema map[string]any) map[string]any {
	return map[string]any{"application/json": map[string]any{"schema": schema}}
}
