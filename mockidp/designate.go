package mockidp

import (
	"fmt"
	"slices"
	"strings"
)

// stranger tells whether a key by this word is not the issuer's own. The weak
// and the second keys are: they count once they are published.
func stranger(word string) bool { return word == "attacker" || word == "other" }

// designated finds the key that a word of [fault.Keys] names, for alg. Keys
// that are not the tenant's own are made when first named. It is nil without
// an error for a tenant whose active key is wanted and missing.
func (t *Tenant) designated(word, alg string) (*key, error) {
	switch word {
	case "", "active":
		t.mu.RLock()
		defer t.mu.RUnlock()
		return t.active(alg), nil
	case "previous":
		// A key that came and went unseen is made only now.
		t.mu.Lock()
		defer t.mu.Unlock()
		a, _ := algorithmOf(alg)
		var previous *key
		for _, k := range t.keys {
			if (k.State == Retired || k.State == Removed) && k.kind == a.kind && (previous == nil || !k.Since.Before(previous.Since)) {
				previous = k
			}
		}
		if previous == nil {
			return nil, fmt.Errorf("tenant %s has no previous key for %s; rotate first", t.Name(), alg)
		}
		return previous, previous.furnish()
	}
	k, keyAlg, err := kindNamed(word, alg)
	if err != nil {
		return nil, err
	}
	t.verbs.Lock()
	defer t.verbs.Unlock()
	name := word + " " + string(k)
	t.mu.RLock()
	known := t.named[name]
	t.mu.RUnlock()
	if known != nil {
		return known, nil
	}
	m, err := t.ring.take(k)
	if err != nil {
		return nil, err
	}
	made := &key{Key: Key{KID: t.chance.kid(), Alg: keyAlg, State: Pending, Since: t.clock.Now()}, kind: k, material: m}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.named[name] = made
	return made, nil
}

// kindNamed is what a named key is made of, and the alg that its JWK claims.
func kindNamed(word, alg string) (kind, string, error) {
	switch word {
	case "attacker", "other":
		a, ok := algorithmOf(alg)
		if !ok {
			return "", "", fmt.Errorf("no key can be made for alg %q", alg)
		}
		return a.kind, a.name, nil
	case "rsa":
		return kindRSA, "RS256", nil
	case "rsa-encryption":
		return kindRSA, "RSA-OAEP", nil
	case "ec":
		return kindP256, "ES256", nil
	case "ec-encryption":
		return kindP256, "ECDH-ES", nil
	case "p-256", "p-384", "p-521":
		// For the algorithm of the token, whatever curve that has.
		return map[string]kind{"p-256": kindP256, "p-384": kindP384, "p-521": kindP521}[word], alg, nil
	case "okp":
		return kindEd25519, "EdDSA", nil
	case "oct":
		return kindOct, "HS256", nil
	case "es256k":
		return "es256k", "ES256K", nil
	}
	if strings.HasPrefix(word, "rsa-") {
		if slices.Contains([]string{"RS256", "RS384", "RS512"}, alg) {
			return kind(word), alg, nil
		}
		return kind(word), "RS256", nil
	}
	return "", "", fmt.Errorf("no key is called %q", word)
}
