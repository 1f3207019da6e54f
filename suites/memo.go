package suites

import "sync"

// memo remembers what was found out once, and lets those who ask meanwhile
// wait for it. The zero memo knows nothing. It is safe for concurrent use.
type memo struct {
	mu   sync.Mutex
	know map[string]*known
}

type known struct {
	once sync.Once
	said string // why not; empty: it holds
}

// ask finds out once.
func (m *memo) ask(key string, find func() string) string {
	m.mu.Lock()
	if m.know == nil {
		m.know = map[string]*known{}
	}
	k := m.know[key]
	if k == nil {
		k = &known{}
		m.know[key] = k
	}
	m.mu.Unlock()
	k.once.Do(func() { k.said = find() })
	return k.said
}
