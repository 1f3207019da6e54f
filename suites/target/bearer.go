package target

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/net/http/httpguts"
)

const (
	// maxVisible is the longest header that every server takes.
	maxVisible = 8 << 10
	// maxAnswer is how much of an answer's body is read, and maxAnswerHeader how
	// long its header may be, those of interim answers included.
	maxAnswer       = 64 << 10
	maxAnswerHeader = 256 << 10
)

// Bearer is a protected resource: it accepts with 2xx, refuses with 400, 401,
// 403, 413, 431 or a redirect to its login page, and could not decide with 5xx
// or 429 (RFC 6750 section 3). It is configured once, so it trusts one issuer
// and nobody can say otherwise. It is safe for concurrent use.
type Bearer struct {
	Description
	url  *url.URL
	o    Options
	read identityReader // nil where answers do not say who is signed in
}

func openBearer(u string, o Options) (*Bearer, error) {
	parsed, err := url.Parse(u)
	if err != nil {
		return nil, err
	}
	parsed.Fragment = ""
	read, err := o.Resource.reader()
	if err != nil {
		return nil, fmt.Errorf("the resource %s: %w", u, err)
	}
	b := &Bearer{url: parsed, o: o, read: read, Description: Description{
		Name: parsed.Host + parsed.Path, Profile: or(o.Profile, "bearer-jwt"), Algs: o.Algs,
		Can:        []string{"discovery", "jwks-uri", "refetch", "custom-ca", "http-issuer", "http-channel"},
		Concurrent: true, Fixed: true, Visible: maxVisible, Declares: o.Declares,
	}}
	if len(b.Algs) == 0 {
		b.Algs = []string{"RS256"}
	}
	if read != nil {
		b.Can = append(b.Can, "claims")
	}
	if o.Resource.MaxHeader > 0 {
		b.Visible = o.Resource.MaxHeader
	}
	if o.Resource.Replicas > 1 {
		b.Replicas = o.Resource.Replicas
	}
	if b.o.Client == nil {
		b.o.Client = &http.Client{Transport: &http.Transport{
			Proxy: http.ProxyFromEnvironment, MaxIdleConnsPerHost: 64, MaxResponseHeaderBytes: maxAnswerHeader,
			// A connection that is kept leads to one replica for ever.
			DisableKeepAlives: b.Replicas > 1,
		}}
	}
	client := *b.o.Client
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	b.o.Client = &client
	return b, nil
}

// reader looks at what a description says before anything is asked.
func (r Resource) reader() (identityReader, error) {
	if r.Method != "" && !httpguts.ValidHeaderFieldName(r.Method) {
		return nil, fmt.Errorf("%q is no method of HTTP; write one such as POST", r.Method)
	}
	for name, value := range r.Header {
		switch {
		case !httpguts.ValidHeaderFieldName(name):
			return nil, fmt.Errorf("%q is no name of a header; write one such as X-Api-Key", name)
		case !httpguts.ValidHeaderFieldValue(value):
			return nil, fmt.Errorf("the header %s has a value that no header can have", name)
		case strings.EqualFold(name, "Authorization"):
			return nil, errors.New("the header Authorization is where the token goes; leave it out")
		}
	}
	switch {
	case r.Replicas < 0 || r.Replicas > maxReplicas:
		return nil, fmt.Errorf("%d replicas: at least 1, and at most %d", r.Replicas, maxReplicas)
	case r.MaxHeader < 0 || r.MaxHeader > 1<<20:
		return nil, fmt.Errorf("a header of %d octets: at least 1, and at most 1 MiB", r.MaxHeader)
	}
	return r.Identity.reader()
}

// Name is where the resource is.
func (b *Bearer) Name() string { return b.Description.Name }

// Describe is what is known of any resource, and what was said of this one.
func (b *Bearer) Describe() Description { return b.Description }

// Trust tells nobody anything: whom the resource trusts was configured before.
func (b *Bearer) Trust(_ context.Context, issuers ...Issuer) (Session, Verdict, error) {
	if len(issuers) > 1 {
		return nil, Verdict{}, &Unsupported{Why: "it was configured for one issuer", Feature: "multi-issuer"}
	}
	return presented{b}, Verdict{Answer: Accept}, nil
}

// Close ends nothing: the resource is the user's.
func (b *Bearer) Close() error {
	b.o.Client.CloseIdleConnections()
	return nil
}

type presented struct{ *Bearer }

func (presented) Close() error { return nil }

// Try presents the token: once, or to replicas until each of them is likely to
// have answered.
func (b presented) Try(ctx context.Context, a Attempt) (Verdict, error) {
	if b.Replicas > 1 {
		return b.everywhere(ctx, a)
	}
	return b.once(ctx, a)
}

// once is one request and its answer.
func (b presented) once(ctx context.Context, a Attempt) (Verdict, error) {
	deadline := a.Deadline
	if deadline == 0 {
		deadline = defaultDeadline
	}
	patient, cancel := context.WithTimeout(ctx, deadline+2*time.Second)
	defer cancel()
	r, err := b.request(patient, a)
	if err != nil {
		return Verdict{}, err
	}
	if b.o.Rate != nil {
		if err := b.o.Rate(ctx); err != nil {
			return Verdict{}, err
		}
	}
	began := clock()
	answer, err := b.ask(r)
	took := clock().Sub(began)
	switch {
	case err == nil:
	case ctx.Err() != nil && !errors.Is(ctx.Err(), context.DeadlineExceeded):
		return Verdict{}, ctx.Err()
	case errors.Is(patient.Err(), context.DeadlineExceeded):
		why := "no answer in " + deadline.String()
		if answer.status != 0 {
			why = fmt.Sprintf("it began to answer with %d, and did not end in %v", answer.status, deadline)
		}
		return Verdict{Answer: Unavailable, Reason: why, Took: took, Late: true}, nil
	default:
		return Verdict{Took: took}, broke(err)
	}
	v, err := b.decide(answer, a.Carry)
	v.Took, v.Late = took, late(took, deadline)
	return v, err
}
