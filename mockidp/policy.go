package mockidp

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rogueidp/rogueidp/mockidp/fault"
)

// A Policy says how a tenant's keys change hands from the moment at which the
// tenant begins to follow it: by a schedule, by events, or by both. It is plain
// data, the same in Go, JSON and YAML. Its zero value says nothing and cannot be
// followed.
type Policy struct {
	Name     string
	About    string // one sentence for people
	Schedule Schedule
	Events   []Event // in the order of their times; those of one time in the order given
}

// A Schedule rotates the key of one algorithm again and again. Its zero value
// does nothing.
type Schedule struct {
	// Every is the time from the start to the first rotation, and from each
	// rotation to the next.
	Every time.Duration
	// PublishAhead is how long a key stands in the key set before it signs. Zero:
	// it is first seen when it signs.
	PublishAhead time.Duration
	// KeepAfter is how long the old key stays in the key set after its turn.
	// Zero: it is removed when the new one signs. Keys that retire by hand or by
	// an event stay until a verb removes them.
	KeepAfter time.Duration
	// Alg is whose key rotates; empty: whatever algorithm the tenant signs with
	// by default at that time.
	Alg string
}

// A Verb moves keys.
type Verb string

// What an [Event] can do; each is a method of [Tenant].
const (
	Rotate   Verb = "rotate"
	Publish  Verb = "publish"
	Retire   Verb = "retire"
	Remove   Verb = "remove"
	Rollback Verb = "rollback"
	Disagree Verb = "disagree"
	Agree    Verb = "agree"
)

// Verbs are all there are.
func Verbs() []Verb { return []Verb{Rotate, Publish, Retire, Remove, Rollback, Disagree, Agree} }

// An Event is a verb at a time.
type Event struct {
	At time.Duration // since the start
	Do Verb
	// Rotation says how [Rotate] does it; [Publish] knows its Alg, and the other
	// verbs nothing of it.
	Rotation
}

// A PolicyError is what is wrong with a policy. At is the place: "schedule",
// "events[1].do", or empty for the whole.
type PolicyError struct {
	At  string
	Err error
}

func (e *PolicyError) Error() string {
	if e.At == "" {
		return e.Err.Error()
	}
	return e.At + ": " + e.Err.Error()
}

func (e *PolicyError) Unwrap() error { return e.Err }

func wrong(at, format string, args ...any) error {
	return &PolicyError{At: at, Err: fmt.Errorf(format, args...)}
}

const (
	longest    = 10 * 365 * 24 * time.Hour // of the times in a policy: certificates are valid so long
	shortest   = time.Second               // between two rotations of a schedule
	mostKeys   = 64                        // that a schedule keeps in the key set at once
	mostTurns  = 100_000                   // of a schedule before an event, which are all rehearsed
	mostEvents = 10_000
)

// Check finds what is wrong with a policy for a plain tenant, one with a key
// for RS256 and one for ES256: contradictions, times out of order, moments
// without a key that signs. The error is a [*PolicyError] and says what to
// change. [Tenant.Follow] checks again, with the keys that there are.
func (p Policy) Check() error {
	if err := p.check(); err != nil {
		return err
	}
	return p.rehearse(plainGhost())
}

// check finds what is wrong whatever keys there are.
func (p Policy) check() error {
	if p.Schedule == (Schedule{}) && len(p.Events) == 0 {
		return wrong("", "the policy says nothing; give it a schedule, such as every 24h, or events")
	}
	if err := p.Schedule.check(); err != nil {
		return err
	}
	if len(p.Events) > mostEvents {
		return wrong("events", "there are %d, and at most %d are carried out; what repeats is a schedule", len(p.Events), mostEvents)
	}
	var before time.Duration
	for i, e := range p.Events {
		at := fmt.Sprintf("events[%d]", i)
		if err := e.check(at); err != nil {
			return err
		}
		if e.At < before {
			return wrong(at+".at", "%s comes after events[%d], which is at %s; put the events in the order of their times", written(e.At), i-1, written(before))
		}
		before = e.At
		if every := p.Schedule.Every; every > 0 && e.At/every > mostTurns {
			return wrong(at+".at", "%s is more than %d turns of a schedule that rotates every %s; rotate less often, or let it happen earlier", written(e.At), mostTurns, written(every))
		}
	}
	return nil
}

func (s Schedule) check() error {
	for _, one := range []struct {
		name string
		d    time.Duration
	}{{"every", s.Every}, {"publishAhead", s.PublishAhead}, {"keepAfter", s.KeepAfter}} {
		if err := span("schedule."+one.name, one.d); err != nil {
			return err
		}
	}
	if err := pairFor("schedule.alg", s.Alg); err != nil {
		return err
	}
	switch {
	case s == (Schedule{}):
		return nil
	case s.Every == 0:
		return wrong("schedule", "without every there is no rotation that anything could come before or after; say how often keys rotate, such as every 24h")
	case s.Every < shortest:
		return wrong("schedule.every", "%s is too often; rotate every %s or less often", s.Every, written(shortest))
	case s.PublishAhead > s.Every:
		return wrong("schedule.publishAhead", "%s is longer than every %s, so a key would be published before the one ahead of it signs; publish at most %s ahead, or rotate every %s or less often",
			written(s.PublishAhead), written(s.Every), written(s.Every), written(s.PublishAhead))
	}
	// The key that signs, the one published ahead, and those kept after.
	if kept := int64((s.KeepAfter + s.Every - 1) / s.Every); kept+2 > mostKeys {
		return wrong("schedule.keepAfter", "%s with every %s keeps %d old keys in the key set at once, and at most %d are; keep them for %s or less, or rotate every %s or less often",
			written(s.KeepAfter), written(s.Every), kept, mostKeys-2, written((mostKeys-2)*s.Every), written((s.KeepAfter/(mostKeys-2)).Truncate(time.Second)+time.Second))
	}
	return nil
}

// span holds a duration to the bounds of all.
func span(at string, d time.Duration) error {
	switch {
	case d < 0:
		return wrong(at, "%s is negative; times run forward, so write %s, or leave it out", written(d), written(-d))
	case d > longest:
		return wrong(at, "%s is longer than ten years; write %s or less", written(d), written(longest))
	}
	return nil
}

// pairFor refuses an algorithm that no key pair can be made for, unless it is
// one of the words that stand for one.
func pairFor(at, alg string, words ...string) error {
	if alg == "" || slices.Contains(words, alg) {
		return nil
	}
	pairs := words
	for _, a := range algorithms {
		if a.kind != kindOct {
			pairs = append(pairs, a.name)
		}
	}
	switch a, ok := algorithmOf(alg); {
	case !ok:
		return wrong(at, "no algorithm is called %q; there are %s%s", alg, strings.Join(pairs, ", "), didYouMean(alg, pairs))
	case a.kind == kindOct:
		return wrong(at, "%s is keyed with the client secret, which no policy moves; there are %s", alg, strings.Join(pairs, ", "))
	}
	return nil
}

func (e Event) check(at string) error {
	if err := span(at+".at", e.At); err != nil {
		return err
	}
	var known []string
	for _, v := range Verbs() {
		known = append(known, string(v))
	}
	given := e.Rotation
	switch e.Do {
	case Rotate:
		given = Rotation{}
	case Publish:
		given.Alg = ""
	case Retire, Remove, Rollback, Disagree, Agree:
	case "":
		return wrong(at+".do", "say what to do: %s", strings.Join(known, ", "))
	default:
		return wrong(at+".do", "no verb is called %q; there are %s%s", string(e.Do), strings.Join(known, ", "), didYouMean(string(e.Do), known))
	}
	if word := given.said(); word != "" {
		return wrong(at+"."+word, "%s knows no %s; leave it out, or rotate", e.Do, word)
	}
	if err := pairFor(at+".alg", e.Alg); err != nil {
		return err
	}
	if err := pairFor(at+".newAlg", e.NewAlg, AnotherAlg); err != nil {
		return err
	}
	if e.NewAlg != "" && e.NewAlg == e.Alg {
		return wrong(at+".newAlg", "%s is what alg says too, so nothing would change; name another, or leave it out", e.NewAlg)
	}
	return nil
}

// said is a member of a rotation that has a value, if any has.
func (r Rotation) said() string {
	switch {
	case r.Alg != "":
		return "alg"
	case r.Remove:
		return "remove"
	case r.SameKID:
		return "sameKid"
	case r.Compromised:
		return "compromised"
	case r.NewAlg != "":
		return "newAlg"
	}
	return ""
}

func didYouMean(word string, known []string) string {
	if near := fault.Nearest(word, known); near != "" {
		return fmt.Sprintf("; did you mean %q?", near)
	}
	return ""
}

// written is a duration without its zeros: 24h, not 24h0m0s.
func written(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}
