package scenarios

import (
	"strconv"

	"github.com/rogueidp/rogueidp/mockidp/fault"
)

// mediaTypes are names under which a key set may travel. Two of them are right.
func mediaTypes() []Case {
	typed := func(name, value string, want Expectation) Case {
		return Case{Name: name, Expect: want, IdP: does(fault.SetReplyHeader{Endpoint: "keyset", Name: "Content-Type", Value: value})}
	}
	return []Case{
		typed("json-with-charset", "application/json; charset=utf-8", Accept),
		typed("jwk-set", "application/jwk-set+json", Accept),
		typed("plain-text", "text/plain", Either),
		typed("html", "text/html", Either),
		typed("wrong-charset", "application/json; charset=utf-16", Either),
		{Name: "none", IdP: does(fault.DropReplyHeader{Endpoint: "keyset", Name: "Content-Type"})},
	}
}

// statuses are the honest key set under one status after the other.
func statuses(codes ...int) []Case {
	var cases []Case
	for _, code := range codes {
		cases = append(cases, Case{Name: strconv.Itoa(code), IdP: does(fault.SetReplyStatus{Endpoint: "keyset", Status: code})})
	}
	return cases
}

// redirections are the ways to say that the key set is a step further on the
// same host.
func redirections(codes ...int) []Case {
	var cases []Case
	for _, code := range codes {
		cases = append(cases, Case{
			Name: strconv.Itoa(code),
			IdP:  does(fault.RedirectTimes{Endpoint: "keyset", Times: 1, Status: code}),
		})
	}
	return cases
}

// encodings are the key set in encodings that JSON does not have. The mark
// alone is no other encoding.
func encodings() []Case {
	cases := each(fault.TextEncodings(), func(encoding string) []fault.Fault {
		return does(fault.SetReplyEncoding{Endpoint: "keyset", Encoding: encoding})
	})
	for i := range cases {
		if cases[i].Name == "utf-8-bom" {
			cases[i].Level, cases[i].Expect = Info, Either
		}
	}
	return cases
}

// signInPage is what a network says to everybody who has not signed in to it.
const signInPage = `<!DOCTYPE html>
<html><head><title>Welcome to the guest network</title></head>
<body><form method="post" action="/accept"><button>I accept the terms</button></form></body></html>
`

// openPEM begins what it does not end.
const openPEM = "-----BEGIN PUBLIC KEY-----\nMIIB\n"
