package config

import (
	"fmt"
	"slices"
	"strings"
)

// expand replaces ${NAME} by a variable of the environment; $${ stands for ${
// itself. It returns the values that went in, too. Errors name variables, never
// what they hold.
func expand(text string, lookup func(string) (string, bool)) (whole string, values []string, err error) {
	var b strings.Builder
	for {
		at := strings.Index(text, "${")
		if at < 0 {
			b.WriteString(text)
			return b.String(), values, nil
		}
		if at > 0 && text[at-1] == '$' {
			b.WriteString(text[:at-1] + "${")
			text = text[at+2:]
			continue
		}
		b.WriteString(text[:at])
		name, rest, closed := strings.Cut(text[at+2:], "}")
		if !closed || !variable(name) {
			return "", nil, fmt.Errorf("after ${ stands the name of a variable and }; write $${ for ${ itself")
		}
		value, set := lookup(name)
		if !set || value == "" {
			return "", nil, fmt.Errorf("the environment has no %s, or it is empty; set it", name)
		}
		b.WriteString(value)
		values = append(values, value)
		text = rest
	}
}

// variable tells whether a word can be the name of a variable.
func variable(name string) bool {
	return name != "" && !strings.ContainsFunc(name, func(r rune) bool {
		return !(r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '_')
	}) && (name[0] < '0' || name[0] > '9')
}

// revealing are parts of names whose values are secrets even where the file
// spells them out.
var revealing = []string{"auth", "cookie", "credential", "key", "pass", "secret", "session", "token"}

// revealingName tells whether a header or a variable is likely to hold a secret.
func revealingName(name string) bool {
	name = strings.ToLower(name)
	return slices.ContainsFunc(revealing, func(part string) bool { return strings.Contains(name, part) })
}

// placeholders are filled in by the run; what is nothing but one is no secret.
func placeholder(text string) bool {
	return strings.HasPrefix(text, "{") && strings.HasSuffix(text, "}")
}
