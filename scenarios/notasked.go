package scenarios

const followsFAPI = "no target can say yet that it follows FAPI, and a clause of FAPI binds nobody else"

// What binds whoever is under test and no row asks yet: each names the rows that
// will, or says why none can. What a row cites stands in requirements.go, and not
// here any more.
var notAsked = []Requirement{
	{
		ID: "rfc7518-3.2-hmac-compare", Document: "RFC 7518", Clause: "3.2",
		Level: "MUST", Binds: "verifier", Status: "standard", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS},
		Says:   "An HMAC counts only if all of it equals the one computed, and the comparison takes as long for a wrong one as for the right one.",
		Awaits: []string{"signature.timing"},
	},
	{
		ID: "rfc7518-3.5-pss-parameters", Document: "RFC 7518", Clause: "3.5",
		Level: "none", Binds: "verifier", Status: "standard", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS},
		Says:   "For RSASSA-PSS the algorithm settles everything: the hash, the same hash in MGF1, and a salt of its length.",
		Awaits: []string{"signature.ps-params"},
	},
	{
		ID: "rfc7518-8.6-upper-limits", Document: "RFC 7518", Clause: "8.6",
		Level: "none", Binds: "verifier", Status: "standard", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS},
		Says:   "Large keys cost whoever uses them, so there should be a limit to those that are accepted (in lower case).",
		Awaits: []string{"key.rsa-huge"},
	},
	{
		ID: "rfc8032-5.1.3-decode", Document: "RFC 8032", Clause: "5.1.3",
		Level: "none", Binds: "verifier", Status: "informational", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS},
		Says:   "Thirty-two octets whose y is not below the field's prime, or that belong to no x, are no Ed25519 point.",
		Awaits: []string{"key.okp-bad"},
	},
	{
		ID: "rfc9068-4-encryption", Document: "RFC 9068", Clause: "4",
		Level: "SHOULD", Binds: "resource-server", Status: "standard", Applies: []Profile{RFC9068},
		Says:    "A resource server that agreed on encryption should not take an access token in the clear.",
		Unasked: "encryption.required-plain-jws asks it of whoever decrypts, and says for id_tokens why",
	},
	{
		ID: "core-5.7-account-key", Document: "OIDC Core", Clause: "5.7",
		Level: "MUST NOT", Binds: "client", Status: "standard", Applies: []Profile{IDToken, Login},
		Says:   "A user is who iss and sub together say; an address, a number or a name is never a key to an account.",
		Awaits: []string{"issuer.sub-pair", "claims.sub-collation", "claims.email-link"},
	},
	{
		ID: "fapi2-5.3.3.1-aud", Document: "FAPI 2.0 Security Profile", Clause: "5.3.3.1 (5)",
		Level: "MUST", Binds: "client", Status: "standard", Applies: []Profile{Login},
		Says:    "Under FAPI a client assertion is addressed to the issuer, in one string.",
		Unasked: followsFAPI,
	},
	{
		ID: "fapi2-5.3.3.1-metadata", Document: "FAPI 2.0 Security Profile", Clause: "5.3.3.1 (9)-(11)",
		Level: "MUST", Binds: "client", Status: "standard", Applies: []Profile{Login},
		Says:    "Under FAPI metadata come from the metadata document alone, which names the issuer that was asked, from a source that can be relied on.",
		Unasked: followsFAPI,
	},
	{
		ID: "fapi2-5.3.3.2-code-flow", Document: "FAPI 2.0 Security Profile", Clause: "5.3.3.2 (3)-(5)",
		Level: "MUST", Binds: "client", Status: "standard", Applies: []Profile{Login},
		Says:    "Under FAPI every request has a PKCE challenge of its own under S256, and iss in the response is checked.",
		Unasked: followsFAPI,
	},
	{
		ID: "fapi2-5.3.4-query", Document: "FAPI 2.0 Security Profile", Clause: "5.3.4 (2)",
		Level: "MUST NOT", Binds: "resource-server", Status: "standard", Applies: []Profile{BearerJWT, RFC9068},
		Says:    "Under FAPI a resource server does not look for access tokens in the query.",
		Unasked: followsFAPI,
	},
	{
		ID: "fapi2-5.4.1-algorithms", Document: "FAPI 2.0 Security Profile", Clause: "5.4.1 (1), (2)",
		Level: "MUST", Binds: "any", Status: "standard", Applies: []Profile{IDToken, BearerJWT, RFC9068, Login},
		Says:    "Under FAPI tokens are under PS256, ES256 or Ed25519, RSA keys have 2048 bits at least, and RFC 8725 is followed.",
		Unasked: followsFAPI,
	},
	{
		ID: "fapi2-5.4.3-same-kid", Document: "FAPI 2.0 Security Profile", Clause: "5.4.3",
		Level: "MUST", Binds: "verifier", Status: "standard", Applies: []Profile{IDToken, BearerJWT, RFC9068, Login},
		Says:    "Under FAPI keys that share a kid are told apart by type, use, algorithm or curve.",
		Unasked: followsFAPI,
	},
}
