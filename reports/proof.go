package reports

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"time"
)

// ProofSchema names the version of proof.json's shape.
const ProofSchema = "rogueidp.proof/1"

// ProofFile and ProofPage are what [WriteProof] writes.
const (
	ProofFile = "proof.json"
	ProofPage = "proof.html"
)

// A Proof says which weakened validators the catalogue catches, and which of
// its scenarios were seen to fail anybody.
type Proof struct {
	Schema string `json:"schema"`
	// Scenarios were played, Mutants played against; Killed of them were caught
	// by a scenario of the family that one would expect.
	Scenarios int `json:"scenarios"`
	Mutants   int `json:"mutants"`
	Killed    int `json:"killed"`
	// Unkilled mutants were not, and Idle scenarios, which expect a refusal or a
	// bound, caught none that counts. Either fails the proof.
	Unkilled []string `json:"unkilled"`
	Idle     []string `json:"idle"`
	// Missed are scenarios that the reference itself did not pass.
	Missed []string `json:"missed"`
	// Unasked are scenarios that no validator of this program can be asked.
	Unasked []Unasked `json:"unasked,omitempty"`
	// Errors are scenarios in which the harness itself went wrong.
	Errors []string `json:"errors,omitempty"`
	Owed   int      `json:"owed"` // scenarios that have to catch somebody
	Form   string   `json:"form"` // quick, full, or target: somebody's own mutant
	// Partial: only some of the mutants were tried, so nothing is idle.
	Partial bool `json:"partial,omitempty"`

	Tool        Tool      `json:"tool"`
	Seed        int64     `json:"seed"`
	Started     time.Time `json:"started"`
	Took        Duration  `json:"took"`
	Interrupted bool      `json:"interrupted,omitempty"`

	Trials []Trial  `json:"trials"`
	Proven []Proven `json:"catalogue"`
}

// Unasked is a scenario that nobody was asked, and why.
type Unasked struct {
	ID  string `json:"id"`
	Why string `json:"why"`
}

// A Trial is what came of one mutant.
type Trial struct {
	Name    Said   `json:"name"`
	Forgets string `json:"forgets,omitempty"`
	// Family is the family of scenarios that one expects to catch it; empty: any.
	Family string   `json:"family,omitempty"`
	Caught []string `json:"caught"` // by these scenarios
	Played int      `json:"played"` // scenarios
	Killed bool     `json:"killed"`
	// Unfit says why what catches it proves nothing: it refuses honest tokens,
	// or misses so much that anything catches it.
	Unfit Said `json:"unfit,omitzero"`
}

// Proven is one scenario of the catalogue, and whom it caught.
type Proven struct {
	ID     string `json:"id"`
	Family string `json:"family"`
	Title  string `json:"title"`
	Level  string `json:"level"`
	Owed   bool   `json:"owed"` // it has to catch somebody
	// By are fit mutants; Unfit others. Tried is how many met it.
	By    []string `json:"by"`
	Unfit []string `json:"unfit,omitempty"`
	Tried int      `json:"tried"`
}

// MostMissed is the share of the catalogue that a mutant may miss and still
// prove something about a scenario that catches it.
const MostMissed = 0.15

// Holds tells whether every mutant was caught and every scenario that has to
// caught one.
func (p Proof) Holds() bool {
	return !p.Interrupted && p.Mutants > 0 && len(p.Unkilled)+len(p.Idle)+len(p.Missed)+len(p.Errors) == 0
}

// Exit is the exit code of a finished proof.
func (p Proof) Exit() int {
	switch {
	case len(p.Errors) > 0:
		return 3
	case p.Interrupted:
		return 130
	case !p.Holds():
		return 1
	}
	return 0
}

// WriteProof writes proof.json and proof.html into a folder, which it makes
// where there is none. Each file is there whole or not at all.
func WriteProof(dir string, p Proof) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return unwritable(dir, err)
	}
	raw, err := MarshalProof(p)
	if err != nil {
		return err
	}
	if err := replace(dir, ProofFile, raw); err != nil {
		return unwritable(dir, err)
	}
	html, err := proofPage(p)
	if err != nil {
		return err
	}
	if err := replace(dir, ProofPage, html); err != nil {
		return unwritable(dir, err)
	}
	return nil
}

// MarshalProof is a proof as proof.json, escaped so that it can stand in HTML,
// a log or a terminal.
func MarshalProof(p Proof) ([]byte, error) {
	p.Schema = ProofSchema
	p.Unkilled, p.Idle, p.Missed = orEmpty(p.Unkilled), orEmpty(p.Idle), orEmpty(p.Missed)
	p.Trials, p.Proven = orEmpty(slices.Clone(p.Trials)), orEmpty(slices.Clone(p.Proven))
	for i := range p.Trials {
		p.Trials[i].Caught = orEmpty(p.Trials[i].Caught)
	}
	for i := range p.Proven {
		p.Proven[i].By = orEmpty(p.Proven[i].By)
	}
	raw, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", ProofFile, err)
	}
	return append([]byte(escapeJSON(string(raw))), '\n'), nil
}
