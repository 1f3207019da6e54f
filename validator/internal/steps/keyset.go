package steps

import (
	"context"
	"errors"
	"time"
)

// A KeySet is what one fetch brought, vetted and sorted. It never changes.
type KeySet struct {
	Keys  []*Key
	byKid map[string][]*Key
	// odd holds why keys were passed over, by their kid.
	odd map[string]error

	// Fetched is when the fetch began; the others are when the set is to be
	// refreshed in the background, when it is no longer fresh, and when it
	// must not be used any more. A static set has none of them.
	Fetched, Ahead, Expires, Dead time.Time
}

// named lists the keys of a kid.
func (set *KeySet) named(kid string) []*Key { return set.byKid[kid] }

// ReadKeySet reads a key set document. A key that cannot be used is passed
// over (RFC 7517, 5). A key that stands in the previous set in the same words
// is taken over from there, because vetting an RSA key takes milliseconds; ctx
// bounds how many of them.
func (s *Steps) ReadKeySet(ctx context.Context, text string, previous *KeySet) (*KeySet, error) {
	texts, err := s.Fetching.Document(text)
	if err != nil {
		return nil, badKeySet("the key set cannot be read: %w", err)
	}
	if len(texts) > s.Fetching.MaxKeys {
		return nil, badKeySet("the key set has %d keys, more than %d", len(texts), s.Fetching.MaxKeys)
	}
	set := &KeySet{byKid: make(map[string][]*Key, len(texts))}
	for _, text := range texts {
		if err := ctx.Err(); err != nil {
			return nil, badKeySet("vetting the keys takes too long: %w", err)
		}
		key, err := s.keyOnce(text, previous)
		if err == nil {
			set.add(key)
			continue
		}
		if err := s.Fetching.Odd(err); err != nil {
			return nil, badKeySet("the key set has a key that cannot be used: %w", err)
		}
		set.note(s, text, err)
	}
	if err := s.Fetching.Usable(set); err != nil {
		return nil, badKeySet("%w", err)
	}
	return set, nil
}

func (set *KeySet) add(key *Key) {
	set.Keys = append(set.Keys, key)
	if key.Named {
		set.byKid[key.ID] = append(set.byKid[key.ID], key)
	}
}

// note remembers why a key was passed over, for the error that a token signed
// by it gets.
func (set *KeySet) note(s *Steps, text string, why error) {
	members, err := s.Reading.Object(nil, text)
	if err != nil {
		return
	}
	if kid, ok := (&JWK{Members: members}).Member("kid").Text(); ok {
		if set.odd == nil {
			set.odd = make(map[string]error)
		}
		set.odd[kid] = why
	}
}

func (s *Steps) keyOnce(text string, previous *KeySet) (*Key, error) {
	if previous != nil {
		for _, key := range previous.Keys {
			if key.Text == text {
				return key, nil
			}
		}
	}
	return s.Key(text)
}

// readDocument takes the one shape that a key set has: an object whose member
// keys is an array (RFC 7517, 5.1).
func readDocument(text string) ([]string, error) {
	members, err := readShallow(nil, text)
	if err != nil {
		return nil, err
	}
	for _, m := range members {
		if m.Name != "keys" {
			continue
		}
		values, err := readArray(nil, string(m.Value))
		if err != nil {
			return nil, err
		}
		texts := make([]string, len(values))
		for i, v := range values {
			texts[i] = string(v)
		}
		return texts, nil
	}
	return nil, errors.New("it has no member keys")
}

// passOver leaves an odd key out (RFC 7517, 5).
func passOver(error) error { return nil }

// requireKeys refuses a set without a usable key: it says nothing about which
// signatures are good, so the set before it is the better one.
func requireKeys(set *KeySet) error {
	if len(set.Keys) == 0 {
		return errors.New("the key set holds no key that can be used; publish one at the provider")
	}
	return nil
}

// selectKeys lists the keys that the token may have been signed with: those
// of its kid, compared character by character, or all of them if it names
// none; and of these the ones that fit the algorithm (RFC 7515, appendix D).
func selectKeys(_ context.Context, a *Attempt, set *KeySet) []*Key {
	candidates := set.Keys
	if a.Named {
		candidates = set.named(a.Kid)
	}
	chosen := a.Keys[:0]
	for _, key := range candidates {
		if a.Steps.Choosing.Fits(key, a.Algorithm) {
			chosen = append(chosen, key)
		}
	}
	if len(chosen) > a.Steps.Choosing.MaxTrials {
		return nil
	}
	return chosen
}

// missing says why a set has no key for the attempt.
func (set *KeySet) missing(a *Attempt) *Refusal {
	switch {
	case !a.Named:
		return refusef(CheckKey, CodeKey,
			"the token names no kid, and the keys that fit %s are none or too many", a.Algorithm.Name)
	case set.odd[a.Kid] != nil:
		return refusef(CheckKey, CodeKey, "the key %s cannot be used: %w", excerpt(a.Kid), set.odd[a.Kid])
	case len(set.named(a.Kid)) > 0:
		return refusef(CheckKey, CodeKey, "the key %s is not for %s", excerpt(a.Kid), a.Algorithm.Name)
	}
	return refusef(CheckKey, CodeKid, "the issuer has no key %s", excerpt(a.Kid))
}

// Only is the set without the keys that are not to be kept. The reference
// keeps all that it vetted.
func (set *KeySet) Only(keep func(k *Key) bool) *KeySet {
	some := *set
	some.byKid = make(map[string][]*Key)
	some.Keys = nil
	for _, key := range set.Keys {
		if keep(key) {
			some.add(key)
		}
	}
	return &some
}

// With is the set with the keys of another that it lacks. The reference never
// merges sets.
func (set *KeySet) With(other *KeySet) *KeySet {
	both := *set
	both.byKid = make(map[string][]*Key)
	both.Keys = nil
	for _, key := range set.Keys {
		both.add(key)
	}
	if other == nil {
		return &both
	}
	for _, key := range other.Keys {
		if !set.holds(key) {
			both.add(key)
		}
	}
	return &both
}
