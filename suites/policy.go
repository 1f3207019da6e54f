package suites

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"

	"github.com/rogueidp/rogueidp/mockidp"
)

// FindPolicy is the preset that a word names, or else the policy in the file of
// that name.
func FindPolicy(word string) (mockidp.Policy, error) {
	p, err := mockidp.PolicyNamed(word)
	if err == nil {
		return p, nil
	}
	if _, missing := os.Stat(word); missing != nil && !strings.ContainsAny(word, `./\`) {
		return p, fmt.Errorf("there is no file %s, and %w", word, err)
	}
	return ReadPolicy(word)
}

// ReadPolicy reads a key policy from a YAML or JSON file, in the words of
// [mockidp.ParsePolicy], and checks that it makes sense. Errors name the file
// and the line.
func ReadPolicy(file string) (mockidp.Policy, error) {
	var none mockidp.Policy
	text, err := os.ReadFile(file)
	if err != nil {
		return none, fmt.Errorf("read a policy: %w; the presets are in rogueidp serve --help", err)
	}
	doc, err := parseYAML(file, text, misread)
	if err != nil {
		return none, err
	}
	if len(doc.Docs) != 1 || doc.Docs[0].Body == nil {
		return none, fmt.Errorf("%s: it holds %d documents, and a policy is one that says something", file, len(doc.Docs))
	}
	body := doc.Docs[0].Body
	var plain []byte
	err = survived(file, func() error {
		if plain, err = yaml.YAMLToJSON(text); err != nil {
			return misread(file, err)
		}
		return nil
	})
	if err != nil {
		return none, err
	}
	if !json.Valid(plain) {
		return none, fmt.Errorf("%s: it holds a number that is none, such as .inf or .nan; durations are strings, such as 24h", file)
	}
	p, err := mockidp.ParsePolicy(plain)
	if err == nil {
		err = p.Check()
	}
	if bad := (*mockidp.PolicyError)(nil); errors.As(err, &bad) {
		return none, fmt.Errorf("%s:%d: %w", file, lineAt(body, bad.At), err)
	}
	return p, err
}

// misread says where a file is no YAML.
func misread(file string, err error) error {
	if at := yaml.Error(nil); errors.As(err, &at) && at.GetToken() != nil {
		return fmt.Errorf("%s:%d: %s", file, at.GetToken().Position.Line, at.GetMessage())
	}
	return fmt.Errorf("%s: %w", file, err)
}

// lineAt is the line of a place such as events[1].do, or of the nearest place
// around it that the file has.
func lineAt(node ast.Node, at string) int {
	line := node.GetToken().Position.Line
	for _, part := range strings.FieldsFunc(at, func(r rune) bool { return r == '.' || r == '[' || r == ']' }) {
		var next ast.Node
		switch n := node.(type) {
		case ast.MapNode:
			for members := n.MapRange(); members.Next(); {
				if key := members.Key().GetToken(); key.Value == part {
					line, next = key.Position.Line, members.Value()
				}
			}
		case *ast.SequenceNode:
			if i, err := strconv.Atoi(part); err == nil && i < len(n.Values) {
				next = n.Values[i]
				line = beginning(next)
			}
		}
		if next == nil {
			break
		}
		node = next
	}
	return line
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
