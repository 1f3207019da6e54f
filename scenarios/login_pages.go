package scenarios

// loginPages is about the relying party's own pages: its sessions, and where it
// sends people.
var loginPages = []Scenario{
	{
		ID:       "login.session-fixation",
		Title:    "begins a new session when somebody signs in",
		Level:    Hardening,
		Severity: High,
		Cites:    practice("CWE-384; CVE-2021-41246, CVE-2023-24424, CVE-2024-52553, CVE-2026-7507: whoever knew the session before was in it afterwards"),
		Needs:    signsInWith("home"),
		Expect:   Reject,
		Plot: plot(
			SignIn{As: "s", Agent: "victim", Halt: true},
			Deliver{Of: "s", Expect: Accept, Premise: true},
			Look{Agent: "victim", Expect: Accept, Premise: true},
			Look{Agent: "victim", Before: "s"},
		),
		Why: "cookies that somebody else could have planted before the sign-in are worth nothing after it",
	},
	{
		ID:       "login.open-redirect",
		Title:    "sends nobody to a foreign place after a sign-in",
		Severity: Medium,
		Cites:    cites(rfc9700OpenRedirector),
		Extended: true,
		Needs:    signsInWith("return-to"),
		Hazard:   Injection,
		Expect:   Either,
		Cases: []Case{
			back("url", "https://{canary.host}/"),
			back("no-scheme", "//{canary.host}/"),
			back("backslash", `/\{canary.host}/`),
			back("own-as-user", "{party}@{canary.host}/"),
		},
		Why: "CVE-2022-24794, CVE-2022-3145, CVE-2023-50771, CVE-2026-49820; it may refuse the request, or pass over where it should go",
	},
	{
		ID:       "login.3rd-party-init",
		Title:    "begins a sign-in that somebody else asked for, with whom it knows and to where it should",
		Level:    Should,
		Severity: Medium,
		Cites:    cites(coreTargetLink, rfc9700StoreIssuer),
		Extended: true,
		Needs:    signsInWith("initiate"),
		Expect:   Accept,
		Cases: []Case{
			{Name: "known-issuer", Plot: plot(Send{To: "initiate", Query: map[string]string{"iss": "{issuer}"}, Follow: true})},
			{Name: "unknown-issuer", Expect: NotAccept, Plot: plot(
				Open{Issuers: []Party{{Name: "a"}, {Name: "b", Untrusted: true}}},
				Send{To: "initiate", Query: map[string]string{"iss": "{issuer.b}"}, Follow: true},
			)},
			{Name: "foreign-target", Level: Must, Expect: Either, Plot: plot(
				Send{To: "initiate", Query: map[string]string{"iss": "{issuer}", "target_link_uri": "https://{canary.host}/"}, Follow: true, Stays: true},
			)},
		},
		Why: "who registers with any provider that somebody names is not meant by the second case; only the third one has a must",
	},
}

// back asks to be sent to a foreign place after the sign-in.
func back(name, to string) Case {
	return Case{Name: name, Plot: plot(
		Send{To: "login", Query: map[string]string{"{return-to}": to}, Follow: true, Stays: true},
	)}
}
