package scenarios

import "github.com/rogueidp/rogueidp/mockidp/fault"

// Acts of a login: what people and their user agents do at a relying party.

// SignIn lets somebody sign in: from the login page to the provider and back.
type SignIn struct {
	As    string `json:"as,omitempty"`    // the name under which the sign-in is kept
	Agent string `json:"agent,omitempty"` // whose cookies; empty: a fresh user agent
	At    string `json:"at,omitempty"`    // the party whose login page is taken; empty: the first
	// Subject is who signs in, in place of the provider's usual user.
	Subject string        `json:"subject,omitempty"`
	IdP     []fault.Fault `json:"idp,omitempty"` // on top of the row's
	Honest  bool          `json:"honest,omitempty"`
	// Halt stops where the provider answers; Deliver goes on from there.
	Halt bool `json:"halt,omitempty"`
	// Token names a sign-in whose last ID token is answered in place of a new one.
	Token  string      `json:"token,omitempty"`
	Times  int         `json:"times,omitempty"`
	Expect Expectation `json:"expect,omitzero"` // empty: the row's; of a halted one: accept, that it got so far
	Level  Level       `json:"level,omitempty"`
	// Premise: as in Present.
	Premise bool `json:"premise,omitempty"`
	// Never is a text that must not stand, as it is, in the page where it ends: what
	// may be shown only with its markup escaped, or not at all.
	Never string `json:"never,omitempty"`
}

// Deliver brings the provider's answer to a halted sign-in to the relying party.
type Deliver struct {
	Of    string `json:"of"`
	Agent string `json:"agent,omitempty"` // who brings it; empty: whose sign-in it is
	// At is the party to whose redirect_uri it is brought; empty: its own.
	At string `json:"at,omitempty"`
	// With are parameters that are set: a text, or {code.NAME}, {state.NAME} and
	// so on, the parameter of the sign-in NAME. Without are those left out.
	With    map[string]string `json:"with,omitempty"`
	Without []string          `json:"without,omitempty"`
	Mode    string            `json:"mode,omitempty" words:"response-modes"`
	Times   int               `json:"times,omitempty"`
	AtOnce  bool              `json:"atOnce,omitempty"` // then at most one may be accepted
	Expect  Expectation       `json:"expect,omitzero"`
	Level   Level             `json:"level,omitempty"`
	Premise bool              `json:"premise,omitempty"`
	Never   string            `json:"never,omitempty"` // as in SignIn
}

// Look asks for the page that only who is signed in sees.
type Look struct {
	Agent string `json:"agent"`
	// Before is a halted sign-in of the agent: it is asked with the cookies that the
	// agent had then, and with no others.
	Before  string      `json:"before,omitempty"`
	Expect  Expectation `json:"expect,omitzero"`
	Level   Level       `json:"level,omitempty"`
	Premise bool        `json:"premise,omitempty"`
}

// Renew has the relying party use the refresh token of whom the agent is signed
// in as, and looks who is signed in then.
type Renew struct {
	Agent   string        `json:"agent"`
	IdP     []fault.Fault `json:"idp,omitempty"`
	Honest  bool          `json:"honest,omitempty"`
	Expect  Expectation   `json:"expect,omitzero"`
	Level   Level         `json:"level,omitempty"`
	Premise bool          `json:"premise,omitempty"`
}

// SignOut posts a logout token about a sign-in to the relying party (OpenID
// Connect Back-Channel Logout, 2.5): accept is 200 or 204, reject is 400.
type SignOut struct {
	Of     string        `json:"of"`
	IdP    []fault.Fault `json:"idp,omitempty"` // of the logout token
	Honest bool          `json:"honest,omitempty"`
	// Token "id-token" posts the sign-in's ID token in its place.
	Token   string      `json:"token,omitempty"`
	Times   int         `json:"times,omitempty"`   // the same token so often
	NoStore bool        `json:"noStore,omitempty"` // the answer says that no cache may keep it
	Expect  Expectation `json:"expect,omitzero"`
	Level   Level       `json:"level,omitempty"`
	Premise bool        `json:"premise,omitempty"`
}

// Send asks the relying party for one of its pages in an odd way, without going
// on to the provider unless Follow says so.
type Send struct {
	Agent  string `json:"agent,omitempty"`
	To     string `json:"to" words:"places"`
	Method string `json:"method,omitempty"`
	// The name {return-to} in a query is the parameter that the target says where to
	// go after a sign-in.
	Query  map[string]string `json:"query,omitempty"`
	Header map[string]string `json:"header,omitempty"`
	Form   map[string]string `json:"form,omitempty"`
	Follow bool              `json:"follow,omitempty"`
	// Stays: the agent is led to nobody but the relying party and its providers.
	Stays  bool        `json:"stays,omitempty"`
	Times  int         `json:"times,omitempty"`
	Expect Expectation `json:"expect,omitzero"`
	Level  Level       `json:"level,omitempty"`
}

// Inspect looks at what the relying party asked the provider for on behalf of a
// sign-in, or of all of the plot's where Of is empty.
type Inspect struct {
	Of       string `json:"of,omitempty"`
	Endpoint string `json:"endpoint" words:"flow-endpoints"`
	At       string `json:"at,omitempty"` // the party that was asked; empty: the first
	// Asking leaves out authentication requests whose response_type lacks a word.
	Asking string `json:"asking,omitempty"`
	// Param is a parameter of query or body; Is says what has to be true of it, in
	// every request if there is more than one.
	Param string `json:"param,omitempty"`
	Is    string `json:"is,omitempty" words:"inspections"`
	Value string `json:"value,omitempty"`
	Level Level  `json:"level,omitempty"`
	// Where nothing was asked of the endpoint, the row was not exercised. None alone
	// says that nothing ought to have been, and beside Is that nothing need have been.
	None bool `json:"none,omitempty"`
	// Premise: what comes after means something only if this is so.
	Premise bool `json:"premise,omitempty"`
}

func (SignIn) Act() string  { return "sign-in" }
func (Deliver) Act() string { return "deliver" }
func (Look) Act() string    { return "look" }
func (Renew) Act() string   { return "renew" }
func (SignOut) Act() string { return "sign-out" }
func (Send) Act() string    { return "send" }
func (Inspect) Act() string { return "inspect" }

// Inspections are what Inspect can want of a parameter.
func Inspections() []string {
	return []string{
		"present", "absent",
		"equals",      // Value
		"unlike",      // Value
		"new",         // no two requests have the same
		"same",        // all requests have the same
		"unguessable", // new each time, and 128 bits or more as far as its length and alphabet tell
		"long",        // at least Value characters
		"verifies",    // a code_verifier whose SHA-256 is the code_challenge of its own sign-in
		"not-in-url",  // the parameter, an access token by default, came in header or body
		"names-only",  // a client assertion's aud names nobody but the provider of the sign-in
	}
}

// Places are the pages of a relying party that Send can go to.
func Places() []string {
	return []string{"login", "home", "renew", "logout", "initiate", "callback", "backchannel", "frontlogout"}
}
