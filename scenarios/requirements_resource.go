package scenarios

// What requests to protected resources, and the answers to them, stand on.
var (
	rfc9068InvalidToken = requirement(Requirement{
		ID: "rfc9068-4-invalid-token", Document: "RFC 9068", Clause: "4",
		Level: "MUST", Binds: "resource-server", Status: "standard", Applies: []Profile{RFC9068},
		Says: "Whatever check of RFC 9068 fails, the answer is invalid_token.",
	})
	rfc6750OneMethod = requirement(Requirement{
		ID: "rfc6750-2-one-method", Document: "RFC 6750", Clause: "2",
		Level: "MUST NOT", Binds: "client", Status: "standard", Applies: []Profile{BearerJWT, RFC9068},
		Says: "A request carries its access token in one way, not in two at a time.",
	})
	rfc6750Header = requirement(Requirement{
		ID: "rfc6750-2.1-header", Document: "RFC 6750", Clause: "2.1",
		Level: "MUST", Binds: "resource-server", Status: "standard", Applies: []Profile{BearerJWT, RFC9068},
		Says: "The Authorization header with the Bearer scheme is the one way that every resource server takes.",
	})
	rfc6750Query = requirement(Requirement{
		ID: "rfc6750-2.3-query", Document: "RFC 6750", Clause: "2.3, 5.3",
		Level: "MAY", Binds: "resource-server", Status: "standard", Applies: []Profile{BearerJWT, RFC9068},
		Says: "A resource server can take tokens from the query, which is discouraged.",
	})
	rfc6750Challenge = requirement(Requirement{
		ID: "rfc6750-3-challenge", Document: "RFC 6750", Clause: "3",
		Level: "MUST", Binds: "resource-server", Status: "standard", Applies: []Profile{BearerJWT, RFC9068},
		Says: "Who asks for a protected resource without a good token is told so in WWW-Authenticate, with the scheme Bearer.",
	})
	rfc6750InvalidRequest = requirement(Requirement{
		ID: "rfc6750-3.1-invalid-request", Document: "RFC 6750", Clause: "3.1",
		Level: "SHOULD", Binds: "resource-server", Status: "standard", Applies: []Profile{BearerJWT, RFC9068},
		Says: "Two tokens, or one in two places, should earn 400 and invalid_request.",
	})
	rfc6750InvalidToken = requirement(Requirement{
		ID: "rfc6750-3.1-invalid-token", Document: "RFC 6750", Clause: "3.1",
		Level: "SHOULD", Binds: "resource-server", Status: "standard", Applies: []Profile{BearerJWT, RFC9068},
		Says: "A token that is expired, revoked, malformed or otherwise bad should earn 401 and invalid_token.",
	})
	rfc8705CertificateBound = requirement(Requirement{
		ID: "rfc8705-3-certificate-bound", Document: "RFC 8705", Clause: "3",
		Level: "MUST", Binds: "resource-server", Status: "standard", Applies: []Profile{BearerJWT, RFC9068},
		Says: "A token that is bound to a client certificate is refused on any connection that does not show this certificate.",
	})
	rfc9449NoDowngrade = requirement(Requirement{
		ID: "rfc9449-7.2-no-downgrade", Document: "RFC 9449", Clause: "7.2",
		Level: "MUST", Binds: "resource-server", Status: "standard", Applies: []Profile{BearerJWT, RFC9068},
		Says: "A resource server that knows DPoP does not take a DPoP-bound token as a mere bearer token; one that does not know it is not addressed.",
	})
	rfc9110Scheme = requirement(Requirement{
		ID: "rfc9110-11.1-scheme", Document: "RFC 9110", Clause: "11.1",
		Level: "none", Binds: "any", Status: "standard", Applies: []Profile{BearerJWT, RFC9068},
		Says: "Bearer, bearer and BEARER are one authentication scheme.",
	})
)
