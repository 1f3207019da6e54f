package relyingparty

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// userInfo is what the UserInfo endpoint says (OpenID Connect Core, 5.3.2).
type userInfo struct {
	Subject  *string        `json:"sub"`
	Issuer   *string        `json:"iss"`
	Audience jsontext.Value `json:"aud"`
	Name     string         `json:"name"`
}

// describe adds to an identity what UserInfo says of the same person.
func (p *Party) describe(ctx context.Context, one *peer, m *metadata, access string, who *identity) error {
	if one.NoUserInfo || m.UserInfo == "" || access == "" {
		return nil
	}
	told, err := p.askUserInfo(ctx, one, m, access)
	if err != nil {
		return p.ways.Undescribed(err)
	}
	if err := p.ways.Described(who, told); err != nil {
		return err
	}
	who.Name = told.Name
	return nil
}

func (p *Party) askUserInfo(ctx context.Context, one *peer, m *metadata, access string) (*userInfo, error) {
	r, err := get(ctx, m.UserInfo)
	if err != nil {
		return nil, err
	}
	p.ways.Bearer(r, access)
	a, err := p.exchange(r)
	if err != nil {
		return nil, err
	}
	if err := a.failed(); err != nil {
		return nil, err
	}
	return p.ways.UserInfo(ctx, p, one, m, a)
}

// inHeader is RFC 6750, 2.1.
func inHeader(r *http.Request, token string) { r.Header.Set("Authorization", "Bearer "+token) }

// readUserInfo takes a signed response where one was registered, and a plain one
// where none was.
func readUserInfo(ctx context.Context, p *Party, one *peer, m *metadata, a *reply) (*userInfo, error) {
	told := new(userInfo)
	if one.SignedUserInfo == "" {
		return told, a.decode(told)
	}
	if a.media != "application/jwt" {
		return nil, distrust(fmt.Errorf("the UserInfo response is %q, although a signed one was agreed on", a.media))
	}
	text, err := p.ways.Signed(ctx, p, one, m, string(a.body))
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(text, told); err != nil {
		return nil, distrust(fmt.Errorf("the claims of the UserInfo response cannot be read: %w", err))
	}
	return told, nil
}

// signed verifies a UserInfo response with the algorithm that was agreed on, and
// wants it to be from this issuer for this client (OpenID Connect Core, 5.3.2).
func signed(ctx context.Context, p *Party, one *peer, m *metadata, raw string) ([]byte, error) {
	text, err := p.verify(ctx, one, m, raw, one.SignedUserInfo)
	if err != nil {
		return nil, err
	}
	told := new(userInfo)
	if err := json.Unmarshal(text, told); err != nil {
		return nil, distrust(fmt.Errorf("the claims of the UserInfo response cannot be read: %w", err))
	}
	if told.Issuer == nil || *told.Issuer != one.Issuer {
		return nil, distrust(errors.New("the UserInfo response is from another issuer"))
	}
	if !slices.Contains(audience(told.Audience), one.ClientID) {
		return nil, distrust(errors.New("the UserInfo response is for another client"))
	}
	return text, nil
}

// described wants UserInfo to be about the person of the ID token (OpenID
// Connect Core, 5.3.2 and 5.3.4), and from the same issuer if it says from which.
func described(who *identity, told *userInfo) error {
	switch {
	case told.Subject == nil || *told.Subject == "":
		return distrust(errors.New("the UserInfo response does not say about whom it is"))
	case *told.Subject != who.Subject:
		return distrust(errors.New("the UserInfo response is about another person"))
	case told.Issuer != nil && *told.Issuer != who.Issuer:
		return distrust(errors.New("the UserInfo response is from another issuer"))
	}
	return nil
}

// audience reads an aud, which is a text or a list of texts; nil for all else.
func audience(value jsontext.Value) []string {
	var one string
	if json.Unmarshal(value, &one) == nil && one != "" {
		return []string{one}
	}
	var list []string
	if json.Unmarshal(value, &list) != nil {
		return nil
	}
	return list
}
