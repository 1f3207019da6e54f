package reports

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
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
	var b strings.Builder
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		piece := text[i : i+size]
		switch {
		case r == utf8.RuneError && size == 1:
			piece = fmt.Sprintf(`\x%02x`, text[i])
		case r == '\t', r == '\n', r == '\r':
			piece = map[rune]string{'\t': `\t`, '\n': `\n`, '\r': `\r`}[r]
		case r == ':' && command(text[i:]):
			piece = `:\:`
			size = 2
		case strings.HasPrefix(text[i:], "##["):
			piece = `##\[`
			size = 3
		case hides(r):
			piece = fmt.Sprintf(`\u%04x`, r)
			if r > 0xffff {
				piece = fmt.Sprintf(`\U%08x`, r)
			}
		}
		if b.Len()+len(piece) > maxSaid {
			fmt.Fprintf(&b, "… (%d octets in all)", len(text))
			break
		}
		b.WriteString(piece)
		i += size
	}
	return Said{b.String()}
}

// command tells whether text begins a workflow command, which a CI system would
// obey if it met one in a log.
func command(text string) bool {
	return len(text) > 2 && text[:2] == "::" && text[2] >= 'a' && text[2] <= 'z'
}

// hides tells whether a character is a control, turns the direction of text,
// or shows as nothing.
func hides(r rune) bool {
	return unicode.Is(unicode.C, r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r) ||
		unicode.Is(unicode.Variation_Selector, r) || unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r) ||
		!unicode.IsPrint(r) && !unicode.IsSpace(r)
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
	if *s = Hear(text); len(text) > maxSaid && len(text) < maxSaid+64 && Hear(text[:maxSaid]).text == text[:maxSaid] {
		*s = Said{text}
	}
	return nil
}
