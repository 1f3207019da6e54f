package scenarios

// What rows stand on: normative statements of the specifications, each in our own
// words with its clause. Those that bind an issuer or a publisher alone are not here:
// they cannot fail a validator.
var (
	bisKid = requirement(Requirement{
		ID: "bis-3.10-kid", Document: "rfc8725bis", Clause: "3.10",
		Level: "MUST", Binds: "verifier", Status: "draft", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS},
		Says: "A received kid does not inject into SQL or LDAP look-ups (a should in RFC 8725).",
	})
	bisFormat = requirement(Requirement{
		ID: "bis-3.14-format", Document: "rfc8725bis", Clause: "3.14",
		Level: "MUST", Binds: "verifier", Status: "draft", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS},
		Says: "Content with any character other than letters, digits, dash, underscore and period is no JWT and is rejected.",
	})
	bisJwsOrJwe = requirement(Requirement{
		ID: "bis-3.3-jws-or-jwe", Document: "rfc8725bis", Clause: "3.3",
		Level: "MUST", Binds: "verifier", Status: "draft", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS, JWE},
		Says: "A library lets the verifier tell a signed JWT from an encrypted one.",
	})
	coreRefetch = requirement(Requirement{
		ID: "core-10.1.1-refetch", Document: "OIDC Core", Clause: "10.1.1",
		Level: "none", Binds: "client", Status: "standard", Applies: []Profile{IDToken, Login},
		Says: "A verifier fetches the key set again when it meets a kid it does not know; how often, and what to do meanwhile, is not said.",
	})
	coreComparison = requirement(Requirement{
		ID: "core-14-comparison", Document: "OIDC Core", Clause: "14",
		Level: "MUST", Binds: "client", Status: "standard", Applies: []Profile{IDToken, Login},
		Says: "Strings are compared code point by code point after JSON escapes are undone, and never normalized.",
	})
	coreIssuerPath = requirement(Requirement{
		ID: "core-16.15-issuer-path", Document: "OIDC Core", Clause: "16.15",
		Level: "MUST", Binds: "client", Status: "standard", Applies: []Profile{IDToken, Login},
		Says: "The issuer from discovery equals iss exactly, and the path is part of the issuer, so tenants on one host are different issuers.",
	})
	coreTLS = requirement(Requirement{
		ID: "core-16.17-tls", Document: "OIDC Core", Clause: "16.17, 5.3.4 (1)",
		Level: "MUST", Binds: "client", Status: "standard", Applies: []Profile{IDToken, Login},
		Says: "Wherever TLS is used the server certificate is checked, and TLS is used wherever disclosure or tampering matters.",
	})
	coreSecretLength = requirement(Requirement{
		ID: "core-16.19-secret-length", Document: "OIDC Core", Clause: "16.19",
		Level: "MUST", Binds: "any", Status: "standard", Applies: []Profile{IDToken, Login},
		Says: "A client_secret used as MAC key has enough entropy and at least 32 octets for HS256.",
	})
	core2Exp = requirement(Requirement{
		ID: "core-2-exp", Document: "OIDC Core", Clause: "2 (exp)",
		Level: "MUST NOT", Binds: "client", Status: "standard", Applies: []Profile{IDToken, Login},
		Says: "The client does not accept an id_token at or after its exp, which is required and a number.",
	})
	core2Nonce = requirement(Requirement{
		ID: "core-2-nonce", Document: "OIDC Core", Clause: "2 (nonce)",
		Level: "MUST", Binds: "client", Status: "standard", Applies: []Profile{IDToken, Login},
		Says: "If an id_token has a nonce, the client verifies that it equals the one it sent; nonce is a case-sensitive string.",
	})
	coreUnknownClaims = requirement(Requirement{
		ID: "core-2-unknown-claims", Document: "OIDC Core", Clause: "2",
		Level: "MUST", Binds: "client", Status: "standard", Applies: []Profile{IDToken, Login},
		Says: "Claims of an id_token that are not understood are ignored, nbf among them where the client does not know it.",
	})
	coreTokenResponse = requirement(Requirement{
		ID: "core-3.1.3.5-token-response", Document: "OIDC Core", Clause: "3.1.3.5",
		Level: "MUST", Binds: "client", Status: "standard", Applies: []Profile{Login},
		Says: "The client validates the token response: RFC 6749 first, then the id_token, then the access token.",
	})
	core2Leeway = requirement(Requirement{
		ID: "core-2-leeway", Document: "OIDC Core", Clause: "2 (exp)",
		Level: "MAY", Binds: "client", Status: "standard", Applies: []Profile{IDToken, Login},
		Says: "A small leeway, usually no more than a few minutes, is allowed.",
	})
	core2Azp = requirement(Requirement{
		ID: "core-2-azp", Document: "OIDC Core", Clause: "2 (azp)",
		Level: "none", Binds: "client", Status: "standard", Applies: []Profile{IDToken, Login},
		Says: "azp occurs only with extensions, and implementations without such are encouraged to ignore it.",
	})
	core31374Azp = requirement(Requirement{
		ID: "core-3.1.3.7-4-azp", Document: "OIDC Core", Clause: "3.1.3.7 (4), (5)",
		Level: "SHOULD", Binds: "client", Status: "standard", Applies: []Profile{IDToken, Login},
		Says: "Only a client that uses extensions which produce azp should validate it, as those extensions say, which may mean that it is the client's own id.",
	})
	core313710Iat = requirement(Requirement{
		ID: "core-3.1.3.7-10-iat", Document: "OIDC Core", Clause: "3.1.3.7 (10)",
		Level: "MAY", Binds: "client", Status: "standard", Applies: []Profile{IDToken, Login},
		Says: "A client can use iat to refuse tokens issued too far from now; the range is its own choice.",
	})
	errata1AzpOwn = requirement(Requirement{
		ID: "core-errata1-azp-own", Document: "OIDC Core errata 1", Clause: "3.1.3.7 (5)",
		Level: "SHOULD", Binds: "client", Status: "standard", Applies: []Profile{IDToken, Login},
		Says: "If azp is there the client should verify that it is its own client_id (superseded).",
	})
	errata1AzpMultiple = requirement(Requirement{
		ID: "core-errata1-azp-multiple", Document: "OIDC Core errata 1", Clause: "3.1.3.7 (4)",
		Level: "SHOULD", Binds: "client", Status: "standard", Applies: []Profile{IDToken, Login},
		Says: "With several audiences the client should verify that azp is there (superseded).",
	})
	core313711Nonce = requirement(Requirement{
		ID: "core-3.1.3.7-11-nonce", Document: "OIDC Core", Clause: "3.1.3.7 (11)",
		Level: "MUST", Binds: "client", Status: "standard", Applies: []Profile{IDToken, Login},
		Says: "If the client sent a nonce, the id_token has it and it is the same.",
	})
	coreReplay = requirement(Requirement{
		ID: "core-3.1.3.7-11-replay", Document: "OIDC Core", Clause: "3.1.3.7 (11)",
		Level: "SHOULD", Binds: "client", Status: "standard", Applies: []Profile{IDToken, Login},
		Says: "The client should check the nonce for replay, in a way of its own.",
	})
	coreIssuer = requirement(Requirement{
		ID: "core-3.1.3.7-2-issuer", Document: "OIDC Core", Clause: "3.1.3.7 (2)",
		Level: "MUST", Binds: "client", Status: "standard", Applies: []Profile{IDToken, Login},
		Says: "iss equals the provider's issuer identifier exactly.",
	})
	coreAudience = requirement(Requirement{
		ID: "core-3.1.3.7-3-audience", Document: "OIDC Core", Clause: "3.1.3.7 (3)",
		Level: "MUST", Binds: "client", Status: "standard", Applies: []Profile{IDToken, Login},
		Says: "aud contains the client's own client_id, otherwise the id_token is rejected.",
	})
	coreUntrustedAudience = requirement(Requirement{
		ID: "core-3.1.3.7-3-untrusted-audience", Document: "OIDC Core", Clause: "3.1.3.7 (3)",
		Level: "MUST", Binds: "client", Status: "standard", Applies: []Profile{IDToken, Login},
		Says: "An id_token with a further audience that the client does not trust is rejected.",
	})
	coreKeys = requirement(Requirement{
		ID: "core-3.1.3.7-6-keys", Document: "OIDC Core", Clause: "3.1.3.7 (6)",
		Level: "MUST", Binds: "client", Status: "standard", Applies: []Profile{IDToken, Login},
		Says: "The keys used are those the issuer provides; a key that the token brings along or points to is none of them.",
	})
	core31376Signature = requirement(Requirement{
		ID: "core-3.1.3.7-6-signature", Document: "OIDC Core", Clause: "3.1.3.7 (6)",
		Level: "MUST", Binds: "client", Status: "standard", Applies: []Profile{IDToken, Login},
		Says: "Every other id_token has its signature checked by the algorithm its header names.",
	})
	coreAlg = requirement(Requirement{
		ID: "core-3.1.3.7-7-alg", Document: "OIDC Core", Clause: "3.1.3.7 (7)",
		Level: "SHOULD", Binds: "client", Status: "standard", Applies: []Profile{IDToken, Login},
		Says: "alg should be RS256 or the algorithm registered as id_token_signed_response_alg.",
	})
	coreMacKey = requirement(Requirement{
		ID: "core-3.1.3.7-8-mac-key", Document: "OIDC Core", Clause: "3.1.3.7 (8), 10.1",
		Level: "none", Binds: "client", Status: "standard", Applies: []Profile{IDToken, Login},
		Says: "With HS256 and its kin the key is the UTF-8 octets of the client_secret and nothing else.",
	})
	core31379Exp = requirement(Requirement{
		ID: "core-3.1.3.7-9-exp", Document: "OIDC Core", Clause: "3.1.3.7 (9)",
		Level: "MUST", Binds: "client", Status: "standard", Applies: []Profile{IDToken, Login},
		Says: "The current time is before exp, which therefore has to be there.",
	})
	core32211Nonce = requirement(Requirement{
		ID: "core-3.2.2.11-nonce", Document: "OIDC Core", Clause: "3.2.2.11 (2), 3.3.2.12",
		Level: "MUST", Binds: "client", Status: "standard", Applies: []Profile{IDToken, Login},
		Says: "The nonce of an id_token from the authorization endpoint is always checked.",
	})
	core32211Signature = requirement(Requirement{
		ID: "core-3.2.2.11-signature", Document: "OIDC Core", Clause: "3.2.2.11 (1), 3.3.2.12",
		Level: "MUST", Binds: "client", Status: "standard", Applies: []Profile{IDToken, Login},
		Says: "The signature of an id_token from the authorization endpoint is always checked.",
	})
	discoveryPath = requirement(Requirement{
		ID: "discovery-4.1-path", Document: "OIDC Discovery", Clause: "4, 4.1",
		Level: "MUST", Binds: "client", Status: "standard", Applies: []Profile{IDToken, Login},
		Says: "The client asks for issuer plus /.well-known/openid-configuration, a slash at the end of the issuer removed first.",
	})
	discoveryIssuer = requirement(Requirement{
		ID: "discovery-4.3-issuer", Document: "OIDC Discovery", Clause: "4.3",
		Level: "MUST", Binds: "client", Status: "standard", Applies: []Profile{IDToken, Login},
		Says: "The issuer in the metadata is identical to the one that was used to ask, and to iss; otherwise nothing from the document is used.",
	})
	discoveryComparison = requirement(Requirement{
		ID: "discovery-5-comparison", Document: "OIDC Discovery", Clause: "5",
		Level: "MUST", Binds: "client", Status: "standard", Applies: []Profile{IDToken, Login},
		Says: "Member names and values are compared code point by code point.",
	})
	discoveryImpersonation = requirement(Requirement{
		ID: "discovery-7.2-impersonation", Document: "OIDC Discovery", Clause: "7.2",
		Level: "MUST", Binds: "client", Status: "standard", Applies: []Profile{IDToken, Login},
		Says: "The client makes sure that the issuer it asked, the issuer in the metadata and iss are the same, so that nobody can publish another's issuer with own keys.",
	})
	discoveryTLS = requirement(Requirement{
		ID: "discovery-7.2-tls", Document: "OIDC Discovery", Clause: "7.1, 7.2",
		Level: "MUST", Binds: "client", Status: "standard", Applies: []Profile{IDToken, Login},
		Says: "The client checks the TLS certificate when it asks for metadata.",
	})
	joseAcceptableAlg = requirement(Requirement{
		ID: "jose-acceptable-alg", Document: "RFC 7515", Clause: "7515: 5.2, last paragraph; 7519: 7.2, last paragraph",
		Level: "SHOULD", Binds: "verifier", Status: "standard", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS},
		Says: "A JWS or JWT that validates with an algorithm the application does not accept should be treated as invalid all the same.",
	})
	rfc4648Alphabet = requirement(Requirement{
		ID: "rfc4648-3.3-alphabet", Document: "RFC 4648", Clause: "3.3",
		Level: "MUST", Binds: "verifier", Status: "standard", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS},
		Says: "A decoder refuses data with characters outside the alphabet, unless the referring specification says otherwise (the JOSE ones do not).",
	})
	rfc6090Range = requirement(Requirement{
		ID: "rfc6090-5.4.3-range", Document: "RFC 6090", Clause: "5.4.3, 7.2",
		Level: "MUST", Binds: "verifier", Status: "informational", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS},
		Says: "Both parts of an ECDSA-type signature lie strictly between zero and the group order, otherwise it is rejected.",
	})
	rfc7515VerbatimNames = requirement(Requirement{
		ID: "rfc7515-10.13-verbatim-names", Document: "RFC 7515", Clause: "10.13",
		Level: "none", Binds: "verifier", Status: "standard", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS},
		Says: "After escapes are undone, names compare character by character: an escaped spelling equals the plain one, another letter case never does.",
	})
	rfc7515KeyOrigin = requirement(Requirement{
		ID: "rfc7515-10.3-key-origin", Document: "RFC 7515", Clause: "10.3",
		Level: "none", Binds: "verifier", Status: "standard", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS},
		Says: "The way public keys are obtained has to authenticate where they come from (a lower-case must).",
	})
	rfc7515DigestMatchesAlg = requirement(Requirement{
		ID: "rfc7515-10.6-digest-matches-alg", Document: "RFC 7515", Clause: "10.6",
		Level: "MUST", Binds: "verifier", Status: "standard", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS},
		Says: "Where the signature value itself names a hash, as PKCS #1 v1.5 does, it has to be the one alg stands for.",
	})
	rfc7515DuplicateNames = requirement(Requirement{
		ID: "rfc7515-4-duplicate-names", Document: "RFC 7515", Clause: "4",
		Level: "MUST", Binds: "verifier", Status: "standard", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS},
		Says: "A parser that meets a header name twice either refuses the JWS or works with the last occurrence, and nothing else.",
	})
	rfc7515AlgPresent = requirement(Requirement{
		ID: "rfc7515-4.1.1-alg-present", Document: "RFC 7515", Clause: "4.1.1",
		Level: "MUST", Binds: "verifier", Status: "standard", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS},
		Says: "Every JWS names its algorithm in alg, and every implementation reads and honours that member.",
	})
	rfc7515AlgUsable = requirement(Requirement{
		ID: "rfc7515-4.1.1-alg-usable", Document: "RFC 7515", Clause: "4.1.1",
		Level: "none", Binds: "verifier", Status: "standard", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS, JWE},
		Says: "A signature does not count as valid when its alg is not supported, or when the signer has no key of the kind that alg needs.",
	})
	rfc7515CritUnknown = requirement(Requirement{
		ID: "rfc7515-4.1.11-crit-unknown", Document: "RFC 7515", Clause: "4.1.11, App. E",
		Level: "MUST", Binds: "verifier", Status: "standard", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS},
		Says: "A token whose crit names an extension that the recipient does not understand and support is invalid.",
	})
	rfc7515UrlFetchTls = requirement(Requirement{
		ID: "rfc7515-4.1.2-url-fetch-tls", Document: "RFC 7515", Clause: "4.1.2, 4.1.5, 8",
		Level: "MUST", Binds: "verifier", Status: "standard", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS},
		Says: "Whoever fetches keys or certificates named by jku or x5u does so over TLS and checks the server's identity; following them is optional.",
	})
	rfc7515X5cChain = requirement(Requirement{
		ID: "rfc7515-4.1.6-x5c-chain", Document: "RFC 7515", Clause: "4.1.6",
		Level: "MUST", Binds: "verifier", Status: "standard", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS},
		Says: "A recipient that uses x5c validates the whole chain by RFC 5280 and treats it as invalid on any failure.",
	})
	rfc7515TypPrefix = requirement(Requirement{
		ID: "rfc7515-4.1.9-typ-prefix", Document: "RFC 7515", Clause: "4.1.9",
		Level: "MUST", Binds: "verifier", Status: "standard", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS},
		Says: "An application that looks at typ reads a value without a slash as if application/ stood in front of it; media types are case-insensitive.",
	})
	rfc7515TwoPeriods = requirement(Requirement{
		ID: "rfc7515-5.2-1-two-periods", Document: "RFC 7515", Clause: "5.2 (1)",
		Level: "MUST", Binds: "verifier", Status: "standard", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS},
		Says: "A compact JWS is exactly three base64url parts with exactly two periods between them; anything else fails validation.",
	})
	rfc7515NoneValid = requirement(Requirement{
		ID: "rfc7515-5.2-10-none-valid", Document: "RFC 7515", Clause: "5.2, 5.2 (10)",
		Level: "MUST", Binds: "verifier", Status: "standard", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS},
		Says: "A JSON-serialized JWS in which no signature validates is invalid, so an empty signature list can never pass.",
	})
	rfc7515NoExtraCharacters = requirement(Requirement{
		ID: "rfc7515-5.2-2-no-extra-characters", Document: "RFC 7515", Clause: "5.2 (2), (6), (7); 2; App. C",
		Level: "MUST", Binds: "verifier", Status: "standard", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS},
		Says: "Header, payload and signature are decoded under the rule that no line break, blank or other extra character is in them, and base64url by definition has no '=' padding here.",
	})
	rfc7515DisjointHeaders = requirement(Requirement{
		ID: "rfc7515-5.2-4-disjoint-headers", Document: "RFC 7515", Clause: "5.2 (4), 7.2.1",
		Level: "MUST NOT", Binds: "verifier", Status: "standard", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS},
		Says: "In the JSON serialization no header name occurs both in the protected and in the unprotected header, and the verifier checks that.",
	})
	rfc7515ValuesUnderstood = requirement(Requirement{
		ID: "rfc7515-5.2-5-values-understood", Document: "RFC 7515", Clause: "5.2 (5), 4.1.11",
		Level: "MUST", Binds: "verifier", Status: "standard", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS},
		Says: "The verifier makes sure that it understands every field it is obliged to support, crit itself included, and the values of those fields.",
	})
	rfc7515Signature = requirement(Requirement{
		ID: "rfc7515-5.2-8-signature", Document: "RFC 7515", Clause: "5.2 (8), (10)",
		Level: "MUST", Binds: "verifier", Status: "standard", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS, JWE},
		Says: "The signature is checked over the encoded header and payload as received, in the way the algorithm prescribes, with alg telling truthfully which one; a JWS that fails is invalid.",
	})
	rfc7515Comparison = requirement(Requirement{
		ID: "rfc7515-5.3-comparison", Document: "RFC 7515", Clause: "5.3",
		Level: "MUST", Binds: "verifier", Status: "standard", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS},
		Says: "Names and values in the header are compared by plain JSON string equality; only typ and cty have another rule.",
	})
	rfc7515KeyUndetermined = requirement(Requirement{
		ID: "rfc7515-6-key-undetermined", Document: "RFC 7515", Clause: "6",
		Level: "none", Binds: "verifier", Status: "standard", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS},
		Says: "When the algorithm needs a key and no key can be determined, validation fails.",
	})
	rfc7515SignatureMembers = requirement(Requirement{
		ID: "rfc7515-7.2.1-signature-members", Document: "RFC 7515", Clause: "7.2.1",
		Level: "MUST", Binds: "verifier", Status: "standard", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS},
		Says: "In the JSON serialization each signature object has a signature member and at least one of protected and header, so that alg is conveyed.",
	})
	rfc7515AppDKeySelection = requirement(Requirement{
		ID: "rfc7515-app-d-key-selection", Document: "RFC 7515", Clause: "App. D",
		Level: "none", Binds: "verifier", Status: "standard", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS},
		Says: "Key selection is the application's affair: it may filter by kid, use, key_ops and alg, try several keys, and cap their number.",
	})
	rfc7515AppFDetached = requirement(Requirement{
		ID: "rfc7515-app-f-detached", Document: "RFC 7515", Clause: "App. F",
		Level: "none", Binds: "any", Status: "standard", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS},
		Says: "Detached content is an agreement between applications that put the payload back before they validate; it is no form of JWT.",
	})
	rfc7516Tag = requirement(Requirement{
		ID: "rfc7516-5.2-16-tag", Document: "RFC 7516", Clause: "5.2 (16)",
		Level: "MUST", Binds: "verifier", Status: "standard", Applies: []Profile{JWE},
		Says: "Where the authentication tag is wrong the input is refused, and no plaintext leaves the decrypter.",
	})
	rfc7516AcceptableAlg = requirement(Requirement{
		ID: "rfc7516-5.2-acceptable-alg", Document: "RFC 7516", Clause: "5.2, last paragraph",
		Level: "SHOULD", Binds: "verifier", Status: "standard", Applies: []Profile{JWE},
		Says: "A JWE that decrypts with algorithms that the application does not accept is taken for invalid.",
	})
	rfc7516OneAlgPerKey = requirement(Requirement{
		ID: "rfc7516-11.4-one-alg-per-key", Document: "RFC 7516", Clause: "11.4",
		Level: "none", Binds: "verifier", Status: "standard", Applies: []Profile{JWE},
		Says: "A key that is marked for RSA-OAEP should fail at once where a token asks for RSA1_5 (lower case).",
	})
	rfc7516NoOracle = requirement(Requirement{
		ID: "rfc7516-11.5-no-oracle", Document: "RFC 7516", Clause: "11.5",
		Level: "MUST NOT", Binds: "verifier", Status: "standard", Applies: []Profile{JWE},
		Says: "The sender cannot tell errors of format, padding and length of the encrypted key from one another.",
	})
	rfc7518P2c = requirement(Requirement{
		ID: "rfc7518-4.8.1.2-p2c", Document: "RFC 7518", Clause: "4.8.1.2",
		Level: "MUST", Binds: "verifier", Status: "standard", Applies: []Profile{JWE},
		Says: "p2c is there and a positive integer; 1000 is recommended as the least, and no greatest is given.",
	})
	rfc7518TagFirst = requirement(Requirement{
		ID: "rfc7518-5.2.2.2-tag-first", Document: "RFC 7518", Clause: "5.2.2.1 (4), 5.2.2.2",
		Level: "none", Binds: "verifier", Status: "standard", Applies: []Profile{JWE},
		Says: "AES-CBC with HMAC compares the whole tag before anything is decrypted or padding is looked at.",
	})
	rfc7518GcmSizes = requirement(Requirement{
		ID: "rfc7518-5.3-gcm-sizes", Document: "RFC 7518", Clause: "5.3",
		Level: "MUST", Binds: "any", Status: "standard", Applies: []Profile{JWE},
		Says: "AES-GCM takes an IV of 96 bits and a tag of 128.",
	})
	rfc7519Nested = requirement(Requirement{
		ID: "rfc7519-7.2-8-nested", Document: "RFC 7519", Clause: "7.2 (8)",
		Level: "MUST", Binds: "verifier", Status: "standard", Applies: []Profile{JWE},
		Says: "cty JWT means that the content is a JWT itself, which is validated from the first step again.",
	})
	rfc8725Rsa15 = requirement(Requirement{
		ID: "rfc8725-3.2-rsa15", Document: "RFC 8725", Clause: "3.2",
		Level: "SHOULD", Binds: "verifier", Status: "bcp", Applies: []Profile{JWE},
		Says: "RSA encryption by PKCS #1 v1.5 is avoided.",
	})
	bisP2c = requirement(Requirement{
		ID: "bis-3.13-p2c", Document: "rfc8725bis", Clause: "3.13",
		Level: "SHOULD", Binds: "verifier", Status: "draft", Applies: []Profile{JWE},
		Says: "The rounds of PBES2 are capped, at twice 600,000 for example.",
	})
	bisDecompression = requirement(Requirement{
		ID: "bis-3.15-decompression", Document: "rfc8725bis", Clause: "3.15",
		Level: "SHOULD", Binds: "verifier", Status: "draft", Applies: []Profile{JWE},
		Says: "What a JWE may inflate to is capped, at 250 kB for example.",
	})
	coreEncryption = requirement(Requirement{
		ID: "core-3.1.3.7-1-encryption", Document: "OIDC Core", Clause: "3.1.3.7 (1)",
		Level: "SHOULD", Binds: "client", Status: "standard", Applies: []Profile{JWE},
		Says: "If encryption was agreed on at registration, an ID token that is not encrypted is refused.",
	})
	rfc7516Decryption = requirement(Requirement{
		ID: "rfc7516-5.2-decryption", Document: "RFC 7516", Clause: "5.2 (1), (7), (9), (18)",
		Level: "MUST", Binds: "verifier", Status: "standard", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS, JWE},
		Says: "A JWE that has not exactly five parts, uses no key known to the recipient, has a content key of the wrong length, or fails at any other step of decryption is invalid.",
	})
	rfc7516TellingApart = requirement(Requirement{
		ID: "rfc7516-9-telling-apart", Document: "RFC 7516", Clause: "9",
		Level: "none", Binds: "verifier", Status: "standard", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS, JWE},
		Says: "Three parts mean JWS and five mean JWE, and an enc member means JWE; for malformed input these tests can disagree.",
	})
	rfc7517DuplicateMembers = requirement(Requirement{
		ID: "rfc7517-4-duplicate-members", Document: "RFC 7517", Clause: "4, 5",
		Level: "MUST", Binds: "verifier", Status: "standard", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS},
		Says: "A parser that meets a member twice in a JWK or JWK Set either refuses the object or takes the last occurrence.",
	})
	rfc7517IgnoreUnknown = requirement(Requirement{
		ID: "rfc7517-4-ignore-unknown", Document: "RFC 7517", Clause: "4, 5",
		Level: "MUST", Binds: "verifier", Status: "standard", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS},
		Says: "Members of a JWK or JWK Set that are not understood are ignored.",
	})
	rfc7517UseKeyOps = requirement(Requirement{
		ID: "rfc7517-4.2-use-key-ops", Document: "RFC 7517", Clause: "4.2, 4.3",
		Level: "none", Binds: "any", Status: "standard", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS},
		Says: "use and key_ops are optional and tell what a key is meant for; the text does not in words forbid a verifier a key that is marked otherwise.",
	})
	rfc7517SkipUnusable = requirement(Requirement{
		ID: "rfc7517-5-skip-unusable", Document: "RFC 7517", Clause: "5, 5.1",
		Level: "SHOULD", Binds: "verifier", Status: "standard", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS},
		Says: "JWKs with an unknown kty, a missing required member or a value outside the supported range should be passed over and the rest of the set used; the order of keys means nothing.",
	})
	rfc7517Comparison = requirement(Requirement{
		ID: "rfc7517-6-comparison", Document: "RFC 7517", Clause: "6, 4.5",
		Level: "MUST", Binds: "verifier", Status: "standard", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS},
		Says: "Member names and values of JWKs, kid included, are compared by the JWS rule, exact string equality; kid is optional.",
	})
	rfc7518AlgNames = requirement(Requirement{
		ID: "rfc7518-3.1-alg-names", Document: "RFC 7518", Clause: "3.1",
		Level: "none", Binds: "any", Status: "standard", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS},
		Says: "This is the list of signature algorithms with their exact names; key management names such as dir or RSA-OAEP belong to another list (4.1).",
	})
	rfc7518HmacKeySize = requirement(Requirement{
		ID: "rfc7518-3.2-hmac-key-size", Document: "RFC 7518", Clause: "3.2",
		Level: "MUST", Binds: "any", Status: "standard", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS},
		Says: "An HMAC key is at least as long as the hash output: 256, 384 or 512 bits.",
	})
	rfc7518RsaKeySize = requirement(Requirement{
		ID: "rfc7518-3.3-rsa-key-size", Document: "RFC 7518", Clause: "3.3, 3.5",
		Level: "MUST", Binds: "any", Status: "standard", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS},
		Says: "RSA keys used with RS* and PS* have 2048 bits or more.",
	})
	rfc7518SignatureLength = requirement(Requirement{
		ID: "rfc7518-3.4-signature-length", Document: "RFC 7518", Clause: "3.4",
		Level: "MUST", Binds: "verifier", Status: "standard", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS},
		Says: "An ES256 signature is exactly 64 octets, R then S (96 for ES384, 132 for ES512); any other length fails, DER included.",
	})
	rfc7518NoneEmptySignature = requirement(Requirement{
		ID: "rfc7518-3.6-none-empty-signature", Document: "RFC 7518", Clause: "3.6",
		Level: "MUST", Binds: "verifier", Status: "standard", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS},
		Says: "A recipient of alg none makes sure that the signature part is empty.",
	})
	rfc7518NoneNotByDefault = requirement(Requirement{
		ID: "rfc7518-3.6-none-not-by-default", Document: "RFC 7518", Clause: "3.6",
		Level: "MUST NOT", Binds: "verifier", Status: "standard", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS, JWE},
		Says: "An unsecured JWS is not accepted by default, only where the application says so for the object at hand.",
	})
	rfc7518RsaKey = requirement(Requirement{
		ID: "rfc7518-6.3-rsa-key", Document: "RFC 7518", Clause: "7518: 6.3; 8017: 3.1",
		Level: "none", Binds: "any", Status: "standard", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS},
		Says: "A valid RSA public key has a modulus of two or more distinct odd primes and an exponent from 3 to n-1 coprime to lambda(n), which makes it odd.",
	})
	rfc7519CompactOnly = requirement(Requirement{
		ID: "rfc7519-1-compact-only", Document: "RFC 7519", Clause: "1",
		Level: "none", Binds: "any", Status: "standard", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS},
		Says: "A JWT is always in compact serialization; the JSON serializations are not JWTs.",
	})
	rfc7519JsonRules = requirement(Requirement{
		ID: "rfc7519-11-json-rules", Document: "RFC 7519", Clause: "11",
		Level: "MUST", Binds: "verifier", Status: "standard", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS},
		Says: "The JWS rules for strict JSON, trailing characters and verbatim names hold for the claims as they do for the header.",
	})
	rfc7519KeyOfIssuer = requirement(Requirement{
		ID: "rfc7519-11.1-key-of-issuer", Document: "RFC 7519", Clause: "11.1",
		Level: "none", Binds: "verifier", Status: "standard", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS},
		Says: "A JWT is only worth trusting if its key is verifiably under the control of the party named as issuer.",
	})
	rfc7519DuplicateClaims = requirement(Requirement{
		ID: "rfc7519-4-duplicate-claims", Document: "RFC 7519", Clause: "4",
		Level: "MUST", Binds: "verifier", Status: "standard", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS},
		Says: "A parser that meets a claim name twice either refuses the JWT or takes the last occurrence.",
	})
	rfc7519IgnoreUnknown = requirement(Requirement{
		ID: "rfc7519-4-ignore-unknown", Document: "RFC 7519", Clause: "4",
		Level: "MUST", Binds: "verifier", Status: "standard", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS},
		Says: "Claims that are not understood are ignored, unless the application demands otherwise.",
	})
	rfc7519Aud = requirement(Requirement{
		ID: "rfc7519-4.1.3-aud", Document: "RFC 7519", Clause: "4.1.3",
		Level: "MUST", Binds: "verifier", Status: "standard", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS},
		Says: "If a JWT has aud and the recipient does not find itself in it, the JWT is rejected; a JWT without aud is legal here.",
	})
	rfc7519Exp = requirement(Requirement{
		ID: "rfc7519-4.1.4-exp", Document: "RFC 7519", Clause: "4.1.4",
		Level: "MUST NOT", Binds: "verifier", Status: "standard", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS},
		Says: "A JWT is not accepted at or after its exp; a JWT without exp is legal here.",
	})
	rfc7519ExpNumber = requirement(Requirement{
		ID: "rfc7519-4.1.4-exp-number", Document: "RFC 7519", Clause: "4.1.4",
		Level: "MUST", Binds: "any", Status: "standard", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS},
		Says: "exp is a JSON number.",
	})
	rfc7519NumericDate = requirement(Requirement{
		ID: "rfc7519-2-numericdate", Document: "RFC 7519", Clause: "2",
		Level: "none", Binds: "any", Status: "standard", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS},
		Says: "Times are JSON numbers of seconds since 1970 and may have a fraction.",
	})
	rfc7519Leeway = requirement(Requirement{
		ID: "rfc7519-4.1.4-leeway", Document: "RFC 7519", Clause: "4.1.4",
		Level: "MAY", Binds: "verifier", Status: "standard", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS},
		Says: "A small leeway for clock skew, usually no more than a few minutes, is allowed.",
	})
	rfc7519Nbf = requirement(Requirement{
		ID: "rfc7519-4.1.5-nbf", Document: "RFC 7519", Clause: "4.1.5",
		Level: "MUST NOT", Binds: "verifier", Status: "standard", Applies: []Profile{BearerJWT, RFC9068, JWS},
		Says: "A JWT with nbf is not accepted before that time, a small leeway allowed; nbf is optional, a number, and like every claim of this list not mandatory to understand.",
	})
	rfc7519Period = requirement(Requirement{
		ID: "rfc7519-7.2-1-period", Document: "RFC 7519", Clause: "7.2 (1), (7)",
		Level: "MUST", Binds: "verifier", Status: "standard", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS, JWE},
		Says: "A JWT has at least one period and has to pass every step of JWS or JWE validation, otherwise it is rejected.",
	})
	rfc7519ClaimsObject = requirement(Requirement{
		ID: "rfc7519-7.2-10-claims-object", Document: "RFC 7519", Clause: "7.2 (10)",
		Level: "MUST", Binds: "verifier", Status: "standard", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS},
		Says: "A JWT whose payload is not a valid UTF-8 JSON object is rejected.",
	})
	rfc7519HeaderBase64url = requirement(Requirement{
		ID: "rfc7519-7.2-3-header-base64url", Document: "RFC 7519", Clause: "7.2 (3)",
		Level: "MUST", Binds: "verifier", Status: "standard", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS},
		Says: "What stands before the first period has to be base64url without blanks, line breaks or other characters, otherwise the JWT is rejected.",
	})
	rfc7519Comparison = requirement(Requirement{
		ID: "rfc7519-7.3-comparison", Document: "RFC 7519", Clause: "7.3, 2",
		Level: "MUST", Binds: "verifier", Status: "standard", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS},
		Says: "Claim names and values are compared by plain string equality, without case folding, truncation or normalization.",
	})
	rfc7797NotInJwt = requirement(Requirement{
		ID: "rfc7797-7-not-in-jwt", Document: "RFC 7797", Clause: "7, 5.2",
		Level: "MUST NOT", Binds: "any", Status: "standard", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS},
		Says: "A JWT does not use b64 false.",
	})
	rfc8017Verify = requirement(Requirement{
		ID: "rfc8017-verify", Document: "RFC 8017", Clause: "8.2.2, 8.1.2, 9.1.2, 5.2.2",
		Level: "none", Binds: "verifier", Status: "informational", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS},
		Says: "An RSA signature of the wrong length or outside 0..n-1 is invalid; for PKCS #1 v1.5 the block has to equal the expected one octet for octet, for PSS salt length, padding and trailer are fixed.",
	})
	rfc8037X25519 = requirement(Requirement{
		ID: "rfc8037-3.2-x25519", Document: "RFC 8037", Clause: "3.1, 3.1.2, 3.2, 4",
		Level: "MUST NOT", Binds: "any", Status: "standard", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS},
		Says: "EdDSA goes with Ed25519 and Ed448 keys; X25519 and X448 keys are not for signatures.",
	})
	rfc8259ByteOrderMark = requirement(Requirement{
		ID: "rfc8259-8.1-bom", Document: "RFC 8259", Clause: "8.1",
		Level: "MAY", Binds: "verifier", Status: "standard", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS},
		Says: "A parser may ignore a byte order mark instead of failing; only senders are forbidden it.",
	})
	rfc8259Limits = requirement(Requirement{
		ID: "rfc8259-9-limits", Document: "RFC 8259", Clause: "9, 6",
		Level: "MAY", Binds: "verifier", Status: "standard", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS},
		Says: "A parser may limit text size, nesting depth, range and precision of numbers, and length of strings.",
	})
	rfc8414Issuer = requirement(Requirement{
		ID: "rfc8414-3.3-issuer", Document: "RFC 8414", Clause: "3.3",
		Level: "MUST", Binds: "client", Status: "standard", Applies: []Profile{BearerJWT, RFC9068, Login},
		Says: "The issuer in the metadata is identical to the one asked, otherwise the document is not used.",
	})
	rfc8725AlgHonest = requirement(Requirement{
		ID: "rfc8725-3.1-alg-honest", Document: "RFC 8725", Clause: "3.1",
		Level: "MUST", Binds: "verifier", Status: "bcp", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS},
		Says: "The algorithm named in alg or enc is the one the library really uses.",
	})
	rfc8725AllowList = requirement(Requirement{
		ID: "rfc8725-3.1-allow-list", Document: "RFC 8725", Clause: "3.1",
		Level: "MUST", Binds: "verifier", Status: "bcp", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS},
		Says: "A library lets its caller name the permitted algorithms and uses no other.",
	})
	rfc8725OneAlgPerKey = requirement(Requirement{
		ID: "rfc8725-3.1-one-alg-per-key", Document: "RFC 8725", Clause: "3.1",
		Level: "MUST", Binds: "verifier", Status: "bcp", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS, JWE},
		Says: "A key serves exactly one algorithm, and this is checked when the key is used.",
	})
	rfc8725Kid = requirement(Requirement{
		ID: "rfc8725-3.10-kid", Document: "RFC 8725", Clause: "3.10",
		Level: "none", Binds: "verifier", Status: "bcp", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS},
		Says: "Applications should see to it (lower case) that a received kid cannot inject into SQL or LDAP look-ups.",
	})
	rfc8725Urls = requirement(Requirement{
		ID: "rfc8725-3.10-urls", Document: "RFC 8725", Clause: "3.10 (threat: 2.9)",
		Level: "SHOULD", Binds: "verifier", Status: "bcp", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS},
		Says: "Applications guard against request forgery through jku and x5u, for example by an allow-list and by sending no cookies.",
	})
	rfc8725ExclusiveRules = requirement(Requirement{
		ID: "rfc8725-3.12-exclusive-rules", Document: "RFC 8725", Clause: "3.12 (threat: 2.8)",
		Level: "MUST", Binds: "any", Status: "bcp", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS, JWE},
		Says: "If an issuer issues several kinds of JWT, their validation rules exclude one another, so that the wrong kind is rejected.",
	})
	rfc8725None = requirement(Requirement{
		ID: "rfc8725-3.2-none", Document: "RFC 8725", Clause: "3.2 (threat: 2.1)",
		Level: "SHOULD NOT", Binds: "verifier", Status: "bcp", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS, JWE},
		Says: "A library does not consume alg none unless its caller asks for it in so many words.",
	})
	rfc8725AllOperations = requirement(Requirement{
		ID: "rfc8725-3.3-all-operations", Document: "RFC 8725", Clause: "3.3 (threat: 2.3)",
		Level: "MUST", Binds: "verifier", Status: "bcp", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS, JWE},
		Says: "Every cryptographic operation of a JWT, inner and outer, is validated with keys and algorithms the application supplied, or the whole JWT is rejected.",
	})
	rfc8725Epk = requirement(Requirement{
		ID: "rfc8725-3.4-epk", Document: "RFC 8725", Clause: "3.4 (threat: 2.5)",
		Level: "MUST", Binds: "verifier", Status: "bcp", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS, JWE},
		Says: "Ephemeral keys on the NIST curves are validated before use; other inputs, such as points off the curve, must be validated too (lower case, a MUST in rfc8725bis).",
	})
	rfc8725Passwords = requirement(Requirement{
		ID: "rfc8725-3.5-passwords", Document: "RFC 8725", Clause: "3.5 (threat: 2.2)",
		Level: "MUST NOT", Binds: "any", Status: "bcp", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS},
		Says: "A human-memorizable password is not used as a MAC key.",
	})
	rfc8725KeysOfIssuer = requirement(Requirement{
		ID: "rfc8725-3.8-keys-of-issuer", Document: "RFC 8725", Clause: "3.8",
		Level: "MUST", Binds: "verifier", Status: "bcp", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS},
		Says: "A JWT with an iss is rejected unless the key that verified it belongs to that issuer.",
	})
	rfc8725Aud = requirement(Requirement{
		ID: "rfc8725-3.9-aud", Document: "RFC 8725", Clause: "3.9 (threat: 2.7)",
		Level: "MUST", Binds: "verifier", Status: "bcp", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS},
		Says: "Where an issuer serves more than one recipient, a recipient rejects a JWT that has no aud or none that names it.",
	})
	rfc9068Rs256 = requirement(Requirement{
		ID: "rfc9068-2.1-rs256", Document: "RFC 9068", Clause: "2.1",
		Level: "MUST", Binds: "resource-server", Status: "standard", Applies: []Profile{RFC9068},
		Says: "Resource servers support RS256.",
	})
	rfc9068Aud = requirement(Requirement{
		ID: "rfc9068-4-aud", Document: "RFC 9068", Clause: "4",
		Level: "MUST", Binds: "resource-server", Status: "standard", Applies: []Profile{RFC9068},
		Says: "A token whose aud does not name this resource server is rejected.",
	})
	rfc9068Exp = requirement(Requirement{
		ID: "rfc9068-4-exp", Document: "RFC 9068", Clause: "4",
		Level: "MUST", Binds: "resource-server", Status: "standard", Applies: []Profile{RFC9068},
		Says: "The current time is before exp, a few minutes of leeway allowed.",
	})
	rfc9068Iss = requirement(Requirement{
		ID: "rfc9068-4-iss", Document: "RFC 9068", Clause: "4",
		Level: "MUST", Binds: "resource-server", Status: "standard", Applies: []Profile{RFC9068},
		Says: "iss matches the authorization server's issuer identifier exactly.",
	})
	rfc9068Signature = requirement(Requirement{
		ID: "rfc9068-4-signature", Document: "RFC 9068", Clause: "4",
		Level: "MUST", Binds: "resource-server", Status: "standard", Applies: []Profile{RFC9068},
		Says: "The signature of every token is checked with the keys of the authorization server, and alg none is rejected; there is no code-flow exemption here.",
	})
	rfc9068Typ = requirement(Requirement{
		ID: "rfc9068-4-typ", Document: "RFC 9068", Clause: "4",
		Level: "MUST", Binds: "resource-server", Status: "standard", Applies: []Profile{RFC9068},
		Says: "The resource server rejects a token whose typ is not at+jwt or application/at+jwt.",
	})
	rfc9110Redirects = requirement(Requirement{
		ID: "rfc9110-15.4-redirects", Document: "RFC 9110", Clause: "15.4, 15.4.8",
		Level: "MAY", Binds: "client", Status: "standard", Applies: []Profile{IDToken, BearerJWT, RFC9068, Login},
		Says: "A client may follow a redirect by itself, with care where the method is unsafe; on 307 it then keeps the method.",
	})
	rfc9700PerTransaction = requirement(Requirement{
		ID: "rfc9700-2.1.1-per-transaction", Document: "RFC 9700", Clause: "2.1.1",
		Level: "MUST", Binds: "client", Status: "bcp", Applies: []Profile{Login},
		Says: "The PKCE challenge or nonce is made for one transaction and tied to client and browser.",
	})
	rfc9700Audience = requirement(Requirement{
		ID: "rfc9700-2.3-audience", Document: "RFC 9700", Clause: "2.3",
		Level: "MUST", Binds: "resource-server", Status: "bcp", Applies: []Profile{BearerJWT, RFC9068},
		Says: "A resource server refuses a token that was not meant for it.",
	})
	rfc9700Nonce = requirement(Requirement{
		ID: "rfc9700-4.5.3.2-nonce", Document: "RFC 9700", Clause: "4.5.3.2",
		Level: "MUST", Binds: "client", Status: "bcp", Applies: []Profile{Login},
		Says: "A client that relies on nonce checks it in the id_token of the token endpoint and uses no token before that.",
	})
	rfc9700TokenIsSecret = requirement(Requirement{
		ID: "rfc9700-4.9.3-token-is-secret", Document: "RFC 9700", Clause: "4.9.3",
		Level: "MUST", Binds: "resource-server", Status: "bcp", Applies: []Profile{BearerJWT, RFC9068},
		Says: "A resource server treats access tokens as secrets and neither stores nor passes them on in plaintext.",
	})
	rfc9864Ed25519 = requirement(Requirement{
		ID: "rfc9864-2.2-ed25519", Document: "RFC 9864", Clause: "2.2, 4.1.1",
		Level: "none", Binds: "any", Status: "standard", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS},
		Says: "Ed25519 and Ed448 are algorithm names of their own; EdDSA is deprecated.",
	})
	rfc9110RetryAfter = requirement(Requirement{
		ID: "rfc9110-10.2.3-retry-after", Document: "RFC 9110", Clause: "10.2.3",
		Level: "none", Binds: "client", Status: "standard", Applies: readers,
		Says: "Retry-After tells how long a client ought to wait; no keyword stands behind it.",
	})
	rfc8259Accept = requirement(Requirement{
		ID: "rfc8259-9-accept", Document: "RFC 8259", Clause: "9, 2, 8.3",
		Level: "MUST", Binds: "verifier", Status: "standard", Applies: readers,
		Says: "A parser takes every text that follows the grammar, white space between tokens and escaped letters included.",
	})
	rfc7515IgnoreUnknown = requirement(Requirement{
		ID: "rfc7515-4-ignore-unknown", Document: "RFC 7515", Clause: "4",
		Level: "MUST", Binds: "verifier", Status: "standard", Applies: readers,
		Says: "A header parameter the implementation does not know is ignored, unless crit names it.",
	})
	rfc7515HeaderJson = requirement(Requirement{
		ID: "rfc7515-5.2-3-header-json", Document: "RFC 7515", Clause: "5.2 (3)",
		Level: "MUST", Binds: "verifier", Status: "standard", Applies: readers,
		Says: "The decoded header has to be UTF-8 and one complete, valid JSON object.",
	})
	rfc7519HeaderObject = requirement(Requirement{
		ID: "rfc7519-7.2-4-header-object", Document: "RFC 7519", Clause: "7.2 (4)",
		Level: "MUST", Binds: "verifier", Status: "standard", Applies: readers,
		Says: "A JWT whose decoded header is not a valid UTF-8 JSON object is rejected.",
	})
	rfc4648PadBits = requirement(Requirement{
		ID: "rfc4648-3.5-pad-bits", Document: "RFC 4648", Clause: "3.5",
		Level: "MAY", Binds: "verifier", Status: "standard", Applies: readers,
		Says: "A decoder is free to refuse data whose unused trailing bits are not zero; only encoders are obliged to zero them.",
	})
	rfc8725Utf8 = requirement(Requirement{
		ID: "rfc8725-3.7-utf8", Document: "RFC 8725", Clause: "3.7 (threat: 2.6)",
		Level: "MUST", Binds: "verifier", Status: "bcp", Applies: readers,
		Says: "Header and claims are read as UTF-8 and in no other Unicode encoding.",
	})
	rfc7515StrictJson = requirement(Requirement{
		ID: "rfc7515-10.12-strict-json", Document: "RFC 7515", Clause: "10.12",
		Level: "MUST", Binds: "verifier", Status: "standard", Applies: readers,
		Says: "JSON that does not follow the grammar is refused whole, and so is a valid object followed by further significant characters; RFC 8259's licence for parser extensions does not hold here.",
	})
	bisAllowList = requirement(Requirement{
		ID: "bis-3.1-allow-list-checks", Document: "rfc8725bis", Clause: "3.1",
		Level: "MUST", Binds: "verifier", Status: "draft", Applies: readers,
		Says: "The recipient decides which algorithms are permitted for itself and for the issuer (MUST), and the check should be an allow-list, since a block-list misses spellings nobody thought of.",
	})
	coreMacManyAudiences = requirement(Requirement{
		ID: "core-3.1.3.7-8-mac-multi-aud", Document: "OIDC Core", Clause: "3.1.3.7 (8)",
		Level: "none", Binds: "client", Status: "standard", Applies: []Profile{IDToken, Login},
		Says: "With a MAC algorithm and several audiences behaviour is unspecified.",
	})
	rfc7515KidHint = requirement(Requirement{
		ID: "rfc7515-4.1.4-kid-hint", Document: "RFC 7515", Clause: "4.1.4",
		Level: "MAY", Binds: "verifier", Status: "standard", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS},
		Says: "kid points to a key and proves nothing: a token can come without it, and one that fits no key is no failed signature by itself.",
	})
	rfc7517X5u = requirement(Requirement{
		ID: "rfc7517-4.6-x5u", Document: "RFC 7517", Clause: "4.6",
		Level: "MUST", Binds: "verifier", Status: "standard", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS},
		Says: "Nobody has to use x5u of a JWK; who does fetches it over TLS and checks whose server it is.",
	})
	rfc7518NoneNotGlobal = requirement(Requirement{
		ID: "rfc7518-3.6-none-not-global", Document: "RFC 7518", Clause: "3.6",
		Level: "MUST NOT", Binds: "verifier", Status: "standard", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS},
		Says: "There is no switch by which an application takes unsecured objects from everybody.",
	})
	rfc8259Extensions = requirement(Requirement{
		ID: "rfc8259-9-extensions", Document: "RFC 8259", Clause: "9",
		Level: "MAY", Binds: "verifier", Status: "standard", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS},
		Says: "A parser is free to read more than JSON, and no text is stricter with key sets and metadata.",
	})
	rfc9111OwnCache = requirement(Requirement{
		ID: "rfc9111-6-application-caches", Document: "RFC 9111", Clause: "6",
		Level: "none", Binds: "any", Status: "standard", Applies: []Profile{IDToken, BearerJWT, RFC9068, Login},
		Says: "The rules of HTTP caching end where an application keeps what it was given; a validator's own cache of keys makes its own.",
	})
	coreTLSExemption = requirement(Requirement{
		ID: "core-3.1.3.7-6-tls-exemption", Document: "OIDC Core", Clause: "3.1.3.7 (6)",
		Level: "MAY", Binds: "client", Status: "standard", Applies: []Profile{IDToken, Login},
		Says: "A client that has its id_token from the token endpoint itself, over TLS, can do without the signature check; nobody else can.",
	})
	rfc7515CritViolations = requirement(Requirement{
		ID: "rfc7515-4.1.11-crit-violations", Document: "RFC 7515", Clause: "4.1.11",
		Level: "MAY", Binds: "verifier", Status: "standard", Applies: readers,
		Says: "A recipient is free to refuse a crit that breaks the rules for writing one: an empty list, a repeated name, a registered name, a name that the header does not hold.",
	})
	rfc7515TypCtyIgnored = requirement(Requirement{
		ID: "rfc7515-4.1.9-typ-cty-ignored", Document: "RFC 7515", Clause: "4.1.9, 4.1.10",
		Level: "none", Binds: "verifier", Status: "standard", Applies: readers,
		Says: "JWS itself pays no heed to typ and cty; they are the application's to act on.",
	})
	rfc7515X5t = requirement(Requirement{
		ID: "rfc7515-4.1.7-x5t", Document: "RFC 7515", Clause: "4.1.7, 4.1.8",
		Level: "none", Binds: "any", Status: "standard", Applies: readers,
		Says: "x5t and x5t#S256 are digests of the signer's certificate; using them is optional, and no check is prescribed.",
	})
)
