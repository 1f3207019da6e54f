package mockidp

import (
	"net/http"
	"net/url"
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
// concurrent use.
type Visitor struct{}

// Visit lets the provider know of a person. Whoever sends the cookie is that
// person from then on, and whatever comes of it (codes, access tokens, refresh
// tokens) is theirs.
func (t *Tenant) Visit(v Visit) (*Visitor, error) { panic("not built") }

// Cookie is by what the provider knows the person's browser.
func (v *Visitor) Cookie() *http.Cookie { panic("not built") }

// Change treats the person in another way from here on.
func (v *Visitor) Change(to Visit) error { panic("not built") }

// IDTokens are those that were made for this person, oldest first; Kind says
// where each was given.
func (v *Visitor) IDTokens() []*Minted { panic("not built") }

// Served counts the answers and tokens on which a fault acted for this person.
func (v *Visitor) Served(name string) int { panic("not built") }

// Requests are what was asked of the login endpoints on behalf of this person,
// in order.
func (v *Visitor) Requests() []FlowRequest { panic("not built") }

// LogoutToken makes one for this person's last sign-in (OpenID Connect
// Back-Channel Logout, 2.4). Faults of tokens act on it whatever their kind.
func (v *Visitor) LogoutToken(faults ...fault.Fault) (*Minted, error) { panic("not built") }

// A FlowRequest is one request of a login endpoint, as evidence and as what rows
// about requests look at.
type FlowRequest struct {
	Time     time.Time
	Endpoint string // one of [fault.FlowEndpoints]
	Method   string
	Query    url.Values
	Form     url.Values // of the body
	Header   http.Header
	Status   int // that was answered
}

// FlowRequests are what was asked of the tenant's login endpoints, by anybody,
// in order: the last 2048.
func (t *Tenant) FlowRequests() []FlowRequest { panic("not built") }
