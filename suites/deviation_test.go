package suites

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/mockidp/fault"
	"github.com/rogueidp/rogueidp/reports"
	"github.com/rogueidp/rogueidp/scenarios"
)

// TestOneDeviation shows for every row that expects a refusal or a bound which
// seams of the token differ from its honest twin's, measured where the token is
// made, that these are the seams of the faults which the row names and no
// others, and that the twin is accepted. What differs in an answer the journal
// measures in every run: a row whose fault it did not see served is unexercised.
func TestOneDeviation(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	measured := 0
	for _, profile := range provable {
		way := reach()
		way.Profile, way.FetchTimeout = string(profile), 3*time.Second
		p, err := Meet(ctx, "go:reference", way, Options{Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		defer p.Close()
		twins := map[string]bool{}
		for _, s := range scenarios.All() {
			if !s.Owes(profile) || s.Owes(scenarios.IDToken) && profile != scenarios.IDToken {
				continue
			}
			for _, c := range s.Played() {
				if _, applies := s.Applies(profile, c); !applies {
					continue
				}
				alg := p.algFor(s, c)
				// What a token looks like can be measured of rows about requests, too.
				asked, play := s, c
				asked.Needs, play.Needs = withoutChannel(s.Needs), withoutChannel(c.Needs)
				if alg == "" || !p.able(asked, play) {
					t.Errorf("%s/%s cannot be asked of the reference", s.ID, c.Name)
					continue
				}
				p.differs(ctx, t, s, c, alg)
				measured++
				twins[s.Twin] = true
			}
		}
		for id := range twins {
			p.twinAccepted(ctx, t, id)
		}
	}
	if measured < 500 {
		t.Errorf("only %d cases were measured", measured)
	}
	t.Logf("%d cases measured", measured)
}

func withoutChannel(needs []scenarios.Capability) []scenarios.Capability {
	return slices.DeleteFunc(slices.Clone(needs), func(n scenarios.Capability) bool { return n == "http-channel" })
}

// differs measures what a case changes.
func (p *Player) differs(ctx context.Context, t *testing.T, s scenarios.Scenario, c scenarios.Case, alg string) {
	t.Helper()
	faults := s.Faults(c)
	var named []fault.Seam
	for _, f := range fault.OfToken(faults) {
		if seam := fault.SeamOf(f); !slices.Contains(named, seam) {
			named = append(named, seam)
		}
	}
	if len(faults) == 0 {
		// What it does is a verb of its plot, or another answer to the same token.
		if len(s.Story(c)) == 1 && len(scenarios.FaultsOf(s.Story(c)[0])) == 0 && s.Start == scenarios.Warm && s.Expected(c).String() == "reject" {
			if one, ok := s.Story(c)[0].(scenarios.Present); !ok || !one.Unasked && one.Alg == "" && one.Carry == (scenarios.Carry{}) {
				t.Errorf("%s/%s does nothing that its twin does not", s.ID, c.Name)
			}
		}
		return
	}
	st, err := p.stageOn(ctx, p.target, p.world, p.timing(ctx, plain, scenarios.Case{}), scenarios.Scenario{
		ID: s.ID, Start: scenarios.Cold, Level: scenarios.Must, Profiles: s.Profiles, Also: s.Also, Plot: opening(s.Story(c)),
	}, scenarios.Case{}, alg)
	defer st.close()
	if err != nil {
		t.Errorf("%s/%s: %v", s.ID, c.Name, err)
		return
	}
	sh := &show{stage: st, row: s, play: c}
	honest, err := sh.mintAs(false, st.parties[0], mockidp.Request{})
	if err != nil || len(honest.Changed) > 0 {
		t.Errorf("%s/%s: an honest token was changed at %v: %v", s.ID, c.Name, honest, err)
	}
	m, err := sh.mintAs(false, st.parties[0], mockidp.Request{Faults: fault.OfToken(faults)})
	if err != nil {
		t.Errorf("%s/%s: %v", s.ID, c.Name, err)
		return
	}
	slices.Sort(named)
	changed := slices.Clone(m.Changed)
	slices.Sort(changed)
	if !slices.Equal(named, changed) {
		t.Errorf("%s/%s names the seams %v of the token and changes %v", s.ID, c.Name, named, changed)
	}
}

// opening is the act with which a plot opens a session, if it has one.
func opening(plot []scenarios.Act) []scenarios.Act {
	if open, ok := plot[0].(scenarios.Open); ok {
		return []scenarios.Act{open, scenarios.Present{Honest: true}}
	}
	return nil
}

// twinAccepted plays a twin.
func (p *Player) twinAccepted(ctx context.Context, t *testing.T, id string) {
	t.Helper()
	if id == "honest" {
		if why := p.honest(ctx, p.algFor(plain, scenarios.Case{})); why != "" {
			t.Errorf("the plain control token is not accepted: %s", why)
		}
		return
	}
	twin, err := scenarios.Find(id)
	if err != nil {
		t.Error(errors.Join(errors.New("a twin that does not exist"), err))
		return
	}
	accepts := 0
	for _, r := range p.Play(ctx, twin) {
		if r.Outcome == reports.Pass && r.Want != "" {
			accepts++
		}
	}
	if accepts == 0 {
		t.Errorf("the twin %s is not accepted", id)
	}
}
