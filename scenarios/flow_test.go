package scenarios

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// everyFlowAct is a row of a user with each act of a login and each field of it.
const everyFlowAct = `id: acme.all-acts
title: signs in whom the provider vouches for, and nobody else
check: elsewhere
cites: [{practice: a test}]
level: hardening
severity: high
profiles: [login]
needs: [login, multi-issuer, home, renew, logout, backchannel, return-to]
expect: reject
plot:
  - open: {issuers: [{name: a}, {name: b}]}
  - sign-in: {as: victim, agent: her, at: a, subject: alice, honest: true, halt: true, expect: accept, level: must, premise: true, never: "<b>"}
  - sign-in: {as: thief, agent: him, at: b, idp: {answer.drop: {endpoint: authorization, name: state}}, halt: true}
  - sign-in: {as: again, token: victim, times: 2}
  - deliver:
      of: thief
      agent: her
      at: a
      with: {code: "{code.victim}", state: "", iss: "{issuer.b}"}
      without: [session_state]
      mode: form_post
      times: 2
      atOnce: true
      level: should
      premise: true
      never: "{random}"
  - look: {agent: her, before: victim}
  - look: {agent: her, expect: {answer: accept, subject: "{subject}"}, level: info, premise: true}
  - renew: {agent: her, idp: {only: {of: refreshed-id-token, do: {token.set-claim: {name: sub, value: mallory}}}}, level: should}
  - sign-out: {of: victim, token: id-token, times: 2, noStore: true, honest: true, premise: true}
  - send: {agent: her, to: callback, method: POST, query: {a: "{code.victim}", "{return-to}": "{nonce.victim}"}, header: {Host: evil.test, Origin: "{party}"}, form: {b: ""}, follow: true, stays: true, times: 2}
  - inspect: {of: victim, endpoint: authorization, at: a, asking: id_token, param: nonce, is: unlike, value: "{random}", level: should}
  - inspect: {endpoint: token, at: b, none: true, premise: true}
`

// A user's row with the acts of a login is read, written and read again the
// same, and fits the schema.
func TestActsOfALoginSurviveYAML(t *testing.T) {
	rows, err := Read(folder(t, map[string]string{"acme.yaml": everyFlowAct}))
	if err != nil || len(rows) != 1 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	text, err := rows[0].YAML()
	if err != nil {
		t.Fatal(err)
	}
	again, err := Read(folder(t, map[string]string{"acme.yaml": string(text)}))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	again[0].From = rows[0].From
	if !reflect.DeepEqual(rows[0], again[0]) {
		t.Errorf("it comes back as another, in %v\n%s", differences(rows[0], again[0]), text)
	}
	deliver := rows[0].Plot[4].(Deliver)
	if deliver.With["code"] != "{code.victim}" || deliver.With["state"] != "" || len(deliver.With) != 3 || !deliver.AtOnce {
		t.Errorf("%+v", deliver)
	}
	if used := usedActs(rows[0].Plot); len(used) != 8 { // with open
		t.Errorf("the row uses %v", used)
	}
	if rows[0].Sends() != Harmless || !rows[0].Owes(Login) || rows[0].Weighs() < 12 {
		t.Errorf("sends %s, owes %v, weighs %d", rows[0].Sends(), rows[0].Owes(Login), rows[0].Weighs())
	}
}

func usedActs(plot []Act) []string {
	var names []string
	for _, a := range plot {
		if !slices.Contains(names, a.Act()) {
			names = append(names, a.Act())
		}
	}
	return names
}

// The schema of scenarios knows every act and every field of it.
func TestTheSchemaKnowsTheActsOfALogin(t *testing.T) {
	var doc struct {
		Defs map[string]struct {
			AnyOf []struct {
				Properties map[string]struct{ Properties map[string]json.RawMessage }
			}
		} `json:"$defs"`
	}
	if err := json.Unmarshal(Schema(), &doc); err != nil {
		t.Fatal(err)
	}
	known := doc.Defs["act"].AnyOf[0].Properties
	for _, a := range []Act{SignIn{}, Deliver{}, Look{}, Renew{}, SignOut{}, Send{}, Inspect{}} {
		for _, w := range wordsOf(reflect.TypeOf(a)) {
			if known[a.Act()].Properties[w.name] == nil {
				t.Errorf("the schema does not know %s of %s", w.name, a.Act())
			}
		}
	}
	if !bytes.Contains(Schema(), []byte(`"unguessable"`)) || !bytes.Contains(Schema(), []byte(`"backchannel"`)) {
		t.Error("the schema does not list the words of inspect and send")
	}
}

func TestMistakesOfALogin(t *testing.T) {
	for _, one := range []struct{ old, new, says string }{
		{"of: thief", "of: theif", `nobody signed in as "theif" before; did you mean "thief"?`},
		{"{code.victim}\", state", "{code.vicitm}\", state", `nobody signed in as "vicitm" before; did you mean "victim"?`},
		{"{code.victim}\", state", "{coed.victim}\", state", `no sign-in is answered with "coed"; did you mean "code"?`},
		{"{random}", "{rnadom}", `nobody fills {rnadom}; did you mean "random"?`},
		{"of: thief", "of: again", `the sign-in "again" was not halted`},
		{"{agent: her, expect: {answer", "{agent: hers, expect: {answer", `no user agent "hers" went anywhere before; did you mean "her"?`},
		{"at: b, idp", "at: c, idp", `no issuer of open is called "c"`},
		{"times: 2\n      atOnce", "times: 1\n      atOnce", "at once are two or more"},
		{"without: [session_state]", "without: [state]", `"state" is set and left out`},
		{"is: unlike, value: \"{random}\"", "is: unlike", "unlike wants a value"},
		{"param: nonce, is", "is", "unlike wants a parameter"},
		{"is: unlike", "is: unlikely", `"unlikely" is none of its words; did you mean "unlike"?`},
		{"to: callback", "to: callbak", `"callbak" is none of its words; did you mean "callback"?`},
		{"token: id-token", "token: idtoken", `token "idtoken" is none that a sign-out can post`},
		{"honest: true, halt: true", "honest: true, halt: true, times: 3", "a halted sign-in happens once"},
		{"needs: [login, multi-issuer, home", "needs: [multi-issuer, home", "needs: [login]"},
		{"multi-issuer, home, renew", "multi-issuer, renew", "needs: [home]"},
		{"home, renew, logout", "home, logout", "needs: [renew]"},
		{", return-to]", "]", "needs: [return-to]"},
		{"at: b, none: true", "at: b, param: code, none: true", "say what has to be true of the parameter"},
		{"at: b, none: true", "at: b", "it wants nothing"},
		{"token, at: b, none", "token, at: b, asking: code, none", "asking is about authentication requests"},
		{"before: victim", "before: again", `the sign-in "again" was not halted`},
		{"never: \"{random}", "never: \"{rnadom}", `nobody fills {rnadom}`},
		{"level: should}\n  - inspect: {endpoint", "level: should, vlaue: x}\n  - inspect: {endpoint", `inspect has no field "vlaue"; did you mean "value"?`},
	} {
		if !strings.Contains(everyFlowAct, one.old) {
			t.Fatalf("there is no %q to spoil", one.old)
		}
		_, err := Read(folder(t, map[string]string{"acme.yaml": strings.Replace(everyFlowAct, one.old, one.new, 1)}))
		if err == nil || !strings.Contains(err.Error(), one.says) {
			t.Errorf("%q: %v\nwant %s", one.new, err, one.says)
		}
	}
}

// A fault that acts for everybody is no fault of one person's sign-in.
func TestFaultsOfASignInActForOnePerson(t *testing.T) {
	text := strings.Replace(everyFlowAct, "answer.drop: {endpoint: authorization, name: state}", "reply.set-status: {endpoint: keyset, status: 500}", 1)
	_, err := Read(folder(t, map[string]string{"acme.yaml": text}))
	if err == nil || !strings.Contains(err.Error(), "reply.set-status acts for everybody and not for one sign-in") {
		t.Error(err)
	}
}

func TestReferencesWithoutAValue(t *testing.T) {
	text, err := Refer("{issuer.b} {code.a}", func(r Reference) (string, bool) { return "c-" + r.Of, r.Param == "code" })
	if err != nil || text != "{issuer.b} c-a" {
		t.Errorf("%q, %v", text, err)
	}
	_, err = Refer("{code.a}", func(Reference) (string, bool) { return "", false })
	var unanswered *Unanswered
	if !errors.As(err, &unanswered) || unanswered.Of != "a" || unanswered.Param != "code" {
		t.Errorf("%v", err)
	}
}
