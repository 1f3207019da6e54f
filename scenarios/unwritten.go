package scenarios

import (
	"slices"
	"strings"
)

// Why a row that others speak of is not in the catalogue.
const (
	isByHand       = "nothing outside can decide it: a check by hand"
	tooLong        = "a length overflows at 256 MiB of header only, and nothing shorter could fail anybody"
	takesWebFinger = "it takes a page where a user types an identifier, and a provider that answers WebFinger; the one is not described and the other not there"
	isUnwritten    = "it is not written yet"
)

// unwritten are rows of which lists and requirements speak, and which are not in
// the catalogue, by the reason. A row that comes to be leaves it.
var unwritten = map[string][]string{
	isByHand: {
		"claims.email-link", "claims.email-malformed", "claims.email-verified-type", "claims.injection",
		"claims.roles-empty", "claims.roles-regex", "claims.roles-whitespace", "claims.sub-collation",
		"encryption.cbc-padding-oracle", "issuer.sub-pair", "login.idp-disabled", "login.null-password",
		"signature.revocation-by-raw", "signature.timing",
	},
	tooLong: {
		"encryption.cbc-aad-overflow",
	},
	takesWebFinger: {
		"discovery.webfinger",
	},
	isUnwritten: {
		"audience.unset-config",

		"key.okp-bad",
		"key.rsa-huge",
		"signature.ps-params", "time.clock-jump",
	},
}

// A Missing is a row that is not in the catalogue, and why.
type Missing struct {
	ID  string `json:"id"`
	Why string `json:"why"`
}

// divide tells the rows that are in the catalogue from those that are not. The
// reason is empty for an id that nobody knows.
func divide(ids []string) (there []string, missing []Missing) {
	there = []string{}
	for _, id := range ids {
		if slices.ContainsFunc(catalogue, func(s Scenario) bool { return s.ID == id }) {
			there = append(there, id)
			continue
		}
		one := Missing{ID: id}
		for why, rows := range unwritten {
			if slices.Contains(rows, id) {
				one.Why = why
			}
		}
		missing = append(missing, one)
	}
	return there, missing
}

// Reasons says of missing rows why they are, each reason once.
func Reasons(missing []Missing) string {
	var whys []string
	ids := map[string][]string{}
	for _, m := range missing {
		if ids[m.Why] == nil {
			whys = append(whys, m.Why)
		}
		ids[m.Why] = append(ids[m.Why], m.ID)
	}
	var said []string
	for _, why := range whys {
		said = append(said, strings.Join(ids[why], ", ")+": "+why)
	}
	return strings.Join(said, "; ")
}
