package target

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// HTTP is a validator behind an adapter that takes each message as the body of
// a POST and answers in the body of its reply.
type HTTP struct {
	speaker
	url string
	seq atomic.Int64
	one sync.Mutex
}

func openHTTP(ctx context.Context, url string, o Options) (*HTTP, error) {
	h := &HTTP{speaker: speaker{o: o}, url: url}
	if h.o.Client == nil {
		h.o.Client = &http.Client{Transport: &http.Transport{Proxy: http.ProxyFromEnvironment, MaxIdleConnsPerHost: 64}}
	}
	var err error
	h.Concurrent = true // until it says otherwise
	if h.Description, err = hello(ctx, h); err != nil {
		return nil, fmt.Errorf("the adapter at %s: %w", url, err)
	}
	return h, nil
}

// Name is what the adapter calls its validator.
func (h *HTTP) Name() string { return h.Description.Name }

// Describe is what the adapter answered to hello.
func (h *HTTP) Describe() Description { return h.Description }

// Trust opens a session.
func (h *HTTP) Trust(ctx context.Context, issuers ...Issuer) (Session, Verdict, error) {
	s, v, err := h.trust(ctx, h, issuers)
	if s == nil {
		return nil, v, err
	}
	return s, v, err
}

// Close ends nothing: the adapter is the user's.
func (h *HTTP) Close() error {
	h.o.Client.CloseIdleConnections()
	return nil
}

func (h *HTTP) ask(ctx context.Context, m request, wait patience) (reply, time.Duration, error) {
	if !h.Concurrent {
		h.one.Lock()
		defer h.one.Unlock()
	}
	m.Seq = int(h.seq.Add(1))
	if told, ok := ctx.Value(seqKey{}).(chan<- int); ok {
		told <- m.Seq
	}
	body, err := m.line()
	if err != nil {
		return reply{}, 0, err
	}
	// A time-out of ours is patience running out, which is a hang.
	patient, cancel := context.WithTimeout(context.WithoutCancel(ctx), wait.end)
	defer cancel()
	stop := context.AfterFunc(ctx, func() {
		if !errors.Is(ctx.Err(), context.DeadlineExceeded) {
			cancel()
		}
	})
	defer stop()
	if h.o.Tap != nil {
		h.o.Tap("message", body)
	}
	began := clock()
	answer, err := h.post(patient, body)
	took := clock().Sub(began)
	switch {
	case err == nil:
	case ctx.Err() != nil && !errors.Is(ctx.Err(), context.DeadlineExceeded):
		return reply{}, took, ctx.Err()
	case errors.Is(patient.Err(), context.DeadlineExceeded):
		return reply{}, took, &Hung{After: took}
	default:
		return reply{}, took, err
	}
	if took > wait.hang && (wait.fetching == nil || !wait.fetching()) {
		return reply{}, took, &Hung{After: took}
	}
	if *answer.Seq != m.Seq {
		return reply{}, took, &Garbled{How: fmt.Sprintf("message %d was answered with seq %d", m.Seq, *answer.Seq), Line: string(answer.Raw)}
	}
	return answer, took, nil
}

func (h *HTTP) post(ctx context.Context, body []byte) (reply, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, h.url, bytes.NewReader(body))
	if err != nil {
		return reply{}, err
	}
	r.Header.Set("Content-Type", "application/json")
	resp, err := h.o.Client.Do(r)
	if err != nil {
		return reply{}, &Crashed{How: trim(err), InFlight: 1}
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxLine+1))
	switch {
	case err != nil:
		return reply{}, &Crashed{How: trim(err), InFlight: 1}
	case len(text) > maxLine:
		return reply{}, &Garbled{How: "an answer of more than 16 MiB", Line: string(text[:256])}
	case resp.StatusCode >= 500:
		return reply{}, &Crashed{How: "it answered " + resp.Status, InFlight: 1, Stderr: string(text[:min(len(text), 512)])}
	case resp.StatusCode != http.StatusOK:
		return reply{}, &Garbled{How: "it answered " + resp.Status + ", and the protocol has 200 only", Line: string(text[:min(len(text), 512)])}
	}
	if h.o.Tap != nil {
		h.o.Tap("answer", text)
	}
	return parseReply(text)
}

// trim takes the URL out of an error of net/http, which the reader knows.
func trim(err error) string {
	text := err.Error()
	if i := strings.LastIndex(text, `": `); i >= 0 {
		return text[i+3:]
	}
	return text
}
