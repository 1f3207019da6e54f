package target

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
)

// A resourceAnswer is what is kept of an answer over HTTP: 64 KiB of its body.
type resourceAnswer struct {
	status int
	text   string // of the status
	header http.Header
	to     string // where a redirect leads
	body   []byte
}

// ask sends a request and reads as much of the answer as is needed. With an
// error that came after the header, what was known by then is returned too.
func (b *Bearer) ask(r *http.Request) (resourceAnswer, error) {
	resp, err := b.o.Client.Do(r)
	if err != nil {
		return resourceAnswer{}, err
	}
	// What is behind the first 64 KiB nobody reads: the connection ends there.
	defer resp.Body.Close()
	answer := resourceAnswer{status: resp.StatusCode, text: resp.Status, header: resp.Header}
	if to, err := resp.Location(); err == nil {
		answer.to = to.String()
	}
	answer.body, err = io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	// A status that refuses says all that there is to know; of an accept that
	// breaks off nobody knows what it would have said.
	if err != nil && answer.status < 300 {
		return answer, err
	}
	return answer, nil
}

// decide is what an answer means.
func (b *Bearer) decide(a resourceAnswer, how Carry) (Verdict, error) {
	v := Verdict{HTTP: &HTTPAnswer{Status: a.status, Challenges: challenges(a.header)}}
	v.Reason = strings.TrimSpace(a.text + " " + strings.Join(v.HTTP.Challenges, ", ") + " " + string(a.body))
	switch {
	case a.status >= 200 && a.status < 300:
		return b.accepted(v, a, how)
	case a.status >= 500 || a.status == http.StatusTooManyRequests:
		v.Answer = Unavailable
	case slices.Contains([]int{400, 401, 403, 413, 431}, a.status):
		v.Answer = Reject
	case a.status >= 300 && a.status < 400 && b.login(a.to):
		v.Answer, v.Reason = Reject, "redirected to the login page"
	case how.odd():
		// By another way than the plain one, whatever does not let in keeps out.
		v.Answer = Reject
	default:
		return v, &Garbled{How: fmt.Sprintf("it answered %s, which neither accepts nor refuses%s", a.text, b.where(a)), Line: a.to}
	}
	return v, nil
}

// accepted is a 2xx. Where answers say who is signed in, one that does not is no
// accept.
func (b *Bearer) accepted(v Verdict, a resourceAnswer, how Carry) (Verdict, error) {
	v.Answer = Accept
	if b.read == nil {
		return v, nil
	}
	sub, found := b.read(a.header, a.body)
	switch {
	case found:
		v.Claims = subject(sub)
		return v, nil
	case how.odd():
		v.Answer, v.Reason = Reject, "it answered "+a.text+", and nobody is signed in there"
		return v, nil
	}
	return v, &Garbled{
		How:  fmt.Sprintf("it answered %s, and the answer, of type %q, does not say who is signed in where --identity looks for it", a.text, a.header.Get("Content-Type")),
		Line: string(a.body[:min(len(a.body), 512)]),
	}
}

// where says what to do about an answer that means nothing.
func (b *Bearer) where(a resourceAnswer) string {
	switch {
	case a.status >= 300 && a.status < 400 && a.to != "" && b.page() == "":
		return "; if it leads to its login page, give that page with --login-page"
	case a.status >= 300 && a.status < 400 && a.to != "":
		return "; it leads elsewhere than to " + b.page()
	case a.status == http.StatusNotFound || a.status == http.StatusMethodNotAllowed:
		return "; look at the path of the target, and at --method"
	}
	return ""
}

// page is the login page that means refusal.
func (b *Bearer) page() string { return or(b.o.Resource.LoginPage, b.o.LoginPage) }

// login tells whether a redirect leads to the page that means refusal.
func (b *Bearer) login(to string) bool {
	return to != "" && b.page() != "" && strings.HasPrefix(to, b.page())
}

// challenges are the lines of WWW-Authenticate, as far as anybody wants to read.
func challenges(header http.Header) []string {
	const most = 4 << 10
	var lines []string
	left := most
	for _, line := range header.Values("WWW-Authenticate") {
		if len(line) > left {
			break
		}
		left -= len(line)
		lines = append(lines, line)
	}
	return lines
}

// broke is what an exchange that came to nothing says of the target: that it
// cannot be talked to, or that it went away.
func broke(err error) error {
	text := trim(err)
	var record tls.RecordHeaderError
	var alert tls.AlertError
	var certificate *tls.CertificateVerificationError
	var authority x509.UnknownAuthorityError
	switch {
	case strings.Contains(text, "server gave HTTP response to HTTPS client"):
		return &Garbled{How: "it speaks HTTP without TLS, and its address begins with https"}
	case errors.As(err, &certificate), errors.As(err, &authority):
		return &Garbled{How: "its certificate is not trusted here: " + text + "; name its authority in SSL_CERT_FILE"}
	case errors.As(err, &record), errors.As(err, &alert), strings.Contains(text, "tls: "), strings.Contains(text, "x509: "):
		return &Garbled{How: "its TLS breaks: " + text}
	case strings.Contains(text, "malformed "), strings.Contains(text, "message cannot contain"), strings.Contains(text, "bad Content-Length"), strings.Contains(text, "invalid header"), strings.Contains(text, "gzip: "):
		return &Garbled{How: "what it answers is no HTTP: " + text}
	case strings.Contains(text, "response headers exceeded"), strings.Contains(text, "header list larger"):
		return &Garbled{How: fmt.Sprintf("its answer has a header of more than %d KiB", maxAnswerHeader>>10)}
	case errors.Is(err, io.ErrUnexpectedEOF):
		return &Crashed{How: "its answer breaks off: " + text, InFlight: 1}
	}
	return &Crashed{How: text, InFlight: 1}
}
