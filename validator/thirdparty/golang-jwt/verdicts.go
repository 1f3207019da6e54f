package main

import (
	"context"
	"errors"

	"github.com/MicahParks/keyfunc/v3"
	"github.com/golang-jwt/jwt/v5"
	"github.com/rogueidp/rogueidp/validator/thirdparty/driver-go"
)

// codes are the errors of the library that mean one thing, in the order in
// which they are asked for: all claims are looked at, and all that is wrong
// with them comes back joined.
var codes = []struct {
	is   error
	code string
}{
	{jwt.ErrTokenMalformed, "parse"},
	{jwt.ErrTokenSignatureInvalid, "signature"},
	{jwt.ErrTokenExpired, "expired"},
	{jwt.ErrTokenNotValidYet, "not-yet-valid"},
	{jwt.ErrTokenUsedBeforeIssued, "issued-at"},
	{jwt.ErrTokenInvalidIssuer, "issuer"},
	{jwt.ErrTokenInvalidAudience, "audience"},
	{jwt.ErrTokenRequiredClaimMissing, "claim"},
	{jwt.ErrInvalidType, "claim"},
	{keyfunc.ErrKeyfunc, "key"},
}

// tokenVerdict reads an error of jwt.Parse. That a fetch failed is not among
// them: keyfunc logs it, and goes on to say that it has no such key.
func tokenVerdict(err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return driver.Unavailable(err)
	}
	for _, c := range codes {
		if errors.Is(err, c.is) {
			return driver.Reject(c.code, err)
		}
	}
	return driver.Reject("other", err)
}
