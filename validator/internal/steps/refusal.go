package steps

import (
	"errors"
	"fmt"
)

// A Check is one of the eight checks, counted from one.
type Check uint8

// The eight checks in their order.
const (
	CheckParse Check = iota + 1
	CheckKid
	CheckKey
	CheckSignature
	CheckIssuer
	CheckAudience
	CheckTime
	CheckNonce
)

// The codes say what was wrong, in the words of the adapter protocol.
const (
	CodeParse       = "parse"
	CodeAlg         = "alg"
	CodeKid         = "kid"
	CodeKey         = "key"
	CodeKeySet      = "key-set"
	CodeMetadata    = "metadata"
	CodeSignature   = "signature"
	CodeIssuer      = "issuer"
	CodeAudience    = "audience"
	CodeParty       = "azp"
	CodeExpired     = "expired"
	CodeNotYetValid = "not-yet-valid"
	CodeIssuedAt    = "issued-at"
	CodeNonce       = "nonce"
	CodeType        = "type"
	CodeClaim       = "claim"
	CodeCritical    = "crit"
)

// A Refusal is why an attempt failed.
type Refusal struct {
	Check Check
	Code  string
	// Cause says it in words; it never quotes a token, a key or a secret.
	Cause error
	// Undecided tells that the token could not be judged, which is not to
	// say that it is bad.
	Undecided bool
}

func refuse(check Check, code string, cause error) *Refusal {
	return &Refusal{Check: check, Code: code, Cause: cause}
}

func refusef(check Check, code, format string, args ...any) *Refusal {
	return refuse(check, code, fmt.Errorf(format, args...))
}

func undecided(code string, cause error) *Refusal {
	return &Refusal{Check: CheckKey, Code: code, Cause: cause, Undecided: true}
}

// unusable is what a key set or a metadata document is when it was fetched
// and cannot be used, by code.
type unusable struct {
	code string
	// contradiction tells that the provider disowned the issuer, so that
	// keys fetched before are not to be trusted either.
	contradiction bool
	error
}

func (u *unusable) Unwrap() error { return u.error }

func badKeySet(format string, args ...any) error {
	return &unusable{code: CodeKeySet, error: fmt.Errorf(format, args...)}
}

func badMetadata(format string, args ...any) error {
	return &unusable{code: CodeMetadata, error: fmt.Errorf(format, args...)}
}

// fetchRefusal turns the error of a fetch into a refusal. Documents that the
// provider itself got wrong in a way that no later try can heal by waiting
// are refusals; everything else leaves the token undecided.
func fetchRefusal(err error) *Refusal {
	var bad *unusable
	if !errors.As(err, &bad) {
		return undecided(CodeKeySet, err)
	}
	r := undecided(bad.code, err)
	r.Undecided = !bad.contradiction
	return r
}

// contradicts tells whether the provider disowned the issuer.
func contradicts(err error) bool {
	var bad *unusable
	return errors.As(err, &bad) && bad.contradiction
}

// excerpt shortens text from a token or a document for an error, quoted, so
// that neither its length nor its control characters reach a log.
func excerpt(text string) string {
	const most = 64
	if len(text) <= most {
		return fmt.Sprintf("%q", text)
	}
	return fmt.Sprintf("%q and %d bytes more", text[:most], len(text)-most)
}
