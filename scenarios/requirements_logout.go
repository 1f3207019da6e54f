package scenarios

// What the rows of a logout stand on.
var (
	bclSignature = requirement(Requirement{
		ID: "bcl-2.6-signature", Document: "OIDC Back-Channel Logout", Clause: "2.6 (2)",
		Level: "MUST", Binds: "client", Status: "standard", Applies: []Profile{Login},
		Says: "A logout token's signature is checked in the way of an id_token's.",
	})
	bclNone = requirement(Requirement{
		ID: "bcl-2.6-3-none", Document: "OIDC Back-Channel Logout", Clause: "2.6 (3)",
		Level: "MUST NOT", Binds: "client", Status: "standard", Applies: []Profile{Login},
		Says: "No logout token is under alg none; which other algorithms pass is judged as for id_tokens.",
	})
	bclClaims = requirement(Requirement{
		ID: "bcl-2.6-4-claims", Document: "OIDC Back-Channel Logout", Clause: "2.6 (4)",
		Level: "MUST", Binds: "client", Status: "standard", Applies: []Profile{Login},
		Says: "A logout token's iss, aud, iat and exp are held to what an id_token's are.",
	})
	bclSubject = requirement(Requirement{
		ID: "bcl-2.6-5-subject", Document: "OIDC Back-Channel Logout", Clause: "2.6 (5)",
		Level: "MUST", Binds: "client", Status: "standard", Applies: []Profile{Login},
		Says: "A logout token says whom or which session it ends, by sub, sid or both.",
	})
	bclEvents = requirement(Requirement{
		ID: "bcl-2.6-6-events", Document: "OIDC Back-Channel Logout", Clause: "2.6 (6)",
		Level: "MUST", Binds: "client", Status: "standard", Applies: []Profile{Login},
		Says: "Without the logout event among its events a token is no logout token, so no id_token is one.",
	})
	bclNonce = requirement(Requirement{
		ID: "bcl-2.6-7-nonce", Document: "OIDC Back-Channel Logout", Clause: "2.6 (7)",
		Level: "MUST", Binds: "client", Status: "standard", Applies: []Profile{Login},
		Says: "A token with a nonce is no logout token.",
	})
	bclOptional = requirement(Requirement{
		ID: "bcl-2.6-8-optional", Document: "OIDC Back-Channel Logout", Clause: "2.6 (8)-(11)",
		Level: "MAY", Binds: "client", Status: "standard", Applies: []Profile{Login},
		Says: "A client is free to remember jti, and to compare iss, sub and sid with the sessions it has.",
	})
	bclStatus = requirement(Requirement{
		ID: "bcl-2.8-status", Document: "OIDC Back-Channel Logout", Clause: "2.6, 2.8",
		Level: "MUST", Binds: "client", Status: "standard", Applies: []Profile{Login},
		Says: "200 says that the logout was done, 400 that it was not or that the token was bad; a 204 in place of 200 is to be borne.",
	})
	bclNoStore = requirement(Requirement{
		ID: "bcl-2.8-no-store", Document: "OIDC Back-Channel Logout", Clause: "2.8",
		Level: "SHOULD", Binds: "client", Status: "standard", Applies: []Profile{Login},
		Says: "The answer to a logout should not be stored by any cache.",
	})
	fclSession = requirement(Requirement{
		ID: "fcl-2-iss-sid", Document: "OIDC Front-Channel Logout", Clause: "2",
		Level: "MAY", Binds: "client", Status: "standard", Applies: []Profile{Login},
		Says: "A client can hold iss and sid of a front-channel logout to its session, and do nothing where they differ.",
	})
)
