package suites

import "sync"

// memo remembers what was found out once, and lets those who ask meanwhile
// wait for it. The zero memo knows nothing. It is safe for concurrent use.
type memo struct {
	mu   sync.Mutex
	know map[string]*known
}

type known struct {
	done chan struct{}
	said string // why not; empty: it holds
}

// ask finds out once. Who has to wait for another to find out says so by
// pausing, and goes on after resume.
func (m *memo) ask(key string, pause func() (resume func()), find func() string) string {
	m.mu.Lock()
	if m.know == nil {
		m.know = map[string]*known{}
	}
	k := m.know[key]
	if k == nil {
		k = &known{done: make(chan struct{})}
		m.know[key] = k
		m.mu.Unlock()
		defer close(k.done)
		k.said = find()
		return k.said
	}
	m.mu.Unlock()
	select {
	case <-k.done:
	default:
		resume := pause()
		<-k.done
		resume()
	}
	return k.said
}
