package relyingparty

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/rogueidp/rogueidp/validator"
)

func nonceOfAnybody(w *ways) {
	known := remembers(w)
	w.Nonce = func(t *transaction, raw string) []validator.Option {
		if nonce, ok := peek(raw)["nonce"].(string); ok && known.knows(nonce) {
			return []validator.Option{validator.WithNonce(nonce)}
		}
		return []validator.Option{validator.WithNonce(t.Nonce)}
	}
}

func anyParams(url.Values) error { return nil }

func lastDuplicate(w *ways) {
	w.Single = anyParams
	w.Response = func(r *http.Request, one *peer) (url.Values, error) {
		params, err := response(r, one)
		for name, values := range params {
			params[name] = values[len(values)-1:]
		}
		return params, err
	}
}

// pushedIDToken takes parameters from wherever they are, too.
func pushedIDToken(w *ways) {
	w.Response = func(r *http.Request, _ *peer) (url.Values, error) {
		if err := r.ParseForm(); err != nil {
			return nil, refuse("the response cannot be read")
		}
		return r.Form, nil
	}
	w.Expected = func(one *peer, params url.Values) error {
		if params.Get("id_token") != "" {
			return nil
		}
		return expected(one, params)
	}
	w.Identity = func(ctx context.Context, p *Party, one *peer, t *transaction, front, back *tokens, code string) (*identity, error) {
		if front.id() != "" {
			return p.validate(ctx, one, front.id(), anyNonce(t, front.id())...)
		}
		return identify(ctx, p, one, t, front, back, code)
	}
}

func overlooksErrors(w *ways) {
	w.Failed = func(params url.Values) bool { return params.Has("error") && params.Get("code") == "" }
}

func repeatsMarkup(w *ways) { w.Explain = func(text string) string { return text } }

var errFallen = errors.New("something went wrong") // and nobody knows what: 500

func fallsOverReasons(w *ways) {
	w.Single = func(params url.Values) error {
		if len(params.Get("error_description")) > maxParam {
			return errFallen
		}
		return single(params)
	}
}

func fallsOverErrors(w *ways) {
	w.Single = func(params url.Values) error {
		if params.Has("error") && !params.Has("code") {
			return errFallen
		}
		return single(params)
	}
}

func fallsOverCodes(w *ways) {
	w.Single = anyParams
	w.Code = func(text string) error {
		if code(text) != nil {
			return errFallen
		}
		return nil
	}
}

func nobodyElse(_, _ *identity) error { return nil }

func hybridByIssuer(w *ways) {
	w.Same = func(front, back *identity) error {
		if front.Issuer != back.Issuer {
			return distrust(errors.New("the two ID tokens are from different issuers"))
		}
		return nil
	}
}

func keepsSessionID(w *ways) {
	w.SessionID = func(r *http.Request) string {
		if c, err := r.Cookie(sessionCookie); err == nil {
			return c.Value
		}
		return secret("session")
	}
}

// returnsWhere judges return_to in a way of its own.
func returnsWhere(ours func(base, to string) bool) func(*ways) {
	return func(w *ways) {
		w.Destination = func(base, to string) (string, bool) {
			if ours(base, to) {
				return to, true
			}
			return destination(base, to)
		}
	}
}

func anywhere(_, _ string) bool { return true }

func bySlash(_, to string) bool { return strings.HasPrefix(to, "/") }

// byAddress looks for its own name at the beginning, and not where the name ends.
func byAddress(base, to string) bool {
	ours, err := url.Parse(base)
	_, host, absolute := strings.Cut(to, "://")
	return err == nil && absolute && strings.HasPrefix(host, ours.Hostname())
}

func byBackslash(_, to string) bool {
	return strings.HasPrefix(to, "/\\") || strings.HasPrefix(to, "\\")
}

func hostDecides(w *ways) {
	w.RedirectURI = func(r *http.Request, one *peer) string { return onHost(one, r.Host) }
}

func forwardedHostDecides(w *ways) {
	w.RedirectURI = func(r *http.Request, one *peer) string {
		return onHost(one, or(r.Header.Get("X-Forwarded-Host"), r.Host))
	}
}

// onHost is a redirect_uri with another host.
func onHost(one *peer, host string) string {
	u, err := url.Parse(one.redirect)
	if err != nil {
		return one.redirect
	}
	u.Host = host
	return u.String()
}

func startsForAnybody(w *ways) {
	w.Initiator = func(p *Party, issuer string) *peer {
		if one := p.peerOf(issuer); one != nil {
			return one
		}
		return p.peers[0]
	}
}

func endpointsFromRequest(w *ways) {
	w.Metadata = func(m *metadata, r *http.Request) *metadata {
		changed, said := *m, r.URL.Query()
		changed.Authorization = or(said.Get("authorization_endpoint"), m.Authorization)
		changed.Token = or(said.Get("token_endpoint"), m.Token)
		changed.UserInfo = or(said.Get("userinfo_endpoint"), m.UserInfo)
		return &changed
	}
}
