package relyingparty

import (
	"errors"
	"net/http"
	"net/url"
)

// renew uses the refresh token of who is signed in (OpenID Connect Core, 12). A
// session that cannot go on as it was ends: only an issuer that cannot be reached
// is forgiven.
func (p *Party) renew(w http.ResponseWriter, r *http.Request) {
	s := p.session(r)
	if s == nil {
		p.fail(w, r, &refusal{http.StatusUnauthorized, errors.New("nobody is signed in")})
		return
	}
	if s.refresh == "" {
		p.fail(w, r, refuse("there is nothing to renew this sign-in with"))
		return
	}
	next, err := p.renewed(r, s)
	if err != nil {
		if why := new(refusal); !errors.As(err, &why) || why.status != http.StatusBadGateway {
			p.dismiss(w, r)
		}
		p.fail(w, r, err)
		return
	}
	p.sessions.replace(next)
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// renewed is the session as it goes on.
func (p *Party) renewed(r *http.Request, s *session) (*session, error) {
	ctx := r.Context()
	m, err := p.recall(ctx, s.peer)
	if err != nil {
		return nil, err
	}
	got, err := p.askForTokens(ctx, s.peer, m, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {s.refresh}})
	if err != nil {
		return nil, err
	}
	next, who := *s, *s.who
	if got.IDToken == nil {
		if err := p.ways.Unaccompanied(); err != nil {
			return nil, err
		}
	} else {
		now, err := p.ways.Renewed(ctx, p, s, got.id())
		if err != nil {
			return nil, err
		}
		if err := p.ways.Continues(s, now); err != nil {
			return nil, err
		}
		// What the first sign-in said of time, nonce and session stays.
		who.Subject, who.Issuer = now.Subject, now.Issuer
		next.raw = got.id()
	}
	if err := p.describe(ctx, s.peer, m, got.AccessToken, &who); err != nil {
		return nil, err
	}
	next.who = &who
	next.refresh = or(got.RefreshToken, s.refresh)
	return &next, nil
}
