package mutants

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/rogueidp/rogueidp/validator/internal/steps"
)

// crashesOnOddParts has nobody catch what the parser throws (CVE-2019-17195).
func crashesOnOddParts(s *steps.Steps) {
	odd := errors.New("mutants: a part is missing or no object")
	split, object := s.Reading.Split, s.Reading.Object
	s.Reading.Split = func(raw string) (steps.Compact, error) {
		if !strings.Contains(raw, ".") {
			return steps.Compact{}, odd
		}
		return split(raw)
	}
	s.Reading.Object = func(dst []steps.Member, text string) ([]steps.Member, error) {
		if !strings.HasPrefix(strings.TrimSpace(text), "{") {
			return dst, odd
		}
		return object(dst, text)
	}
	uncaught(s, odd)
}

// assertsTypes has nobody ask whether alg and sub are strings.
func assertsTypes(s *steps.Steps) {
	odd := errors.New("mutants: alg or sub is no string")
	object := s.Reading.Object
	s.Reading.Object = func(dst []steps.Member, text string) ([]steps.Member, error) {
		members, err := object(dst, text)
		for _, m := range members {
			if _, ok := m.Value.Text(); !ok && (m.Name == "alg" || m.Name == "sub") {
				return members, odd
			}
		}
		return members, err
	}
	uncaught(s, odd)
}

// uncaught lets what is wrong with a token end the caller, and not what is
// wrong with a document: that is read where nobody could catch it, and would
// end the whole process.
func uncaught(s *steps.Steps, thrown error) {
	for i, stage := range s.Order {
		s.Order[i] = func(ctx context.Context, a *steps.Attempt) *steps.Refusal {
			refusal := stage(ctx, a)
			if refusal != nil && refusal.Check == steps.CheckParse && errors.Is(refusal.Cause, thrown) {
				panic(thrown)
			}
			return refusal
		}
	}
}

var (
	jsonComment  = regexp.MustCompile(`/\*[^*]*\*/`)
	jsonTrailing = regexp.MustCompile(`,\s*}`)
	jsonNumber   = regexp.MustCompile(`:(NaN|Infinity)`)
)

// lenientJSON reads comments, commas that nothing follows, single quotes, NaN
// and Infinity, octets that are not UTF-8, and passes over what comes behind
// the object.
func lenientJSON(s *steps.Steps) {
	object := s.Reading.Object
	s.Reading.Object = func(dst []steps.Member, text string) ([]steps.Member, error) {
		if members, err := object(dst, text); err == nil {
			return members, nil
		}
		text = jsonComment.ReplaceAllString(text, "")
		text = jsonTrailing.ReplaceAllString(text, "}")
		text = jsonNumber.ReplaceAllString(text, ":null")
		if strings.HasPrefix(text, "{'") {
			text = strings.ReplaceAll(text, "'", `"`)
		}
		var first json.RawMessage
		if err := json.NewDecoder(bytes.NewReader([]byte(text))).Decode(&first); err != nil {
			return nil, err
		}
		return steps.ReadMembers(dst, string(first), jsontext.AllowInvalidUTF8(true))
	}
	retellsClaims(s)
}

// retellsClaims hands the claims on in JSON, whatever they were read from.
func retellsClaims(s *steps.Steps) {
	parse := s.Order[steps.CheckParse-1]
	s.Order[steps.CheckParse-1] = func(ctx context.Context, a *steps.Attempt) *steps.Refusal {
		refusal := parse(ctx, a)
		if refusal != nil || json.Valid([]byte(a.PayloadText)) && utf8.ValidString(a.PayloadText) {
			return refusal
		}
		var told []string
		for _, m := range a.Claims.Members {
			name, _ := json.Marshal(m.Name)
			told = append(told, string(name)+":"+strings.ToValidUTF8(string(m.Value), "\ufffd"))
		}
		a.PayloadText = "{" + strings.Join(told, ",") + "}"
		return nil
	}
}

// guessesTokenEncoding reads claims as guessesEncoding does key sets, and
// UTF-32 too.
func guessesTokenEncoding(s *steps.Steps) {
	object := s.Reading.Object
	s.Reading.Object = func(dst []steps.Member, text string) ([]steps.Member, error) {
		if strings.HasPrefix(text, "\x00\x00\x00{") {
			text = strings.ReplaceAll(text, "\x00", "")
		}
		return object(dst, guessed(text))
	}
	retellsClaims(s)
}

// endlessTimes takes a time that no number holds for one that never comes.
func endlessTimes(s *steps.Steps) {
	object := s.Reading.Object
	s.Reading.Object = func(dst []steps.Member, text string) ([]steps.Member, error) {
		members, err := object(dst, text)
		for i, m := range members {
			if _, err := strconv.ParseFloat(string(m.Value), 64); errors.Is(err, strconv.ErrRange) {
				members[i].Value = "9000000000"
			}
		}
		return members, err
	}
}

// verifiesReencoded decodes whatever bits are left over, and verifies what it
// encodes again.
func verifiesReencoded(s *steps.Steps) {
	s.Reading.Decode = func(dst []byte, segment string) ([]byte, error) {
		return base64.RawURLEncoding.AppendDecode(dst, []byte(segment))
	}
	s.Verifying.Input = func(dst []byte, a *steps.Attempt) []byte {
		dst = append(append(dst, a.Parts.Header...), '.')
		return base64.RawURLEncoding.AppendEncode(dst, []byte(a.PayloadText))
	}
}

// readable is all that a pattern finds: one level, no white space, no escapes.
var readable = regexp.MustCompile(`^\{("[^"\\\s]+":("[^"\s]*"|\[[^{]*\]|[^\s"{\[]+)(,|\}$))+$`)

func jsonByPattern(s *steps.Steps) {
	object := s.Reading.Object
	s.Reading.Object = func(dst []steps.Member, text string) ([]steps.Member, error) {
		if !readable.MatchString(text) {
			return nil, errors.New("the pattern does not match")
		}
		return object(dst, text)
	}
}

func decodesPercent(s *steps.Steps) {
	split := s.Reading.Split
	s.Reading.Split = func(raw string) (steps.Compact, error) {
		if plain, err := url.PathUnescape(raw); err == nil {
			raw = plain
		}
		return split(raw)
	}
}

// cutsAtNul returns the subject as a string of C.
func cutsAtNul(s *steps.Steps) {
	parse := s.Order[steps.CheckParse-1]
	cut := regexp.MustCompile(`("sub":"[^"]*?)\\u0000[^"]*"`)
	s.Order[steps.CheckParse-1] = func(ctx context.Context, a *steps.Attempt) *steps.Refusal {
		refusal := parse(ctx, a)
		if refusal == nil {
			a.PayloadText = cut.ReplaceAllString(a.PayloadText, `$1"`)
		}
		return refusal
	}
}

// mergesPrototypes keeps the members of __proto__ for every object that does
// not have them itself.
func mergesPrototypes(s *steps.Steps) {
	object := s.Reading.Object
	var mu sync.Mutex
	var inherited []steps.Member
	s.Reading.Object = func(dst []steps.Member, text string) ([]steps.Member, error) {
		members, err := object(dst, text)
		if err != nil {
			return members, err
		}
		mu.Lock()
		defer mu.Unlock()
		for _, m := range members {
			if m.Name == "__proto__" {
				theirs, _ := steps.ReadMembers(nil, string(m.Value))
				inherited = append(inherited, theirs...)
			}
		}
		for _, m := range inherited {
			if !slices.ContainsFunc(members, func(own steps.Member) bool { return own.Name == m.Name }) {
				members = append(members, m)
			}
		}
		return members, nil
	}
}

// remembersRefusal refuses whatever comes after a bad signature, as a pattern
// does that remembers where it stopped (CVE-2026-35040).
func remembersRefusal(s *steps.Steps) {
	parse, verify := s.Order[steps.CheckParse-1], s.Order[steps.CheckSignature-1]
	refused := new(atomic.Pointer[steps.Refusal])
	s.Order[steps.CheckParse-1] = func(ctx context.Context, a *steps.Attempt) *steps.Refusal {
		if last := refused.Swap(nil); last != nil {
			return last
		}
		return parse(ctx, a)
	}
	s.Order[steps.CheckSignature-1] = func(ctx context.Context, a *steps.Attempt) *steps.Refusal {
		refusal := verify(ctx, a)
		refused.Store(refusal)
		return refusal
	}
}
