package scenarios

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"slices"
	"testing"
)

// judgedOtherwise are fields in which building a row showed that the first
// judgement was wrong, with the reason.
var judgedOtherwise = map[string]string{
	"time.iat-missing level":                "no text tells a client to want iat, so it is practice",
	"key.alg-absent level":                  "no text tells a verifier to bear a key without alg, so it is practice",
	"parse.baseline-rs256 alg":              "the row is about RS256 and no other algorithm of RSA keys",
	"alg.not-in-allowlist alg":              "RS256 is what is configured",
	"alg.hs-client-secret-unnegotiated alg": "RS256 is what is configured",
	"key.alg-mismatch alg":                  "the token is RS256",
	"key.allowlist-bypass-jwk alg":          "the token says RS256",
	"key.rsa-small alg":                     "odd keys sign by RSASSA-PKCS1-v1_5 only",
	"key.rsa-e1 alg":                        "odd keys sign by RSASSA-PKCS1-v1_5 only",
	"key.rsa-n-degenerate alg":              "odd keys sign by RSASSA-PKCS1-v1_5 only",
	"signature.rs-pkcs1-ber alg":            "only RSASSA-PKCS1-v1_5 has this encoding",
	"signature.rs-bleichenbacher06 alg":     "only RSASSA-PKCS1-v1_5 has this encoding",
	"alg.header-lies alg":                   "each case has its own",
	"key.kty-mismatch cases":                "",
	"time.nbf-string-future profiles":       "",
	"signature.rs-pkcs1-ber cases":          "",
	"alg.none-case cases":                   "the plain spelling is alg.none-empty-sig",
	"signature.es-edge cases":               "",
	"header.jku-ssrf cases":                 "",
	"cache.cold-outage cases":               "an outage has more than one face",
	"keyset.redirect-downgrade needs":       "a target without custom-ca is served over http, where nothing can be downgraded",
	"parse.type-fuzz oracle":                "a crash is blamed on its token wherever it happens, and a hundred processes cost more than they show",
	"rotation.prepublish oracle":            "that nothing is fetched stands in the journal",
	"rotation.alg-change alg":               "it rotates away from RS256",
	"cache.goroutine-leak cases":            "the other is cache.day-of-refreshes, which needs a clock",
	"cache.jwksuri-moved oracle":            "the new key stands at the new address alone, so the verdict says whether it was followed",
	"alg.ok-matrix start":                   "what makes a start warm is the very token that it is about",
	"alg.ok-hs256-client-secret start":      "what makes a start warm is the very token that it is about",
	"audience.special-client-id start":      "what makes a start warm is the very token that it is about",
	"time.expires-during-fetch start":       "some fetch when they are told to trust; a rotated key makes all of them fetch",
	"time.expires-during-fetch needs":       "the keys are fetched again, while another token is shown",
	"hash.at-hash-wrong twin":               "what is refused beside a wrong at_hash must be accepted beside the right one",
	"hash.at-hash-missing-code twin":        "as hash.at-hash-wrong",
	"hash.at-hash-wrong-form twin":          "as hash.at-hash-wrong",
	"hash.at-hash-alg-unknown twin":         "as hash.at-hash-wrong",
	"hash.at-hash-alg-unknown alg":          "the alg that nobody knows is told beside one that signs",
	"hash.c-hash-wrong twin":                "what is refused beside a wrong c_hash must be accepted beside the right one",
	"hash.c-hash-missing twin":              "as hash.c-hash-wrong",
	"hash.s-hash twin":                      "as hash.c-hash-wrong",
	"time.auth-time-missing twin":           "what is refused with an older sign-in must be accepted with a recent one",
	"time.auth-time-old twin":               "as time.auth-time-missing",
	"time.auth-time-odd twin":               "as time.auth-time-missing",
	"claims.acr-not-met twin":               "what is refused with a weaker context must be accepted with the right one",
	"signature.es-wrong-len alg":            "the lengths are those of ES256",
	"signature.hmac-forms alg":              "HS256 is what is agreed on",
	"signature.eddsa-malleable cases":       "points of small order, and of another spelling, are not excluded by RFC 8032",
	"key.rsa-e-odd alg":                     "odd keys sign by RSASSA-PKCS1-v1_5 only",
	"hash.at-hash-missing-code level":       "the clause is a MAY",
	"hash.c-hash-missing level":             "c_hash is the provider's duty, and no text binds the client",
	"claims.sub-missing level":              "sub is the provider's duty, and no text binds the client",
	"claims.sub-type level":                 "as claims.sub-missing",
	"claims.sub-255 level":                  "as claims.sub-missing",
	"header.kid-type level":                 "no text binds who verifies",
	"kid.absent-single level":               "no text binds who verifies",
	"kid.dup-diff-kty level":                "no text binds who verifies",
	"keyset.case-members level":             "the set is the provider's own, and folding gives nothing to an attacker",
	"network.tls-bad cases":                 "the token endpoint has no connections of its own, and a user agent would meet bad ones first",
	"login.state-reuse oracle":              "who is signed in already sees a page for the signed-in, whatever became of the answer",
	"login.code-replay oracle":              "an honest provider takes no code twice, so that only its journal shows that it was tried",
	"login.iss-wrong level":                 "it is asked of those alone who are known to follow RFC 9207, whose MUST it is",
	"login.iss-missing level":               "as login.iss-wrong",
	"login.iss-near-miss level":             "as login.iss-wrong",
	"login.iss-unadvertised start":          "the metadata have to say it before the client reads them",
	"encryption.rsa15-with-oaep-key cases":  "the others are of key sizes that no client here has",
	"encryption.ecdh-invalid-curve alg":     "the curve is that of the encryption, whatever signs",
	"resource.scheme needs":                 "its why says that it is for an HTTP channel only, and this is the word for one",
	"resource.multi-credentials needs":      "as resource.scheme",
	"resource.token-in-query needs":         "as resource.scheme",
	"resource.status needs":                 "as resource.scheme",
	"resource.route-bypass needs":           "as resource.scheme",
}

// notBuilt are core rows that are not there, with the reason.
var notBuilt = map[string]string{
	"encryption.cbc-aad-overflow": "a length overflows at 256 MiB of header, which no run can afford",
	"discovery.webfinger":         "no target says where a user types an identifier, and the provider answers no WebFinger",
}

// notYet are rows that wait for something, with what that is.
var notYet = map[string]string{
	"key.rsa-huge":           "a modulus of 64 Ki bits takes too long to make",
	"key.rsa-roca":           "primes of that form",
	"key.ec-coord-length":    "a point whose coordinate begins with a zero",
	"key.okp-bad":            "signatures by a point of small order",
	"key.hs-too-short":       "a tenant with a client secret of a chosen length",
	"key.oct-wrong-alg":      "verify-jws, which no act sends yet",
	"key.x5c-mismatch":       "a certificate in a JWK",
	"signature.rs-hash-swap": "a DigestInfo of SHA-1 with its digest; that of SHA-512 is alg.header-lies",
	"signature.ps-params":    "PSS encodings that are bent",
}

// TestTheCatalogueIsWhole holds our rows against the list of what must be
// covered, where that list is at hand.
func TestTheCatalogueIsWhole(t *testing.T) {
	raw, err := os.ReadFile("../../shared/catalogue/scenarios.json")
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("not run: ../shared/catalogue is not here")
	}
	if err != nil {
		t.Fatal(err)
	}
	var list struct {
		Scenarios []struct {
			ID, Family, Level, Severity, Start, Hazard, Alg, Oracle, Twin string
			Check, Cases                                                  int
			Core                                                          bool
			Profiles, Needs                                               []string
		}
	}
	if err := json.Unmarshal(raw, &list); err != nil {
		t.Fatal(err)
	}
	families := Families()
	whole := []string{"parse", "alg", "header", "kid", "key", "signature", "issuer", "audience", "time", "nonce", "type", "encryption", "login", "token-endpoint", "userinfo", "logout"}
	// Of these every row is there, and every row of a login whatever its family.
	entire := []string{"key", "signature", "hash", "claims", "header", "kid", "type", "nonce", "login", "token-endpoint", "userinfo", "logout", "resource"}
	for _, want := range list.Scenarios {
		got, err := Find(want.ID)
		if err != nil && notBuilt[want.ID] != "" {
			continue
		}
		if err != nil {
			flow := slices.Contains(want.Needs, "login")
			if _, later := notYet[want.ID]; !later && (flow || slices.Contains(entire, want.Family)) && want.Oracle != "manual" {
				t.Errorf("%s is missing, and nobody says why", want.ID)
			}
			clocked := slices.Contains(want.Needs, "clock")
			if want.Core && want.Oracle != "manual" && (slices.Contains(whole, want.Family) || slices.Contains(families, want.Family) && !clocked) {
				t.Errorf("%s is missing", want.ID)
			}
			continue
		}
		if notYet[want.ID] != "" {
			t.Errorf("%s is there and still waits for %s", want.ID, notYet[want.ID])
		}
		differ := func(field string, ours, theirs any) {
			if _, known := judgedOtherwise[want.ID+" "+field]; !known && !equal(ours, theirs) {
				t.Errorf("%s: %s is %v, the list says %v", want.ID, field, ours, theirs)
			}
		}
		differ("check", int(got.Check), want.Check)
		differ("level", string(got.Level), want.Level)
		differ("severity", string(got.Severity), want.Severity)
		differ("start", string(got.Start), want.Start)
		differ("hazard", string(got.Hazard), want.Hazard)
		differ("oracle", string(got.Oracle), want.Oracle)
		differ("twin", got.Twin, want.Twin)
		differ("core", !got.Extended, want.Core)
		differ("needs", words(inTheWordsOfTheList(got)), want.Needs)
		differ("profiles", words(got.Profiles), want.Profiles)
		alg := got.Alg
		if alg == "" {
			alg = "any"
		}
		if want.Cases == 1 || len(got.Cases) == 0 {
			differ("alg", alg, want.Alg)
		}
		if n := len(got.Played()); n < want.Cases {
			differ("cases", n, want.Cases)
		}
	}
}

// inTheWordsOfTheList are what a row needs, without what a relying party has to
// be able to do for it: for that the list has no words.
func inTheWordsOfTheList(s Scenario) []Capability {
	if !slices.Equal(s.Profiles, relyingParties) {
		return s.Needs
	}
	beyond := []Capability{
		"nonce", "state", "pkce", "iss-parameter", "userinfo", "signed-userinfo", "refresh", "form-post", "hybrid", "implicit",
		"home", "renew", "logout", "initiate", "return-to", "backchannel", "frontlogout",
	}
	return slices.DeleteFunc(slices.Clone(s.Needs), func(c Capability) bool { return slices.Contains(beyond, c) })
}

func words[T ~string](list []T) []string {
	out := []string{}
	for _, w := range list {
		out = append(out, string(w))
	}
	return out
}

func equal(a, b any) bool {
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	return string(x) == string(y)
}
