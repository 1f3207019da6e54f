package relyingparty

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"
)

// logoutWithout drops rules about logout tokens.
func logoutWithout(of ...string) func(*ways) {
	return func(w *ways) {
		w.Logout = slices.DeleteFunc(w.Logout, func(rule logoutRule) bool { return slices.Contains(of, rule.of) })
	}
}

// logoutByIDToken is content with a token that the issuer signed for
// this client.
func logoutByIDToken(w *ways) { logoutWithout("typ", "events", "nonce", "jti")(w) }

// logoutExpired does not mind how old a token is, either.
func logoutExpired(w *ways) {
	w.Logout = slices.Clone(w.Logout)
	for i, rule := range w.Logout {
		switch rule.of {
		case "exp":
			w.Logout[i].wants = func(*logoutToken) error { return nil }
		case "iat":
			w.Logout[i].wants = func(l *logoutToken) error {
				if l.IssuedAt == nil {
					return rule.wants(l)
				}
				return unless(l.now.Add(logoutLeeway).After(time.Unix(*l.IssuedAt, 0)), "it lies ahead")
			}
		}
	}
}

func logoutAnyEvent(w *ways) {
	for i, rule := range w.Logout {
		if rule.of == "events" {
			w.Logout[i].wants = func(l *logoutToken) error { return unless(len(l.Events) > 0, "it is missing") }
		}
	}
}

// readingLogout reads a logout token whose signature is judged in another way.
func readingLogout(verify func(ctx context.Context, p *Party, one *peer, raw string) ([]byte, error)) func(*ways) {
	return func(w *ways) {
		w.LogoutToken = func(ctx context.Context, p *Party, raw string) (*logoutToken, error) {
			claimed, _ := peek(raw)["iss"].(string)
			one := p.peerOf(claimed)
			if one == nil {
				return nil, refuse("the logout token is from no issuer of this party")
			}
			text, err := verify(ctx, p, one, raw)
			if err != nil {
				return nil, err
			}
			return parseLogoutToken(one, raw, text)
		}
	}
}

func logoutAlgNone(w *ways) {
	readingLogout(func(ctx context.Context, p *Party, one *peer, raw string) ([]byte, error) {
		if unsigned(raw) {
			return payload(raw)
		}
		return p.verifyWith(ctx, one, raw, one.Algorithms)
	})(w)
}

func logoutAnyAlg(w *ways) {
	readingLogout(func(ctx context.Context, p *Party, one *peer, raw string) ([]byte, error) {
		m, err := p.recall(ctx, one)
		if err != nil {
			return nil, err
		}
		return p.verifyAnyAlg(ctx, one, m, raw)
	})(w)
}

func logoutUnverified(w *ways) {
	readingLogout(func(_ context.Context, _ *Party, _ *peer, raw string) ([]byte, error) { return payload(raw) })(w)
}

func (p *Party) verifyWith(ctx context.Context, one *peer, raw string, algs []string) ([]byte, error) {
	m, err := p.recall(ctx, one)
	if err != nil {
		return nil, err
	}
	return p.verify(ctx, one, m, raw, algs...)
}

// logoutAnyIssuer tries a logout token with the keys of every issuer, and takes
// it for the word of the one whose key fits.
func logoutAnyIssuer(w *ways) {
	logoutWithout("iss")(w)
	w.LogoutToken = func(ctx context.Context, p *Party, raw string) (*logoutToken, error) {
		err := error(distrust(errors.New("no issuer signed the logout token")))
		for _, one := range p.peers {
			var text []byte
			if text, err = p.verifyWith(ctx, one, raw, one.Algorithms); err != nil {
				continue
			}
			l, err := parseLogoutToken(one, raw, text)
			if err == nil {
				l.Issuer = one.Issuer
			}
			return l, err
		}
		return nil, err
	}
}

func logoutOfEverybody(w *ways) {
	w.Ends = func(l *logoutToken, s *session) bool { return s.peer == l.peer }
}

func logoutCached(w *ways) {
	w.Acknowledge = func(h http.Header) { h.Set("Cache-Control", "max-age=600") }
}

func frontLogoutForAnybody(w *ways) {
	w.Departing = func(*session, string, string) bool { return true }
}

func followsFarewell(w *ways) {
	w.Farewell = func(p *Party, r *http.Request) (string, error) {
		if _, err := farewell(p, r); err != nil {
			return r.URL.Query().Get("state"), nil
		}
		return "", nil
	}
}
