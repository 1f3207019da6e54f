package fault

import (
	"crypto/sha256"
	"encoding/binary"
	"math"
	"strings"
)

// An Occasion is one moment at which a fault may act.
type Occasion struct {
	Seed     int64  // of the run
	Scenario string // what is played
	Endpoint string // or "token"
	N        int    // how many times this endpoint was asked before, from 0
	// Of is the kind of a token: one of [TokenKinds], or empty outside a login.
	Of string
}

// occasional is a fault that acts only sometimes, through another one.
type occasional interface {
	Fault
	inner() Fault
	acts(Occasion) bool
}

// First lets a fault act on the first N occasions.
type First struct {
	N  int  `json:"n"`
	Do Some `json:"do"`
}

func (First) Fault() string          { return "first" }
func (f First) inner() Fault         { return f.Do.Fault }
func (f First) acts(o Occasion) bool { return o.N < f.N }

// After lets a fault act on every occasion but the first N.
type After struct {
	N  int  `json:"n"`
	Do Some `json:"do"`
}

func (After) Fault() string          { return "after" }
func (f After) inner() Fault         { return f.Do.Fault }
func (f After) acts(o Occasion) bool { return o.N >= f.N }

// Sometimes lets a fault act with probability P on each occasion. The dice are
// a hash of the run's seed and the occasion, so the order in which parallel
// scenarios run does not matter and a run with the same seed falls the same.
type Sometimes struct {
	P  float64 `json:"p"`
	Do Some    `json:"do"`
}

func (Sometimes) Fault() string  { return "sometimes" }
func (f Sometimes) inner() Fault { return f.Do.Fault }
func (f Sometimes) acts(o Occasion) bool {
	h := sha256.New()
	for _, n := range []uint64{uint64(o.Seed), uint64(o.N)} {
		_ = binary.Write(h, binary.BigEndian, n)
	}
	h.Write([]byte(o.Scenario + "\x00" + o.Endpoint))
	roll := binary.BigEndian.Uint64(h.Sum(nil))
	return float64(roll)/math.MaxUint64 < f.P
}

// Only lets a fault of tokens act on tokens of one kind, and of no other.
type Only struct {
	Of string `json:"of" words:"token-kinds"`
	Do Some   `json:"do"`
}

func (Only) Fault() string  { return "only" }
func (f Only) inner() Fault { return f.Do.Fault }
func (f Only) acts(o Occasion) bool {
	return f.Of == o.Of || f.Of == "id-token" && (o.Of == "" || strings.HasSuffix(o.Of, "-id-token"))
}

// Some holds a fault inside another one.
type Some struct{ Fault }

// MarshalJSON writes the fault under its name.
func (s Some) MarshalJSON() ([]byte, error) { return marshalOne(s.Fault) }

// UnmarshalJSON reads a fault by its name, as strictly as [Parse].
func (s *Some) UnmarshalJSON(b []byte) error {
	f, err := parseOne(b)
	s.Fault = f
	return err
}

// On returns what f does on this occasion: f itself, the fault inside it, or
// nil when the occasion is not one of its.
func On(f Fault, o Occasion) Fault {
	// What says nothing of a kind means ID tokens.
	if KindOf(f) == "" && SeamOf(f).Token() && !(Only{Of: "id-token"}).acts(o) {
		return nil
	}
	for {
		sometimes, ok := f.(occasional)
		if !ok {
			return f
		}
		if !sometimes.acts(o) {
			return nil
		}
		f = sometimes.inner()
	}
}

// KindOf is the kind of token on which a fault says that it acts, one of
// [TokenKinds]; empty where it says nothing.
func KindOf(f Fault) string {
	for {
		if only, says := f.(Only); says {
			return only.Of
		}
		sometimes, ok := f.(occasional)
		if !ok {
			return ""
		}
		f = sometimes.inner()
	}
}

// Inmost is the fault that acts in the end: f itself, or the one inside it.
func Inmost(f Fault) Fault {
	for {
		sometimes, ok := f.(occasional)
		if !ok {
			return f
		}
		f = sometimes.inner()
	}
}

// EndpointOf names the endpoint whose answers or connections f changes; empty
// for a fault of tokens and for one of all connections.
func EndpointOf(f Fault) string {
	switch t := Inmost(f).(type) {
	case interface{ at() string }:
		return t.at()
	case MetadataFault:
		return "discovery"
	case KeySetFault:
		return "keyset"
	}
	return ""
}
