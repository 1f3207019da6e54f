package relyingparty

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/go-json-experiment/json/jsontext"
)

// tokens are what a sign-in brings: the answer of a token endpoint (RFC 6749,
// 5.1; OpenID Connect Core, 3.1.3.3), or what came in front.
type tokens struct {
	AccessToken  string         `json:"access_token"`
	TokenType    string         `json:"token_type"`
	RefreshToken string         `json:"refresh_token"`
	IDToken      *string        `json:"id_token"`
	Error        jsontext.Value `json:"error"`
}

// id is the ID token; empty where there is none.
func (t *tokens) id() string {
	if t.IDToken == nil {
		return ""
	}
	return *t.IDToken
}

// redeem makes tokens of a code, once (RFC 6749, 4.1.3).
func redeem(ctx context.Context, p *Party, one *peer, m *metadata, t *transaction, code string) (*tokens, error) {
	form := url.Values{
		"grant_type":   {"authorization_code"},
		"code":         {code},
		"redirect_uri": {one.redirect},
	}
	if verifier := p.ways.Verifier(t); verifier != "" {
		form.Set("code_verifier", verifier)
	}
	return p.askForTokens(ctx, one, m, form)
}

// askForTokens asks a token endpoint, once unless a weakness says otherwise.
func (p *Party) askForTokens(ctx context.Context, one *peer, m *metadata, form url.Values) (got *tokens, err error) {
	if m.Token == "" {
		return nil, distrust(errors.New("the metadata name no token_endpoint"))
	}
	for range p.ways.Attempts {
		var r *http.Request
		if r, err = post(ctx, m.Token, form); err != nil {
			return nil, err
		}
		if err = p.authenticate(r, one, m, form); err != nil {
			return nil, err
		}
		var a *reply
		if a, err = p.exchange(r); err == nil {
			return p.ways.Tokens(a)
		}
	}
	return nil, err
}

// readTokens takes tokens from a success and from nothing else.
func readTokens(a *reply) (*tokens, error) {
	if err := a.failed(); err != nil {
		return nil, err
	}
	t := new(tokens)
	if err := a.decode(t); err != nil {
		return nil, err
	}
	switch {
	case t.Error != nil:
		return nil, distrust(errors.New("the token endpoint answers with an error and status 200"))
	case t.AccessToken == "":
		return nil, distrust(errors.New("the token endpoint gives no access_token"))
	case !bearer(t.TokenType):
		return nil, distrust(fmt.Errorf("the token endpoint gives a token of type %q", t.TokenType))
	}
	return t, nil
}
