package mockidp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode"

	"github.com/rogueidp/rogueidp/mockidp/fault"
)

// A Kind says what the tokens of a tenant are for.
type Kind string

const (
	IDToken     Kind = "id-token"     // OIDC Core section 2
	BearerJWT   Kind = "bearer-jwt"   // a signed JWT that an API takes
	AccessToken Kind = "access-token" // RFC 9068: typ at+jwt and its claims
)

// TenantConfig says what a tenant is. The zero value is a plain OpenID
// Provider with one RSA and one P-256 key under a random path.
type TenantConfig struct {
	Name     string `json:"name,omitempty"`   // the random word in the issuer; drawn when empty
	Issuer   string `json:"issuer,omitempty"` // a whole issuer instead, for targets that know it already
	ClientID string `json:"clientID,omitempty"`
	// ClientSecret keys HS256 where Algs has it, and the attacks that try it.
	ClientSecret string `json:"clientSecret,omitempty"`
	Kind         Kind   `json:"kind,omitempty"`
	// Algs are the algorithms with a key each; the first one signs by default.
	Algs []string `json:"algs,omitempty"`
	// Typ and Claims go into every token, before any fault.
	Typ    string       `json:"typ,omitempty"`
	Claims fault.Object `json:"-"`
	// Lifetime of a token; five minutes when zero.
	Lifetime time.Duration `json:"-"`
	// Facts fill the placeholders that only the run knows: leeway, cooldown …
	Facts map[string]string `json:"-"`
	// Scenario salts the dice of [fault.Sometimes].
	Scenario string `json:"-"`
	// With makes this tenant share its ring of keys with another one, so that
	// a session which trusts both never meets one key in two roles.
	With *Tenant `json:"-"`
	// SharedKID lets this tenant's first key go by the kid of With's first key,
	// SharedKeys publishes With's very keys, SharedPath serves the key set under
	// a path that all tenants share and tells them apart by the query.
	SharedKID  bool `json:"-"`
	SharedKeys bool `json:"-"`
	SharedPath bool `json:"sharedPath,omitempty"`
	// KID is the kid of the first key, in place of a random one.
	KID string `json:"kid,omitempty"`
	// Apart serves the key set from a listener of its own from the start, so that
	// faults of its connections can come and go without moving it.
	Apart bool `json:"apart,omitempty"`
	// Slash ends the issuer in a slash.
	Slash bool `json:"slash,omitempty"`
	// RedirectURIs are where authorization responses may go, letter for letter; any
	// on loopback where none is given. PostLogoutRedirectURIs are where a user goes
	// who signed out, and BackChannelLogoutURI where logout tokens are posted.
	RedirectURIs           []string `json:"redirectURIs,omitempty"`
	PostLogoutRedirectURIs []string `json:"postLogoutRedirectURIs,omitempty"`
	BackChannelLogoutURI   string   `json:"backChannelLogoutURI,omitempty"`
	// ClientJWKS are the client's public keys, as a JWK Set, for private_key_jwt.
	// PublicClient: it has no secret, and proves by PKCE alone that a code is its.
	ClientJWKS   json.RawMessage `json:"clientJWKS,omitempty"`
	PublicClient bool            `json:"publicClient,omitempty"`
	// UserInfoAlg signs UserInfo responses for the client, which are plain JSON where
	// it is empty (OpenID Connect Dynamic Client Registration, 2).
	UserInfoAlg string `json:"userInfoAlg,omitempty"`
	// LoginForm asks on a page who signs in; otherwise whoever comes is signed in.
	LoginForm bool `json:"loginForm,omitempty"`
	// OpaqueAccessTokens are random texts, in place of JWTs as RFC 9068 has them.
	OpaqueAccessTokens bool `json:"opaqueAccessTokens,omitempty"`
	// Encrypted: ID tokens are signed and then encrypted to the client, with
	// RSA-OAEP and A256GCM; [Tenant.DecryptionKeys] are the client's keys.
	Encrypted bool `json:"-"`
	// Unforgiving makes the tenant as awkward as the specifications allow.
	Unforgiving bool `json:"unforgiving,omitempty"`
}

// A Tenant is one issuer in a [Provider]: its keys, clock, faults and journal
// are its own. It is safe for concurrent use.
type Tenant struct {
	provider *Provider
	cfg      TenantConfig
	issuer   string
	path     string
	ring     *ring
	clock    *Clock
	chance   *chance
	journal  *Journal
	ledger   *ledger
	own      *client                  // of the configuration
	order    atomic.Pointer[[]string] // algorithms, the one that signs by default first

	verbs sync.Mutex                // one verb at a time
	due   atomic.Pointer[time.Time] // when the policy's next change is due

	mu     sync.RWMutex
	keys   []*key
	older  *olderNode      // one that is behind, while nodes disagree
	policy *following      // nil while none is followed
	named  map[string]*key // keys that faults named, by their word and alg
	faults []fault.Fault
	facts  map[string]string
	minted struct {
		sync.Mutex
		tokenCount
	}
	asked map[string]int // requests by endpoint, for occasions
	gates map[string]*gate

	plain  atomic.Pointer[documents] // rendered; nil when something changed
	canary []*Canary
	lure   *Canary // the one that documents lead to
	mirror mirror

	over   context.Context // ends when the tenant closes
	lies   context.Context // ends when its faults change, too
	close  context.CancelFunc
	relent context.CancelFunc

	// The doors to issuer and key set, where a fault of connections wanted them.
	front, side *door
	keysBase    atomic.Pointer[string] // where the key set lies if not under the issuer
	away        atomic.Pointer[string] // its other path, once it moved there
	moved       atomic.Bool            // and is there now
}

// Tenant opens an issuer.
func (p *Provider) Tenant(cfg TenantConfig) (*Tenant, error) {
	cfg.Kind = or(cfg.Kind, IDToken)
	if !slices.Contains([]Kind{IDToken, BearerJWT, AccessToken}, cfg.Kind) {
		return nil, fmt.Errorf("a tenant's kind is %q, %q or %q, not %q", IDToken, BearerJWT, AccessToken, cfg.Kind)
	}
	if len(cfg.Algs) == 0 {
		cfg.Algs = []string{"RS256", "ES256"}
	}
	t := &Tenant{
		provider: p, cfg: cfg, journal: newJournal(), ledger: newLedger(),
		named: map[string]*key{}, facts: map[string]string{}, asked: map[string]int{},
	}
	t.outfit()
	if cfg.ClientID == "" {
		// Letters of both cases, which some scenarios change.
		cfg.ClientID = "Client-" + lower(t.chance.text()[:8])
	}
	if cfg.ClientSecret == "" {
		cfg.ClientSecret = t.chance.text() + t.chance.text() + t.chance.text()
	}
	if cfg.Lifetime == 0 {
		cfg.Lifetime = 5 * time.Minute
	}
	t.cfg = cfg
	t.order.Store(&cfg.Algs)
	var err error
	if t.own, err = t.configured(); err != nil {
		return nil, err
	}
	t.over, t.close = context.WithCancel(context.Background())
	t.lies, t.relent = context.WithCancel(t.over)
	if err := t.settle(); err != nil {
		return nil, err
	}
	if err := t.firstKeys(); err != nil {
		return nil, err
	}
	if err := p.admit(t); err != nil {
		return nil, err
	}
	for name, fact := range plainFacts {
		t.facts[name] = fact
	}
	for name, fact := range cfg.Facts {
		t.facts[name] = fact
	}
	if cfg.Unforgiving {
		if err := t.unforgive(); err != nil {
			return nil, err
		}
	}
	if cfg.Apart {
		if err := t.moveKeys(); err != nil {
			return nil, err
		}
	}
	return t, p.add(t)
}

// firstKeys are active from the start.
func (t *Tenant) firstKeys() error {
	if t.cfg.SharedKeys && t.cfg.With != nil {
		t.cfg.With.keepUp()
		t.cfg.With.mu.RLock()
		defer t.cfg.With.mu.RUnlock()
		for _, k := range t.cfg.With.keys {
			shared := *k
			shared.past, shared.ousted = slices.Clone(k.past), nil
			t.keys = append(t.keys, &shared)
		}
		return nil
	}
	for _, alg := range t.cfg.Algs {
		if KeyType(alg) == "oct" {
			continue // signed with the client secret
		}
		k, err := t.keyFor(alg)
		if err != nil {
			return err
		}
		if err := k.furnish(); err != nil {
			return err
		}
		k.State = Active
		k.pass(Active, k.Since)
		t.keys = append(t.keys, k)
	}
	if len(t.keys) == 0 {
		return nil
	}
	if t.cfg.SharedKID && t.cfg.With != nil {
		t.keys[0].KID = t.cfg.With.KID()
	}
	if t.cfg.KID != "" {
		t.keys[0].KID = t.cfg.KID
	}
	return nil
}

// settle finds the issuer's URL and the path it is served under.
func (t *Tenant) settle() error {
	if t.cfg.Issuer == "" {
		if t.cfg.Name == "" {
			t.cfg.Name = t.chance.name()
		}
		if strings.ContainsAny(t.cfg.Name, "?#% ") || strings.ContainsFunc(t.cfg.Name, unicode.IsControl) {
			return fmt.Errorf("a tenant's name becomes part of a URL and cannot be %q", t.cfg.Name)
		}
		t.path = "/t/" + t.cfg.Name
		t.issuer = t.provider.base() + t.path
		if t.cfg.Slash {
			t.issuer += "/"
		}
		return nil
	}
	u, err := url.Parse(t.cfg.Issuer)
	if err != nil || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.Scheme != "https" && u.Scheme != "http" {
		return fmt.Errorf("issuer %q is no URL of the form https://host[:port][/path] (OIDC Core section 2)", t.cfg.Issuer)
	}
	t.issuer, t.path = t.cfg.Issuer, strings.TrimSuffix(u.Path, "/")
	return nil
}

// Issuer is the URL that tokens carry in iss.
func (t *Tenant) Issuer() string { return t.issuer }

// ClientID is whom tokens are for: aud.
func (t *Tenant) ClientID() string { return t.cfg.ClientID }

// ClientSecret is what client and provider share.
func (t *Tenant) ClientSecret() string { return t.cfg.ClientSecret }

// Name is the word by which the admin API knows the tenant.
func (t *Tenant) Name() string { return or(t.cfg.Name, "root") }

// Algs are the algorithms that the tenant has keys for, the first by default.
func (t *Tenant) Algs() []string {
	t.keepUp()
	return slices.Clone(t.algs())
}

// Clock is the tenant's time.
func (t *Tenant) Clock() *Clock { return t.clock }

// Journal is what the tenant saw.
func (t *Tenant) Journal() *Journal { return t.journal }

// Misbehave lets the tenant lie from now on, in these ways and no other.
// Faults of tokens act on every token that it mints; faults of connections
// move the tenant to a listener of its own, which is why they must stand
// before anybody learns its issuer.
func (t *Tenant) Misbehave(faults ...fault.Fault) error {
	for _, f := range faults {
		if err := fault.Check(f); err != nil {
			return err
		}
	}
	if err := t.prepare(faults); err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	before := t.faults
	t.faults = slices.Clone(faults)
	t.relent()
	t.lies, t.relent = context.WithCancel(t.over)
	clear(t.asked)
	t.moved.Store(slices.ContainsFunc(faults, movesKeySet))
	t.changed()
	if err := t.rewire(); err != nil {
		t.faults = before
		t.moved.Store(slices.ContainsFunc(before, movesKeySet))
		return err
	}
	return nil
}

// prepare makes the keys that faults publish and the path that the key set
// moves to, now and not while a client waits.
func (t *Tenant) prepare(faults []fault.Fault) error {
	for _, f := range faults {
		if err := t.able(f); err != nil {
			return err
		}
		named := ""
		switch f := fault.Inmost(f).(type) {
		case fault.PublishMany:
			crowd(f.Count)
		case fault.PublishJWK:
			if err := t.provider.takes(string(f.JWK)); err != nil {
				return err
			}
		case fault.PublishKey:
			named = f.Key
		case fault.RetypeKey:
			named = f.As
		case fault.MoveKeySet:
			if path := "/keys/" + t.chance.word(); t.away.Load() == nil {
				t.away.Store(&path)
			}
		}
		if named == "" {
			continue
		}
		if _, err := t.designated(named, t.first()); err != nil {
			return err
		}
	}
	return nil
}

// Behave makes the tenant honest again.
func (t *Tenant) Behave() error { return t.Misbehave() }

// Faults are the ways in which the tenant lies now.
func (t *Tenant) Faults() []fault.Fault {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return slices.Clone(t.faults)
}

// Close forgets the tenant: its paths answer 404 and its listeners are closed.
func (t *Tenant) Close() error {
	t.provider.remove(t)
	t.close()
	for _, endpoint := range fault.Endpoints() {
		t.Release(endpoint)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	var errs []error
	for _, d := range []*door{t.front, t.side} {
		if d != nil {
			errs = append(errs, d.close())
		}
	}
	errs = append(errs, t.mirror.close())
	for _, c := range t.canary {
		errs = append(errs, c.close())
	}
	return errors.Join(errs...)
}

// changed drops what was rendered; the lock is held.
func (t *Tenant) changed() { t.plain.Store(nil) }
