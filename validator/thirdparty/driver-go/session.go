package driver

import (
	"context"
	"fmt"
)

// A session is one validator with its cache, and the words that made it, which
// a restart says again.
type session struct {
	words Trust
	clock *clock

	ctx    context.Context
	cancel context.CancelFunc

	// ready is closed once Trust has returned; then one of the others is set.
	ready     chan struct{}
	validator Validator
	refused   error
}

// open registers a session before its validator exists, so that a message that
// follows at once finds it.
func (s *server) open(name string, words Trust, c *clock) *session {
	one := &session{words: words, clock: c, ready: make(chan struct{})}
	one.ctx, one.cancel = context.WithCancel(s.ctx)
	s.mu.Lock()
	old := s.sessions[name]
	s.sessions[name] = one
	s.mu.Unlock()
	if old != nil {
		old.close()
	}
	return one
}

// start asks the validator to trust the issuers.
func (one *session) start(a Adapter) error {
	defer close(one.ready)
	one.words.Now = one.clock.now
	one.validator, one.refused = a.Trust(one.ctx, one.words)
	return one.refused
}

// close ends what the validator may have running. A verify under way keeps its
// own context and is answered all the same.
func (one *session) close() {
	one.cancel()
	one.words.Client.CloseIdleConnections()
}

func (s *server) find(name string) (*session, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	one, ok := s.sessions[name]
	if !ok {
		return nil, fmt.Errorf("there is no session %q", name)
	}
	return one, nil
}

func (s *server) trust(m message) reply {
	if err := m.Trust.check(s.adapter); err != nil {
		return reply{Error: err.Error()}
	}
	if feature := m.Trust.missing(s.adapter); feature != "" {
		return unsupported(feature)
	}
	client, err := newClient(m.CAPEM)
	if err != nil {
		return reply{Error: err.Error()}
	}
	m.Trust.Client = client
	one := s.open(m.Session, m.Trust, &clock{parent: &s.clock})
	return reply{later: func() reply {
		if err := one.start(s.adapter); err != nil {
			return refused(err)
		}
		return reply{OK: true}
	}}
}

func (s *server) verify(m message) reply {
	if feature := m.Attempt.missing(s.adapter); feature != "" {
		return unsupported(feature)
	}
	one, err := s.find(m.Session)
	if err != nil {
		return reply{Error: err.Error()}
	}
	ctx, done := s.callerContext(m)
	return reply{later: func() reply {
		defer done()
		if err := m.readToken(); err != nil {
			return reply{Error: err.Error()}
		}
		<-one.ready
		if one.refused != nil {
			return refused(one.refused)
		}
		claims, err := one.validator.Verify(ctx, m.Attempt)
		if err != nil {
			return refused(err)
		}
		return s.accept(claims)
	}}
}

// drop forgets a session. One that is not there is as good as dropped.
func (s *server) drop(m message) reply {
	s.mu.Lock()
	one := s.sessions[m.Session]
	delete(s.sessions, m.Session)
	s.mu.Unlock()
	if one != nil {
		one.close()
	}
	return reply{OK: true}
}

// restart gives every session a new validator with an empty cache, all at once,
// as the processes of a new deployment would start. A validator that refuses to
// start says so to the next verify.
func (s *server) restart() reply {
	s.mu.Lock()
	names := make(map[string]*session, len(s.sessions))
	for name, one := range s.sessions {
		names[name] = one
	}
	s.mu.Unlock()
	return reply{later: func() reply {
		started := make(chan struct{})
		for name, old := range names {
			words := old.words
			words.Client, _ = newClient(words.CAPEM) // it could be made before
			one := s.open(name, words, old.clock)
			go func() {
				_ = one.start(s.adapter)
				started <- struct{}{}
			}()
		}
		for range names {
			<-started
		}
		return reply{OK: true}
	}}
}
