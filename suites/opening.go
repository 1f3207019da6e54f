package suites

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/mockidp/fault"
	"github.com/rogueidp/rogueidp/scenarios"
	"github.com/rogueidp/rogueidp/suites/target"
)

// A party is one issuer of a plot.
type party struct {
	name    string
	tenant  *mockidp.Tenant
	trusted bool
	trusts  string // an audience that is trusted beside the client
}

// tenantConfig is what every tenant for this target has.
func (p *Player) tenantConfig(alg string, base mockidp.TenantConfig) mockidp.TenantConfig {
	base.Algs = []string{alg}
	// The plain provider has an RSA and a P-256 key, whichever signs here.
	base.Algs = append(base.Algs, secondAlg(alg))
	base.Kind = kindFor(p.Profile())
	if base.Typ == "" {
		base.Typ = p.about.Typ
	}
	if len(p.about.Claims) > 0 {
		if more, ok := fault.ReadObject(p.about.Claims); ok {
			base.Claims = more
		}
	}
	base.Encrypted = p.encrypting()
	base.Facts = p.facts
	return base
}

// encrypting tells whether encryption is agreed on with the target: with one
// that is asked about encrypted tokens, and can be.
func (p *Player) encrypting() bool {
	return p.Profile() == scenarios.JWE && p.about.Has("encrypted")
}

// secondAlg is the other algorithm of a plain provider.
func secondAlg(alg string) string {
	if mockidp.KeyType(alg) == mockidp.KeyType("RS256") {
		return "ES256"
	}
	return "RS256"
}

// allows tells whether the target claims an algorithm.
func (p *Player) allows(alg string) bool { return slices.Contains(p.about.Algs, alg) }

// stageFor builds a stage for a case: tenants first, faults if the start is
// cold, then the session, then whatever makes it warm.
func (p *Player) stageFor(ctx context.Context, t target.Target, w *world, s scenarios.Scenario, c scenarios.Case, alg string) (*stage, error) {
	return p.stageOn(ctx, t, w, p.timing(ctx, s, c), s, c, alg)
}

// stageOn is stageFor with time passing in a given way.
func (p *Player) stageOn(ctx context.Context, t target.Target, w *world, how timing, s scenarios.Scenario, c scenarios.Case, alg string) (*stage, error) {
	st := &stage{
		player: p, target: t, about: p.about, world: w, timing: how, alg: alg,
		gentle: p.relies() && p.beside(s, c), also: s.Also, tokens: map[string]*ticket{}, marks: map[*party]mark{}, heavy: s.Alone(),
	}
	parties := []scenarios.Party{{}}
	if open, ok := s.Story(c)[0].(scenarios.Open); ok {
		parties = open.Issuers
	}
	for i, party := range parties {
		if err := st.open(s, c, i, party); err != nil {
			return st, err
		}
	}
	if st.lures = leadsAway(s, c); st.lures && p.stays(st.parties[0].tenant) {
		st.parties[0].tenant.Relure()
	}
	faults := p.common(s.Faults(c))
	if s.Start == scenarios.Cold {
		st.mark()
		if err := st.misbehave(faults); err != nil {
			return st, err
		}
	}
	if t == p.target {
		if err := p.settle(ctx, s, c); err != nil {
			return st, st.startless(err)
		}
	}
	if err := st.trust(ctx); err != nil {
		return st, err
	}
	if s.Start == scenarios.Warm {
		if err := st.warm(ctx, s); err != nil {
			return st, err
		}
		st.mark()
		if err := st.misbehave(faults); err != nil {
			return st, err
		}
	}
	return st, nil
}

// open makes the tenant of one party, or takes the one that a target knows.
func (st *stage) open(s scenarios.Scenario, c scenarios.Case, i int, as scenarios.Party) error {
	p := st.player
	if p.shared != nil && !(i > 0 && as.Untrusted) {
		return st.openKnown(i, as)
	}
	seed := fmt.Sprintf("%d %s %s %s %d", p.o.Seed, s.ID, c.Name, as.Name, i)
	cfg := p.tenantConfig(st.alg, mockidp.TenantConfig{
		Name: mockidp.Word(seed), ClientID: "Client-" + mockidp.Word("client "+seed), Scenario: s.ID,
		Slash: as.Slash, Apart: as.Apart, KID: as.KID, SharedKID: as.SameKID, SharedKeys: as.SameKeys, SharedPath: as.SamePath,
	})
	if as.ClientID != "" {
		cfg.ClientID = as.ClientID
	}
	if i > 0 {
		first := st.parties[0].tenant
		cfg.With = first
		if as.Suffix != "" {
			cfg.Name = first.Name() + as.Suffix
		}
	}
	// A name is used once: a second play of a case makes another.
	var tenant *mockidp.Tenant
	var err error
	for try := range 64 {
		if tenant, err = st.world.idp.Tenant(cfg); err == nil || as.Suffix != "" {
			break
		}
		cfg.Name = mockidp.Word(fmt.Sprintf("%s again %d", seed, try))
	}
	if err != nil {
		return err
	}
	if i == 0 && st.timing.ahead > 0 {
		if err := tenant.Advance(st.timing.ahead); err != nil {
			return err
		}
	}
	made := &party{name: as.Name, tenant: tenant, trusted: !as.Untrusted, trusts: as.Trusts}
	st.parties = append(st.parties, made)
	st.acquaint()
	return nil
}

// openKnown takes an issuer that the target was configured for.
func (st *stage) openKnown(i int, as scenarios.Party) error {
	p := st.player
	plain := scenarios.Party{Name: as.Name}
	switch {
	case as != plain:
		return &target.Unsupported{Why: "the issuers that it was configured for are what they are", Feature: "multi-issuer"}
	case i > len(p.others):
		return &target.Unsupported{Why: "it was configured for fewer issuers", Feature: "multi-issuer"}
	}
	tenant := p.shared
	if i > 0 {
		tenant = p.others[i-1]
	}
	st.parties = append(st.parties, &party{name: as.Name, tenant: tenant, trusted: true})
	st.acquaint()
	return nil
}

// acquaint lets faults of each issuer speak of the others by their names.
func (st *stage) acquaint() {
	for _, one := range st.parties {
		for _, other := range st.parties {
			if other.name == "" {
				continue
			}
			one.tenant.SetFact("issuer."+other.name, other.tenant.Issuer())
			one.tenant.SetFact("client_id."+other.name, other.tenant.ClientID())
			one.tenant.SetFact("kid."+other.name, other.tenant.KID())
		}
	}
}

func (st *stage) party(name string) *party {
	for _, p := range st.parties {
		if p.name == name {
			return p
		}
	}
	return st.parties[0]
}

// trust tells the target whom to trust.
func (st *stage) trust(ctx context.Context) error {
	session, verdict, err := st.introduce(ctx)
	if err != nil {
		return err
	}
	st.session, st.refused, st.stale = session, nil, false
	if session == nil {
		st.refused = &verdict
	}
	return nil
}

// introduce opens a session of the target that trusts the stage's issuers.
func (st *stage) introduce(ctx context.Context) (target.Session, target.Verdict, error) {
	var issuers []target.Issuer
	for _, p := range st.parties {
		if !p.trusted {
			continue
		}
		var beside []string
		if p.trusts != "" {
			beside = append(beside, p.trusts)
		}
		var keys []json.RawMessage
		if st.player.encrypting() {
			var err error
			if keys, err = p.tenant.DecryptionKeys(); err != nil {
				return nil, target.Verdict{}, err
			}
		}
		issuers = append(issuers, target.Issuer{
			Issuer: p.tenant.Issuer(), ClientID: p.tenant.ClientID(), ClientSecret: p.tenant.ClientSecret(),
			JWKSURI: p.tenant.JWKSURI(), JWKS: p.tenant.KeySetDocument(), Algs: append([]string{st.alg}, st.also...),
			TrustedAudiences: beside, DecryptionKeys: keys,
			Client: st.world.idp.Client(), Now: p.tenant.Clock().Now,
		})
	}
	return st.target.Trust(ctx, issuers...)
}

// warm lets the target accept an honest token, and the cooldown pass where the
// row is about what it keeps.
func (st *stage) warm(ctx context.Context, s scenarios.Scenario) error {
	if st.parties[0].trusted {
		err := st.accustom(ctx)
		for try := 1; try < patient && st.player.shared == nil && undecided(err); try++ {
			if st.session != nil {
				_ = st.session.Close()
			}
			if err = st.trust(ctx); err == nil {
				err = st.accustom(ctx)
			}
		}
		if err != nil {
			return err
		}
	}
	for _, need := range s.Needs {
		if need == "refetch" {
			cooldown, err := st.player.duration("{cooldown}")
			if err != nil || cooldown == 0 {
				return err
			}
			return st.advance(ctx, cooldown+time.Second)
		}
	}
	return nil
}

// accustom lets the session accept an honest token.
func (st *stage) accustom(ctx context.Context) error {
	if st.session == nil {
		return &errRefusedHonest{*st.refused}
	}
	v, err := st.honest(ctx, st.parties[0])
	if err == nil && v.Answer != target.Accept {
		err = &errRefusedHonest{v}
	}
	return err
}
