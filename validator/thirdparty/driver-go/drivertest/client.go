// Package drivertest holds what the tests of a Go adapter need: a client that
// speaks the adapter protocol, and a provider that is honest until told.
package drivertest

import (
	"bufio"
	"encoding/json"
	"io"
	"os/exec"
	"testing"
	"time"
)

// Patience is how long a test waits for an event before it fails.
const Patience = 20 * time.Second

// Message is one line of the protocol.
type Message map[string]any

// A Client talks to one adapter process.
type Client struct {
	t     testing.TB
	cmd   *exec.Cmd
	stdin io.WriteCloser
	lines chan Message
	exit  chan error

	seq  int64
	kept map[int64]Message
}

// Start runs an adapter, and kills it when the test ends.
func Start(t testing.TB, cmd *exec.Cmd) *Client {
	t.Helper()
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = t.Output()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	c := &Client{
		t: t, cmd: cmd, stdin: stdin,
		lines: make(chan Message, 1024), exit: make(chan error, 1),
		kept: map[int64]Message{},
	}
	read := make(chan struct{})
	go func() {
		defer close(read)
		c.read(stdout)
	}()
	go func() {
		<-read // Wait closes the pipe, so all of it is read first
		c.exit <- cmd.Wait()
	}()
	t.Cleanup(func() {
		cmd.Process.Kill() // an error means that it is gone already
		<-read
	})
	return c
}

func (c *Client) read(out io.Reader) {
	defer close(c.lines)
	in := bufio.NewReader(out)
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			return
		}
		var m Message
		if err := json.Unmarshal(line, &m); err != nil {
			c.t.Errorf("the adapter wrote a line that is no JSON object: %q", line)
			return
		}
		c.lines <- m
	}
}

// Send sends a message with the next seq and returns the seq.
func (c *Client) Send(m Message) int64 {
	c.t.Helper()
	c.seq++
	sent := Message{"seq": c.seq}
	for k, v := range m {
		sent[k] = v
	}
	line, err := json.Marshal(sent)
	if err != nil {
		c.t.Fatal(err)
	}
	c.Raw(string(line))
	return c.seq
}

// Raw sends a line as it is.
func (c *Client) Raw(line string) {
	c.t.Helper()
	if _, err := io.WriteString(c.stdin, line+"\n"); err != nil {
		c.t.Fatal(err)
	}
}

// Await returns the answer to seq, in whatever order the answers come.
func (c *Client) Await(seq int64) Message {
	c.t.Helper()
	deadline := time.After(Patience)
	for {
		if m, ok := c.kept[seq]; ok {
			delete(c.kept, seq)
			return m
		}
		select {
		case m, ok := <-c.lines:
			if !ok {
				c.t.Fatalf("the adapter went away before it answered %d", seq)
			}
			at, _ := m["seq"].(float64)
			if _, twice := c.kept[int64(at)]; twice {
				c.t.Fatalf("a second answer to %v: %v", at, m)
			}
			c.kept[int64(at)] = m
		case <-deadline:
			c.t.Fatalf("no answer to %d", seq)
		}
	}
}

// Ask sends a message and returns its answer.
func (c *Client) Ask(m Message) Message {
	c.t.Helper()
	return c.Await(c.Send(m))
}

// CloseInput ends the adapter's stdin.
func (c *Client) CloseInput() {
	c.t.Helper()
	if err := c.stdin.Close(); err != nil {
		c.t.Fatal(err)
	}
}

// Exit waits for the process to end and returns its exit status.
func (c *Client) Exit() int {
	c.t.Helper()
	select {
	case <-c.exit:
		return c.cmd.ProcessState.ExitCode()
	case <-time.After(Patience):
		c.t.Fatal("the adapter does not exit")
		return -1
	}
}

// Want fails the test unless the answer holds these fields.
func (c *Client) Want(got Message, want Message) {
	c.t.Helper()
	for k, v := range want {
		if got[k] != v {
			c.t.Fatalf("want %s = %v, got %v", k, v, got)
		}
	}
}
