// Package target is the ways to reach a validator: in this process, as a child
// process, over HTTP, behind a protected resource, or as a whole relying party.
// Whatever the way, a target states a verdict; nothing is inferred from silence.
package target

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"
)

// A Target is a validator under test. It is safe for concurrent use.
type Target interface {
	// Name says which implementation this is, never how it was reached.
	Name() string
	Describe() Description
	// Trust starts a session that trusts these issuers. A validator that itself
	// refuses to start answers with a Verdict; the error is for one that could
	// not be asked, [errors.ErrUnsupported] for one that cannot be pointed at
	// them.
	Trust(ctx context.Context, issuers ...Issuer) (Session, Verdict, error)
	// Close ends whatever the target started.
	Close() error
}

// A Session is a target that trusts its issuers, with a cache of its own.
type Session interface {
	// Try lets the target decide about one sign-in. ctx is the caller's own:
	// its cancellation and deadline are handed on to the validator.
	Try(ctx context.Context, a Attempt) (Verdict, error)
	Close() error
}

// A Clocked session can be told what time it is.
type Clocked interface {
	SetClock(ctx context.Context, now time.Time) error
}

// A ProcessClocked target can be told what time it is for all of its sessions.
type ProcessClocked interface {
	SetProcessClock(ctx context.Context, now time.Time) error
}

// A Loner can give a fresh copy of itself in a process of its own, which
// reaches the provider as the options say.
type Loner interface {
	Alone(ctx context.Context, o Options) (Target, error)
}

// A Starter has to know its issuer before it is started, and is started before
// it is asked anything.
type Starter interface {
	Start(ctx context.Context, known Issuer) error
}

// A Resetter is configured once, and can be made to start afresh: with nothing
// in its cache, for the issuer that it knows.
type Resetter interface {
	Reset(ctx context.Context) error
}

// A Description is what a target says of itself.
type Description struct {
	Name, Version, Language, Runtime, Homepage, Configuration string

	Profile  string
	Algs     []string
	Can      []string
	Declares Declares
	Faketime []string
	// Claims and Typ go into every token for this target.
	Claims json.RawMessage
	Typ    string
	// Concurrent: many attempts may be under way at once.
	Concurrent bool
	// Fixed: configured once, for an issuer that must not change.
	Fixed bool
	// Memory: it lives in this process and reaches the provider without a
	// socket, through [Issuer.Client].
	Memory bool
	// Visible is the length of the longest token that the channel carries, in
	// octets of visible ASCII; zero where any bytes get through.
	Visible int
	// Digest is what was measured of the artefact that runs, such as an image's.
	Digest string
	// PID is the process whose growth can be watched; zero where there is none.
	PID int
}

// Declares are the promises of a target about time.
type Declares struct {
	Leeway                           map[string]time.Duration // by claim; "" for all
	CacheTTL, Cooldown, FetchTimeout *time.Duration
}

// Has tells whether the target claims a capability. A target that discovers
// needs no jwks_uri, and so satisfies any need for one.
func (d Description) Has(capability string) bool {
	if capability == "concurrent" {
		return d.Concurrent
	}
	if capability == "jwks-uri" && slices.Contains(d.Can, "discovery") {
		return true
	}
	return slices.Contains(d.Can, capability)
}

// An Issuer is whom a session is told to trust.
type Issuer struct {
	Issuer, ClientID, ClientSecret string
	JWKSURI                        string
	JWKS                           json.RawMessage
	Algs                           []string
	TrustedAudiences               []string

	// DecryptionKeys are the client's private JWKs, where encryption to it was
	// agreed on: every token of this issuer is then signed and encrypted.
	DecryptionKeys []json.RawMessage

	// Client reaches the issuer from this process; Now is its clock. Both are
	// for targets in this process.
	Client *http.Client
	Now    func() time.Time
}

// An Attempt is one sign-in.
type Attempt struct {
	Token       string
	Nonce       string
	AccessToken string // that came with the token; so did Code
	Code, State string
	MaxAge      time.Duration // that was asked for; zero where none was
	ACR         []string      // the authentication contexts of which one was asked for
	// Known are cookies by which issuers know who signs in, by the issuer's URL:
	// for relying parties, which get their token from the issuer.
	Known map[string]*http.Cookie
	// Deadline is how long the caller is ready to wait.
	Deadline time.Duration
	// Fetching tells whether a fetch of this session is still open at the
	// provider: such a target waits, and does not hang.
	Fetching func() bool
}

// An Answer is what a target decided.
type Answer string

const (
	Accept      Answer = "accept"
	Reject      Answer = "reject"
	Unavailable Answer = "unavailable" // it could not decide
)

// A Verdict is a target's answer. Code, Reason and Claims are the target's own
// words and go into no report before reports.Hear has had them.
type Verdict struct {
	Answer Answer
	Code   string
	Reason string
	Claims json.RawMessage
	// Took is how long the target needed, Late whether it was longer than the
	// caller was ready to wait.
	Took time.Duration
	Late bool
}

// Unsupported is the answer of a target that lacks what it takes to be asked.
type Unsupported struct{ Why, Feature string }

func (u *Unsupported) Error() string {
	if u.Feature == "" {
		return "unsupported: " + u.Why
	}
	return fmt.Sprintf("unsupported: %s (%s)", u.Why, u.Feature)
}

// Is makes it an [errors.ErrUnsupported].
func (u *Unsupported) Is(target error) bool { return target == errors.ErrUnsupported }

// Hung is a target that did not answer in time.
type Hung struct {
	After  time.Duration
	Stderr string
}

func (h *Hung) Error() string {
	return fmt.Sprintf("no answer after %v", h.After.Round(time.Millisecond))
}

// Crashed is a target that went away instead of answering. InFlight counts the
// messages under way with it: with one, that one did it.
type Crashed struct {
	How      string
	InFlight int
	Stderr   string
}

func (c *Crashed) Error() string { return "the target went away: " + c.How }

// Garbled is a target that talked, and not in the protocol.
type Garbled struct {
	How    string
	Line   string // from the target, raw
	Stderr string
}

func (g *Garbled) Error() string { return "the target does not keep to the protocol: " + g.How }

// Failed is a target that says that it could not ask its validator.
type Failed struct{ Says string }

func (f *Failed) Error() string { return "the adapter could not ask its validator" }
