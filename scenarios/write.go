package scenarios

import (
	"bytes"
	"encoding/json"
	"reflect"
	"regexp"
	"strings"

	"github.com/rogueidp/rogueidp/mockidp/fault"
	"github.com/rogueidp/rogueidp/scenarios/yamldoc"
)

// YAML is a row as [Read] takes it, whole: nothing is left to the family.
func (s Scenario) YAML() ([]byte, error) {
	raw, err := encode(reflect.ValueOf(s), style{short: true})
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	writeBlock(&b, fault.JSON(raw), "", 0)
	return b.Bytes(), nil
}

// width is how long a line may become before a mapping or list is written over
// several.
const width = 100

// plain is text that needs no quotes in YAML, in a flow or outside; sentence
// is text that needs none outside.
var (
	plain    = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_./-]*$`)
	sentence = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_./(),;' -]*[A-Za-z0-9_./);]$`)
	taken    = regexp.MustCompile(`^(?i:y|n|yes|no|on|off|true|false|null)$`)
)

// A lie says how far inside a list of faults a value is: 0 outside, 1 the list,
// 2 a fault, 3 its fields, and from 4 on what the provider will say.
type lie int

// within is the lie of a member or, without a name, of an item.
func (l lie) within(name string) lie {
	if l > 0 || name == "idp" {
		return l + 1
	}
	return 0
}

// writeBlock writes a JSON value as YAML, the members of a mapping and the
// items of a list in lines of their own.
func writeBlock(b *bytes.Buffer, v fault.JSON, indent string, l lie) {
	if o, items, ok := opened(v, l); ok && items == nil {
		for i, m := range o {
			if i > 0 {
				b.WriteString(indent)
			}
			b.WriteString(scalarText(m.Name, false) + ":")
			writeNested(b, m.Value, indent+"  ", len(m.Name)+2, true, l.within(m.Name))
		}
		return
	} else if ok {
		for i, item := range items {
			if i > 0 {
				b.WriteString(indent)
			}
			b.WriteString("-")
			if o, _, ok := opened(item, l.within("")); ok && len(o) > 0 { // one member: an act, a fault
				b.WriteString(" ")
				writeBlock(b, item, indent+"  ", l.within(""))
				continue
			}
			writeNested(b, item, indent+"  ", 2, false, l.within(""))
		}
		return
	}
	b.WriteString(flow(v, false, l) + "\n")
}

// writeNested writes what follows a colon or a dash: in the same line, where
// there is room for it.
func writeNested(b *bytes.Buffer, v fault.JSON, indent string, taken int, named bool, l lie) {
	if text := flow(v, false, l); !strings.Contains("{[", string(v[:1])) || strings.HasPrefix(text, "!json") ||
		!crowded(v, l) && len(indent)+taken+len(text) <= width {
		b.WriteString(" " + text + "\n")
		return
	}
	if named {
		b.WriteString("\n" + indent)
	} else {
		b.WriteString(" ")
	}
	writeBlock(b, v, indent, l)
}

// flow writes a JSON value in one line.
func flow(v fault.JSON, inside bool, l lie) string {
	o, items, ok := opened(v, l)
	switch {
	case !ok:
		var s string
		switch v[0] {
		case '{', '[':
			return verbatim(v)
		case '"':
		default:
			return string(v)
		}
		if json.Unmarshal([]byte(v), &s) != nil || yamldoc.Quote(s) != string(v) {
			return verbatim(v)
		}
		return scalarText(s, inside)
	case items != nil:
		var parts []string
		for _, item := range items {
			parts = append(parts, flow(item, true, l.within("")))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	var parts []string
	for _, m := range o {
		parts = append(parts, scalarText(m.Name, true)+": "+flow(m.Value, true, l.within(m.Name)))
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// opened are the members or the items of a value; not ok where it is a scalar,
// or one that YAML could not give back as it stands.
func opened(v fault.JSON, l lie) (members fault.Object, items []fault.JSON, ok bool) {
	if l > 3 && deep(v) {
		return nil, nil, false
	}
	switch v[0] {
	case '{':
		o, read := fault.ReadObject([]byte(v))
		if !read || string(o.Append(nil)) != string(v) {
			return nil, nil, false
		}
		names := map[string]bool{}
		for _, m := range o {
			if names[m.Name] {
				return nil, nil, false
			}
			names[m.Name] = true
		}
		return o, nil, true
	case '[':
		var list []json.RawMessage
		if json.Unmarshal([]byte(v), &list) != nil {
			return nil, nil, false
		}
		items = []fault.JSON{}
		for _, one := range list {
			items = append(items, fault.JSON(one))
		}
		return nil, items, true
	}
	return nil, nil, false
}

// manyLevels is how deep a value of a fault may be nested before it is written
// as it stands: a file has a bound on how deep it is.
const manyLevels = 16

// deep tells whether a value is nested deeper than that.
func deep(v fault.JSON) bool {
	level, inString := 0, false
	for i := 0; i < len(v); i++ {
		switch c := v[i]; {
		case inString && c == '\\':
			i++
		case c == '"':
			inString = !inString
		case inString:
		case c == '{' || c == '[':
			if level++; level > manyLevels {
				return true
			}
		case c == '}' || c == ']':
			level--
		}
	}
	return false
}

func verbatim(v fault.JSON) string {
	return "!json '" + strings.ReplaceAll(string(v), "'", "''") + "'"
}

// scalarText writes a string, with quotes where YAML needs them.
func scalarText(s string, inside bool) string {
	if plain.MatchString(s) && !taken.MatchString(s) || !inside && sentence.MatchString(s) && !taken.MatchString(s) && len(s) <= 400 {
		return s
	}
	return yamldoc.Quote(s)
}

// crowded tells whether a value would be hard to read in one line: a list of
// mappings, or what holds one.
func crowded(v fault.JSON, l lie) bool {
	o, items, _ := opened(v, l)
	for _, m := range o {
		if crowded(m.Value, l.within(m.Name)) {
			return true
		}
	}
	for _, item := range items {
		if item[0] == '{' || crowded(item, l.within("")) {
			return true
		}
	}
	return false
}
