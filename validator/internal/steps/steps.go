// Package steps holds the decisions that a token validator takes, each as a
// value that can be replaced, and the machine that takes them in order.
//
// [Reference] is the one right set of them. Package validator runs on nothing
// else and offers no way to change one; package mutants changes one at a time,
// to prove that the suite notices.
package steps

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"time"
)

// Steps are all decisions of a validator. A decision is a function that does
// nothing but decide; fetching, caching and running the checks in order is
// the same for every set of decisions.
type Steps struct {
	// Order is the eight checks in the order in which they run.
	Order []Stage
	// Screen is what is looked at before a fetch is spent on a token.
	Screen []Stage

	Reading   Reading
	Heading   Heading
	Choosing  Choosing
	Vetting   Vetting
	Verifying Verifying
	Claiming  Claiming
	Fetching  Fetching
	Keeping   Keeping
}

// A Stage is one check of an attempt. Nil means that the attempt passed it.
type Stage func(ctx context.Context, a *Attempt) *Refusal

// Reading is how text becomes a header, claims and a signature.
type Reading struct {
	// MaxToken and MaxHeader bound the encoded token and its encoded header,
	// in bytes.
	MaxToken, MaxHeader int
	// Split takes the compact serialization apart.
	Split func(raw string) (Compact, error)
	// Alphabet tells whether a segment holds nothing but base64url.
	Alphabet func(segment string) error
	// Decode appends what a segment encodes to dst.
	Decode func(dst []byte, segment string) ([]byte, error)
	// Object appends the members of a JSON object to dst.
	Object func(dst []Member, text string) ([]Member, error)
}

// Heading is what the JOSE header decides.
type Heading struct {
	// Kid reads the key identifier and tells whether there is one.
	Kid func(h *Header) (kid string, present bool, err error)
	// Critical judges crit.
	Critical func(h *Header) error
	// Unencoded judges b64.
	Unencoded func(h *Header) error
	// Content judges cty.
	Content func(h *Header) error
	// Type judges typ for a kind of token.
	Type func(h *Header, kind Kind) error
	// Pin settles the algorithm: one of those pinned, or an error.
	Pin func(h *Header, pinned []*Algorithm) (*Algorithm, error)
}

// Choosing is which issuer's keys count, and which of them.
type Choosing struct {
	// Issuer picks the trusted issuer that a token claims to come from, or
	// nil.
	Issuer func(trusted []*Issuer, iss Value) *Issuer
	// Select lists the keys of a set that may have signed the token.
	Select func(ctx context.Context, a *Attempt, set *KeySet) []*Key
	// Secret tells whether the client secret is a key, by what is pinned.
	Secret func(pinned []*Algorithm) bool
	// Fits tells whether a key may be used with an algorithm.
	Fits func(k *Key, alg *Algorithm) bool
	// MaxTrials bounds how many keys are tried on one token.
	MaxTrials int
}

// Vetting is which published keys are fit for use. Each function returns why
// a key is not, or nil.
type Vetting struct {
	// Purpose judges use and key_ops.
	Purpose func(k *JWK) error
	// Algorithm reads alg, the one algorithm that the key is for, or nil.
	Algorithm func(k *JWK) (*Algorithm, error)
	// Private judges a key that is published with its private part.
	Private func(k *JWK) error
	// Symmetric judges a symmetric key found in a key set.
	Symmetric func(k *JWK) error
	// RSA, EC and OKP read and judge the public key itself.
	RSA func(k *JWK) (*Key, error)
	EC  func(k *JWK) (*Key, error)
	OKP func(k *JWK) (*Key, error)
}

// Verifying is the cryptography.
type Verifying struct {
	// Input appends what the signature covers to dst.
	Input func(dst []byte, a *Attempt) []byte
	// PKCS1, PSS, ECDSA, EdDSA and HMAC verify a signature over input.
	PKCS1, PSS, ECDSA, EdDSA, HMAC Verifier
}

// A Verifier tells whether sig is the key's signature over input.
type Verifier func(alg *Algorithm, key *Key, input, sig []byte) bool

// Claiming is how claims are compared with what is expected.
type Claiming struct {
	// Issuer compares iss with the configured issuer.
	Issuer func(want, got string) bool
	// Audience tells whether the recipient is among the audiences.
	Audience func(want string, got []string) bool
	// Extra tells whether an audience beside the recipient is trusted.
	Extra func(r *Rules, other string) bool
	// Party judges azp, the authorized party.
	Party func(r *Rules, azp Value) error
	// Moment reads exp, nbf and iat.
	Moment func(v Value) (time.Time, bool)
	// Reversed tells whether exp comes before iat.
	Reversed func(issued, exp time.Time) bool
	// Expired tells whether exp has passed.
	Expired func(now, exp time.Time, leeway time.Duration) bool
	// Early tells whether nbf or iat lies ahead.
	Early func(now, from time.Time, leeway time.Duration) bool
	// Nonce compares the nonce with the one that was sent.
	Nonce func(want string, got Value) bool
	// Unsolicited judges a nonce where none was sent.
	Unsolicited func(kind Kind, got Value) error
	// Subject judges sub.
	Subject func(kind Kind, sub Value) error
	// Events judges the events claim, which marks another kind of token.
	Events func(kind Kind, events Value) error
	// Hash compares at_hash, c_hash or s_hash with the value it stands for.
	Hash func(alg *Algorithm, of string, got Value) bool
	// LoginAge judges auth_time against the greatest age asked for.
	LoginAge func(now, at time.Time, most, leeway time.Duration) error
	// Context judges acr against the values asked for.
	Context func(want []string, acr Value) bool
	// Required names the claims that a kind of token must carry as strings.
	Required func(kind Kind) []string
}

// Fetching is how documents are fetched and which are believed.
type Fetching struct {
	// WellKnown is where an issuer's metadata lies.
	WellKnown func(issuer string) string
	// Reach tells whether keys of an issuer may be at an address.
	Reach func(issuer string, keys *url.URL) error
	// Address reads the address of an issuer's key set from jwks_uri.
	Address func(issuer string, named Value) (string, error)
	// URL judges the address of a key set.
	URL func(u *url.URL) error
	// Transport is given the transport that was lent and returns the one to
	// fetch with.
	Transport func(lent http.RoundTripper) http.RoundTripper
	// Again tells whether a fetch that failed in this way, by a validator
	// without keys, is tried once more at once.
	Again func(err error) bool
	// Redirect judges a redirect, with the requests made so far.
	Redirect func(to *http.Request, via []*http.Request) error
	// Status judges the status code of a reply.
	Status func(code int) error
	// MaxBody bounds a document in bytes, after any decompression.
	MaxBody int64
	// Body reads a document of at most so many bytes, and one more where there
	// are more.
	Body func(reply io.Reader, most int64) ([]byte, error)
	// Issuer compares the issuer in the metadata with the one asked for.
	Issuer func(asked string, got Value) bool
	// Advertised is given the algorithms that the metadata advertise and
	// returns those that count, the pinned ones.
	Advertised func(pinned []*Algorithm, advertised Value) []*Algorithm
	// Document reads the outer shape of a key set into the texts of its keys.
	Document func(text string) ([]string, error)
	// MaxKeys bounds the keys in a set.
	MaxKeys int
	// Odd judges a key that cannot be used: nil passes over it, an error
	// refuses the whole set.
	Odd func(why error) error
	// Usable judges a whole set.
	Usable func(set *KeySet) error
}

// Keeping is the policy of the cache.
type Keeping struct {
	// Shelf names the place where an issuer's keys are kept. Issuers whose
	// names are equal share their keys.
	Shelf func(issuer string) string
	// Lifetime is how long a fetched document counts as fresh.
	Lifetime func(reply http.Header, usual time.Duration, now time.Time) time.Duration
	// Settled tells whether metadata that are good until a time need not be
	// read again before the next fetch of the key set.
	Settled func(until, now time.Time) bool
	// Ahead is how long after the fetch a set is refreshed in the background.
	Ahead func(lifetime time.Duration) time.Duration
	// Bound is how long after the fetch a set may be used at the most.
	Bound func(lifetime, stale time.Duration) time.Duration
	// Patience is how long a caller with a known key waits for the refresh
	// of a set whose lifetime is over.
	Patience time.Duration
	// Refresh tells whether a token may cause a fetch for this reason.
	Refresh func(why Reason, a *Attempt) bool
	// Permit is the budget: it tells whether a fetch may start now.
	Permit func(h *History, why Reason, now time.Time) bool
	// RetryAfter is how long a failing provider asked to be left alone.
	RetryAfter func(reply http.Header, now time.Time) time.Duration
	// Share tells whether callers share one fetch.
	Share bool
	// Timeout bounds a fetch, given what is configured.
	Timeout func(configured time.Duration) time.Duration
	// Context is the context of a fetch, given that of the caller who
	// caused it.
	Context func(caller context.Context) context.Context
	// Replace picks the set to keep after a successful fetch.
	Replace func(old, fresh *KeySet) *KeySet
	// Failed picks the set to keep after a failed one.
	Failed func(old *KeySet, err error) *KeySet
}
