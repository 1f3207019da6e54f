package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"sort"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rogueidp/rogueidp/mockidp/fault"
	"github.com/rogueidp/rogueidp/scenarios"
	"github.com/rogueidp/rogueidp/suites"
)

func listCommand() *cobra.Command {
	var f runFlags
	var plan, asJSON, labels, faults, requirements bool
	c := &cobra.Command{
		Use:   "list",
		Short: "List the scenarios, or what they are made of",
		Example: `  rogueidp list --filter 'rotation || cache'
  rogueidp list --plan --target exec:./adapter
  rogueidp list --faults`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			out := os.Stdout
			switch {
			case labels:
				return listLabels(out)
			case faults:
				return listFaults(out, asJSON)
			case requirements:
				return listRequirements(out)
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
				return f.plan(c, o)
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
	flags.BoolVar(&asJSON, "json", false, "whole rows as JSON")
	flags.BoolVar(&labels, "labels", false, "the labels that --filter knows")
	flags.BoolVar(&faults, "faults", false, "every way in which the provider can lie")
	flags.BoolVar(&requirements, "requirements", false, "every clause that a scenario stands on, with its scenarios")
	flags.StringArrayVar(&f.targets, "target", nil, "whom the plan is for (default go:reference)")
	flags.StringVar(&f.profile, "profile", "", "plan for this profile")
	flags.StringVar(&f.preset, "preset", "", "rotation or security")
	flags.StringVar(&f.filter, "filter", "", "scenarios by label")
	flags.StringSliceVar(&f.only, "only", nil, "scenarios by id")
	flags.IntVar(&f.workers, "workers", 0, "scenarios at once (default 8)")
	flags.DurationVar(&f.maxWait, "max-wait", 0, "the longest that one step may wait in real time (default 40s)")
	flags.StringVar(&f.hazard, "hazard", "none", "the worst to send to hosts that are not on this machine")
	flags.StringSliceVar(&f.own, "i-own", nil, "host that is yours")
	f.providerFlags.add(flags)
	f.reachFlags.add(flags)
	return c
}

// plan says what would be played, and for how long.
func (f *runFlags) plan(c *cobra.Command, o suites.Options) error {
	if len(f.targets) == 0 {
		f.targets = []string{"go:reference"}
	}
	for _, spec := range f.targets {
		p, err := suites.Meet(c.Context(), spec, f.reachFlags.options(f.profile), o)
		if err != nil {
			return usage(withLastWords(inUse(err)))
		}
		steps, err := p.Plan(o)
		_ = p.Close()
		if err != nil {
			return usage(err)
		}
		fmt.Printf("%s as %s\n", p.Name(), p.Profile())
		for _, s := range steps.Scenarios {
			fmt.Printf("  %-38s %3d  %s\n", s.ID, s.Cases, s.How)
		}
		fmt.Printf("%d scenarios, %d cases; it waits for about %v, of which no step more than %v\n", len(steps.Scenarios), steps.Cases, steps.Waits, steps.Longest)
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

func listLabels(out io.Writer) error {
	seen := map[string]int{}
	for _, s := range scenarios.All() {
		for _, l := range s.Labels() {
			if l != s.ID {
				seen[l]++
			}
		}
	}
	var all []string
	for l := range seen {
		all = append(all, l)
	}
	sort.Strings(all)
	for _, l := range all {
		fmt.Fprintf(out, "%-22s %4d\n", l, seen[l])
	}
	fmt.Fprintln(out, "and the id of every scenario")
	return nil
}

func listFaults(out io.Writer, asJSON bool) error {
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
		fmt.Fprintf(out, "%-30s %-10s %s\n%-41s fields: %s\n", d.Name, d.Seam, d.Says, "", strings.Join(fields, " "))
	}
	return nil
}

// listRequirements is the traceability matrix: clause by clause, and who
// exercises it.
func listRequirements(out io.Writer) error {
	for _, r := range scenarios.Requirements() {
		var by []string
		for _, s := range scenarios.All() {
			if slices.ContainsFunc(s.Cites, func(c scenarios.Citation) bool { return c.Requirement != nil && c.Requirement.ID == r.ID }) {
				by = append(by, s.ID)
			}
		}
		fmt.Fprintf(out, "%s %s %s\n  %s\n  %s\n", r.Document, r.Clause, r.Level, r.Says, strings.Join(by, " "))
	}
	return nil
}

func printJSON(out io.Writer, v any) error {
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return failed(err)
	}
	return nil
}

func showCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "show ID",
		Short: "Show one scenario: what the provider does, what the target must do, and who says so",
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			id, _, _ := strings.Cut(args[0], "/")
			s, err := scenarios.Find(id)
			if err != nil {
				return usage(err)
			}
			if asJSON {
				return printJSON(os.Stdout, s)
			}
			return show(os.Stdout, s)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "the whole row as JSON")
	return c
}

// show prints a row for a person.
func show(out io.Writer, s scenarios.Scenario) error {
	fmt.Fprintf(out, "%s  the target %s\n\n", s.ID, s.Title)
	core := "core"
	if s.Extended {
		core = "extended"
	}
	fmt.Fprintf(out, "level     %s, %s, check %s, %s\n", s.Level, s.Severity, s.Check, core)
	for _, p := range scenarios.Profiles() {
		if level, ok := s.Profile[p]; ok {
			fmt.Fprintf(out, "          %s for %s\n", level, p)
		}
	}
	fmt.Fprintf(out, "profiles  %s\n", strings.Join(names(s.Profiles), ", "))
	if len(s.Needs) > 0 {
		fmt.Fprintf(out, "needs     %s\n", strings.Join(names(s.Needs), ", "))
	}
	fmt.Fprintf(out, "start     %s; twin %s; hazard %s; decided by %s\n", s.Start, s.Twin, s.Hazard, s.Oracle)
	fmt.Fprintf(out, "expect    %s\n", s.Expect)
	if len(s.IdP) > 0 {
		raw, err := fault.Marshal(s.IdP)
		if err != nil {
			return failed(err)
		}
		fmt.Fprintf(out, "provider  %s\n", raw)
	}
	if err := showPlot(out, "plot    ", s.Plot); err != nil {
		return err
	}
	for _, c := range s.Cases {
		raw, err := fault.Marshal(c.IdP)
		if err != nil {
			return failed(err)
		}
		more := ""
		if c.Expect.Answer != "" {
			more += "  expect " + c.Expect.String()
		}
		if c.Level != "" {
			more += "  level " + string(c.Level)
		}
		if c.Alg != "" {
			more += "  alg " + c.Alg
		}
		fmt.Fprintf(out, "case      %-28s %s%s\n", c.Name, raw, more)
		if err := showPlot(out, "          plot", c.Plot); err != nil {
			return err
		}
	}
	for _, cite := range s.Cites {
		fmt.Fprintf(out, "cites     %s\n", cite)
		if cite.Requirement != nil {
			fmt.Fprintf(out, "          %s\n", cite.Requirement.Says)
		}
	}
	if s.Why != "" {
		fmt.Fprintf(out, "why       %s\n", s.Why)
	}
	return nil
}

func showPlot(out io.Writer, label string, plot []scenarios.Act) error {
	for _, act := range plot {
		raw, err := scenarios.ActJSON(act)
		if err != nil {
			return failed(err)
		}
		fmt.Fprintf(out, "%s  %s\n", label, raw)
	}
	return nil
}
