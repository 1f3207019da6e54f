package relyingparty

import (
	"sync"
	"time"
)

// An expiring set remembers texts for a while, and no more than so many of them:
// the oldest go first. It is safe for concurrent use.
type expiring struct {
	mu    sync.Mutex
	most  int
	life  time.Duration
	until map[string]time.Time
	order []string // oldest first
}

func newExpiring(most int, life time.Duration) *expiring {
	return &expiring{most: most, life: life, until: map[string]time.Time{}}
}

// add remembers a text, and tells whether it was not remembered already.
func (e *expiring) add(text string, now time.Time) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	for len(e.order) > 0 && (len(e.order) >= e.most || now.After(e.until[e.order[0]])) {
		delete(e.until, e.order[0])
		e.order = e.order[1:]
	}
	if _, there := e.until[text]; there {
		return false
	}
	e.until[text] = now.Add(e.life)
	e.order = append(e.order, text)
	return true
}
