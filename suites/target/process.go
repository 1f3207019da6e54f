package target

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"time"
)

// process is one child that speaks the protocol over its stdin and stdout.
type process struct {
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	stderr *tail
	tap    func(direction string, line []byte) // nil where nobody listens

	write sync.Mutex // one line at a time

	mu      sync.Mutex
	seq     int
	pending map[int]chan reply
	err     error         // why it can be asked no more
	gone    chan struct{} // closed with err set
}

// start runs a command in a process group of its own, with more in its
// environment than the options say.
func start(command []string, o Options, more []string) (*process, error) {
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Env = append(environment(o.Environ, o.CAFile, o.Env), more...)
	ownGroup(cmd)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p := &process{cmd: cmd, stdin: stdin, stderr: &tail{}, tap: o.Tap, pending: map[int]chan reply{}, gone: make(chan struct{})}
	cmd.Stderr = p.stderr
	// A grandchild may keep stderr open for ever.
	cmd.WaitDelay = time.Second
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %q: %w", command[0], err)
	}
	go p.listen(stdout)
	return p, nil
}

// listen reads answers until there are no more, and then says why.
func (p *process) listen(stdout io.Reader) {
	r := bufio.NewReaderSize(stdout, 64<<10)
	var broke error
	for broke == nil {
		line, err := readLine(r)
		if errors.Is(err, errFlood) {
			broke = &Garbled{How: err.Error(), Line: string(line)}
			break
		}
		if err != nil {
			break
		}
		if p.tap != nil {
			p.tap("answer", line)
		}
		answer, err := parseReply(line)
		if err != nil {
			broke = err
			break
		}
		p.deliver(answer)
	}
	if broke != nil {
		p.end(broke)
		p.kill()
		_, _ = io.Copy(io.Discard, stdout)
	}
	err := p.cmd.Wait()
	how := exitedWell
	if err != nil {
		how = err.Error()
	}
	p.end(&Crashed{How: how})
	p.kill() // what it may have left behind
}

// exitedWell is how a process ends that was asked to stop.
const exitedWell = "it exited without an error"

func (p *process) deliver(r reply) {
	p.mu.Lock()
	waiting := p.pending[*r.Seq]
	delete(p.pending, *r.Seq)
	p.mu.Unlock()
	if waiting != nil {
		waiting <- r
	}
	// An answer that nobody waits for is late or made up; either way it decides
	// nothing.
}

// end says, once, why the process can be asked no more.
func (p *process) end(why error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.err != nil {
		return
	}
	if c, ok := why.(*Crashed); ok {
		c.InFlight = len(p.pending)
	}
	p.err = why
	close(p.gone)
}

// ended is why the process can be asked no more, with its last words; nil while
// it can.
func (p *process) ended() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := p.err.(type) {
	case nil:
		return nil
	case *Crashed:
		c := *e
		c.Stderr = p.stderr.String()
		return &c
	case *Garbled:
		g := *e
		g.Stderr = p.stderr.String()
		return &g
	}
	return p.err
}

// patience says how long an answer may take.
type patience struct {
	deadline time.Duration // the caller's own; later is late
	hang     time.Duration // after this it hangs, unless a fetch is open
	end      time.Duration // after this it hangs in any case
	fetching func() bool
}

// ask sends a message and waits for its answer.
func (p *process) ask(ctx context.Context, m request, wait patience) (reply, time.Duration, error) {
	answer := make(chan reply, 1)
	p.mu.Lock()
	if p.err != nil {
		p.mu.Unlock()
		return reply{}, 0, p.ended()
	}
	p.seq++
	m.Seq = p.seq
	p.pending[m.Seq] = answer
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		delete(p.pending, m.Seq)
		p.mu.Unlock()
	}()

	if told, ok := ctx.Value(seqKey{}).(chan<- int); ok {
		told <- m.Seq
	}
	line, err := m.line()
	if err != nil {
		return reply{}, 0, err
	}
	if p.tap != nil {
		p.tap("message", line)
	}
	began := clock()
	sent := make(chan error, 1)
	go func() {
		p.write.Lock()
		defer p.write.Unlock()
		_, err := p.stdin.Write(append(line, '\n'))
		sent <- err
	}()
	hang := time.NewTimer(wait.hang)
	defer hang.Stop()
	end := time.NewTimer(wait.end)
	defer end.Stop()
	cancelled := ctx.Done()
	for {
		select {
		case r := <-answer:
			return r, clock().Sub(began), nil
		case err := <-sent:
			if err != nil {
				// The reader tells how it ended, a moment later.
				select {
				case <-p.gone:
				case <-end.C:
				}
				return reply{}, clock().Sub(began), p.ended()
			}
			sent = nil
		case <-p.gone:
			// An answer may have come right before the end.
			select {
			case r := <-answer:
				return r, clock().Sub(began), nil
			default:
			}
			return reply{}, clock().Sub(began), p.ended()
		case <-hang.C:
			if wait.fetching == nil || !wait.fetching() {
				return reply{}, clock().Sub(began), &Hung{After: clock().Sub(began), Stderr: p.stderr.String()}
			}
			hang.Reset(100 * time.Millisecond)
		case <-end.C:
			return reply{}, clock().Sub(began), &Hung{After: clock().Sub(began), Stderr: p.stderr.String()}
		case <-cancelled:
			if !errors.Is(ctx.Err(), context.DeadlineExceeded) {
				return reply{}, clock().Sub(began), ctx.Err()
			}
			cancelled = nil // the deadline is the validator's; ours is patience
		}
	}
}

// stop asks the process to end, and ends it.
func (p *process) stop() {
	if p.ended() == nil {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		_, _, _ = p.ask(ctx, request{Cmd: "stop"}, patience{hang: 5 * time.Second, end: 5 * time.Second})
		_ = p.stdin.Close()
		wait := time.NewTimer(5 * time.Second)
		defer wait.Stop()
		select {
		case <-p.gone:
			return
		case <-wait.C:
		}
	}
	p.kill()
}

func (p *process) pid() int { return p.cmd.Process.Pid }

// tail keeps the last words of stderr. It is safe for concurrent use.
type tail struct {
	mu  sync.Mutex
	buf []byte
}

const maxTail = 4 << 10

func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf = append(t.buf, b...)
	if len(t.buf) > maxTail {
		t.buf = append(t.buf[:0], t.buf[len(t.buf)-maxTail:]...)
	}
	return len(b), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.buf)
}

// environment is what a child gets: what runtimes need, the provider's
// authority under the names that they read, and what the user names. It is
// picked from environ.
func environment(environ []string, caFile string, more []string) []string {
	wanted := append([]string{"PATH", "HOME", "LANG", "TZ"}, more...)
	var env []string
	for _, pair := range environ {
		if name, _, _ := strings.Cut(pair, "="); slices.Contains(wanted, name) {
			env = append(env, pair)
		}
	}
	if caFile == "" {
		return env
	}
	for _, name := range []string{"ROGUEIDP_CA_FILE", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"} {
		env = append(env, name+"="+caFile)
	}
	return env
}
