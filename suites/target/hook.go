package target

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"time"
)

// A Hook is a command that makes a target which is configured once start
// afresh.
type Hook struct {
	command []string
	limit   time.Duration
	env     []string
	told    io.Writer
}

// NewHook reads the command of a reset, which is split into words as a shell
// would and run without one. Every run is told to told before it begins; nil
// tells nobody. It is nil where there is no command.
func NewHook(r Reset, o Options, told io.Writer) (*Hook, error) {
	if r.Command == "" {
		return nil, nil
	}
	command, err := words(r.Command)
	if err != nil {
		return nil, fmt.Errorf("the reset %q: %w", r.Command, err)
	}
	if _, err := exec.LookPath(command[0]); err != nil {
		return nil, fmt.Errorf("the reset cannot be run: %w; give its path, or say sh -c '…' for what a shell has to read", err)
	}
	if r.Limit < 0 {
		return nil, fmt.Errorf("the limit of the reset, %v, cannot be negative", r.Limit)
	}
	h := &Hook{command: command, limit: r.Limit, env: environment(o.Environ, "", o.Env), told: told}
	if h.limit == 0 {
		h.limit = time.Minute
	}
	if h.told == nil {
		h.told = io.Discard
	}
	return h, nil
}

// Limit is how long the command may take.
func (h *Hook) Limit() time.Duration { return h.limit }

// Reset runs the command in a process group of its own and waits for its end.
// The error of one that fails, or is not done in time, has its last words.
func (h *Hook) Reset(ctx context.Context) error {
	if _, err := fmt.Fprintf(h.told, "rogueidp: runs %q\n", h.command); err != nil {
		return fmt.Errorf("tell about the reset: %w", err)
	}
	cmd := exec.Command(h.command[0], h.command[1:]...)
	said := &tail{}
	cmd.Env, cmd.Stdout, cmd.Stderr = h.env, said, said
	// What it started in the background may keep its output open for ever.
	cmd.WaitDelay = time.Second
	ownGroup(cmd)
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("the reset %q: %w", h.command[0], err)
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	limit := time.NewTimer(h.limit)
	defer limit.Stop()
	var err error
	select {
	case err = <-done:
	case <-limit.C:
		err = h.stop(cmd, done, fmt.Errorf("it was not done after %v; give it longer with --reset-limit", h.limit))
	case <-ctx.Done():
		err = h.stop(cmd, done, ctx.Err())
	}
	if err == nil || errors.Is(err, exec.ErrWaitDelay) {
		return nil
	}
	return &withStderr{fmt.Errorf("the reset %q failed: %w", h.command[0], err), said.String()}
}

// stop ends a command that is not done with all that it started, and says why.
func (h *Hook) stop(cmd *exec.Cmd, done <-chan error, why error) error {
	(&process{cmd: cmd}).kill()
	<-done
	return why
}
