package suites

import (
	"context"
	"slices"
	"sync"
)

// slots are the places of those who may keep the machine busy. Who left one to
// wait comes back at once, even if that makes one too many for a while: he may
// hold what all the others wait for. It is safe for concurrent use.
type slots struct {
	mu          sync.Mutex
	limit, busy int
	queue       []chan struct{}
}

// enter takes a place, waiting for one until ctx ends.
func (s *slots) enter(ctx context.Context) error {
	s.mu.Lock()
	if s.busy < s.limit && ctx.Err() == nil {
		s.busy++
		s.mu.Unlock()
		return nil
	}
	turn := make(chan struct{})
	s.queue = append(s.queue, turn)
	s.mu.Unlock()
	select {
	case <-turn:
		return nil
	case <-ctx.Done():
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if at := slices.Index(s.queue, turn); at >= 0 {
		s.queue = slices.Delete(s.queue, at, at+1)
		return ctx.Err()
	}
	return nil // its turn came at the same moment
}

// comeBack takes a place whether there is one or not.
func (s *slots) comeBack() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.busy++
}

// leave gives a place to whoever waits longest.
func (s *slots) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.busy--
	if s.busy < s.limit && len(s.queue) > 0 {
		s.busy++
		close(s.queue[0])
		s.queue = s.queue[1:]
	}
}
