package scenarios

import (
	"strings"
	"testing"
)

// A row of a user speaks of requests in the same words, and is told what no
// request can be.
func TestCarriesOfOnesOwn(t *testing.T) {
	const row = `id: resource.mine
title: refuses my way
level: hardening
cites: [{practice: "us: we have seen it"}]
severity: high
profiles: [bearer-jwt]
needs: [http-channel]
expect: {answer: reject, challenge: invalid_token, status: 401}
plot:
  - mint: {as: other}
  - present: {carry: {scheme: Token, second: other, secondIn: cookie, path: dot-segment, host: unknown, override: PATCH, repeat: 2}}
`
	own, err := Read(folder(t, map[string]string{"resource.yaml": row}))
	if err != nil {
		t.Fatal(err)
	}
	want := Carry{Scheme: "Token", Repeat: 2, Second: "other", SecondIn: "cookie", Override: "PATCH", Path: "dot-segment", Host: "unknown"}
	if p := own[0].Plot[1].(Present); p.Carry != want || !p.Carry.Odd() {
		t.Errorf("%+v", p.Carry)
	}
	if e := own[0].Expect.String(); e != "reject with 401 and the challenge invalid_token" {
		t.Error(e)
	}
	for _, c := range []struct{ old, new, says string }{
		{"scheme: Token", "scheme: Tokne", `"Tokne" is none of its words; did you mean "Token"?`},
		{"secondIn: cookie", "secondIn: cookei", `did you mean "cookie"?`},
		{"second: other", "second: othre", `no token was minted as "othre" before; did you mean "other"?`},
		{"second: other, ", "", "carry.secondIn says where a second token goes, and second names none"},
		{"scheme: Token", "scheme: Token, in: query", "carry.scheme stands in front of a token in the header"},
		{"repeat: 2", "repeat: 9", "a request writes a token 8 times at most"},
		{"scheme: Token", "in: nowhere", "what is carried nowhere is not written 2 times"},
		{"secondIn: cookie", "secondIn: body, body: malformed", "the body carries a token already"},
		{"needs: [http-channel]\n", "", "carry asks what not every target can do; write needs: [http-channel]"},
		{"needs: [http-channel]\n", "", "challenge and status asks what not every target can do"},
		{"status: 401", "status: 200", "status 200 refuses nothing"},
		{"answer: reject", "answer: either", "are those of a refusal"},
		{"challenge: invalid_token", "challenge: invalid_tokn", `did you mean "invalid_token"?`},
	} {
		if !strings.Contains(row, c.old) {
			t.Fatalf("there is no %q", c.old)
		}
		_, err := Read(folder(t, map[string]string{"resource.yaml": strings.Replace(row, c.old, c.new, 1)}))
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", c.new, err)
		}
	}
}
