package suites

import (
	"slices"
	"strings"
	"testing"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/mockidp/fault"
	"github.com/rogueidp/rogueidp/reports"
	"github.com/rogueidp/rogueidp/scenarios"
	"github.com/rogueidp/rogueidp/suites/target"
)

// TestOneDeviationOfALogin is TestOneDeviation for relying parties, whose tokens
// are made on the way: a sign-in with the faults of a row changes the seams of
// its ID token that the row names and no others, and the answers that it names,
// and its twin is accepted. What acts on other tokens every run sees by itself: a
// row whose fault changed nothing is unexercised.
func TestOneDeviationOfALogin(t *testing.T) {
	t.Parallel()
	p := facing(t, newParties("", nil), Options{})
	measured, twins := 0, map[string]bool{}
	for _, s := range scenarios.All() {
		if !s.Owes(scenarios.Login) {
			continue
		}
		for _, c := range s.Played() {
			if _, applies := s.Applies(scenarios.Login, c); !applies || !p.able(s, c) || p.algFor(s, c) == "" || premade(s, c) != "" {
				continue
			}
			twins[s.Twin] = true
			lies := [][]fault.Fault{s.Faults(c)}
			for _, act := range s.Story(c) {
				if one, ok := act.(scenarios.SignIn); ok && len(one.IdP) > 0 {
					lies = append(lies, one.IdP)
				}
			}
			for _, one := range lies {
				if faults := ofCodeFlow(t, one); len(faults) > 0 {
					p.changes(t, s.ID+"/"+c.Name, opening(s.Story(c)), p.algFor(s, c), faults)
					measured++
				}
			}
		}
	}
	for id := range twins {
		p.twinAccepted(t.Context(), t, id)
	}
	if measured < 30 || len(twins) < 3 {
		t.Errorf("only %d cases and %d twins were measured", measured, len(twins))
	}
	t.Logf("%d cases, %d twins", measured, len(twins))
}

// ofCodeFlow are the faults that act on what a sign-in by a code is answered, but
// for those that speak of another sign-in, which is not there.
func ofCodeFlow(t *testing.T, faults []fault.Fault) []fault.Fault {
	return slices.DeleteFunc(slices.Clone(faults), func(f fault.Fault) bool {
		raw, err := fault.Marshal([]fault.Fault{f})
		if err != nil {
			t.Fatal(err)
		}
		return !scenarios.OfVisit(f) || strings.Contains(string(raw), "{nonce.") || fault.EndpointOf(f) == "end-session" ||
			!slices.Contains([]string{"", "id-token", "code-id-token"}, fault.KindOf(f))
	})
}

// changes lets somebody sign in under some faults, and compares the seams that
// changed with those that are named.
func (p *Player) changes(t *testing.T, name string, plot []scenarios.Act, alg string, faults []fault.Fault) {
	t.Helper()
	st, err := p.stageOn(t.Context(), p.target, p.world, timing{mode: realClock}, scenarios.Scenario{ID: name, Start: scenarios.Cold, Plot: plot}, scenarios.Case{}, alg)
	if err != nil {
		t.Fatal(err)
	}
	defer st.close()
	visitor, err := st.parties[0].tenant.Visit(mockidp.Visit{Alg: alg, Faults: faults})
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	if _, err := st.session.Try(t.Context(), target.Attempt{Known: mapOf(st.parties[0].tenant.Issuer(), visitor.Cookie())}); err != nil {
		t.Errorf("%s: %v", name, err)
	}
	var named, changed []fault.Seam
	for _, f := range faults {
		if fault.SeamOf(f).Token() {
			named = append(named, fault.SeamOf(f))
		} else if visitor.Served(fault.Inmost(f).Fault()) == 0 {
			t.Errorf("%s: %s changed no answer", name, fault.Inmost(f).Fault())
		}
	}
	for _, m := range visitor.IDTokens() {
		changed = append(changed, m.Changed...)
	}
	for _, list := range []*[]fault.Seam{&named, &changed} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	if !slices.Equal(named, changed) {
		t.Errorf("%s names the seams %v of the ID token and changes %v", name, named, changed)
	}
}

// Every row of a relying party that its clean one can be asked passes there, or
// is recorded where both answers are legal.
func TestTheCatalogueAtAPartyThatIsTold(t *testing.T) {
	t.Parallel()
	p := facing(t, newParties("", nil), Options{})
	run, err := collect(t.Context(), []*Player{p}, Options{Seed: 1}, nil)
	if err != nil {
		t.Fatal(err)
	}
	passed := 0
	for _, r := range run.Results {
		switch r.Outcome {
		case reports.Pass:
			passed++
		case reports.Recorded, reports.Unsupported, reports.NotApplicable, reports.Unexercised:
			if r.Incomplete && r.Feature != "issuer of its own" {
				t.Errorf("%s: %s (%s %s)", r.Name(), r.Outcome, r.Feature, r.Because)
			}
		default:
			t.Errorf("%s: %s, want %s got %s; %s %s", r.Name(), r.Outcome, r.Want, r.Got, r.Because, r.Reason)
		}
	}
	if passed < 100 {
		t.Errorf("only %d pass: %v", passed, run.Targets[0].Counts)
	}
}
