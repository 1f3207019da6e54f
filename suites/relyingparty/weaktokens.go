package relyingparty

import (
	"bytes"
	"context"
	"encoding/base64"
	jsonv1 "encoding/json"
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/rogueidp/rogueidp/validator"
)

var pattern = regexp.MustCompile(`"(id_token|access_token|refresh_token)"\s*:\s*"([^"]*)`)

func readsByPattern(w *ways) {
	w.Tokens = func(a *reply) (*tokens, error) {
		t := &tokens{TokenType: "Bearer"}
		for _, found := range pattern.FindAllSubmatch(a.body, -1) {
			value := string(found[2])
			switch string(found[1]) {
			case "id_token":
				t.IDToken = &value
			case "access_token":
				t.AccessToken = value
			case "refresh_token":
				t.RefreshToken = value
			}
		}
		if t.IDToken == nil {
			return readTokens(a)
		}
		return t, nil
	}
}

// reading reads the answer of a token endpoint after a change to it.
func reading(change func(a *reply)) func(*ways) {
	return func(w *ways) {
		w.Tokens = func(a *reply) (*tokens, error) {
			changed := *a
			change(&changed)
			return readTokens(&changed)
		}
	}
}

func anyMediaType(w *ways) { reading(func(a *reply) { a.media = "application/json" })(w) }

func skipsMarks(w *ways) {
	reading(func(a *reply) {
		if i := bytes.IndexByte(a.body, '{'); i > 0 {
			a.body = a.body[i:]
		}
	})(w)
}

func tokensOfARefusal(w *ways) {
	reading(func(a *reply) {
		if a.status == http.StatusBadRequest {
			a.status = http.StatusOK
		}
	})(w)
}

func overlooksFailure(w *ways) {
	reading(func(a *reply) { a.body = without(a.body, "error", "error_description") })(w)
}

// without is a JSON object without some of its members.
func without(body []byte, names ...string) []byte {
	var members map[string]jsontext.Value
	if json.Unmarshal(body, &members) != nil {
		return body
	}
	for _, name := range names {
		delete(members, name)
	}
	text, err := json.Marshal(members)
	if err != nil {
		return body
	}
	return text
}

// needsNoIDToken takes one that is no text for none, as well.
func needsNoIDToken(w *ways) {
	w.Tokens = func(a *reply) (*tokens, error) {
		if t, err := readTokens(a); err == nil {
			return t, nil
		}
		return readTokens(&reply{a.status, a.media, without(a.body, "id_token")})
	}
	w.Identity = func(ctx context.Context, p *Party, one *peer, t *transaction, front, back *tokens, code string) (*identity, error) {
		if back.id() == "" {
			return &identity{Issuer: one.Issuer}, nil
		}
		return identify(ctx, p, one, t, front, back, code)
	}
	w.Described = func(who *identity, told *userInfo) error {
		if who.Subject == "" && told.Subject != nil {
			who.Subject = *told.Subject
		}
		return described(who, told)
	}
}

func firstMemberWins(w *ways) {
	reading(func(a *reply) { a.body = firstMembers(a.body) })(w)
}

// firstMembers is a JSON object without what comes twice.
func firstMembers(body []byte) []byte {
	d := jsontext.NewDecoder(bytes.NewReader(body), jsontext.AllowDuplicateNames(true))
	if _, err := d.ReadToken(); err != nil {
		return body
	}
	members := map[string]jsontext.Value{}
	for d.PeekKind() == '"' {
		name, err := d.ReadToken()
		if err != nil {
			return body
		}
		key := name.String()
		value, err := d.ReadValue()
		if err != nil {
			return body
		}
		if _, twice := members[key]; !twice {
			members[key] = slices.Clone(value)
		}
	}
	text, err := json.Marshal(members)
	if err != nil {
		return body
	}
	return text
}

// foldsMembers reads as encoding/json does.
func foldsMembers(w *ways) {
	w.Tokens = func(a *reply) (*tokens, error) {
		var t struct {
			AccessToken  string  `json:"access_token"`
			TokenType    string  `json:"token_type"`
			RefreshToken string  `json:"refresh_token"`
			IDToken      *string `json:"id_token"`
		}
		if err := a.failed(); err != nil {
			return nil, err
		}
		if err := jsonv1.Unmarshal(a.body, &t); err != nil {
			return nil, distrust(err)
		}
		return &tokens{AccessToken: t.AccessToken, TokenType: t.TokenType, RefreshToken: t.RefreshToken, IDToken: t.IDToken}, nil
	}
}

func oneTokenType(w *ways) {
	w.Tokens = func(a *reply) (*tokens, error) {
		t, err := readTokens(a)
		if err == nil && t.TokenType != "Bearer" {
			return nil, distrust(errors.New("the token is of another type than Bearer"))
		}
		return t, err
	}
}

// needsMember cannot do without a member of the token endpoint's answer.
func needsMember(name string) func(*ways) {
	return func(w *ways) {
		w.Tokens = func(a *reply) (*tokens, error) {
			var members map[string]jsontext.Value
			if json.Unmarshal(a.body, &members) == nil && members[name] == nil {
				return nil, distrust(errors.New("the token endpoint does not say " + name))
			}
			return readTokens(a)
		}
	}
}

func assertionByMetadata(w *ways) { w.Audience = func(_ *peer, m *metadata) any { return m.Token } }

func bearerInQuery(w *ways) {
	w.Bearer = func(r *http.Request, token string) {
		query := r.URL.Query()
		query.Set("access_token", token)
		r.URL.RawQuery = query.Encode()
		inHeader(r, token)
	}
}

func anybody(*identity, *userInfo) error { return nil }

func userInfoDecides(w *ways) {
	w.Described = func(who *identity, told *userInfo) error {
		if told.Subject == nil {
			return described(who, told)
		}
		who.Subject = *told.Subject
		return nil
	}
}

func userInfoWithoutSub(w *ways) {
	w.Described = func(who *identity, told *userInfo) error {
		if told.Subject == nil {
			return nil
		}
		return described(who, told)
	}
}

// tellingOf reads UserInfo after a change to its text.
func tellingOf(change func(body []byte) []byte) func(*ways) {
	return func(w *ways) {
		w.UserInfo = func(ctx context.Context, p *Party, one *peer, m *metadata, a *reply) (*userInfo, error) {
			return readUserInfo(ctx, p, one, m, &reply{a.status, a.media, change(a.body)})
		}
	}
}

func userInfoFirstOfList(w *ways) {
	userInfoDecides(w)
	tellingOf(func(body []byte) []byte {
		var members map[string]jsontext.Value
		var list []jsontext.Value
		if json.Unmarshal(body, &members) != nil || json.Unmarshal(members["sub"], &list) != nil || len(list) == 0 {
			return body
		}
		members["sub"] = list[0]
		text, err := json.Marshal(members)
		if err != nil {
			return body
		}
		return text
	})(w)
}

func userInfoLastWins(w *ways) {
	userInfoDecides(w)
	tellingOf(func(body []byte) []byte {
		var members map[string]jsontext.Value
		if json.Unmarshal(body, &members, jsontext.AllowDuplicateNames(true)) != nil {
			return body
		}
		text, err := json.Marshal(members)
		if err != nil {
			return body
		}
		return text
	})(w)
}

func userInfoFirstWins(w *ways) {
	userInfoDecides(w)
	tellingOf(firstMembers)(w)
}

func userInfoOfAnyIssuer(w *ways) {
	w.Described = func(who *identity, told *userInfo) error {
		return described(who, &userInfo{Subject: told.Subject})
	}
}

func userInfoUnsigned(w *ways) {
	w.UserInfo = func(ctx context.Context, p *Party, one *peer, m *metadata, a *reply) (*userInfo, error) {
		if told := new(userInfo); a.media == "application/json" {
			return told, a.decode(told)
		}
		return readUserInfo(ctx, p, one, m, a)
	}
}

func userInfoUnverified(w *ways) {
	w.Signed = func(_ context.Context, _ *Party, _ *peer, _ *metadata, raw string) ([]byte, error) {
		return payload(raw)
	}
}

// payload is what a token says, whoever says it.
func payload(raw string) ([]byte, error) {
	parts := strings.Split(raw, ".")
	if len(parts) < 2 {
		return nil, distrust(errors.New("the token cannot be read"))
	}
	return base64.RawURLEncoding.DecodeString(parts[1])
}

// everyAlg are all algorithms that a public key can have.
var everyAlg = []string{"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"}

func unsigned(raw string) bool {
	h, err := headerOf(raw)
	return err == nil && strings.EqualFold(h.Alg, "none")
}

func userInfoAnyAlg(w *ways) {
	w.Signed = func(ctx context.Context, p *Party, one *peer, m *metadata, raw string) ([]byte, error) {
		if unsigned(raw) {
			return payload(raw)
		}
		return p.verifyAnyAlg(ctx, one, m, raw)
	}
}

// verifyAnyAlg does not look at the algorithm of a key, either.
func (p *Party) verifyAnyAlg(ctx context.Context, one *peer, m *metadata, raw string) ([]byte, error) {
	h, err := headerOf(raw)
	if err != nil {
		return nil, err
	}
	keys, err := p.keysFor(ctx, one, m, h.KID)
	if err != nil {
		return nil, err
	}
	err = distrust(errors.New("none of the issuer's keys fits the token"))
	for _, key := range keys {
		text, wrong := validator.VerifyJWS(raw, without(key, "alg"), everyAlg...)
		if wrong == nil {
			return text, nil
		}
		err = distrust(wrong)
	}
	return nil, err
}

func userInfoForAnybody(w *ways) {
	w.Signed = func(ctx context.Context, p *Party, one *peer, m *metadata, raw string) ([]byte, error) {
		return p.verify(ctx, one, m, raw, one.SignedUserInfo)
	}
	w.Described = func(who *identity, told *userInfo) error {
		return described(who, &userInfo{Subject: told.Subject})
	}
}

// believed is an ID token that nobody verifies.
func believed(_ context.Context, _ *Party, _ *session, raw string) (*identity, error) {
	text, err := payload(raw)
	if err != nil {
		return nil, err
	}
	var claims struct {
		Issuer   string         `json:"iss"`
		Subject  string         `json:"sub"`
		Audience jsontext.Value `json:"aud"`
	}
	if err := json.Unmarshal(text, &claims); err != nil {
		return nil, distrust(err)
	}
	return &identity{Issuer: claims.Issuer, Subject: claims.Subject, Audience: audience(claims.Audience)}, nil
}

func renewsBlindly(w *ways) {
	w.Renewed = believed
	w.Continues = func(*session, *identity) error { return nil }
}

// continuing compares a refresh with the session after a change to what it says.
func continuing(forget func(before, now *identity)) func(*session, *identity) error {
	return func(s *session, now *identity) error {
		changed := *now
		forget(s.who, &changed)
		return continues(s, &changed)
	}
}

func renewsWithAnyIssuer(w *ways) {
	w.Renewed = believed
	w.Continues = continuing(func(before, now *identity) { now.Issuer = before.Issuer })
}

func renewsAsAnybody(w *ways) {
	w.Continues = continuing(func(before, now *identity) { now.Subject = before.Subject })
}

func renewsForAnyAudience(w *ways) {
	w.Renewed = believed
	w.Continues = continuing(func(before, now *identity) { now.Audience, now.Party = before.Audience, before.Party })
}

func renewalNeedsIDToken(w *ways) {
	w.Unaccompanied = func() error { return distrust(errors.New("the refresh brought no ID token")) }
}

func renewalNeedsNonce(w *ways) {
	w.Renewed = func(ctx context.Context, p *Party, s *session, raw string) (*identity, error) {
		return p.validate(ctx, s.peer, raw, validator.WithNonce(s.who.Nonce))
	}
}
