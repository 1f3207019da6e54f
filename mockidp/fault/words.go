package fault

// The closed lists from which faults take their words. A word outside its
// list is refused where a fault is read.

// Keys are the keys that a token can be signed with or a key set can hold,
// besides the tenant's own. A key other than "active" and "previous" is made when it is first
// named and stays the same for the tenant.
func Keys() []string {
	return []string{
		"active", "previous", "attacker", "other",
		"rsa", "ec", "okp", "es256k", "oct", "p-256", "p-384", "p-521",
		"rsa-encryption", "ec-encryption",
		"rsa-512", "rsa-1024", "rsa-1536", "rsa-e1", "rsa-e3",
		"rsa-n-zero", "rsa-n-one", "rsa-n-even", "rsa-n-prime", "rsa-n-power-of-two",
		"rsa-e-zero", "rsa-e-even", "rsa-e-n", "rsa-e-65-bits", "rsa-e-4096-bits",
	}
}

// Secrets are the octets with which an HMAC can be keyed: encodings of the
// public key that a confused verifier might use as a secret, and a few others.
func Secrets() []string {
	return []string{
		"empty", "text", "client-secret", "published-oct", "jwk-oct",
		"spki-pem", "spki-pem-no-final-newline", "spki-pem-two-newlines", "spki-pem-crlf", "spki-pem-one-line", "spki-pem-body",
		"pkcs1-pem", "pkcs1-pem-no-final-newline", "pkcs1-pem-two-newlines", "pkcs1-pem-crlf", "pkcs1-pem-one-line", "pkcs1-pem-body",
		"pkcs1-pem-body-one-line", "pkcs1-pem-64-no-header", "pkcs1-pem-76-columns",
		"pem-leading-space", "pem-garbage-before", "pem-mixed-newlines", "certificate-pem",
		"spki-der", "pkcs1-der", "certificate-der",
		"ssh-ed25519", "ssh-ecdsa",
		"jwk", "jwks", "jwk-list",
		"n", "n-raw", "e", "kty", "alg", "kid", "x", "x-y", "point",
	}
}

// Scalars are the values that one half of a crafted ECDSA signature can take,
// n being the order of the group and r and s the honest halves.
func Scalars() []string {
	return []string{"r", "s", "0", "1", "n-1", "n", "n+1", "r+n", "s+n", "n-s", "max"}
}

// Shapes are the documents that stand where a JWK Set is expected.
func Shapes() []string {
	return []string{"empty-object", "keys-null", "keys-object", "keys-string", "bare-array", "bare-jwk", "certificate-map", "empty-set", "error-document", "keys-twice", "keys-upper-case"}
}

// Points are the ways in which a published elliptic-curve point can be wrong.
func Points() []string { return []string{"off-curve", "infinity", "x-over-p"} }

// Endpoints are the places of the provider that a reply can come from.
func Endpoints() []string { return append([]string{"discovery", "keyset"}, FlowEndpoints()...) }

// FlowEndpoints are those that take part in a login and what comes after it.
func FlowEndpoints() []string {
	return []string{"authorization", "token", "userinfo", "registration", "introspection", "end-session"}
}

// TokenKinds are the kinds of token that a provider makes. A fault of tokens
// acts on ID tokens, wherever they come from, unless [Only] says of which kind.
func TokenKinds() []string {
	return []string{
		"id-token",           // any of the next three
		"front-id-token",     // from the authorization endpoint
		"code-id-token",      // for a code
		"refreshed-id-token", // for a refresh token
		"access-token",       // RFC 9068
		"logout-token",       // OpenID Connect Back-Channel Logout, 2.4
		"userinfo",           // a signed UserInfo response
	}
}

// Forms are the ways to put the parts of a token together, other than the
// compact serialization. In "percent-encoded" the full stops are %2E.
func Forms() []string {
	return []string{
		"flattened", "general", "general-with-attacker", "empty-signatures",
		"unprotected-alg", "unprotected-kid", "unprotected-overrides",
		"no-protected", "polyglot", "percent-encoded",
	}
}

// Respellings are the ways to write a string so that a careless comparison
// still calls it equal.
func Respellings() []string {
	return []string{
		"upper-case", "lower-case", "swap-case", "upper-host", "upper-path", "upper-scheme",
		"add-slash", "drop-slash", "toggle-slash", "default-port", "other-port", "dot-wildcard",
		"prefix", "suffix", "substring", "superstring", "add-one",
		"trailing-space", "leading-space", "doubled", "percent-encoded",
		"evil-suffix", "evil-prefix",
		"other-scheme", "no-scheme",
		"dot-segment", "parent-segment", "double-slash", "percent-slash", "query", "fragment",
		"trailing-newline", "zero-width", "homograph", "full-width", "punycode",
	}
}

// Marks is the name of the claim by which every token says that it is for
// testing only.
const MarkClaim = "rogueidp_testing_only"
