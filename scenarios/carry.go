package scenarios

// A Carry is how a request to a protected resource carries its token. It is for
// targets that are asked over HTTP; those of other kinds have no requests of
// which a row could speak. The zero Carry is the ordinary way: one Authorization
// header with the scheme Bearer, and nothing odd about the request.
type Carry struct {
	In     string `json:"in,omitempty" words:"carriers"`    // header when empty
	Scheme string `json:"scheme,omitempty" words:"schemes"` // in front of a token in the header; Bearer when empty
	Repeat int    `json:"repeat,omitempty"`                 // how often the token is written there; once when zero
	// Second names a token that was minted before and goes with the first, behind
	// it where both are in headers.
	Second   string `json:"second,omitempty"`
	SecondIn string `json:"secondIn,omitempty" words:"second-carriers"` // header when empty

	Method   string `json:"method,omitempty" words:"methods"`      // in place of the resource's own
	Override string `json:"override,omitempty" words:"methods"`    // what X-HTTP-Method-Override says
	Path     string `json:"path,omitempty" words:"path-spellings"` // of the resource's path
	Host     string `json:"host,omitempty" words:"host-spellings"` // in place of the resource's own
	// Body is sent in place of the resource's own, by a method that has one.
	Body string `json:"body,omitempty" words:"bodies"`
}

// Odd tells whether a request is about another way to the resource, which need
// not be guarded as the plain one is: a path, a host or a method of which nobody
// outside knows where they lead.
func (c Carry) Odd() bool { return c.Method != "" || c.Override != "" || c.Path != "" || c.Host != "" }

// Carriers are where a request can carry a token.
func Carriers() []string { return []string{"header", "query", "cookie", "body", "nowhere"} }

// SecondCarriers are where it can carry another: proof is the header DPoP (RFC
// 9449 section 4.1).
func SecondCarriers() []string { return []string{"header", "query", "cookie", "body", "proof"} }

// Schemes are what can stand in front of a token; none is nothing at all.
func Schemes() []string {
	return []string{"Bearer", "bearer", "BEARER", "Basic", "Token", "DPoP", "none"}
}

// Methods are those by which a resource can be asked in place of its own.
func Methods() []string { return []string{"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH"} }

// PathSpellings are ways to write a path that some take for the same one.
func PathSpellings() []string {
	return []string{"double-slash", "encoded-slash", "dot-segment", "trailing-slash", "capitals"}
}

// HostSpellings are hosts that a request can name, of which the resource has
// none: unknown is nobody's.
func HostSpellings() []string { return []string{"unknown", "trailing-dot", "other-port"} }

// Bodies are what a request can bring: malformed is JSON that breaks off.
func Bodies() []string { return []string{"malformed"} }

// Challenges are what a refusal can be wanted to say in WWW-Authenticate: an
// error code of RFC 6750 section 3.1, or a challenge of scheme Bearer whatever
// else it says.
func Challenges() []string {
	return []string{"any", "invalid_token", "invalid_request", "insufficient_scope"}
}

// Challenging wants a refusal to challenge with this error code, and to have
// this status. A wrong status is a miss of a SHOULD at most (RFC 6750 section
// 3.1); a missing challenge is one at the row's level.
func (e Expectation) Challenging(code string, status int) Expectation {
	e.Challenge, e.Status = code, status
	return e
}
