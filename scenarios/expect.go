package scenarios

import (
	"strconv"

	"github.com/rogueidp/rogueidp/mockidp/fault"
)

// An Answer is what a target may say.
type Answer string

const (
	accept    Answer = "accept"
	reject    Answer = "reject"
	notAccept Answer = "not-accept" // rejecting or being unable to decide
	either    Answer = "either"
)

// An Expectation is what must come of a presentation. Besides what it says, it
// is always expected that the process lives, answers in time, asks no canary,
// and returns no other subject than the one that was signed.
type Expectation struct {
	Answer Answer     `json:"answer"`
	In     fault.Span `json:"within,omitempty"`  // an accept may take this long, asked again and again
	Sub    string     `json:"subject,omitempty"` // the subject that an accept must return
	Code   string     `json:"code,omitempty"`    // the reason that a reject should name, where it names one
	Prompt fault.Span `json:"promptly,omitempty"`
	Secret bool       `json:"secretive,omitempty"` // the answer must not hold what would have been right
	// Of a refusal over HTTP: its challenge of scheme Bearer, and its status.
	Challenge string `json:"challenge,omitempty" words:"challenges"`
	Status    int    `json:"status,omitempty"`
}

// The four expectations that rows begin from.
var (
	Accept    = Expectation{Answer: accept}
	Reject    = Expectation{Answer: reject}
	NotAccept = Expectation{Answer: notAccept}
	Either    = Expectation{Answer: either}
)

// Within lets an accept take its time: the token is presented again and again
// until it is accepted or the span is over.
func (e Expectation) Within(s fault.Span) Expectation { e.In = s; return e }

// As demands that an accept returns this subject.
func (e Expectation) As(subject string) Expectation { e.Sub = subject; return e }

// Because wants a reject to name this reason, if it names any; another reason
// is a miss at level hardening.
func (e Expectation) Because(code string) Expectation { e.Code = code; return e }

// Promptly wants the answer within a span; a later one is a miss at level
// hardening.
func (e Expectation) Promptly(s fault.Span) Expectation { e.Prompt = s; return e }

// Secretively wants an answer that holds neither the right signature nor a
// secret.
func (e Expectation) Secretively() Expectation { e.Secret = true; return e }

// Wants tells whether the answer is one that the expectation allows. Where the
// fault is in what the provider serves, being unable to decide is as good as a
// reject; where it is in the token it is not, and a judge says what it is.
func (e Expectation) Wants(answer Answer) bool {
	switch e.Answer {
	case either:
		return true
	case notAccept:
		return answer != accept
	}
	return answer == e.Answer
}

func (e Expectation) String() string {
	s := string(e.Answer)
	if e.In != "" {
		s += " within " + string(e.In)
	}
	if e.Sub != "" {
		s += " as " + e.Sub
	}
	if e.Code != "" {
		s += " because of " + e.Code
	}
	if e.Status != 0 {
		s += " with " + strconv.Itoa(e.Status)
	}
	switch e.Challenge {
	case "":
	case "any":
		s += " and a Bearer challenge"
	default:
		s += " and the challenge " + e.Challenge
	}
	return s
}

// A Bound is the most that something may be; the zero Bound is none.
type Bound struct {
	Limit string `json:"atMost,omitempty"` // a number or a placeholder
	Level Level  `json:"level,omitempty"`  // of a miss; hardening when empty
}

// AtMost bounds by a number.
func AtMost(n int) Bound { return Bound{Limit: strconv.Itoa(n)} }

// AtMostBudget bounds by the fetches that the target may spend in 30 s.
func AtMostBudget() Bound { return Bound{Limit: "{budget}"} }

// Set tells whether there is a bound.
func (b Bound) Set() bool { return b.Limit != "" }
