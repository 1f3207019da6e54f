package reports

import (
	"encoding/json"
	"regexp"
	"strings"
)

// maxSaid is how much of a target's text is kept, in octets.
const maxSaid = 2 << 10

// Said is text that a target chose: a reason, a claim, a line of its log, a
// URL it asked for. Only [Hear] makes one, so whatever a report prints of a
// target has been through it. The zero Said is nothing.
type Said struct{ text string }

// Hear takes in a target's text: what is not UTF-8, controls, line breaks and
// the characters that turn or hide text are escaped, secrets are replaced, and
// it is cut to 2 KiB.
func Hear(text string, secrets ...string) Said {
	for _, secret := range secrets {
		if secret != "" {
			text = strings.ReplaceAll(text, secret, "[redacted]")
		}
	}
	return Said{escape(text, maxSaid)}
}

func (s Said) String() string { return s.text }

// IsZero tells whether nothing was said.
func (s Said) IsZero() bool { return s.text == "" }

// MarshalJSON writes the text.
func (s Said) MarshalJSON() ([]byte, error) { return json.Marshal(s.text) }

// UnmarshalJSON hears the text again: a report read back is no more to be
// trusted than a target.
func (s *Said) UnmarshalJSON(raw []byte) error {
	var text string
	if err := json.Unmarshal(raw, &text); err != nil {
		return err
	}
	// What Hear wrote passes it again unchanged, but for the note that says
	// how much was cut.
	if at := cutNote.FindStringIndex(text); at != nil && at[0] <= maxSaid && escape(text[:at[0]], maxSaid) == text[:at[0]] {
		*s = Said{text}
		return nil
	}
	*s = Hear(text)
	return nil
}

var cutNote = regexp.MustCompile(`… \([0-9]{1,19} octets in all\)$`)
