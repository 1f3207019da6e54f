package validator

import (
	"fmt"

	"github.com/rogueidp/rogueidp/validator/internal/steps"
)

// A Check is one of the eight checks.
type Check uint8

// The eight checks in the order in which they run.
const (
	CheckParse     = Check(steps.CheckParse)     // the text of the token
	CheckKid       = Check(steps.CheckKid)       // which key it names
	CheckKey       = Check(steps.CheckKey)       // the issuer's keys
	CheckSignature = Check(steps.CheckSignature) // alg, typ, crit, signature
	CheckIssuer    = Check(steps.CheckIssuer)    // iss and sub
	CheckAudience  = Check(steps.CheckAudience)  // aud and azp
	CheckTime      = Check(steps.CheckTime)      // exp, nbf and iat
	CheckNonce     = Check(steps.CheckNonce)     // nonce, hashes, auth_time, acr
)

var checkNames = [...]string{"unknown", "parse", "kid", "key", "signature", "issuer", "audience", "time", "nonce"}

func (c Check) String() string {
	if int(c) >= len(checkNames) {
		c = 0
	}
	return checkNames[c]
}

// A Code says what was wrong. The list is closed.
type Code string

// The codes.
const (
	CodeParse       Code = steps.CodeParse       // not three parts of strict base64url and JSON
	CodeAlg         Code = steps.CodeAlg         // an algorithm that is not pinned
	CodeKid         Code = steps.CodeKid         // a key that the issuer does not have
	CodeKey         Code = steps.CodeKey         // a key that is not for this algorithm, or for no use
	CodeKeySet      Code = steps.CodeKeySet      // no key set to be had
	CodeMetadata    Code = steps.CodeMetadata    // metadata that cannot be used
	CodeSignature   Code = steps.CodeSignature   // a signature that does not fit
	CodeIssuer      Code = steps.CodeIssuer      // another issuer
	CodeAudience    Code = steps.CodeAudience    // another audience, or one too many
	CodeParty       Code = steps.CodeParty       // another authorized party
	CodeExpired     Code = steps.CodeExpired     // exp has passed
	CodeNotYetValid Code = steps.CodeNotYetValid // nbf lies ahead
	CodeIssuedAt    Code = steps.CodeIssuedAt    // iat is missing, lies ahead, or after exp
	CodeNonce       Code = steps.CodeNonce       // another nonce, or none
	CodeType        Code = steps.CodeType        // another kind of token
	CodeClaim       Code = steps.CodeClaim       // a claim that is missing or wrong
	CodeCritical    Code = steps.CodeCritical    // an extension that is not supported
)

// An Error says why a token was not accepted. Its text never holds the token,
// a signature, a key or a secret.
type Error struct {
	Check Check // the first check that the token did not pass
	Code  Code
	Err   error // the reason in words

	unavailable bool
}

// Error is the reason with the name of the check.
func (e *Error) Error() string {
	if e.unavailable {
		return fmt.Sprintf("validator: could not decide: %s: %v", e.Code, e.Err)
	}
	return fmt.Sprintf("validator: refused by the %s check: %s: %v", e.Check, e.Code, e.Err)
}

// Unwrap returns the reason.
func (e *Error) Unwrap() error { return e.Err }

// Unavailable tells that the token could not be judged, because there were no
// keys to judge it by or the caller stopped waiting for them. Such a token is
// not accepted, but it may be good: answer 503 rather than 401.
func (e *Error) Unavailable() bool { return e.unavailable }

func newError(r *steps.Refusal) *Error {
	return &Error{Check: Check(r.Check), Code: Code(r.Code), Err: r.Cause, unavailable: r.Undecided}
}
