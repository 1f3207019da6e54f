package suites

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/rogueidp/rogueidp/reports"
	"github.com/rogueidp/rogueidp/scenarios"
	"github.com/rogueidp/rogueidp/suites/target"
)

func TestMain(m *testing.M) {
	if len(os.Args) > 3 && os.Args[1] == "adapter" {
		if err := target.ServeGo(context.Background(), os.Args[2], os.Args[3], os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func TestShake(t *testing.T) {
	spec, profile := "go:reference", scenarios.Profile("")
	if s := os.Getenv("SHAKE"); s != "" {
		spec = s
	}
	if s := os.Getenv("SHAKE_PROFILE"); s != "" {
		profile = scenarios.Profile(s)
	}
	p, err := Meet(context.Background(), spec, target.Options{Self: []string{os.Args[0], "adapter"}, Environ: os.Environ(), Profile: string(profile)}, Options{Seed: 1, Strict: os.Getenv("STRICT") != "", Profile: profile})
	if err != nil {
		t.Fatal(err, target.LastWords(err))
	}
	defer p.Close()
	if s := p.Preflight(context.Background()); s != "" {
		t.Fatal(s)
	}
	counts := map[reports.Outcome]int{}
	rows := applying(scenarios.All(), p.Profile())
	if s := os.Getenv("ONLY"); s != "" {
		rows, err = only([]string{s}, rows)
		if err != nil {
			t.Fatal(err)
		}
	}
	a := playAhead(context.Background(), []*Player{p}, rows)
	for _, r := range a.all() {
		counts[r.Outcome]++
		if r.Outcome != reports.Pass && r.Outcome != reports.Recorded {
			if os.Getenv("STDERR") != "" {
				t.Log(r.Evidence.Stderr)
			}
			t.Logf("%s %s %s: want %s got %s (%s) %s %s", r.Outcome, r.Name(), r.Level, r.Want, r.Got, r.Code, r.Reason, r.Because)
		}
	}
	t.Log(len(rows), counts)
}
