package reports

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// escape writes text so that it says what it says and does nothing: not to a
// terminal, not to a CI system that reads logs, not to the direction of the
// text around it. It stops at limit octets, if limit is not zero.
func escape(text string, limit int) string {
	var b strings.Builder
	for i := 0; i < len(text); {
		piece, size := escapeOne(text[i:])
		if limit > 0 && b.Len()+len(piece) > limit {
			fmt.Fprintf(&b, "… (%d octets in all)", len(text))
			break
		}
		b.WriteString(piece)
		i += size
	}
	return b.String()
}

// escapeOne is the first character of text, or the first few where they begin a
// command, as they are to be written; and how many octets that was.
func escapeOne(text string) (string, int) {
	if c := text[0]; ' ' <= c && c <= '~' && c != ':' && c != '#' && c != '<' {
		return text[:1], 1
	}
	if n := command(text); n > 0 {
		return text[:n-1] + `\` + text[n-1:n], n
	}
	r, size := utf8.DecodeRuneInString(text)
	switch {
	case r == utf8.RuneError && size == 1:
		return fmt.Sprintf(`\x%02x`, text[0]), size
	case r == '\t':
		return `\t`, size
	case r == '\n':
		return `\n`, size
	case r == '\r':
		return `\r`, size
	case hides(r) && r > 0xffff:
		return fmt.Sprintf(`\U%08x`, r), size
	case hides(r):
		return fmt.Sprintf(`\u%04x`, r), size
	}
	return text[:size], size
}

// command is how much of text, up to and with the character to escape, makes it
// a command to what may read a log or show a page: "::" of GitHub's ::error::,
// whose names go in either case, "##vso[" of Azure's, "##teamcity[", "##[", and
// a browser's script. Zero where text begins none.
func command(text string) int {
	switch {
	case strings.HasPrefix(text, "::"):
		if len(text) > 2 && letter(text[2]) {
			return 2
		}
	case strings.HasPrefix(text, "##"):
		n := 2
		for n < len(text) && letter(text[n]) {
			n++
		}
		if n < len(text) && text[n] == '[' {
			return n + 1
		}
	case strings.HasPrefix(text, "<"):
		tag := strings.TrimPrefix(text[1:], "/")
		if len(tag) >= 6 && strings.EqualFold(tag[:6], "script") {
			return 2
		}
	}
	return 0
}

func letter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// hides tells whether a character is a control, turns the direction of text,
// or shows as nothing.
func hides(r rune) bool {
	if ' ' <= r && r <= '~' {
		return false
	}
	return unicode.Is(unicode.C, r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r) ||
		unicode.Is(unicode.Variation_Selector, r) || unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r) ||
		!unicode.IsPrint(r) && !unicode.IsSpace(r)
}

// escapeJSON does the same to text that is JSON, in escapes of JSON, so that it
// means what it meant and can still be pasted. Outside of strings nothing of
// all that is JSON but white space, which stays.
func escapeJSON(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		n := command(text[i:])
		switch {
		case n > 0:
			fmt.Fprintf(&b, `%s\u%04x`, text[i:i+n-1], text[i+n-1])
			size = n
		case r == utf8.RuneError && size == 1:
			b.WriteString(`\ufffd`)
		case r > 0xffff && hides(r):
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		case r != '\t' && r != '\n' && r != '\r' && hides(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteString(text[i : i+size])
		}
		i += size
	}
	return b.String()
}

// plain is text of our own, or from a file that somebody may have written, made
// fit to be printed like a target's. It is not cut.
func plain(text string) string { return escape(text, 0) }

// compact is JSON on one line, fit to be printed and pasted.
func compact(raw []byte) string {
	var b bytes.Buffer
	if err := json.Compact(&b, raw); err != nil {
		return plain(string(raw))
	}
	return escapeJSON(b.String())
}
