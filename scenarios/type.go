package scenarios

import "github.com/rogueidp/rogueidp/mockidp/fault"

// typeRows are about one kind of token in the place of another. All of them
// have an honest issuer's signature, but for the proof that its own key signs.
var typeRows = family{name: "type", check: Elsewhere, twin: "honest", rows: []Scenario{
	{
		ID:       "type.access-as-id",
		Title:    "refuses the access token that came beside the ID token",
		Severity: Critical,
		Cites:    cites(coreAudience, rfc8725ExclusiveRules),
		Profiles: []Profile{IDToken},
		IdP: does(
			fault.SetClaim{Name: "aud", Value: `"https://api.test"`},
			fault.SetClaim{Name: "scope", Value: `"openid profile"`},
			fault.DropClaim{Name: "nonce"},
		),
		Expect: Reject,
		Cases: []Case{
			{Name: "typed", IdP: does(fault.SetHeader{Name: "typ", Value: `"at+jwt"`})},
			{Name: "untyped", IdP: does(fault.DropHeader{Name: "typ"})},
		},
		Why: "an access token differs in its audience, its nonce and, where it follows RFC 9068, its typ; alone they are audience.other-client, nonce.missing and header.typ-at-as-id",
	},
	{
		ID:       "type.id-as-access",
		Title:    "refuses the ID token that came beside the access token",
		Severity: Critical,
		Cites:    cites(rfc9068Typ, rfc9068Aud, rfc9700Audience, rfc8725ExclusiveRules),
		Profiles: []Profile{BearerJWT, RFC9068},
		IdP: does(
			fault.SetClaim{Name: "aud", Value: `"Client-rp"`},
			fault.SetClaim{Name: "nonce", Value: `"n-1"`},
			fault.SetClaim{Name: "azp", Value: `"Client-rp"`},
		),
		Expect: Reject,
		Cases: []Case{
			{Name: "where-types-are-not-told", Profiles: []Profile{BearerJWT}},
			{Name: "where-types-are-told", Profiles: []Profile{RFC9068}, IdP: does(fault.SetHeader{Name: "typ", Value: `"JWT"`})},
		},
		Why: "an ID token differs in its audience and its typ; alone they are audience.other-client and header.typ-rs-jwt, and the other claims mean nothing to an API",
	},
	{
		ID:       "type.logout-as-id",
		Title:    "refuses a logout token for an ID token",
		Severity: High,
		Cites:    cites(core313711Nonce, rfc8725ExclusiveRules),
		Profiles: []Profile{IDToken},
		Needs:    []Capability{"nonce"},
		Extended: true,
		Twin:     "nonce.ok",
		Expect:   Reject,
		IdP:      does(fault.SetClaim{Name: "events", Value: logoutEvent}),
		Cases: []Case{
			{Name: "typed", IdP: does(fault.SetHeader{Name: "typ", Value: `"logout+jwt"`}, fault.DropClaim{Name: "nonce"})},
			{Name: "untyped", IdP: does(fault.DropClaim{Name: "nonce"})},
			{
				Name: "with-the-nonce", Level: Should,
				Why: "with a nonce, which a logout token must not have, only the events tell it apart, and no text has a client look at them",
			},
		},
		Why: "a client that sent a nonce misses it here, and so must refuse; the absent nonce alone is nonce.missing, the typ header.typ-other",
	},
	{
		ID:       "type.other-as-id",
		Title:    "refuses what else an issuer signs, for a client or about it",
		Level:    Should,
		Profile:  map[Profile]Level{RFC9068: Must},
		Severity: High,
		Cites:    cites(rfc8725ExclusiveRules, rfc9068Typ),
		Profiles: []Profile{IDToken, BearerJWT, RFC9068},
		Expect:   Reject,
		Cases: []Case{
			{
				Name: "authorization-response", Profiles: []Profile{IDToken},
				IdP: does(
					fault.DropHeader{Name: "typ"}, fault.DropClaim{Name: "sub"}, fault.DropClaim{Name: "iat"}, fault.DropClaim{Name: "nonce"},
					fault.SetClaim{Name: "code", Value: `"c-1"`}, fault.SetClaim{Name: "state", Value: `"s-1"`},
				),
				Why: "to an API it is a token for somebody else, which is audience.other-client",
			},
			{Name: "request-object", IdP: does(
				fault.SetHeader{Name: "typ", Value: `"oauth-authz-req+jwt"`}, fault.SetClaim{Name: "iss", Value: `"{client_id}"`},
				fault.SetClaim{Name: "aud", Value: `"{issuer}"`}, fault.DropClaim{Name: "sub"}, fault.SetClaim{Name: "response_type", Value: `"code"`},
			)},
			{Name: "client-assertion", IdP: does(
				fault.SetHeader{Name: "typ", Value: `"client-authentication+jwt"`}, fault.SetClaim{Name: "iss", Value: `"{client_id}"`},
				fault.SetClaim{Name: "sub", Value: `"{client_id}"`}, fault.SetClaim{Name: "aud", Value: `"{issuer}"`}, fault.DropClaim{Name: "nonce"},
			)},
			{Name: "userinfo", IdP: does(
				fault.DropHeader{Name: "typ"}, fault.DropClaim{Name: "exp"}, fault.DropClaim{Name: "iat"}, fault.DropClaim{Name: "nonce"},
				fault.SetClaim{Name: "name", Value: `"Alice"`},
			)},
			{Name: "credential", IdP: does(
				fault.SetHeader{Name: "typ", Value: `"vc+jwt"`}, fault.SetClaim{Name: "vc", Value: `{"type":["VerifiableCredential"]}`},
			)},
			{Name: "proof-of-possession", IdP: does(
				fault.SetHeader{Name: "typ", Value: `"dpop+jwt"`}, fault.SetHeaderKey{Key: "attacker"}, fault.SignAs{Key: "attacker"},
				fault.SetClaim{Name: "htm", Value: `"GET"`}, fault.SetClaim{Name: "htu", Value: `"https://api.test"`},
			)},
		},
		Why: "each kind differs in more than one way; alone these are header.typ-other, header.jwk-embedded, issuer.suffix-1, audience.suffix-1, nonce.missing and time.exp-missing",
	},
	{
		ID:       "type.refresh-as-access",
		Title:    "refuses a refresh token for an access token",
		Severity: High,
		Cites:    cites(rfc9068Typ, rfc8725ExclusiveRules),
		Profiles: []Profile{RFC9068},
		Twin:     "header.typ-rs-ok",
		Expect:   Reject,
		Cases: []Case{
			{Name: "typed", IdP: does(fault.SetHeader{Name: "typ", Value: `"rt+jwt"`})},
			{
				Name: "typ-in-claims",
				IdP:  does(fault.SetHeader{Name: "typ", Value: `"JWT"`}, fault.SetClaim{Name: "typ", Value: `"Refresh"`}),
				Why:  "some issuers say Refresh in a claim, which no text knows; the header alone is header.typ-rs-jwt",
			},
		},
		Why: "an API can be shown the one in the place of the other, and not the reverse",
	},
}}

// logoutEvent is what makes a logout token one (OpenID Connect Back-Channel
// Logout, 2.4).
const logoutEvent fault.JSON = `{"http://schemas.openid.net/event/backchannel-logout":{}}`
