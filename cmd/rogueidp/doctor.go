package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/rogueidp/rogueidp/suites"
)

func doctorCommand() *cobra.Command {
	var f runFlags
	var asJSON bool
	c := &cobra.Command{
		Use:   "doctor",
		Short: "Say why a target cannot be tested yet, and what to change",
		Long: `Look at a target before anything is played: whether it is reached from here and
reaches the provider, whether both mean the same issuer, trust the same authority
and have the same time, whether an honest token is accepted and a broken one is
refused, what the target can be asked, and how long a run takes. Each is a line:
ok, or ✗ with one sentence on what to change, or -- where something before it
has to be changed first.

It exits 0 if the target can be tested, 1 if something is in the way, and 2 if it
was called wrongly.`,
		Example: `  rogueidp doctor
  rogueidp doctor --target exec:./adapter
  rogueidp doctor --target bearer:https://localhost:8443/me --listen 127.0.0.1:7443 \
      --issuer https://localhost:7443/idp --tls-dir ~/.rogueidp --client-id my-api`,
		Args: wants(),
		RunE: func(c *cobra.Command, _ []string) error {
			if err := f.configure(c.Flags()); err != nil {
				return usage(err)
			}
			return f.examine(c.Context(), c.OutOrStdout(), asJSON)
		},
	}
	flags := c.Flags()
	flags.StringArrayVar(&f.targets, "target", nil, "whom to look at, or a target of the file by name; may be given more than once (default go:reference)")
	flags.StringVar(&f.profile, "profile", "", "look at the target as this profile (default: what it says)")
	flags.DurationVar(&f.maxWait, "max-wait", defaultMaxWait, "the longest that one step may wait in real time")
	flags.StringVar(&f.hazard, "hazard", "none", "the worst to send to hosts that are not on this machine")
	flags.StringSliceVar(&f.own, "i-own", nil, "host that is yours")
	flags.BoolVar(&asJSON, "json", false, "print JSON")
	f.providerFlags.add(flags)
	f.reachFlags.add(flags)
	f.loginFlags.add(flags)
	f.fileFlags.add(flags)
	return c
}

// A diagnosis is what doctor found out about a target, as --json prints it.
type diagnosis struct {
	Target string    `json:"target"`
	Well   bool      `json:"well"`
	Checks []checked `json:"checks"`
}

type checked struct {
	Look  string `json:"look"`
	Says  string `json:"says"`
	Cause string `json:"cause,omitempty"`
	Left  bool   `json:"left,omitempty"`
}

func (f *runFlags) examine(ctx context.Context, out io.Writer, asJSON bool) error {
	o, err := f.options()
	if err != nil {
		return usage(err)
	}
	aims, err := f.aims(o)
	if err != nil {
		return usage(err)
	}
	var all []diagnosis
	well := true
	for _, a := range aims {
		found, err := suites.Examine(ctx, a.spec, a.reach, a.options)
		if ctx.Err() != nil {
			return &exit{exitInterrupted, ctx.Err()}
		}
		if err != nil {
			return usage(withLastWords(inUse(err, "--listen")))
		}
		one := diagnosis{Target: a.called(), Well: true}
		for _, e := range found {
			one.Checks = append(one.Checks, checked{e.Look, e.Says, string(e.Cause), e.Left})
			one.Well = one.Well && e.Cause == ""
		}
		well = well && one.Well
		all = append(all, one)
		if !asJSON {
			one.print(out)
		}
	}
	if asJSON {
		if err := printJSON(out, all); err != nil {
			return err
		}
	}
	if !well {
		return &exit{code: exitMiss}
	}
	return nil
}

func (d diagnosis) print(out io.Writer) {
	fmt.Fprintln(out, d.Target)
	for _, c := range d.Checks {
		sign := "ok"
		switch {
		case c.Cause != "":
			sign = "✗ "
		case c.Left:
			sign = "--"
		}
		fmt.Fprintf(out, "  %s  %s: %s\n", sign, c.Look, c.Says)
	}
}
