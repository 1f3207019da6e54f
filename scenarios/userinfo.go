package scenarios

import "github.com/rogueidp/rogueidp/mockidp/fault"

// userinfoRows are about what the provider says of a user beside the ID token.
// Whoever drops a bad answer and goes on with the ID token is right, too.
var userinfoRows = family{name: "userinfo", twin: "login.happy-matrix", profiles: relyingParties, needs: signsInWith("userinfo"), rows: []Scenario{
	{
		ID:       "userinfo.sub-mismatch",
		Title:    "uses nothing that UserInfo says of somebody else",
		Severity: Critical,
		Cites:    cites(coreUserInfoSub),
		IdP:      does(namedElse, fault.SetAnswer{Endpoint: "userinfo", Name: "sub", Value: fault.Text(somebodyElse)}),
		Expect:   Either,
		Plot:     plot(SignIn{Never: somebodyElse}),
		Why:      "to refuse the sign-in or to do without UserInfo are both right, and whom the page names tells what was used; a page that names nobody tells nothing. The name alone is login.happy-matrix, case more-about-the-user",
	},
	{
		ID:       "userinfo.sub-odd",
		Title:    "uses nothing that UserInfo says of nobody or of several",
		Severity: High,
		Cites:    cites(coreUserInfoSub),
		Extended: true,
		Expect:   Either,
		Plot:     plot(SignIn{Never: somebodyElse}),
		Cases: []Case{
			{Name: "missing", IdP: does(namedElse, fault.DropAnswer{Endpoint: "userinfo", Name: "sub"})},
			{Name: "array", IdP: does(namedElse, fault.SetAnswer{Endpoint: "userinfo", Name: "sub", Value: `["` + somebodyElse + `","{subject}"]`})},
			{Name: "twice", IdP: does(fault.RepeatAnswer{Endpoint: "userinfo", Name: "sub", Value: fault.Text(somebodyElse)})},
			{Name: "twice-other-first", IdP: does(fault.RepeatAnswer{Endpoint: "userinfo", Name: "sub", Value: fault.Text(somebodyElse), First: true})},
			recorded(Case{
				Name: "other-iss", IdP: does(fault.SetAnswer{Endpoint: "userinfo", Name: "iss", Value: `"https://evil.test"`}),
				Why: "UserInfo that is not signed needs no iss, and no text says what a wrong one means",
			}),
		},
		Why: "as userinfo.sub-mismatch; whoever takes the right one of two has done no harm, so that there only whom the page names tells",
	},
	{
		ID:       "userinfo.signed",
		Title:    "takes signed UserInfo from its provider, for itself, and no other",
		Level:    Should,
		Severity: High,
		Cites:    cites(coreUserInfoSignature),
		Needs:    signsInWith("userinfo", "signed-userinfo"),
		Expect:   NotAccept,
		Cases: []Case{
			{Name: "good", Expect: Accept},
			{Name: "none", IdP: does(onlyOf("userinfo", fault.SignWith{Alg: "none"}))},
			{Name: "other-alg", Alg: "RS256", IdP: does(onlyOf("userinfo", fault.SignWith{Alg: "RS512"}))},
			{Name: "bad-signature", IdP: does(onlyOf("userinfo", fault.SignWithKey{Key: "attacker"}))},
			{Name: "iss", IdP: does(onlyOf("userinfo", fault.SetClaim{Name: "iss", Value: `"{issuer}/other"`}))},
			{Name: "aud", IdP: does(onlyOf("userinfo", fault.SetClaim{Name: "aud", Value: `"{client_id}1"`}))},
			{Name: "plain", IdP: does(fault.AnswerBody{Endpoint: "userinfo", Type: "application/json", Body: `{"sub":"{subject}"}`})},
		},
		Why: "whoever drops the answer and goes on with the ID token cannot be told from one that believed it, and is warned, too",
	},
	{
		ID:       "userinfo.fault",
		Title:    "knows what to do when UserInfo does not come",
		Check:    FindKey,
		Level:    Info,
		Severity: Medium,
		Cites:    practice("operation: whether a sign-in goes on without UserInfo is the relying party's policy"),
		Extended: true,
		Start:    Cold,
		Expect:   Either,
		Cases: []Case{
			{Name: "status-401", IdP: does(fault.AnswerStatus{Endpoint: "userinfo", Status: 401})},
			{Name: "status-500", IdP: does(fault.AnswerStatus{Endpoint: "userinfo", Status: 500})},
			{Name: "html", IdP: does(fault.AnswerBody{Endpoint: "userinfo", Type: "text/html; charset=utf-8", Body: "<!doctype html><title>Maintenance</title>"})},
			{Name: "slow", IdP: does(fault.StallReply{Endpoint: "userinfo", For: "3s"})},
		},
		Why: "what it does is recorded; whoever is signed in has to be the user of the ID token all the same",
	},
}}

// namedElse is a name by which a page shows that it used what UserInfo says.
var namedElse = fault.SetAnswer{Endpoint: "userinfo", Name: "name", Value: fault.Text(somebodyElse)}
