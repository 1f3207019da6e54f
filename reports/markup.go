package reports

import "strings"

// span is text as a code span that nothing in it can end.
func span(text string) string {
	text = unglued(text)
	if strings.TrimSpace(text) == "" {
		return ""
	}
	ticks := strings.Repeat("`", longest(text)+1)
	// Where there is a space at both ends, one is taken off again.
	if edges := text[:1] + text[len(text)-1:]; edges == "  " || strings.Contains(edges, "`") {
		text = " " + text + " "
	}
	return ticks + text + ticks
}

// fence is text as a fenced block of a language.
func fence(language, text string) string {
	ticks := strings.Repeat("`", max(3, longest(text)+1))
	return ticks + language + "\n" + text + "\n" + ticks + "\n"
}

// indented makes a block part of a list's item.
func indented(block string) string {
	return "  " + strings.ReplaceAll(strings.TrimSuffix(block, "\n"), "\n", "\n  ") + "\n"
}

// longest is the length of the longest run of backticks.
func longest(text string) int {
	most, n := 0, 0
	for _, r := range text {
		if n++; r != '`' {
			n = 0
		}
		most = max(most, n)
	}
	return most
}

// prose is text of ours that means what it says and is no markup: with
// everything escaped that Markdown, HTML or GitHub could take for some.
func prose(text string) string {
	var b strings.Builder
	text = unglued(text)
	for i, r := range text {
		switch {
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '@':
			// GitHub finds addresses and names after escapes are undone.
			b.WriteString("`@`")
		case strings.ContainsRune("\\`*_{}[]!|~$#", r),
			i == 0 && strings.ContainsRune("-+=", r),
			r == ':' && strings.HasPrefix(text[i:], ":/"),
			r == '.' && i >= 3 && strings.EqualFold(text[i-3:i], "www"):
			b.WriteByte('\\')
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// unglued is text fit to be printed, with plain spaces.
func unglued(text string) string { return strings.ReplaceAll(plain(text), noBreak, " ") }
