package scenarios

// What the rows of a login stand on.
var (
	rfc7519MandatoryAlgs = requirement(Requirement{
		ID: "rfc7519-8-mandatory-algs", Document: "RFC 7519", Clause: "8",
		Level: "MUST", Binds: "verifier", Status: "standard", Applies: []Profile{IDToken, BearerJWT, RFC9068, JWS},
		Says: "A library needs HS256 and none to be one of JWTs at all; RS256 and ES256 are recommended to it.",
	})
	rfc6750PageURLs = requirement(Requirement{
		ID: "rfc6750-5.3-page-urls", Document: "RFC 6750", Clause: "5.3",
		Level: "SHOULD NOT", Binds: "client", Status: "standard", Applies: []Profile{Login},
		Says: "Access tokens should stay out of the addresses of pages, which browsers and servers write down.",
	})
	rfc6749CodeOnce = requirement(Requirement{
		ID: "rfc6749-4.1.2-code-once", Document: "RFC 6749", Clause: "4.1.2",
		Level: "MUST NOT", Binds: "client", Status: "standard", Applies: []Profile{Login},
		Says: "A client redeems an authorization code once.",
	})
	rfc6749IgnoreUnknown = requirement(Requirement{
		ID: "rfc6749-4.1.2-ignore-unknown", Document: "RFC 6749", Clause: "4.1.2",
		Level: "MUST", Binds: "client", Status: "standard", Applies: []Profile{Login},
		Says: "Parameters of an authorization response that a client does not know are passed over.",
	})
	rfc6749Success = requirement(Requirement{
		ID: "rfc6749-5.1-success", Document: "RFC 6749", Clause: "5.1, 7.1",
		Level: "MUST", Binds: "client", Status: "standard", Applies: []Profile{Login},
		Says: "A good token response is 200 with a JSON object that has a token_type, in any case of letters; the client bears a missing expires_in, a missing scope and members it does not know.",
	})
	rfc6749CSRF = requirement(Requirement{
		ID: "rfc6749-10.12-csrf", Document: "RFC 6749", Clause: "10.12",
		Level: "MUST", Binds: "client", Status: "standard", Applies: []Profile{Login},
		Says: "A client ties its redirection endpoint to the browser that began, by a value that nobody can guess.",
	})
	rfc6749Sanitize = requirement(Requirement{
		ID: "rfc6749-10.14-sanitize", Document: "RFC 6749", Clause: "10.14",
		Level: "MUST", Binds: "client", Status: "standard", Applies: []Profile{Login},
		Says: "What a client receives, it cleans, and checks wherever it can.",
	})
	rfc7636Verifier = requirement(Requirement{
		ID: "rfc7636-4.1-verifier", Document: "RFC 7636", Clause: "4.1",
		Level: "none", Binds: "client", Status: "standard", Applies: []Profile{Login},
		Says: "Every authorization request has a code verifier of its own, 43 to 128 characters that need no escape.",
	})
	rfc7636S256 = requirement(Requirement{
		ID: "rfc7636-4.2-s256", Document: "RFC 7636", Clause: "4.2",
		Level: "MUST", Binds: "client", Status: "standard", Applies: []Profile{Login},
		Says: "A client capable of S256 uses S256.",
	})
	rfc7636Entropy = requirement(Requirement{
		ID: "rfc7636-7.1-entropy", Document: "RFC 7636", Clause: "7.1",
		Level: "SHOULD", Binds: "client", Status: "standard", Applies: []Profile{Login},
		Says: "A code verifier should be as hard to guess as 256 random bits.",
	})
	rfc7636NoDowngrade = requirement(Requirement{
		ID: "rfc7636-7.2-no-downgrade", Document: "RFC 7636", Clause: "7.2",
		Level: "MUST NOT", Binds: "client", Status: "standard", Applies: []Profile{Login},
		Says: "That S256 was refused is no reason for a client to try plain.",
	})
	rfc9207Compare = requirement(Requirement{
		ID: "rfc9207-2.4-compare", Document: "RFC 9207", Clause: "2.4",
		Level: "MUST", Binds: "client", Status: "standard", Applies: []Profile{Login},
		Says: "The iss of an authorization response is held, character by character, to the issuer that was asked; if they differ the client goes no further.",
	})
	rfc9207Missing = requirement(Requirement{
		ID: "rfc9207-2.4-missing", Document: "RFC 9207", Clause: "2.4",
		Level: "MUST", Binds: "client", Status: "standard", Applies: []Profile{Login},
		Says: "From a server that is known to send iss, a response without it is refused.",
	})
	rfc9207Unadvertised = requirement(Requirement{
		ID: "rfc9207-2.4-unadvertised", Document: "RFC 9207", Clause: "2.4",
		Level: "SHOULD", Binds: "client", Status: "standard", Applies: []Profile{Login},
		Says: "From a server that does not say it sends iss, a response with it should be thrown away, unless local policy knows better.",
	})
	rfc9700OpenRedirector = requirement(Requirement{
		ID: "rfc9700-2.1-open-redirector", Document: "RFC 9700", Clause: "2.1, 4.11.1",
		Level: "MUST NOT", Binds: "client", Status: "bcp", Applies: []Profile{Login},
		Says: "Nothing at a client sends browsers on to wherever a parameter says.",
	})
	rfc9700CSRF = requirement(Requirement{
		ID: "rfc9700-2.1-csrf", Document: "RFC 9700", Clause: "2.1, 4.7, 4.7.1",
		Level: "MUST", Binds: "client", Status: "bcp", Applies: []Profile{Login},
		Says: "A client does not let others finish a sign-in in its user's name: PKCE, a nonce, or a state used once and tied to the browser stands against it.",
	})
	rfc9700StateOnce = requirement(Requirement{
		ID: "rfc9700-4.2.4-state-once", Document: "RFC 9700", Clause: "4.2.4",
		Level: "SHOULD", Binds: "client", Status: "bcp", Applies: []Profile{Login},
		Says: "A state that was used should be worth nothing any more.",
	})
	rfc9700MixUp = requirement(Requirement{
		ID: "rfc9700-2.1-mix-up", Document: "RFC 9700", Clause: "2.1, 4.4.1, 4.4.2",
		Level: "MUST", Binds: "client", Status: "bcp", Applies: []Profile{Login},
		Says: "Who talks to two authorization servers or more does not send to one what is meant for another.",
	})
	rfc9700StoreIssuer = requirement(Requirement{
		ID: "rfc9700-4.4.2-store-issuer", Document: "RFC 9700", Clause: "4.4.2",
		Level: "MUST", Binds: "client", Status: "bcp", Applies: []Profile{Login},
		Says: "For each request the client keeps, with the browser's session, to whom it went.",
	})
	rfc9700CompareIssuer = requirement(Requirement{
		ID: "rfc9700-4.4.2.1-compare", Document: "RFC 9700", Clause: "4.4.2.1",
		Level: "MUST", Binds: "client", Status: "bcp", Applies: []Profile{Login},
		Says: "Where the issuer in a response tells servers apart, one that is not the one on record ends the flow.",
	})
	rfc9700RedirectURI = requirement(Requirement{
		ID: "rfc9700-4.4.2.2-redirect-uri", Document: "RFC 9700", Clause: "4.4.2.2",
		Level: "MUST", Binds: "client", Status: "bcp", Applies: []Profile{Login},
		Says: "Where redirect URIs tell servers apart, a response on the wrong one ends the flow.",
	})
	rfc9700CodeInjection = requirement(Requirement{
		ID: "rfc9700-2.1.1-code-injection", Document: "RFC 9700", Clause: "2.1.1, 4.5.3, 4.5.3.1",
		Level: "MUST", Binds: "client", Status: "bcp", Applies: []Profile{Login},
		Says: "A code that was stolen is of no use in another session: public clients have PKCE for it, the others PKCE or the nonce.",
	})
	rfc9700NoQuery = requirement(Requirement{
		ID: "rfc9700-4.3.2-no-query", Document: "RFC 9700", Clause: "4.3.2",
		Level: "MUST NOT", Binds: "client", Status: "bcp", Applies: []Profile{Login},
		Says: "Access tokens do not travel in queries.",
	})
	coreNonceEntropy = requirement(Requirement{
		ID: "core-3.1.2.1-nonce-entropy", Document: "OIDC Core", Clause: "3.1.2.1, 3.2.2.1, 3.3.2.1",
		Level: "MUST", Binds: "client", Status: "standard", Applies: []Profile{Login},
		Says: "Nobody can guess a client's nonce.",
	})
	coreResponse = requirement(Requirement{
		ID: "core-3.1.2.7-response", Document: "OIDC Core", Clause: "3.1.2.7",
		Level: "MUST", Binds: "client", Status: "standard", Applies: []Profile{Login},
		Says: "An authorization response is validated as OAuth 2.0 has it, state included.",
	})
	coreNonceRequest = requirement(Requirement{
		ID: "core-3.2.2.1-nonce-request", Document: "OIDC Core", Clause: "3.2.2.1, 3.3.2.1",
		Level: "MUST", Binds: "client", Status: "standard", Applies: []Profile{Login},
		Says: "Whoever asks for an id_token from the authorization endpoint sends a nonce with it.",
	})
	coreState = requirement(Requirement{
		ID: "core-3.2.2.5-state", Document: "OIDC Core", Clause: "3.2.2.5",
		Level: "MUST", Binds: "client", Status: "standard", Applies: []Profile{Login},
		Says: "In the implicit and hybrid flows the state that comes back is held to the one that was sent.",
	})
	coreTargetLink = requirement(Requirement{
		ID: "core-4-target-link-uri", Document: "OIDC Core", Clause: "4",
		Level: "MUST", Binds: "client", Status: "standard", Applies: []Profile{Login},
		Says: "A client looks at target_link_uri before it sends anybody there.",
	})
	coreUserInfoSub = requirement(Requirement{
		ID: "core-5.3.2-sub", Document: "OIDC Core", Clause: "5.3.2",
		Level: "MUST", Binds: "client", Status: "standard", Applies: []Profile{Login},
		Says: "UserInfo has a sub, and unless it is the id_token's to the letter nothing of the answer is used.",
	})
	coreUserInfoSignature = requirement(Requirement{
		ID: "core-5.3.4-signature", Document: "OIDC Core", Clause: "5.3.4 (3), 5.3.2",
		Level: "SHOULD", Binds: "client", Status: "standard", Applies: []Profile{Login},
		Says: "Where UserInfo is signed, the client should check by whom.",
	})
	coreAssertionAud = requirement(Requirement{
		ID: "core-9-assertion-aud", Document: "OIDC Core", Clause: "9",
		Level: "SHOULD", Binds: "client", Status: "standard", Applies: []Profile{Login},
		Says: "A client assertion should be addressed to the token endpoint.",
	})
	errata3AssertionAud = requirement(Requirement{
		ID: "core-errata3-assertion-aud", Document: "OIDC Core errata 3", Clause: "9",
		Level: "MUST", Binds: "client", Status: "draft", Applies: []Profile{Login},
		Says: "A client assertion is addressed to the issuer and to nothing else, in one string.",
	})
	rfc7523bisAssertionAud = requirement(Requirement{
		ID: "rfc7523bis-assertion-aud", Document: "rfc7523bis", Clause: "update of RFC 7523 section 3, item 3",
		Level: "MUST", Binds: "client", Status: "draft", Applies: []Profile{Login},
		Says: "A client assertion names the issuer as its audience, and no longer the token endpoint.",
	})
)
