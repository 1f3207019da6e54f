package reports

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// laterRun is the sample after an upgrade.
func laterRun() Run {
	run := sampleRun()
	run.Targets[0].Version = "2.5.0"
	run.Tool.Catalogue, run.Tool.Scenarios = "sha256:77aa", 484
	change := func(name string, o Outcome) {
		for i := range run.Results {
			if run.Results[i].Name() == name {
				run.Results[i].Outcome = o
				return
			}
		}
		panic(name + " is not in the sample")
	}
	change("parse.two-periods", Fail)
	change("parse.base64url/padded", Fail)
	change("parse.base64url/padded-twice", Fail)
	change("alg.none-empty-sig", Pass)
	change("keyset.slow-honest", Waiving)
	change("key.odd-one-out", Pass)
	run.Results = slices.DeleteFunc(run.Results, func(r Result) bool { return r.ID == "kid.unknown-honest" })
	run.Results = append(run.Results, outcome(Fail, "header.crit-unknown", "refuses an extension that it does not know", nil))
	run.Conclude()
	return run
}

func TestDiff(t *testing.T) {
	d := Compare(sampleRun(), laterRun())
	var b strings.Builder
	if err := d.Print(&b, TerminalOptions{Width: 80}); err != nil {
		t.Fatal(err)
	}
	golden(t, "diff.80.txt", b.String())
	b.Reset()
	if err := d.WriteMarkdown(&b); err != nil {
		t.Fatal(err)
	}
	golden(t, "diff.md", b.String())
	noMarkup(t, b.String())

	if got := len(d.Regressions()); got != 3 {
		t.Errorf("%d regressions", got)
	}
	if !d.Comparable() {
		t.Errorf("not comparable: %v", d.Incomparable)
	}
	if d := Compare(sampleRun(), sampleRun()); len(d.Regressions())+len(d.New)+len(d.Vanished)+len(d.Fixed)+len(d.Other)+len(d.Notes) != 0 || d.Same != len(sampleRun().Results) {
		t.Errorf("a run differs from itself: %+v", d)
	}
}

func TestDiffOfWhatCannotBeCompared(t *testing.T) {
	older, newer := sampleRun(), laterRun()
	newer.Targets[0].Profile = "jws"
	other := sampleRun()
	other.Targets[0].Name = "doorman"
	for i := range other.Results {
		other.Results[i].Target = "doorman"
	}
	for name, test := range map[string]struct {
		newer Run
		want  []string
	}{
		"another profile": {newer, []string{"gatekeeper was of profile id-token and is of jws, where results mean something else"}},
		"another target":  {other, []string{"only the old run has gatekeeper", "only the new run has doorman"}},
	} {
		d := Compare(older, test.newer)
		if !slices.Equal(d.Incomparable, test.want) || d.Comparable() {
			t.Errorf("%s: %q", name, d.Incomparable)
		}
		if len(d.Regressions())+len(d.New)+len(d.Vanished)+len(d.Fixed)+len(d.Other)+d.Same != 0 {
			t.Errorf("%s: results were compared", name)
		}
		var b strings.Builder
		if err := d.Print(&b, TerminalOptions{Width: 80}); err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(b.String(), "nothing could be compared\n") {
			t.Errorf("%s: %s", name, b.String())
		}
	}
}

func TestDiffNotes(t *testing.T) {
	for want, change := range map[string]func(*Run){
		"the catalogue is another one":                func(r *Run) { r.Tool.Catalogue = "sha256:0" },
		"the new run was interrupted":                 func(r *Run) { r.Interrupted = true },
		"only the new run was strict":                 func(r *Run) { r.Asked.Strict = true },
		"the runs did not require the same":           func(r *Run) { r.Asked.Preset = "security" },
		"the runs did not select the same scenarios,": func(r *Run) { r.Asked.Only = []string{"alg.none-empty-sig"} },
	} {
		newer := sampleRun()
		change(&newer)
		if d := Compare(sampleRun(), newer); len(d.Notes) != 1 || !strings.HasPrefix(d.Notes[0], want) {
			t.Errorf("%s: %q", want, d.Notes)
		}
	}
}

// Every result of either run is in exactly one part of the diff, and what broke
// one way is fixed the other way.
func TestDiffLosesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(label string) Run {
			run := Run{Targets: []Target{{Name: "a", Profile: "jws"}}}
			for _, name := range rapid.SliceOfDistinct(rapid.StringMatching(`[a-c]\.[a-d](/[x-z])?`), rapid.ID).Draw(t, label) {
				id, which, _ := strings.Cut(name, "/")
				run.Results = append(run.Results, Result{Target: "a", ID: id, Case: which, Outcome: rapid.SampledFrom(Outcomes()).Draw(t, name)})
			}
			return run
		}
		older, newer := draw("old"), draw("new")
		d := Compare(older, newer)
		if got := d.Same + len(d.Broke) + len(d.Fixed) + len(d.Other) + len(d.New); got != len(newer.Results) {
			t.Fatalf("%d of %d new results", got, len(newer.Results))
		}
		if got := d.Same + len(d.Broke) + len(d.Fixed) + len(d.Other) + len(d.Vanished); got != len(older.Results) {
			t.Fatalf("%d of %d old results", got, len(older.Results))
		}
		for _, c := range d.Broke {
			if !c.Is.Misses() || c.Was == Fail || c.Was == Broken {
				t.Fatalf("%s → %s broke", c.Was, c.Is)
			}
		}
		for _, c := range d.Fixed {
			if c.Is == Fail || c.Is == Broken || !c.Was.Misses() {
				t.Fatalf("%s → %s is fixed", c.Was, c.Is)
			}
		}
	})
}
