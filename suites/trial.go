package suites

import (
	"fmt"
	"slices"
	"sync"

	"github.com/rogueidp/rogueidp/reports"
	"github.com/rogueidp/rogueidp/scenarios"
)

// A trial is what came of one validator.
type trial struct {
	Mutant
	mu      sync.Mutex
	caught  map[string]bool
	asked   map[string]bool
	unasked map[string]string // and why
	errors  map[string]bool
	broken  string
}

func newTrial(m Mutant) *trial {
	return &trial{Mutant: m, caught: map[string]bool{}, asked: map[string]bool{}, unasked: map[string]string{}, errors: map[string]bool{}}
}

// hear takes the results of rows that were played.
func (t *trial) hear(results []reports.Result) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, r := range results {
		switch r.Outcome {
		case reports.Fail, reports.Warn:
			t.caught[r.ID], t.asked[r.ID] = true, true
		case reports.Pass, reports.Recorded, reports.Flaky:
			t.asked[r.ID] = true
		case reports.Broken:
			t.asked[r.ID] = true
			if t.broken == "" {
				t.broken = r.Name() + ": " + r.Because
			}
		case reports.Error:
			t.errors[r.ID] = true
		default:
			t.unasked[r.ID] = r.Because
			if r.Feature != "" {
				t.unasked[r.ID] = r.Feature + ": " + r.Because
			}
		}
	}
}

// killed tells whether a row of the expected family caught it.
func (t *trial) killed() bool {
	for id := range t.caught {
		if s, err := scenarios.Find(id); err == nil && (t.Family == "" || s.Family() == t.Family) {
			return true
		}
	}
	return false
}

// unfit says why what catches a validator proves nothing about a row.
func (t *trial) unfit() string {
	if t.broken != "" {
		return "it refuses honest tokens: " + t.broken
	}
	if share := float64(len(t.caught)) / float64(len(scenarios.All())); share > reports.MostMissed {
		return fmt.Sprintf("it misses %.0f %% of the catalogue, so that anything catches it", share*100)
	}
	return ""
}

// serves tells whether a validator is tested as a profile.
func (t *trial) serves(p scenarios.Profile) bool {
	if t.Profile != "" {
		return t.Profile == p
	}
	return slices.Contains(provable, p)
}

// caughtBy tells whether a row has caught a validator.
func (t *trial) caughtBy(id string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.caught[id]
}

// met tells whether a validator was shown a row.
func (t *trial) met(id string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	_, unasked := t.unasked[id]
	return t.asked[id] || unasked
}

func (t *trial) settled() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.killed()
}

// report is a trial for a reader.
func (t *trial) report() reports.Trial {
	one := reports.Trial{Name: reports.Hear(t.Name), Forgets: t.Forgets, Family: t.Family, Played: len(t.asked), Killed: t.killed()}
	if why := t.unfit(); why != "" {
		one.Unfit = reports.Hear(why)
	}
	for _, s := range scenarios.All() {
		if t.caught[s.ID] {
			one.Caught = append(one.Caught, s.ID)
		}
	}
	return one
}
