package scenarios

import "slices"

// A Module is a test module of the official OpenID conformance suite for relying
// parties, in our own words, with the rows that are equivalent to it. Passing
// them is no certification: only the OpenID Foundation certifies.
type Module struct {
	Name   string
	Does   string // what its provider does
	Wants  string // what it takes for a pass
	rows   []string
	reason string // why no row is equivalent, where none is
}

// Scenarios are the equivalent rows that are in the catalogue, those that are
// not, and why there can be none.
func (m Module) Scenarios() (there []string, missing []Missing, reason string) {
	there, missing = divide(m.rows)
	return there, missing, m.reason
}

// Official lists the official suite's modules for relying parties: all of OpenID
// Connect, and of FAPI, CIBA and Federation those about id_tokens, keys, issuer,
// state or nonce.
func Official() []Module {
	return slices.Concat(officialConnect, officialFAPI1, officialFAPI2, officialCIBA, officialFederation)
}

const (
	isAccepted  = "acceptance"
	isRefused   = "a refusal"
	isEither    = "either answer"
	isUnlessTLS = "a refusal, or in the code flow, where TLS may stand in for the signature, either answer"
	isUsed      = "that the client uses it"
	noWay       = "it is about how a client sends something, and decides nothing about a token"
	noClaims    = "it is about where other claims come from, and no row reads claims beyond those of the token"
	noSession   = "it is about a session that a browser watches, which has nothing to do with a token"
	noJARM      = "it is about an authorization response in a JWT, which is no id_token"
	noFramework = "it is about claims of one trust framework alone"
	noEntity    = "it is about statements of a federation, and no row makes trust chains"
)

var officialConnect = []Module{
	{"oidcc-client-test", "signs a user in, and publishes keys of many kinds", isAccepted, rows("parse.baseline-rs256", "keyset.ok-mixed", "login.happy-matrix"), ""},
	{"oidcc-client-test-nonce-invalid", "puts a 1 behind the nonce", isRefused, rows("nonce.suffix-1"), ""},
	{"oidcc-client-test-nonce-unless-code-flow", "looks whether there is a nonce in the request", "a nonce", rows("nonce.required-implicit"), ""},
	{"oidcc-client-test-client-secret-basic", "takes no other client authentication than HTTP Basic", isUsed, rows("login.happy-matrix"), ""},
	{"oidcc-client-test-scope-userinfo-claims", "answers scopes with claims", isAccepted, nil, noClaims},
	{"oidcc-client-test-kid-absent-single-jwks", "names no kid, and has one key", isAccepted, rows("kid.absent-single"), ""},
	{"oidcc-client-test-kid-absent-multiple-jwks", "names no kid, and has several keys", isEither, rows("kid.absent-multi"), ""},
	{"oidcc-client-test-missing-iat", "leaves iat out", isRefused, rows("time.iat-missing"), ""},
	{"oidcc-client-test-missing-aud", "leaves aud out", isRefused, rows("audience.missing"), ""},
	{"oidcc-client-test-invalid-aud", "puts a 1 behind the audience", isRefused, rows("audience.suffix-1"), ""},
	{"oidcc-client-test-missing-sub", "leaves sub out", isRefused, rows("claims.sub-missing"), ""},
	{"oidcc-client-test-invalid-iss", "puts a 1 behind the issuer", isRefused, rows("issuer.suffix-1"), ""},
	{"oidcc-client-test-idtoken-sig-none", "sends an unsigned token in the code flow, to a client that registered for it", isEither, rows("alg.none-codeflow-registered"), ""},
	{"oidcc-client-test-idtoken-sig-rs256", "signs with RS256", isAccepted, rows("parse.baseline-rs256"), ""},
	{"oidcc-client-test-invalid-sig-rs256", "flips the octets of an RS256 signature", isUnlessTLS, rows("signature.flip"), ""},
	{"oidcc-client-test-invalid-sig-hs256", "flips the octets of an HS256 MAC", isUnlessTLS, rows("signature.flip", "alg.ok-hs256-client-secret"), ""},
	{"oidcc-client-test-invalid-sig-es256", "flips the octets of an ES256 signature", isUnlessTLS, rows("signature.flip"), ""},
	{"oidcc-client-test-invalid-athash", "puts a 1 behind at_hash", isRefused, rows("hash.at-hash-wrong"), ""},
	{"oidcc-client-test-missing-athash", "leaves at_hash out beside an access token", isRefused, rows("hash.at-hash-missing-front"), ""},
	{"oidcc-client-test-invalid-chash", "puts a 1 behind c_hash", isRefused, rows("hash.c-hash-wrong"), ""},
	{"oidcc-client-test-missing-chash", "leaves c_hash out beside a code", isRefused, rows("hash.c-hash-missing"), ""},
	{"oidcc-client-test-userinfo-invalid-sub", "answers UserInfo about another user", isRefused, rows("userinfo.sub-mismatch"), ""},
	{"oidcc-client-test-userinfo-bearer-header", "takes access tokens from the header", isUsed, rows("login.bearer-query"), ""},
	{"oidcc-client-test-userinfo-bearer-body", "takes access tokens from the body", isUsed, nil, noWay},
	{"oidcc-client-test-userinfo-signed", "signs its UserInfo", isAccepted, rows("userinfo.signed"), ""},
	{"oidcc-client-test-form-post-error", "posts an error to the client", "that the client copes", rows("login.error-formpost"), ""},
	{"oidcc-client-test-aggregated-claims", "hands on claims that others signed", isAccepted, nil, noClaims},
	{"oidcc-client-test-distributed-claims", "says where other claims are to be had", isAccepted, nil, noClaims},
	{"oidcc-client-test-mtls-endpoint-aliases", "has other endpoints for mutual TLS", isUsed, rows("login.happy-matrix"), ""},
	{"oidcc-client-test-discovery-openid-config", "has metadata", isAccepted, rows("discovery.ok"), ""},
	{"oidcc-client-test-discovery-jwks-uri-keys", "has its key set where only its metadata say", isAccepted, rows("discovery.jwks-random-path", "cache.jwksuri-moved"), ""},
	{"oidcc-client-test-discovery-issuer-mismatch", "names another issuer in its metadata", isRefused, rows("discovery.issuer-mismatch"), ""},
	{"oidcc-client-test-discovery-webfinger-acct", "is found by an account", isAccepted, rows("discovery.webfinger"), ""},
	{"oidcc-client-test-discovery-webfinger-url", "is found by a URL", isAccepted, rows("discovery.webfinger"), ""},
	{"oidcc-client-test-dynamic-registration", "lets clients register", isAccepted, rows("login.happy-matrix"), ""},
	{"oidcc-client-test-signing-key-rotation", "has new keys at the second sign-in", isAccepted, rows("rotation.new-kid"), ""},
	{"oidcc-client-test-signing-key-rotation-just-before-signing", "has new keys when it signs", isAccepted, rows("rotation.before-signing", "rotation.within-cooldown"), ""},
	{"oidcc-client-test-request-uri-signed-rs256", "takes request objects under RS256 by reference", isAccepted, rows("login.happy-matrix"), ""},
	{"oidcc-client-test-request-uri-signed-none", "takes unsigned request objects by reference", isAccepted, rows("login.happy-matrix"), ""},
	{"oidcc-client-test-refresh-token", "refreshes tokens", isAccepted, rows("login.refresh-ok"), ""},
	{"oidcc-client-test-refresh-token-invalid-issuer", "refreshes with another issuer", isRefused, rows("login.refresh-iss"), ""},
	{"oidcc-client-test-refresh-token-invalid-sub", "refreshes with another user", isRefused, rows("login.refresh-sub"), ""},
	{"oidcc-client-test-3rd-party-init-login", "lets somebody else begin the sign-in", isAccepted, rows("login.3rd-party-init"), ""},
	{"oidcc-client-test-rp-init-logout", "logs out as the client asks", isAccepted, rows("logout.rpl-state"), ""},
	{"oidcc-client-test-rp-init-logout-other-state", "comes back from the logout with another state", "that the client copes", rows("logout.rpl-state"), ""},
	{"oidcc-client-test-rp-init-logout-no-state", "comes back from the logout without a state", "that the client copes", rows("logout.rpl-state"), ""},
	{"oidcc-client-test-rp-frontchannel-rpinitlogout", "logs out in a frame, as the client asked", "that the session ends", rows("logout.fcl-iss-sid"), ""},
	{"oidcc-client-test-rp-frontchannel-opinitlogout", "logs out in a frame, of its own accord", "that the session ends", rows("logout.fcl-iss-sid"), ""},
	{"oidcc-client-test-rp-backchannel-rpinitlogout", "sends a good logout token", isAccepted, rows("logout.bcl-ok"), ""},
	{"oidcc-client-test-rp-backchannel-rpinitlogout-alg-none", "sends an unsigned logout token", isRefused, rows("logout.bcl-none-wrong-alg"), ""},
	{"oidcc-client-test-rp-backchannel-rpinitlogout-wrong-alg", "signs the logout token with another algorithm", isRefused, rows("logout.bcl-none-wrong-alg"), ""},
	{"oidcc-client-test-rp-backchannel-rpinitlogout-wrong-iss", "names another issuer in the logout token", isRefused, rows("logout.bcl-claims"), ""},
	{"oidcc-client-test-rp-backchannel-rpinitlogout-wrong-aud", "sends a logout token for somebody else", isRefused, rows("logout.bcl-claims"), ""},
	{"oidcc-client-test-rp-backchannel-rpinitlogout-no-event", "leaves events out of the logout token", isRefused, rows("logout.bcl-claims"), ""},
	{"oidcc-client-test-rp-backchannel-rpinitlogout-wrong-event", "sends a logout token about another event", isRefused, rows("logout.bcl-claims"), ""},
	{"oidcc-client-test-rp-backchannel-rpinitlogout-with-nonce", "puts a nonce into the logout token", isRefused, rows("logout.bcl-claims"), ""},
	{"oidcc-client-test-session-management", "has a frame that says whether the session goes on", isUsed, nil, noSession},
}

var officialFAPI1 = of("fapi1-advanced-final-client", slices.Concat(of("-test", fapiTokens), []Module{
	{"-refresh-token-test", "refreshes tokens", isAccepted, rows("login.refresh-ok"), ""},
	{"-test", "signs a user in", isAccepted, rows("login.happy-matrix"), ""},
	{"-test-invalid-shash", "puts another s_hash beside the state", isRefused, rows("hash.s-hash"), ""},
	{"-test-invalid-missing-shash", "leaves s_hash out", isRefused, rows("hash.s-hash"), ""},
	{"-test-invalid-chash", "puts another c_hash beside the code", isRefused, rows("hash.c-hash-wrong"), ""},
	{"-test-missing-athash", "leaves at_hash out, as it may", isAccepted, rows("hash.at-hash-missing-code"), ""},
	{"-test-iat-is-week-in-past", "says that it issued the token a week ago", isRefused, rows("time.iat-week-old"), ""},
	{"-test-invalid-signature", "spoils the signature", isRefused, rows("signature.flip"), ""},
	{"-test-invalid-openbanking-intent-id", "names another intent", isRefused, nil, noFramework},
	{"-test-discovery-issuer-mismatch", "names another issuer in its metadata", isRefused, rows("discovery.issuer-mismatch"), ""},
	{"-test-encrypted-idtoken", "encrypts the signed token", isAccepted, rows("encryption.nested-ok"), ""},
	{"-test-encrypted-idtoken-usingrsa15", "encrypts the token's key with RSA1_5", isRefused, rows("encryption.rsa15"), ""},
	{"-test-no-scope-in-token-endpoint-response", "leaves scope out of the token response", isAccepted, rows("token-endpoint.type-case"), ""},
	{"-test-invalid-nonce", "puts another nonce into the token", isRefused, rows("nonce.suffix-1"), ""},
	{"-test-invalid-missing-nonce", "leaves the nonce out", isRefused, rows("nonce.missing"), ""},
}))

// The modules of the second implementer's draft are the same, with id2 in place of
// final.
var officialFAPI2 = of("fapi2-security-profile-final-client-test", slices.Concat(fapiTokens, []Module{
	{"-happy-path", "signs a user in", isAccepted, rows("login.happy-matrix"), ""},
	{"-invalid-nonce", "puts another nonce into the token", isRefused, rows("nonce.suffix-1"), ""},
	{"-invalid-missing-nonce", "leaves the nonce out", "a refusal by a client that sent one", rows("nonce.missing"), ""},
	{"-invalid-authorization-response-iss", "answers under another issuer", isRefused, rows("login.iss-wrong"), ""},
	{"-remove-authorization-response-iss", "leaves iss out of its answer", isRefused, rows("login.iss-missing"), ""},
	{"-ensure-authorization-response-with-invalid-state-fails", "answers with another state", isRefused, rows("login.state-wrong"), ""},
	{"-ensure-authorization-response-with-invalid-missing-state-fails", "answers without a state", isRefused, rows("login.state-missing"), ""},
	{"-discovery-issuer-mismatch", "names another issuer in its metadata", isRefused, rows("discovery.issuer-mismatch"), ""},
	{"-ensure-jarm-signature-is-not-none", "sends its answer in an unsigned JWT", isRefused, nil, noJARM},
	{"-ensure-jarm-with-invalid-sig-fails", "spoils the signature of its answer", isRefused, nil, noJARM},
	{"-ensure-jarm-with-invalid-iss-fails", "names another issuer in its answer", isRefused, nil, noJARM},
	{"-ensure-jarm-with-invalid-aud-fails", "answers somebody else", isRefused, nil, noJARM},
	{"-ensure-jarm-with-expired-exp-fails", "sends an answer that is over", isRefused, nil, noJARM},
	{"-ensure-jarm-without-iss-fails", "leaves iss out of its answer", isRefused, nil, noJARM},
	{"-ensure-jarm-without-aud-fails", "leaves aud out of its answer", isRefused, nil, noJARM},
	{"-ensure-jarm-without-exp-fails", "leaves exp out of its answer", isRefused, nil, noJARM},
	{"-token-type-case-insensitivity", "writes the token type in other letters", isAccepted, rows("token-endpoint.type-case"), ""},
	{"-token-endpoint-response-without-expires_in", "leaves expires_in out of the token response", isAccepted, rows("token-endpoint.type-case"), ""},
}))

var officialCIBA = of("fapi-ciba-id1-client", []Module{
	{"-invalid-iss-test", "names another issuer", isRefused, rows("issuer.suffix-1"), ""},
	{"-invalid-missing-iss-test", "leaves iss out", isRefused, rows("issuer.missing-null-empty"), ""},
	{"-invalid-aud-test", "sends a token for somebody else", isRefused, rows("audience.suffix-1"), ""},
	{"-invalid-missing-aud-test", "leaves aud out", isRefused, rows("audience.missing"), ""},
	{"-invalid-secondary-aud-test", "sends a token for the client and for somebody it does not know", isRefused, rows("audience.array-untrusted"), ""},
	{"-valid-aud-as-array-test", "names the client alone, in an array", isAccepted, rows("audience.array-one"), ""},
	{"-invalid-expired-exp-test", "sends a token that was over six minutes ago", isRefused, rows("time.exp-past"), ""},
	{"-invalid-missing-exp-test", "leaves exp out", isRefused, rows("time.exp-missing"), ""},
	{"-invalid-iat-is-week-in-past-test", "says that it issued the token a week ago", isRefused, rows("time.iat-week-old"), ""},
	{"-invalid-signature-test", "spoils the signature", isRefused, rows("signature.flip"), ""},
	{"-invalid-null-alg-test", "sends an unsigned token", isRefused, rows("alg.none-empty-sig"), ""},
	{"-invalid-alternate-alg-test", "signs with RS256 what should be under PS256", isRefused, rows("alg.not-in-allowlist"), ""},
	{"-connectid-invalid-missing-trust-framework-test", "leaves the trust framework out", isRefused, nil, noFramework},
	{"-connectid-invalid-wrong-trust-framework-test", "names another trust framework", isRefused, nil, noFramework},
	{"-connectid-invalid-missing-txn-test", "leaves the transaction out", isRefused, nil, noFramework},
})

var officialFederation = of("openid-federation-client", []Module{
	{"-invalid-iss-in-id-token", "names another issuer in the token", isRefused, rows("issuer.suffix-1"), ""},
	{"-invalid-aud-in-id-token", "sends a token for somebody else", isRefused, rows("audience.suffix-1"), ""},
	{"-invalid-iss-in-entity-configuration", "names another issuer in its entity configuration", isRefused, nil, noEntity},
	{"-invalid-sub-in-entity-configuration", "names another subject in its entity configuration", isRefused, nil, noEntity},
	{"-invalid-missing-exp-in-entity-configuration", "leaves exp out of its entity configuration", isRefused, nil, noEntity},
	{"-invalid-missing-iat-in-entity-configuration", "leaves iat out of its entity configuration", isRefused, nil, noEntity},
	{"-test", "signs a user in by a trust chain", isAccepted, nil, noEntity},
})

// fapiTokens are the modules about the id_token that FAPI 1 and FAPI 2 share.
var fapiTokens = []Module{
	{"-invalid-iss", "names another issuer", isRefused, rows("issuer.suffix-1"), ""},
	{"-invalid-missing-iss", "leaves iss out", isRefused, rows("issuer.missing-null-empty"), ""},
	{"-invalid-aud", "sends a token for somebody else", isRefused, rows("audience.suffix-1"), ""},
	{"-invalid-missing-aud", "leaves aud out", isRefused, rows("audience.missing"), ""},
	{"-invalid-secondary-aud", "sends a token for the client and for somebody it does not know", isRefused, rows("audience.array-untrusted"), ""},
	{"-valid-aud-as-array", "names the client alone, in an array", isAccepted, rows("audience.array-one"), ""},
	{"-invalid-expired-exp", "sends a token that was over six minutes ago", isRefused, rows("time.exp-past"), ""},
	{"-invalid-missing-exp", "leaves exp out", isRefused, rows("time.exp-missing"), ""},
	{"-invalid-null-alg", "sends an unsigned token", isRefused, rows("alg.none-empty-sig", "discovery.alg-none-advertised"), ""},
	{"-invalid-alternate-alg", "signs with RS256 what should be under PS256", isRefused, rows("alg.not-in-allowlist"), ""},
}

// of puts the name of a group of modules before theirs.
func of(group string, modules []Module) []Module {
	named := slices.Clone(modules)
	for i := range named {
		named[i].Name = group + named[i].Name
	}
	return named
}

func rows(ids ...string) []string { return ids }
