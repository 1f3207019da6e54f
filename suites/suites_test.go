package suites

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/gomega"

	"github.com/rogueidp/rogueidp/reports"
	"github.com/rogueidp/rogueidp/scenarios"
	"github.com/rogueidp/rogueidp/suites/target"
)

// TestSuites narrates the catalogue through Ginkgo, against the embedded
// reference or whatever ROGUEIDP_TARGET spells. ROGUEIDP_PROFILE and
// ROGUEIDP_FILTER are run's --profile and --filter.
func TestSuites(t *testing.T) {
	spec := os.Getenv("ROGUEIDP_TARGET")
	if spec == "" {
		spec = "go:reference"
	}
	o := Options{
		Seed: ginkgo.GinkgoRandomSeed(), Filter: os.Getenv("ROGUEIDP_FILTER"), Profile: scenarios.Profile(os.Getenv("ROGUEIDP_PROFILE")),
		Command: "ROGUEIDP_TARGET=" + Quoted(spec) + " rogueidp run --target " + Quoted(spec),
	}
	rows, err := Pick(o)
	if err != nil {
		t.Fatal(err)
	}
	way := reach()
	way.Profile = string(o.Profile)
	if target.InProcess(spec) {
		// Under the race detector, on a machine that does other things too, a
		// second is not long.
		way.FetchTimeout = 3 * time.Second
	}
	p, err := Meet(context.Background(), spec, way, o)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if wrong := p.Preflight(context.Background()); wrong != "" {
		t.Fatal(wrong)
	}
	var results func(*Player, scenarios.Scenario) []reports.Result
	if suite, _ := ginkgo.GinkgoConfiguration(); suite.ParallelTotal > 1 {
		// Side by side with other processes: each plays only what it tells,
		// and once for all cases of a scenario.
		known := map[string][]reports.Result{}
		results = func(p *Player, s scenarios.Scenario) []reports.Result {
			if known[s.ID] == nil {
				known[s.ID] = p.Play(context.Background(), s)
			}
			return known[s.ID]
		}
	} else {
		results = playAhead(context.Background(), []*Player{p}, rows).results
	}
	Narrate([]*Player{p}, rows, results)
	gomega.RegisterFailHandler(ginkgo.Fail)
	ginkgo.RunSpecs(t, "rogueidp against "+strings.TrimPrefix(p.Name(), "go:"))
}
