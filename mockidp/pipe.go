package mockidp

import (
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// newPipe is a connection in memory, by its two ends. Unlike net.Pipe it holds
// what was written until somebody reads it, as a socket does: over a handshake
// both sides may write at once. And it can be reset.
func newPipe(addr net.Addr) (here, there *end) {
	a, b := newStream(), newStream()
	return &end{in: a, out: b, addr: addr}, &end{in: b, out: a, addr: addr}
}

// An end is one of the two ends of a connection in memory.
type end struct {
	in, out     *stream
	read, write alarm
	addr        net.Addr
}

func (e *end) Read(b []byte) (int, error)         { return e.in.read(b, &e.read) }
func (e *end) Write(b []byte) (int, error)        { return e.out.write(b, &e.write) }
func (e *end) LocalAddr() net.Addr                { return e.addr }
func (e *end) RemoteAddr() net.Addr               { return e.addr }
func (e *end) SetReadDeadline(at time.Time) error { e.read.set(at); return nil }

func (e *end) SetWriteDeadline(at time.Time) error { e.write.set(at); return nil }

func (e *end) SetDeadline(at time.Time) error {
	e.read.set(at)
	e.write.set(at)
	return nil
}

// Close lets the other side read what is on its way.
func (e *end) Close() error {
	e.out.end(nil)
	e.in.leave()
	return nil
}

// reset ends both ways at once.
func (e *end) reset() {
	gone := &net.OpError{Op: "read", Net: "memory", Err: syscall.ECONNRESET}
	e.out.end(gone)
	e.in.end(gone)
}

// A stream is one way of a connection in memory.
type stream struct {
	mu      sync.Mutex
	changed chan struct{} // closed at the next change
	held    []byte
	ended   bool  // nothing more will come
	broken  error // and why, if not because the writer was done
	left    bool  // nobody reads any more
}

// maxHeld is how far a writer may be ahead of the reader.
const maxHeld = 64 << 10

func newStream() *stream { return &stream{changed: make(chan struct{})} }

// change wakes whoever waits; the lock is held.
func (s *stream) change() {
	close(s.changed)
	s.changed = make(chan struct{})
}

func (s *stream) read(b []byte, late *alarm) (int, error) {
	for {
		ringing := late.ringing()
		select {
		case <-ringing:
			return 0, os.ErrDeadlineExceeded
		default:
		}
		s.mu.Lock()
		switch {
		case s.left:
			s.mu.Unlock()
			return 0, net.ErrClosed
		case len(s.held) > 0:
			n := copy(b, s.held)
			s.held = s.held[n:]
			s.change()
			s.mu.Unlock()
			return n, nil
		case s.ended:
			broken := s.broken
			s.mu.Unlock()
			if broken != nil {
				return 0, broken
			}
			return 0, io.EOF
		}
		changed := s.changed
		s.mu.Unlock()
		select {
		case <-changed:
		case <-ringing:
		}
	}
}

func (s *stream) write(b []byte, late *alarm) (int, error) {
	sent := 0
	for {
		ringing := late.ringing()
		select {
		case <-ringing:
			return sent, os.ErrDeadlineExceeded
		default:
		}
		s.mu.Lock()
		switch {
		case s.broken != nil:
			s.mu.Unlock()
			return sent, s.broken
		case s.ended:
			s.mu.Unlock()
			return sent, net.ErrClosed
		case s.left:
			s.mu.Unlock()
			return sent, &net.OpError{Op: "write", Net: "memory", Err: syscall.EPIPE}
		}
		if n := min(maxHeld-len(s.held), len(b)-sent); n > 0 {
			s.held = append(s.held, b[sent:sent+n]...)
			sent += n
			s.change()
		}
		changed := s.changed
		s.mu.Unlock()
		if sent == len(b) {
			return sent, nil
		}
		select {
		case <-changed:
		case <-ringing:
		}
	}
}

func (s *stream) end(broken error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.ended {
		s.ended, s.broken = true, broken
		s.change()
	}
}

func (s *stream) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.left {
		s.left, s.held = true, nil
		s.change()
	}
}

// An alarm is a deadline. The zero alarm never rings.
type alarm struct {
	mu    sync.Mutex
	timer *time.Timer
	rings chan struct{}
}

func (a *alarm) set(at time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.timer != nil {
		a.timer.Stop()
		a.timer = nil
	}
	rings := make(chan struct{})
	if old := a.rings; old != nil {
		// Whoever waits by the old one looks again, and finds the new one.
		select {
		case <-old:
		default:
			close(old)
		}
	}
	a.rings = rings
	if at.IsZero() {
		return
	}
	if d := at.Sub((&Clock{}).Now()); d > 0 {
		a.timer = time.AfterFunc(d, func() { a.ring(rings) })
		return
	}
	close(rings)
}

func (a *alarm) ring(rings chan struct{}) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.rings == rings {
		select {
		case <-rings:
		default:
			close(rings)
		}
	}
}

// ringing is closed when it is too late, or when the alarm was set anew.
func (a *alarm) ringing() <-chan struct{} {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.rings == nil {
		a.rings = make(chan struct{})
	}
	return a.rings
}
