package target

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/andybalholm/cascadia"
)

// An answer is what signs and identities are read from.
type answered struct {
	url    *url.URL
	status int
	header http.Header
	body   []byte // what was read of it
	page   *page  // nil unless it is HTML
}

func (a answered) contentType() string {
	if t := a.header.Get("Content-Type"); t != "" {
		return t
	}
	return "an unnamed type"
}

// text is what the answer shows.
func (a answered) text() string {
	if a.page != nil {
		return a.page.text()
	}
	return string(a.body)
}

// A sign is a [Sign] that was understood.
type sign struct {
	Sign
	selector cascadia.Selector
}

func newSign(name string, s Sign) (sign, error) {
	out := sign{Sign: s}
	if s.Status != 0 && (s.Status < 100 || s.Status > 599) {
		return out, fmt.Errorf("%s: no answer has status %d; write one from 100 to 599", name, s.Status)
	}
	if s.Selector == "" {
		return out, nil
	}
	var err error
	if out.selector, err = newSelector(s.Selector); err != nil {
		return out, fmt.Errorf("%s: %w", name, err)
	}
	return out, nil
}

func newSelector(text string) (cascadia.Selector, error) {
	s, err := cascadia.Compile(text)
	if err != nil {
		return nil, fmt.Errorf("selector %q: %w; write it as in a style sheet, such as #user or .error", text, err)
	}
	return s, nil
}

func (s sign) set() bool { return s.Sign != Sign{} }

// withoutURL is what is left of a sign where the URL tells nothing.
func (s sign) withoutURL() sign {
	s.URL = ""
	return s
}

// on tells whether the answer shows the sign: all of it.
func (s sign) on(a answered) bool {
	if s.URL != "" && !beginsWith(a.url, s.URL) {
		return false
	}
	if s.Status != 0 && a.status != s.Status {
		return false
	}
	if s.Text != "" && !strings.Contains(a.text(), strings.Join(strings.Fields(s.Text), " ")) {
		return false
	}
	return s.selector == nil || a.page != nil && a.page.find(s.selector) != nil
}

// beginsWith compares a URL, or its path and query, with how it has to begin.
func beginsWith(u *url.URL, begin string) bool {
	if u == nil {
		return false
	}
	if strings.HasPrefix(begin, "/") {
		return strings.HasPrefix(u.RequestURI(), begin)
	}
	return strings.HasPrefix(u.String(), begin)
}

// An identity is an [Identity] that was understood.
type identity struct {
	Identity
	selector cascadia.Selector
	pattern  *regexp.Regexp
}

func newIdentity(i Identity) (identity, error) {
	out := identity{Identity: i}
	given := 0
	for _, one := range []string{i.Header, i.JSON, i.Selector, i.Pattern} {
		if one != "" {
			given++
		}
	}
	if given > 1 {
		return out, errors.New("identity: one of header, json, selector and pattern says who is signed in, not several")
	}
	var err error
	if i.Selector != "" {
		if out.selector, err = newSelector(i.Selector); err != nil {
			return out, fmt.Errorf("identity: %w", err)
		}
	}
	if i.Pattern != "" {
		if out.pattern, err = regexp.Compile(i.Pattern); err != nil {
			return out, fmt.Errorf("identity: pattern %q: %w", i.Pattern, err)
		}
		if out.pattern.NumSubexp() == 0 {
			return out, fmt.Errorf("identity: pattern %q has no group; put what names the user in parentheses, such as sub: (\\S+)", i.Pattern)
		}
	}
	return out, nil
}

func (i identity) set() bool { return i.Identity != Identity{} }

// read is who is signed in according to an answer, or else why that cannot be
// said.
func (i identity) read(a answered) (sub, why string) {
	switch {
	case i.Header != "":
		if sub = strings.TrimSpace(a.header.Get(i.Header)); sub == "" {
			why = "there is no header " + i.Header
		}
	case i.JSON != "":
		return jsonAt(a, i.JSON)
	case i.selector != nil:
		if a.page == nil {
			return "", "the answer is no HTML but " + a.contentType()
		}
		n := a.page.find(i.selector)
		if n == nil {
			return "", "nothing on the page is " + i.Selector
		}
		if sub = textOf(n); sub == "" {
			if sub = strings.TrimSpace(attribute(n, "value")); sub == "" {
				why = i.Selector + " is empty"
			}
		}
	case i.pattern != nil:
		m := i.pattern.FindSubmatch(a.body)
		if m == nil || len(bytes.TrimSpace(m[1])) == 0 {
			return "", fmt.Sprintf("nothing matches %q", i.Pattern)
		}
		sub = string(bytes.TrimSpace(m[1]))
	}
	return sub, why
}

// jsonAt follows a path such as user.emails.0 into a JSON answer.
func jsonAt(a answered, path string) (string, string) {
	d := json.NewDecoder(bytes.NewReader(a.body))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return "", "the answer is no JSON but " + a.contentType()
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return "", "the answer is JSON and more behind it"
	}
	for _, step := range strings.Split(path, ".") {
		switch t := v.(type) {
		case map[string]any:
			v = t[step]
		case []any:
			n, err := strconv.Atoi(step)
			if err != nil || n < 0 || n >= len(t) {
				return "", "the JSON has nothing at " + path
			}
			v = t[n]
		default:
			v = nil
		}
	}
	switch t := v.(type) {
	case string:
		if t != "" {
			return t, ""
		}
	case json.Number:
		return t.String(), ""
	}
	return "", "the JSON has no text at " + path
}

// claims are what a target says of who is signed in.
func claims(sub string) json.RawMessage {
	if sub == "" {
		return nil
	}
	out, err := json.Marshal(map[string]string{"sub": sub})
	if err != nil {
		return nil
	}
	return out
}
