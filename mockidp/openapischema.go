package mockidp

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/rogueidp/rogueidp/mockidp/fault"
)

// A schemer makes JSON Schemas of Go types, those of structs under their names.
type schemer struct{ named map[string]any }

// words are the values that types with a closed list can have.
var wordsOf = map[reflect.Type]func() []string{
	reflect.TypeFor[KeyState](): func() []string {
		return spoken([]KeyState{Pending, Published, Active, Retired, Removed})
	},
	reflect.TypeFor[Kind](): func() []string { return spoken([]Kind{IDToken, BearerJWT, AccessToken}) },
	reflect.TypeFor[Verb](): func() []string { return spoken(Verbs()) },
	reflect.TypeFor[fault.Seam](): func() []string {
		return spoken(fault.Seams())
	},
}

func spoken[T ~string](list []T) []string {
	var words []string
	for _, w := range list {
		words = append(words, string(w))
	}
	return words
}

func ref(name string) map[string]any { return map[string]any{"$ref": "#/components/schemas/" + name} }

// of is the schema of a type. In what a caller sends nothing is required but what
// its tag says is.
func (s schemer) of(t reflect.Type, sent bool) map[string]any {
	if words, closed := wordsOf[t]; closed {
		return map[string]any{"enum": words()}
	}
	switch t {
	case reflect.TypeFor[time.Time]():
		return map[string]any{"type": "string", "format": "date-time"}
	case reflect.TypeFor[time.Duration]():
		return map[string]any{"type": "string", "description": "A Go duration, such as 1h30m."}
	case reflect.TypeFor[json.RawMessage]():
		return map[string]any{"description": "Any JSON value."}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return map[string]any{"anyOf": []any{s.of(t.Elem(), sent), map[string]any{"type": "null"}}}
	case reflect.Slice:
		return map[string]any{"type": "array", "items": s.of(t.Elem(), sent)}
	case reflect.Map:
		return map[string]any{"type": "object", "additionalProperties": s.of(t.Elem(), sent)}
	case reflect.String:
		return map[string]any{"type": "string"}
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Int, reflect.Int64:
		return map[string]any{"type": "integer"}
	case reflect.Struct:
		if t.Name() == "" {
			return s.object(t, sent)
		}
		name := capital(t.Name())
		if _, made := s.named[name]; !made {
			s.named[name] = nil // so that a type inside itself ends
			s.named[name] = s.object(t, sent)
		}
		return ref(name)
	}
	panic("mockidp: the admin API's description does not know " + t.String())
}

func (s schemer) object(t reflect.Type, sent bool) map[string]any {
	properties, required := map[string]any{}, []string{}
	s.fields(t, sent, properties, &required)
	slices.Sort(required)
	o := map[string]any{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		o["required"] = required
	}
	return o
}

// fields adds those of a struct: by their tags, or, where a type writes itself
// as JSON and has none, by their names.
func (s schemer) fields(t reflect.Type, sent bool, properties map[string]any, required *[]string) {
	for i := range t.NumField() {
		f := t.Field(i)
		tag, tagged := f.Tag.Lookup("json")
		name, options, _ := strings.Cut(tag, ",")
		switch {
		case f.Anonymous:
			s.fields(f.Type, sent, properties, required)
			continue
		case name == "-" || !f.IsExported():
			continue
		case name == "":
			name = strings.ToLower(f.Name[:1]) + f.Name[1:]
		}
		switch f.Tag.Get("schema") {
		case "faults":
			properties[name] = ref("Faults")
		case "object":
			properties[name] = map[string]any{"type": "object"}
		default:
			properties[name] = s.of(f.Type, sent)
		}
		always := tagged && !strings.Contains(options, "omit")
		if f.Tag.Get("need") == "true" || !sent && always {
			*required = append(*required, name)
		}
	}
}

func capital(name string) string {
	r := []rune(name)
	r[0] = unicode.ToUpper(r[0])
	return string(r)
}
