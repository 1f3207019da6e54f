package main

import (
	"errors"

	"github.com/lestrrat-go/jwx/v3/jws"
	"github.com/lestrrat-go/jwx/v3/jwt"
	"github.com/rogueidp/rogueidp/validator/thirdparty/driver-go"
)

// codes are the errors of the library that mean one thing. The parse error
// comes last: it also wraps what went wrong later.
var codes = []struct {
	is   error
	code string
}{
	{jwt.TokenExpiredError(), "expired"},
	{jwt.TokenNotYetValidError(), "not-yet-valid"},
	{jwt.InvalidIssuedAtError(), "issued-at"},
	{jwt.InvalidIssuerError(), "issuer"},
	{jwt.InvalidAudienceError(), "audience"},
	{jwt.MissingRequiredClaimError(), "claim"},
	{jws.VerifyError(), "signature"},
	{jwt.ParseError(), "parse"},
}

// tokenVerdict reads an error of jwt.Parse. None of them is about a fetch: the
// cache does that in the background, and keeps what it has where it fails.
func tokenVerdict(err error) error {
	for _, c := range codes {
		if errors.Is(err, c.is) {
			return driver.Reject(c.code, err)
		}
	}
	return driver.Reject("other", err)
}
