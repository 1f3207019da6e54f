package main

import (
	"errors"
	"strings"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/rogueidp/rogueidp/validator/thirdparty/driver-go"
)

// The library has a type for two of its errors and joins the rest as text, with
// the cause flattened (fmt.Errorf with %v). What is left to go by is how each
// message begins: words of the library, which no token or reply can get before.

// discoveryVerdict reads an error of oidc.NewProvider: either the document is
// wrong, or there was none to be had.
func discoveryVerdict(err error) error {
	if _, ok := errors.AsType[*oidc.IssuerMismatchError](err); ok {
		return driver.Reject("metadata", err)
	}
	if strings.HasPrefix(err.Error(), "oidc: failed to decode provider discovery object") {
		return driver.Reject("metadata", err)
	}
	return driver.Unavailable(err)
}

// tokenVerdict reads an error of IDTokenVerifier.Verify.
func tokenVerdict(err error) error {
	if _, ok := errors.AsType[*oidc.TokenExpiredError](err); ok {
		return driver.Reject("expired", err)
	}
	begins := func(with string) bool { return strings.HasPrefix(err.Error(), with) }
	switch {
	case begins("failed to verify signature: fetching keys "):
		return driver.Unavailable(err)
	case begins("failed to verify signature: "):
		return driver.Reject("signature", err)
	case begins("oidc: malformed jwt: unexpected signature algorithm "):
		return driver.Reject("alg", err)
	case begins("oidc: malformed jwt: "):
		return driver.Reject("parse", err)
	case begins("oidc: id token issued by a different provider"):
		return driver.Reject("issuer", err)
	case begins("oidc: expected audience "):
		return driver.Reject("audience", err)
	case begins("oidc: current time "):
		return driver.Reject("not-yet-valid", err)
	case begins("oidc: failed to unmarshal claims"):
		return driver.Reject("claim", err)
	}
	return driver.Reject("other", err)
}
