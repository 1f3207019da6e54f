// Package scenarios is the catalogue: what the provider does, what a validator
// must do about it, and which clause says so. It is data. Nothing in a row runs;
// what only the run knows comes in through placeholders, and the engine in
// package suites plays it.
package scenarios

import (
	"encoding/json"
	"reflect"

	"github.com/rogueidp/rogueidp/mockidp/fault"
)

// A Scenario is one thing that a provider does and what the target must do.
// Fields left empty mean what is true of most rows: level must, profiles all
// four that read a JWT, a warm start, any algorithm, no hazard, and the twin
// of the family.
type Scenario struct {
	ID    string     `json:"id"`    // family.kebab-name, permanent
	Title string     `json:"title"` // a predicate whose subject is the target
	Check Check      `json:"check,omitempty"`
	Cites []Citation `json:"cites"`

	// Level is what a miss means; the others say where another level holds.
	Level    Level                `json:"level,omitempty"`
	Profile  map[Profile]Level    `json:"levelByProfile,omitempty"`
	Claiming map[Capability]Level `json:"levelClaiming,omitempty"` // for a target that claims the capability
	Severity Severity             `json:"severity"`
	Profiles []Profile            `json:"profiles,omitempty"`
	Extended bool                 `json:"extended,omitempty"` // not of the core set

	// Promise is the bound that this row holds a target to. Where the target
	// declares it, or the user requires it, the row is at level must.
	Promise Promise `json:"promise,omitempty"`

	Start  Start        `json:"start,omitempty"`
	Needs  []Capability `json:"needs,omitempty"`
	Hazard Hazard       `json:"hazard,omitempty"`
	Oracle Oracle       `json:"oracle,omitempty"`
	Alg    string       `json:"alg,omitempty" words:"algs"`  // "rsa", "ec", "okp", "rs" (RSASSA-PKCS1-v1_5), or one algorithm; empty: any
	Also   []string     `json:"also,omitempty" words:"algs"` // algorithms that the target must allow beside it
	Twin   string       `json:"twin,omitempty"`              // the honest row that must be accepted; "honest" is the plain control token

	// Beside is what the caller knows besides the token and its nonce.
	Beside Beside        `json:"beside,omitzero"`
	IdP    []fault.Fault `json:"idp,omitempty"`
	Expect Expectation   `json:"expect"`
	Plot   []Act         `json:"plot,omitempty"` // in place of: mint one token, present it, expect
	Cases  []Case        `json:"cases,omitempty"`
	Why    string        `json:"why,omitempty"` // reasons and exceptions

	// From is the file and line of a user's own row; the catalogue's have none.
	From string `json:"-"`
}

// A Case is one variant of a scenario. What it leaves empty it takes from the
// scenario; its faults come after the scenario's own.
type Case struct {
	Name     string        `json:"name"`
	IdP      []fault.Fault `json:"idp,omitempty"`
	Expect   Expectation   `json:"expect,omitzero"`
	Plot     []Act         `json:"plot,omitempty"`
	Alg      string        `json:"alg,omitempty" words:"algs"`
	Level    Level         `json:"level,omitempty"`
	Needs    []Capability  `json:"needs,omitempty"`
	Profiles []Profile     `json:"profiles,omitempty"`
	Why      string        `json:"why,omitempty"`
}

// A Check is one of the eight things that a validator does, in order.
type Check int

// The eight checks; zero is outside them.
const (
	Elsewhere Check = iota
	Parse
	ReadKid
	FindKey
	Signature
	Issuer
	Audience
	Time
	Nonce
)

func (c Check) String() string {
	return checkNames[c]
}

var checkNames = [...]string{"elsewhere", "parse", "kid", "key", "signature", "issuer", "audience", "time", "nonce"}

// A Level says what a miss means.
type Level string

const (
	Must      Level = "must"      // fail
	Should    Level = "should"    // warn
	Hardening Level = "hardening" // warn; a draft, or practice
	Info      Level = "info"      // both answers are legal: recorded
)

// A Severity says what a wrong answer costs.
type Severity string

const (
	Critical Severity = "critical"
	High     Severity = "high"
	Medium   Severity = "medium"
	Low      Severity = "low"
	Control  Severity = "control" // honest rows
)

// A Profile says what kind of validator a target is.
type Profile string

const (
	IDToken   Profile = "id-token"
	BearerJWT Profile = "bearer-jwt"
	RFC9068   Profile = "rfc9068"
	JWS       Profile = "jws"
	JWE       Profile = "jwe"
	Login     Profile = "login"
)

// Profiles lists them all.
func Profiles() []Profile { return []Profile{IDToken, BearerJWT, RFC9068, JWS, JWE, Login} }

// A Start says what the target knows when a plot begins.
type Start string

const (
	Cold Start = "cold" // the fault stands before the target is told to trust
	Warm Start = "warm" // an honest token was accepted, the cooldown is past
)

// A Hazard says what a row may do to a target that is not yours.
type Hazard string

const (
	Harmless   Hazard = "none"
	Injection  Hazard = "injection"
	Flood      Hazard = "flood"
	Exhaustion Hazard = "exhaustion"
)

// Hazards lists them from the least on.
func Hazards() []Hazard { return []Hazard{Harmless, Injection, Flood, Exhaustion} }

// A Promise is a bound on time or on requests that is no specification's, but
// the target's own or its user's.
type Promise string

const (
	Outage   Promise = "outage"   // how long valid tokens may be refused
	Exposure Promise = "exposure" // how long a withdrawn key may count
	Learn    Promise = "learn"    // how long a rotated key may take to be learned
	Fetches  Promise = "fetches"  // key-set fetches in a time, whatever arrives
)

// Promises lists them.
func Promises() []Promise { return []Promise{Outage, Exposure, Learn, Fetches} }

// An Oracle says how a row is decided.
type Oracle string

const (
	ByVerdict  Oracle = "verdict"
	ByJournal  Oracle = "journal"
	ByCanary   Oracle = "canary"
	ByProcess  Oracle = "process"
	ByIdentity Oracle = "identity"
)

// A Capability is something that a target can be asked, in the words of the
// adapter protocol.
type Capability string

// Capabilities lists what a target can claim, and three that the harness knows
// by itself: concurrent, own-network and http-channel, which is that of a target
// whose requests a row can spell.
func Capabilities() []Capability {
	return []Capability{
		"discovery", "jwks-uri", "static-jwks", "refetch", "nonce", "azp", "at-hash", "hashes",
		"max-age", "acr", "typ", "clock", "leeway", "http-issuer", "custom-ca", "client-secret",
		"trusted-audiences", "multi-issuer", "cancel", "claims", "jws", "encrypted", "restart",
		"concurrent", "own-network", "http-channel", "login",
		// What a relying party can do, and which pages it has.
		"state", "pkce", "iss-parameter", "userinfo", "signed-userinfo", "refresh", "form-post", "hybrid", "implicit",
		"home", "renew", "logout", "initiate", "return-to", "backchannel", "frontlogout",
	}
}

// Alone tells whether a row has to be played in a process of its own.
func (s Scenario) Alone() bool { return s.Oracle == ByProcess || s.Hazard == Exhaustion }

// Family is the part of the id before the dot.
func (s Scenario) Family() string {
	for i := range len(s.ID) {
		if s.ID[i] == '.' {
			return s.ID[:i]
		}
	}
	return s.ID
}

// Applies tells whether a row, or this case of it, is for a profile at all,
// and at which level.
func (s Scenario) Applies(p Profile, c Case) (Level, bool) {
	level, applies := s.Level, false
	profiles := s.Profiles
	if c.Profiles != nil {
		profiles = c.Profiles
	}
	for _, in := range profiles {
		applies = applies || in == p
	}
	if other, ok := s.Profile[p]; ok && c.Profiles == nil {
		level, applies = other, true
	}
	if c.Level != "" {
		level = c.Level
	}
	return level, applies
}

// Played are the cases of a row, one without a name where it has none.
func (s Scenario) Played() []Case {
	if len(s.Cases) == 0 {
		return []Case{{}}
	}
	return s.Cases
}

// Faults are the row's with those of a case.
func (s Scenario) Faults(c Case) []fault.Fault {
	return append(append([]fault.Fault(nil), s.IdP...), c.IdP...)
}

// Story is the plot that a case plays, with the expectation that holds.
func (s Scenario) Story(c Case) []Act {
	plot := s.Plot
	if c.Plot != nil {
		plot = c.Plot
	}
	if plot == nil {
		plot = []Act{Present{}}
	}
	return plot
}

// Expected is what a presentation that says nothing else expects.
func (s Scenario) Expected(c Case) Expectation {
	if c.Expect.Answer != "" {
		return c.Expect
	}
	return s.Expect
}

// MarshalJSON writes a row for list, show and replay: in the words that [Read]
// takes, but with what the citations say.
func (s Scenario) MarshalJSON() ([]byte, error) {
	return encode(reflect.ValueOf(s), style{cite: func(c Citation) ([]byte, error) { return json.Marshal(c) }})
}
