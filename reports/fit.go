package reports

import (
	"bytes"
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

// fit refuses JSON with members that the type of v has no field for, spelled
// exactly, or that stand twice: encoding/json would take any case, drop what it
// does not know, and let the last of two win. It refuses strings, too, that are
// not among the words for their path, where there are any.
func fit(raw []byte, v any, words map[string][]string) error {
	f := &fitter{raw: raw, dec: json.NewDecoder(bytes.NewReader(raw)), words: words}
	f.dec.UseNumber()
	return f.value(reflect.TypeOf(v), "")
}

type fitter struct {
	raw   []byte
	dec   *json.Decoder
	words map[string][]string
}

// value reads one value that belongs into a t; nil stands for anything.
func (f *fitter) value(t reflect.Type, path string) error {
	token, err := f.next()
	if err != nil {
		return err
	}
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch token {
	case json.Delim('{'):
		return f.object(t, path)
	case json.Delim('['):
		if t == nil || t.Kind() != reflect.Slice || opaque(t) {
			return f.skip()
		}
		for i := 0; f.dec.More(); i++ {
			if err := f.value(t.Elem(), fmt.Sprintf("%s[%d]", path, i)); err != nil {
				return err
			}
		}
		_, err := f.next()
		return err
	}
	return f.scalar(t, token, path)
}

// scalar looks at what encoding/json would not refuse, or not by its line.
func (f *fitter) scalar(t reflect.Type, token json.Token, path string) error {
	if t == nil || t == reflect.TypeFor[json.RawMessage]() {
		return nil
	}
	word, isString := token.(string)
	switch {
	case token == nil:
		return f.errorf("null%s; leave it out instead", in(path))
	case t == reflect.TypeFor[Outcome]() && isString:
		return f.outcome(word, path)
	case isString && f.among(path) != nil:
		if list := f.among(path); !slices.Contains(list, word) {
			return f.errorf("%q%s is not one of %s%s", shown(word), in(path), strings.Join(list, ", "), suggest(word, list))
		}
		return nil
	case !reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()) && !opaque(t):
		return nil
	case !isString:
		return f.errorf("%s wants a string, not %v", path, token)
	}
	if text, ok := reflect.New(t).Interface().(encoding.TextUnmarshaler); ok {
		if err := text.UnmarshalText([]byte(word)); err != nil {
			return f.errorf("%s: %w", path, err)
		}
	}
	return nil
}

// object reads what is left of one.
func (f *fitter) object(t reflect.Type, path string) error {
	if t == nil || opaque(t) || t.Kind() != reflect.Struct && t.Kind() != reflect.Map {
		return f.skip()
	}
	seen := map[string]bool{}
	for f.dec.More() {
		token, err := f.next()
		if err != nil {
			return err
		}
		name, _ := token.(string)
		if seen[name] {
			return f.errorf("%q stands twice%s", shown(name), in(path))
		}
		seen[name] = true
		of, err := f.member(t, name, path)
		if err != nil {
			return err
		}
		if err := f.value(of, strings.TrimPrefix(path+"."+shown(name), ".")); err != nil {
			return err
		}
	}
	for _, field := range members(t) {
		if field.required && !seen[field.name] {
			return f.errorf("there is no %q%s, which has to be there", field.name, in(path))
		}
	}
	_, err := f.next()
	return err
}

// member is the type of what stands under a name.
func (f *fitter) member(t reflect.Type, name, path string) (reflect.Type, error) {
	if t.Kind() == reflect.Map {
		if t.Key() == reflect.TypeFor[Outcome]() {
			return t.Elem(), f.outcome(name, path)
		}
		return t.Elem(), nil
	}
	fields := members(t)
	for _, field := range fields {
		if field.name == name {
			return field.of, nil
		}
	}
	var names []string
	for _, field := range fields {
		names = append(names, field.name)
	}
	return nil, f.errorf("there is no %q%s%s", shown(name), in(path), suggest(name, names))
}

// among are the words that a string may be, or nil where it may be any.
func (f *fitter) among(path string) []string {
	if len(f.words) == 0 {
		return nil
	}
	return f.words[indices.ReplaceAllString(path, "")]
}

var indices = regexp.MustCompile(`\[[0-9]+\]`)

func (f *fitter) outcome(word, path string) error {
	var words []string
	for _, o := range Outcomes() {
		words = append(words, string(o))
	}
	if slices.Contains(words, word) {
		return nil
	}
	return f.errorf("%q%s is no outcome%s", shown(word), in(path), suggest(word, words))
}

// skip reads to the end of an object or array that has begun.
func (f *fitter) skip() error {
	for depth := 1; depth > 0; {
		token, err := f.next()
		if err != nil {
			return err
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
	}
	return nil
}

func (f *fitter) next() (json.Token, error) {
	token, err := f.dec.Token()
	if err != nil {
		return nil, f.errorf("not JSON: %w", err)
	}
	return token, nil
}

func (f *fitter) errorf(format string, args ...any) error {
	return on(f.raw, int(f.dec.InputOffset()), fmt.Errorf(format, args...))
}

func in(path string) string {
	if path == "" {
		return ""
	}
	return " in " + path
}

// shown is a name from a file, fit for an error.
func shown(name string) string { return clip(plain(name), 60) }

// A member is a field as JSON has it.
type member struct {
	name     string
	of       reflect.Type
	required bool
}

// members are the fields of a struct, and none of anything else. Those that are
// never left out when one is written are required when it is read.
func members(t reflect.Type) []member {
	if t.Kind() != reflect.Struct {
		return nil
	}
	var all []member
	for i := range t.NumField() {
		name, options, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		if name != "" && name != "-" {
			all = append(all, member{name, t.Field(i).Type, !strings.Contains(options, "omit")})
		}
	}
	return all
}

// opaque tells whether a type reads its JSON by itself.
func opaque(t reflect.Type) bool {
	return reflect.PointerTo(t).Implements(reflect.TypeFor[json.Unmarshaler]())
}

// kind is what JSON calls a type.
func kind(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Bool:
		return "boolean"
	case reflect.Slice:
		return "array"
	case reflect.Struct, reflect.Map:
		return "object"
	case reflect.String:
		return "string"
	case reflect.Float64:
		return "number"
	}
	return "whole number"
}

// suggest is the word of a list that somebody may have meant.
func suggest(word string, list []string) string {
	best, distance := "", max(2, len(word)/2)+1
	for _, candidate := range list {
		if d := edits(strings.ToLower(word), strings.ToLower(candidate)); d < distance {
			best, distance = candidate, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %q?", best)
}

// edits is how many letters one has to put in, leave out or replace to make
// one word of the other.
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		corner := row[0]
		row[0]++
		for j := range len(b) {
			cost := corner
			if a[i] != b[j] {
				cost++
			}
			corner = row[j+1]
			row[j+1] = min(corner+1, row[j]+1, cost)
		}
	}
	return row[len(b)]
}
