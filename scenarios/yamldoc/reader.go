package yamldoc

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// A reader makes nodes of what was parsed.
type reader struct {
	anchors map[string]*Node // nil while what it names is being read
	seen    map[int]bool     // scalars that came into a node, by their offset
}

// number is how JSON writes one.
var number = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$`)

// ambiguous are plain words that one reader of YAML takes for a string and
// another for a truth value or for nothing.
var ambiguous = []string{"y", "n", "yes", "no", "on", "off", "true", "false", "null"}

func (r *reader) read(n ast.Node, depth int) (*Node, error) {
	line := beginning(n)
	if depth > MaxDepth {
		return nil, wrong(line, "it is nested more than %d deep", MaxDepth)
	}
	switch n := n.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return r.object(n.(ast.MapNode), line, depth)
	case *ast.SequenceNode:
		out := &Node{Kind: List, Line: line, size: 1}
		for _, one := range n.Values {
			item, err := r.read(one, depth+1)
			if err != nil {
				return nil, err
			}
			if err := out.hold(item, beginning(one)); err != nil {
				return nil, err
			}
			out.Items = append(out.Items, item)
		}
		return out, nil
	case *ast.AnchorNode:
		name := n.Name.GetToken().Value
		r.note(n.Name)
		if _, twice := r.anchors[name]; twice {
			return nil, wrong(line, "the anchor &%s is there twice", name)
		}
		r.anchors[name] = nil
		value, err := r.read(n.Value, depth)
		r.anchors[name] = value
		return value, err
	case *ast.AliasNode:
		name := n.Value.GetToken().Value
		r.note(n.Value)
		value, known := r.anchors[name]
		switch {
		case !known:
			return nil, wrong(line, "the alias *%s comes before its anchor, or there is none", name)
		case value == nil:
			return nil, wrong(line, "the alias *%s stands inside of what it names", name)
		case depth+value.depth > MaxDepth:
			return nil, wrong(line, "with *%s it is nested more than %d deep", name, MaxDepth)
		}
		return value, nil
	case *ast.TagNode:
		return r.verbatim(n, line)
	}
	return r.scalar(n, line)
}

// hold makes room for what a value holds in a line.
func (n *Node) hold(inner *Node, line int) error {
	n.size += inner.size
	n.depth = max(n.depth, inner.depth+1)
	if n.size > MaxValues {
		return wrong(line, "with its aliases written out it holds more than %d values", MaxValues)
	}
	return nil
}

func (r *reader) object(n ast.MapNode, line, depth int) (*Node, error) {
	out := &Node{Kind: Object, Line: line, size: 1}
	names := map[string]int{}
	for members := n.MapRange(); members.Next(); {
		key := members.Key()
		at := key.GetToken().Position.Line
		word, err := r.read(key, depth+1)
		if err != nil {
			return nil, err
		}
		if word.Kind != String {
			return nil, wrong(at, "a name is a string; put %q in quotes", cut(key.GetToken().Value))
		}
		if before, twice := names[word.Text]; twice {
			return nil, wrong(at, "%q is there twice, first in line %d", word.Text, before)
		}
		names[word.Text] = at
		value, err := r.read(members.Value(), depth+1)
		if err != nil {
			return nil, err
		}
		if err := out.hold(value, at); err != nil {
			return nil, err
		}
		out.Members = append(out.Members, Member{word.Text, at, value})
	}
	return out, nil
}

// verbatim reads what follows a tag. There is one, !json.
func (r *reader) verbatim(n *ast.TagNode, line int) (*Node, error) {
	if tag := n.Start.Value; tag != "!json" {
		return nil, wrong(line, "nothing reads the tag %s; there is !json alone, before JSON in quotes", cut(tag))
	}
	text, ok := n.Value.(*ast.StringNode)
	if !ok {
		return nil, wrong(line, "after !json stands JSON in quotes")
	}
	r.note(text)
	var out bytes.Buffer
	if err := json.Compact(&out, []byte(text.Value)); err != nil {
		return nil, wrong(line, "what stands after !json is no JSON: %w", err)
	}
	return &Node{Kind: Verbatim, Line: line, Text: out.String(), size: 1}, nil
}

func (r *reader) scalar(n ast.Node, line int) (*Node, error) {
	t := n.GetToken()
	r.note(n)
	out := &Node{Line: line, size: 1}
	switch n := n.(type) {
	case *ast.NullNode:
		if t.Type == token.NullType && t.Value != "null" {
			return nil, wrong(line, "write null, or put %q in quotes", t.Value)
		}
	case *ast.BoolNode:
		if t.Value != "true" && t.Value != "false" {
			return nil, wrong(line, "write true or false, or put %q in quotes", t.Value)
		}
		out.Kind, out.Text = Bool, t.Value
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		if !number.MatchString(t.Value) {
			return nil, wrong(line, "%s is no number of JSON; write one, or put it in quotes", cut(t.Value))
		}
		out.Kind, out.Text = Number, t.Value
	case *ast.StringNode:
		out.Kind, out.Text = String, n.Value
		if t.Type != token.StringType {
			break
		}
		if number.MatchString(n.Value) {
			out.Kind = Number
		} else if n.Value == "~" || slices.Contains(ambiguous, strings.ToLower(n.Value)) {
			return nil, wrong(line, "%s means one thing to some readers and another to others; put it in quotes", n.Value)
		}
	case *ast.LiteralNode:
		r.note(n.Value)
		out.Kind, out.Text = String, n.Value.Value
	default:
		return nil, wrong(line, "nothing reads %q here", cut(t.Value))
	}
	return out, nil
}

func (r *reader) note(n ast.Node) {
	if r.seen == nil {
		r.seen = map[int]bool{}
	}
	r.seen[place(n.GetToken())] = true
}

// beginning is where a node begins: a mapping's own token is the colon after
// its first key.
func beginning(n ast.Node) int {
	if m, ok := n.(ast.MapNode); ok {
		if members := m.MapRange(); members.Next() {
			return members.Key().GetToken().Position.Line
		}
	}
	return n.GetToken().Position.Line
}
