package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/rogueidp/rogueidp/reports"
	"github.com/rogueidp/rogueidp/scenarios"
	"github.com/rogueidp/rogueidp/suites"
	"github.com/rogueidp/rogueidp/validator/mutants"
)

type proveFlags struct {
	runFlags
	full    bool
	mutants []string
}

func proveCommand() *cobra.Command {
	var f proveFlags
	c := &cobra.Command{
		Use:   "prove",
		Short: "Prove that every scenario can fail and that every weakness is caught",
		Long: `Play the catalogue against mutants: the reference validator with one step
weakened, one weakness each. Every mutant has to be caught by a scenario of the
family that one would expect, and every scenario that expects a refusal or a
bound has to catch one that accepts honest tokens and misses no more than 15 %
of the catalogue.

The quick form signs with ES256 where a row leaves the choice, over an in-memory
transport. It shows a mutant one case of each core row of other families, and
every row whole that has caught nobody by then; heavy rows (a process of their own,
hundreds of tokens, a wait) only to mutants of their family, until one is caught,
and to the reference not at all: that every run does. --full takes every case, for
mutants of its family with the algorithm that a run would take, and heavy rows
against their whole family.

--target plays it against a validator that you weakened yourself, and says which
scenarios catch it. Exit code 0: it is caught.

Written to the folder --report: proof.json and proof.html.`,
		Example: `  rogueidp prove
  rogueidp prove --mutant skips-audience,accepts-none
  rogueidp prove --target exec:./adapter-with-a-bug --preset security`,
		Args: wants(),
		RunE: func(c *cobra.Command, _ []string) error {
			if err := f.consistent(c.Flags().Changed); err != nil {
				return usage(err)
			}
			return f.run(c.Context(), c.OutOrStdout())
		},
	}
	flags := c.Flags()
	flags.BoolVar(&f.full, "full", false, "the long form: every case, the algorithms of a run, and heavy rows against their whole family")
	flags.StringSliceVar(&f.mutants, "mutant", nil, "only these mutants; idle scenarios are then not looked for")
	flags.StringArrayVar(&f.targets, "target", nil, "a validator that you weakened, in place of the mutants")
	flags.StringVar(&f.profile, "profile", "", "with --target: test it as this profile (default: what it says)")
	flags.StringVar(&f.preset, "preset", "", "with --target: rotation or security")
	flags.StringVar(&f.filter, "filter", "", "with --target: scenarios by label")
	flags.StringSliceVar(&f.only, "only", nil, "with --target: scenarios by id, or id/case")
	flags.IntVar(&f.workers, "workers", 0, "with --target: scenarios at once (default 8)")
	flags.DurationVar(&f.maxWait, "max-wait", defaultMaxWait, "with --target: the longest that one step may wait in real time")
	flags.StringVar(&f.hazard, "hazard", "none", "with --target: the worst to send to hosts that are not on this machine")
	flags.StringSliceVar(&f.own, "i-own", nil, "with --target: host that is yours")
	flags.Int64Var(&f.seed, "seed", 1, "decides order, dice and names")
	flags.StringVar(&f.report, "report", reportDir, "folder for proof.json and proof.html")
	flags.BoolVar(&f.quiet, "quiet", false, "print the headline alone")
	f.providerFlags.add(flags)
	f.reachFlags.add(flags)
	return c
}

// consistent refuses flags that mean nothing beside others.
func (f *proveFlags) consistent(changed func(string) bool) error {
	for _, name := range f.mutants {
		weak, _ := provable()
		var names []string
		for _, m := range weak {
			names = append(names, m.Name)
		}
		if err := word("--mutant", name, names); err != nil {
			return err
		}
	}
	if len(f.targets) > 1 {
		return errors.New("prove takes one --target; prove each by itself")
	}
	if len(f.targets) == 1 {
		for _, name := range []string{"full", "mutant"} {
			if changed(name) {
				return fmt.Errorf("--%s is about our own mutants, so it means nothing beside --target; leave one out", name)
			}
		}
		return nil
	}
	for _, name := range []string{"profile", "preset", "filter", "only", "workers", "max-wait", "hazard", "i-own"} {
		if changed(name) {
			return fmt.Errorf("--%s is for --target; without one the whole catalogue is proven", name)
		}
	}
	return nil
}

func (f *proveFlags) run(ctx context.Context, out io.Writer) error {
	o, err := f.options()
	if err != nil {
		return usage(err)
	}
	if err := reports.Writable(f.report); err != nil {
		return usage(err)
	}
	var proof reports.Proof
	if len(f.targets) > 0 {
		proof, err = f.outside(ctx, o)
	} else {
		weak, control := provable()
		proof = suites.Prove(ctx, suites.ProveOptions{
			Seed: f.seed, Full: f.full, All: len(f.mutants) == 0, Control: control, Suspects: mutants.Suspects(),
			Mutants: slices.DeleteFunc(weak, func(m suites.Mutant) bool {
				return len(f.mutants) > 0 && !slices.Contains(f.mutants, m.Name)
			}),
			Reach: f.reachFlags.options(""), Progress: f.progress(),
		})
	}
	if err != nil {
		return usage(err)
	}
	where, lost := keep(f.report, func(folder string) error { return reports.WriteProof(folder, proof) })
	print := terminalOptions(os.Stdout)
	print.Quiet = f.quiet
	if err := reports.PrintProof(out, proof, print); err != nil {
		return failed(errors.Join(lost, err))
	}
	fmt.Fprintf(out, "reports  %s\n", where)
	if lost != nil {
		return failed(lost)
	}
	if code := proof.Exit(); code != exitConformant {
		return &exit{code: code}
	}
	return nil
}

// provable are the mutants, with those that decrypt, and the honest one of
// these.
func provable() (weak []suites.Mutant, control suites.Mutant) {
	for _, m := range mutants.All() {
		weak = append(weak, suites.Mutant{Name: m.Name, Forgets: m.Forgets, Family: m.Family})
	}
	for _, d := range mutants.Decrypters() {
		one := suites.Mutant{Name: d.Name, Forgets: d.Forgets, Family: "encryption", Profile: scenarios.JWE}
		if d.Forgets == "" {
			control = one
		} else {
			weak = append(weak, one)
		}
	}
	return weak, control
}

// outside proves the catalogue on somebody's own mutant.
func (f *proveFlags) outside(ctx context.Context, o suites.Options) (reports.Proof, error) {
	spec := f.targets[0]
	o.Command = f.command(spec)
	p, err := suites.Meet(ctx, spec, f.reachFlags.options(f.profile), o)
	if err != nil {
		return reports.Proof{}, withLastWords(inUse(err, "--listen"))
	}
	defer p.Close()
	return suites.ProveAgainst(ctx, p, o)
}

// progress is a line that is rewritten, where there is a terminal to see it.
func (f *proveFlags) progress() func(done, of int, name string) {
	if f.quiet || !term.IsTerminal(int(os.Stderr.Fd())) {
		return nil
	}
	return func(done, of int, name string) {
		fmt.Fprintf(os.Stderr, "\r\x1b[K%d of %d  %s", done, of, name)
		if done == of {
			fmt.Fprint(os.Stderr, "\r\x1b[Kheavy rows")
		}
	}
}
