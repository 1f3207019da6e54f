package mockidp

import (
	"slices"
	"sync"
	"time"
)

// How much a tenant remembers of its logins before it forgets the oldest.
const (
	maxClients  = 1024
	maxVisitors = 4096
	maxGrants   = 8192 // codes, access tokens, refresh tokens and ID tokens, each
	maxTickets  = 256
)

// codeLife is how long a code can be redeemed (RFC 6749, 4.1.2, allows ten
// minutes and recommends less).
const codeLife = time.Minute

// A ledger is what the login endpoints of a tenant remember. Its lock guards
// everything that can be found through it, but for visitors, which have locks of
// their own.
type ledger struct {
	mu         sync.Mutex
	clients    shelf[*client]
	visitors   shelf[*Visitor] // by their cookies
	tickets    shelf[*ticket]  // login pages that wait for somebody
	codes      shelf[*code]
	access     shelf[*access]
	refreshes  shelf[*refresh]
	idTokens   shelf[*signIn]
	assertions shelf[struct{}] // client assertions that were used
	requests   requestLog
}

func newLedger() *ledger {
	return &ledger{
		clients: newShelf[*client](maxClients), visitors: newShelf[*Visitor](maxVisitors),
		tickets: newShelf[*ticket](maxTickets), codes: newShelf[*code](maxGrants),
		access: newShelf[*access](maxGrants), refreshes: newShelf[*refresh](maxGrants),
		idTokens: newShelf[*signIn](maxGrants), assertions: newShelf[struct{}](maxGrants),
	}
}

// A signIn is one authorization: all codes and tokens that come of it are
// revoked together. But for that it never changes.
type signIn struct {
	client   *client
	visitor  *Visitor // nil for the tenant's usual user
	subject  string
	sid      string
	at       time.Time // when the user signed in
	telltime bool      // max_age was sent, so ID tokens say when
	redirect string
	nonce    string
	acr      string
	scope    []string
	machine  bool // a client on its own behalf

	revoked bool // guarded by the ledger
}

func (s *signIn) has(scope string) bool { return slices.Contains(s.scope, scope) }

// A code can be redeemed once.
type code struct {
	*signIn
	challenge, method string // of PKCE
	expires           time.Time
	used              bool
}

// access is an access token.
type access struct {
	*signIn
	scope           []string
	issued, expires time.Time
}

// A refresh is a refresh token, which is replaced when it is used.
type refresh struct {
	*signIn
	used bool
}

// accessToken finds an access token that is still good at a time, or who it was
// once given to.
func (l *ledger) accessToken(text string, now time.Time) (a *access, good bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	a, known := l.access.get(text)
	return a, known && !a.revoked && now.Before(a.expires)
}

// standBy lets the provider honour what it answered in place of a code or a
// token of its own, as it would honour that: whoever was given it could not know.
func (l *ledger) standBy(name, own, answered string) {
	if own == answered || answered == "" {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	switch name {
	case "code":
		alias(&l.codes, own, answered)
	case "access_token":
		alias(&l.access, own, answered)
	case "refresh_token":
		alias(&l.refreshes, own, answered)
	case "id_token":
		alias(&l.idTokens, own, answered)
	}
}

func alias[T any](s *shelf[T], own, answered string) {
	if _, taken := s.get(answered); taken {
		return
	}
	if thing, known := s.get(own); known {
		s.put(answered, thing)
	}
}
