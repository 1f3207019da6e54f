package target

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"

	"github.com/rogueidp/rogueidp/mockidp/fault"
)

// ParseIdentity reads where an answer says who is signed in: json:user.sub,
// header:X-User, selector:#user or pattern:signed in as (\w+). The error names
// the nearest valid word.
func ParseIdentity(text string) (Identity, error) {
	kind, rest, found := strings.Cut(text, ":")
	kinds := []string{"json", "header", "selector", "pattern"}
	if !found || rest == "" {
		return Identity{}, fmt.Errorf("%q: write where the answer says who is signed in, as in json:user.sub, header:X-User, selector:#user or pattern:signed in as (\\w+)", text)
	}
	var i Identity
	switch kind {
	case "json":
		i.JSON = rest
	case "header":
		i.Header = rest
	case "selector":
		i.Selector = rest
	case "pattern":
		i.Pattern = rest
	default:
		return Identity{}, fmt.Errorf("%q: an identity is told by json, header, selector or pattern, not by %q%s", text, kind, nearest(kind, kinds))
	}
	_, err := i.reader()
	return i, err
}

// IsZero tells whether answers say nothing about who is signed in.
func (i Identity) IsZero() bool { return i == Identity{} }

// An identityReader finds who is signed in in an answer, if it says so.
type identityReader func(header http.Header, body []byte) (sub string, found bool)

// reader is how an identity is read. The error says which part of it cannot be.
func (i Identity) reader() (identityReader, error) {
	given := 0
	for _, field := range []string{i.Header, i.JSON, i.Selector, i.Pattern} {
		if field != "" {
			given++
		}
	}
	switch {
	case given == 0:
		return nil, nil
	case given > 1:
		return nil, fmt.Errorf("an identity is told in one way; keep one of header, json, selector and pattern")
	case i.Header != "":
		return func(header http.Header, _ []byte) (string, bool) {
			v := strings.TrimSpace(header.Get(i.Header))
			return v, v != ""
		}, nil
	case i.JSON != "":
		steps := jsonSteps(i.JSON)
		return func(_ http.Header, body []byte) (string, bool) { return jsonText(body, steps) }, nil
	case i.Selector != "":
		selector, err := cascadia.Parse(i.Selector)
		if err != nil {
			return nil, fmt.Errorf("the selector %q cannot be read: %w", i.Selector, err)
		}
		return func(_ http.Header, body []byte) (string, bool) { return elementText(body, selector) }, nil
	}
	pattern, err := regexp.Compile(i.Pattern)
	if err != nil {
		return nil, fmt.Errorf("the pattern %q cannot be read: %w", i.Pattern, err)
	}
	if pattern.NumSubexp() == 0 {
		return nil, fmt.Errorf("the pattern %q has no group; put what names the user into brackets, as in signed in as (\\w+)", i.Pattern)
	}
	return func(_ http.Header, body []byte) (string, bool) {
		m := pattern.FindSubmatch(body)
		if m == nil {
			return "", false
		}
		return string(m[1]), len(m[1]) > 0
	}, nil
}

// jsonSteps are the names and positions of a path: user.sub, or a JSON Pointer
// (RFC 6901) such as /user/sub where names hold full stops.
func jsonSteps(path string) []string {
	pointer, ok := strings.CutPrefix(path, "/")
	if !ok {
		return strings.Split(path, ".")
	}
	steps := strings.Split(pointer, "/")
	for i := range steps {
		steps[i] = strings.NewReplacer("~1", "/", "~0", "~").Replace(steps[i])
	}
	return steps
}

// jsonText is the text or number that stands at the end of a path.
func jsonText(body []byte, steps []string) (string, bool) {
	at := json.RawMessage(body)
	for _, step := range steps {
		if set, ok := fault.ReadObject(at); ok {
			v, there := set.Get(step)
			if !there {
				return "", false
			}
			at = json.RawMessage(v)
			continue
		}
		var list []json.RawMessage
		n, err := strconv.Atoi(step)
		if err != nil || json.Unmarshal(at, &list) != nil || n < 0 || n >= len(list) {
			return "", false
		}
		at = list[n]
	}
	var v any
	d := json.NewDecoder(bytes.NewReader(at))
	d.UseNumber()
	if d.Decode(&v) != nil {
		return "", false
	}
	switch v := v.(type) {
	case string:
		return v, v != ""
	case json.Number:
		return v.String(), true
	}
	return "", false
}

// elementText is the text of the first element that a selector finds, or its
// value where it is a field of a form.
func elementText(body []byte, selector cascadia.Sel) (string, bool) {
	page, err := html.Parse(bytes.NewReader(body))
	if err != nil {
		return "", false
	}
	n := cascadia.Query(page, selector)
	if n == nil {
		return "", false
	}
	for _, a := range n.Attr {
		if n.Data == "input" && a.Key == "value" {
			return a.Val, a.Val != ""
		}
	}
	var text strings.Builder
	for inner := range n.Descendants() {
		if inner.Type == html.TextNode {
			text.WriteString(inner.Data)
		}
	}
	sub := strings.TrimSpace(text.String())
	return sub, sub != ""
}

// subject are the claims of an accept that names a user.
func subject(sub string) json.RawMessage {
	raw, err := json.Marshal(map[string]string{"sub": sub})
	if err != nil {
		return nil // no string does that
	}
	return raw
}
