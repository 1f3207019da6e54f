package scenarios

import "github.com/rogueidp/rogueidp/mockidp/fault"

// loginIssuer is about whose answer it is (RFC 9207, RFC 9700 4.4).
var loginIssuer = []Scenario{
	{
		ID:       "login.iss-wrong",
		Title:    "stops at an answer that comes from another issuer",
		Severity: Critical,
		Cites:    cites(rfc9207Compare, rfc9700CompareIssuer),
		Needs:    signsInWith("iss-parameter"),
		Oracle:   ByJournal,
		IdP:      does(fault.SetAnswer{Endpoint: "authorization", Name: "iss", Value: `"https://honest.test"`}),
		Expect:   Reject,
		Plot:     beforeTheTokenRequest,
		Why:      ofRFC9207,
	},
	{
		ID:       "login.iss-missing",
		Title:    "stops at an answer without iss from a provider that says it sends it",
		Severity: High,
		Cites:    cites(rfc9207Missing),
		Needs:    signsInWith("iss-parameter"),
		Oracle:   ByJournal,
		IdP:      does(fault.DropAnswer{Endpoint: "authorization", Name: "iss"}),
		Expect:   Reject,
		Plot:     beforeTheTokenRequest,
		Why:      ofRFC9207,
	},
	{
		ID:       "login.iss-near-miss",
		Title:    "minds slash and case in the iss of an answer",
		Severity: High,
		Cites:    cites(rfc9207Compare),
		Extended: true,
		Needs:    signsInWith("iss-parameter"),
		Oracle:   ByJournal,
		Expect:   Reject,
		Plot:     beforeTheTokenRequest,
		Cases: each([]string{"add-slash", "upper-path"}, func(how string) []fault.Fault {
			return does(fault.RespellAnswer{Endpoint: "authorization", Name: "iss", How: how})
		}),
		Why: ofRFC9207,
	},
	{
		ID:       "login.iss-unadvertised",
		Title:    "stops at a wrong iss also where the provider never said that it sends one",
		Level:    Should,
		Severity: Medium,
		Cites:    cites(rfc9207Unadvertised, rfc9207Compare),
		Extended: true,
		Start:    Cold,
		Needs:    signsInWith("iss-parameter"),
		Oracle:   ByJournal,
		IdP:      does(fault.DropMetadata{Name: "authorization_response_iss_parameter_supported"}),
		Expect:   Reject,
		Cases: []Case{
			{
				Name: "wrong", IdP: does(fault.SetAnswer{Endpoint: "authorization", Name: "iss", Value: `"https://honest.test"`}),
				Plot: beforeTheTokenRequest,
				Why:  "the wrong iss alone is login.iss-wrong, and the metadata alone are the other case",
			},
			{Name: "right", Level: Info, Expect: Either, Why: "a client should throw it away, unless its own policy knows better; which one it is, is recorded"},
		},
		Why: "who does not know RFC 9207 passes over the parameter, which is login.happy-matrix, case more-parameters",
	},
	{
		ID:       "login.mixup",
		Title:    "takes no code of one provider to another",
		Severity: Critical,
		Cites:    cites(rfc9700MixUp, rfc9700StoreIssuer, rfc9700CompareIssuer),
		Needs:    signsInWith("multi-issuer"),
		Oracle:   ByJournal,
		Expect:   NotAccept,
		Plot: plot(
			twoProviders,
			SignIn{As: "with-the-attacker", Agent: "victim", At: "b", Halt: true},
			SignIn{As: "with-the-honest", Agent: "other", At: "a", Halt: true},
			Deliver{Of: "with-the-attacker", At: "a", With: map[string]string{"code": "{code.with-the-honest}", "iss": "{iss.with-the-honest}"}},
			Inspect{Endpoint: "token", At: "b", None: true},
		),
		Why: "b is the attacker's: it sends the browser on to a, whose answer then comes back under the state that was made for b; a code that reaches b's token endpoint is lost, whatever comes of the sign-in",
	},
	{
		ID:       "login.mixup-redirect-uri",
		Title:    "refuses an answer at the redirect URI of another provider",
		Level:    Should,
		Severity: High,
		Cites:    cites(rfc9700RedirectURI),
		Extended: true,
		Needs:    signsInWith("multi-issuer"),
		Expect:   Reject,
		Plot: plot(
			twoProviders,
			SignIn{As: "with-b", Agent: "other", At: "b", Halt: true},
			SignIn{As: "with-a", Agent: "user", At: "a", Halt: true},
			Deliver{Of: "with-a", At: "b"},
		),
		Why: "it is one of several defences, for those who have a redirect URI for each provider",
	},
}

const ofRFC9207 = "it is asked of who is known to follow RFC 9207; of the others login.mixup asks what matters"

// beforeTheTokenRequest is a sign-in that has to end before the code is
// redeemed.
var beforeTheTokenRequest = plot(
	SignIn{As: "s"},
	Inspect{Of: "s", Endpoint: "token", None: true},
)
