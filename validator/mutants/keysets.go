package mutants

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"strings"
	"sync"
	"time"
	"unicode/utf16"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/rogueidp/rogueidp/validator/internal/steps"
)

// failsOpen lets a token pass the signature where there was no key set to be
// had.
func failsOpen(s *steps.Steps) {
	find, verify := s.Order[steps.CheckKey-1], s.Order[steps.CheckSignature-1]
	s.Order[steps.CheckKey-1] = func(ctx context.Context, a *steps.Attempt) *steps.Refusal {
		refusal := find(ctx, a)
		if refusal != nil && refusal.Undecided {
			a.Keys = a.Keys[:0]
			return nil
		}
		return refusal
	}
	s.Order[steps.CheckSignature-1] = func(ctx context.Context, a *steps.Attempt) *steps.Refusal {
		if len(a.Keys) == 0 {
			return nil
		}
		return verify(ctx, a)
	}
}

// halfAKeySet takes the keys that came before the key set broke off.
func halfAKeySet(s *steps.Steps) {
	body, document := s.Fetching.Body, s.Fetching.Document
	s.Fetching.Body = func(reply io.Reader, most int64) ([]byte, error) {
		text, err := body(reply, most)
		if errors.Is(err, io.ErrUnexpectedEOF) {
			err = nil
		}
		return text, err
	}
	s.Fetching.Document = func(text string) ([]string, error) {
		keys, err := document(text)
		if err == nil {
			return keys, nil
		}
		if whole := strings.LastIndexByte(text, '}'); whole >= 0 {
			return document(text[:whole+1] + "]}")
		}
		return nil, err
	}
}

// guessesEncoding reads UTF-16 where it looks like it.
func guessesEncoding(s *steps.Steps) {
	document := s.Fetching.Document
	s.Fetching.Document = func(text string) ([]string, error) { return document(guessed(text)) }
}

// guessed is text that looks like UTF-16, read as such.
func guessed(text string) string {
	var order binary.ByteOrder
	switch {
	case strings.HasPrefix(text, "\xff\xfe"), strings.HasPrefix(text, "{\x00"):
		order = binary.LittleEndian
	case strings.HasPrefix(text, "\xfe\xff"), strings.HasPrefix(text, "\x00{"):
		order = binary.BigEndian
	default:
		return text
	}
	units := make([]uint16, len(text)/2)
	for i := range units {
		units[i] = order.Uint16([]byte(text[2*i : 2*i+2]))
	}
	return strings.TrimPrefix(string(utf16.Decode(units)), "\ufeff")
}

// comparesAllKeys takes any number of keys, and looks for doubles among them
// by comparing each with all others, for every token.
func comparesAllKeys(s *steps.Steps) {
	choose := s.Choosing.Select
	s.Fetching.MaxKeys = math.MaxInt
	s.Choosing.Select = func(ctx context.Context, a *steps.Attempt, set *steps.KeySet) []*steps.Key {
		for i, key := range set.Keys {
			for _, other := range set.Keys[max(0, i-1_000):i] {
				if sha256.Sum256([]byte(key.Text)) == sha256.Sum256([]byte(other.Text)) {
					return nil
				}
			}
		}
		return choose(ctx, a, set)
	}
}

// atoms are the names that were ever read, in all validators of this kind.
var atoms = struct {
	sync.Mutex
	named map[string]struct{}
}{named: map[string]struct{}{}}

// internsNames keeps the name of every member that it ever read, as a runtime
// does that makes atoms of them.
func internsNames(s *steps.Steps) {
	document := s.Fetching.Document
	s.Fetching.Document = func(text string) ([]string, error) {
		if members, err := steps.ReadMembers(nil, text, jsontext.AllowDuplicateNames(true)); err == nil {
			atoms.Lock()
			defer atoms.Unlock()
			for _, m := range members {
				atoms.named[strings.Clone(m.Name)] = struct{}{}
			}
		}
		return document(text)
	}
}

// followsKeyAddress asks for the certificates and keys that a key names.
func followsKeyAddress(s *steps.Steps) {
	choose := s.Choosing.Select
	s.Choosing.Select = func(ctx context.Context, a *steps.Attempt, set *steps.KeySet) []*steps.Key {
		for _, key := range set.Keys {
			members, err := s.Reading.Object(nil, key.Text)
			if err != nil {
				continue
			}
			for _, m := range members {
				if address, ok := m.Value.Text(); ok && (m.Name == "x5u" || m.Name == "jku") {
					_, _ = a.Issuer.Keys.Get(ctx, address) // whatever comes of it
				}
			}
		}
		return choose(ctx, a, set)
	}
}

// pemByPattern looks for PEM in the keys as a pattern does that begins anew at
// every beginning.
func pemByPattern(s *steps.Steps) {
	choose := s.Choosing.Select
	s.Choosing.Select = func(ctx context.Context, a *steps.Attempt, set *steps.KeySet) []*steps.Key {
		for _, key := range set.Keys {
			if armoured(key.Text) {
				return nil
			}
		}
		return choose(ctx, a, set)
	}
}

func armoured(text string) bool {
	for i := range len(text) {
		if !strings.HasPrefix(text[i:], "-----BEGIN ") {
			continue
		}
		if rest := strings.Clone(text[i:]); strings.Contains(rest, "-----END ") {
			return true
		}
	}
	return false
}

// patient waits for a fetch a whole day.
func patient(time.Duration) time.Duration { return 24 * time.Hour }
