package mockidp

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/rogueidp/rogueidp/mockidp/fault"
)

// A Visit says who sits in front of the provider, and how it treats that person
// apart from everybody else. The zero Visit is the tenant's usual user, treated
// as the tenant treats all.
type Visit struct {
	Subject string       // who signs in; the tenant's usual subject when empty
	Claims  fault.Object // set on top of the honest ones in every ID token and at UserInfo
	Alg     string       // that signs ID tokens; the tenant's first when empty
	// Faults of tokens, of answers, and of the replies of the login endpoints act
	// for this person alone, after the tenant's own.
	Faults []fault.Fault
	// IDToken is answered in place of every ID token that would be made.
	IDToken string
}

// A Visitor is a person whom the provider knows by a cookie. It is safe for
// concurrent use. The nil Visitor is the tenant's usual user.
type Visitor struct {
	tenant *Tenant
	word   string
	byForm bool // came by the login page

	mu       sync.Mutex
	is       Visit
	signedIn time.Time // on the login page
	met      map[string]int
	minted   tokenCount
	tokens   []*Minted
	served   map[string]int
	requests requestLog
	signIns  []*signIn // the last ones, oldest first
	open     []*signIn // those of them that were not logged out
}

// How much is kept of one visitor.
const (
	maxVisitorTokens  = 1024
	maxVisitorSignIns = 64
)

const visitorCookie = "rogueidp-visitor"

// Visit lets the provider know of a person. Whoever sends the cookie is that
// person from then on, and whatever comes of it (codes, access tokens, refresh
// tokens) is theirs. A fault that does not act on tokens, on answers or on replies
// of the login endpoints is an error.
func (t *Tenant) Visit(v Visit) (*Visitor, error) { return t.newVisitor(v, false) }

func (t *Tenant) newVisitor(v Visit, byForm bool) (*Visitor, error) {
	if err := t.visitable(v); err != nil {
		return nil, err
	}
	made := &Visitor{
		tenant: t, word: t.chance.text(), byForm: byForm, is: copied(v),
		met: map[string]int{}, served: map[string]int{},
	}
	t.ledger.mu.Lock()
	defer t.ledger.mu.Unlock()
	t.ledger.visitors.put(made.word, made)
	return made, nil
}

// visitable tells why nobody can be treated like that.
func (t *Tenant) visitable(v Visit) error {
	if v.Alg != "" && !t.signsWith(v.Alg) {
		return fmt.Errorf("the tenant signs with %s, not %q%s", strings.Join(t.Algs(), ", "), v.Alg, didYouMean(v.Alg, t.Algs()))
	}
	for _, f := range v.Faults {
		if err := fault.Check(f); err != nil {
			return err
		}
		seam, endpoint := fault.SeamOf(f), fault.EndpointOf(f)
		flow := slices.Contains(fault.FlowEndpoints(), endpoint)
		if !seam.Token() && !(flow && (seam == fault.SeamLogin || seam == fault.SeamReply)) {
			return fmt.Errorf("%s is seen by everybody, not by one person alone; give it to the tenant instead", f.Fault())
		}
	}
	return nil
}

func copied(v Visit) Visit {
	v.Claims, v.Faults = v.Claims.Clone(), slices.Clone(v.Faults)
	return v
}

// Cookie is by what the provider knows the person's browser.
func (v *Visitor) Cookie() *http.Cookie { return v.tenant.cookie(visitorCookie, v.word) }

// cookie is one that only this tenant gets. Where there is TLS it comes along
// with the posts of other sites, too, as authorization requests may be.
func (t *Tenant) cookie(name, value string) *http.Cookie {
	c := &http.Cookie{Name: name, Value: value, Path: or(t.path, "/"), HttpOnly: true, SameSite: http.SameSiteLaxMode}
	if strings.HasPrefix(t.issuer, "https:") {
		c.Secure, c.SameSite = true, http.SameSiteNoneMode
	}
	return c
}

// visitorOf is who sends a request, nil for one whom the provider does not know.
func (t *Tenant) visitorOf(r *http.Request) *Visitor {
	t.ledger.mu.Lock()
	defer t.ledger.mu.Unlock()
	for _, c := range r.CookiesNamed(visitorCookie) {
		if v, known := t.ledger.visitors.get(c.Value); known {
			return v
		}
	}
	return nil
}

// Change treats the person in another way from here on. Faults that act only on
// some occasions count them anew. Who signed in stays who they are.
func (v *Visitor) Change(to Visit) error {
	if err := v.tenant.visitable(to); err != nil {
		return err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.is, v.minted = copied(to), tokenCount{}
	clear(v.met)
	return nil
}

// IDTokens are those that were made for this person, oldest first, the last 1024;
// Kind says where each was given.
func (v *Visitor) IDTokens() []*Minted {
	v.mu.Lock()
	defer v.mu.Unlock()
	return slices.Clone(v.tokens)
}

// Served counts the answers and tokens on which a fault acted for this person.
func (v *Visitor) Served(name string) int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.served[name]
}

// Requests are what was asked of the login endpoints on behalf of this person,
// in order: the last 2048.
func (v *Visitor) Requests() []FlowRequest {
	v.tenant.ledger.mu.Lock()
	defer v.tenant.ledger.mu.Unlock()
	return v.requests.copies()
}

// LogoutToken makes one for this person's last sign-in (OpenID Connect
// Back-Channel Logout, 2.4). Faults of tokens act on it whatever their kind,
// unless [fault.Only] says otherwise. It is an error before a sign-in.
func (v *Visitor) LogoutToken(faults ...fault.Fault) (*Minted, error) {
	v.mu.Lock()
	var last *signIn
	if n := len(v.signIns); n > 0 {
		last = v.signIns[n-1]
	}
	v.mu.Unlock()
	if last == nil {
		return nil, errors.New("nobody can be logged out who did not sign in; go through the authorization endpoint first")
	}
	return v.tenant.logoutToken(last, faults)
}

// A FlowRequest is one request of a login endpoint, as evidence and as what rows
// about requests look at. Secrets of the client stand in it as they came.
type FlowRequest struct {
	Time     time.Time `json:"time"`
	Endpoint string    `json:"endpoint"` // one of [fault.FlowEndpoints]
	Method   string    `json:"method"`
	// Query, Form and Header hold 24 KiB each at most, and 8 KiB of one value.
	Query  url.Values  `json:"query"`
	Form   url.Values  `json:"form"` // of the body
	Header http.Header `json:"header"`
	Body   string      `json:"body,omitempty"`   // its first 8 KiB, where it is no form
	Status int         `json:"status,omitempty"` // that was answered; 0 until then
}

// FlowRequests are what was asked of the tenant's login endpoints, by anybody,
// in order: the last 2048.
func (t *Tenant) FlowRequests() []FlowRequest {
	t.ledger.mu.Lock()
	defer t.ledger.mu.Unlock()
	return t.ledger.requests.copies()
}
