package scenarios

import (
	"slices"
	"strings"
)

// Why a row that others speak of is not in the catalogue.
const (
	isByHand           = "nothing outside can decide it: a check by hand"
	tooLong            = "a length overflows at 256 MiB of header only, and nothing shorter could fail anybody"
	takesLogout        = "it takes a client that is logged out, which no row does yet"
	takesUserInfo      = "it takes a client that asks for UserInfo, which no row does yet"
	takesTokenEndpoint = "it takes a client that asks the token endpoint, which no row does yet"
	takesLogin         = "it takes a client that is driven through the login flow, which no row does yet"
	isUnwritten        = "it is not written yet"
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
	takesLogout: {
		"logout.bcl-claims", "logout.bcl-id-token-as-logout", "logout.bcl-none-wrong-alg", "logout.bcl-ok",
		"logout.bcl-other-sub-sid", "logout.bcl-unverified-revoke", "logout.fcl-iss-sid", "logout.rpl-state",
	},
	takesUserInfo: {
		"userinfo.signed", "userinfo.sub-mismatch", "userinfo.sub-odd",
	},
	takesTokenEndpoint: {
		"token-endpoint.malformed", "token-endpoint.retry", "token-endpoint.type-case",
	},
	takesLogin: {
		"alg.none-codeflow-registered", "claims.jti-replay", "discovery.endpoints-mixed",
		"discovery.request-overrides", "discovery.webfinger", "hash.at-hash-missing-front", "login.3rd-party-init",
		"login.bearer-query", "login.client-assertion-aud", "login.code-injection", "login.code-odd",
		"login.code-replay", "login.error-formpost", "login.error-xss", "login.happy-matrix", "login.host-header",
		"login.iss-missing", "login.iss-near-miss", "login.iss-unadvertised", "login.iss-wrong",
		"login.login-csrf", "login.mixup", "login.mixup-redirect-uri", "login.open-redirect",
		"login.pkce-downgrade", "login.pkce-present", "login.pkce-verifier-bind", "login.refresh-iss",
		"login.refresh-ok", "login.refresh-sub", "login.session-fixation", "login.state-flood",
		"login.state-missing", "login.state-other-session", "login.state-provider-bound", "login.state-reuse",
		"login.state-wrong", "login.token-from-url", "login.wrong-response-mode", "nonce.entropy",
		"nonce.required-implicit",
	},
	isUnwritten: {
		"audience.unset-config",

		"key.okp-bad",
		"key.rsa-huge",
		"signature.ps-params", "time.auth-time-missing", "time.auth-time-odd",
		"time.auth-time-old", "time.clock-jump",
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
