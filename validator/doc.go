// Package validator decides about tokens: ID tokens of OpenID Connect, access
// tokens of RFC 9068, and other signed JWTs that open a resource.
//
// A token passes eight checks, in this order, or is refused by the first that
// it fails:
//
//  1. parse: three parts of strict base64url, header and claims one strict
//     JSON object each;
//  2. read the kid, and refuse a header that demands extensions;
//  3. find the key among those that the issuer publishes, in the cache or
//     with a fetch;
//  4. verify the signature with an algorithm that is pinned by configuration;
//  5. iss, and sub;
//  6. aud, and azp;
//  7. exp, nbf and iat, with leeway;
//  8. the nonce, and whatever else ties the token to the request.
//
// A relying party makes one validator and asks it about every ID token:
//
//	v, err := validator.New(validator.Config{
//		Issuer:   "https://accounts.google.com",
//		ClientID: "my-client.apps.googleusercontent.com",
//	})
//	if err != nil {
//		log.Fatal(err)
//	}
//	claims, err := v.Validate(ctx, raw, validator.WithNonce(nonce))
//
// # What a token cannot do
//
// It cannot choose its algorithm, bring its own key, name an address that is
// fetched, or make the validator trust another issuer. alg none is never
// accepted, an HMAC never keyed with a public key. There is no setting that
// turns a check off, allows plain HTTP, or stops keys from being refreshed.
//
// # The keys
//
// Keys are fetched when the first token comes, and kept for 5 to 15 minutes,
// as the provider's Cache-Control says. In the last fifth of that time they
// are fetched again in the background, so that no token waits. A token signed
// by a key that is not known yet, or whose signature does not fit, has them
// fetched at once, if its iss, aud and exp are in order.
//
// All callers share one fetch, and none of them can end it for the others.
// Fetches are 10 seconds apart, at most 3 in 30 seconds, however many tokens
// with unknown keys or bad signatures come, and count whether they succeed or
// not. A validator that has no keys yet tries again after 2, 4, 8 and then
// every 10 seconds. Retry-After is honoured, up to 5 minutes.
//
// While the provider cannot be reached, or answers with something that is no
// key set, the keys that are there serve on, for at most 24 hours after they
// were fetched. A key that is no longer published is refused as soon as a
// fetch has shown it. A key that cannot be used is passed over; a set without
// any that can be used is an error and replaces nothing. Metadata that name
// another issuer end all trust.
//
// Documents are at most 1 MiB, decompressed, and come over HTTPS from the
// host that was asked, after at most three redirects.
package validator
