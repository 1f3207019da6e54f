package reports

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestPrint(t *testing.T) {
	for name, o := range map[string]TerminalOptions{
		"run.80.txt":     {Width: 80},
		"run.100.txt":    {Width: 100},
		"run.colour.txt": {Width: 100, Color: true},
	} {
		var b strings.Builder
		if err := Print(&b, sampleRun(), o); err != nil {
			t.Fatal(err)
		}
		golden(t, name, b.String())
	}
}

func TestPrintQuiet(t *testing.T) {
	var b strings.Builder
	if err := Print(&b, sampleRun(), TerminalOptions{Width: 80, Quiet: true}); err != nil {
		t.Fatal(err)
	}
	golden(t, "run.quiet.txt", b.String())
}

// Two targets, one of which refuses every honest token, and one that was never
// asked.
func TestPrintSeveral(t *testing.T) {
	run := sampleRun()
	run.Targets = append(run.Targets,
		Target{Name: "no-sayer", Profile: "jws", Preflight: "it refuses a plain honest token: check the issuer in its configuration"},
		Target{Name: "absent", Profile: "jws"},
		Target{Name: "good", Profile: "jws"})
	for _, id := range []string{"parse.a", "parse.b", "kid.c", "time.d", "time.e"} {
		run.Results = append(run.Results, outcome(Broken, id, "accepts an honest token", func(r *Result) {
			r.Target, r.Profile, r.Want, r.Because = "no-sayer", "jws", "accept of the honest twin", "it answered reject to a plain honest token"
		}))
	}
	run.Results = append(run.Results, outcome(Pass, "parse.a", "accepts an honest token", func(r *Result) { r.Target = "good" }))
	run.Conclude()
	var b strings.Builder
	if err := Print(&b, run, TerminalOptions{}); err != nil {
		t.Fatal(err)
	}
	golden(t, "several.txt", b.String())
}

// A line is no wider than the terminal, but for one long word and what is to
// be pasted.
func TestPrintFits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.StringMatching(`[a-zäλ世,]{1,12}`), 1, 40)
		run := sampleRun()
		for i := range run.Results {
			r := &run.Results[i]
			text := func(label string) string { return strings.Join(words.Draw(t, label), " ") }
			r.Title, r.Because, r.Reason, r.Cites = text("title"), text("because"), Hear(text("reason")), []string{text("cite"), text("cite")}
		}
		width := rapid.IntRange(72, 100).Draw(t, "width")
		var b strings.Builder
		if err := Print(&b, run, TerminalOptions{Width: width}); err != nil {
			t.Fatal(err)
		}
		for line := range strings.SplitSeq(b.String(), "\n") {
			if cells(line) > width && !strings.Contains(line, "provider did  ") && !strings.Contains(line, "replay  ") && strings.Contains(strings.TrimSpace(line), " ") {
				t.Fatalf("%d columns of %d: %s", cells(line), width, line)
			}
		}
	})
}

// Nothing that misses goes unsaid, and the verdict agrees with the exit code.
func TestPrintSaysAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		run := drawRun(t)
		var b strings.Builder
		if err := Print(&b, run, TerminalOptions{}); err != nil {
			t.Fatal(err)
		}
		text := b.String()
		for _, r := range run.Misses() {
			if !strings.Contains(text, r.ID) {
				t.Fatalf("%s is not in\n%s", r.ID, text)
			}
		}
		word := verdict(run)
		if (word == conformant) != (run.Exit() == 0) || (word == noVerdict) != (run.Exit() == 3) {
			t.Fatalf("%s, and exit %d", word, run.Exit())
		}
		if len(run.Targets) == 1 && !strings.Contains(text, "\n"+word) {
			t.Fatalf("no %s in\n%s", word, text)
		}
		b.Reset()
		if err := WriteJUnit(&b, run); err != nil {
			t.Fatal(err)
		}
		if red := strings.Contains(b.String(), "<failure") || strings.Contains(b.String(), "<error"); red != (run.Exit() != 0) {
			t.Fatalf("exit %d, and\n%s", run.Exit(), b.String())
		}
	})
}

// drawRun is a run as it could come out.
func drawRun(t *rapid.T) Run {
	run := Run{Interrupted: rapid.Bool().Draw(t, "interrupted")}
	names := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "c"}), 0, 2, rapid.ID).Draw(t, "targets")
	for _, name := range names {
		run.Targets = append(run.Targets, Target{Name: name, Profile: "jws"})
		outcomes := rapid.SampledFrom([][]Outcome{{Pass}, {Pass, Recorded, Warn, Flaky, Waiving, NotApplicable}, Outcomes()}).Draw(t, "outcomes")
		for _, id := range rapid.SliceOfNDistinct(rapid.StringMatching(`[a-d]\.[a-e]{1,2}`), 0, 9, rapid.ID).Draw(t, "ids") {
			o := rapid.SampledFrom(outcomes).Draw(t, "outcome")
			r := outcome(o, id, "does what it should", func(r *Result) { r.Target = name })
			if o == Unexercised && rapid.Bool().Draw(t, "required") {
				r.Incomplete = true
				if !slices.Contains(run.Incomplete, id) {
					run.Incomplete = append(run.Incomplete, id)
				}
			}
			run.Results = append(run.Results, r)
		}
	}
	if rapid.IntRange(0, 9).Draw(t, "stale") == 0 {
		run.Stale = []Waived{{Scenario: "a.b"}}
	}
	run.Conclude()
	return run
}
