package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/rogueidp/rogueidp/mockidp/fault"
	"github.com/rogueidp/rogueidp/reports"
	"github.com/rogueidp/rogueidp/scenarios"
	"github.com/rogueidp/rogueidp/suites"
)

func listCommand() *cobra.Command {
	var f runFlags
	var plan, asJSON bool
	tables := map[string]*bool{}
	c := &cobra.Command{
		Use:   "list",
		Short: "List the scenarios, or what they are made of",
		Long: `List the scenarios that a run with the same flags would select: id, level,
severity, how many cases, and what the target does that is right.

Instead of them, --labels and --faults list all there is of these. --requirements
prints every clause with the scenarios that exercise it, and every scenario with
the clauses that it stands on; --official the test modules of the official OpenID
suite, and --advisories published defects of validators, each with the scenarios
of ours that are equivalent or of its class. Where there are none, all three say
why. --manual prints what nothing outside can decide, and what to try by hand.
--plan says what would be played against --target, how, and for how long that
waits. --json prints any of them as JSON.

` + ownScenarios,
		Example: `  rogueidp list --filter 'rotation || cache'
  rogueidp list --plan --target exec:./adapter
  rogueidp list --faults
  rogueidp list --official --json`,
		Args: wants(),
		RunE: func(c *cobra.Command, _ []string) error {
			if err := alone(c.Flags()); err != nil {
				return usage(err)
			}
			out := c.OutOrStdout()
			own, err := readScenarios(f.scenarios)
			if err != nil {
				return usage(err)
			}
			for _, t := range listings {
				if *tables[t.flag] {
					return t.print(out, scenarios.With(own).All(), asJSON)
				}
			}
			o, err := f.options()
			if err != nil {
				return usage(err)
			}
			rows, err := suites.Pick(o)
			if err != nil {
				return usage(err)
			}
			if plan {
				return f.plan(c.Context(), out, o, asJSON)
			}
			if asJSON {
				return printJSON(out, rows)
			}
			for _, s := range rows {
				fmt.Fprintf(out, "%-38s %-9s %-8s %3d  %s\n", s.ID, s.Level, s.Severity, len(s.Played()), s.Title)
			}
			fmt.Fprintf(out, "%d scenarios, %d cases\n", len(rows), cases(rows))
			return nil
		},
	}
	flags := c.Flags()
	flags.BoolVar(&plan, "plan", false, "say what would be played against --target, and how long it takes")
	flags.BoolVar(&asJSON, "json", false, "print JSON: whole rows, or what the other flags ask for")
	for _, t := range listings {
		tables[t.flag] = flags.Bool(t.flag, false, t.says)
	}
	flags.StringArrayVar(&f.targets, "target", nil, "whom the plan is for; may be given more than once (default go:reference)")
	flags.StringVar(&f.profile, "profile", "", "plan for this profile")
	flags.StringVar(&f.preset, "preset", "", "rotation or security")
	flags.StringVar(&f.filter, "filter", "", "scenarios by label, such as 'alg && severity-critical'")
	flags.StringSliceVar(&f.only, "only", nil, "scenarios by id, or id/case")
	addScenarios(flags, &f.scenarios)
	flags.IntVar(&f.workers, "workers", 0, "scenarios at once (default 8)")
	flags.DurationVar(&f.maxWait, "max-wait", defaultMaxWait, "the longest that one step may wait in real time")
	flags.StringVar(&f.hazard, "hazard", "none", "the worst to send to hosts that are not on this machine")
	flags.StringSliceVar(&f.own, "i-own", nil, "host that is yours")
	f.providerFlags.add(flags)
	f.reachFlags.add(flags)
	return c
}

// listings are flags that list all there is of something in place of scenarios.
var listings = []struct {
	flag, says string
	print      func(out io.Writer, rows []scenarios.Scenario, asJSON bool) error
}{
	{"labels", "the labels that --filter knows", listLabels},
	{"faults", "every way in which the provider can lie", listFaults},
	{"requirements", "every clause with its scenarios, and every scenario with its clauses", listRequirements},
	{"official", "the official OpenID suite's modules, with the OIDF-equivalent scenarios", listOfficial},
	{"advisories", "published defects of validators, with the scenarios of their class", listAdvisories},
	{"manual", "what nothing outside can decide, and what to try by hand", listManual},
}

// alone refuses flags beside one that lists all there is of something.
func alone(flags *pflag.FlagSet) error {
	first := ""
	for _, t := range listings {
		if flags.Changed(t.flag) {
			first = t.flag
			break
		}
	}
	if first == "" {
		return nil
	}
	var err error
	flags.Visit(func(f *pflag.Flag) {
		if f.Name != first && f.Name != "json" && (f.Name != "scenarios" || first == "faults") && err == nil {
			err = fmt.Errorf("--%s lists all there is, so --%s means nothing beside it; leave one out", first, f.Name)
		}
	})
	return err
}

// A planned is what would be played against a target, as list --plan prints it.
type planned struct {
	Target    string            `json:"target"`
	Profile   string            `json:"profile"`
	Scenarios []plannedScenario `json:"scenarios"`
	Cases     int               `json:"cases"`
	Waits     reports.Duration  `json:"waits"`
	Longest   reports.Duration  `json:"longest"`
	Resets    int               `json:"resets"`
	Reset     reports.Duration  `json:"reset"` // how long each takes, or at most where it was not measured
	Measured  bool              `json:"measured"`
}

// resets says how often the target will be made to start afresh, and how long
// that takes.
func (p planned) resets() string {
	switch {
	case p.Resets == 0:
		return ""
	case p.Measured:
		return fmt.Sprintf(", and makes it start afresh %d times, each in about %v: %v in all", p.Resets, p.Reset,
			(time.Duration(p.Resets) * time.Duration(p.Reset)).Round(time.Second))
	case p.Reset > 0:
		return fmt.Sprintf(", and makes it start afresh %d times, each in at most %v", p.Resets, p.Reset)
	}
	return fmt.Sprintf(", and makes it start afresh %d times", p.Resets)
}

type plannedScenario struct {
	ID    string `json:"id"`
	Cases int    `json:"cases"`
	How   string `json:"how"`
}

// plan says what would be played, and for how long.
func (f *runFlags) plan(ctx context.Context, out io.Writer, o suites.Options, asJSON bool) error {
	if len(f.targets) == 0 {
		f.targets = []string{"go:reference"}
	}
	var all []planned
	for _, spec := range f.targets {
		p, err := suites.Meet(ctx, spec, f.reachFlags.options(f.profile), o)
		if err != nil {
			return usage(withLastWords(inUse(err, "--listen")))
		}
		steps, err := p.Plan(o)
		_ = p.Close()
		if err != nil {
			return usage(err)
		}
		one := planned{
			Target: p.Name(), Profile: string(p.Profile()), Scenarios: []plannedScenario{}, Cases: steps.Cases,
			Waits: reports.Duration(steps.Waits), Longest: reports.Duration(steps.Longest),
			Resets: steps.Resets, Reset: reports.Duration(steps.Reset.Round(time.Millisecond)), Measured: steps.Measured,
		}
		for _, s := range steps.Scenarios {
			one.Scenarios = append(one.Scenarios, plannedScenario(s))
		}
		all = append(all, one)
	}
	if asJSON {
		return printJSON(out, all)
	}
	for _, p := range all {
		fmt.Fprintf(out, "%s as %s\n", p.Target, p.Profile)
		for _, s := range p.Scenarios {
			fmt.Fprintf(out, "  %-38s %3d  %s\n", s.ID, s.Cases, s.How)
		}
		fmt.Fprintf(out, "%d scenarios, %d cases; it waits for about %v, of which no step more than %v%s\n", len(p.Scenarios), p.Cases, p.Waits, p.Longest, p.resets())
	}
	return nil
}

func cases(rows []scenarios.Scenario) int {
	n := 0
	for _, s := range rows {
		n += len(s.Played())
	}
	return n
}

func listLabels(out io.Writer, rows []scenarios.Scenario, asJSON bool) error {
	seen := map[string]int{}
	for _, s := range rows {
		for _, l := range s.Labels() {
			if l != s.ID || asJSON {
				seen[l]++
			}
		}
	}
	if asJSON {
		return printJSON(out, seen)
	}
	for _, l := range slices.Sorted(maps.Keys(seen)) {
		fmt.Fprintf(out, "%-22s %4d\n", l, seen[l])
	}
	fmt.Fprintln(out, "and the id of every scenario")
	return nil
}

func listFaults(out io.Writer, _ []scenarios.Scenario, asJSON bool) error {
	all := fault.Describe()
	if asJSON {
		return printJSON(out, all)
	}
	for _, d := range all {
		var fields []string
		for _, field := range d.Fields {
			name := field.Name
			if field.Optional {
				name = "[" + name + "]"
			}
			fields = append(fields, name)
		}
		fmt.Fprintf(out, "%-30s %-10s %s\n", d.Name, d.Seam, d.Says)
		if len(fields) > 0 {
			fmt.Fprintf(out, "%-41s fields: %s\n", "", strings.Join(fields, " "))
		}
	}
	return nil
}
