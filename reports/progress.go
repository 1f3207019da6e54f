package reports

import (
	"fmt"
	"io"
	"strings"
	"sync"
)

// A Progress is one line of a terminal that says how far a run is, rewritten in
// place. It is safe for concurrent use. A nil Progress is one that nobody sees.
type Progress struct {
	mu    sync.Mutex
	w     io.Writer
	total int
	width int
	shown int // columns that are written on
	done  int
	by    map[Outcome]int
	at    string
	ended bool
}

// NewProgress expects so many results and writes to w, which has to be a
// terminal of so many columns, 80 if zero; the caller knows whether it is one,
// and otherwise has no Progress.
func NewProgress(w io.Writer, total, width int) *Progress {
	if width <= 0 {
		width = 80
	}
	return &Progress{w: w, total: total, width: max(20, width), by: map[Outcome]int{}}
}

// Begin says what is being played, by its name as --only takes it.
func (p *Progress) Begin(name string) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.at = plain(name)
	p.write()
}

// Add counts a result.
func (p *Progress) Add(r Result) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done++
	p.by[r.Outcome]++
	if p.at == "" {
		p.at = plain(r.Name())
	}
	p.write()
}

// Done erases the line. What comes after it writes nothing.
func (p *Progress) Done() {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rewrite("")
	p.ended = true
}

// write shows how it stands: what passed, warned and failed always, the rest
// when there is any.
func (p *Progress) write() {
	parts := []string{fmt.Sprintf("%d/%d", p.done, max(p.total, p.done))}
	for _, c := range columns {
		if n := c.count(p.by); c.always || n > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", c.name, n))
		}
	}
	p.rewrite(strings.Join(append(parts, p.at), "  "))
}

// rewrite puts a line in place of the one that stands, by blanks rather than by
// an escape sequence, which not every terminal knows. The last column stays
// free: a terminal may go to the next line when it is written on.
func (p *Progress) rewrite(line string) {
	if p.ended {
		return
	}
	line = clip(line, p.width-1)
	text := "\r" + pad(line, p.shown)
	if line == "" {
		text += "\r"
	}
	p.shown = cells(line)
	// A terminal that is gone is no reason to stop a run.
	_, _ = io.WriteString(p.w, text)
}
