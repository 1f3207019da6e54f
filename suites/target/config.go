package target

import "time"

// Resource describes a protected resource that a bearer: target reaches. The
// zero value is asked by GET with nothing besides the token, and its answers are
// told by their status alone.
type Resource struct {
	Method string            `json:"method,omitempty"` // GET when empty
	Header map[string]string `json:"header,omitempty"`
	Body   string            `json:"body,omitempty"`
	// Identity is where an accepting answer says who was signed in.
	Identity Identity `json:"identity,omitzero"`
	// LoginPage is the URL, or its beginning, to which a refusal redirects.
	LoginPage string `json:"loginPage,omitempty"`
	// Replicas is how many instances answer under this address.
	Replicas int `json:"replicas,omitempty"`
	// MaxHeader is how long a token the channel carries, in octets; 8 KiB when zero.
	MaxHeader int `json:"maxHeader,omitempty"`
	// Cookie and Query are names under which the resource takes a token, besides
	// the Authorization header.
	Cookie string `json:"cookie,omitempty"`
	Query  string `json:"query,omitempty"`
}

// Identity is where an answer says who is signed in. One of the fields is set;
// none where it does not say.
type Identity struct {
	Header   string `json:"header,omitempty"`
	JSON     string `json:"json,omitempty"`     // a path such as user.sub
	Selector string `json:"selector,omitempty"` // of the element whose text it is
	Pattern  string `json:"pattern,omitempty"`  // a regular expression whose first group it is
}

// Sign is how a page is told from others: all that is set has to be so.
type Sign struct {
	URL      string `json:"url,omitempty"` // the beginning of the URL, or of its path
	Status   int    `json:"status,omitempty"`
	Text     string `json:"text,omitempty"`
	Selector string `json:"selector,omitempty"`
}

// Login describes a relying party that a login: target reaches.
type Login struct {
	// Pages are the login pages of further issuers; the target's URL is the first.
	Pages    []string `json:"pages,omitempty"`
	SignedIn Sign     `json:"signedIn,omitzero"` // empty: a 2xx page of the relying party after the callback
	Refused  Sign     `json:"refused,omitzero"`
	Identity Identity `json:"identity,omitzero"`
	// URLs of its other pages; empty where it has none.
	Home        string `json:"home,omitempty"`
	Renew       string `json:"renew,omitempty"`
	Logout      string `json:"logout,omitempty"`
	Initiate    string `json:"initiate,omitempty"`
	BackChannel string `json:"backchannel,omitempty"`
	FrontLogout string `json:"frontlogout,omitempty"`
	// ReturnTo is the parameter of the login page that says where to go afterwards.
	ReturnTo string `json:"returnTo,omitempty"`
	// Browser drives headless Chromium, for pages that need JavaScript; Click is
	// the selector of what has to be clicked on the login page.
	Browser bool   `json:"browser,omitempty"`
	Click   string `json:"click,omitempty"`
	// Supports are what this relying party is known to do, of [LoginFeatures].
	Supports []string `json:"supports,omitempty"`
}

// LoginFeatures are what a relying party can be known to do.
func LoginFeatures() []string {
	return []string{"state", "nonce", "pkce", "iss-parameter", "userinfo", "signed-userinfo", "refresh", "form-post", "hybrid", "implicit"}
}

// Image describes a container that is started for a run.
type Image struct {
	// Env and Files tell it about the provider: text with {issuer}, {client_id},
	// {client_secret}, {jwks_uri}, {ca_pem} and {url}, its own address, filled in.
	// Files are by their path in the container; what begins with @ is read from that
	// file here.
	Env   map[string]string `json:"env,omitempty"`
	Files map[string]string `json:"files,omitempty"`
	// Port is the one that it listens on; it may be left out where the image exposes
	// exactly one.
	Port int `json:"port,omitempty"`
	// Kind is how it is reached then: "http", "bearer" or "login", and Path what
	// stands behind its address.
	Kind string `json:"kind,omitempty"`
	Path string `json:"path,omitempty"`
	TLS  bool   `json:"tls,omitempty"` // it speaks HTTPS
	// Ready is the path that answers once it is up; empty: the port is open.
	Ready      string        `json:"ready,omitempty"`
	StartLimit time.Duration `json:"startLimit,omitempty"` // a minute when zero
	Memory     string        `json:"memory,omitempty"`     // 512m when empty
	CPUs       float64       `json:"cpus,omitempty"`       // 1 when zero
	Processes  int           `json:"processes,omitempty"`  // 256 when zero
	// Capabilities are those of Linux that it cannot do without, such as SETUID;
	// all others are taken from it.
	Capabilities []string `json:"capabilities,omitempty"`
}

// Reset is how a target that is configured once is made to start afresh.
type Reset struct {
	// Command is run, and has to end before the target is asked again.
	Command string        `json:"command,omitempty"`
	Limit   time.Duration `json:"limit,omitempty"` // a minute when zero
}
