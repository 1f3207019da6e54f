package relyingparty

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/rogueidp/rogueidp/validator"
)

// An identity is who signed in, as an ID token says it.
type identity struct {
	Issuer   string
	Subject  string
	Audience []string
	Party    string // azp
	AuthTime time.Time
	Nonce    string
	Session  string // sid: the session at the issuer
	HasHash  bool   // the token has an at_hash
	Name     string // from UserInfo; a person's own words
}

func identityOf(c *validator.Claims) (*identity, error) {
	var more struct {
		SID  string  `json:"sid"`
		Hash *string `json:"at_hash"`
	}
	if err := c.Decode(&more); err != nil {
		return nil, distrust(fmt.Errorf("sid or at_hash of the ID token is no text: %w", err))
	}
	return &identity{
		Issuer: c.Issuer, Subject: c.Subject, Audience: c.Audience, Party: c.AuthorizedParty,
		AuthTime: c.AuthTime, Nonce: c.Nonce, Session: more.SID, HasHash: more.Hash != nil,
	}, nil
}

// validate takes an ID token through the checks of OpenID Connect Core, 3.1.3.7.
func (p *Party) validate(ctx context.Context, one *peer, raw string, options ...validator.Option) (*identity, error) {
	claims, err := one.validator.Validate(ctx, raw, options...)
	if err != nil {
		if refused := new(validator.Error); errors.As(err, &refused) && refused.Unavailable() {
			return nil, unreachable(err)
		}
		return nil, distrust(err)
	}
	return identityOf(claims)
}

// identify reads the ID tokens of a sign-in: the one that came in front, the one
// from the token endpoint, or both, which then have to be about the same person.
func identify(ctx context.Context, p *Party, one *peer, t *transaction, front, back *tokens, code string) (*identity, error) {
	var first, second *identity
	var err error
	if one.asks("id_token") {
		if first, err = p.identifyFront(ctx, one, t, front, code); err != nil {
			return nil, err
		}
	}
	if one.asks("code") {
		if back.id() == "" {
			return nil, distrust(errors.New("the token endpoint gives no id_token"))
		}
		options := append(p.ways.Nonce(t, back.id()), validator.WithAccessToken(back.AccessToken))
		if second, err = p.validate(ctx, one, back.id(), options...); err != nil {
			return nil, err
		}
	}
	switch {
	case first == nil && second == nil:
		return nil, distrust(errors.New("there is no ID token"))
	case first == nil:
		return second, nil
	case second == nil:
		return first, nil
	}
	return second, p.ways.Same(first, second)
}

// identifyFront reads an ID token that came through the browser, where hashes
// tie it to what came with it (OpenID Connect Core, 3.2.2.9 and 3.3.2.10).
func (p *Party) identifyFront(ctx context.Context, one *peer, t *transaction, front *tokens, code string) (*identity, error) {
	options := p.ways.Nonce(t, front.id())
	if one.asks("code") {
		options = append(options, validator.WithCode(code))
	}
	if one.asks("token") {
		if !bearer(front.TokenType) {
			return nil, distrust(errors.New("the access token in the response is of another type than Bearer"))
		}
		options = append(options, validator.WithAccessToken(front.AccessToken))
	}
	who, err := p.validate(ctx, one, front.id(), options...)
	if err != nil {
		return nil, err
	}
	if one.asks("token") && !who.HasHash {
		return nil, distrust(errors.New("the ID token has no at_hash for the access token that came with it"))
	}
	return who, nil
}

// same wants both ID tokens of a hybrid flow to be about one person (OpenID
// Connect Core, 3.3.3.6).
func same(front, back *identity) error {
	if front.Issuer != back.Issuer || front.Subject != back.Subject {
		return distrust(errors.New("the two ID tokens are about different people"))
	}
	return nil
}

// renewed validates the ID token of a refresh. A nonce is not to be expected
// there, and where there is one it is that of the first sign-in (OpenID Connect
// Core, 12.2).
func renewed(ctx context.Context, p *Party, s *session, raw string) (*identity, error) {
	var options []validator.Option
	if nonce, there := peek(raw)["nonce"]; there && nonce != nil {
		options = append(options, validator.WithNonce(s.who.Nonce))
	}
	return p.validate(ctx, s.peer, raw, options...)
}

// continues wants the ID token of a refresh to be about whom the session is,
// for whom it was, from when it was (OpenID Connect Core, 12.2).
func continues(s *session, now *identity) error {
	switch before := s.who; {
	case now.Issuer != before.Issuer:
		return distrust(errors.New("the refreshed ID token is from another issuer"))
	case now.Subject != before.Subject:
		return distrust(errors.New("the refreshed ID token is about another person"))
	case !slices.Equal(now.Audience, before.Audience) || now.Party != before.Party:
		return distrust(errors.New("the refreshed ID token is for another audience"))
	case !now.AuthTime.IsZero() && !before.AuthTime.IsZero() && !now.AuthTime.Equal(before.AuthTime):
		return distrust(errors.New("the refreshed ID token is from another sign-in"))
	}
	return nil
}

// peek reads the claims of a token without believing them; nil if it cannot.
func peek(raw string) map[string]any {
	parts := strings.Split(raw, ".")
	if len(parts) < 2 {
		return nil
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return nil
	}
	var claims map[string]any
	if json.Unmarshal(text, &claims) != nil {
		return nil
	}
	return claims
}
