package suites

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogueidp/rogueidp/reports"
	"github.com/rogueidp/rogueidp/scenarios"
	"github.com/rogueidp/rogueidp/suites/target"
)

// cameOf plays rows against a target and says what came of each case.
func cameOf(t *testing.T, spec string, own, rows []scenarios.Scenario) map[string]reports.Outcome {
	t.Helper()
	p, err := Meet(context.Background(), spec, reach(), Options{Seed: 1, Scenarios: own})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	came := map[string]reports.Outcome{}
	for _, s := range rows {
		for _, r := range p.Play(context.Background(), s) {
			came[r.Name()] = r.Outcome
		}
	}
	return came
}

// The examples of a user's own rows pass against the reference, and each but
// the honest one is missed by who is weak where it looks.
func TestExamplesOfOnesOwn(t *testing.T) {
	own, err := scenarios.Read("../scenarios/testdata/own")
	if err != nil {
		t.Fatal(err)
	}
	if Digest() == Digest(own...) {
		t.Error("a run with rows of a user's own passes for one of the catalogue alone")
	}
	for name, came := range cameOf(t, "go:reference", own, own) {
		if came != reports.Pass {
			t.Errorf("the reference, %s: %s", name, came)
		}
	}
	for spec, wants := range map[string]map[string]reports.Outcome{
		"go:mutant/blocks-none":     {"alg.our-old-gateway": reports.Fail},
		"go:mutant/skips-audience":  {"acme.tenant-claim/other-tenant": reports.Fail, "acme.tenant-claim/list-without-us": reports.Fail},
		"go:mutant/merges-key-sets": {"rotation.friday-night": reports.Fail, "acme.roles-are-kept": reports.Pass},
	} {
		came := cameOf(t, spec, own, own)
		for name, want := range wants {
			if came[name] != want {
				t.Errorf("%s, %s: %s, want %s", spec, name, came[name], want)
			}
		}
	}
}

// A row that went through YAML is played as the row that it was.
func TestRowsFromYAMLPlayTheSame(t *testing.T) {
	selected := []string{
		"alg.none-empty-sig", "alg.none-case", "header.crit-unknown", "parse.dup-claims", "audience.null-empty", "issuer.regex",
		"time.exp-odd", "nonce.suffix-1", "keyset.shape", "keyset.malformed-one", "rotation.new-kid", "rotation.removed-key",
		"discovery.issuer-mismatch", "flood.random-kid",
	}
	var rows []scenarios.Scenario
	files := map[string]string{}
	for _, id := range selected {
		s, err := scenarios.Find(id)
		if err != nil {
			t.Log(err) // the selection shrinks with the catalogue, and not unseen
			continue
		}
		rows = append(rows, s)
		s.ID, s.Title = s.ID+"-again", s.Title+", again"
		text, err := s.YAML()
		if err != nil {
			t.Fatal(err)
		}
		files[s.Family()] += "---\n" + string(text)
	}
	if len(rows) < 10 {
		t.Fatalf("only %d rows are left to compare", len(rows))
	}
	dir := t.TempDir()
	for family, text := range files {
		if err := os.WriteFile(filepath.Join(dir, family+".yaml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	own, err := scenarios.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(own) != len(rows) {
		t.Fatalf("%d rows came back of %d", len(own), len(rows))
	}
	missed := 0
	for _, spec := range []string{"go:reference", "go:mutant/blocks-none", "go:mutant/skips-audience", "go:mutant/no-refresh-on-miss"} {
		came := cameOf(t, spec, own, append(slices.Clone(rows), own...))
		for name, outcome := range came {
			id, play, isCase := strings.Cut(name, "/")
			if strings.HasSuffix(id, "-again") {
				continue
			}
			again := id + "-again"
			if isCase {
				again = fmt.Sprintf("%s/%s", again, play)
			}
			if came[again] != outcome {
				t.Errorf("%s: %s is %s, and from YAML %s", spec, name, outcome, came[again])
			}
			if outcome.Misses() {
				missed++
			}
		}
	}
	if missed < 3 {
		t.Errorf("only %d misses, so that two that agree say little", missed)
	}
}

// A row that floods is not sent to a stranger because it says that it does not.
func TestStrangersAreSparedWhateverARowSays(t *testing.T) {
	p := &Player{spec: "bearer:https://api.example.test/me", about: target.Description{Algs: []string{"RS256"}}}
	calm := scenarios.Scenario{ID: "acme.calm", Hazard: scenarios.Harmless, Start: scenarios.Warm, Expect: scenarios.Reject}
	loud := calm
	loud.Plot = []scenarios.Act{scenarios.Present{Times: 1000}}
	if how := p.how(calm, scenarios.Case{}); strings.HasPrefix(how, "not sent") {
		t.Error(how)
	}
	if how := p.how(loud, scenarios.Case{}); how != "not sent: hazard flood" {
		t.Error(how)
	}
	p.o.Hazard, p.o.Own = scenarios.Flood, []string{"api.example.test"}
	if how := p.how(loud, scenarios.Case{}); strings.HasPrefix(how, "not sent") {
		t.Error(how)
	}
}
