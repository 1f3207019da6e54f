package scenarios

import (
	"encoding/json"
	"reflect"
	"strings"

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
	Name string `json:"name"`
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
}

// Mint makes a token and keeps it under a name.
type Mint struct {
	As  string        `json:"as"`
	By  string        `json:"by,omitempty"` // the party that mints; empty: the first
	IdP []fault.Fault `json:"-"`
	// Like takes the claims of another token.
	Like string `json:"like,omitempty"`
}

// Present shows the target a token: one that was minted before, or a new one
// with the faults of the row.
type Present struct {
	Token  string        `json:"token,omitempty"`
	IdP    []fault.Fault `json:"-"` // on top; on a token minted before, only faults of its compact form
	Honest bool          `json:"honest,omitempty"`
	Times  int           `json:"times,omitempty"`
	AtOnce bool          `json:"atOnce,omitempty"`
	Expect Expectation   `json:"expect,omitzero"` // empty: the row's
	// Fetches bounds the key-set fetches during this act.
	Fetches Bound `json:"fetches,omitzero"`
	// Level of this presentation where it is not the row's.
	Level Level `json:"level,omitempty"`
	// Premise: what comes after means something only if this came out as
	// expected; if not, the row was not exercised.
	Premise bool `json:"premise,omitempty"`
}

// Rotate lets a new key sign. The old one stays published, is removed at once,
// or leaves its kid to the new one.
type Rotate struct {
	Remove  bool `json:"remove,omitempty"`
	SameKID bool `json:"sameKid,omitempty"`
}

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
	IdP []fault.Fault `json:"-"`
}

// Heal makes the provider honest again.
type Heal struct{}

func (Open) Act() string    { return "open" }
func (Mint) Act() string    { return "mint" }
func (Present) Act() string { return "present" }
func (Rotate) Act() string  { return "rotate" }
func (Publish) Act() string { return "publish" }
func (Retire) Act() string  { return "retire" }
func (Remove) Act() string  { return "remove" }
func (Advance) Act() string { return "advance" }
func (Inject) Act() string  { return "inject" }
func (Heal) Act() string    { return "heal" }

// FaultsOf are the faults that an act names.
func FaultsOf(a Act) []fault.Fault {
	switch a := a.(type) {
	case Mint:
		return a.IdP
	case Present:
		return a.IdP
	case Inject:
		return a.IdP
	}
	return nil
}

// namedAct writes an act under its name, with its faults.
type namedAct struct{ Act }

func (n namedAct) MarshalJSON() ([]byte, error) {
	fields := map[string]any{}
	v := reflect.ValueOf(n.Act)
	for i := range v.NumField() {
		name, options, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		if name == "-" || options != "" && v.Field(i).IsZero() {
			continue
		}
		fields[name] = v.Field(i).Interface()
	}
	if faults := FaultsOf(n.Act); len(faults) > 0 {
		raw, err := fault.Marshal(faults)
		if err != nil {
			return nil, err
		}
		fields["idp"] = json.RawMessage(raw)
	}
	return json.Marshal(map[string]any{n.Act.Act(): fields})
}

func named(plot []Act) []namedAct {
	var list []namedAct
	for _, a := range plot {
		list = append(list, namedAct{a})
	}
	return list
}

// ActJSON is an act under its name, with its faults.
func ActJSON(a Act) ([]byte, error) { return namedAct{a}.MarshalJSON() }
