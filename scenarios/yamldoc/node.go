package yamldoc

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
)

// A Kind is what a value is, in the terms of JSON.
type Kind int

// The kinds. Verbatim is JSON text under the tag !json, kept as it stands: two
// members of one name, an escape that YAML does not have.
const (
	Null Kind = iota
	Bool
	Number
	String
	List
	Object
	Verbatim
)

func (k Kind) String() string {
	return [...]string{"null", "true or false", "a number", "a string", "a list", "a mapping", "JSON text"}[k]
}

// A Node is one value and where it begins.
type Node struct {
	Kind    Kind
	Line    int
	Text    string // of a scalar: the string itself, or the number as JSON
	Items   []*Node
	Members []Member

	depth, size int // of all that it holds, each alias counted
}

// A Member is one name of a mapping and what it stands for.
type Member struct {
	Name  string
	Line  int
	Value *Node
}

// Get is the member of a name, nil where there is none.
func (n *Node) Get(name string) *Member {
	for i := range n.Members {
		if n.Members[i].Name == name {
			return &n.Members[i]
		}
	}
	return nil
}

// LineAt is the line of a place such as events[1].do, or of the nearest place
// around it that there is.
func (n *Node) LineAt(at string) int {
	line := n.Line
	for _, part := range strings.FieldsFunc(at, func(r rune) bool { return r == '.' || r == '[' || r == ']' }) {
		var next *Node
		if m := n.Get(part); m != nil {
			line, next = m.Line, m.Value
		} else if i, err := strconv.Atoi(part); err == nil && i >= 0 && i < len(n.Items) {
			next = n.Items[i]
			line = next.Line
		}
		if next == nil {
			break
		}
		n = next
	}
	return line
}

// JSON is the value as JSON without white space.
func (n *Node) JSON() []byte { return n.append(nil) }

func (n *Node) append(dst []byte) []byte {
	switch n.Kind {
	case Null:
		return append(dst, "null"...)
	case String:
		return append(dst, Quote(n.Text)...)
	case List:
		dst = append(dst, '[')
		for i, one := range n.Items {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = one.append(dst)
		}
		return append(dst, ']')
	case Object:
		dst = append(dst, '{')
		for i, m := range n.Members {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(append(dst, Quote(m.Name)...), ':')
			dst = m.Value.append(dst)
		}
		return append(dst, '}')
	}
	return append(dst, n.Text...)
}

// Quote writes a string as JSON.
func Quote(s string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // a string always encodes
	return strings.TrimSuffix(b.String(), "\n")
}
