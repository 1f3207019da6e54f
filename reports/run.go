// Package reports holds what a run found, and its renderings. [Run] is the
// source of all of them: what is not in run.json is in no report.
package reports

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// Schema names the version of run.json's shape.
const Schema = "rogueidp.run/1"

// A Run is one execution with its evidence. It holds no text of a target but
// through [Said].
type Run struct {
	Schema  string    `json:"schema"`
	Tool    Tool      `json:"tool"`
	Seed    int64     `json:"seed"`
	Started time.Time `json:"started"`
	Took    Duration  `json:"took"`
	// Complete: every row that had to be exercised was. Interrupted: a person
	// or a signal ended the run, and results are missing.
	Complete    bool `json:"complete"`
	Conformant  bool `json:"conformant"`
	Interrupted bool `json:"interrupted,omitempty"`
	// Incomplete names the rows that had to be exercised and were not.
	Incomplete []string `json:"incomplete,omitempty"`
	Asked      Asked    `json:"asked"`
	Targets    []Target `json:"targets"`
	Results    []Result `json:"results"`
	// Stale are waivers that nothing needed.
	Stale []Waived `json:"stale,omitempty"`
}

// Tool says what ran.
type Tool struct {
	Name      string `json:"name"`
	Version   string `json:"version"`
	Catalogue string `json:"catalogue"` // digest of the scenarios as data
	Scenarios int    `json:"scenarios"`
}

// Asked is what the run was asked to do, as far as it changes what its results
// mean.
type Asked struct {
	Filter   string            `json:"filter,omitempty"`
	Only     []string          `json:"only,omitempty"`
	Preset   string            `json:"preset,omitempty"`
	Strict   bool              `json:"strict,omitempty"`
	Require  map[string]string `json:"require,omitempty"` // promises that the user made for the target
	Hazard   string            `json:"hazard,omitempty"`
	Own      []string          `json:"own,omitempty"` // hosts that the user said are theirs
	MaxWait  Duration          `json:"maxWait,omitempty"`
	Selected int               `json:"selected"` // scenarios
}

// A Target is who was tested.
type Target struct {
	Name          string            `json:"name"`
	Version       string            `json:"version,omitempty"`
	Language      string            `json:"language,omitempty"`
	Runtime       string            `json:"runtime,omitempty"`
	Homepage      string            `json:"homepage,omitempty"`
	Configuration string            `json:"configuration,omitempty"`
	Digest        string            `json:"digest,omitempty"` // that was measured of what ran, such as an image's
	Profile       string            `json:"profile"`
	Algs          []string          `json:"algs,omitempty"`
	Can           []string          `json:"can,omitempty"`
	Declares      map[string]string `json:"declares,omitempty"`
	SharedIssuer  bool              `json:"sharedIssuer,omitempty"`
	// Counts are results by outcome; Scenarios are rows of which at least one
	// case was played.
	Counts    map[Outcome]int `json:"counts"`
	Scenarios int             `json:"scenarios"`
	// Preflight is what was wrong before anything was played, empty if nothing.
	Preflight string `json:"preflight,omitempty"`
	// Manual are the checks that no run can make for a target of this profile.
	Manual []Manual `json:"manual,omitempty"`
}

// A Manual is a check that somebody has to make by hand, as nothing outside can
// decide it.
type Manual struct {
	ID       string   `json:"id"`
	Severity string   `json:"severity"`
	Try      string   `json:"try"`
	Refs     []string `json:"refs"` // clauses and advisories
}

// A Result is what came of one case of one scenario against one target.
type Result struct {
	Target   string   `json:"target"`
	ID       string   `json:"id"`
	Case     string   `json:"case,omitempty"`
	Title    string   `json:"title"`
	Family   string   `json:"family"`
	Check    int      `json:"check"`
	Profile  string   `json:"profile"`
	Core     bool     `json:"core"`
	Level    string   `json:"level"`
	Floor    bool     `json:"floor"` // the miss is one that fails whatever the level
	Severity string   `json:"severity"`
	Outcome  Outcome  `json:"outcome"`
	Want     string   `json:"want"`
	Got      string   `json:"got"` // accept, reject, unavailable, hang, crash, or what kept it from being asked
	Code     string   `json:"code,omitempty"`
	Reason   Said     `json:"reason,omitzero"`  // in the target's words
	Because  string   `json:"because,omitzero"` // in ours: why the outcome is what it is
	Feature  string   `json:"feature,omitempty"`
	Fetches  int      `json:"fetches"`
	Took     Duration `json:"took"`
	Clock    string   `json:"clock"` // real, virtual, message: how time passed
	Cites    []string `json:"cites"`
	Says     []string `json:"says,omitempty"` // what the cited clauses say, in our words
	// Provider is what the provider did, as the admin API takes it.
	Provider json.RawMessage `json:"provider"`
	Evidence Evidence        `json:"evidence,omitzero"`
	Replay   string          `json:"replay"`
	// Incomplete: the row had to be exercised, and was not.
	Incomplete bool    `json:"incomplete,omitempty"`
	Waived     *Waived `json:"waived,omitempty"`
}

// Evidence is what a reviewer wants to see of a result. Tokens are ours and
// worth nothing; answers are the target's.
type Evidence struct {
	Steps     []Step     `json:"steps,omitempty"`
	KeySet    string     `json:"keySet,omitempty"`
	Exchanges []Exchange `json:"exchanges,omitempty"`
	Canary    []Said     `json:"canary,omitempty"` // who called where nobody should
	Stderr    Said       `json:"stderr,omitzero"`
}

// A Step is one act of the plot and what came of it.
type Step struct {
	Act    string `json:"act"`
	Token  string `json:"token,omitempty"`
	Want   string `json:"want,omitempty"`
	Got    string `json:"got,omitempty"`
	Code   string `json:"code,omitempty"`
	Reason Said   `json:"reason,omitzero"`
	Times  int    `json:"times,omitempty"`
	At     string `json:"at,omitempty"`    // the tenant's clock
	Agent  string `json:"agent,omitempty"` // the user agent that went, of an act of a login
	URLs   []Said `json:"urls,omitempty"`  // where it went, the values of secrets left out
}

// An Exchange is one request that the provider saw.
type Exchange struct {
	Time     time.Time `json:"time"`
	Endpoint string    `json:"endpoint,omitempty"`
	Request  Said      `json:"request,omitzero"`
	Status   int       `json:"status,omitempty"`
	Length   int64     `json:"length,omitempty"`
	Hash     string    `json:"sha256,omitempty"`
	Served   []string  `json:"served,omitempty"`
	Mark     string    `json:"mark,omitempty"`
}

// A Waived is a waiver as it stood when a result met it.
type Waived struct {
	Scenario string `json:"scenario"`
	Reason   string `json:"reason"`
	Owner    string `json:"owner"`
	Expires  string `json:"expires"`
}

// Name is the id with the case, as --only takes it.
func (r Result) Name() string {
	if r.Case == "" {
		return r.ID
	}
	return r.ID + "/" + r.Case
}

// Count adds up what every target's results are, anew.
func (r *Run) Count() {
	for i := range r.Targets {
		t := &r.Targets[i]
		t.Counts = map[Outcome]int{}
		played := map[string]bool{}
		for _, result := range r.Results {
			if result.Target != t.Name {
				continue
			}
			t.Counts[result.Outcome]++
			if result.Outcome != NotApplicable {
				played[result.ID] = true
			}
		}
		t.Scenarios = len(played)
	}
}

// Sort puts results into the order of targets, then of the catalogue as given
// by rank, then of cases.
func (r *Run) Sort(rank func(id string) int) {
	order := map[string]int{}
	for i, t := range r.Targets {
		order[t.Name] = i
	}
	slices.SortStableFunc(r.Results, func(a, b Result) int {
		if d := order[a.Target] - order[b.Target]; d != 0 {
			return d
		}
		return rank(a.ID) - rank(b.ID)
	})
}

// Misses are the results that make the run non-conformant.
func (r Run) Misses() []Result {
	var misses []Result
	for _, result := range r.Results {
		if result.Outcome.Misses() {
			misses = append(misses, result)
		}
	}
	return misses
}

// A Duration is written in Go's notation.
type Duration time.Duration

func (d Duration) String() string { return time.Duration(d).String() }

// MarshalText writes "1m30s".
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads it.
func (d *Duration) UnmarshalText(text []byte) error {
	parsed, err := time.ParseDuration(string(text))
	if err != nil {
		return fmt.Errorf("write a duration like 1m30s: %w", err)
	}
	*d = Duration(parsed)
	return nil
}
