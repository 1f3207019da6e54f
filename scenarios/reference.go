package scenarios

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/rogueidp/rogueidp/mockidp/fault"
)

// A Reference is a parameter of the answer to an earlier sign-in, of which an
// act speaks as {code.NAME}.
type Reference struct {
	Param string // such as code or state
	Of    string // the name of the sign-in
}

var reference = regexp.MustCompile(`\{([a-z_]+)\.([A-Za-z0-9_-]+)\}`)

// RelyingPartyText is the placeholder for the relying party itself, its scheme,
// host and port, in texts of acts.
const RelyingPartyText = "party"

// References are those in a text, in order. What is a placeholder of the run,
// such as {issuer.NAME}, is none.
func References(text string) []Reference {
	var all []Reference
	for _, found := range reference.FindAllStringSubmatch(text, -1) {
		if !slices.Contains(fault.Placeholders(), found[1]) {
			all = append(all, Reference{Param: found[1], Of: found[2]})
		}
	}
	return all
}

// Unanswered is the error of a reference for which there is no value: a client
// that asks for no code is answered with none.
type Unanswered struct{ Reference }

func (u *Unanswered) Error() string {
	return fmt.Sprintf("no sign-in called %q was answered with %s", u.Of, u.Param)
}

// Refer fills the references of a text. What is a placeholder of the run stays;
// a reference for which there is no value is an error, [*Unanswered].
func Refer(text string, value func(Reference) (string, bool)) (string, error) {
	var failed error
	filled := reference.ReplaceAllStringFunc(text, func(found string) string {
		refers := References(found)
		if len(refers) == 0 {
			return found
		}
		text, ok := value(refers[0])
		if !ok {
			failed = &Unanswered{refers[0]}
		}
		return text
	})
	return filled, failed
}
