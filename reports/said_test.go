package reports

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestHear(t *testing.T) {
	for raw, want := range map[string]string{
		"plain words":                     "plain words",
		"\x1b[31mred\x1b[0m":              `\u001b[31mred\u001b[0m`,
		"two\nlines\r\n":                  `two\nlines\r\n`,
		"::error::gotcha":                 `:\:error:\:gotcha`,
		"at [::1]:443 of std::string":     `at [::1]:443 of std:\:string`,
		"x ##[error]gotcha":               `x ##\[error]gotcha`,
		"::ERROR::gotcha":                 `:\:ERROR:\:gotcha`,
		":::error::":                      `::\:error::`,
		"##vso[task.x]##teamCity[y":       `##vso\[task.x]##teamCity\[y`,
		"<script>x</SCRIPT>, <b>":         `<\script>x<\/SCRIPT>, <b>`,
		"## heading, ##word, C## [":       "## heading, ##word, C## [",
		"right\u202eto left":              `right\u202eto left`,
		"zero\u200bwidth\ufeff":           `zero\u200bwidth\ufeff`,
		"bad \xff\xfe bytes":              `bad \xff\xfe bytes`,
		"line\u2028separator":             `line\u2028separator`,
		"grüße, 世界":                       "grüße, 世界",
		"the secret is hunter2, hunter2!": "the secret is [redacted], [redacted]!",
	} {
		if got := Hear(raw, "hunter2", "").String(); got != want {
			t.Errorf("%q was heard as %q, want %q", raw, got, want)
		}
	}
	long := Hear(strings.Repeat("é", 1<<20)).String()
	if len(long) > maxSaid+64 || !strings.Contains(long, "(2097152 octets in all)") || !utf8.ValidString(long) {
		t.Errorf("a megabyte was heard as %d octets ending in %q", len(long), long[len(long)-40:])
	}
}

func TestNothingRawGetsIn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		raw := string(rapid.SliceOf(rapid.Byte()).Draw(t, "octets")) + rapid.String().Draw(t, "text")
		heard := Hear(raw)
		if s := heard.String(); !utf8.ValidString(s) || len(s) > maxSaid+64 || strings.ContainsFunc(s, unicode.IsControl) {
			t.Fatalf("%q was heard as %q", raw, s)
		}
		text, err := json.Marshal(heard)
		if err != nil {
			t.Fatal(err)
		}
		var again Said
		if err := json.Unmarshal(text, &again); err != nil || again != heard {
			t.Fatalf("%q came back as %q, %v", heard, again, err)
		}
	})
}
