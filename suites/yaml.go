package suites

import (
	"fmt"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// mostNodes a file may have, with every alias written out: more than the
// longest policy needs, and less than anybody has to wait for.
const mostNodes = 1 << 20

// parseYAML reads a file's text, and refuses one that a few lines of aliases
// to aliases make endless. misread says where text is no YAML.
func parseYAML(file string, text []byte, misread func(file string, err error) error) (*ast.File, error) {
	var parsed *ast.File
	err := survived(file, func() (err error) {
		if parsed, err = parser.ParseBytes(text, 0); err != nil {
			return misread(file, err)
		}
		w := &weighing{anchors: map[string]int{}}
		for _, doc := range parsed.Docs {
			if doc.Body != nil {
				ast.Walk(w, doc.Body)
			}
		}
		if w.nodes > mostNodes {
			return fmt.Errorf("%s: with its aliases written out it holds more than %d values; use fewer aliases", file, mostNodes)
		}
		return nil
	})
	return parsed, err
}

// weighing counts nodes, those that aliases stand for among them.
type weighing struct {
	nodes   int
	anchors map[string]int
}

func (w *weighing) add(nodes int) { w.nodes = min(w.nodes+nodes, mostNodes+1) }

// Visit is called by [ast.Walk] for each node, from the first to the last.
func (w *weighing) Visit(n ast.Node) ast.Visitor {
	w.add(1)
	switch n := n.(type) {
	case *ast.AnchorNode:
		inner := &weighing{anchors: w.anchors}
		ast.Walk(inner, n.Value)
		w.anchors[n.Name.GetToken().Value] = inner.nodes
		w.add(inner.nodes)
		return nil
	case *ast.AliasNode:
		w.add(w.anchors[n.Value.GetToken().Value])
		return nil
	}
	return w
}

// survived takes a step of the YAML library, which panics for some texts, such
// as a tag with nothing after it, and makes an error of that: a file that
// somebody wrote brings no run down.
func survived(file string, step func() error) (err error) {
	defer func() {
		if why := recover(); why != nil {
			err = fmt.Errorf("%s: the YAML reader cannot make anything of it (%v); leave out tags, anchors and whatever else plain YAML does without", file, why)
		}
	}()
	return step()
}
