package relyingparty

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// A logoutToken is one that says which session ended (OpenID Connect Back-Channel
// Logout, 2.4).
type logoutToken struct {
	peer *peer
	typ  string
	now  time.Time

	Issuer   string                    `json:"iss"`
	Subject  string                    `json:"sub"`
	Audience jsontext.Value            `json:"aud"`
	IssuedAt *int64                    `json:"iat"`
	Expires  *int64                    `json:"exp"`
	ID       string                    `json:"jti"`
	Session  string                    `json:"sid"`
	Events   map[string]jsontext.Value `json:"events"`
	Nonce    jsontext.Value            `json:"nonce"`
}

// logoutEvent is the member of events that makes a token a logout token.
const logoutEvent = "http://schemas.openid.net/event/backchannel-logout"

const logoutLeeway = time.Minute

// backchannel ends sessions because the issuer says so (Back-Channel Logout, 2.5
// to 2.8): 200 for a logout token that is one, whether or not it ends anything,
// and 400 for all else.
func (p *Party) backchannel(w http.ResponseWriter, r *http.Request) {
	if err := p.signOut(r); err != nil {
		p.failAPI(w, err)
		return
	}
	p.ways.Acknowledge(w.Header())
	w.WriteHeader(http.StatusOK)
}

func (p *Party) signOut(r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return refuse("the request cannot be read")
	}
	sent := r.PostForm["logout_token"]
	if len(sent) != 1 {
		return refuse("there is to be one logout_token")
	}
	l, err := p.ways.LogoutToken(r.Context(), p, sent[0])
	if err != nil {
		return err
	}
	l.now = p.now()
	for _, rule := range p.ways.Logout {
		if err := rule.wants(l); err != nil {
			return distrust(fmt.Errorf("%s: %w", rule.of, err))
		}
	}
	// The same token once more changes nothing, and is no fault of the issuer's,
	// who may not have heard the first answer.
	if p.jtis.add(l.Issuer+"\n"+l.ID, l.now) {
		p.sessions.endAll(func(s *session) bool { return p.ways.Ends(l, s) })
	}
	return nil
}

// readLogoutToken verifies the signature of a logout token by the keys of the
// issuer that it names, if this party is registered there.
func readLogoutToken(ctx context.Context, p *Party, raw string) (*logoutToken, error) {
	claimed, _ := peek(raw)["iss"].(string)
	one := p.peerOf(claimed)
	if one == nil {
		return nil, refuse("the logout token is from no issuer of this party")
	}
	m, err := p.recall(ctx, one)
	if err != nil {
		return nil, err
	}
	text, err := p.verify(ctx, one, m, raw, one.Algorithms...)
	if err != nil {
		return nil, err
	}
	return parseLogoutToken(one, raw, text)
}

func parseLogoutToken(one *peer, raw string, text []byte) (*logoutToken, error) {
	h, err := headerOf(raw)
	if err != nil {
		return nil, err
	}
	l := &logoutToken{peer: one, typ: h.Typ}
	if err := json.Unmarshal(text, l); err != nil {
		return nil, distrust(fmt.Errorf("the claims of the logout token cannot be read: %w", err))
	}
	return l, nil
}

// A logoutRule is one thing that a logout token has to be (Back-Channel Logout,
// 2.6).
type logoutRule struct {
	of    string // what it is about, and the name by which a weakness drops it
	wants func(l *logoutToken) error
}

func logoutRules() []logoutRule {
	return []logoutRule{
		{"typ", func(l *logoutToken) error {
			typ := strings.TrimPrefix(strings.ToLower(l.typ), "application/")
			return unless(typ == "" || typ == "jwt" || typ == "logout+jwt", "it is that of another kind of token")
		}},
		{"iss", func(l *logoutToken) error {
			return unless(l.Issuer == l.peer.Issuer, "it is another issuer")
		}},
		{"aud", func(l *logoutToken) error {
			return unless(slices.Contains(audience(l.Audience), l.peer.ClientID), "it is another client")
		}},
		{"iat", func(l *logoutToken) error {
			if l.IssuedAt == nil {
				return errors.New("it is missing")
			}
			age := l.now.Sub(time.Unix(*l.IssuedAt, 0))
			return unless(age < logoutTokenLife && age > -logoutLeeway, "it is too long ago, or ahead")
		}},
		{"exp", func(l *logoutToken) error {
			if l.Expires == nil {
				return errors.New("it is missing")
			}
			return unless(l.now.Before(time.Unix(*l.Expires, 0).Add(logoutLeeway)), "it has passed")
		}},
		{"sub and sid", func(l *logoutToken) error {
			return unless(l.Subject != "" || l.Session != "", "both are missing")
		}},
		{"events", func(l *logoutToken) error {
			return unless(l.Events[logoutEvent].Kind() == '{', "it is not about a logout")
		}},
		{"nonce", func(l *logoutToken) error {
			return unless(l.Nonce == nil, "a logout token has none")
		}},
		{"jti", func(l *logoutToken) error {
			return unless(l.ID != "", "it is missing")
		}},
	}
}

func unless(ok bool, why string) error {
	if ok {
		return nil
	}
	return errors.New(why)
}

// ends is true of the sessions with this issuer that sid names, or sub where
// there is no sid, and never of one whose sub is another (Back-Channel Logout,
// 2.7).
func ends(l *logoutToken, s *session) bool {
	if s.who.Issuer != l.Issuer || s.peer != l.peer {
		return false
	}
	if l.Subject != "" && l.Subject != s.who.Subject {
		return false
	}
	return l.Session == "" || l.Session == s.who.Session
}
