package relyingparty

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// callback takes in an authorization response.
func (p *Party) callback(w http.ResponseWriter, r *http.Request, one *peer) {
	if one.ResponseMode == "fragment" && r.Method == http.MethodGet && r.URL.RawQuery == "" {
		p.unfold(w)
		return
	}
	t, one, err := p.accept(r, one)
	if t != nil {
		p.ways.Spend(p, w, t.transaction)
	}
	if err != nil {
		p.fail(w, r, err)
		return
	}
	s, err := p.conclude(r, one, t)
	if err != nil {
		p.fail(w, r, err)
		return
	}
	p.admit(w, r, s)
	http.Redirect(w, r, t.ReturnTo, http.StatusSeeOther)
}

// A response on its way to become a session.
type arrival struct {
	*transaction
	params   url.Values
	metadata *metadata
}

// accept judges whether a response belongs to a sign-in that began in this
// browser, whose issuer sent it.
func (p *Party) accept(r *http.Request, at *peer) (*arrival, *peer, error) {
	params, err := p.ways.Response(r, at)
	if err != nil {
		return nil, nil, err
	}
	if err := p.ways.Single(params); err != nil {
		return nil, nil, err
	}
	t, err := p.ways.Claim(p, r, at, params.Get("state"))
	if err != nil {
		return nil, nil, err
	}
	a := &arrival{transaction: t, params: params}
	one, err := p.ways.Origin(p, t, at, params)
	if err != nil {
		return a, nil, err
	}
	m, err := p.recall(r.Context(), one)
	if err != nil {
		return a, nil, err
	}
	a.metadata = p.ways.Metadata(m, r)
	if err := p.ways.Sender(one, m, params); err != nil {
		return a, nil, err
	}
	if p.ways.Failed(params) {
		return a, nil, failure(params)
	}
	return a, one, p.ways.Expected(one, params)
}

// conclude makes a session of a response that belongs here.
func (p *Party) conclude(r *http.Request, one *peer, a *arrival) (*session, error) {
	ctx := r.Context()
	front, code := inFront(a.params), a.params.Get("code")
	back := new(tokens)
	if one.asks("code") && code != "" {
		if err := p.ways.Code(code); err != nil {
			return nil, err
		}
		var err error
		if back, err = p.ways.Redeem(ctx, p, one, a.metadata, a.transaction, code); err != nil {
			return nil, err
		}
	}
	who, err := p.ways.Identity(ctx, p, one, a.transaction, front, back, code)
	if err != nil {
		return nil, err
	}
	access := or(back.AccessToken, front.AccessToken)
	if err := p.describe(ctx, one, a.metadata, access, who); err != nil {
		return nil, err
	}
	return &session{peer: one, who: who, raw: or(back.id(), front.id()), refresh: back.RefreshToken}, nil
}

// chosen goes on with the issuer with which a sign-in began.
func chosen(p *Party, t *transaction, _ *peer, _ url.Values) (*peer, error) {
	return p.peers[t.Peer], nil
}

// sender wants the issuer's own name in iss: always where the issuer says that
// it sends it, and wherever there is one (RFC 9207, 2.4).
func sender(one *peer, m *metadata, params url.Values) error {
	if !params.Has("iss") {
		if m.SendsIssuer {
			return distrust(errors.New("the response does not say from which issuer it is, although this one says so always"))
		}
		return nil
	}
	if params.Get("iss") != one.Issuer {
		return distrust(errors.New("the response is from another issuer than the one that was asked"))
	}
	return nil
}

// failure says what the issuer said (RFC 6749, 4.1.2.1).
func failure(params url.Values) error {
	return distrust(fmt.Errorf("the issuer refuses: %s %s", params.Get("error"), params.Get("error_description")))
}

// expected wants exactly what the response type brings.
func expected(one *peer, params url.Values) error {
	for parameter, word := range map[string]string{"code": "code", "id_token": "id_token", "access_token": "token"} {
		switch got := params.Get(parameter) != ""; {
		case got && !one.asks(word):
			return distrust(fmt.Errorf("the response brings a %s that nobody asked for", parameter))
		case !got && one.asks(word):
			return distrust(fmt.Errorf("the response brings no %s", parameter))
		}
	}
	return nil
}

// code wants visible ASCII and blanks (RFC 6749, A.11), of a length that a code
// may have.
func code(text string) error {
	if len(text) > 2048 || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r > '~' }) {
		return distrust(errors.New("the code has characters or a length that codes do not have"))
	}
	return nil
}

// inFront are the tokens that came through the browser.
func inFront(params url.Values) *tokens {
	t := &tokens{AccessToken: params.Get("access_token"), TokenType: params.Get("token_type")}
	if raw := params.Get("id_token"); raw != "" {
		t.IDToken = &raw
	}
	return t
}

// bearer tells whether a token type is the one that this party can use, in any
// case (RFC 6749, 5.1).
func bearer(tokenType string) bool { return strings.EqualFold(tokenType, "bearer") }
