package fault

import (
	"fmt"
	"regexp"
	"sort"
	"strings"
)

// placeholder matches {word}; JSON never has a letter right after a brace, so
// it can be sought in the text of a fault.
var placeholder = regexp.MustCompile(`\{\{([a-z][a-z0-9_.:-]*)\}\}|\{([a-z][a-z0-9_.:-]*)\}`)

// Placeholders is the closed set of facts that a row may name and only the run
// knows. A dot leads to a part or a variant: {canary.http}, {issuer.b}.
func Placeholders() []string {
	return []string{
		"issuer", "host", "client_id", "nonce", "kid", "alg", "canary", "mirror", "subject", "random",
		"leeway", "cooldown", "ttl", "timeout", "budget", "exposure",
	}
}

// Expand fills the placeholders of f from facts. {{word}} stands for the
// literal {word}. A placeholder outside the closed set, or one for which facts
// has nothing, is an error: a typo must never turn into an honest provider.
func Expand(f Fault, facts func(name string) (string, bool)) (Fault, error) {
	raw, err := marshalOne(f)
	if err != nil {
		return nil, err
	}
	if !placeholder.Match(raw) {
		return f, nil
	}
	text, err := ExpandText(string(raw), func(name string) (string, bool) {
		value, ok := facts(name)
		quoted := quote(value)
		return quoted[1 : len(quoted)-1], ok
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.Fault(), err)
	}
	return parseOne([]byte(text))
}

// ExpandText fills the placeholders of a text.
func ExpandText(text string, facts func(name string) (string, bool)) (string, error) {
	var failed error
	text = placeholder.ReplaceAllStringFunc(text, func(found string) string {
		if strings.HasPrefix(found, "{{") {
			return found[1 : len(found)-1]
		}
		name := found[1 : len(found)-1]
		base, _, _ := strings.Cut(name, ".")
		if !contains(Placeholders(), base) {
			failed = fmt.Errorf("unknown placeholder {%s}%s; write {{%s}} for the literal text", name, suggest(base, Placeholders()), name)
			return found
		}
		value, ok := facts(name)
		if !ok {
			failed = fmt.Errorf("nothing here fills the placeholder {%s}", name)
		}
		return value
	})
	return text, failed
}

// Names lists the placeholders in text, each once, sorted.
func Names(text string) []string {
	seen := map[string]bool{}
	for _, m := range placeholder.FindAllStringSubmatch(text, -1) {
		if m[2] != "" {
			seen[m[2]] = true
		}
	}
	names := make([]string, 0, len(seen))
	for n := range seen {
		names = append(names, n)
	}
	sort.Strings(names)
	return names
}

func contains(words []string, w string) bool {
	for _, word := range words {
		if word == w {
			return true
		}
	}
	return false
}
