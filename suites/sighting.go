package suites

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/scenarios"
	"github.com/rogueidp/rogueidp/suites/target"
)

// A sighting is what was seen of one presentation, or of many alike: all that
// the judge may know.
type sighting struct {
	want    scenarios.Expectation
	level   scenarios.Level
	premise bool

	verdict target.Verdict
	err     error
	times   int
	took    time.Duration

	// Of the token, as it was minted.
	check     scenarios.Check // that the row is about
	direct    bool            // it came straight from the token endpoint, over TLS
	formal    bool            // and what is wrong is in none of its claims, nor elsewhere
	unspoken  bool            // there was none: somebody stopped half-way, or only looked
	unminted  bool            // the provider made none for whom the target signed in
	seated    bool            // of somebody who was signed in before, and for whom the provider was not asked
	vouched   bool            // the issuer that it names publishes the key that signed it as it stands
	forClient bool            // aud holds the client's own name
	expired   bool            // beyond the leeway, when it was shown
	subject   string          // that was signed
	idle      string          // a fault that changed nothing of it

	detour bool // it came by another way than the plain one, which may be nobody's to guard

	canary []string // who called where nobody should
	lured  bool     // by what the provider serves, not by the token

	// Of what the provider served.
	elsewhere bool // the deviation is in what is served, not in the token

	fetches int
	bound   scenarios.Bound
	limit   int

	secrets  []string // that the answer must not hold
	unclean  string   // what its page or its header is not as it should be in
	promptly time.Duration
	lacks    func(feature string) bool // what the target does not claim
}

// slow tells whether an answer came, and not in time.
func (s sighting) slow() bool { return s.promptly > 0 && s.took > s.promptly }

// good tells whether a token is one that may be accepted.
func (s *sighting) good() bool { return s.vouched && s.forClient && !s.expired }

// facts fills in what is known of a token when it is shown. Where two are, an
// accept is of the good one, if there is one and the answer names nobody else.
func (st *stage) facts(s *sighting, t *ticket) {
	st.factsOf(s, t)
	if t.second == nil || s.good() {
		return
	}
	other := *s
	other.secrets = nil
	if st.factsOf(&other, t.second); other.good() {
		s.vouched, s.forClient, s.expired, s.subject = other.vouched, other.forClient, other.expired, other.subject
	}
}

func (st *stage) factsOf(s *sighting, t *ticket) {
	m := t.Minted
	s.unminted, s.direct, s.formal = t.visit.unminted(), st.direct(m), t.visit.formal()
	s.vouched = t.by.trusted && t.by.tenant.Vouches(m)
	iss, _ := stringClaim(m, "iss")
	for _, p := range st.parties {
		// A token that one trusted issuer signs in the name of another is not
		// the other's.
		if p.trusted && p != t.by && p.tenant.Issuer() == iss {
			s.vouched = p.tenant.Vouches(m)
		}
	}
	audience := t.by
	for _, p := range st.parties {
		if p.tenant.Issuer() == iss {
			audience = p
		}
	}
	s.forClient = st.player.Profile() == scenarios.JWS || holds(m, audience.tenant.ClientID())
	s.expired = st.player.Profile() != scenarios.JWS && st.expired(m)
	s.subject, _ = stringClaim(m, "sub")
	if m.Canary != nil {
		s.canary = m.Canary.Visits()
	}
	st.lured(s)
	s.secrets = append(s.secrets, t.by.tenant.ClientSecret())
	if s.want.Secret {
		s.secrets = append(s.secrets, t.by.tenant.RightSignature(m)...)
	}
}

// lured sees who called where what the provider says leads, and not the token. The
// canary of an issuer that stays is only for cases that lead to one.
func (st *stage) lured(s *sighting) {
	if c := st.lure(); c != nil && len(s.canary) == 0 {
		s.canary, s.lured = c.Visits(), true
	}
}

func (st *stage) lure() *mockidp.Canary {
	if st.player.stays(st.parties[0].tenant) && !st.lures {
		return nil
	}
	return st.parties[0].tenant.Canary()
}

func stringClaim(m *mockidp.Minted, name string) (string, bool) {
	v, ok := m.Claim(name)
	var s string
	if !ok || json.Unmarshal([]byte(v), &s) != nil {
		return "", false
	}
	return s, true
}

// holds tells whether aud is this name, or a list with it (RFC 7519 section
// 4.1.3).
func holds(m *mockidp.Minted, client string) bool {
	v, ok := m.Claim("aud")
	if !ok {
		return false
	}
	var one string
	if json.Unmarshal([]byte(v), &one) == nil {
		return one == client
	}
	var many []any
	return json.Unmarshal([]byte(v), &many) == nil && slices.Contains(many, any(client))
}

// expired tells whether exp is a time that is over, the leeway included.
func (st *stage) expired(m *mockidp.Minted) bool {
	v, ok := m.Claim("exp")
	var seconds float64
	if !ok || json.Unmarshal([]byte(v), &seconds) != nil || strings.HasPrefix(string(v), `"`) {
		return false
	}
	leeway, err := st.player.duration("{leeway}")
	if err != nil {
		return false
	}
	return float64(st.now().Add(-leeway).Unix()) > seconds
}
