package fault

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// A Span is a duration written as a sum: "{cooldown}+5s", "-{leeway}-1m". Its
// placeholders must be filled in before [Span.Duration]. The zero Span is 0.
type Span string

// Duration adds the parts up.
func (s Span) Duration() (time.Duration, error) {
	rest := strings.ReplaceAll(string(s), " ", "")
	var sum time.Duration
	for rest != "" {
		sign := time.Duration(1)
		for rest != "" && (rest[0] == '+' || rest[0] == '-') {
			if rest[0] == '-' {
				sign = -sign
			}
			rest = rest[1:]
		}
		end := strings.IndexAny(rest, "+-")
		if end < 0 {
			end = len(rest)
		}
		d, err := time.ParseDuration(rest[:end])
		if err != nil {
			return 0, fmt.Errorf("duration %q: %w; write it like 1m30s or {cooldown}+5s", string(s), err)
		}
		sum += sign * d
		rest = rest[end:]
	}
	return sum, nil
}

// A List is a list of words; it compares with ==, which a slice does not.
type List string

// Words splits the list.
func (l List) Words() []string {
	if l == "" {
		return nil
	}
	return strings.Split(string(l), " ")
}

// ListOf joins words into a List.
func ListOf(words ...string) List { return List(strings.Join(words, " ")) }

// MarshalJSON writes an array of strings.
func (l List) MarshalJSON() ([]byte, error) { return json.Marshal(l.Words()) }

// UnmarshalJSON reads an array of strings, none of them holding a space.
func (l *List) UnmarshalJSON(b []byte) error {
	var words []string
	if err := json.Unmarshal(b, &words); err != nil {
		return err
	}
	for _, w := range words {
		if w == "" || strings.Contains(w, " ") {
			return errors.New("a word of a list may be neither empty nor hold a space")
		}
	}
	*l = ListOf(words...)
	return nil
}

// numericDate writes t as seconds since 1970 (RFC 7519 section 2), in whatever
// way JSON has for the number, or in one of the forms that are no NumericDate.
func numericDate(t time.Time, form string) JSON {
	digits := strconv.FormatInt(t.Unix(), 10)
	switch form {
	case "string":
		return Text(digits)
	case "rfc3339":
		return Text(t.UTC().Format(time.RFC3339))
	case "fraction":
		return JSON(digits + ".5")
	case "exponent":
		mantissa := strconv.FormatFloat(float64(t.Unix()), 'E', -1, 64)
		return JSON(strings.Replace(mantissa, "E+0", "E", 1))
	case "milliseconds":
		return JSON(digits + "000")
	}
	return JSON(digits)
}
