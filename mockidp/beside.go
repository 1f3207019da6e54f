package mockidp

import (
	"crypto"
	"encoding/base64"
	"time"

	"github.com/rogueidp/rogueidp/mockidp/fault"
)

// Beside is what leaves the provider together with an ID token, or what the
// request for it asked for. The token speaks of whatever is not empty.
type Beside struct {
	AccessToken string // at_hash (OpenID Connect Core, 3.1.3.6)
	Code        string // c_hash (OpenID Connect Core, 3.3.2.11)
	State       string // s_hash (FAPI 1.0, part 2)
	ACR         string // the authentication context that was asked for, and met
	SignedIn    bool   // auth_time: max_age was sent, and the user signed in just now
}

// hashed says which claim is the hash of which text.
func (b Beside) hashed() map[string]string {
	if b.AccessToken == "" && b.Code == "" && b.State == "" {
		return nil
	}
	texts := map[string]string{}
	for claim, text := range map[string]string{"at_hash": b.AccessToken, "c_hash": b.Code, "s_hash": b.State} {
		if text != "" {
			texts[claim] = text
		}
	}
	return texts
}

// tell writes the claims about what is beside a token signed with alg, before
// the subject, which stays last.
func (b Beside) tell(set fault.Object, alg string, now time.Time) fault.Object {
	if b == (Beside{}) {
		return set
	}
	sub, named := set.Get("sub")
	set.Drop("sub")
	texts := b.hashed()
	for _, claim := range []string{"at_hash", "c_hash", "s_hash"} {
		if text, ok := texts[claim]; ok {
			set.Set(claim, fault.Text(halfHash(alg, text)))
		}
	}
	if b.ACR != "" {
		set.Set("acr", fault.Text(b.ACR))
	}
	if b.SignedIn {
		set.Set("auth_time", number(now.Unix()))
	}
	if named {
		set.Set("sub", sub)
	}
	return set
}

// halfHash is the left half of the hash that belongs to an algorithm. EdDSA
// takes that of its curve, SHA-512 for Ed25519 (OpenID Token Hash Algorithm
// Implementer's Guide, 2).
func halfHash(alg, text string) string {
	hash := crypto.SHA512
	if a, ok := algorithmOf(alg); ok && a.hash != 0 {
		hash = a.hash
	}
	h := hash.New()
	h.Write([]byte(text))
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:hash.Size()/2])
}
