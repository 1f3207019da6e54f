package suites

import (
	"slices"
	"strings"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/mockidp/fault"
	"github.com/rogueidp/rogueidp/scenarios"
)

// A visit is a person in front of the provider. The tokens of a relying party's
// sign-in are made for them on its way, so that what they were is known only
// afterwards.
type visit struct {
	visitor *mockidp.Visitor
	faults  []fault.Fault
	heard   int             // of the visitor's ID tokens, those that were collected
	given   *mockidp.Minted // the token of an earlier sign-in, answered in place of a new one
}

// relies tells whether the target is a relying party: it gets its tokens from
// the provider in the course of a sign-in, and none can be shown to it.
func (p *Player) relies() bool { return p.about.Has("login") }

// personal are the faults of a row that act for one presentation: those of its
// token or, at a relying party, those of its sign-in.
func (p *Player) personal(faults []fault.Fault) []fault.Fault {
	if !p.relies() {
		return fault.OfToken(faults)
	}
	return slices.DeleteFunc(slices.Clone(faults), func(f fault.Fault) bool { return !scenarios.OfVisit(f) })
}

// common are the others, which act for everybody.
func (p *Player) common(faults []fault.Fault) []fault.Fault {
	if !p.relies() {
		return fault.Elsewhere(faults)
	}
	return slices.DeleteFunc(slices.Clone(faults), scenarios.OfVisit)
}

// welcome lets the provider know of a person whose sign-in comes next.
func (st *stage) welcome(by *party, v mockidp.Visit, given *mockidp.Minted) (*ticket, error) {
	if v.Alg == "" {
		v.Alg = st.alg
	}
	if given != nil {
		v.IDToken = given.Token
	}
	visitor, err := by.tenant.Visit(v)
	if err != nil {
		return nil, err
	}
	t := &ticket{Minted: &mockidp.Minted{}, by: by, visit: &visit{visitor: visitor, faults: v.Faults, given: given}}
	st.mu.Lock()
	defer st.mu.Unlock()
	st.visits = append(st.visits, t.visit)
	return t, nil
}

// collect takes what the provider made for a person meanwhile: the last token
// that it gave is the one that the target had to judge. It says how many there
// were.
func (st *stage) collect(t *ticket) (fresh int) {
	minted := t.visit.visitor.IDTokens()
	st.mu.Lock()
	defer st.mu.Unlock()
	for _, m := range minted[t.visit.heard:] {
		if m.Canary != nil && !slices.Contains(st.canaries, m.Canary) {
			st.canaries = append(st.canaries, m.Canary)
		}
	}
	fresh, t.visit.heard = len(minted)-t.visit.heard, len(minted)
	if fresh > 0 {
		t.Minted = minted[len(minted)-1]
	}
	if t.visit.given != nil {
		t.Minted = t.visit.given
	}
	return fresh
}

// unminted tells whether no ID token was made for the person, nor given.
func (v *visit) unminted() bool { return v != nil && v.heard == 0 && v.given == nil }

// idle names the first fault that changed nothing of what the person got.
func (v *visit) idle() string {
	for _, f := range v.faults {
		if !v.acted(f) {
			return fault.Inmost(f).Fault()
		}
	}
	return ""
}

// acted tells whether a fault changed something of what the person got: of an
// ID token that was made, or of another token or answer.
func (v *visit) acted(f fault.Fault) bool {
	if !fault.SeamOf(f).Token() || !ofIDTokens(fault.KindOf(f)) {
		return v.visitor.Served(fault.Inmost(f).Fault()) > 0
	}
	return slices.ContainsFunc(v.visitor.IDTokens(), func(m *mockidp.Minted) bool {
		return slices.Contains(m.Changed, fault.SeamOf(f))
	})
}

func ofIDTokens(kind string) bool { return kind == "" || strings.HasSuffix(kind, "id-token") }

// unacted names the first fault of a row that acted for nobody who signed in
// while it was played.
func (sh *show) unacted() string {
	if !sh.player.relies() {
		return ""
	}
	for _, f := range sh.player.personal(sh.row.Faults(sh.play)) {
		acted := func(v *visit) bool { return v.acted(f) }
		if !slices.ContainsFunc(sh.mine(), acted) && !slices.Contains(sh.changed, fault.SeamOf(f)) {
			return fault.Inmost(f).Fault()
		}
	}
	return ""
}

// mine are the visits of this case alone: a stage can serve several.
func (sh *show) mine() []*visit { return sh.visits[sh.since:] }
