package target

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// maxVisible is the longest header that every server takes.
const maxVisible = 8 << 10

// Bearer is a protected resource: it accepts with 2xx, refuses with 400, 401,
// 403, 413, 431 or a redirect to its login page, and could not decide with 5xx
// or 429 (RFC 6750 section 3). It is configured once, so it trusts one issuer
// and nobody can say otherwise.
type Bearer struct {
	Description
	url string
	o   Options
}

func openBearer(u string, o Options) (*Bearer, error) {
	parsed, err := url.Parse(u)
	if err != nil {
		return nil, err
	}
	profile := o.Profile
	if profile == "" {
		profile = "bearer-jwt"
	}
	algs := o.Algs
	if len(algs) == 0 {
		algs = []string{"RS256"}
	}
	b := &Bearer{url: u, o: o, Description: Description{
		Name: parsed.Host + parsed.Path, Profile: profile, Algs: algs,
		Can:        []string{"discovery", "jwks-uri", "refetch", "custom-ca", "http-issuer"},
		Concurrent: true, Fixed: true, Visible: maxVisible,
	}}
	if b.o.Client == nil {
		b.o.Client = &http.Client{Transport: &http.Transport{Proxy: http.ProxyFromEnvironment, MaxIdleConnsPerHost: 64}}
	}
	client := *b.o.Client
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	b.o.Client = &client
	return b, nil
}

// Name is where the resource is.
func (b *Bearer) Name() string { return b.Description.Name }

// Describe is what is known of any resource.
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

// Try presents the token in the Authorization header.
func (b presented) Try(ctx context.Context, a Attempt) (Verdict, error) {
	if len(a.Token) > b.Visible || strings.ContainsFunc(a.Token, func(r rune) bool { return r < 0x20 || r > 0x7e }) {
		return Verdict{}, &Unsupported{Why: "a header carries 8 KiB of visible ASCII", Feature: "channel"}
	}
	if b.o.Rate != nil {
		if err := b.o.Rate(ctx); err != nil {
			return Verdict{}, err
		}
	}
	deadline := a.Deadline
	if deadline == 0 {
		deadline = defaultDeadline
	}
	patient, cancel := context.WithTimeout(ctx, deadline+2*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(patient, http.MethodGet, b.url, nil)
	if err != nil {
		return Verdict{}, err
	}
	r.Header.Set("Authorization", "Bearer "+a.Token)
	began := clock()
	resp, err := b.o.Client.Do(r)
	took := clock().Sub(began)
	if err != nil {
		switch {
		case ctx.Err() != nil && !errors.Is(ctx.Err(), context.DeadlineExceeded):
			return Verdict{}, ctx.Err()
		case errors.Is(patient.Err(), context.DeadlineExceeded):
			return Verdict{Answer: Unavailable, Reason: "no answer in " + deadline.String(), Took: took, Late: true}, nil
		}
		return Verdict{Took: took}, &Crashed{How: trim(err), InFlight: 1}
	}
	defer resp.Body.Close()
	text, _ := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	v := Verdict{Took: took, Late: late(took, deadline), Reason: strings.TrimSpace(resp.Status + " " + resp.Header.Get("WWW-Authenticate") + " " + string(text))}
	switch status := resp.StatusCode; {
	case status >= 200 && status < 300:
		v.Answer = Accept
	case slices.Contains([]int{400, 401, 403, 413, 431}, status):
		v.Answer = Reject
	case status >= 300 && status < 400 && b.login(resp):
		v.Answer, v.Reason = Reject, "redirected to the login page"
	case status >= 500 || status == http.StatusTooManyRequests:
		v.Answer = Unavailable
	default:
		return v, &Garbled{How: "it answered " + resp.Status + ", which neither accepts nor refuses", Line: resp.Header.Get("Location")}
	}
	return v, nil
}

// login tells whether a redirect leads to the page that means refusal.
func (b *Bearer) login(resp *http.Response) bool {
	to, err := resp.Location()
	return err == nil && b.o.LoginPage != "" && strings.HasPrefix(to.String(), b.o.LoginPage)
}
