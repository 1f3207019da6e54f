package suites

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/mockidp/fault"
	"github.com/rogueidp/rogueidp/reports"
	"github.com/rogueidp/rogueidp/scenarios"
)

// A party with a weakness misses the act that looks there.
func TestActsMissWeakParties(t *testing.T) {
	t.Parallel()
	withTheirState := map[string]string{"state": "{state.theirs}"}
	for _, one := range []struct {
		weakness string
		row      scenarios.Scenario
		floor    bool
		because  string
	}{
		{"ignores-state", acting("a", scenarios.Reject, halted(scenarios.Deliver{Of: "mine", With: withTheirState})...), false, ""},
		{"signs-in-strangers", acting("a", scenarios.Reject, halted(scenarios.Deliver{Of: "theirs", Agent: "me"})...), false, ""},
		{"ties-no-code", acting("a", scenarios.Reject, halted(scenarios.Deliver{Of: "mine", With: map[string]string{"code": "{code.theirs}"}})...), false, ""},
		{"remembers-codes", acting("a", scenarios.Accept, halted(scenarios.Deliver{Of: "mine", Times: 6, AtOnce: true})...), false, "signed somebody in"},
		{"keeps-session-id", acting("a", scenarios.Reject, append(halted(scenarios.Deliver{Of: "mine", Expect: scenarios.Accept}), scenarios.Look{Agent: "me", Before: "mine"})...), false, ""},
		{"userinfo-decides", lying(acting("a", scenarios.Reject), otherSub), true, `another subject than "alice"`},
		{"userinfo-decides", lying(acting("a", scenarios.Either), otherSub), true, `another subject than "alice"`},
		{"needs-no-id-token", lying(acting("a", scenarios.Reject), fault.DropAnswer{Endpoint: "token", Name: "id_token"}), false, ""},
		{"logout-in-vain", acting("a", scenarios.Accept, signedIn(scenarios.SignOut{Of: "s"}, scenarios.Look{Agent: "user", Expect: scenarios.Reject})...), false, ""},
		{"logout-cached", acting("a", scenarios.Accept, signedIn(scenarios.SignOut{Of: "s", NoStore: true})...), false, "no cache"},
		{"logout-unverified", acting("a", scenarios.Reject, signedIn(scenarios.SignOut{Of: "s", IdP: []fault.Fault{fault.SignWithKey{Key: "attacker"}}})...), true, "did not sign it"},
		{"logout-any-aud", acting("a", scenarios.Reject, signedIn(scenarios.SignOut{Of: "s", IdP: []fault.Fault{wrongAudience}})...), true, "not meant for this client"},
		{"logout-by-id-token", acting("a", scenarios.Reject, signedIn(scenarios.SignOut{Of: "s", Token: "id-token"})...), false, ""},
		{"returns-anywhere", acting("a", scenarios.Either, scenarios.Send{To: "login", Query: map[string]string{"{return-to}": "https://{canary.host}/"}, Follow: true, Stays: true}), false, "neither its own"},
		{"host-decides", acting("a", scenarios.Either, scenarios.SignIn{}, scenarios.Send{To: "login", Header: map[string]string{"Host": "evil.test"}, Follow: true}, scenarios.Inspect{Endpoint: "authorization", Param: "redirect_uri", Is: "same"}), false, "evil.test"},
		{"guessable-state", acting("a", scenarios.Accept, scenarios.SignIn{Times: 3}, scenarios.Inspect{Endpoint: "authorization", Param: "state", Is: "unguessable"}), false, "bits"},
		{"constant-verifier", acting("a", scenarios.Accept, scenarios.SignIn{Times: 2}, scenarios.Inspect{Endpoint: "token", Param: "code_verifier", Is: "new"}), false, "of request 1"},
		{"plain-pkce", acting("a", scenarios.Accept, looking(scenarios.Inspect{Endpoint: "token", Param: "code_verifier", Is: "verifies"})...), false, "S256"},
		{"guessable-verifier", acting("a", scenarios.Accept, scenarios.SignIn{Times: 2}, scenarios.Inspect{Endpoint: "token", Param: "code_verifier", Is: "unguessable"}), false, "bits"},
		{"repeats-markup", lying(acting("a", scenarios.Reject, scenarios.SignIn{Never: "<b>x</b>"}), fault.AnswerError{Endpoint: "authorization", Code: "access_denied", Description: "<b>x</b>"}), false, "escaped"},
		{"callback-of-any-issuer", acting("a", scenarios.Reject, scenarios.Open{Issuers: []scenarios.Party{{Name: "a"}, {Name: "b"}}},
			scenarios.SignIn{As: "a", Agent: "me", At: "a", Halt: true}, scenarios.SignIn{As: "b", Agent: "me", At: "b", Halt: true},
			scenarios.Deliver{Of: "a", At: "b"}), false, ""},
	} {
		t.Run(one.weakness, func(t *testing.T) {
			t.Parallel()
			one.row.Twin = one.row.ID // what it forgets may be what an honest sign-in takes
			clean := plays(t, facing(t, newParties("", nil), Options{}), one.row)
			weak := plays(t, facing(t, newParties(one.weakness, nil), Options{}), one.row)
			if clean.Outcome != reports.Pass || weak.Outcome != reports.Fail || weak.Floor != one.floor || !strings.Contains(weak.Because, one.because) {
				t.Errorf("clean: %s %s %s; weak: %s %s floor %v, %s %s", clean.Outcome, clean.Got, clean.Because, weak.Outcome, weak.Got, weak.Floor, weak.Because, weak.Reason)
				for _, step := range weak.Evidence.Steps {
					t.Logf("%+v", step)
				}
			}
		})
	}
}

// A gullible relying party signs in whomever its check returns; nothing else is
// looked at. It asks for what it is told to ask.
func gullible(t *testing.T, asks url.Values, check func(callback url.Values, redeem func() map[string]any) (subject string, ok bool)) place {
	t.Helper()
	return configured(t, func(base string, clients []mockidp.TenantConfig, transport http.RoundTripper) http.Handler {
		c, client := clients[0], &http.Client{Transport: transport}
		mux := http.NewServeMux()
		mux.HandleFunc("/login", func(w http.ResponseWriter, r *http.Request) {
			q := url.Values{"client_id": {c.ClientID}, "redirect_uri": {base + "/callback"}, "response_type": {"code"}, "scope": {"openid"}, "state": {"s"}, "nonce": {"n"}}
			for name, values := range asks {
				q[name] = values
			}
			http.Redirect(w, r, c.Issuer+"/authorize?"+q.Encode(), http.StatusFound)
		})
		mux.HandleFunc("/callback", func(w http.ResponseWriter, r *http.Request) {
			_ = r.ParseForm()
			subject, ok := check(r.Form, func() map[string]any {
				form := url.Values{"grant_type": {"authorization_code"}, "code": {r.Form.Get("code")}, "redirect_uri": {base + "/callback"}, "client_id": {c.ClientID}, "client_secret": {c.ClientSecret}}
				resp, err := client.PostForm(c.Issuer+"/token", form)
				if err != nil {
					return nil
				}
				defer resp.Body.Close()
				raw, _ := io.ReadAll(resp.Body)
				var answer map[string]any
				_ = json.Unmarshal(raw, &answer)
				return answer
			})
			if !ok {
				http.Error(w, "no\x1b[31m\u202e", http.StatusForbidden)
				return
			}
			http.SetCookie(w, &http.Cookie{Name: "who", Value: subject, Path: "/"})
			http.Redirect(w, r, "/", http.StatusFound)
		})
		mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
			who, err := r.Cookie("who")
			if err != nil {
				w.WriteHeader(http.StatusUnauthorized)
				return
			}
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprintf(w, `{"sub":%q,"note":"\u001b[31m %s"}`, who.Value, "\u202e")
		})
		return mux
	})
}

// subjectIn reads an ID token and believes it.
func subjectIn(token any) (string, bool) {
	text, _ := token.(string)
	parts := strings.Split(text, ".")
	if len(parts) < 2 {
		return "", false
	}
	raw, err := base64.RawURLEncoding.DecodeString(parts[1])
	var claims struct{ Sub string }
	return claims.Sub, err == nil && json.Unmarshal(raw, &claims) == nil && claims.Sub != ""
}

// Whoever signs somebody in without an ID token has nobody's word for it,
// whatever the row wants.
func TestSigningInWithoutAnIDTokenIsFloor(t *testing.T) {
	t.Parallel()
	p := gullible(t, nil, func(url.Values, func() map[string]any) (string, bool) { return "alice", true })
	player, err := Meet(t.Context(), p.url, p.way, p.o)
	if err != nil {
		t.Fatal(err)
	}
	defer player.Close()
	for _, want := range []scenarios.Expectation{scenarios.Accept, scenarios.Reject, scenarios.Either} {
		s := acting("vouched", want, scenarios.SignIn{})
		s.Twin, s.Level = s.ID, scenarios.Info
		tk := &take{row: s, level: s.Level, alg: "RS256"}
		st, err := player.stageOn(t.Context(), player.target, player.world, timing{mode: realClock}, scenarios.Scenario{Start: scenarios.Cold}, scenarios.Case{}, "RS256")
		if err != nil {
			t.Fatal(err)
		}
		if err := player.perform(t.Context(), tk, st); err != nil {
			t.Fatal(err)
		}
		if f := tk.finding; f.outcome != reports.Fail || !f.floor || !strings.Contains(f.because, "did not vouch") {
			t.Errorf("%s: %s %v %s", want, f.outcome, f.floor, f.because)
		}
		_ = st.close()
	}
}

// A code-flow client may go without the signature check, and with nothing else;
// through the browser it may not, and neither may who is tested as anything else.
func TestTheChannelStandsInForTheSignature(t *testing.T) {
	t.Parallel()
	code := gullible(t, nil, func(_ url.Values, redeem func() map[string]any) (string, bool) {
		return subjectIn(redeem()["id_token"])
	})
	front := gullible(t, url.Values{"response_type": {"id_token"}, "response_mode": {"form_post"}}, func(answer url.Values, _ func() map[string]any) (string, bool) {
		return subjectIn(answer.Get("id_token"))
	})
	forged, unsigned := fault.SignWithKey{Key: "attacker"}, fault.SignWith{Alg: "none"}
	expired := fault.SetTime{Name: "exp", At: "-{leeway}-1h"}
	unknownKID := fault.SetHeader{Name: "kid", Value: `"nobody"`}
	for _, one := range []struct {
		name    string
		at      place
		profile scenarios.Profile
		lies    []fault.Fault
		check   scenarios.Check
		want    reports.Outcome
		floor   bool
	}{
		{"forged", code, scenarios.Login, []fault.Fault{forged}, scenarios.Signature, reports.Recorded, false},
		{"unsigned", code, scenarios.Login, []fault.Fault{unsigned}, scenarios.Signature, reports.Recorded, false},
		{"unknown-kid", code, scenarios.Login, []fault.Fault{unknownKID}, scenarios.FindKey, reports.Recorded, false},
		{"other-audience", code, scenarios.Login, []fault.Fault{wrongAudience}, scenarios.Audience, reports.Fail, true},
		{"forged-for-another", code, scenarios.Login, []fault.Fault{forged, wrongAudience}, scenarios.Signature, reports.Fail, true},
		{"expired", code, scenarios.Login, []fault.Fault{expired}, scenarios.Time, reports.Fail, true},
		{"forged-in-front", front, scenarios.Login, []fault.Fault{forged}, scenarios.Signature, reports.Fail, true},
		{"forged-for-a-validator", code, scenarios.IDToken, []fault.Fault{forged}, scenarios.Signature, reports.Fail, true},
	} {
		t.Run(one.name, func(t *testing.T) {
			at := one.at
			at.o.Profile = one.profile
			p := at.meets(t)
			for _, premised := range []bool{false, true} {
				s := lying(acting("sig", scenarios.Reject), one.lies...)
				s.Profiles, s.Check = []scenarios.Profile{one.profile}, one.check
				if premised { // a premise that holds does not hide what was recorded
					s.Plot = []scenarios.Act{scenarios.SignIn{Honest: true, Expect: scenarios.Accept, Premise: true}, scenarios.SignIn{}}
				}
				r := plays(t, p, s)
				if r.Outcome != one.want || r.Floor != one.floor || one.want == reports.Recorded && !strings.Contains(r.Because, "3.1.3.7, item 6") {
					t.Errorf("%s %v %s %s", r.Outcome, r.Floor, r.Because, r.Reason)
				}
			}
			p.Close()
		})
	}
}

// What a relying party says goes through the door that everything goes through,
// and codes and tokens of people stay out of the URLs of the evidence.
func TestEvidenceOfALoginIsClean(t *testing.T) {
	t.Parallel()
	var mu = make(chan struct{}, 1)
	var codes []string
	at := gullible(t, nil, func(answer url.Values, redeem func() map[string]any) (string, bool) {
		mu <- struct{}{}
		codes = append(codes, answer.Get("code"))
		<-mu
		subject, ok := subjectIn(redeem()["id_token"])
		return subject, ok && subject != "mallory"
	})
	p := at.meets(t)
	r := plays(t, p, acting("evidence", scenarios.Accept, signedIn(scenarios.Look{Agent: "user"}, scenarios.SignIn{Subject: "mallory", Expect: scenarios.Reject})...))
	raw, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	if r.Outcome != reports.Pass || len(r.Evidence.Steps) != 3 || len(r.Evidence.Steps[0].URLs) < 3 || len(r.Evidence.Exchanges) < 2 {
		t.Errorf("%s %s: %s", r.Outcome, r.Because, raw)
	}
	for _, secret := range append(codes, at.o.Fixed.ClientSecret) {
		if strings.Contains(string(raw), secret) {
			t.Errorf("the evidence holds %q: %s", secret, raw)
		}
	}
	if said := r.Evidence.Steps[2].Reason.String(); !strings.Contains(said, "no") || strings.ContainsAny(said, "\x1b\u202e") {
		t.Errorf("it is told as %q", said)
	}
	if len(codes) < 2 || !slices.ContainsFunc(r.Evidence.Exchanges, func(e reports.Exchange) bool { return e.Endpoint == "token" && e.Status == 200 }) {
		t.Errorf("%d codes, %+v", len(codes), r.Evidence.Exchanges)
	}
}
