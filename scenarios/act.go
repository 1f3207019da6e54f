package scenarios

import (
	"reflect"
	"slices"

	"github.com/rogueidp/rogueidp/mockidp/fault"
)

// An Act is one step of a plot. Acts are data; the engine knows how each is
// done.
type Act interface{ Act() string }

// Open starts the plot's session. A plot that does not begin with it opens one
// session that trusts one issuer.
type Open struct {
	Issuers []Party `json:"issuers"`
}

// A Party is one issuer of a plot. The first is the one that rows speak of.
type Party struct {
	Name string `json:"name,omitempty"`
	// SameKID gives its key the kid of the first party's key, SameKeys the very
	// keys, SamePath a key set under one path with the first party's.
	SameKID  bool `json:"sameKid,omitempty"`
	SameKeys bool `json:"sameKeys,omitempty"`
	SamePath bool `json:"samePath,omitempty"`
	// Untrusted: it exists, and the target is not told to trust it.
	Untrusted bool `json:"untrusted,omitempty"`
	// Slash ends the issuer in a slash.
	Slash bool `json:"slash,omitempty"`
	// Apart serves its key set from a listener of its own, so that connections
	// can begin to fail where the target has been before.
	Apart bool `json:"apart,omitempty"`
	// Suffix is appended to the first party's path, and KID is its kid, so that
	// issuer and kid joined by a delimiter can collide.
	Suffix string `json:"suffix,omitempty"`
	KID    string `json:"kid,omitempty"`
	// ClientID is whom its tokens are for, in place of a random client. Trusts
	// is an audience that the target is told to trust beside the client.
	ClientID string `json:"clientID,omitempty"`
	Trusts   string `json:"trusts,omitempty"`
}

// Mint makes a token and keeps it under a name.
type Mint struct {
	As  string        `json:"as"`
	By  string        `json:"by,omitempty"` // the party that mints; empty: the first
	IdP []fault.Fault `json:"idp,omitempty"`
	// Like takes the claims of another token.
	Like string `json:"like,omitempty"`
}

// Present shows the target a token: one that was minted before, or a new one
// with the faults of the row.
type Present struct {
	Token  string        `json:"token,omitempty"`
	IdP    []fault.Fault `json:"idp,omitempty"` // on top; on a token minted before, only faults of its compact form
	Honest bool          `json:"honest,omitempty"`
	Times  int           `json:"times,omitempty"`
	AtOnce bool          `json:"atOnce,omitempty"`
	Expect Expectation   `json:"expect,omitzero"` // empty: the row's
	// Unasked: the token has a nonce, and the caller sent none.
	Unasked bool `json:"unasked,omitempty"`
	// Fetches bounds the key-set fetches during this act.
	Fetches Bound `json:"fetches,omitzero"`
	// Level of this presentation where it is not the row's.
	Level Level `json:"level,omitempty"`
	// Premise: what comes after means something only if this came out as
	// expected; if not, the row was not exercised.
	Premise bool `json:"premise,omitempty"`
	// Alg signs in place of the algorithm with which the row is played.
	Alg string `json:"alg,omitempty" words:"algs"`
	// Amid goes on while a token is presented again and again.
	Amid Crowd `json:"amid,omitzero"`
	// Carry is how a request carries the token, where that is not the ordinary way.
	Carry Carry `json:"carry,omitzero"`
}

// A Crowd is forged tokens at a rate: a token that was minted before, bent by
// faults of its compact form.
type Crowd struct {
	Token     string        `json:"token"`
	IdP       []fault.Fault `json:"idp,omitempty"`
	PerSecond int           `json:"perSecond"`
}

// Begin presents tokens and does not wait for what comes of it; Join does.
type Begin struct {
	As     string        `json:"as"`
	Token  string        `json:"token,omitempty"`
	IdP    []fault.Fault `json:"idp,omitempty"`
	Honest bool          `json:"honest,omitempty"`
	Times  int           `json:"times,omitempty"`
}

// Cancel lets the callers of what was begun give up.
type Cancel struct {
	Of string `json:"of"`
}

// Join waits for what was begun, and judges it.
type Join struct {
	Of     string      `json:"of"`
	Expect Expectation `json:"expect,omitzero"` // empty: the row's
	Level  Level       `json:"level,omitempty"`
}

// Await waits until an endpoint was asked so often since the plot began. If it
// never is, the row was not exercised.
type Await struct {
	Endpoint string `json:"endpoint" words:"endpoints"`
	Hits     int    `json:"hits"`
}

// Hold keeps the next answers of an endpoint back, all of them where First is
// zero, until Release. What they say is settled when they are asked for.
type Hold struct {
	Endpoint string `json:"endpoint" words:"endpoints"`
	First    int    `json:"first,omitempty"`
}

// Release lets held answers go.
type Release struct {
	Endpoint string `json:"endpoint" words:"endpoints"`
}

// Sessions starts so many fresh sessions of the target, one after the other or
// at once, shows an honest token to each, and closes them.
type Sessions struct {
	Times   int   `json:"times"`
	AtOnce  bool  `json:"atOnce,omitempty"`
	Fetches Bound `json:"fetches,omitzero"`
}

// Repeat does acts again and again.
type Repeat struct {
	Times int   `json:"times"`
	Do    []Act `json:"do"`
}

// Weigh makes the most that the target's process has held so far the measure of
// what it may hold from here on: what comes again and is collected again shows
// no more, and what is never let go does.
type Weigh struct{}

// Rotate lets a new key sign. The old one stays published, is removed at once,
// or leaves its kid to the new one.
type Rotate struct {
	Remove  bool   `json:"remove,omitempty"`
	SameKID bool   `json:"sameKid,omitempty"`
	Alg     string `json:"alg,omitempty" words:"algs"` // of the new key; empty: as before
}

// Rollback lets the key that signed before sign again, and takes the newer one
// out of the key set.
type Rollback struct{}

// Publish puts a key into the key set that does not sign yet.
type Publish struct{}

// Retire lets the signing key sign no more.
type Retire struct{}

// Remove takes the key that was retired last out of the key set.
type Remove struct{}

// Advance moves time, for the provider and the target alike.
type Advance struct {
	By fault.Span `json:"by"`
}

// Inject lets the provider lie from here on, in ways that are no token's.
type Inject struct {
	IdP []fault.Fault `json:"idp,omitempty"`
	// Sought: it is for the target to find out, so that one that never asks
	// has missed it and not been spared it.
	Sought bool `json:"sought,omitempty"`
}

// Heal makes the provider honest again.
type Heal struct{}

func (Open) Act() string     { return "open" }
func (Mint) Act() string     { return "mint" }
func (Present) Act() string  { return "present" }
func (Rotate) Act() string   { return "rotate" }
func (Rollback) Act() string { return "rollback" }
func (Publish) Act() string  { return "publish" }
func (Retire) Act() string   { return "retire" }
func (Remove) Act() string   { return "remove" }
func (Advance) Act() string  { return "advance" }
func (Inject) Act() string   { return "inject" }
func (Heal) Act() string     { return "heal" }

func (Begin) Act() string    { return "begin" }
func (Cancel) Act() string   { return "cancel" }
func (Join) Act() string     { return "join" }
func (Await) Act() string    { return "await" }
func (Hold) Act() string     { return "hold" }
func (Release) Act() string  { return "release" }
func (Sessions) Act() string { return "sessions" }
func (Repeat) Act() string   { return "repeat" }
func (Weigh) Act() string    { return "weigh" }

// FaultsOf are the faults that an act names.
func FaultsOf(a Act) []fault.Fault {
	switch a := a.(type) {
	case Mint:
		return a.IdP
	case Present:
		return append(slices.Clone(a.IdP), a.Amid.IdP...)
	case Begin:
		return a.IdP
	case Inject:
		return a.IdP
	case SignIn:
		return a.IdP
	case Renew:
		return a.IdP
	case SignOut:
		return a.IdP
	case Repeat:
		var all []fault.Fault
		for _, inner := range a.Do {
			all = append(all, FaultsOf(inner)...)
		}
		return all
	}
	return nil
}

// ActJSON is an act under its name, with its faults.
func ActJSON(a Act) ([]byte, error) { return encode(reflect.ValueOf(&a).Elem(), style{}) }
