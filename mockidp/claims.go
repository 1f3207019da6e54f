package mockidp

import (
	"strings"
	"time"

	"github.com/rogueidp/rogueidp/mockidp/fault"
)

// claims is the honest claims set. The subject stands last, so that two tokens
// about two users can begin alike.
func (t *Tenant) claims(r Request, now time.Time) fault.Object {
	var set fault.Object
	if r.Like != nil {
		set = r.Like.Set.Clone()
	} else {
		set = t.framing(r, now)
	}
	if r.Nonce != "" && (r.Kind != "" || t.cfg.Kind == IDToken) {
		set.Set("nonce", fault.Text(r.Nonce))
	}
	if r.Kind == "" || t.cfg.Kind == IDToken && isIDToken(r.Kind) || t.cfg.Kind != IDToken && r.Kind == "access-token" {
		for _, claim := range t.cfg.Claims {
			set.Set(claim.Name, claim.Value)
		}
	}
	for _, claim := range r.Claims {
		set.Set(claim.Name, claim.Value)
	}
	if _, given := set.Get("sub"); !given && r.Kind != "userinfo" || r.Subject != "" {
		set.Drop("sub")
		set = append(set, fault.Member{Name: "sub", Value: fault.Text(or(r.Subject, subject))})
	}
	return set
}

// logoutLife is how long a logout token lives (OpenID Connect Back-Channel
// Logout, 2.4, recommends two minutes at most).
const logoutLife = 2 * time.Minute

// framing is the claims that are not about the user.
func (t *Tenant) framing(r Request, now time.Time) fault.Object {
	life := t.cfg.Lifetime
	if r.Kind == "logout-token" {
		life = min(life, logoutLife)
	}
	set := append(make(fault.Object, 0, 16),
		fault.Member{Name: "iss", Value: fault.Text(t.issuer)},
		fault.Member{Name: "aud", Value: fault.Text(t.cfg.ClientID)},
		fault.Member{Name: "iat", Value: number(now.Unix())},
		fault.Member{Name: "exp", Value: number(now.Add(life).Unix())},
		fault.Member{Name: "jti", Value: fault.JSON(`"` + t.chance.text() + `"`)},
		fault.Member{Name: fault.MarkClaim, Value: "true"},
	)
	if r.Kind == "access-token" || r.Kind == "" && t.cfg.Kind == AccessToken {
		// RFC 9068 section 2.2
		set = append(set, fault.Member{Name: "client_id", Value: fault.Text(t.cfg.ClientID)})
	}
	return set
}

// isIDToken tells whether a kind is one of ID tokens, or none is named.
func isIDToken(kind string) bool { return kind == "" || strings.HasSuffix(kind, "id-token") }

// header is the honest header. What depends on the signature is filled in when
// that is settled.
func (t *Tenant) header(kind string) fault.Object {
	typ := "JWT"
	switch {
	case t.cfg.Typ != "" && (kind == "" || t.cfg.Kind == IDToken && isIDToken(kind)):
		typ = t.cfg.Typ
	case kind == "access-token", kind == "" && t.cfg.Kind == AccessToken:
		typ = "at+jwt" // RFC 9068 section 2.1
	case kind == "logout-token":
		typ = "logout+jwt" // OpenID Connect Back-Channel Logout, 2.4
	}
	return append(make(fault.Object, 0, 6),
		fault.Member{Name: "alg", Value: algHere},
		fault.Member{Name: "kid", Value: kidHere},
		fault.Member{Name: "typ", Value: fault.Text(typ)},
	)
}
