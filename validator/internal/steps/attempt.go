package steps

import (
	"sync"
	"time"
)

// Rules are the settings for one issuer, checked and complete.
type Rules struct {
	Issuer, ClientID string
	Kind             Kind
	Algorithms       []*Algorithm
	Leeway           time.Duration
	// Now is the clock.
	Now func() time.Time

	// JWKSURI is where the keys lie; without one the metadata say it.
	JWKSURI string
	// Lifetime is how long a key set is fresh when its reply does not say.
	Lifetime time.Duration
	// Stale is how long after its fetch a set may be used at the most.
	Stale time.Duration
	// FetchTimeout bounds a fetch, metadata and key set together.
	FetchTimeout time.Duration

	// Trusted are audiences that may stand beside the client, and parties
	// that may stand in azp.
	Trusted []string
	// Secret is the key of HMAC algorithms, or nil.
	Secret *Key
}

// Expectation is what the caller knows about the token it expects. A nil
// field is nothing expected.
type Expectation struct {
	Nonce, AccessToken, Code, State *string
	MaxAge                          *time.Duration
	ACR                             []string
}

// readClock reads the clock; waiting for keys makes the last reading worthless.
func (a *Attempt) readClock() { a.now = a.Issuer.Now() }

// An Issuer is a trusted issuer: its rules and its keys.
type Issuer struct {
	*Rules
	Keys *Keys
}

// An Attempt is one token on its way through the checks. Attempts are used
// again for later tokens; a stage keeps none of their parts.
type Attempt struct {
	Raw    string
	Expect Expectation

	Steps   *Steps
	Trusted []*Issuer
	Headers *Headers // remembered, or nil

	Parts       Compact
	Header      Header
	PayloadText string
	Claims      Claims
	Signature   []byte

	Kid       string
	Named     bool // there is a kid
	Issuer    *Issuer
	Algorithm *Algorithm
	// Keys are the candidates, and Set where they come from, if from a set.
	Keys []*Key
	Set  *KeySet

	fetched  bool      // a fetch was begun for this attempt
	now      time.Time // the clock, as it was read last
	familiar bool      // the header was remembered
	members  []Member  // room for those of a header that was not
	scratch  []byte
}

var attempts = sync.Pool{New: func() any { return new(Attempt) }}

// Begin makes an attempt of a token; End gives its memory back.
func Begin(s *Steps, trusted []*Issuer, headers *Headers, raw string) *Attempt {
	a := attempts.Get().(*Attempt)
	a.Steps, a.Trusted, a.Headers, a.Raw = s, trusted, headers, raw
	return a
}

// End forgets the token. The attempt must not be used any more.
func (a *Attempt) End() {
	const worthKeeping = 256
	members, claims := a.members, a.Claims.Members
	if cap(members) > worthKeeping || cap(claims) > worthKeeping || cap(a.scratch) > 64<<10 {
		return
	}
	clear(members)
	clear(claims)
	clear(a.Keys)
	clear(a.Claims.Audiences)
	*a = Attempt{
		members:   members[:0],
		Claims:    Claims{Members: claims[:0], Audiences: a.Claims.Audiences[:0]},
		Keys:      a.Keys[:0],
		Signature: a.Signature[:0],
		scratch:   a.scratch[:0],
	}
	attempts.Put(a)
}
