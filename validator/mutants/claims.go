package mutants

import (
	"slices"
	"strings"

	"github.com/rogueidp/rogueidp/validator/internal/steps"
)

func audienceSubstring(want string, got []string) bool {
	return slices.ContainsFunc(got, func(one string) bool { return strings.Contains(one, want) })
}

func nonceCaseFold(s *steps.Steps) {
	s.Claiming.Nonce = func(want string, got steps.Value) bool {
		nonce, ok := got.Text()
		return ok && strings.EqualFold(want, nonce)
	}
}
