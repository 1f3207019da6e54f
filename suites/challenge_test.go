package suites

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/rogueidp/rogueidp/scenarios"
	"github.com/rogueidp/rogueidp/suites/target"
)

func TestReadChallenges(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		lines []string
		want  string
		wrong string
	}{
		{nil, "any", "without WWW-Authenticate"},
		{[]string{`Basic realm="Bearer error=\"invalid_token\""`}, "any", "without WWW-Authenticate"},
		{[]string{`Bearer`}, "any", ""},
		{[]string{`Bearer`}, "invalid_token", "says no error at all"},
		{[]string{`bearer error=invalid_token`}, "invalid_token", ""},
		{[]string{`Basic realm="x"`, `Bearer realm="a, \"b\"" , error = "invalid_token"`}, "invalid_token", ""},
		{[]string{`Negotiate YWJj==, Bearer error="invalid_request"`}, "invalid_token", "says invalid_request, and not invalid_token"},
		{[]string{`Bearer error="in`, `,,=;"`, "\x00"}, "invalid_token", "says in, and not"},
	} {
		got := unchallenged(c.lines, c.want)
		if c.wrong == "" && got != "" || !strings.Contains(got, c.wrong) {
			t.Errorf("%q: %s", c.lines, got)
		}
	}
}

// Every word of how a request carries a token is one that a target understands.
func TestEveryCarryIsUnderstood(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer server.Close()
	b, err := target.Open(context.Background(), "bearer:"+server.URL+"/api/me", target.Options{Resource: target.Resource{Method: "POST", Cookie: "s"}})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	s, _, err := b.Trust(context.Background(), target.Issuer{})
	if err != nil {
		t.Fatal(err)
	}
	var ways []target.Carry
	for _, in := range scenarios.Carriers() {
		ways = append(ways, target.Carry{In: in})
	}
	for _, in := range scenarios.SecondCarriers() {
		ways = append(ways, target.Carry{Second: "d.e.f", SecondIn: in})
	}
	for _, w := range scenarios.Schemes() {
		ways = append(ways, target.Carry{Scheme: w})
	}
	for _, w := range scenarios.Methods() {
		ways = append(ways, target.Carry{Method: w}, target.Carry{Override: w})
	}
	for _, w := range scenarios.PathSpellings() {
		ways = append(ways, target.Carry{Path: w})
	}
	for _, w := range scenarios.HostSpellings() {
		ways = append(ways, target.Carry{Host: w})
	}
	for _, w := range scenarios.Bodies() {
		ways = append(ways, target.Carry{Body: w})
	}
	for _, way := range ways {
		if v, err := s.Try(context.Background(), target.Attempt{Token: "a.b.c", Carry: way}); err != nil || v.Answer != target.Accept {
			t.Errorf("%+v: %s %v", way, v.Answer, err)
		}
	}
}
