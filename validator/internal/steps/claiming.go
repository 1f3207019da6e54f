package steps

import (
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// trustedIssuer picks an issuer by its exact name. A validator that trusts
// one issuer needs no name to know whose keys count; iss is judged later.
func trustedIssuer(trusted []*Issuer, iss Value) *Issuer {
	if len(trusted) == 1 {
		return trusted[0]
	}
	name, _ := iss.Text()
	for _, issuer := range trusted {
		if issuer.Rules.Issuer == name {
			return issuer
		}
	}
	return nil
}

// sameText compares character by character, with no normalization of any
// kind (OpenID Connect Core, 3.1.3.7 item 2 and 14).
func sameText(want, got string) bool { return want == got }

// amongAudiences wants the recipient itself in aud (OpenID Connect Core,
// 3.1.3.7 item 3; RFC 7519, 4.1.3).
func amongAudiences(want string, got []string) bool { return slices.Contains(got, want) }

// extraAudience trusts only listed audiences beside a client (OpenID Connect
// Core, 3.1.3.7 item 3). An access token may be for several resources.
func extraAudience(r *Rules, other string) bool {
	return r.Kind != IDToken || slices.Contains(r.Trusted, other)
}

// authorizedParty wants an ID token that names an authorized party to name
// the client, or one that is trusted beside it (OpenID Connect Core, 3.1.3.7
// item 5). An ID token need not name one.
func authorizedParty(r *Rules, azp Value) error {
	if r.Kind != IDToken || !azp.Present() {
		return nil
	}
	party, ok := azp.Text()
	if !ok {
		return errors.New("azp is not a string")
	}
	if party != r.ClientID && !slices.Contains(r.Trusted, party) {
		return fmt.Errorf("azp is %s, not %q; add it to TrustedAudiences if it is trusted", excerpt(party), r.ClientID)
	}
	return nil
}

// expired refuses on and after exp (RFC 7519, 4.1.4).
func expired(now, exp time.Time, leeway time.Duration) bool { return !now.Before(exp.Add(leeway)) }

// reversed finds tokens that ended before they were issued.
func reversed(issued, exp time.Time) bool { return exp.Before(issued) }

// early refuses before nbf (RFC 7519, 4.1.5), and by the same measure before
// iat.
func early(now, from time.Time, leeway time.Duration) bool { return now.Add(leeway).Before(from) }

// sameNonce wants the nonce that was sent (OpenID Connect Core, 3.1.3.7 item
// 11). None was sent if the caller has an empty one.
func sameNonce(want string, got Value) bool {
	nonce, ok := got.Text()
	return ok && want != "" && subtle.ConstantTimeCompare([]byte(want), []byte(nonce)) == 1
}

// refuseUnsolicited refuses a nonce in an ID token where none was sent: it has
// to equal the one that was sent, and there is none (OpenID Connect Core, 2).
func refuseUnsolicited(kind Kind, got Value) error {
	if kind == IDToken && got.Present() {
		return errors.New("the token has a nonce; pass the one that was sent with WithNonce")
	}
	return nil
}

// plainSubject wants a name in sub: a string that is not blank, in an ID
// token of at most 255 characters (OpenID Connect Core, 2; RFC 9068, 2.2). A
// bearer JWT may leave it out.
func plainSubject(kind Kind, sub Value) error {
	const longest = 255
	if !sub.Present() && kind == BearerJWT {
		return nil
	}
	name, ok := sub.Text()
	switch {
	case !ok:
		return errors.New("the token has no sub that is a string")
	case strings.TrimSpace(name) == "":
		return errors.New("sub is blank")
	case kind == IDToken && len(name) > longest:
		return fmt.Errorf("sub has %d bytes, more than %d", len(name), longest)
	}
	return nil
}

// refuseEvents refuses security event tokens, the logout token above all, as
// ID tokens (OpenID Connect Back-Channel Logout, 2.4; RFC 8417, 4.5).
func refuseEvents(kind Kind, events Value) error {
	if kind == IDToken && events.Present() {
		return errors.New("the token tells of events, as a logout token does; it is no ID token")
	}
	return nil
}

// hashOf compares the left half of the hash that goes with the algorithm
// (OpenID Connect Core, 3.1.3.6 and 3.3.2.11).
func hashOf(alg *Algorithm, of string, got Value) bool {
	text, ok := got.Text()
	whole := digest(alg.Hash, []byte(of)).bytes()
	want := base64.RawURLEncoding.EncodeToString(whole[:len(whole)/2])
	return ok && subtle.ConstantTimeCompare([]byte(want), []byte(text)) == 1
}

// loginAge wants the sign-in to be recent (OpenID Connect Core, 3.1.3.7 item
// 13) and not in the future.
func loginAge(now, at time.Time, most, leeway time.Duration) error {
	if early(now, at, leeway) {
		return fmt.Errorf("auth_time %s is in the future", stamp(at))
	}
	if now.Sub(at) > most+leeway {
		return fmt.Errorf("the user signed in at %s, longer ago than %v; ask for a new sign-in", stamp(at), most)
	}
	return nil
}

// contextAmong wants one of the contexts that were asked for, spelled exactly
// so (OpenID Connect Core, 3.1.3.7 item 12).
func contextAmong(want []string, acr Value) bool {
	text, ok := acr.Text()
	return ok && slices.Contains(want, text)
}

// requiredClaims are those of RFC 9068, section 2.2, that no other check asks
// for.
func requiredClaims(kind Kind) []string {
	if kind == AccessToken {
		return accessTokenClaims
	}
	return nil
}

var accessTokenClaims = []string{"client_id", "jti"}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
