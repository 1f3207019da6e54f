package target

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"sync"
	"time"
)

// Exec is a validator behind an adapter in a child process. The process is
// started again whenever it is gone; sessions that it held are gone with it.
type Exec struct {
	speaker
	command []string

	shift *shift // where libfaketime is loaded into it

	mu      sync.Mutex
	process *process
	last    sync.Mutex // held by a message where the adapter takes one at a time
	closed  bool
}

func openExec(ctx context.Context, command []string, o Options) (*Exec, error) {
	if _, err := exec.LookPath(command[0]); err != nil {
		return nil, fmt.Errorf("the adapter %q cannot be started: %w; give its path, such as exec:./adapter", command[0], err)
	}
	e := &Exec{speaker: speaker{o: o, local: true}, command: command}
	if o.Faketime.Library != "" {
		var err error
		if e.shift, err = newShift(o.Faketime, o.Dir); err != nil {
			return nil, err
		}
	}
	p, err := e.start()
	if err != nil {
		return nil, err
	}
	if e.Description, err = hello(ctx, p); err != nil {
		p.kill()
		return nil, said(fmt.Errorf("the adapter %q: %w", command[0], err), p)
	}
	e.process = p
	return e, nil
}

// start runs the command, with libfaketime where it has to believe in another
// time.
func (e *Exec) start() (*process, error) {
	if e.shift == nil {
		return start(e.command, e.o, nil)
	}
	return start(e.command, e.o, e.shift.environment())
}

// Shift moves the clocks of the process, which has libfaketime in it.
func (e *Exec) Shift(ahead time.Duration) error {
	if e.shift == nil {
		return &Unsupported{Why: "libfaketime is not loaded into it", Feature: "clock"}
	}
	return e.shift.to(ahead)
}

// SetProcessClock tells the adapter what time it is, for the whole process.
func (e *Exec) SetProcessClock(ctx context.Context, now time.Time) error {
	p, err := e.running(ctx)
	if err != nil {
		return err
	}
	s := spoken{speaker: &e.speaker, road: e.road(p)}
	return s.SetClock(ctx, now)
}

// said adds the last words of a process to an error, for a person to read.
func said(err error, p *process) error {
	if words := p.stderr.String(); words != "" {
		return &withStderr{err, words}
	}
	return err
}

type withStderr struct {
	error
	stderr string
}

func (w *withStderr) Unwrap() error { return w.error }

// LastWords are what an adapter that could not be opened wrote to stderr, raw.
func LastWords(err error) string {
	var w *withStderr
	if errors.As(err, &w) {
		return w.stderr
	}
	return ""
}

// Name is what the adapter calls its validator.
func (e *Exec) Name() string { return e.Description.Name }

// Describe is what the adapter answered to hello.
func (e *Exec) Describe() Description {
	d := e.Description
	d.PID = e.Pid()
	return d
}

// running is the process, started anew if it is gone.
func (e *Exec) running(ctx context.Context) (*process, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return nil, errors.New("the target is closed")
	}
	if e.process != nil && e.process.ended() == nil {
		return e.process, nil
	}
	p, err := e.start()
	if err != nil {
		return nil, err
	}
	if _, err := hello(ctx, p); err != nil {
		p.kill()
		return nil, err
	}
	e.process = p
	return p, nil
}

// Trust opens a session in the running process.
func (e *Exec) Trust(ctx context.Context, issuers ...Issuer) (Session, Verdict, error) {
	p, err := e.running(ctx)
	if err != nil {
		return nil, Verdict{}, err
	}
	s, v, err := e.trust(ctx, e.road(p), issuers)
	if s == nil {
		return nil, v, err
	}
	return s, v, err
}

// road is the process itself, or the process one message at a time.
func (e *Exec) road(p *process) road {
	if e.Concurrent {
		return p
	}
	return queued{p, &e.last}
}

// queued asks one thing at a time.
type queued struct {
	*process
	turn *sync.Mutex
}

func (q queued) ask(ctx context.Context, m request, wait patience) (reply, time.Duration, error) {
	q.turn.Lock()
	defer q.turn.Unlock()
	return q.process.ask(ctx, m, wait)
}

// Alone starts a second process of the same adapter.
func (e *Exec) Alone(ctx context.Context, o Options) (Target, error) {
	return openExec(ctx, e.command, o)
}

// Pid is the process that runs now; zero if none does.
func (e *Exec) Pid() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.process == nil || e.process.ended() != nil {
		return 0
	}
	return e.process.pid()
}

// Abandon ends the running process without asking, because it hangs. The next
// Trust starts another.
func (e *Exec) Abandon() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.process != nil {
		e.process.kill()
	}
}

// Close asks the process to stop, and ends it.
func (e *Exec) Close() error {
	e.mu.Lock()
	p := e.process
	e.closed = true
	e.mu.Unlock()
	if p != nil {
		p.stop()
	}
	return nil
}
