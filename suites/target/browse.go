package target

import (
	"context"
	"net/http"
	"net/url"
	"time"
)

// A Browser is a session with a relying party: user agents, each with cookies of
// its own, go through its login. Try is a whole sign-in by a fresh agent.
type Browser interface {
	Session
	// Go sends an agent on an errand and tells where that ended. The errors are
	// those of [Session.Try].
	Go(ctx context.Context, e Errand) (Arrival, error)
}

// A Place is one of a relying party's pages that the configuration names.
type Place string

// The places. A relying party has a login page; whether it has others the
// configuration says. At HomePage and RenewPage an agent never goes on to the
// provider, as with [Errand.Stay]: who is sent there is not signed in.
const (
	LoginPage   Place = "login"       // where a sign-in begins
	HomePage    Place = "home"        // what only who is signed in sees
	RenewPage   Place = "renew"       // makes the relying party use its refresh token
	LogoutPage  Place = "logout"      // where a user signs out
	Initiate    Place = "initiate"    // third-party-initiated login (OIDC Core 4)
	Callback    Place = "callback"    // the redirect_uri; known once the first login began
	BackChannel Place = "backchannel" // where logout tokens are posted
	FrontLogout Place = "frontlogout" // front-channel logout
)

// An Errand is one thing that a user agent does.
type Errand struct {
	// Agent names whose cookies count. A name that was not heard before is a
	// fresh agent; the empty one is fresh each time.
	Agent string
	// Known are cookies that the agent has already, by the URL of the issuer that
	// gave them: by these a provider knows who sits in front of it.
	Known map[string]*http.Cookie
	// To is where it goes; [LoginPage] when empty. Issuer picks one of several
	// login pages, in the order of the issuers that Trust was given.
	To     Place
	Issuer int
	Method string // GET when empty
	Query  url.Values
	Form   url.Values
	Header http.Header
	// Answer is an authorization response that is delivered in place of going to
	// a page, as the agent's browser would deliver it.
	Answer *Response
	// Halt stops where the provider answers, and delivers nothing: the answer is
	// in the Arrival.
	Halt bool
	// Stay does not go to the provider: the errand ends with the URL there to which
	// the relying party would have sent the agent.
	Stay bool
	// Deadline is how long the user is ready to wait in all; Fetching tells whether
	// the relying party waits for the provider.
	Deadline time.Duration
	Fetching func() bool
}

// A Response is an authorization response on its way through a browser.
type Response struct {
	To     string // the redirect_uri, without the parameters
	Mode   string // query, fragment or form_post
	Params url.Values
}

// An Arrival is where an errand ended. All text in it is the target's own.
type Arrival struct {
	// Accept: signed in, as Claims say, if the page tells who, with sub alone.
	// Reject: refused. Unavailable: a 5xx or no answer.
	Verdict
	URL string
	// Foreign: the agent was sent to URL, which is neither the relying party's nor a
	// provider's, and did not go.
	Foreign bool
	Status  int
	Hops    []string // the URLs on the way, in order, the last one left out
	Answer  *Response
	// Cookies are those of the relying party that the agent has now.
	Cookies []*http.Cookie
	Header  http.Header
	Body    []byte // its first 64 KiB
}
