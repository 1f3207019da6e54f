package mutants

import "maps"

// suspects are, by the id of a scenario that costs much to play, or of one of its
// cases, the mutant that was made with it in mind.
var suspects = map[string]string{
	"parse.many-dots/dots":          "splits-everywhere",
	"parse.oversize-header":         "reads-any-size",
	"parse.oversize-payload":        "reads-any-size",
	"parse.deep-nest-claims":        "recurses-tokens",
	"parse.deep-nest-header":        "recurses-tokens",
	"parse.huge-number":             "endless-times",
	"parse.proto-keys":              "merges-prototypes",
	"header.b64-false-raw":          "understands-b64",
	"header.zip-jws":                "inflates",
	"key.rsa-n-degenerate":          "weak-rsa-keys",
	"signature.rs-pkcs1-ber":        "no-signature",
	"audience.huge-array":           "compares-all-audiences",
	"time.exp-huge":                 "wraps-times",
	"claims.huge/members":           "compares-all-claims",
	"keyset.oversize":               "endless-body",
	"keyset.endless/gzip-bomb":      "endless-body",
	"keyset.slow":                   "fails-open",
	"keyset.weak-beside-good":       "odd-key-kills-all",
	"keyset.many-keys/5000":         "compares-all-keys",
	"keyset.json-depth":             "recurses-key-sets",
	"keyset.unbounded-names":        "interns-names",
	"keyset.regex-pem/kid":          "pem-by-pattern",
	"rotation.stampede":             "no-single-flight",
	"cache.per-request":             "fetch-per-token",
	"cache.blocking":                "locks-while-fetching",
	"cache.slow-poison":             "no-single-flight",
	"cache.goroutine-leak":          "goroutine-per-fetch",
	"cache.day-of-refreshes":        "connection-per-fetch",
	"flood.random-kid":              "refresh-on-every-miss",
	"flood.same-kid":                "refresh-on-every-miss",
	"flood.known-kid-badsig":        "refresh-on-bad-signature",
	"flood.during-outage":           "budget-counts-successes",
	"flood.no-kid":                  "refresh-on-bad-signature",
	"flood.empty-set":               "refresh-on-every-miss",
	"flood.starves-rotation":        "flood-shuts-out",
	"flood.kid-memory":              "remembers-kids",
	"network.hang/reply":            "waits-forever", // the others take as long again
	"network.flap":                  "gives-up",
	"network.envoy-async":           "crashes-without-keys",
	"discovery.oversize-slow/50-mb": "endless-metadata",
	"encryption.zip-bomb":           "decrypts-anything",
	"encryption.p2c-huge/fraction":  "decrypts-anything",
	"encryption.nesting-depth":      "decrypts-anything",
}

// Suspects are the mutants that were made with scenarios in mind which cost much
// to play, by id or id/case. Whoever plays catalogues begins with them.
func Suspects() map[string]string { return maps.Clone(suspects) }
