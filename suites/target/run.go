package target

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// A run is a process that has ended.
type run struct {
	status int    // of its exit; -1 where a signal ended it
	how    string // it ended
	stdout []byte
	stderr string // its first lines
	took   time.Duration
}

// run starts the program in a process group of its own, gives it the token, and
// waits until it ends. Whatever is left of the group then is ended too. The
// errors are those of [Session.Try].
func (c *Command) run(ctx context.Context, told []string, token string, patience time.Duration) (run, error) {
	cmd := exec.Command(c.command[0], c.command[1:]...)
	cmd.Env = append(environment(c.o.Environ, c.o.CAFile, c.o.Env), told...)
	ownGroup(cmd)
	cmd.Stdin = strings.NewReader(token)
	// A grandchild may keep its pipes open for ever.
	cmd.WaitDelay = time.Second
	flood := make(chan struct{})
	out, said := &bounded{most: maxSpoken, over: sync.OnceFunc(func() { close(flood) })}, &bounded{most: maxReason}
	cmd.Stdout, cmd.Stderr = out, said
	began := clock()
	if err := cmd.Start(); err != nil {
		return run{}, &Crashed{How: "it could not be started: " + err.Error(), InFlight: 1}
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	hang := time.NewTimer(patience)
	defer hang.Stop()
	cancelled := ctx.Done()
	for {
		select {
		case err := <-ended:
			killGroup(cmd) // what it may have left behind
			select {
			case <-flood:
				return run{}, flooded(out, said)
			default:
			}
			return concluded(cmd, err, out, said, clock().Sub(began))
		case <-flood:
			killGroup(cmd)
			<-ended
			return run{}, flooded(out, said)
		case <-hang.C:
			killGroup(cmd)
			<-ended
			return run{took: clock().Sub(began)}, &Hung{After: clock().Sub(began), Stderr: said.String()}
		case <-cancelled:
			if errors.Is(ctx.Err(), context.DeadlineExceeded) {
				cancelled = nil // the caller's deadline is no reason to learn less
				continue
			}
			killGroup(cmd)
			<-ended
			return run{}, ctx.Err()
		}
	}
}

func flooded(out, said *bounded) error {
	return &Garbled{How: fmt.Sprintf("it writes more than %d MiB to stdout", maxSpoken>>20), Line: string(out.bytes()[:256]), Stderr: said.String()}
}

// concluded is how a process ended. That it did not read all of its token is its
// own affair.
func concluded(cmd *exec.Cmd, err error, out, said *bounded, took time.Duration) (run, error) {
	if cmd.ProcessState == nil {
		return run{took: took}, &Crashed{How: err.Error(), InFlight: 1, Stderr: said.String()}
	}
	return run{
		status: cmd.ProcessState.ExitCode(), how: cmd.ProcessState.String(),
		stdout: out.bytes(), stderr: said.String(), took: took,
	}, nil
}

// bounded keeps the beginning of what is written, and tells once if there is
// more. It is safe for concurrent use.
type bounded struct {
	most int
	over func() // nil where nobody minds

	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *bounded) Write(p []byte) (int, error) {
	b.mu.Lock()
	room := b.most - b.buf.Len()
	b.buf.Write(p[:min(len(p), max(room, 0))])
	b.mu.Unlock()
	if len(p) > room && b.over != nil {
		b.over()
	}
	return len(p), nil
}

func (b *bounded) bytes() []byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	return bytes.Clone(b.buf.Bytes())
}

func (b *bounded) String() string { return string(b.bytes()) }
