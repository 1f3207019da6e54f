package scenarios

import (
	"fmt"

	"github.com/rogueidp/rogueidp/mockidp/fault"
)

// twentyClaims are claims that nobody knows, some of them deep.
func twentyClaims() []fault.Fault {
	values := []fault.JSON{`"text"`, "1.5", `{"a":{"b":[null,true]}}`, `[{"c":{}},[]]`, "null"}
	var faults []fault.Fault
	for i := range 20 {
		faults = append(faults, fault.SetClaim{Name: fmt.Sprintf("x-%d", i+1), Value: values[i%len(values)]})
	}
	return faults
}

func respeltSegment(how string) func(string) []fault.Fault {
	return func(in string) []fault.Fault { return does(fault.RespellSegment{In: in, How: how}) }
}

func rewrittenClaims(as string) []fault.Fault { return does(fault.RewriteClaims{As: as}) }

// rewritten writes header and claims in each spelling. Claims are JSON only
// where the token is a JWT.
func rewritten(spellings ...string) []Case {
	var cases []Case
	for _, as := range spellings {
		cases = append(cases,
			Case{Name: as + "-in-header", IdP: does(fault.RewriteHeader{As: as})},
			Case{Name: as + "-in-claims", IdP: rewrittenClaims(as), Profiles: []Profile{IDToken, BearerJWT, RFC9068}},
		)
	}
	return cases
}

// surrounded has each kind of white space before a token and after it, and a
// space before a full stop.
func surrounded() []Case {
	const trimmed = "a caller that trims hands over the token itself, and nothing that was signed is read otherwise"
	var cases []Case
	for _, w := range []struct{ name, text string }{
		{"space", " "}, {"tab", "\t"}, {"no-break-space", "\u00a0"}, {"byte-order-mark", "\ufeff"},
	} {
		cases = append(cases,
			Case{Name: w.name + "-before", IdP: does(fault.SetPrefix{Text: w.text}), Level: Should, Why: trimmed},
			Case{Name: w.name + "-after", IdP: does(fault.SetSuffix{Text: w.text}), Level: Should, Why: trimmed},
		)
	}
	return append(cases, Case{
		Name: "space-before-full-stop",
		IdP:  does(fault.SetSegmentText{In: "payload", At: "end", Text: " "}),
	})
}

// noObjects are JSON values that are no object.
func noObjects(put func(fault.JSON) fault.Fault) []Case {
	var cases []Case
	for _, v := range []struct {
		name  string
		value fault.JSON
	}{{"null", "null"}, {"array", "[]"}, {"string", `"x"`}, {"number", "1"}, {"true", "true"}} {
		cases = append(cases, Case{Name: v.name, IdP: does(put(v.value))})
	}
	return cases
}

// prototypes are names that objects of some languages have from birth, in the
// header, in the claims, and as kid. An honest token comes after each.
func prototypes() []Case {
	var cases []Case
	for _, name := range []string{"__proto__", "constructor", "toString"} {
		for _, c := range []struct {
			in string
			f  fault.Fault
		}{
			{"header", fault.SetHeader{Name: name, Value: `{"crit":["x"],"prototype":{"crit":["x"]}}`}},
			{"claims", fault.SetClaim{Name: name, Value: `{"nbf":9000000000,"prototype":{"nbf":9000000000}}`}},
			{"kid", fault.SetHeader{Name: "kid", Value: fault.Text(name)}},
		} {
			cases = append(cases, Case{
				Name: kebab(name) + "-in-" + c.in,
				Plot: plot(Present{IdP: does(c.f)}, Present{Honest: true, Expect: Accept}),
			})
		}
	}
	return cases
}

// everyType gives each member that a validator looks at a value of each type.
// What has to be there and has a type has to be refused.
func everyType() []Case {
	types := []struct {
		name  string
		value fault.JSON
	}{{"null", "null"}, {"true", "true"}, {"false", "false"}, {"zero", "0"}, {"string", `"x"`}, {"array", "[]"}, {"object", "{}"}}
	var cases []Case
	for _, member := range []string{"alg", "kid", "typ", "cty", "crit"} {
		for _, v := range types {
			c := Case{Name: "header-" + member + "-" + v.name, IdP: does(fault.SetHeader{Name: member, Value: v.value})}
			if member == "alg" {
				c.Expect = Reject
			}
			cases = append(cases, c)
		}
	}
	for _, member := range []string{"iss", "sub", "aud", "exp", "nbf", "iat", "nonce", "azp", "jti", "auth_time"} {
		for _, v := range types {
			c := Case{
				Name: "claim-" + kebab(member) + "-" + v.name, Profiles: []Profile{IDToken, BearerJWT, RFC9068},
				IdP: does(fault.SetClaim{Name: member, Value: v.value}),
			}
			switch member {
			case "iss", "aud", "exp", "nonce":
				if v.value != "null" {
					c.Expect = Reject
				}
			}
			if member == "nonce" {
				c.Needs, c.Profiles = []Capability{"nonce"}, []Profile{IDToken}
			}
			cases = append(cases, c)
		}
	}
	return cases
}

func unsignedAs(name string) []fault.Fault {
	return does(fault.SignWith{Alg: "none", Claiming: name})
}
