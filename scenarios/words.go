package scenarios

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/rogueidp/rogueidp/mockidp/fault"
	"github.com/rogueidp/rogueidp/scenarios/yamldoc"
)

// A row has one vocabulary, that of its Go fields: here is what writes it, in
// decode.go what reads it, and in schema.go what describes it. All three walk
// the same fields.

// A word is a field under the name that it has in JSON and YAML.
type word struct {
	name     string
	field    reflect.StructField
	optional bool
}

// wordsOf are the words of a row, an act or a part of either, in order.
func wordsOf(t reflect.Type) []word {
	var words []word
	for i := range t.NumField() {
		name, options, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		if name != "-" {
			words = append(words, word{name, t.Field(i), options != ""})
		}
	}
	return words
}

// acts holds one of each, by name.
var acts = func() map[string]Act {
	m := map[string]Act{}
	for _, a := range []Act{
		Open{}, Mint{}, Present{}, Begin{}, Cancel{}, Join{}, Await{}, Hold{}, Release{}, Sessions{}, Repeat{}, Weigh{},
		Rotate{}, Rollback{}, Publish{}, Retire{}, Remove{}, Advance{}, Inject{}, Heal{},
		SignIn{}, Deliver{}, Look{}, Renew{}, SignOut{}, Send{}, Inspect{},
	} {
		m[a.Act()] = a
	}
	return m
}()

// closedLists are the words that a type can hold, and those that the tag
// `words` of a field refers to.
var (
	closedTypes = map[reflect.Type][]string{
		reflect.TypeFor[Check]():      checkNames[:],
		reflect.TypeFor[Level]():      {string(Must), string(Should), string(Hardening), string(Info)},
		reflect.TypeFor[Severity]():   {string(Critical), string(High), string(Medium), string(Low), string(Control)},
		reflect.TypeFor[Profile]():    texts(Profiles()),
		reflect.TypeFor[Start]():      {string(Cold), string(Warm)},
		reflect.TypeFor[Hazard]():     texts(Hazards()),
		reflect.TypeFor[Promise]():    texts(Promises()),
		reflect.TypeFor[Oracle]():     {string(ByVerdict), string(ByJournal), string(ByCanary), string(ByProcess), string(ByIdentity)},
		reflect.TypeFor[Capability](): texts(Capabilities()),
		reflect.TypeFor[Answer]():     {string(accept), string(reject), string(notAccept), string(either)},
	}
	closedLists = map[string][]string{
		"algs": {
			"rsa", "ec", "okp", "rs",
			"RS256", "RS384", "RS512", "PS256", "PS384", "PS512",
			"ES256", "ES384", "ES512", "EdDSA", "Ed25519", "HS256", "HS384", "HS512",
		},
		"endpoints":      fault.Endpoints(),
		"flow-endpoints": fault.FlowEndpoints(),
		"response-modes": fault.ResponseModes(),
		"inspections":    Inspections(),
		"places":         Places(),

		"carriers": Carriers(), "second-carriers": SecondCarriers(), "schemes": Schemes(), "methods": Methods(),
		"path-spellings": PathSpellings(), "host-spellings": HostSpellings(), "bodies": Bodies(), "challenges": Challenges(),
	}
)

func texts[T ~string](list []T) []string {
	var out []string
	for _, w := range list {
		out = append(out, string(w))
	}
	return out
}

// A style is how a row is written.
type style struct {
	cite  func(Citation) ([]byte, error) // nil: as rows of users cite
	short bool                           // an answer alone, and an act without fields, are one word
}

// encode writes a part of a row as JSON.
func encode(v reflect.Value, how style) ([]byte, error) {
	switch value := v.Interface().(type) {
	case []fault.Fault:
		return fault.Marshal(value)
	case Check:
		return json.Marshal(value.String())
	case Expectation:
		if how.short && value == (Expectation{Answer: value.Answer}) {
			return json.Marshal(value.Answer)
		}
	case Citation:
		switch {
		case how.cite != nil:
			return how.cite(value)
		case value.Requirement != nil:
			return json.Marshal(value.Requirement.ID)
		}
		return []byte(`{"practice":` + yamldoc.Quote(value.Practice) + `}`), nil
	}
	switch v.Kind() {
	case reflect.Interface: // an act
		inner, err := encode(v.Elem(), how)
		if err != nil {
			return nil, err
		}
		name := v.Interface().(Act).Act()
		if how.short && string(inner) == "{}" {
			return json.Marshal(name)
		}
		return fault.Object{{Name: name, Value: fault.JSON(inner)}}.Append(nil), nil
	case reflect.Slice:
		out := []byte{'['}
		for i := range v.Len() {
			one, err := encode(v.Index(i), how)
			if err != nil {
				return nil, err
			}
			if i > 0 {
				out = append(out, ',')
			}
			out = append(out, one...)
		}
		return append(out, ']'), nil
	case reflect.Map:
		out := fault.Object{}
		for _, key := range sortedKeys(v) {
			one, err := encode(v.MapIndex(key), how)
			if err != nil {
				return nil, err
			}
			out = append(out, fault.Member{Name: key.String(), Value: fault.JSON(one)})
		}
		return out.Append(nil), nil
	case reflect.String:
		return []byte(yamldoc.Quote(v.String())), nil
	case reflect.Struct:
		out := fault.Object{}
		for _, w := range wordsOf(v.Type()) {
			field := v.FieldByIndex(w.field.Index)
			if w.optional && empty(field) {
				continue
			}
			one, err := encode(field, how)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", w.name, err)
			}
			out = append(out, fault.Member{Name: w.name, Value: fault.JSON(one)})
		}
		return out.Append(nil), nil
	}
	return json.Marshal(v.Interface())
}

func sortedKeys(v reflect.Value) []reflect.Value {
	keys := v.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
	return keys
}

func empty(v reflect.Value) bool {
	if v.Kind() == reflect.Slice || v.Kind() == reflect.Map {
		return v.Len() == 0
	}
	return v.IsZero()
}

// nearest is `; did you mean "x"?` for the word of a list that is nearest to
// what was written, or else the list, where it is short.
func nearest(given string, list []string) string {
	if near := fault.Nearest(given, list); near != "" {
		return fmt.Sprintf("; did you mean %q?", near)
	}
	if len(list) > 0 && len(list) <= 20 {
		return "; there are " + strings.Join(list, ", ")
	}
	return ""
}

func namesOf(words []word) []string {
	var names []string
	for _, w := range words {
		names = append(names, w.name)
	}
	slices.Sort(names)
	return names
}
