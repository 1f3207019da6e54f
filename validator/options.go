package validator

import (
	"slices"
	"time"

	"github.com/rogueidp/rogueidp/validator/internal/steps"
)

// An Option tells [Validator.Validate] what is known about this one token.
// Options add checks; none takes one away.
type Option func(*expectation)

type expectation = steps.Expectation

// WithNonce wants the nonce that was sent in the authentication request. An
// empty one means that none is known, and refuses every token.
func WithNonce(nonce string) Option {
	return func(e *expectation) { e.Nonce = &nonce }
}

// WithAccessToken compares at_hash, if there is one, with the access token
// that came with the ID token (OpenID Connect Core, 3.1.3.8).
func WithAccessToken(token string) Option {
	return func(e *expectation) { e.AccessToken = &token }
}

// WithCode wants the c_hash of the authorization code that came with the ID
// token (OpenID Connect Core, 3.3.2.10).
func WithCode(code string) Option {
	return func(e *expectation) { e.Code = &code }
}

// WithState wants the s_hash of the state that was sent (FAPI 1.0, part 2,
// 5.1.1).
func WithState(state string) Option {
	return func(e *expectation) { e.State = &state }
}

// WithMaxAge wants the user to have signed in no longer ago than this, give
// or take the leeway (OpenID Connect Core, 3.1.3.7 item 13).
func WithMaxAge(age time.Duration) Option {
	return func(e *expectation) { e.MaxAge = &age }
}

// WithACR wants one of these authentication contexts (OpenID Connect Core,
// 3.1.3.7 item 12).
func WithACR(contexts ...string) Option {
	list := append([]string{}, slices.Clone(contexts)...)
	return func(e *expectation) { e.ACR = list }
}
