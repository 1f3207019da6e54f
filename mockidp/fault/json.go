package fault

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// JSON is one JSON value as text. It compares with ==, which is why values
// inside faults have this type rather than any.
type JSON string

// Text is the JSON string that holds s.
func Text(s string) JSON { return JSON(quote(s)) }

// MarshalJSON hands the text on as it stands; the zero value is null.
func (j JSON) MarshalJSON() ([]byte, error) {
	if j == "" {
		return []byte("null"), nil
	}
	if !json.Valid([]byte(j)) {
		return nil, fmt.Errorf("value %q is not JSON", string(j))
	}
	return []byte(j), nil
}

// UnmarshalJSON keeps the text, without the white space between its tokens.
func (j *JSON) UnmarshalJSON(b []byte) error {
	var out bytes.Buffer
	if err := json.Compact(&out, b); err != nil {
		return err
	}
	*j = JSON(out.String())
	return nil
}

// An Object is a JSON object whose members keep their order and may repeat,
// which no Go map allows. The zero Object is empty.
type Object []Member

// A Member is one name and value of an [Object]. The name is the text that a
// reader of the JSON would see, not yet escaped.
type Member struct {
	Name  string
	Value JSON
}

// Get returns the last value under name, as a reader does who lets the last
// duplicate win.
func (o Object) Get(name string) (JSON, bool) {
	for i := len(o) - 1; i >= 0; i-- {
		if o[i].Name == name {
			return o[i].Value, true
		}
	}
	return "", false
}

// Set replaces the first member called name and drops its duplicates; without
// one it appends.
func (o *Object) Set(name string, value JSON) {
	for i := range *o {
		if (*o)[i].Name == name {
			(*o)[i].Value = value
			rest := (*o)[i+1:]
			kept := (*o)[:i+1]
			for _, m := range rest {
				if m.Name != name {
					kept = append(kept, m)
				}
			}
			*o = kept
			return
		}
	}
	*o = append(*o, Member{name, value})
}

// Drop removes every member called name.
func (o *Object) Drop(name string) {
	kept := (*o)[:0]
	for _, m := range *o {
		if m.Name != name {
			kept = append(kept, m)
		}
	}
	*o = kept
}

// Rename gives every member called from the name to.
func (o Object) Rename(from, to string) {
	for i := range o {
		if o[i].Name == from {
			o[i].Name = to
		}
	}
}

// Repeat puts a second member of the same name right before the first one
// called name, or right after the last; without one it appends.
func (o *Object) Repeat(name string, value JSON, first bool) {
	at := len(*o)
	for i, m := range *o {
		if m.Name == name {
			at = i + 1
			if first {
				at = i
				break
			}
		}
	}
	*o = append(*o, Member{})
	copy((*o)[at+1:], (*o)[at:])
	(*o)[at] = Member{name, value}
}

// Clone is a copy that shares nothing with o.
func (o Object) Clone() Object { return append(Object(nil), o...) }

// Append writes o as JSON without white space.
func (o Object) Append(dst []byte) []byte {
	dst = append(dst, '{')
	for i, m := range o {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendQuoted(dst, m.Name)
		dst = append(dst, ':')
		dst = append(dst, m.Value...)
	}
	return append(dst, '}')
}

// MarshalJSON is [Object.Append]; a reader that minds duplicates may refuse it.
func (o Object) MarshalJSON() ([]byte, error) { return o.Append(nil), nil }

func quote(s string) string { return string(appendQuoted(nil, s)) }

// appendQuoted writes s as a JSON string. Plain ASCII, which is nearly all of
// it, takes the short way; the rest is left to encoding/json.
func appendQuoted(dst []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < 0x20 || c == '"' || c == '\\' || c >= 0x7f {
			var b bytes.Buffer
			e := json.NewEncoder(&b)
			e.SetEscapeHTML(false)
			// A string always encodes.
			_ = e.Encode(s)
			return append(dst, strings.TrimSuffix(b.String(), "\n")...)
		}
	}
	dst = append(dst, '"')
	dst = append(dst, s...)
	return append(dst, '"')
}

// nest is a value of the given depth: arrays, or objects under the name "n".
func nest(kind string, depth int) JSON {
	open, mid, end := "[", "", "]"
	if kind == "object" {
		open, mid, end = `{"n":`, "0", "}"
	}
	return JSON(strings.Repeat(open, depth) + mid + strings.Repeat(end, depth))
}
