package yamldoc

import (
	"fmt"
	"slices"
	"strings"
)

// Mistakes are what is wrong with a file that somebody wrote, each with its file
// and line.
type Mistakes []string

// MaxTold is how many are told at once.
const MaxTold = 20

func (m Mistakes) Error() string {
	told := m[:min(len(m), MaxTold)]
	text := strings.Join(told, "\n")
	if more := len(m) - len(told); more > 0 {
		text += fmt.Sprintf("\nand %d more", more)
	}
	return text
}

// A Reading gathers what is wrong in a document while it is read. The zero Reading
// has found nothing.
type Reading struct{ wrongs []Wrong }

// A Wrong is what is wrong in a line.
type Wrong struct {
	Line int
	Says string
}

// Wrong notes what is wrong in a line.
func (r *Reading) Wrong(line int, format string, args ...any) {
	r.wrongs = append(r.wrongs, Wrong{line, fmt.Sprintf(format, args...)})
}

// Wrongs are what was found so far, in the order of the lines, and what is said of
// one line as it came.
func (r *Reading) Wrongs() []Wrong {
	slices.SortStableFunc(r.wrongs, func(a, b Wrong) int { return a.Line - b.Line })
	return r.wrongs
}

// Is notes a node of another kind; what is how errors call it.
func (r *Reading) Is(what string, n *Node, k Kind) bool {
	if n.Kind != k {
		r.Wrong(n.Line, "%s: write %s, not %s", what, k, n.Kind)
	}
	return n.Kind == k
}

// Some notes a list or mapping that holds nothing: it would be a part that
// somebody forgot to write.
func (r *Reading) Some(what string, n *Node) bool {
	if len(n.Items)+len(n.Members) == 0 {
		r.Wrong(n.Line, "%s: it is empty; say something, or leave it out", what)
		return false
	}
	return true
}
