package driver

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
	"sync"
	"time"
)

// server is one conversation with the harness.
type server struct {
	adapter Adapter
	ctx     context.Context
	clock   clock

	mu       sync.Mutex // guards the two maps
	sessions map[string]*session
	callers  map[int64]context.CancelFunc

	outMu sync.Mutex
	out   io.Writer

	pending sync.WaitGroup
	queue   chan func() // nil where the adapter is concurrent
}

// serve reads until stop or the end of the input, and returns when the answers
// still due are out, or after drain.
func serve(a Adapter, in io.Reader, out io.Writer, drain time.Duration) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	s := &server{
		adapter:  a,
		ctx:      ctx,
		out:      out,
		sessions: map[string]*session{},
		callers:  map[int64]context.CancelFunc{},
	}
	if !a.Concurrent {
		s.queue = make(chan func(), 1024)
		defer close(s.queue)
		go func() {
			for work := range s.queue {
				work()
			}
		}()
	}
	stop := s.read(bufio.NewReaderSize(in, 1<<20))
	if stop != 0 {
		cancel() // callers that wait for the provider give up
	}
	s.settle(drain)
	if stop != 0 {
		s.send(reply{Seq: stop, OK: true})
	}
}

// read handles messages until stop, and returns the stop's seq.
func (s *server) read(in *bufio.Reader) int64 {
	for {
		// Not a Scanner: it has a longest line, and a token may be 64 MiB.
		line, err := in.ReadBytes('\n')
		if len(line) > 0 {
			m, bad := parse(line)
			switch {
			case bad != nil:
				s.send(reply{Seq: m.Seq, Error: bad.Error()})
			case m.Cmd == "stop":
				return m.Seq
			default:
				s.handle(m)
			}
		}
		if err != nil {
			if err != io.EOF {
				fmt.Fprintln(os.Stderr, "reading stdin:", err)
			}
			return 0
		}
	}
}

// handle answers a message: at once where nothing has to be waited for, else
// from a goroutine of its own, or in turn where the adapter is not concurrent.
func (s *server) handle(m message) {
	if m.Cmd == "hello" {
		s.hello(m.Seq)
		return
	}
	r := s.dispatch(m)
	if r.later == nil {
		r.Seq = m.Seq
		s.send(r)
		return
	}
	s.pending.Add(1)
	work := func() {
		defer s.pending.Done()
		r := r.later()
		r.Seq = m.Seq
		s.send(r)
	}
	if s.queue != nil {
		s.queue <- work
		return
	}
	go work()
}

func (s *server) dispatch(m message) reply {
	switch m.Cmd {
	case "noop":
		return reply{OK: true, Goroutines: runtime.NumGoroutine()}
	case "trust":
		return s.trust(m)
	case "verify":
		return s.verify(m)
	case "drop":
		return s.drop(m)
	case "cancel":
		return s.ifCan("cancel", func() reply { return s.cancel(m) })
	case "clock":
		return s.ifCan("clock", func() reply { return s.setClock(m) })
	case "restart":
		return s.ifCan("restart", s.restart)
	case "verify-jws":
		return s.ifCan("jws", func() reply { return s.verifyJWS(m) })
	}
	return reply{Error: fmt.Sprintf("unknown cmd %q", m.Cmd)}
}

func (s *server) ifCan(feature string, do func() reply) reply {
	if !s.adapter.can(feature) {
		return unsupported(feature)
	}
	return do()
}

func unsupported(feature string) reply {
	return reply{Unsupported: "the validator has nothing for " + feature, Feature: feature}
}

// callerContext is the context of the one who asks m: it ends with the deadline,
// and with cancel. done must be called when the answer is there.
func (s *server) callerContext(m message) (ctx context.Context, done func()) {
	ctx, cancel := context.WithCancel(s.ctx)
	expire := context.CancelFunc(func() {})
	if m.Deadline > 0 {
		ctx, expire = context.WithTimeout(ctx, time.Duration(m.Deadline))
	}
	s.mu.Lock()
	s.callers[m.Seq] = cancel
	s.mu.Unlock()
	return ctx, func() {
		expire()
		cancel()
		s.mu.Lock()
		delete(s.callers, m.Seq)
		s.mu.Unlock()
	}
}

// cancel lets the caller of another message give up. That message is still
// answered, with what the validator then says.
func (s *server) cancel(m message) reply {
	s.mu.Lock()
	cancel := s.callers[m.Of]
	s.mu.Unlock()
	if cancel != nil {
		cancel()
	}
	return reply{OK: true}
}

func (s *server) setClock(m message) reply {
	now, err := time.Parse(time.RFC3339, m.Now)
	if err != nil {
		return reply{Error: "now: " + err.Error()}
	}
	if m.Session == "" {
		s.clock.set(now)
		return reply{OK: true}
	}
	one, err := s.find(m.Session)
	if err != nil {
		return reply{Error: err.Error()}
	}
	one.clock.set(now)
	return reply{OK: true}
}

func (s *server) verifyJWS(m message) reply {
	ctx, done := s.callerContext(m)
	return reply{later: func() reply {
		defer done()
		if err := m.readToken(); err != nil {
			return reply{Error: err.Error()}
		}
		if err := s.adapter.VerifyJWS(ctx, m.JWS); err != nil {
			return refused(err)
		}
		return reply{Verdict: "accept"}
	}}
}

func (s *server) hello(seq int64) {
	a := s.adapter
	line, err := json.Marshal(hello{
		Seq: seq, Protocol: 1,
		Target: a.Target, Profile: a.Profile, Algs: a.Algs, Can: a.Can,
		Declares: a.Declares, Faketime: a.Faketime, Token: a.Token,
		Concurrent: a.Concurrent,
	})
	if err != nil {
		panic(err) // the adapter describes itself with what JSON cannot hold
	}
	s.write(line)
}

func (s *server) send(r reply) {
	line, err := json.Marshal(r)
	if err != nil { // claims that JSON cannot hold
		line, _ = json.Marshal(reply{Seq: r.Seq, Error: err.Error()})
	}
	s.write(line)
}

// write puts out one whole line.
func (s *server) write(line []byte) {
	s.outMu.Lock()
	defer s.outMu.Unlock()
	if _, err := s.out.Write(append(line, '\n')); err != nil {
		fmt.Fprintln(os.Stderr, "writing stdout:", err)
	}
}

// settle waits for the answers still due, but no longer than drain.
func (s *server) settle(drain time.Duration) {
	settled := make(chan struct{})
	go func() {
		s.pending.Wait()
		close(settled)
	}()
	select {
	case <-settled:
	case <-time.After(drain):
	}
}
