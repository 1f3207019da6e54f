package target

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"strconv"
	"sync/atomic"
	"time"
	"unicode/utf8"
)

// A road carries messages to an adapter and its answers back: JSON lines or
// POST bodies.
type road interface {
	ask(ctx context.Context, m request, wait patience) (reply, time.Duration, error)
}

// How long answers may take where nothing else is said.
const (
	helloTimeout    = 20 * time.Second
	defaultDeadline = 10 * time.Second
	// undeclaredFetch is how long a fetch may take a target that does not say.
	undeclaredFetch = 60 * time.Second
)

// speaker is what all adapters have in common, over whatever road.
type speaker struct {
	Description
	o        Options
	local    bool // the adapter reads files of this machine
	sessions atomic.Int64
}

// hello asks an adapter what it is.
func hello(ctx context.Context, r road) (Description, error) {
	answer, _, err := r.ask(ctx, request{Cmd: "hello", Protocol: protocolVersion}, patience{hang: helloTimeout, end: helloTimeout})
	if err != nil {
		return Description{}, fmt.Errorf("hello: %w", err)
	}
	return answer.describe()
}

// late tells whether an answer came after the caller had gone. Who gives up at
// the very deadline is in time, and so is the way back.
func late(took, deadline time.Duration) bool { return took > deadline+250*time.Millisecond }

// patience for a message whose caller waits this long.
func (s *speaker) patience(deadline time.Duration, fetching func() bool) patience {
	if deadline == 0 {
		deadline = defaultDeadline
	}
	fetch := undeclaredFetch
	if s.Declares.FetchTimeout != nil {
		fetch = *s.Declares.FetchTimeout
	}
	return patience{
		deadline: deadline,
		hang:     deadline + 2*time.Second,
		end:      max(fetch, deadline+2*time.Second) + 5*time.Second,
		fetching: fetching,
	}
}

// trust opens a session over a road.
func (s *speaker) trust(ctx context.Context, r road, issuers []Issuer) (*spoken, Verdict, error) {
	if len(issuers) > 1 && !s.Has("multi-issuer") {
		return nil, Verdict{}, &Unsupported{Why: "it trusts one issuer at a time", Feature: "multi-issuer"}
	}
	m := request{Cmd: "trust", Session: "s" + strconv.FormatInt(s.sessions.Add(1), 10)}
	for _, i := range issuers {
		m.Issuers = append(m.Issuers, i.onWire(s.Description))
		m.DecryptionKeys = append(m.DecryptionKeys, i.DecryptionKeys...)
	}
	if s.Has("leeway") && s.o.Leeway > 0 {
		m.Leeway = s.o.Leeway.String()
	}
	if s.o.FetchTimeout > 0 {
		m.FetchTimeout = s.o.FetchTimeout.String()
	}
	if s.Has("custom-ca") {
		m.CAPEM = string(s.o.CAPEM)
	}
	answer, took, err := r.ask(ctx, m, s.patience(0, nil))
	if err != nil {
		return nil, Verdict{}, err
	}
	session := &spoken{speaker: s, road: r, name: m.Session}
	if answer.OK {
		return session, Verdict{Answer: Accept, Took: took}, nil
	}
	v, err := answer.verdict()
	v.Took = took
	return nil, v, err
}

// spoken is a session of an adapter.
type spoken struct {
	*speaker
	road road
	name string
}

// Try sends verify. What is no UTF-8 goes in base64, and what is longer than a
// mebibyte in a file where the adapter can read one.
func (s *spoken) Try(ctx context.Context, a Attempt) (Verdict, error) {
	if s.o.Rate != nil {
		if err := s.o.Rate(ctx); err != nil {
			return Verdict{}, err
		}
	}
	wait := s.patience(a.Deadline, a.Fetching)
	m := request{Cmd: "verify", Session: s.name, Deadline: wait.deadline.String(), AccessToken: a.AccessToken, Code: a.Code, State: a.State, ACR: a.ACR}
	if a.MaxAge > 0 {
		m.MaxAge = a.MaxAge.String()
	}
	if s.Has("nonce") {
		m.Nonce = a.Nonce
	}
	switch {
	case len(a.Token) > 1<<20 && s.o.Dir != "" && s.local:
		file, err := s.file(a.Token)
		if err != nil {
			return Verdict{}, err
		}
		defer os.Remove(file)
		m.TokenFile = file
	case utf8.ValidString(a.Token):
		m.Token = a.Token
	default:
		m.TokenB64 = base64.StdEncoding.EncodeToString([]byte(a.Token))
	}
	answer, took, err := s.cancellable(ctx, m, wait)
	if err != nil {
		return Verdict{Took: took}, err
	}
	v, err := answer.verdict()
	v.Took, v.Late = took, late(took, wait.deadline)
	return v, err
}

// cancellable asks, and tells an adapter that can be told when the caller has
// given up.
func (s *spoken) cancellable(ctx context.Context, m request, wait patience) (reply, time.Duration, error) {
	if !s.Has("cancel") {
		return s.road.ask(ctx, m, wait)
	}
	seq := make(chan int, 1)
	answer, took, err := s.road.ask(context.WithValue(ctx, seqKey{}, (chan<- int)(seq)), m, wait)
	if errors.Is(err, context.Canceled) {
		select {
		case of := <-seq:
			// Whatever comes of it: the caller is gone.
			_ = s.order(context.WithoutCancel(ctx), request{Cmd: "cancel", Of: of})
		default:
		}
	}
	return answer, took, err
}

func (s *spoken) file(token string) (string, error) {
	f, err := os.CreateTemp(s.o.Dir, "token-*")
	if err != nil {
		return "", fmt.Errorf("write a large token: %w", err)
	}
	if _, err := f.WriteString(token); err != nil {
		f.Close()
		return "", fmt.Errorf("write a large token: %w", err)
	}
	return f.Name(), f.Close()
}

// SetClock tells the session what time it is.
func (s *spoken) SetClock(ctx context.Context, now time.Time) error {
	return s.order(ctx, request{Cmd: "clock", Session: s.name, Now: now.UTC().Format(time.RFC3339Nano)})
}

// Noop sends a message of this size that means nothing, to see what size alone
// costs.
func (s *spoken) Noop(ctx context.Context, size int) error {
	return s.order(ctx, request{Cmd: "noop", pad: size})
}

// Goroutines is how many tasks are under way in the adapter's process; zero
// where it does not say.
func (s *spoken) Goroutines(ctx context.Context) (int, error) {
	answer, _, err := s.road.ask(ctx, request{Cmd: "noop"}, s.patience(0, nil))
	return answer.Goroutines, err
}

// Close lets the adapter forget the session.
func (s *spoken) Close() error {
	return s.order(context.Background(), request{Cmd: "drop", Session: s.name})
}

func (s *spoken) order(ctx context.Context, m request) error {
	answer, _, err := s.road.ask(ctx, m, s.patience(0, nil))
	switch {
	case err != nil:
		return err
	case answer.Unsupported != "":
		return &Unsupported{Why: answer.Unsupported, Feature: answer.Feature}
	case answer.Error != "":
		return &Failed{Says: answer.Error}
	case !answer.OK:
		return &Garbled{How: m.Cmd + " was not answered with ok", Line: string(answer.Raw)}
	}
	return nil
}
