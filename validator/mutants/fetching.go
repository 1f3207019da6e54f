package mutants

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync/atomic"

	"github.com/rogueidp/rogueidp/validator/internal/steps"
)

// overTLS changes how a lent transport does TLS, in place: it may dial by
// itself, and then looks at its own settings.
func overTLS(s *steps.Steps, change func(*tls.Config)) {
	s.Fetching.Transport = func(lent http.RoundTripper) http.RoundTripper {
		if t, ok := lent.(*http.Transport); ok {
			cfg := &tls.Config{}
			if t.TLSClientConfig != nil {
				cfg = t.TLSClientConfig.Clone()
			}
			change(cfg)
			t.TLSClientConfig = cfg
		}
		return lent
	}
}

func skipsCertificate(s *steps.Steps) {
	overTLS(s, func(cfg *tls.Config) { cfg.InsecureSkipVerify = true })
}

func speaksOldTLS(s *steps.Steps) {
	overTLS(s, func(cfg *tls.Config) { cfg.MinVersion = tls.VersionTLS10 })
}

// anyScheme opens whatever a URL library opens.
func anyScheme(s *steps.Steps) {
	s.Fetching.URL = func(*url.URL) error { return nil }
	s.Fetching.Transport = func(lent http.RoundTripper) http.RoundTripper { return opener{lent} }
}

type opener struct{ http.RoundTripper }

func (o opener) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	var err error
	switch r.URL.Scheme {
	case "file":
		body, err = os.ReadFile(r.URL.Path)
	case "data":
		_, text, _ := strings.Cut(r.URL.Opaque, ",")
		body, err = base64.StdEncoding.DecodeString(text)
	default:
		return o.RoundTripper.RoundTrip(r)
	}
	if err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(body)), Request: r}, nil
}

// normalizesIssuer compares as one compares URLs.
func normalizesIssuer(s *steps.Steps) {
	s.Fetching.Issuer = func(asked string, got steps.Value) bool {
		text, ok := got.Text()
		plain := func(issuer string) string {
			u, err := url.Parse(strings.ToLower(issuer))
			if err != nil {
				return issuer
			}
			return u.Scheme + "://" + strings.TrimSuffix(u.Host, ":443") + strings.TrimSuffix(u.Path, "/")
		}
		return ok && plain(text) == plain(asked)
	}
}

// adoptsIssuer compares iss with what the metadata call their issuer.
func adoptsIssuer(s *steps.Steps) {
	var adopted atomic.Pointer[string]
	same := s.Claiming.Issuer
	s.Fetching.Issuer = func(_ string, got steps.Value) bool {
		text, ok := got.Text()
		if ok {
			adopted.Store(&text)
		}
		return ok
	}
	s.Claiming.Issuer = func(want, got string) bool {
		if name := adopted.Load(); name != nil {
			want = *name
		}
		return same(want, got)
	}
	// It does not know whom it trusts before it has asked.
	s.Screen = s.Screen[1:]
}

// noKeysNoCheck takes a provider that names no keys for one that signs nothing.
func noKeysNoCheck(s *steps.Steps) {
	find, verify := s.Order[steps.CheckKey-1], s.Order[steps.CheckSignature-1]
	s.Order[steps.CheckKey-1] = func(ctx context.Context, a *steps.Attempt) *steps.Refusal {
		refusal := find(ctx, a)
		if refusal != nil && refusal.Undecided && refusal.Code == steps.CodeMetadata {
			a.Keys = nil
			return nil
		}
		return refusal
	}
	s.Order[steps.CheckSignature-1] = func(ctx context.Context, a *steps.Attempt) *steps.Refusal {
		if len(a.Keys) == 0 {
			return nil
		}
		return verify(ctx, a)
	}
}

// crashesWithoutKeys uses a key set that is not there.
func crashesWithoutKeys(s *steps.Steps) {
	find := s.Order[steps.CheckKey-1]
	s.Order[steps.CheckKey-1] = func(ctx context.Context, a *steps.Attempt) *steps.Refusal {
		refusal := find(ctx, a)
		if refusal != nil && refusal.Undecided {
			panic("mutants: there is no key set")
		}
		return refusal
	}
}

// keysUnderIssuer looks for a key set of the issuer's right under the issuer,
// by the last part of its name.
func keysUnderIssuer(s *steps.Steps) {
	s.Fetching.Address = func(issuer string, named steps.Value) (string, error) {
		where, ok := named.Text()
		if !ok {
			return "", errors.New("there is no jwks_uri")
		}
		base := strings.TrimSuffix(issuer, "/") + "/"
		if below, ok := strings.CutPrefix(where, base); ok {
			return base + below[strings.LastIndexByte(below, '/')+1:], nil
		}
		return where, nil
	}
}

// obeysMetadata accepts no algorithm that the metadata do not advertise.
func obeysMetadata(s *steps.Steps) {
	s.Fetching.Advertised = func(pinned []*steps.Algorithm, advertised steps.Value) []*steps.Algorithm {
		list, listed := advertised.Texts(nil)
		if !listed {
			return pinned
		}
		var both []*steps.Algorithm
		for _, alg := range pinned {
			for _, name := range list {
				if alg.Name == name {
					both = append(both, alg)
				}
			}
		}
		return both
	}
}

// noneIfAdvertised accepts alg none from a provider that says it uses it.
func noneIfAdvertised(s *steps.Steps) {
	choose, verify := s.Choosing.Select, s.Order[steps.CheckSignature-1]
	s.Fetching.Advertised = func(pinned []*steps.Algorithm, advertised steps.Value) []*steps.Algorithm {
		list, _ := advertised.Texts(nil)
		for _, name := range list {
			if name == none.Name {
				pinned = append(pinned[:len(pinned):len(pinned)], none)
			}
		}
		return pinned
	}
	s.Choosing.Select = func(ctx context.Context, a *steps.Attempt, set *steps.KeySet) []*steps.Key {
		if a.Algorithm == none {
			return []*steps.Key{{}}
		}
		return choose(ctx, a, set)
	}
	s.Order[steps.CheckSignature-1] = func(ctx context.Context, a *steps.Attempt) *steps.Refusal {
		if a.Algorithm == none {
			return nil
		}
		return verify(ctx, a)
	}
}
