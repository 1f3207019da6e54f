package fault

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
)

// Parse reads faults as JSON: one object or an array of objects, each with the
// fault's name as its only member. Names, fields and words that do not exist
// are refused with the nearest that do, and so are duplicates, other cases of
// letters, and numbers of things that are negative or without end: a typo must
// never turn into an honest provider, nor into one that is gone.
func Parse(text []byte) ([]Fault, error) {
	text = bytes.TrimSpace(text)
	if len(text) > 0 && text[0] == '{' {
		f, err := parseOne(text)
		if err != nil {
			return nil, err
		}
		return []Fault{f}, nil
	}
	if string(text) == "null" {
		return nil, fmt.Errorf("faults are a JSON array such as %s, not null", example)
	}
	var many []json.RawMessage
	if err := json.Unmarshal(text, &many); err != nil {
		return nil, fmt.Errorf("faults are a JSON array such as %s: %w", example, err)
	}
	faults := make([]Fault, 0, len(many))
	for i, raw := range many {
		f, err := parseOne(raw)
		if err != nil {
			return nil, fmt.Errorf("fault %d: %w", i+1, err)
		}
		faults = append(faults, f)
	}
	return faults, nil
}

const example = `[{"token.sign-with":{"alg":"none"}}]`

func parseOne(raw []byte) (Fault, error) {
	o, ok := ReadObject(raw)
	if !ok || len(o) != 1 {
		return nil, fmt.Errorf("a fault is an object with one member, its name, such as %s; got %s", example[1:len(example)-1], cut(raw))
	}
	return decode(o[0].Name, []byte(o[0].Value))
}

func decode(name string, fields []byte) (Fault, error) {
	t, known := byName[name]
	if !known {
		return nil, fmt.Errorf("no fault is called %q%s; rogueidp list --faults prints them all", name, suggest(name, AllNames()))
	}
	given, ok := ReadObject(fields)
	if !ok {
		return nil, fmt.Errorf("%s: its fields are a JSON object, not %s", name, cut(fields))
	}
	if err := fit(name, t, given); err != nil {
		return nil, err
	}
	v := reflect.New(t)
	if err := json.Unmarshal(fields, v.Interface()); err != nil {
		var wrong *json.UnmarshalTypeError
		if errors.As(err, &wrong) {
			return nil, fmt.Errorf("%s: field %q wants a %s, not a %s", name, wrong.Field, spokenType(wrong.Type), wrong.Value)
		}
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	f := v.Elem().Interface().(Fault)
	return f, check(f)
}

// spokenType is a type in the words of JSON.
func spokenType(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Int, reflect.Int64:
		return "whole number"
	case reflect.Float64:
		return "number"
	case reflect.Bool:
		return "boolean"
	}
	return t.Kind().String()
}

// fit refuses fields that the fault does not have, fields given twice, and
// required ones left out (all without omitempty are required).
func fit(name string, t reflect.Type, given Object) error {
	var fields, required []string
	for i := range t.NumField() {
		field, options, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		fields = append(fields, field)
		if options != "omitempty" {
			required = append(required, field)
		}
	}
	seen := map[string]bool{}
	for _, m := range given {
		if !contains(fields, m.Name) {
			if len(fields) == 0 {
				return fmt.Errorf("%s: has no fields, so not %q either", name, m.Name)
			}
			return fmt.Errorf("%s: has no field %q%s", name, m.Name, suggest(m.Name, fields))
		}
		if seen[m.Name] {
			return fmt.Errorf("%s: field %q is given twice", name, m.Name)
		}
		if m.Value == "null" && fieldType(t, m.Name) != reflect.TypeFor[JSON]() {
			return fmt.Errorf("%s: field %q is null; write its value, or leave it out", name, m.Name)
		}
		seen[m.Name] = true
	}
	for _, field := range required {
		if !seen[field] {
			return fmt.Errorf("%s: field %q is missing", name, field)
		}
	}
	return nil
}

// check refuses words outside their closed list, numbers outside their bounds
// and spans that are none.
func check(f Fault) error {
	v := reflect.ValueOf(f)
	for i := range v.NumField() {
		field := v.Type().Field(i)
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		words, optional := field.Tag.Get("words"), options == "omitempty"
		switch value := v.Field(i).Interface().(type) {
		case string:
			if words == "" || optional && value == "" || placeholder.MatchString(value) {
				continue
			}
			if err := among(value, closedLists[words]()); err != nil {
				return fmt.Errorf("%s: %s: %w", f.Fault(), name, err)
			}
		case List:
			for _, w := range value.Words() {
				if err := among(w, closedLists[words]()); err != nil {
					return fmt.Errorf("%s: %s: %w", f.Fault(), name, err)
				}
			}
		case Span:
			if placeholder.MatchString(string(value)) {
				continue
			}
			if _, err := value.Duration(); err != nil {
				return fmt.Errorf("%s: %s: %w", f.Fault(), name, err)
			}
		case int:
			if err := within(name, int64(value), optional); err != nil {
				return fmt.Errorf("%s: %w", f.Fault(), err)
			}
		case int64:
			if err := within(name, value, optional); err != nil {
				return fmt.Errorf("%s: %w", f.Fault(), err)
			}
		case Some:
			if value.Fault == nil {
				return fmt.Errorf("%s: %s: a fault stands here, such as %s", f.Fault(), name, example[1:len(example)-1])
			}
		}
	}
	return nil
}

// Check refuses a fault that its own text could not be read from: an unknown
// word, a span that is none. Faults read by [Parse] have passed it.
func Check(f Fault) error {
	raw, err := marshalOne(f)
	if err != nil {
		return err
	}
	_, err = parseOne(raw)
	return err
}

func among(word string, list []string) error {
	if contains(list, word) {
		return nil
	}
	return fmt.Errorf("%q is none of its words%s", word, suggest(word, list))
}

// ParseWords reads one fault as it is written on a command line: its name, and
// its fields as name=value, where a value is JSON or else a plain string; a
// text that begins with { or [ is read as JSON.
func ParseWords(text string) ([]Fault, error) {
	text = strings.TrimSpace(text)
	if strings.HasPrefix(text, "{") || strings.HasPrefix(text, "[") {
		return Parse([]byte(text))
	}
	name, rest, _ := strings.Cut(text, " ")
	t, known := byName[name]
	if !known {
		_, err := decode(name, nil)
		return nil, err
	}
	fields := Object{}
	for _, word := range strings.Fields(rest) {
		field, value, found := strings.Cut(word, "=")
		if !found {
			return nil, fmt.Errorf("%s: %q is not of the form field=value", name, word)
		}
		fields = append(fields, Member{field, spoken(fieldType(t, field), value)})
	}
	f, err := decode(name, fields.Append(nil))
	if err != nil {
		return nil, err
	}
	return []Fault{f}, nil
}

// spoken is the JSON for a value from the command line: plain strings need no
// quotes, so that alg=none and text=1 mean what they look like, and words of a
// list are parted by commas.
func spoken(t reflect.Type, value string) JSON {
	switch {
	case t == reflect.TypeFor[List]():
		raw, err := json.Marshal(strings.Split(value, ","))
		if err != nil {
			return Text(value)
		}
		return JSON(raw)
	case t != nil && t.Kind() == reflect.String && t != reflect.TypeFor[JSON](), !json.Valid([]byte(value)):
		return Text(value)
	}
	return JSON(value)
}

// fieldType is the type of a field by its name in JSON, nil where there is none.
func fieldType(t reflect.Type, name string) reflect.Type {
	for i := range t.NumField() {
		if field, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ","); field == name {
			return t.Field(i).Type
		}
	}
	return nil
}

// Marshal writes faults as the JSON array that [Parse] reads and the admin API
// takes.
func Marshal(faults []Fault) ([]byte, error) {
	out := []byte{'['}
	for i, f := range faults {
		if i > 0 {
			out = append(out, ',')
		}
		raw, err := marshalOne(f)
		if err != nil {
			return nil, err
		}
		out = append(out, raw...)
	}
	return append(out, ']'), nil
}

func marshalOne(f Fault) ([]byte, error) {
	if f == nil {
		return nil, errors.New("no fault to write")
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(f); err != nil {
		return nil, fmt.Errorf("%s: %w", f.Fault(), err)
	}
	return Object{{f.Fault(), JSON(bytes.TrimSpace(b.Bytes()))}}.Append(nil), nil
}

func cut(raw []byte) string {
	if len(raw) > 60 {
		return fmt.Sprintf("%q…", raw[:60])
	}
	return fmt.Sprintf("%q", raw)
}
