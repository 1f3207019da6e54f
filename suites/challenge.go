package suites

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/rogueidp/rogueidp/reports"
	"github.com/rogueidp/rogueidp/scenarios"
	"github.com/rogueidp/rogueidp/suites/target"
)

// carry is a token that a request carries in a way of its own.
func (sh *show) carry(t *ticket, how scenarios.Carry) (*ticket, error) {
	carried := *t
	carried.carry = target.Carry{
		In: how.In, Scheme: how.Scheme, Repeat: how.Repeat, SecondIn: how.SecondIn,
		Method: how.Method, Override: how.Override, Path: how.Path, Host: how.Host, Body: how.Body,
	}
	if how.Second == "" {
		return &carried, nil
	}
	second := sh.tokens[how.Second]
	if second == nil {
		return nil, fmt.Errorf("%s: no token is called %q", sh.row.ID, how.Second)
	}
	carried.carry.Second, carried.second = second.Token, second
	return &carried, nil
}

// carried says in the words of a row how a request carried a token.
func carried(how scenarios.Carry) string {
	raw, err := json.Marshal(how)
	if err != nil {
		return err.Error()
	}
	return string(raw)
}

// names tells whether an answer says that the user of the token is signed in.
func (s sighting) names() bool {
	sub, ok := subjectOf(s.verdict.Claims)
	return ok && sub == s.subject
}

// challenged tells what a refusal over HTTP lacks, and the most that this costs:
// a challenge is a MUST of RFC 6750 section 3, a status a SHOULD of 3.1.
func challenged(s sighting) (because string, most scenarios.Level) {
	answer := s.verdict.HTTP
	if answer == nil || s.verdict.Answer != target.Reject {
		return "", ""
	}
	if s.want.Challenge != "" {
		if because = unchallenged(answer.Challenges, s.want.Challenge); because != "" {
			return because, scenarios.Must
		}
	}
	if s.want.Status != 0 && answer.Status != s.want.Status {
		return fmt.Sprintf("it refused with %d, and should have with %d", answer.Status, s.want.Status), scenarios.Should
	}
	return "", ""
}

// unchallenged tells what is wrong with the challenges of an answer; empty if
// one of scheme Bearer says what it ought to.
func unchallenged(lines []string, want string) string {
	said := ""
	for _, c := range readChallenges(lines) {
		if !strings.EqualFold(c.scheme, "Bearer") {
			continue
		}
		if want == "any" || c.params["error"] == want {
			return ""
		}
		said = c.params["error"]
		if said == "" {
			said = "no error at all"
		}
	}
	if said == "" {
		return "it refused without WWW-Authenticate: Bearer"
	}
	return fmt.Sprintf("its challenge says %s, and not %s", reports.Hear(said), want)
}

// A challenge is one of WWW-Authenticate (RFC 9110 section 11.6.1).
type challenge struct {
	scheme string
	params map[string]string // by name in small letters
}

// readChallenges takes lines of WWW-Authenticate apart: schemes, each with
// parameters or a token68, with commas between them all. What cannot be read is
// passed over.
func readChallenges(lines []string) []challenge {
	var all []challenge
	for _, line := range lines {
		for line = skip(line, ", \t"); line != ""; line = skip(line, ", \t") {
			word, rest := span(line)
			if word == "" {
				line = line[1:]
				continue
			}
			after := skip(rest, " \t")
			value, isParam := strings.CutPrefix(after, "=")
			if isParam && len(all) > 0 {
				var text string
				text, line = paramValue(skip(value, " \t"))
				all[len(all)-1].params[strings.ToLower(word)] = text
				continue
			}
			all = append(all, challenge{scheme: word, params: map[string]string{}})
			line = rest
		}
	}
	return all
}

func skip(s, chars string) string { return strings.TrimLeft(s, chars) }

// span is the token that a text begins with (RFC 9110 section 5.6.2).
func span(s string) (word, rest string) {
	end := strings.IndexFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("!#$%&'*+-.^_`|~/", r))
	})
	if end < 0 {
		return s, ""
	}
	return s[:end], s[end:]
}

// paramValue is a token or what stands in quotes.
func paramValue(s string) (value, rest string) {
	if !strings.HasPrefix(s, `"`) {
		return span(s)
	}
	var text strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '"':
			return text.String(), s[i+1:]
		case s[i] == '\\' && i+1 < len(s):
			i++
			text.WriteByte(s[i])
		default:
			text.WriteByte(s[i])
		}
	}
	return text.String(), ""
}
