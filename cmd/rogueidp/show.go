package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rogueidp/rogueidp/mockidp/fault"
	"github.com/rogueidp/rogueidp/scenarios"
)

func showCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "show ID[/CASE]",
		Short: "Show one scenario: what the provider does, what the target must do, and who says so",
		Long: `Show one scenario as it stands in the catalogue: what the provider does, what the
target must do, at which level and for which profiles, each case, and the clauses
that it stands on. With a case, that case alone.`,
		Example: `  rogueidp show alg.none-empty-sig
  rogueidp show keyset.shape/bare-array
  rogueidp show rotation.new-kid --json`,
		Args: wants("ID"),
		RunE: func(c *cobra.Command, args []string) error {
			id, name, _ := strings.Cut(args[0], "/")
			s, err := scenarios.Find(id)
			if err != nil {
				return usage(err)
			}
			if name != "" {
				one, err := s.Case(name)
				if err != nil {
					return usage(err)
				}
				s.Cases = []scenarios.Case{one}
			}
			if asJSON {
				return printJSON(c.OutOrStdout(), s)
			}
			return show(c.OutOrStdout(), s)
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
