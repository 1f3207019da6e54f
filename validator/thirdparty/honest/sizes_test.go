package honest

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/rogueidp/rogueidp/mockidp"
)

// octets are how long each member of a public key is: RFC 7518 section 6.2.1
// for the coordinates of a curve, leading zeros and all; section 6.3.1 for an
// RSA key of 2048 bits, without any; RFC 8037 section 2 for Ed25519.
var octets = map[string]map[string]int{
	"RS256": {"n": 256, "e": 3}, "PS512": {"n": 256, "e": 3},
	"ES256": {"x": 32, "y": 32}, "ES384": {"x": 48, "y": 48}, "ES512": {"x": 66, "y": 66},
	"EdDSA": {"x": 32}, "Ed25519": {"x": 32},
}

// words are the members that name a kind of key.
var words = map[string]map[string]string{
	"RS256": {"kty": "RSA"}, "PS512": {"kty": "RSA"},
	"ES256": {"kty": "EC", "crv": "P-256"}, "ES384": {"kty": "EC", "crv": "P-384"}, "ES512": {"kty": "EC", "crv": "P-521"},
	"EdDSA": {"kty": "OKP", "crv": "Ed25519"}, "Ed25519": {"kty": "OKP", "crv": "Ed25519"},
}

// TestKeyMembersHaveTheRightLength looks at so many keys that some coordinates
// begin with a zero octet: every 256th on P-256 and P-384, every second on
// P-521.
func TestKeyMembersHaveTheRightLength(t *testing.T) {
	for alg, many := range map[string]int{"RS256": 2, "PS512": 2, "ES256": 800, "ES384": 400, "ES512": 40, "EdDSA": 400, "Ed25519": 40} {
		t.Run(alg, func(t *testing.T) {
			idp := mockidp.Start(t, mockidp.TenantConfig{Algs: []string{alg}})
			for range many {
				if _, err := idp.Publish(alg); err != nil {
					t.Fatal(err)
				}
			}
			raw := fetch(t, idp, idp.JWKSURI())
			var set struct{ Keys []map[string]any }
			if err := json.Unmarshal(raw, &set); err != nil || len(set.Keys) != many+1 {
				t.Fatalf("%d keys of %d: %v", len(set.Keys), many+1, err)
			}
			kids := map[string]bool{}
			for _, k := range set.Keys {
				kids[look(t, k, alg)] = true
			}
			if len(kids) != many+1 {
				t.Errorf("%d kids for %d keys", len(kids), many+1)
			}
			if alg == "Ed25519" {
				return // go-jose knows the key's algorithm as EdDSA only
			}
			var known jose.JSONWebKeySet
			if err := json.Unmarshal(raw, &known); err != nil {
				t.Errorf("go-jose: %v", err)
			}
		})
	}
}

// look finds every member of a key as it should be and no other, and returns
// its kid.
func look(t *testing.T, k map[string]any, alg string) string {
	t.Helper()
	want := map[string]string{"use": "sig", "alg": alg}
	maps.Copy(want, words[alg])
	for name, value := range k {
		text, isText := value.(string)
		long, isNumber := octets[alg][name]
		switch word, isWord := want[name]; {
		case !isText || text == "":
			t.Errorf("%s of a key for %s is %v", name, alg, value)
		case isNumber:
			number, err := base64.RawURLEncoding.Strict().DecodeString(text)
			if err != nil || len(number) != long {
				t.Errorf("%s of a key for %s has %d octets, not %d: %v", name, alg, len(number), long, err)
			}
			if name == "n" && number[0] < 0x80 || name == "e" && text != "AQAB" {
				t.Errorf("%s of an RSA key is %s", name, text)
			}
		case isWord && text != word:
			t.Errorf("%s of a key for %s is %q", name, alg, text)
		case !isWord && name != "kid":
			t.Errorf("a key for %s has a member %q", alg, name)
		}
	}
	if all := len(want) + len(octets[alg]) + 1; len(k) != all {
		t.Errorf("a key for %s has %d members, not %d: %v", alg, len(k), all, slices.Sorted(maps.Keys(k)))
	}
	kid, _ := k["kid"].(string)
	return kid
}

// TestThePlainProviderNamesItsKeys: one RSA key, one on P-256, and of both
// kid, use and alg.
func TestThePlainProviderNamesItsKeys(t *testing.T) {
	idp := mockidp.Start(t)
	var set struct{ Keys []map[string]any }
	if err := json.Unmarshal(fetch(t, idp, idp.JWKSURI()), &set); err != nil {
		t.Fatal(err)
	}
	if len(set.Keys) != 2 || set.Keys[0]["alg"] != "RS256" || set.Keys[1]["alg"] != "ES256" {
		t.Fatalf("the keys are %v", set.Keys)
	}
	if one, other := look(t, set.Keys[0], "RS256"), look(t, set.Keys[1], "ES256"); one == other {
		t.Errorf("both keys go by %q", one)
	}
}

// TestSignaturesHaveTheRightLength: RFC 7518 section 3.4 pads both numbers of
// an ECDSA signature with zeros, section 3.3 an RSA signature to the modulus.
func TestSignaturesHaveTheRightLength(t *testing.T) {
	long := map[string]int{
		"RS256": 256, "RS384": 256, "RS512": 256, "PS256": 256, "PS384": 256, "PS512": 256,
		"ES256": 64, "ES384": 96, "ES512": 132, "EdDSA": 64, "Ed25519": 64, "HS256": 32, "HS384": 48, "HS512": 64,
	}
	many := map[string]int{"ES256": 800, "ES384": 200, "ES512": 40}
	for _, alg := range mockidp.Algorithms() {
		t.Run(alg, func(t *testing.T) {
			idp := mockidp.Start(t, mockidp.TenantConfig{Algs: []string{alg}})
			for range max(2, many[alg]) {
				token := idp.Token(nonce)
				signature, err := base64.RawURLEncoding.Strict().DecodeString(token[strings.LastIndexByte(token, '.')+1:])
				if err != nil || len(signature) != long[alg] {
					t.Fatalf("%d octets, not %d: %v", len(signature), long[alg], err)
				}
			}
		})
	}
}

// TestTimesAreSeconds: RFC 7519 section 2 counts seconds since 1970, and a
// lifetime is what was configured, in seconds and not in what Go counts.
func TestTimesAreSeconds(t *testing.T) {
	plain := regexp.MustCompile(`^[1-9][0-9]{9}$`)
	for _, kind := range []mockidp.Kind{mockidp.IDToken, mockidp.BearerJWT, mockidp.AccessToken} {
		for configured, lifetime := range map[time.Duration]int64{0: 300, 90 * time.Minute: 5400, 24 * time.Hour: 86400} {
			idp := mockidp.Start(t, mockidp.TenantConfig{Algs: []string{"ES256"}, Kind: kind, Lifetime: configured})
			before := idp.Clock().Now().Unix()
			token := idp.Token(nonce)
			after := idp.Clock().Now().Unix()
			payload, err := base64.RawURLEncoding.Strict().DecodeString(strings.Split(token, ".")[1])
			if err != nil {
				t.Fatal(err)
			}
			var claims map[string]json.RawMessage
			if err := json.Unmarshal(payload, &claims); err != nil {
				t.Fatal(err)
			}
			times := map[string]int64{}
			for _, name := range []string{"iat", "exp"} {
				if !plain.Match(claims[name]) {
					t.Fatalf("%s of a %s is %s", name, kind, claims[name])
				}
				if times[name], err = strconv.ParseInt(string(claims[name]), 10, 64); err != nil {
					t.Fatal(err)
				}
			}
			if times["iat"] < before || times["iat"] > after {
				t.Errorf("iat of a %s is %d, between %d and %d", kind, times["iat"], before, after)
			}
			if got := times["exp"] - times["iat"]; got != lifetime {
				t.Errorf("a %s that should live %v lives %d seconds", kind, configured, got)
			}
		}
	}
}
