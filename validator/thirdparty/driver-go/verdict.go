package driver

import (
	"errors"
	"strings"
)

// refusal is an error of the validator together with what it means.
type refusal struct {
	verdict string
	code    string
	err     error
}

func (r *refusal) Error() string { return r.err.Error() }
func (r *refusal) Unwrap() error { return r.err }

// Reject marks an error as the validator's no. code is one of the protocol's
// reason codes, or empty.
func Reject(code string, err error) error {
	return &refusal{verdict: "reject", code: code, err: err}
}

// Unavailable marks an error as "could not decide": the validator could not
// get what it needs from the provider.
func Unavailable(err error) error {
	return &refusal{verdict: "unavailable", err: err}
}

// accept is the reply to a token that the validator took. Claims go back only
// from an adapter that says so: absent must not look like empty.
func (s *server) accept(claims map[string]any) reply {
	if !s.adapter.can("claims") {
		return reply{Verdict: "accept"}
	}
	if claims == nil {
		claims = map[string]any{}
	}
	return reply{Verdict: "accept", Claims: &claims}
}

// refused is the reply to an error that the validator returned.
func refused(err error) reply {
	out := reply{Verdict: "reject", Reason: excerpt(err.Error())}
	if r, ok := errors.AsType[*refusal](err); ok {
		out.Verdict, out.Code = r.verdict, r.code
	}
	return out
}

// excerpt bounds a reason: some libraries put the whole reply body into their
// error, and the harness serves bodies without end.
func excerpt(text string) string {
	const most = 4 << 10
	if len(text) > most {
		text = text[:most] + " …"
	}
	return strings.ToValidUTF8(text, "\uFFFD")
}
