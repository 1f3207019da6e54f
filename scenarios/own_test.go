package scenarios

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/rogueidp/rogueidp/mockidp/fault"
	"github.com/rogueidp/rogueidp/scenarios/yamldoc"
)

// folder holds some files, by their names.
func folder(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// Every row of the catalogue is written as YAML and read back the same, and
// fits the schema.
func TestEveryRowSurvivesYAML(t *testing.T) {
	for _, s := range All() {
		text, err := s.YAML()
		if err != nil {
			t.Fatalf("%s: %v", s.ID, err)
		}
		docs, err := yamldoc.Parse(s.ID, text)
		if err != nil || len(docs) != 1 {
			t.Errorf("%d documents, %v", len(docs), err)
			continue
		}
		var d decoder
		var back Scenario
		d.members(aRow, docs[0], reflect.ValueOf(&back).Elem())
		d.fit(docs[0])
		for _, w := range d.Wrongs() {
			t.Errorf("%s:%d: %s\n%s", s.ID, w.Line, w.Says, text)
		}
		if !reflect.DeepEqual(s, back) {
			t.Errorf("%s comes back as another, in %v", s.ID, differences(s, back))
		}
	}
}

// A row of the catalogue may stand among a user's own, as long as it is the
// catalogue's.
func TestTheCatalogueMayBeAmongOnesOwn(t *testing.T) {
	files := map[string]string{}
	for i, s := range All() {
		text, err := s.YAML()
		if err != nil {
			t.Fatal(err)
		}
		files[fmt.Sprintf("%s-%d.yaml", s.Family(), i/50)] += "---\n" + string(text)
	}
	if own, err := Read(folder(t, files)); err != nil || len(own) != 0 {
		t.Errorf("%d rows, %v", len(own), err)
	}
	s, err := Find("alg.none-empty-sig")
	if err != nil {
		t.Fatal(err)
	}
	s.Severity, s.Expect = Low, Accept
	text, err := s.YAML()
	if err != nil {
		t.Fatal(err)
	}
	_, err = Read(folder(t, map[string]string{"a.yaml": string(text)}))
	if err == nil || !strings.Contains(err.Error(), "a.yaml:1: alg.none-empty-sig is the catalogue's own, and this one differs in severity, expect; give yours an id that is free") {
		t.Error(err)
	}
}

func TestExamples(t *testing.T) {
	own, err := Read("testdata/own")
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, s := range own {
		ids = append(ids, s.ID)
		if !slices.Contains(s.Labels(), Own) || !strings.HasPrefix(s.From, "testdata/own/") {
			t.Errorf("%s does not say that it is a user's: %v %q", s.ID, s.Labels(), s.From)
		}
	}
	if want := []string{"acme.tenant-claim", "acme.roles-are-kept", "alg.our-old-gateway", "rotation.friday-night"}; !slices.Equal(ids, want) {
		t.Errorf("%v", ids)
	}
	all := With(own)
	if s, err := all.Find("alg.our-old-gateway"); err != nil || s.Check != Signature || s.Twin != "alg.ok-matrix" || !reflect.DeepEqual(s.IdP, does(fault.SetHeader{Name: "alg", Value: `"GW256"`})) {
		t.Errorf("%+v, %v", s, err)
	}
	if s, err := all.Find("acme.roles-are-kept"); err != nil || s.Twin != "honest" || s.IdP[0].(fault.SetClaim).Value != `{"admin":["eu","us"],"n":1.0}` {
		t.Errorf("%+v, %v", s, err)
	}
	if f := all.Families(); f[len(f)-1] != "acme" || len(f) != len(Families())+1 {
		t.Errorf("%v", f)
	}
	if len(all.All()) != len(All())+len(own) {
		t.Error("rows got lost")
	}
}

// What the README shows is the first of the examples.
func TestTheReadmeShowsAnExample(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	example, err := os.ReadFile("testdata/own/alg.yaml")
	if err != nil {
		t.Fatal(err)
	}
	row := string(example[strings.Index(string(example), "id:"):])
	if !strings.Contains(string(readme), "```yaml\n# scenarios/alg.yaml\n"+row+"```\n") {
		t.Errorf("the README does not show\n%s", row)
	}
}

// good is a row with which nothing is wrong; the tests spoil it.
const good = `id: alg.mine
title: refuses what I sign
cites: [rfc7515-5.2-validate]
severity: high
idp: {token.sign-with: {alg: none}}
expect: reject
`

func TestMistakes(t *testing.T) {
	if _, err := Read(folder(t, map[string]string{"mine.yaml": strings.ReplaceAll(good, "rfc7515-5.2-validate", "rfc7518-3.6-none-not-by-default")})); err != nil {
		t.Fatal(err)
	}
	spoilt := func(old, new string) string {
		text := strings.ReplaceAll(good, "rfc7515-5.2-validate", "rfc7518-3.6-none-not-by-default")
		if !strings.Contains(text, old) {
			t.Fatalf("there is no %q to spoil", old)
		}
		return strings.Replace(text, old, new, 1)
	}
	with := func(more string) string { return spoilt("expect: reject\n", "expect: reject\n"+more) }
	bomb := "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
	for c := 'b'; c <= 'i'; c++ {
		bomb += fmt.Sprintf("%c: &%c [%s*%c]\n", c, c, strings.Repeat(fmt.Sprintf("*%c, ", c-1), 9), c-1)
	}
	for _, one := range []struct{ text, want string }{
		{spoilt("severity", "severty"), `:4: a scenario has no field "severty"; did you mean "severity"?`},
		{spoilt("severity: high", "severity: hihg"), `:4: severity: "hihg" is none of its words; did you mean "high"?`},
		{spoilt("token.sign-with", "token.sing-with"), `:5: idp: no fault is called "token.sing-with"; did you mean "token.sign-with"?`},
		{spoilt("{alg: none}", "{\n  agl: none}"), `:6: idp: token.sign-with: has no field "agl"; did you mean "alg"?`},
		{spoilt("{alg: none}", "{alg: 7}"), `:5: idp: token.sign-with: field "alg" wants a string, not a number`},
		{spoilt("{alg: none}", "{alg: null}"), `:5: idp: token.sign-with: field "alg" is null`},
		{spoilt("rfc7518-3.6-none-not-by-default", "rfc7518-3.6-non"), `:3: cites: no requirement of rogueidp list --requirements --json is called "rfc7518-3.6-non"; did you mean "rfc7518-3.6-none`},
		{spoilt("[rfc7518-3.6-none-not-by-default]", "[{practise: us}]"), `:3: cites: write the id of a requirement, or practice:`},
		{spoilt("[rfc7518-3.6-none-not-by-default]", "[practice: us]"), "level must stands on a clause that says MUST"},
		{spoilt("expect: reject", "expect: rejct"), `:6: expect: "rejct" is none of its words; did you mean "reject"?`},
		{spoilt("expect: reject", "expect: {answer: reject, within: 5}"), `:6: expect.within: write a string, not a number`},
		{spoilt("expect: reject", "expect: {answer: accept, within: 5 parsecs}"), `:6: expect.within: duration "5 parsecs"`},
		{spoilt("expect: reject", `expect: {answer: accept, within: "{cooldwn}+5s"}`), `:6: expect.within: {cooldwn} is no time; did you mean "cooldown"?`},
		{spoilt("expect: reject\n", ""), `:1: a scenario lacks the field "expect"`},
		{spoilt("id: alg.mine", "id: agl.mine"), `mine.yaml:1: no family of the catalogue is called "agl", and the file of a family of your own has its name, agl.yaml; did you mean "alg"?`},
		{spoilt("id: alg.mine", "id: alg.Mine"), `:1: the id "alg.Mine" is not of the form`},
		{spoilt("id: alg.mine", "id: alg.none-empty-sig"), "alg.none-empty-sig is the catalogue's own, and this one differs in title"},
		{spoilt("refuses what I sign", "Refuses what I sign."), `:2: "Refuses what I sign." is no predicate`},
		{spoilt("refuses what I sign", "refuses a token that nobody signed"), ":2: alg.none-empty-sig has the same title"},
		{with("twin: alg.ok-matrx\n"), `:7: its twin: no scenario is called "alg.ok-matrx"; did you mean "alg.ok-matrix"?`},
		{with("twin: alg.none-empty-sig\n"), ":7: its twin alg.none-empty-sig is not an honest row"},
		{with("needs: [refech]\n"), `:7: needs: "refech" is none of its words; did you mean "refetch"?`},
		{with("profiles: []\n"), ":7: profiles: it is empty"},
		{with("extended: \"true\"\n"), ":7: extended: write true or false, not a string"},
		{with("levelByProfile: {jwz: should}\n"), `:7: levelByProfile: "jwz" is none of its words; did you mean "jws"?`},
		{with("why:\n"), ":7: why: write a string, not null"},
		{with("cases:\n- {name: a b, idp: {token.drop-claim: {name: exp}}}\n"), ":8: the case name \"a b\""},
		{with("cases:\n- name: a\n- name: a\n"), `:9: another case is called "a"`},
		{with("cases:\n- name: a\n  idp: {token.drop-claim: {name: exp}}\n"), ":9: it has 2 deviations, and its why names no row"},
		{with("plot:\n- presnt: {}\n"), `:8: no act is called "presnt"; did you mean "present"?`},
		{with("plot:\n- present: {tokn: a}\n"), `:8: present has no field "tokn"; did you mean "token"?`},
		{with("plot:\n- mint: {as: good}\n- present: {token: godo}\n"), `:9: no token was minted as "godo" before; did you mean "good"?`},
		{with("plot:\n- mint: {as: good}\n- present: {token: good, idp: {token.drop-claim: {name: exp}}}\n"), ":9: token.drop-claim cannot act on a token that exists"},
		{with("plot:\n- rotate\n- open: {issuers: [{name: a}]}\n"), ":9: open comes first"},
		{with("plot:\n- begin: {as: a}\n- join: {of: a}\n"), ":8: begin asks what not every target can do; write needs: [concurrent]"},
		{with("plot:\n- open: {issuers: [{name: a}, {name: b}]}\n"), ":8: more than one issuer asks what not every target can do; write needs: [multi-issuer]"},
		{with("plot:\n- join: {of: a}\n"), `:8: nothing was begun as "a" before`},
		{with("plot:\n- repeat: {times: 3}\n"), `:8: repeat lacks the field "do"`},
		{with("plot:\n- repeat: {times: 1000, do: [{repeat: {times: 1000, do: [rotate]}}]}\n"), ":7: with what it repeats it has more than 100000 acts"},
		{with("plot:\n- advance\n"), `:8: advance lacks the field "by"`},
		{with("plot:\n- rotate: {remove: 1}\n"), ":8: rotate.remove: write true or false, not a number"},
		{with("plot:\n- present: {times: -1}\n"), ":8: present.times: write a whole number from 0"},
		{with("plot:\n- present: {fetches: {atMost: some}}\n"), ":8: present.fetches.atMost: write a whole number, or {budget}"},
		{with("plot:\n- hold: {endpoint: keyst}\n"), `:8: hold.endpoint: "keyst" is none of its words; did you mean "keyset"?`},
		{spoilt("{token.sign-with: {alg: none}}", "{token.set-claim: {name: aud, value: \"{clientid}\"}}"), `:5: nobody fills {clientid}; did you mean "client_id"?`},
		{with("---\n") + with(""), "mine.yaml:8: alg.mine is there already, in "},
		{spoilt("idp: {token.sign-with: {alg: none}}\n", ""), ":5: it expects reject of what "},
		{bomb, "with its aliases written out it holds more than"},
		{"id: " + strings.Repeat("[", 100), ":1: it is nested more than 40 deep"},
		{"#" + strings.Repeat(" ", yamldoc.MaxBytes), ":1: it has more than 1048576 octets"},
		{"id: [\n", "mine.yaml:1: "},
		{"\x00\x01\x02\xff", "mine.yaml:1: "},
		{"# nothing\n", ":1: it says nothing"},
		{"just words\n", ":1: a scenario: write a mapping, not a string"},
		{"- 1\n- 2\n", ":2: a scenario: write a mapping, not a number"},
	} {
		dir := folder(t, map[string]string{"mine.yaml": one.text})
		own, err := Read(dir)
		if err == nil || !strings.Contains(err.Error(), one.want) || !strings.Contains(err.Error(), "mine.yaml:") {
			t.Errorf("%.200s\n%d rows, %v\nwant %s", one.text, len(own), err, one.want)
		}
	}
}

func TestMistakesAreToldAtOnce(t *testing.T) {
	dir := folder(t, map[string]string{
		"a.yaml": strings.Replace(good, "severity", "severty", 1),
		"b.yml":  strings.Replace(good, "expect: reject", "expect: no idea", 1),
		"c.txt":  "not ours",
	})
	_, err := Read(dir)
	if err == nil || !strings.Contains(err.Error(), "a.yaml:4:") || !strings.Contains(err.Error(), "b.yml:6:") {
		t.Error(err)
	}
	var many strings.Builder
	for range 30 {
		many.WriteString("- {}\n")
	}
	if _, err := Read(folder(t, map[string]string{"a.yaml": many.String()})); err == nil || !strings.Contains(err.Error(), " more") || strings.Count(err.Error(), "\n") > yamldoc.MaxTold {
		t.Error(err)
	}
}

func TestFolders(t *testing.T) {
	file := filepath.Join(folder(t, map[string]string{"a.yaml": good}), "a.yaml")
	for dir, want := range map[string]string{
		t.TempDir():                           "holds no file *.yaml or *.yml",
		filepath.Join(t.TempDir(), "nowhere"): "no such file or directory",
		file:                                  "is a file; name the folder that it is in",
	} {
		if _, err := Read(dir); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", dir, err)
		}
	}
	several := map[string]string{}
	for i := range maxFiles + 1 {
		several[fmt.Sprintf("%d.yaml", i)] = "- {}\n"
	}
	if _, err := Read(folder(t, several)); err == nil || !strings.Contains(err.Error(), "more than 256 files") {
		t.Error(err)
	}
	long := map[string]string{}
	for i := range 9 {
		long[fmt.Sprintf("%d.yaml", i)] = "- {}\n#" + strings.Repeat("-", yamldoc.MaxBytes-10)
	}
	if _, err := Read(folder(t, long)); err == nil || !strings.Contains(err.Error(), "octets of scenarios") {
		t.Error(err)
	}
	var rows strings.Builder
	for i := range maxRows + 1 {
		fmt.Fprintf(&rows, "- {id: alg.r%d}\n", i)
	}
	if _, err := Read(folder(t, map[string]string{"a.yaml": rows.String()})); err == nil || !strings.Contains(err.Error(), "a.yaml:1001: there are more than 1000 scenarios") {
		t.Error(err)
	}
}
