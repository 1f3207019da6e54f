package mockidp

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/rogueidp/rogueidp/mockidp/fault"
)

// aboutUser are the claims of a user by the scope that asks for them (OpenID
// Connect Core, 5.4).
func aboutUser(subject string, s *signIn) fault.Object {
	var o fault.Object
	if s.has("profile") {
		first, rest := utf8.DecodeRuneInString(subject)
		o.Set("name", fault.Text(string(unicode.ToUpper(first))+subject[rest:]))
		o.Set("preferred_username", fault.Text(subject))
	}
	if s.has("email") {
		o.Set("email", fault.Text(mailbox(subject)))
		o.Set("email_verified", "true")
	}
	return o
}

// mailbox is an address at a domain that leads nowhere (RFC 6761, 6.5).
func mailbox(subject string) string {
	local := strings.Map(func(r rune) rune {
		if r > ' ' && r < 0x7f && !strings.ContainsRune(`"(),:;<>@[\]`, r) {
			return r
		}
		return '-'
	}, subject)
	return local + "@example.test"
}

// giveID makes an ID token of a sign-in, or answers the one that stands in its
// place.
func (t *Tenant) giveID(r *response, s *signIn, kind string, b Beside) (string, error) {
	visit := s.visitor.visit()
	if visit.IDToken != "" {
		t.keepID(visit.IDToken, s)
		return visit.IDToken, nil
	}
	b.ACR = s.acr
	ask := Request{Kind: kind, Alg: or(visit.Alg, s.client.idAlg), With: b, visitor: s.visitor, secret: s.client.secret, Facts: map[string]string{"nonce": s.nonce}}
	if kind != "refreshed-id-token" { // OpenID Connect Core, 12.2
		ask.Nonce = s.nonce
	}
	ask.Claims = fault.Object{{Name: "aud", Value: fault.Text(s.client.id)}, {Name: "sid", Value: fault.Text(s.sid)}}
	if s.telltime {
		ask.Claims.Set("auth_time", number(s.at.Unix()))
	}
	if kind == "front-id-token" && b.AccessToken == "" && b.Code == "" {
		// There will be no access token to ask UserInfo with.
		ask.Claims = append(ask.Claims, aboutUser(s.subject, s)...)
	}
	t.ask(&ask, s, visit)
	m, err := t.Mint(ask)
	if err != nil {
		return "", err
	}
	r.tokens = append(r.tokens, m)
	t.keepID(m.Token, s)
	s.visitor.given(m)
	return m.Token, nil
}

// ask adds what a visit says of its person, and the person.
func (t *Tenant) ask(r *Request, s *signIn, visit Visit) {
	for _, claim := range visit.Claims {
		r.Claims.Set(claim.Name, claim.Value)
	}
	if _, given := visit.Claims.Get("sub"); !given {
		r.Subject = s.subject
	}
}

func (t *Tenant) keepID(token string, s *signIn) {
	t.ledger.mu.Lock()
	defer t.ledger.mu.Unlock()
	t.ledger.idTokens.put(token, s)
}

// giveAccess makes an access token: a JWT of RFC 9068, or an opaque one where the
// tenant is configured so.
func (t *Tenant) giveAccess(r *response, s *signIn, scope []string) (string, error) {
	now := t.clock.Now()
	token := t.chance.text() + t.chance.text()
	if !t.cfg.OpaqueAccessTokens {
		ask := Request{Kind: "access-token", Subject: s.subject, visitor: s.visitor, Facts: map[string]string{"nonce": s.nonce}}
		ask.Claims = fault.Object{
			{Name: "aud", Value: fault.Text(t.issuer)}, {Name: "client_id", Value: fault.Text(s.client.id)},
		}
		if len(scope) > 0 {
			ask.Claims.Set("scope", fault.Text(strings.Join(scope, " ")))
		}
		m, err := t.Mint(ask)
		if err != nil {
			return "", err
		}
		r.tokens = append(r.tokens, m)
		token = m.Token
	}
	t.ledger.mu.Lock()
	defer t.ledger.mu.Unlock()
	t.ledger.access.put(token, &access{signIn: s, scope: slices.Clone(scope), issued: now, expires: now.Add(t.cfg.Lifetime)})
	return token, nil
}

// accessMembers are what comes with an access token (RFC 6749, 5.1).
func (t *Tenant) accessMembers(token string) fault.Object {
	return fault.Object{
		{Name: "access_token", Value: fault.Text(token)}, {Name: "token_type", Value: `"Bearer"`},
		{Name: "expires_in", Value: number(int64(t.cfg.Lifetime / time.Second))},
	}
}

func (t *Tenant) giveRefresh(s *signIn) string {
	token := t.chance.text() + t.chance.text()
	t.ledger.mu.Lock()
	defer t.ledger.mu.Unlock()
	t.ledger.refreshes.put(token, &refresh{signIn: s})
	return token
}
