package mutants

import (
	"context"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/rogueidp/rogueidp/validator/internal/steps"
)

// table is every mutant, in the order of the checks. Longer weakenings are
// functions of the files beside this one.
var table = []Mutant{
	{"lenient-base64", "decodes whatever looks like base64 and passes over the rest", "parse", lenientBase64},
	{"trims-token", "takes white space and a scheme off the token", "parse", trimsToken},
	{"extra-segments", "reads the first three parts of any number", "parse", extraSegments},
	{"first-duplicate-wins", "takes the first of two members of one name", "parse", firstDuplicateWins},
	{"case-folding-json", "takes SUB for sub", "parse", caseFoldingJSON},
	{"crashes-on-odd-parts", "falls over when a part is missing or no object", "parse", crashesOnOddParts},
	{"asserts-types", "falls over when alg or sub is no string", "parse", assertsTypes},
	{"lenient-json", "reads whatever resembles JSON", "parse", lenientJSON},
	{"guesses-token-encoding", "reads claims in UTF-16 and UTF-32", "parse", guessesTokenEncoding},
	{"json-by-pattern", "reads JSON with a pattern that knows neither white space nor escapes nor depth", "parse", jsonByPattern},
	{"endless-times", "takes a time that is too large for one that never comes", "parse", endlessTimes},
	{"verifies-reencoded", "verifies the payload as it would have written it", "parse", verifiesReencoded},
	{"decodes-percent", "undoes percent-encoding of the token", "parse", decodesPercent},
	{"cuts-at-nul", "cuts a subject off at a NUL", "parse", cutsAtNul},
	{"merges-prototypes", "lets a token give members to all that come after it", "parse", mergesPrototypes},
	{"remembers-refusal", "refuses the token that comes after a bad one", "parse", remembersRefusal},
	{"reads-any-size", "makes a list of the characters of a token, however many they are", "parse", readsAnySize},
	{"splits-everywhere", "takes a token apart at all full stops before it counts them", "parse", splitsEverywhere},
	{"recurses-tokens", "falls over when a token nests deeper than its stack", "parse", recursesTokens},
	{"reads-both-forms", "verifies the JSON serialization and reads the compact one in the same text", "parse", readsBothForms},
	{"falls-over-five", "decrypts a token of five parts without a key, and falls over", "parse", fallsOverFive},

	{"accepts-none", "accepts alg none", "alg", acceptsNone},
	{"blocks-none", "forbids none, and verifies nothing for algorithms that it does not know", "alg", blocksNone},
	{"defaults-alg", "takes its own algorithm where the header names none", "alg", defaultsAlg},
	{"decodes-secret", "takes the client secret for base64url", "alg", decodesSecret},
	{"alg-case-fold", "takes rs256 for RS256", "alg", algCaseFold},
	{"alg-from-header", "lets the header choose the algorithm, and keys an HMAC with the PEM of the public key", "alg", algFromHeader},
	{"ignores-key-alg", "uses a key for another algorithm than its own", "key", func(s *steps.Steps) { s.Vetting.Algorithm = noKeyAlgorithm }},
	{"widens-by-metadata", "accepts the algorithms that the metadata advertise", "alg", func(s *steps.Steps) { s.Fetching.Advertised = widened }},
	{"none-in-other-case", "forbids none and accepts nOnE", "alg", noneInOtherCase},
	{"none-in-two-parts", "takes a token without a third part for one that needs no signature", "alg", noneInTwoParts},
	{"any-alg-of-key", "verifies by whatever algorithm the type of the key allows", "alg", anyAlgOfKey},
	{"hmac-with-pkcs1", "keys an HMAC with the public key in PKCS #1 PEM", "alg", confuses(inPKCS1)},
	{"hmac-with-der", "keys an HMAC with the public key in DER", "alg", confuses(inDER)},
	{"hmac-with-guarded-pem", "looks at the first letters of a secret to see that it is no PEM", "alg", confuses(inGuardedPEM)},
	{"hmac-with-ssh", "keys an HMAC with the public key in OpenSSH form", "alg", confuses(inSSH)},
	{"hmac-with-jwk", "keys an HMAC with the text of the JWK", "alg", confuses(inJSON)},
	{"hmac-with-member", "keys an HMAC with a member of the JWK", "alg", confuses(inMember)},
	{"missing-secret-is-empty", "verifies an HMAC with an empty secret where it has none", "alg", missingSecret},
	{"always-client-secret", "verifies an HMAC with the client secret though nobody agreed on one", "alg", alwaysClientSecret},
	{"published-secret", "verifies an HMAC with a symmetric key that anybody can fetch", "alg", publishedSecret},
	{"default-secret", "verifies an HMAC with the secret of its documentation", "alg", defaultSecret},

	{"ignores-crit", "overlooks extensions that must be understood", "header", func(s *steps.Steps) { s.Heading.Critical = anyHeader }},
	{"ignores-typ", "takes one kind of token for another", "header", func(s *steps.Steps) { s.Heading.Type = anyType }},
	{"trusts-embedded-jwk", "believes the key in the header", "header", trustsEmbeddedJWK},
	{"follows-jku", "fetches keys from where the header says", "header", followsJKU},
	{"kid-as-path", "reads the key from the file that kid names", "header", kidAsPath},
	{"literal-typ", "knows a typ in one spelling", "header", literalTyp},
	{"claims-from-header", "takes claims from the header where they are there too", "header", claimsFromHeader},
	{"kid-as-address", "fetches keys from an address in kid", "header", kidAsAddress},
	{"address-in-jwk", "fetches keys from an address in the key of the header", "header", addressInJWK},
	{"kid-as-key", "takes kid for the key itself", "header", kidAsKey},
	{"inflates", "unpacks compressed claims", "header", inflates},
	{"kid-of-any-type", "takes a kid that is no string for none", "header", kidOfAnyType},
	{"kid-in-fixed-buffer", "falls over when a kid is longer than its room", "header", kidInFixedBuffer},
	{"kid-in-query", "puts kid into a query for the secret", "header", kidInQuery},
	{"trusts-embedded-secret", "believes a secret in the header", "header", trustsEmbeddedSecret},
	{"opens-jku", "opens a jku that brings its own content", "header", opensJKU},
	{"follows-x5u", "believes a certificate from where the header says", "header", followsX5U},
	{"trusts-embedded-chain", "believes any certificate in the header", "header", trustsEmbeddedChain},
	{"understands-b64", "reads claims that are not encoded", "header", understandsB64},

	{"kid-case-fold", "finds a key by its kid in any case", "kid", kidCaseFold},
	{"demands-kid", "refuses a token without kid", "kid", demandsKid},
	{"no-kid-no-check", "verifies nothing where no kid says with which key", "kid", noKidNoCheck},
	{"first-of-kid", "takes the first key of a kid, fit or not", "kid", firstOfKid},
	{"encryption-keys", "verifies with keys that are marked for encryption", "key", func(s *steps.Steps) { s.Vetting.Purpose = anyKey }},
	{"weak-rsa-keys", "verifies with RSA keys of any size and exponent", "key", weakRSAKeys},
	{"unknown-kid-unsigned", "verifies nothing when no key has the kid", "kid", unknownKidUnsigned},
	{"asserts-key-type", "falls over when a key is of another type than the algorithm", "key", assertsKeyType},
	{"falls-off-curve", "calculates with points that are on no curve, and falls over", "key", fallsOffCurve},
	{"alg-from-key", "verifies by the algorithm that the key names", "key", algFromKey},

	{"any-exponent", "computes with whatever exponent an RSA key has", "key", anyExponent},
	{"ops-of-the-signer", "wants a key to say that it signs", "key", opsOfTheSigner},
	{"any-curve", "verifies on whatever curve the key is", "key", anyCurve},
	{"issuers-any-key", "verifies with whatever key the issuer publishes", "signature", func(s *steps.Steps) {
		s.Vetting.Purpose, s.Vetting.Algorithm = anyKey, noKeyAlgorithm
	}},

	{"halves-of-any-length", "cuts an ECDSA signature in the middle, however long it is", "signature", halvesOfAnyLength},
	{"reduces-signature", "takes an RSA signature modulo the modulus", "signature", reducesSignature},
	{"reduces-s", "takes S modulo the order of the group", "signature", reducesS},
	{"lax-mac", "compares as much of a code as there is, in any spelling", "signature", laxMAC},
	{"verifies-decoded", "verifies what the token decodes to", "signature", verifiesDecoded},
	{"no-signature", "verifies no signature", "signature", noSignature},
	{"psychic-signature", "accepts the ECDSA signature of zeros", "signature", psychicSignature},
	{"claims-before-signature", "reports claims of tokens that nobody signed", "signature", func(s *steps.Steps) { s.Order = moved(s.Order, steps.CheckSignature, steps.CheckNonce) }},

	{"issuer-prefix", "accepts an issuer that begins with the right one", "issuer", func(s *steps.Steps) {
		s.Claiming.Issuer = func(want, got string) bool { return strings.HasPrefix(got, want) }
	}},
	{"issuer-as-address", "compares issuers as addresses", "issuer", issuerAsAddress},
	{"issuer-by-looks", "takes an issuer for the one that it looks like", "issuer", issuerByLooks},
	{"trims-issuer", "takes white space off an issuer", "issuer", func(s *steps.Steps) {
		s.Claiming.Issuer = func(want, got string) bool { return strings.TrimSpace(got) == want }
	}},
	{"issuer-of-any-type", "compares the text of an issuer and forgets that it was none", "issuer", issuerOfAnyType},
	{"skips-issuer", "compares no issuer", "issuer", func(s *steps.Steps) { s.Claiming.Issuer = func(_, _ string) bool { return true } }},
	{"falls-back-on-issuer", "takes the first issuer of its list for one that it does not know", "issuer", fallsBackOnIssuer},
	{"audience-substring", "looks for the client anywhere in an audience", "audience", func(s *steps.Steps) { s.Claiming.Audience = audienceSubstring }},
	{"audience-as-pattern", "lets an audience be a pattern", "audience", func(s *steps.Steps) { s.Claiming.Audience = audienceAsPattern }},
	{"skips-audience", "accepts tokens for anybody", "audience", func(s *steps.Steps) { s.Claiming.Audience = func(string, []string) bool { return true } }},
	{"audience-any-of", "accepts any audience beside its own", "audience", func(s *steps.Steps) { s.Claiming.Extra = func(*steps.Rules, string) bool { return true } }},
	{"skips-exp", "accepts expired tokens", "time", func(s *steps.Steps) { s.Claiming.Expired = atNoTime }},
	{"own-audience-only", "trusts no audience beside its own, whatever it is told", "audience", func(s *steps.Steps) {
		s.Claiming.Extra = func(r *steps.Rules, _ string) bool { return r.Kind != steps.IDToken }
	}},
	{"escapes-client", "looks for the client as it stands in a query", "audience", func(s *steps.Steps) { s.Claiming.Audience = escapedAudience }},
	{"compares-all-audiences", "takes any number of audiences and compares each with all others", "audience", comparesAllAudiences},
	{"audience-if-present", "compares the audience of tokens that have one", "audience", audienceIfPresent},
	{"audience-among-anything", "passes over what is no name in a list of audiences", "audience", audienceAmongAnything},
	{"wraps-times", "keeps the lower 64 bits of a time", "time", wrapsTimes},
	{"time-before-keys", "judges the time of a token before it waits for keys", "time", timeBeforeKeys},
	{"lengthens-leeway", "gives every token half a minute more than it says", "time", lengthensLeeway},
	{"whole-seconds", "reads no time but in plain digits", "time", wholeSeconds},
	{"unquotes-times", "reads a time that stands in quotes, and takes null for a time", "time", unquotesTimes},
	{"ends-before-it-begins", "accepts tokens that ended before they were issued", "time", func(s *steps.Steps) {
		s.Claiming.Reversed = func(_, _ time.Time) bool { return false }
	}},
	{"skips-nbf", "accepts tokens before their time", "time", func(s *steps.Steps) { s.Claiming.Early = atNoTime }},
	{"exp-if-true", "looks at exp where it is neither missing nor null nor zero", "time", expIfTrue},
	{"iat-if-present", "does not ask when a token was issued", "time", iatIfPresent},
	{"nbf-if-number", "overlooks a beginning that is no number", "time", nbfIfNumber},
	{"reads-dates", "reads a calendar date for a time", "time", readsDates},
	{"skips-auth-time", "forgets how long ago a user may have signed in", "time", func(s *steps.Steps) {
		s.Claiming.LoginAge = func(_, _ time.Time, _, _ time.Duration) error { return nil }
	}},
	{"auth-time-if-there", "looks when a user signed in where the token says so", "time", authTimeIfThere},
	{"skips-nonce", "compares no nonce", "nonce", func(s *steps.Steps) { s.Claiming.Nonce = func(string, steps.Value) bool { return true } }},
	{"nonce-case-fold", "compares nonces in any case", "nonce", nonceCaseFold},
	{"judges-by-typ", "lets typ choose the rules", "type", judgesByTyp},
	{"ignores-events", "overlooks that a token tells of events", "type", func(s *steps.Steps) {
		s.Claiming.Events = func(steps.Kind, steps.Value) error { return nil }
	}},
	{"skips-at-hash", "compares no hash", "hash", func(s *steps.Steps) {
		s.Claiming.Hash = func(*steps.Algorithm, string, steps.Value) bool { return true }
	}},
	{"hash-by-prefix", "takes a hash that begins as it should", "hash", hashByPrefix},
	{"hashes-by-sha256", "hashes by SHA-256 under every algorithm", "hash", hashesBySHA256},
	{"hash-if-there", "compares c_hash and s_hash only where they are", "hash", hashIfThere},
	{"wants-at-hash", "refuses an access token without at_hash", "hash", wantsAtHash},
	{"hashes-what-it-knows", "compares no hash under an algorithm that it does not know", "hash", hashesWhatItKnows},

	{"any-subject", "takes anybody and nobody for a user", "claims", func(s *steps.Steps) {
		s.Claiming.Subject = func(steps.Kind, steps.Value) error { return nil }
	}},
	{"cuts-subjects", "keeps the first 64 characters of a subject", "claims", cutsSubjects},
	{"compares-all-claims", "takes any number of claims and compares each with all others", "claims", comparesAllClaims},
	{"any-acr", "forgets which authentication context it asked for", "claims", func(s *steps.Steps) {
		s.Claiming.Context = func([]string, steps.Value) bool { return true }
	}},
	{"acr-case-fold", "compares authentication contexts in any case", "claims", acrCaseFold},
	{"looks-at-picture", "fetches what claims point to", "claims", looksAtPicture},

	{"passes-on-encrypted", "leaves an encrypted token to whoever can read it", "encryption", passesOnEncrypted},
	{"believes-enc", "takes a token for decrypted and good because its header has enc", "encryption", believesEnc},

	{"odd-key-kills-all", "refuses a key set with a key that it does not know", "keyset", func(s *steps.Steps) { s.Fetching.Odd = func(why error) error { return why } }},
	{"empty-set-poisons", "takes an empty key set for one, and keeps it", "cache", emptySetPoisons},
	{"endless-body", "reads documents of any size", "keyset", func(s *steps.Steps) { s.Fetching.MaxBody = math.MaxInt64 - 1 }},
	{"follows-any-redirect", "follows a redirect anywhere", "keyset", func(s *steps.Steps) { s.Fetching.Redirect = func(*http.Request, []*http.Request) error { return nil } }},
	{"fails-open", "skips the signature while it has no keys", "keyset", failsOpen},
	{"half-a-key-set", "takes the keys that came before a key set broke off", "keyset", halfAKeySet},
	{"guesses-encoding", "reads UTF-16 where it looks like it", "keyset", guessesEncoding},
	{"compares-all-keys", "takes any number of keys and compares each with all others for every token", "keyset", comparesAllKeys},
	{"interns-names", "never forgets the name of a member", "keyset", internsNames},
	{"follows-key-address", "fetches what a key of the set points to", "keyset", followsKeyAddress},
	{"pem-by-pattern", "searches keys for PEM with a pattern that runs away", "keyset", pemByPattern},
	{"skips-certificate", "does not check whose certificate the provider shows", "network", skipsCertificate},
	{"speaks-old-tls", "speaks TLS 1.0 and 1.1", "network", speaksOldTLS},
	{"waits-forever", "waits for a provider that says nothing", "network", func(s *steps.Steps) { s.Keeping.Timeout = patient }},
	{"asks-once", "gives up when the connection breaks", "network", func(s *steps.Steps) { s.Fetching.Again = func(error) bool { return false } }},
	{"gives-up", "asks no more after a fetch that failed", "network", givesUp},
	{"crashes-without-keys", "falls over when there is no key set", "network", crashesWithoutKeys},
	{"recurses-key-sets", "falls over when a key set nests deeper than its stack", "keyset", recursesKeySets},

	{"normalizes-metadata-issuer", "compares the issuer of the metadata as URLs are compared", "discovery", normalizesIssuer},
	{"adopts-metadata-issuer", "trusts whatever issuer the metadata name", "discovery", adoptsIssuer},
	{"no-keys-no-check", "verifies nothing when the metadata lead to no keys", "discovery", noKeysNoCheck},
	{"any-scheme", "fetches keys over http, from files and from the address itself", "discovery", anyScheme},
	{"keys-under-issuer", "expects the key set right under the issuer", "discovery", keysUnderIssuer},
	{"obeys-metadata-algs", "refuses what the metadata do not advertise", "discovery", obeysMetadata},
	{"none-if-advertised", "accepts alg none where the metadata advertise it", "discovery", noneIfAdvertised},
	{"keeps-slash", "asks for the metadata behind two slashes", "discovery", func(s *steps.Steps) {
		s.Fetching.WellKnown = func(issuer string) string { return issuer + "/.well-known/openid-configuration" }
	}},
	{"fetches-inward", "fetches keys from its own host when the metadata say so", "discovery", func(s *steps.Steps) {
		s.Fetching.Reach = func(string, *url.URL) error { return nil }
	}},
	{"skips-metadata-issuer", "believes metadata of another issuer", "discovery", func(s *steps.Steps) { s.Fetching.Issuer = func(string, steps.Value) bool { return true } }},
	{"endless-metadata", "reads metadata of any size", "discovery", func(s *steps.Steps) { s.Fetching.MaxBody = math.MaxInt64 - 1 }},

	{"no-refresh-on-miss", "waits for the cache to expire when a key is missing", "rotation", func(s *steps.Steps) {
		s.Keeping.Refresh = func(why steps.Reason, _ *steps.Attempt) bool { return why != steps.Missing }
	}},
	{"no-single-flight", "has every caller fetch for itself", "rotation", noSingleFlight},
	{"caller-context", "ends the fetch of all when one caller gives up", "rotation", func(s *steps.Steps) {
		s.Keeping.Context = func(caller context.Context) context.Context { return caller }
	}},
	{"merges-key-sets", "never forgets a key", "rotation", mergesKeySets},
	{"never-refreshes", "fetches keys only where one is missing", "rotation", neverRefreshes},
	{"pins-kid", "keeps the first key that it saw under a kid", "rotation", pinsKid},
	{"refuses-retired-keys", "refuses a key for ever once there is a newer one", "rotation", refusesRetiredKeys},
	{"long-cooldown", "looks for one missing key in five minutes", "rotation", longCooldown},
	{"refresh-on-every-miss", "fetches keys for every token with an unknown kid", "flood", func(s *steps.Steps) { s.Keeping.Permit = unbudgeted(s.Keeping.Permit, steps.Missing) }},
	{"refresh-on-bad-signature", "fetches keys for every token with a bad signature", "flood", func(s *steps.Steps) { s.Keeping.Permit = unbudgeted(s.Keeping.Permit, steps.BadSignature) }},
	{"budget-counts-successes", "asks without end while the provider is down", "flood", budgetCountsSuccesses},
	{"evicts-on-failure", "forgets its keys when a fetch fails", "flood", func(s *steps.Steps) { s.Keeping.Failed = func(*steps.KeySet, error) *steps.KeySet { return nil } }},
	{"flood-shuts-out", "looks for no missing key after a hundred unfamiliar kids", "flood", floodShutsOut},
	{"remembers-kids", "keeps every unfamiliar kid that it met", "flood", remembersKids},
	{"fetch-per-token", "fetches keys for every token", "cache", fetchPerToken},
	{"obeys-cache-control", "keeps keys for exactly as long as the reply says", "cache", obeysCacheControl},
	{"forgets-unmodified", "forgets its keys when it hears that they are the same", "cache", forgetsUnmodified},
	{"ignores-retry-after", "asks a provider that wants to be left alone", "cache", func(s *steps.Steps) {
		s.Keeping.RetryAfter = func(http.Header, time.Time) time.Duration { return 0 }
	}},
	{"forgets-on-time", "forgets its keys when their lifetime is over, with others or without", "cache", func(s *steps.Steps) {
		s.Keeping.Bound = func(lifetime, _ time.Duration) time.Duration { return lifetime }
	}},
	{"missed-for-good", "looks for a missing key once", "cache", missedForGood},
	{"locks-while-fetching", "has every caller wait for a fetch", "cache", locksWhileFetching},
	{"keeps-key-address", "reads the address of the keys once", "cache", func(s *steps.Steps) {
		s.Keeping.Settled = func(_, _ time.Time) bool { return true }
	}},
	{"names-run-together", "tells keys apart by the letters of issuer and kid in a row", "cache", namesRunTogether},
	{"keeps-strangers-keys", "keeps the keys of an issuer that it refuses", "cache", keepsStrangersKeys},
	{"connection-per-fetch", "leaves a connection open after every fetch", "cache", connectionPerFetch},
	{"goroutine-per-fetch", "has a goroutine wait for the end of every key set", "cache", goroutinePerFetch},
	{"stale-forever", "uses old keys for as long as the provider is down", "cache", func(s *steps.Steps) {
		s.Keeping.Bound = func(_, _ time.Duration) time.Duration { return math.MaxInt64 }
	}},
	{"shared-cache", "looks keys up by their kid alone, whoever the issuer is", "cache", func(s *steps.Steps) { s.Keeping.Shelf = func(string) string { return "" } }},
}

// moved puts a check right behind another.
func moved(order []steps.Stage, from, behind steps.Check) []steps.Stage {
	stage := order[from-1]
	rest := slices.Delete(slices.Clone(order), int(from)-1, int(from))
	return slices.Insert(rest, int(behind)-1, stage)
}

func anyHeader(*steps.Header) error           { return nil }
func anyType(*steps.Header, steps.Kind) error { return nil }
func anyKey(*steps.JWK) error                 { return nil }

func noKeyAlgorithm(*steps.JWK) (*steps.Algorithm, error) { return nil, nil }

func atNoTime(_, _ time.Time, _ time.Duration) bool { return false }
