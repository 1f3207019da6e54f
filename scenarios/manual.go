package scenarios

import "slices"

// A ManualCheck is a row that nothing outside can decide: accounts, logs and
// what an application makes of a claim. Somebody has to try it by hand.
type ManualCheck struct {
	ID       string    `json:"id"`
	Severity Severity  `json:"severity"`
	Profiles []Profile `json:"profiles"`
	Try      string    `json:"try"`  // what the provider does, and what has to come of it
	Refs     []string  `json:"refs"` // clauses, advisories, classes of defects
}

// Manual are the checks by hand for a profile, in the order of the families.
func Manual(p Profile) []ManualCheck {
	return slices.DeleteFunc(ManualChecks(), func(c ManualCheck) bool { return !slices.Contains(c.Profiles, p) })
}

// ManualChecks lists them all.
func ManualChecks() []ManualCheck { return slices.Clone(manual) }

var manual = []ManualCheck{
	{
		"signature.revocation-by-raw", High, relyingParties,
		"Revoke a token, and send it again in another spelling: with a line break in it, with other unused bits, with the other half of its ECDSA signature. It has to stay revoked.",
		[]string{"RFC 4648 3.5", "CVE-2026-102269"},
	},
	{
		"signature.timing", Low, readers,
		"Compare, over very many tokens under HS256, how long wrong signatures take that begin like the right one. The time must not tell how much of it was right.",
		[]string{"RFC 7518 3.2", "CVE-2015-10004", "CVE-2016-7036", "CVE-2017-3156", "CVE-2017-18239", "CVE-2024-25189", "CVE-2024-25714", "CVE-2023-41936"},
	},
	{
		"encryption.cbc-padding-oracle", Medium, []Profile{JWE},
		"Spoil MAC and padding of an AES-CBC token apart and together. Error and time have to be the same for all.",
		[]string{"RFC 7518 5.2.2.2", "CVE-2017-12973", "CVE-2021-29443", "GHSA-rm8v-mxj3-5rmq"},
	},
	{
		"issuer.sub-pair", Critical, relyingParties,
		"Sign in with one issuer, and then with another one as a user of the same sub. Two accounts have to come of it.",
		[]string{"OIDC Core 5.7", "OIDC Core 16.15", "CVE-2026-59208"},
	},
	{
		"claims.sub-collation", Critical, relyingParties,
		"Sign in as victim, and then as Victim, as victím and as victim with a space behind. Each has to be an account of its own.",
		[]string{"OIDC Core 2", "OIDC Core 5.7", "OIDC Core 14", "CVE-2025-24399", "GHSA-cmwh-g2h8-c222", "CWE-178"},
	},
	{
		"claims.email-verified-type", High, relyingParties,
		`Sign in with email_verified as "false", "true", 0, 1, null, and without it. Only the JSON value true may count as verified.`,
		[]string{"OIDC Core 5.1", "CVE-2026-55076", "CWE-843"},
	},
	{
		"claims.email-malformed", High, relyingParties,
		"Sign in with attacker@evil.com@company.com, with a line break behind the address, and with a domain in look-alike letters. No list of allowed domains may match.",
		[]string{"OIDC Core 5.1", "CVE-2024-27918", "CVE-2026-40574"},
	},
	{
		"claims.email-link", Critical, relyingParties,
		"Sign in with an unverified email that a local account has. The two must not become one.",
		[]string{"OIDC Core 5.7", "CVE-2025-24856", "CVE-2026-52893", "CVE-2026-53516", "CVE-2026-55075"},
	},
	{
		"claims.roles-whitespace", Medium, relyingParties,
		"Sign in with the role admin with a space before it, behind it, and with a zero-width space in it. None of them may be admin.",
		[]string{"CVE-2023-23612"},
	},
	{
		"claims.roles-empty", Critical, relyingParties,
		"Sign in with groups or user name missing, null, an empty list and an empty string. No rights may come of it.",
		[]string{"CVE-2026-23990"},
	},
	{
		"claims.roles-regex", High, relyingParties,
		"Sign in with a role that contains one that the configuration asks for. It must not match.",
		[]string{"CVE-2026-19278"},
	},
	{
		"claims.injection", Medium, relyingParties,
		"Sign in with SQL, markup, line breaks, ${jndi:…} and template expressions in name and email, and look at every page, mail and log that shows them. All of it has to stay text.",
		[]string{"CVE-2026-46359"},
	},
	{
		"network.dns-rebind", High, append(slices.Clone(readers), Login),
		"Let the name of a key set that others may choose resolve to a public address first, and to 127.0.0.1 later. Nothing on the validator's own network may be asked.",
		[]string{"rfc8725bis 3.10"},
	},
	{
		"login.null-password", High, relyingParties,
		"Sign in through the provider, and then at the local login form as the same user, with an empty password and with the word null. Both have to be refused.",
		[]string{"CVE-2026-41571"},
	},
	{
		"login.idp-disabled", Medium, relyingParties,
		"Take the provider out of the configuration while somebody is signed in and while tokens of it are about. Neither may get in any more.",
		[]string{"CVE-2026-1486"},
	},
}
