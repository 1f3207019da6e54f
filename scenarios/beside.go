package scenarios

import "github.com/rogueidp/rogueidp/mockidp/fault"

// Beside is what the caller of a target knows besides the token and its nonce,
// because it came with the token or was asked for in the request. The honest
// token speaks of it as it should; the values are made for each token.
type Beside struct {
	AccessToken bool `json:"accessToken,omitempty"`
	Code        bool `json:"code,omitempty"`
	State       bool `json:"state,omitempty"`
	// MaxAge is the greatest age of the sign-in that was asked for.
	MaxAge fault.Span `json:"maxAge,omitempty"`
	// ACR is the one authentication context that was asked for.
	ACR string `json:"acr,omitempty"`
}
