package suites

import (
	"strings"
	"testing"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/mockidp/fault"
	"github.com/rogueidp/rogueidp/scenarios"
)

func TestGuessable(t *testing.T) {
	for _, one := range []struct {
		values []string
		says   string
	}{
		{[]string{"Ef7mcbQ3mQ0r8VvT2xKp_A", "5hMepkn38AImRge6ARj_cQ"}, ""}, // 128 bits as base64url
		{[]string{"3f2504e0-4f89-41d3-9a0c-0305e82c3301", "9b2d7c1e-0a5f-4c3d-8e1b-7f6a5d4c3b2a"}, ""},
		{[]string{"00112233445566778899aabbccddeeff"}, ""},
		{[]string{"eyJhbGciOiJub25lIn0.eyJuIjoiRWY3bWNiUTNtUTByOFZ2VDJ4S3BfQSJ9.", "eyJhbGciOiJub25lIn0.eyJuIjoiNWhNZXBrbjM4QUltUmdlNkFSal9jUSJ9."}, ""},
		{[]string{"00112233445566778899aabbccddee"}, "120 bits at most"},
		{[]string{"12345678901234567890"}, "66 bits at most"},
		{[]string{"state-1"}, "bits at most"},
		{[]string{"Ef7mcbQ3mQ0r8VvT2xKp_A", "5hMepkn38AImRge6ARj_cQ", "Ef7mcbQ3mQ0r8VvT2xKp_A"}, "requests 1 and 3 have the same state"},
		{[]string{"Ef7mcbQ3mQ0r8VvT2xKp_A0001", "Ef7mcbQ3mQ0r8VvT2xKp_A0002"}, "amounts to 6 bits"},
	} {
		if got := guessable("state", one.values); one.says == "" && got != "" || !strings.Contains(got, one.says) {
			t.Errorf("%v: %q, want %q", one.values, got, one.says)
		}
	}
}

func TestDiscreetURLs(t *testing.T) {
	for raw, want := range map[string]string{
		"https://rp.test/cb": "https://rp.test/cb",
		"https://rp.test/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjs&x": "https://rp.test/cb?code=SplxlO…&state=·······&x",
		"https://rp.test/cb#id_token=eyJhbGciOiJ.x.y&iss=https%3A%2F%2F": "https://rp.test/cb#id_token=eyJhbG…&iss=https%3A%2F%2F",
		"/token?x=code=1&code=":                   "/token?x=code=1&code=",
		"?code=code=code=code":                    "?code=code=c…",
		"not a url %zz?access_token=secretsecret": "not a url %zz?access_token=secret…",
	} {
		if got := discreet(raw); got != want {
			t.Errorf("%s is told as %s, want %s", raw, got, want)
		}
	}
}

// Whom an assertion names besides the provider it is for.
func TestNamesOfAnAssertion(t *testing.T) {
	p := facing(t, newParties("", nil), Options{})
	st, err := p.stageOn(t.Context(), p.target, p.world, timing{mode: realClock}, scenarios.Scenario{Start: scenarios.Cold}, scenarios.Case{}, "RS256")
	if err != nil {
		t.Fatal(err)
	}
	defer st.close()
	sh := &show{stage: st}
	issuer := st.parties[0].tenant.Issuer()
	for _, one := range []struct {
		aud  fault.JSON
		says string
	}{
		{fault.Text(issuer), ""},
		{fault.Text(issuer + "/token"), ""},
		{fault.JSON(`[` + string(fault.Text(issuer)) + `]`), ""},
		{fault.JSON(`[` + string(fault.Text(issuer)) + `,"https://other.test"]`), `names "https://other.test"`},
		{fault.Text(issuer + "er/token"), "names"},
		{`[]`, "no aud"},
		{`7`, "no aud"},
	} {
		m, err := st.parties[0].tenant.Mint(mockidp.Request{Faults: []fault.Fault{fault.SetClaim{Name: "aud", Value: one.aud}}})
		if err != nil {
			t.Fatal(err)
		}
		if got := sh.names(scenarios.Inspect{}, m.Token); one.says == "" && got != "" || !strings.Contains(got, one.says) {
			t.Errorf("%s: %q, want %q", one.aud, got, one.says)
		}
	}
	for _, odd := range []string{"", "a.b", "a.!!.c", "a.W10.c"} {
		if sh.names(scenarios.Inspect{}, odd) == "" {
			t.Errorf("nothing is wrong with %q", odd)
		}
	}
}
