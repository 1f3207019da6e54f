package steps

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"syscall"
	"time"
)

// A Fetcher gets documents over HTTPS.
type Fetcher struct {
	steps  *Steps
	client *http.Client
}

// NewFetcher makes a fetcher on a transport. Cookies are neither kept nor
// sent.
func NewFetcher(s *Steps, transport http.RoundTripper) *Fetcher {
	return &Fetcher{steps: s, client: &http.Client{Transport: s.Fetching.Transport(transport), CheckRedirect: s.Fetching.Redirect}}
}

// asLent changes nothing of a transport: who is trusted and which versions of
// TLS are spoken is settled where it was made.
func asLent(lent http.RoundTripper) http.RoundTripper { return lent }

// A failure is a reply that was no document, with what it said about itself.
type failure struct {
	reply http.Header
	error
}

func (f *failure) Unwrap() error { return f.error }

// Get fetches one document, bounded in size; ctx bounds the time.
func (f *Fetcher) Get(ctx context.Context, address string) (string, http.Header, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return "", nil, err
	}
	request.Header.Set("Accept", "application/json")
	// One fetch in minutes is no reason to keep a connection and its two
	// goroutines.
	request.Close = true
	reply, err := f.client.Do(request)
	if err != nil {
		return "", nil, err
	}
	defer reply.Body.Close()
	if err := f.steps.Fetching.Status(reply.StatusCode); err != nil {
		return "", nil, &failure{reply: reply.Header, error: fmt.Errorf("%s: %w", address, err)}
	}
	most := f.steps.Fetching.MaxBody
	body, err := f.steps.Fetching.Body(reply.Body, most)
	if err != nil {
		return "", nil, fmt.Errorf("%s: reading the reply: %w", address, err)
	}
	if int64(len(body)) > most {
		return "", nil, fmt.Errorf("%s: the reply has more than %d bytes", address, most)
	}
	return string(body), reply.Header, nil
}

// readBody reads no more than it has to to know that there is too much, and
// takes nothing of a document that broke off.
func readBody(reply io.Reader, most int64) ([]byte, error) {
	return io.ReadAll(io.LimitReader(reply, most+1))
}

// requireOK takes 200 and nothing else (OpenID Connect Discovery, 4.2).
func requireOK(code int) error {
	if code != http.StatusOK {
		return fmt.Errorf("the reply is %d %s, not 200", code, http.StatusText(code))
	}
	return nil
}

// requireHTTPS takes an absolute https address without user and fragment
// (OpenID Connect Discovery, 3).
func requireHTTPS(u *url.URL) error {
	if u.Scheme != "https" || u.Host == "" || u.User != nil || u.Fragment != "" || u.Opaque != "" {
		return errors.New("it is not a plain https address")
	}
	return nil
}

// sameHostOnly follows at most three redirects, and only to https on the host
// that was asked: whoever may send the reader elsewhere could send it to keys
// of their own.
func sameHostOnly(to *http.Request, via []*http.Request) error {
	const most = 3
	if len(via) > most {
		return fmt.Errorf("more than %d redirects", most)
	}
	if to.URL.Host != via[0].URL.Host {
		return fmt.Errorf("a redirect to another host, %s", excerpt(to.URL.Host))
	}
	if err := requireHTTPS(to.URL); err != nil {
		return fmt.Errorf("a redirect to %s: %w", excerpt(to.URL.Redacted()), err)
	}
	return nil
}

// broken tells whether the connection ended under a reply, so that asking
// again at once may help. A provider that answers, refuses, is silent or
// shows a bad certificate has said what it has to say.
func broken(err error) bool {
	var certain *failure
	var timeout interface{ Timeout() bool }
	switch {
	case errors.As(err, &certain), errors.As(err, &timeout) && timeout.Timeout():
		return false
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF), errors.Is(err, syscall.ECONNRESET):
		return true
	}
	return isStreamError(err)
}

// isStreamError recognizes HTTP/2 connections and streams that were closed by
// the peer. net/http bundles its own copy of these error types, so they can
// only be told by what they say.
func isStreamError(err error) bool {
	for ; err != nil; err = errors.Unwrap(err) {
		switch fmt.Sprintf("%T", err) {
		case "http.http2StreamError", "http2.StreamError", "http.http2GoAwayError", "http2.GoAwayError":
			return true
		}
	}
	return false
}

// retryAfter reads how long a reply asks to be left alone, in seconds or
// until a date (RFC 9110, 10.2.3).
func retryAfter(reply http.Header, now time.Time) time.Duration {
	const most = 5 * time.Minute
	value := reply.Get("Retry-After")
	if value == "" {
		return 0
	}
	wait := time.Duration(seconds(value)) * time.Second
	if date, err := http.ParseTime(value); err == nil {
		wait = date.Sub(now)
	}
	return min(max(wait, 0), most)
}
