package target

import (
	"net/url"
	"strings"
)

// browsed is where a browser goes that is told to go to text on a page (WHATWG
// URL Standard, 4.4): it drops blanks around it and tabs and line breaks in it, and
// reads a backslash as a slash, up to the query. An application that judges an
// address in another way leads people elsewhere than it thinks.
func browsed(page *url.URL, text string) (*url.URL, error) {
	text = strings.TrimFunc(text, func(r rune) bool { return r <= ' ' })
	text = strings.NewReplacer("\t", "", "\r", "", "\n", "").Replace(text)
	path, rest := text, ""
	if i := strings.IndexAny(text, "?#"); i >= 0 {
		path, rest = text[:i], text[i:]
	}
	return page.Parse(strings.ReplaceAll(path, `\`, "/") + rest)
}
