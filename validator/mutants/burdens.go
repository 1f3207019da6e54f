package mutants

import (
	"errors"
	"math"
	"strings"

	"github.com/rogueidp/rogueidp/validator/internal/steps"
)

// readsAnySize takes tokens of any size, and makes a list of their characters
// as a language does whose texts are lists.
func readsAnySize(s *steps.Steps) {
	const cell = 2 // a character, and where the next one is
	split := s.Reading.Split
	s.Reading.MaxToken, s.Reading.MaxHeader = math.MaxInt, math.MaxInt
	s.Reading.Split = func(raw string) (steps.Compact, error) {
		list := make([]int, 0, cell*len(raw))
		for i := range len(raw) {
			list = append(list, int(raw[i]), len(list)+cell)
		}
		var text strings.Builder
		for i := 0; i < len(list); i = list[i+1] {
			text.WriteByte(byte(list[i]))
		}
		return split(text.String())
	}
}

// splitsEverywhere takes a token apart at all full stops there are, before it
// counts the parts, and has room ready for what each of them encodes
// (CVE-2025-30204).
func splitsEverywhere(s *steps.Steps) {
	const room = 512
	split := s.Reading.Split
	s.Reading.MaxToken = math.MaxInt
	s.Reading.Split = func(raw string) (steps.Compact, error) {
		var decoded [][]byte
		for part := range strings.SplitSeq(raw, ".") {
			decoded = append(decoded, append(make([]byte, 0, room), part...))
		}
		if len(decoded) != 3 {
			return steps.Compact{}, errors.New("the token has not three parts")
		}
		return split(raw)
	}
}

// fallsOverFive goes about an encrypted token as if it had a key for it, and
// falls over without one.
func fallsOverFive(s *steps.Steps) {
	odd := errors.New("mutants: there is no key to decrypt with")
	split := s.Reading.Split
	s.Reading.Split = func(raw string) (steps.Compact, error) {
		if strings.Count(raw, ".") == 4 {
			return steps.Compact{}, odd
		}
		return split(raw)
	}
	uncaught(s, odd)
}

// errDeep is what a parser throws that calls itself for every level.
var errDeep = errors.New("mutants: maximum recursion depth exceeded")

// deepest is where the stack ends.
const deepest = 2000

// recursesTokens reads tokens of any size with a parser that calls itself for
// every level, and nobody catches what it throws when the stack ends.
func recursesTokens(s *steps.Steps) {
	object := s.Reading.Object
	s.Reading.MaxToken, s.Reading.MaxHeader = math.MaxInt, math.MaxInt
	s.Reading.Object = func(dst []steps.Member, text string) ([]steps.Member, error) {
		if depth(text) > deepest {
			return dst, errDeep
		}
		return object(dst, text)
	}
	uncaught(s, errDeep)
}

// recursesKeySets does the same with key sets. They are read in the
// background, so the throw ends the process; only text beyond what the
// reference would read gets that far.
func recursesKeySets(s *steps.Steps) {
	document := s.Fetching.Document
	s.Fetching.MaxBody = math.MaxInt64 - 1
	s.Fetching.Document = func(text string) ([]string, error) {
		if depth(text) > deepest {
			panic(errDeep)
		}
		return document(text)
	}
}

// depth is how deep a text nests at the most, if no brackets are quoted.
func depth(text string) int {
	now, most := 0, 0
	for i := range len(text) {
		switch text[i] {
		case '{', '[':
			now++
			most = max(most, now)
		case '}', ']':
			now--
		}
	}
	return most
}
