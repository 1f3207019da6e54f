package mutants

import (
	"encoding/base64"
	"errors"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/rogueidp/rogueidp/validator/internal/steps"
)

// lenientBase64 reads both alphabets, with padding or without, and drops what
// is in neither, and a last letter that makes no octet.
func lenientBase64(s *steps.Steps) {
	s.Reading.Alphabet = func(string) error { return nil }
	s.Reading.Decode = func(dst []byte, segment string) ([]byte, error) {
		clean := strings.Map(func(c rune) rune {
			switch {
			case c == '+':
				return '-'
			case c == '/':
				return '_'
			case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '-', c == '_':
				return c
			}
			return -1
		}, segment)
		if len(clean)%4 == 1 {
			clean = clean[:len(clean)-1]
		}
		return base64.RawURLEncoding.AppendDecode(dst, []byte(clean))
	}
}

func trimsToken(s *steps.Steps) {
	split := s.Reading.Split
	s.Reading.Split = func(raw string) (steps.Compact, error) {
		return split(strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(raw), "Bearer ")))
	}
}

func extraSegments(s *steps.Steps) {
	split := s.Reading.Split
	s.Reading.Split = func(raw string) (steps.Compact, error) {
		parts := strings.SplitN(raw, ".", 4)
		if len(parts) < 3 {
			return steps.Compact{}, errors.New("the token has too few parts")
		}
		return split(strings.Join(parts[:3], "."))
	}
}

func firstDuplicateWins(s *steps.Steps) {
	s.Reading.Object = func(dst []steps.Member, text string) ([]steps.Member, error) {
		members, err := steps.ReadMembers(dst, text, jsontext.AllowDuplicateNames(true))
		var first []steps.Member
		for _, m := range members {
			if !slices.ContainsFunc(first, func(f steps.Member) bool { return f.Name == m.Name }) {
				first = append(first, m)
			}
		}
		return first, err
	}
}

// caseFoldingJSON does what encoding/json does with struct fields.
func caseFoldingJSON(s *steps.Steps) {
	s.Reading.Object = func(dst []steps.Member, text string) ([]steps.Member, error) {
		members, err := steps.ReadMembers(dst, text, jsontext.AllowDuplicateNames(true))
		for i := range members {
			members[i].Name = strings.ToLower(strings.ToUpper(members[i].Name))
		}
		return members, err
	}
}
