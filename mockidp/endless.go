package mockidp

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/rogueidp/rogueidp/mockidp/fault"
)

// What a body without an end sends at most, and what it says of itself where it
// names a length.
const (
	mostEndless   = 256 << 20
	claimedLength = 1 << 40
)

// past is a deadline that is over: it frees a write that nobody reads.
var past = time.Unix(1, 0)

// sendOddly sends a body without an end, or one that comes an octet at a time,
// until ctx ends. Nothing that a client does or leaves undone holds it longer:
// a write that nobody reads is freed.
func (t *Tenant) sendOddly(ctx context.Context, w http.ResponseWriter, reply fault.Reply, a answered) (answered, bool) {
	control := http.NewResponseController(w)
	freed := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(freed)
		_ = control.SetWriteDeadline(past) // a connection without deadlines is closed with the provider
	})
	var err error
	switch {
	case reply.Filling != "":
		a.length, err = endless(ctx, w, reply)
	case reply.EveryIn == "head":
		a.length, err = slowHead(ctx, w, reply)
	default:
		a.length, err = slowBody(ctx, w, reply)
	}
	if !stop() {
		<-freed // the writer must not be touched once the handler is back
	}
	a.gone = err != nil || ctx.Err() != nil
	return a, err == nil
}

// errEnough ends a body that has no end of its own.
var errEnough = errors.New("a body without an end was long enough")

// endless sends the beginning of a document and goes on.
func endless(ctx context.Context, w http.ResponseWriter, reply fault.Reply) (int64, error) {
	switch reply.Framing {
	case "long-length":
		w.Header().Set("Content-Length", strconv.FormatInt(claimedLength, 10))
	case "until-close":
		// net/http knows this as the wish to have no framing at all.
		w.Header().Set("Transfer-Encoding", "identity")
		w.Header().Set("Connection", "close")
	}
	w.WriteHeader(reply.Status)
	head, more := filling(reply.Filling, reply.Body)
	n, err := w.Write(head)
	sent := int64(n)
	for err == nil && ctx.Err() == nil {
		block := more()
		if sent+int64(len(block)) > mostEndless {
			return sent, errEnough
		}
		n, err = w.Write(block)
		sent += int64(n)
	}
	if err == nil {
		err = ctx.Err()
	}
	return sent, err
}

// filling is how an endless body begins, and what comes next, again and again.
// A body that is no object is followed by white space whatever was asked for.
func filling(with string, body []byte) (head []byte, more func() []byte) {
	const block = 64 << 10
	repeated := func(text string) func() []byte {
		again := []byte(strings.Repeat(text, block/len(text)))
		return func() []byte { return again }
	}
	open, object := bytes.CutSuffix(bytes.TrimSpace(body), []byte("}"))
	if !object || bytes.Equal(open, []byte("{")) {
		return body, repeated(" ")
	}
	open = open[:len(open):len(open)]
	switch with {
	case "members":
		i := int64(0)
		var buffer []byte
		return open, func() []byte {
			buffer = buffer[:0]
			for len(buffer) < block {
				buffer = strconv.AppendInt(append(buffer, `,"x`...), i, 10)
				buffer = append(buffer, `":0`...)
				i++
			}
			return buffer
		}
	case "text":
		return append(open, `,"x":"`...), repeated("x")
	}
	return append(open, ' '), repeated(" ")
}

// slowBody sends the head at once and the body an octet at a time.
func slowBody(ctx context.Context, w http.ResponseWriter, reply fault.Reply) (int64, error) {
	w.Header().Set("Content-Length", strconv.Itoa(len(reply.Body)))
	w.WriteHeader(reply.Status)
	control := http.NewResponseController(w)
	if err := control.Flush(); err != nil {
		return 0, err
	}
	for i := range reply.Body {
		if i > 0 {
			if err := hold(ctx, reply.Every); err != nil {
				return int64(i), err
			}
		}
		if _, err := w.Write(reply.Body[i : i+1]); err != nil {
			return int64(i), err
		}
		if err := control.Flush(); err != nil {
			return int64(i), err
		}
	}
	return int64(len(reply.Body)), nil
}

// slowHead sends status line and header an octet at a time, past the server,
// which has no way to do so, and closes the connection after the body. Where
// the connection is not one message's own it holds the whole head back for as
// long as that takes.
func slowHead(ctx context.Context, w http.ResponseWriter, reply fault.Reply) (int64, error) {
	var head bytes.Buffer
	fmt.Fprintf(&head, "HTTP/1.1 %d %s\r\n", reply.Status, http.StatusText(reply.Status))
	w.Header().Set("Content-Length", strconv.Itoa(len(reply.Body)))
	w.Header().Set("Connection", "close")
	if err := w.Header().Write(&head); err != nil {
		return 0, err
	}
	head.WriteString("\r\n")
	conn, _, err := http.NewResponseController(w).Hijack()
	if errors.Is(err, http.ErrNotSupported) {
		if err := hold(ctx, reply.Every*time.Duration(head.Len())); err != nil {
			return 0, err
		}
		w.WriteHeader(reply.Status)
		n, err := w.Write(reply.Body)
		return int64(n), err
	}
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.SetWriteDeadline(past) })()
	for i := range head.Bytes() {
		if i > 0 {
			if err := hold(ctx, reply.Every); err != nil {
				return 0, err
			}
		}
		if _, err := conn.Write(head.Bytes()[i : i+1]); err != nil {
			return 0, err
		}
	}
	n, err := conn.Write(reply.Body)
	return int64(n), err
}
