package scenarios

import "github.com/rogueidp/rogueidp/mockidp/fault"

// networkRows are about connections that fail.
var networkRows = family{name: "network", check: FindKey, twin: "honest", rows: []Scenario{
	{
		ID:       "network.refused",
		Title:    "knocks seldom at a closed port, and comes in when it opens",
		Level:    Hardening,
		Severity: Medium,
		Cites:    practice("operation: a provider that restarts is asked by every client at once; they wait, a little longer each time"),
		Extended: true,
		Start:    Cold,
		Needs:    []Capability{"jwks-uri"},
		Oracle:   ByJournal,
		Expect:   NotAccept,
		Plot: plot(
			Mint{As: "valid"},
			Present{Token: "valid", Times: 10, Fetches: AtMostBudget()},
			Heal{}, Present{Expect: Accept.Within("{cooldown}+5s")},
		),
		Cases: []Case{
			{Name: "keyset", IdP: does(fault.RefuseConnection{Endpoint: "keyset"})},
			{Name: "discovery", IdP: does(fault.RefuseConnection{Endpoint: "discovery"}), Needs: []Capability{"discovery"}},
			{Name: "keyset-accepts-and-resets", IdP: does(fault.ResetConnection{Endpoint: "keyset"})},
		},
		Why: "over a socket nobody sees who comes to a closed port, so only the last case counts there; in memory all do",
	},
	{
		ID:       "network.reset-midbody",
		Title:    "believes nothing of a reply that breaks off, and asks again later",
		Level:    Hardening,
		Severity: Medium,
		Cites:    practice("operation: a load balancer that goes away resets what it was carrying"),
		Extended: true,
		Start:    Cold,
		Needs:    []Capability{"jwks-uri"},
		Expect:   NotAccept,
		Plot:     plot(Mint{As: "valid"}, Present{Token: "valid"}, Heal{}, Present{Expect: Accept.Within("{cooldown}+5s")}),
		Cases: []Case{
			{Name: "keyset", IdP: does(fault.ResetReply{Endpoint: "keyset", Keep: 40})},
			{Name: "discovery", IdP: does(fault.ResetReply{Endpoint: "discovery", Keep: 40}), Needs: []Capability{"discovery"}},
		},
		Why: "that keys fetched before stay is flood.evicts-cache",
	},
	{
		ID:       "network.hang",
		Title:    "waits no longer than its time-out for a provider that says nothing",
		Level:    Hardening,
		Severity: High,
		Cites:    practice("CWE-400: one provider that hangs holds up everybody's sign-in"),
		Extended: true,
		Start:    Cold,
		Needs:    []Capability{"jwks-uri"},
		Hazard:   Exhaustion,
		Oracle:   ByProcess,
		Expect:   NotAccept.Promptly("{timeout}+2s"),
		Plot: plot(
			Mint{As: "valid"}, Present{Token: "valid", Times: 3},
			Heal{}, Present{Expect: Accept.Within("{cooldown}+5s")},
		),
		Cases: []Case{
			{Name: "handshake", IdP: does(fault.StallConnection{Endpoint: "keyset"})},
			{Name: "reply", IdP: does(fault.StallReply{Endpoint: "keyset"})},
			{Name: "handshake-of-discovery", IdP: does(fault.StallConnection{Endpoint: "discovery"}), Needs: []Capability{"discovery"}},
		},
	},
	{
		ID:       "network.tls-bad",
		Title:    "fetches nothing over TLS that it cannot trust",
		Severity: Critical,
		Cites:    cites(coreTLS, discoveryTLS),
		Profiles: []Profile{IDToken, BearerJWT, RFC9068, JWS, Login},
		Start:    Cold,
		Needs:    []Capability{"jwks-uri", "custom-ca"},
		Expect:   NotAccept,
		Cases:    badTLS(),
		Why:      "each endpoint alone, the other one being good; the token endpoint has no connections of its own, and a user agent would meet bad ones first",
	},
	{
		ID:       "network.flap",
		Title:    "gets over a provider that fails every other time",
		Level:    Hardening,
		Severity: Medium,
		Cites:    practice("operation: one broken replica behind a load balancer"),
		Extended: true,
		Needs:    []Capability{"refetch"},
		Hazard:   Flood,
		Oracle:   ByJournal,
		Expect:   Accept,
		Plot:     flapping(),
		Cases: []Case{
			{Name: "status-503", IdP: everyOther(fault.AnswerStatus{Endpoint: "keyset", Status: 503})},
			{
				Name: "reset", IdP: everyOther(fault.ResetConnection{Endpoint: "keyset"}),
				Plot: append(plot(Open{Issuers: []Party{{Name: "a", Apart: true}}}), flapping()...),
			},
		},
		Why: "in turns rather than by dice, so that a second attempt always helps and no seed is unlucky",
	},
	{
		ID:       "network.http2-goaway",
		Title:    "asks once more when HTTP/2 breaks off",
		Level:    Hardening,
		Severity: Low,
		Cites:    practice("GOAWAY is how a server restarts gracefully (RFC 9113 section 6.8)"),
		Extended: true,
		Start:    Cold,
		Needs:    []Capability{"jwks-uri"},
		Expect:   Accept,
		Cases: each(fault.HTTP2Breaks(), func(by string) []fault.Fault {
			return does(fault.First{N: 1, Do: fault.Some{Fault: fault.BreakHTTP2{Endpoint: "keyset", By: by}}})
		}),
		Why: "a client without HTTP/2 never meets it",
	},
	{
		ID:       "network.envoy-async",
		Title:    "survives two tokens at once that wait for keys that do not come",
		Level:    Hardening,
		Severity: High,
		Cites:    practice("CVE-2025-64527, CVE-2024-45809: a fetch that failed under two waiting tokens ended the process"),
		Profiles: []Profile{BearerJWT, RFC9068},
		Start:    Cold,
		Needs:    []Capability{"jwks-uri"},
		Oracle:   ByProcess,
		Expect:   NotAccept,
		Plot:     plot(Present{Times: 2, AtOnce: true}),
		Cases: []Case{
			{Name: "status-500", IdP: does(fault.AnswerStatus{Endpoint: "keyset", Status: 500})},
			{Name: "reset", IdP: does(fault.ResetConnection{Endpoint: "keyset"})},
			{Name: "truncated", IdP: does(fault.TruncateReply{Endpoint: "keyset", Keep: 40})},
		},
	},
}}

// badTLS is what can be wrong with TLS, at one endpoint at a time.
func badTLS() []Case {
	var cases []Case
	for _, at := range []struct {
		endpoint string
		needs    []Capability
	}{{"keyset", nil}, {"discovery", []Capability{"discovery"}}} {
		for _, certificate := range fault.Certificates() {
			cases = append(cases, Case{
				Name: certificate + "-at-" + at.endpoint, Needs: at.needs,
				IdP: does(fault.SetCertificate{Endpoint: at.endpoint, Certificate: certificate}),
			})
		}
		for _, version := range fault.TLSVersions() {
			cases = append(cases, Case{
				Name: "tls-" + kebab(version) + "-at-" + at.endpoint, Needs: at.needs,
				IdP: does(fault.SetTLSVersion{Endpoint: at.endpoint, Version: version}),
			})
		}
	}
	return cases
}

// everyOther lets a fault act on the first and the third occasion, and then no
// more.
func everyOther(f fault.Fault) []fault.Fault {
	do := fault.Some{Fault: f}
	return does(fault.First{N: 1, Do: do}, fault.After{N: 2, Do: fault.Some{Fault: fault.First{N: 3, Do: do}}})
}

// flapping rotates while the key set comes only every other time: what is
// known goes on to count, what is new is learned, and nobody is stormed.
func flapping() []Act {
	return plot(
		Mint{As: "old"},
		Rotate{},
		Present{Honest: true, Expect: Either},
		Present{Token: "old", Times: 100},
		Present{Honest: true, Expect: Accept.Within("{cooldown}+{cooldown}+5s"), Fetches: AtMostBudget()},
		Present{Honest: true, Times: 100, Fetches: AtMost(1)},
	)
}
