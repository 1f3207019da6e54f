package reports

import "time"

// DrillSchema names the shape of drill.json.
const DrillSchema = "rogueidp.drill/1"

// Drills is what came of rotation policies that were played over time.
type Drills struct {
	Schema  string    `json:"schema"`
	Tool    Tool      `json:"tool"`
	Seed    int64     `json:"seed"`
	Started time.Time `json:"started"`
	Drills  []Drill   `json:"drills"`
}

// A Drill is one policy played against one target. A number that could not be
// measured is empty, and Unsupported says why; it is never a duration that was
// guessed.
type Drill struct {
	Name   string `json:"name"`
	Target string `json:"target"`
	Policy string `json:"policy"`
	About  string `json:"about,omitempty"` // the policy, in a sentence
	Clock  string `json:"clock"`
	// For is how long the policy was played, in the tenant's time.
	For Duration `json:"for"`
	// Outage is for how long valid tokens were refused, in all: those signed by a
	// key that was active or retired when they were presented.
	Outage *Duration `json:"outage,omitempty"`
	// Exposure is the longest time for which tokens signed by a withdrawn key
	// were still accepted; StillExposed where they were at the end of the drill.
	Exposure     *Duration `json:"exposure,omitempty"`
	StillExposed bool      `json:"stillExposed,omitempty"`
	// Amplification is key-set fetches for each hostile token.
	Amplification *Amplification `json:"amplification,omitempty"`
	// Starvation is for how long a flood kept a rotated key from being learned;
	// StillStarved where it was never learned while anybody looked.
	Starvation   *Duration `json:"starvation,omitempty"`
	StillStarved bool      `json:"stillStarved,omitempty"`
	// Herd is the key-set fetches when many callers meet a cold cache or a new
	// key together, whichever took more.
	Herd *int `json:"herd,omitempty"`
	// Fetches is how many there were while the policy was played.
	Fetches int `json:"fetches"`
	// Presented is how many tokens were shown meanwhile.
	Presented   int               `json:"presented"`
	Unsupported map[string]string `json:"unsupported,omitempty"` // number → why
	// Missed are the requirements that were not met, in words.
	Missed   []string `json:"missed,omitempty"`
	Timeline Timeline `json:"timeline"`
}

// Amplification is key-set fetches for each hostile token, the worst of those
// with an unknown kid and those with a bad signature.
type Amplification struct {
	Sequential float64 `json:"sequential"` // one after another
	Concurrent float64 `json:"concurrent"` // at once
}

// A Timeline is what happened while a policy was played. All offsets are since
// its start, in the tenant's time.
type Timeline struct {
	Keys    []KeyLife  `json:"keys"`
	Fetches []Duration `json:"fetches"`
	// Bands are what came of the tokens that were presented, one after the other
	// and without gaps.
	Bands []Band `json:"bands"`
}

// A KeyLife is a signing key and its stations.
type KeyLife struct {
	KID      string    `json:"kid"`
	Alg      string    `json:"alg"`
	Stations []Station `json:"stations"`
}

// A Station is a state that a key was in from an offset on, until the next one:
// published, active, retired or removed.
type Station struct {
	State string   `json:"state"`
	From  Duration `json:"from"`
}

// A Band is a span in which everything presented came out in one way: accepted
// (all that was valid, and nothing else), refused (something valid was not
// accepted), exposed (something signed by a withdrawn key was accepted), or
// both of the last two.
type Band struct {
	State string   `json:"state"`
	From  Duration `json:"from"`
	To    Duration `json:"to"`
}

// The states of a [Station].
const (
	StationPublished = "published"
	StationActive    = "active"
	StationRetired   = "retired"
	StationRemoved   = "removed"
)

// The states of a [Band].
const (
	BandAccepted = "accepted"
	BandRefused  = "refused"
	BandExposed  = "exposed"
	BandBoth     = "refused+exposed"
)

// Since is an offset as a timeline has it.
func Since(start, at time.Time) Duration { return Duration(at.Sub(start).Round(time.Millisecond)) }
