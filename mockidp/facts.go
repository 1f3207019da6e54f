package mockidp

import (
	"net/url"
	"strings"
)

// Facts that hold where nobody says otherwise, as the catalogue has them.
var plainFacts = map[string]string{
	"leeway": "5m0s", "leeway.exp": "5m0s", "leeway.nbf": "5m0s", "leeway.iat": "5m0s",
	"cooldown": "30s", "ttl": "10m0s", "timeout": "10s", "budget": "3", "exposure": "24h0m0s",
}

// SetFact fills a placeholder from now on.
func (t *Tenant) SetFact(name, value string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.facts[name] = value
	t.changed()
}

// Fact fills a placeholder, except those of a single token.
func (t *Tenant) Fact(name string) (string, bool) {
	if base, variant, _ := strings.Cut(name, "."); base == "mirror" {
		return t.mirrored(variant)
	}
	switch name {
	case "issuer":
		return t.issuer, true
	case "client_id":
		return t.cfg.ClientID, true
	case "kid":
		kid := t.KID()
		return kid, kid != ""
	case "host":
		u, err := url.Parse(t.issuer)
		return u.Host, err == nil
	case "subject":
		return subject, true
	case "random":
		return t.chance.word(), true
	}
	t.mu.RLock()
	defer t.mu.RUnlock()
	value, ok := t.facts[name]
	return value, ok
}
