package relyingparty

import (
	"container/list"
	"net/http"
	"sync"
	"time"
)

// A session is somebody who signed in. What changes in it changes under its
// store's lock.
type session struct {
	id      string
	peer    *peer
	who     *identity
	raw     string // the ID token, which hints at whom to sign out
	refresh string // the refresh token; empty where there is none
	expires time.Time
}

// sessions are those who are signed in, at most so many: whoever was not seen
// for the longest time goes first. It is safe for concurrent use.
type sessions struct {
	mu   sync.Mutex
	most int
	life time.Duration
	byID map[string]*list.Element
	seen *list.List // of *session, the last one seen in front
}

func newSessions(most int, life time.Duration) *sessions {
	return &sessions{most: most, life: life, byID: map[string]*list.Element{}, seen: list.New()}
}

func (s *sessions) add(one *session, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drop(one.id)
	for s.seen.Len() >= s.most {
		s.drop(s.seen.Back().Value.(*session).id)
	}
	one.expires = now.Add(s.life)
	s.byID[one.id] = s.seen.PushFront(one)
}

// get is a copy of the session of an id; nil where there is none.
func (s *sessions) get(id string, now time.Time) *session {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.byID[id]
	if e == nil {
		return nil
	}
	one := e.Value.(*session)
	if now.After(one.expires) {
		s.drop(id)
		return nil
	}
	s.seen.MoveToFront(e)
	copied := *one
	return &copied
}

// replace puts what was renewed where a session still is.
func (s *sessions) replace(one *session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e := s.byID[one.id]; e != nil {
		e.Value = one
	}
}

func (s *sessions) end(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drop(id)
}

// endAll ends those of which a question is true.
func (s *sessions) endAll(about func(*session) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, e := range s.byID {
		if about(e.Value.(*session)) {
			s.drop(id)
		}
	}
}

func (s *sessions) drop(id string) {
	if e := s.byID[id]; e != nil {
		s.seen.Remove(e)
		delete(s.byID, id)
	}
}

const sessionCookie = "session"

// session is that of a browser; nil where nobody is signed in.
func (p *Party) session(r *http.Request) *session {
	c, err := r.Cookie(sessionCookie)
	if err != nil {
		return nil
	}
	return p.sessions.get(c.Value, p.now())
}

// greet gives a browser an id before anybody signs in, as frameworks do. It
// means nothing, and no store knows it.
func (p *Party) greet(w http.ResponseWriter, r *http.Request) {
	if _, err := r.Cookie(sessionCookie); err != nil {
		http.SetCookie(w, p.cookie(sessionCookie, secret("session"), sessionLife))
	}
}

// admit begins a session, under an id that nobody knew before, and ends the one
// that the browser had.
func (p *Party) admit(w http.ResponseWriter, r *http.Request, one *session) {
	if c, err := r.Cookie(sessionCookie); err == nil {
		p.sessions.end(c.Value)
	}
	one.id = p.ways.SessionID(r)
	p.sessions.add(one, p.now())
	http.SetCookie(w, p.cookie(sessionCookie, one.id, sessionLife))
}

// dismiss ends the session of a browser.
func (p *Party) dismiss(w http.ResponseWriter, r *http.Request) {
	if c, err := r.Cookie(sessionCookie); err == nil {
		p.sessions.end(c.Value)
	}
	http.SetCookie(w, p.cookie(sessionCookie, "", -1))
}
