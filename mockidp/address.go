package mockidp

import (
	"net/url"
	"strings"

	"github.com/rogueidp/rogueidp/mockidp/fault"
)

// JWKSURI is where the key set is.
func (t *Tenant) JWKSURI() string {
	if t.moved.Load() {
		return t.keysUnder() + *t.away.Load()
	}
	return t.homeURI()
}

// homeURI is where the key set is unless it moved.
func (t *Tenant) homeURI() string {
	if t.cfg.SharedPath {
		base := t.provider.base()
		if other := t.keysBase.Load(); other != nil {
			base = *other
		}
		return base + sharedKeys + "?tenant=" + url.QueryEscape(t.Name())
	}
	return t.keysUnder() + "/jwks"
}

// keysUnder is what the addresses of key sets begin with.
func (t *Tenant) keysUnder() string {
	if base := t.keysBase.Load(); base != nil {
		return *base + t.path
	}
	return strings.TrimSuffix(t.issuer, "/")
}

// sharedKeys is where tenants with a shared path publish their keys.
const sharedKeys = "/keys"

// movesKeySet tells whether a fault takes the key set elsewhere.
func movesKeySet(f fault.Fault) bool {
	_, moves := fault.Inmost(f).(fault.MoveKeySet)
	return moves
}
