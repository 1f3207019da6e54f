package validator

import (
	"slices"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/rogueidp/rogueidp/validator/internal/steps"
)

// Claims are the claims of a token that passed every check. A field whose
// claim is absent, or is not of the field's type, has its zero value.
type Claims struct {
	Issuer          string    // iss
	Subject         string    // sub; a name only together with Issuer
	Audience        []string  // aud
	AuthorizedParty string    // azp
	Expires         time.Time // exp
	NotBefore       time.Time // nbf
	IssuedAt        time.Time // iat
	AuthTime        time.Time // auth_time
	Nonce           string    // nonce
	ACR             string    // acr
	ID              string    // jti

	payload string
}

func newClaims(a *steps.Attempt) *Claims {
	from := &a.Claims
	c := &Claims{Audience: slices.Clone(from.Audiences), payload: a.PayloadText}
	c.Issuer, _ = from.Issuer.Text()
	c.Subject, _ = from.Subject.Text()
	c.AuthorizedParty, _ = from.Party.Text()
	c.Expires, _ = from.Expires.Time()
	c.NotBefore, _ = from.NotBefore.Time()
	c.IssuedAt, _ = from.IssuedAt.Time()
	c.AuthTime, _ = from.AuthTime.Time()
	c.Nonce, _ = from.Nonce.Text()
	c.ACR, _ = from.ACR.Text()
	c.ID, _ = from.TokenID.Text()
	return c
}

// JSON returns the payload of the token as it was signed.
func (c *Claims) JSON() []byte { return []byte(c.payload) }

// Decode reads the claims into a struct or a map. Names match exactly, case
// included.
func (c *Claims) Decode(into any) error { return json.Unmarshal([]byte(c.payload), into) }
