package suites

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/rogueidp/rogueidp/mockidp/fault"
	"github.com/rogueidp/rogueidp/reports"
	"github.com/rogueidp/rogueidp/scenarios"
	"github.com/rogueidp/rogueidp/suites/target"
)

// A finding is what the judge makes of a sighting.
type finding struct {
	outcome reports.Outcome
	level   scenarios.Level
	floor   bool
	want    string
	got     string
	because string // ours
	feature string
	spared  bool // the channel is why a bad signature is no miss
	verdict target.Verdict
	stderr  string
	// excused: what kept the row from being exercised is judged elsewhere.
	excused bool
	// foreign: the row is about another flow than the target's.
	foreign bool
}

// weight orders outcomes: where a case has several sightings, the heaviest one
// is its own.
func weight(o reports.Outcome) int {
	for i, known := range []reports.Outcome{
		reports.Pass, reports.Recorded, reports.NotApplicable, reports.Unsupported, reports.Warn,
		reports.Flaky, reports.Unexercised, reports.Fail, reports.Broken, reports.Error,
	} {
		if o == known {
			return i
		}
	}
	return 0
}

func heavier(a, b finding) finding {
	if weight(b.outcome) > weight(a.outcome) || weight(b.outcome) == weight(a.outcome) && b.floor && !a.floor {
		return b
	}
	return a
}

// A judge turns sightings into findings: expectation × verdict × journal ×
// level → outcome.
type judge struct{ strict bool }

// miss is a finding for a sighting that is not what was wanted.
func (j judge) miss(f finding, level scenarios.Level, because string) finding {
	f.level, f.because = level, because
	switch {
	case f.floor, level == scenarios.Must:
		f.outcome = reports.Fail
	case level == scenarios.Info:
		f.outcome = reports.Recorded
	case j.strict:
		f.outcome = reports.Fail
	default:
		f.outcome = reports.Warn
	}
	return f
}

// find judges one sighting.
func (j judge) find(s sighting) finding {
	f := finding{level: s.level, want: s.want.String(), verdict: s.verdict}
	if s.err != nil {
		return j.silence(f, s)
	}
	f.got = string(s.verdict.Answer)
	if s.seated && s.want.Answer != scenarios.Accept.Answer {
		f.outcome, f.because = reports.Unexercised, "the user agent was signed in already, and nobody sent it to the provider again"
		return f
	}
	if s.idle != "" && s.want.Answer != scenarios.Accept.Answer {
		f.outcome, f.because = reports.Unexercised, s.idle+" changed nothing of this token, so there was nothing to refuse"
		return f
	}
	if broken := j.floor(f, s); broken.floor {
		return broken
	}
	switch answer := scenarios.Answer(s.verdict.Answer); {
	case s.verdict.Split != "":
		f.outcome, f.because = reports.Flaky, "its replicas disagree: "+s.verdict.Split
		return f
	case s.want.Wants(answer):
		f = j.granted(f, s)
	case s.premise:
		f.outcome = reports.Unexercised
		f.because = fmt.Sprintf("the row begins with a token that has to be met with %s, and it was met with %s", s.want, f.got)
		return f
	case s.spared():
		f.outcome, f.spared = reports.Recorded, true
		f.because = "the ID token came straight from the token endpoint over TLS, which may stand in for its signature (OpenID Connect Core, 3.1.3.7, item 6); elsewhere this would be a miss"
		return f
	case s.verdict.Answer == target.Unavailable && s.want.Wants("reject"):
		// It could not decide. Where the fault is in what the provider serves,
		// that is as good as a reject; in a token it is a nuisance at least.
		if s.elsewhere {
			f = j.granted(f, s)
			break
		}
		f = j.miss(f, min2(s.level, scenarios.Should), "the token alone was bad, and the target could not decide")
	default:
		f = j.miss(f, s.level, "")
	}
	return heavier(f, j.beside(f, s))
}

// min2 is the lower of two levels.
func min2(a, b scenarios.Level) scenarios.Level {
	order := []scenarios.Level{scenarios.Info, scenarios.Hardening, scenarios.Should, scenarios.Must}
	for _, l := range order {
		if a == l || b == l {
			return l
		}
	}
	return a
}

// granted is an answer that is allowed.
func (j judge) granted(f finding, s sighting) finding {
	f.outcome = reports.Pass
	if s.level == scenarios.Info {
		f.outcome = reports.Recorded
	}
	return f
}

// floor finds what fails whatever the level: it is computed from what was
// minted and served, and from nothing that the row says.
func (j judge) floor(f finding, s sighting) finding {
	var because string
	switch {
	case len(s.canary) > 0 && s.lured:
		because = "it asked somebody to whom nothing leads that it may follow"
	case len(s.canary) > 0:
		because = "it asked somebody whom only the token named"
	case s.verdict.Answer != target.Accept:
		return f
	case s.unspoken:
		// No token; only who is shown as signed in can be somebody else.
	case s.unminted:
		because = "it signed somebody in in whom the provider did not vouch: no ID token was made"
	case s.detour && !s.names():
		// What was let in may be what anybody may see.
		return f
	case s.want.Answer == scenarios.Accept.Answer:
		// An honest token; only its subject can have gone wrong.
	case !s.vouched && !s.direct:
		because = "the issuer that the token names did not sign it with a key that it publishes"
	case !s.forClient:
		because = "the token was not meant for this client"
	case s.expired:
		because = "the token was expired beyond the leeway"
	}
	if because == "" {
		because = otherSubject(s)
	}
	if because == "" {
		return f
	}
	f.floor = true
	return j.miss(f, s.level, because)
}

// otherSubject compares the subject that came back with the one that was
// signed, where claims came back at all.
func otherSubject(s sighting) string {
	got, ok := subjectOf(s.verdict.Claims)
	if s.verdict.Answer != target.Accept || !ok {
		return ""
	}
	want := s.subject
	if s.want.Sub != "" {
		want = s.want.Sub
	}
	if want == "" && s.unspoken {
		return "" // nobody knows who ought to be
	}
	if got != want {
		return fmt.Sprintf("it returned another subject than %q, which was signed", want)
	}
	return ""
}

// beside looks at what goes with an answer: its reason, its time, what it gives
// away, what it cost. A miss here is one of practice.
func (j judge) beside(f finding, s sighting) finding {
	worst := f
	add := func(level scenarios.Level, because string) {
		extra := f
		extra.floor = false
		worst = heavier(worst, j.miss(extra, level, because))
	}
	if s.verdict.Late {
		add(s.level, "the answer came later than the caller waited")
	}
	if s.want.Code != "" && s.verdict.Answer == target.Reject && s.verdict.Code != "" && s.verdict.Code != s.want.Code {
		add(scenarios.Hardening, fmt.Sprintf("it should have refused because of %s", s.want.Code))
	}
	if s.slow() {
		add(scenarios.Hardening, fmt.Sprintf("it took more than %v", s.promptly))
	}
	for _, secret := range s.secrets {
		if s.want.Secret && secret != "" && (strings.Contains(s.verdict.Reason, secret) || strings.Contains(string(s.verdict.Claims), secret)) {
			add(s.level, "its answer holds the right signature or the secret")
			break
		}
	}
	if s.unclean != "" {
		add(s.level, s.unclean)
	}
	if because, most := challenged(s); because != "" {
		add(min2(s.level, most), because)
	}
	if s.bound.Set() && s.fetches > s.limit {
		level := s.bound.Level
		if level == "" {
			level = min2(s.level, scenarios.Hardening)
		}
		add(level, fmt.Sprintf("it fetched the key set %d times, and %d would have done", s.fetches, s.limit))
	}
	return worst
}

// silence judges a target that gave no verdict.
func (j judge) silence(f finding, s sighting) finding {
	var unsupported *target.Unsupported
	var hung *target.Hung
	var crashed *target.Crashed
	var garbled *target.Garbled
	var failed *target.Failed
	var unsettled *unsettled
	switch {
	case errors.As(s.err, &unsettled):
		f.outcome, f.got, f.because = reports.Broken, "no reset", reports.Hear(unsettled.Error()).String()
	case errors.Is(s.err, context.Canceled):
		f.outcome, f.got, f.because = reports.Unexercised, "interrupted", "the run was interrupted"
		f.excused = true
	case errors.As(s.err, &unsupported):
		f.got, f.feature, f.because = "unsupported", unsupported.Feature, unsupported.Why
		f.outcome = reports.Unsupported
		if s.premise || s.want.Answer == scenarios.Accept.Answer || s.lacks == nil || s.lacks(unsupported.Feature) {
			return f
		}
		// Its twin was accepted: then a bad token is no reason to have no
		// opinion, unless it is one about something that the target said it
		// lacks.
		return j.miss(f, s.level, "it has no opinion of a bad token, and names no feature that it lacks")
	case errors.As(s.err, &hung):
		f.got, f.floor, f.stderr = "hang", true, hung.Stderr
		return j.miss(f, s.level, hung.Error())
	case errors.As(s.err, &crashed):
		f.got, f.floor, f.stderr = "crash", true, crashed.Stderr
		return j.miss(f, s.level, crashed.How)
	case errors.As(s.err, &garbled):
		f.outcome, f.got, f.because, f.stderr = reports.Broken, "garbage", garbled.How, garbled.Stderr
		f.verdict.Reason = garbled.Line
	case errors.As(s.err, &failed):
		f.outcome, f.got, f.because = reports.Broken, "error", failed.Error()
		f.verdict.Reason = failed.Says
	default:
		var refused *errRefusedHonest
		if errors.As(s.err, &refused) {
			f.outcome, f.got, f.because = reports.Broken, string(refused.verdict.Answer), refused.Error()
			f.verdict = refused.verdict
			return f
		}
		f.outcome, f.got, f.because = reports.Error, "error", s.err.Error()
	}
	return f
}

// subjectOf is the sub of claims that a target returned: the member of exactly
// that name, the last one if there are two.
func subjectOf(claims []byte) (string, bool) {
	set, ok := fault.ReadObject(claims)
	if !ok {
		return "", false
	}
	value, ok := set.Get("sub")
	var sub string
	if !ok || json.Unmarshal([]byte(value), &sub) != nil {
		return "", false
	}
	return sub, true
}
