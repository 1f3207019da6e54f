package reports

// An Outcome is what the suite concludes from what a target did.
type Outcome string

const (
	Pass        Outcome = "pass"
	Fail        Outcome = "fail"
	Warn        Outcome = "warn"        // a miss of a SHOULD, or of practice
	Recorded    Outcome = "recorded"    // both answers are legal, and this was the one
	Unsupported Outcome = "unsupported" // the target lacks what it takes to be asked
	Unexercised Outcome = "unexercised" // the fault was never served, or its premise did not hold
	Flaky       Outcome = "flaky"       // alone, it came out otherwise
	Waiving     Outcome = "waived"      // a miss that somebody answers for
	Stale       Outcome = "stale"       // a waiver that is no longer needed
	Broken      Outcome = "broken"      // the target refuses honest tokens, dies, or cannot be asked
	Error       Outcome = "error"       // ours
	// NotApplicable: the row needs an algorithm or an optional feature that the
	// target does not claim. It is counted and never makes a run incomplete.
	NotApplicable Outcome = "not-applicable"
)

// Outcomes lists them, the best first.
func Outcomes() []Outcome {
	return []Outcome{
		Pass, Recorded, Warn, Flaky, Waiving, NotApplicable, Unsupported, Unexercised,
		Stale, Broken, Fail, Error,
	}
}

// Misses tells whether one such result makes the run non-conformant.
func (o Outcome) Misses() bool {
	switch o {
	case Fail, Stale, Broken, Error:
		return true
	}
	return false
}

// Exit is the exit code of a finished run: 0 conformant, 1 not, 3 the harness
// itself failed, 130 interrupted.
func (r Run) Exit() int {
	for _, result := range r.Results {
		if result.Outcome == Error {
			return 3
		}
	}
	switch {
	case r.Interrupted:
		return 130
	case !r.Conformant:
		return 1
	}
	return 0
}

// Conclude sets Complete and Conformant from the results. Incomplete has to be
// set before. A target without a single result leaves the run incomplete: who
// was not asked has not conformed.
func (r *Run) Conclude() {
	r.Count()
	r.Complete = len(r.Incomplete) == 0 && !r.Interrupted
	for _, t := range r.Targets {
		r.Complete = r.Complete && len(t.Counts) > 0
	}
	r.Conformant = r.Complete && len(r.Misses()) == 0 && len(r.Stale) == 0 && len(r.Results) > 0
}
