package scenarios

// What the hashes in a token, and the claims about a sign-in, stand on.
var (
	core313712Acr = requirement(Requirement{
		ID: "core-3.1.3.7-12-acr", Document: "OIDC Core", Clause: "3.1.3.7 (12)",
		Level: "SHOULD", Binds: "client", Status: "standard", Applies: []Profile{IDToken, Login},
		Says: "If acr was asked for, its value should be checked.",
	})
	core3138AtHash = requirement(Requirement{
		ID: "core-3.1.3.8-at-hash", Document: "OIDC Core", Clause: "3.1.3.8",
		Level: "MAY", Binds: "client", Status: "standard", Applies: []Profile{IDToken, Login},
		Says: "In the code flow the client may use at_hash to check the access token.",
	})
	core3229AtHash = requirement(Requirement{
		ID: "core-3.2.2.9-at-hash", Document: "OIDC Core", Clause: "3.2.2.9",
		Level: "SHOULD", Binds: "client", Status: "standard", Applies: []Profile{IDToken, Login},
		Says: "For an access token from the authorization endpoint the client should recompute at_hash, with the hash of the token's alg, and compare.",
	})
	core33210CHash = requirement(Requirement{
		ID: "core-3.3.2.10-c-hash", Document: "OIDC Core", Clause: "3.3.2.10",
		Level: "SHOULD", Binds: "client", Status: "standard", Applies: []Profile{IDToken, Login},
		Says: "For a code that comes with an id_token the client should recompute c_hash and compare it, if c_hash is there.",
	})
	tokenHashGuide = requirement(Requirement{
		ID: "token-hash-guide-2", Document: "OpenID Token Hash Algorithm Implementer's Guide", Clause: "2",
		Level: "MUST", Binds: "any", Status: "draft", Applies: []Profile{IDToken, Login},
		Says: "The hash of at_hash and c_hash follows from alg, and for EdDSA from the key's curve: SHA-512 for Ed25519; left half, no padding.",
	})
	rfc8032Verify = requirement(Requirement{
		ID: "rfc8032-5.1.7-verify", Document: "RFC 8032", Clause: "5.1.7, 8.4",
		Level: "none", Binds: "verifier", Status: "informational", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS},
		Says: "An Ed25519 signature is invalid if R or A does not decode or if S is not below the group order; points of small order are not excluded.",
	})
	rfc8725Subject = requirement(Requirement{
		ID: "rfc8725-3.8-subject", Document: "RFC 8725", Clause: "3.8",
		Level: "MUST", Binds: "verifier", Status: "bcp", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS},
		Says: "A JWT is rejected when its sub is no valid subject, alone or with its issuer, at the application.",
	})
	rfc7518Curve = requirement(Requirement{
		ID: "rfc7518-3.4-curve", Document: "RFC 7518", Clause: "3.4",
		Level: "none", Binds: "any", Status: "standard", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS},
		Says: "ES256 goes with P-256, ES384 with P-384 and ES512 with P-521, and with no other curve.",
	})
	rfc7516Zip = requirement(Requirement{
		ID: "rfc7516-4.1.3-zip", Document: "RFC 7516", Clause: "4.1.3",
		Level: "MUST", Binds: "verifier", Status: "standard", Applies: []Profile{JWE},
		Says: "Compression belongs to JWE, where zip is integrity protected and has to be processed; JWS knows no such parameter.",
	})
	rfc7519Replicated = requirement(Requirement{
		ID: "rfc7519-5.3-replicated-claims", Document: "RFC 7519", Clause: "5.3",
		Level: "SHOULD", Binds: "verifier", Status: "standard", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS},
		Says: "Where an encrypted JWT repeats claims in its header, the recipient should see that they agree; about a JWT that is signed only, nothing is said.",
	})
	core313713AuthTime = requirement(Requirement{
		ID: "core-3.1.3.7-13-auth-time", Document: "OIDC Core", Clause: "3.1.3.7 (13)",
		Level: "SHOULD", Binds: "client", Status: "standard", Applies: []Profile{IDToken, Login},
		Says: "A client that asked for auth_time, or named a max_age, should look whether the sign-in is recent enough, and ask for another if not.",
	})
)
