package fault

import (
	"encoding/json"
	"fmt"
	"reflect"
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
	if flat, err := expandFlat(f, facts); flat != nil || err != nil {
		return flat, err
	}
	return expandAny(f, facts)
}

// expandFlat is Expand for a fault without a fault or a list inside, which is
// what floods are made of: it goes from field to field, without JSON between.
// It is nil for any other.
func expandFlat(f Fault, facts func(name string) (string, bool)) (Fault, error) {
	from := reflect.ValueOf(f)
	if from.Kind() != reflect.Struct {
		return nil, nil
	}
	to := reflect.New(from.Type()).Elem()
	to.Set(from)
	for i := range to.NumField() {
		field := to.Field(i)
		switch field.Kind() {
		case reflect.Bool, reflect.Int, reflect.Int64, reflect.Float64:
			continue
		case reflect.String:
		default:
			return nil, nil
		}
		text := field.String()
		if !placeholder.MatchString(text) {
			continue
		}
		fill := facts
		if field.Type() == reflect.TypeFor[JSON]() {
			fill = quoting(facts)
		}
		text, err := ExpandText(text, fill)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Fault(), err)
		}
		if field.Type() == reflect.TypeFor[JSON]() && !json.Valid([]byte(text)) {
			return nil, nil // the longer way says what is wrong
		}
		field.SetString(text)
	}
	flat, _ := to.Interface().(Fault)
	return flat, nil
}

// quoting makes facts fit to stand inside a JSON string.
func quoting(facts func(name string) (string, bool)) func(name string) (string, bool) {
	return func(name string) (string, bool) {
		value, ok := facts(name)
		quoted := quote(value)
		return quoted[1 : len(quoted)-1], ok
	}
}

func expandAny(f Fault, facts func(name string) (string, bool)) (Fault, error) {
	raw, err := marshalOne(f)
	if err != nil {
		return nil, err
	}
	if !placeholder.Match(raw) {
		return f, nil
	}
	text, err := ExpandText(string(raw), quoting(facts))
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
