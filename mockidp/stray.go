package mockidp

import "sync"

// maxStrays is how many paths are kept that nobody serves.
const maxStrays = 64

// strays are the paths that somebody asked the provider for and that belong to no
// tenant: what a client asks whose issuer is another one.
type strays struct {
	mu    sync.Mutex
	paths []string
}

func (s *strays) add(path string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.paths) < maxStrays {
		s.paths = append(s.paths, path)
	}
}

// Strays are the paths, the first 64 in order, that were asked for and that no
// tenant serves or served lately. Their text is that of whoever asked.
func (p *Provider) Strays() []string {
	p.strays.mu.Lock()
	defer p.strays.mu.Unlock()
	return append([]string(nil), p.strays.paths...)
}
