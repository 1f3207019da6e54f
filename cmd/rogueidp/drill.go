package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/rogueidp/rogueidp/cmd/rogueidp/config"
	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/reports"
	"github.com/rogueidp/rogueidp/scenarios"
	"github.com/rogueidp/rogueidp/suites"
)

type drillFlags struct {
	providerFlags
	reachFlags
	fileFlags
	targets, policies              []string
	profile, scale, require, where string
	length, ttl, maxWait           time.Duration
	seed                           int64
	story                          bool
	written                        []mockidp.Policy // those of the file
}

func drillCommand() *cobra.Command {
	var f drillFlags
	var presets []string
	for _, p := range mockidp.Policies() {
		presets = append(presets, fmt.Sprintf("  %-18s %s", p.Name, p.About))
	}
	c := &cobra.Command{
		Use:   "drill",
		Short: "Play key rotation over a day, and measure what it costs the users of a validator",
		Long: `Play rotation policies against a validator, with steady valid traffic, and
measure
  outage         for how long valid tokens were refused
  exposure       for how long tokens signed by a withdrawn key were still accepted
  amplification  key-set fetches for each hostile token
  starvation     for how long a flood keeps a rotated key from being learned
  herd           key-set fetches when many callers meet a cold cache or a new key

The target's clock is moved, if it was seen to follow; what cannot be measured
says why, and is never a guess. Policies are
` + strings.Join(presets, "\n") + `
or a YAML file with a policy of your own.

--story tells the incident that this program exists for: the provider rotates
right after a cache of six hours was filled. Without a refresh on a missing kid
every new user is refused for as long; with one, or with the key published
ahead, nobody notices.

Written to the folder --report: drill.json, and a picture of each drill.`,
		Example: `  rogueidp drill --story
  rogueidp drill --target exec:./adapter --policy overlap --require outage=0s
  rogueidp drill --target bearer:https://localhost:8443/me --scale 1/360 --policy hard-cut`,
		Args: wants(),
		RunE: func(c *cobra.Command, _ []string) error {
			if err := f.configure(c.Flags()); err != nil {
				return usage(err)
			}
			return f.run(c.Context(), c.OutOrStdout())
		},
	}
	flags := c.Flags()
	flags.StringArrayVar(&f.targets, "target", nil, "whom to drill, or a target of the file by name; may be given more than once (default go:reference)")
	flags.StringVar(&f.profile, "profile", "", "drill the target as this profile (default: what it says)")
	flags.StringArrayVar(&f.policies, "policy", nil, "a preset, or a YAML file; may be given more than once (default: every preset)")
	flags.DurationVar(&f.length, "for", 24*time.Hour, "how long each policy is played, in the target's time")
	flags.StringVar(&f.scale, "scale", "", "play policies as much faster for a target whose clock cannot be moved and whose times were configured down, such as 1/360")
	flags.StringVar(&f.require, "require", "", "bounds that decide the exit code, such as outage=0s,exposure=15m,starvation=35s,amplification=0.1,herd=2")
	flags.StringVar(&f.where, "report", reportDir, "folder for drill.json and the pictures")
	flags.BoolVar(&f.story, "story", false, "tell the incident, on the reference's own cache")
	flags.DurationVar(&f.ttl, "ttl", 6*time.Hour, "how long the cache of the story lives")
	flags.DurationVar(&f.maxWait, "max-wait", 40*time.Second, "the longest that one step may wait in real time")
	flags.Int64Var(&f.seed, "seed", 1, "decides names and dice")
	f.providerFlags.add(flags)
	f.reachFlags.add(flags)
	f.fileFlags.add(flags)
	return c
}

// options checks the flags.
func (f *drillFlags) options() (suites.Options, suites.DrillOptions, error) {
	var o suites.Options
	var d suites.DrillOptions
	var err error
	switch {
	case f.length <= 0:
		return o, d, fmt.Errorf("--for %v: a drill takes time; write a duration such as 24h", f.length)
	case f.length > 90*24*time.Hour:
		return o, d, fmt.Errorf("--for %v: at most 2160h, which is 90 days", f.length)
	case f.maxWait < 0:
		return o, d, fmt.Errorf("--max-wait %v: a time cannot be negative", f.maxWait)
	case f.story && (len(f.targets) > 0 || len(f.policies) > 0 || f.require != "" || f.scale != ""):
		return o, d, errors.New("--story has its own targets, policies and requirements; leave --target, --policy, --require and --scale out")
	case f.ttl < time.Minute || f.ttl > 30*24*time.Hour:
		return o, d, fmt.Errorf("--ttl %v: between 1m and 720h", f.ttl)
	}
	if f.profile != "" {
		if err := word("--profile", f.profile, names(scenarios.Profiles())); err != nil {
			return o, d, err
		}
	}
	if err := f.reachFlags.check(); err != nil {
		return o, d, err
	}
	if d.Scale, err = config.ParseScale(f.scale); err != nil {
		return o, d, fmt.Errorf("--scale %w", err)
	}
	if d.Require, err = suites.ParseDrillRequire(f.require); err != nil {
		return o, d, fmt.Errorf("--%w", err)
	}
	for _, name := range f.policies {
		p, err := suites.FindPolicy(name)
		if err != nil {
			return o, d, fmt.Errorf("--policy: %w", err)
		}
		d.Policies = append(d.Policies, p)
	}
	if o.Provider, err = f.config(); err != nil {
		return o, d, err
	}
	d.Policies = append(d.Policies, f.written...)
	d.For = f.length
	o.Fixed, o.Seed, o.MaxWait = f.tenant(), f.seed, f.maxWait
	return o, d, nil
}

func (f *drillFlags) run(ctx context.Context, out io.Writer) error {
	o, d, err := f.options()
	if err != nil {
		return usage(err)
	}
	if err := reports.Writable(f.where); err != nil {
		return usage(err)
	}
	all := suites.NewDrills(f.seed)
	if f.story {
		all.Drills, err = suites.Tell(ctx, f.ttl, o, d)
	} else {
		all.Drills, err = f.drill(ctx, o, d)
	}
	if err != nil && ctx.Err() == nil {
		return usage(withLastWords(inUse(err, "--listen")))
	}
	where, lost := keep(f.where, func(folder string) error { return reports.WriteDrills(folder, all) })
	if err := reports.PrintDrills(out, all, terminalOptions(os.Stdout)); err != nil {
		return failed(errors.Join(lost, err))
	}
	fmt.Fprintf(out, "reports  %s\n", where)
	if lost != nil {
		return failed(lost)
	}
	if ctx.Err() != nil {
		return &exit{exitInterrupted, errors.New("interrupted; what was measured by then is written")}
	}
	if slices.ContainsFunc(all.Drills, func(d reports.Drill) bool { return len(d.Missed) > 0 }) {
		return &exit{code: exitMiss}
	}
	return nil
}

// drill plays the policies against every target.
func (f *drillFlags) drill(ctx context.Context, o suites.Options, d suites.DrillOptions) ([]reports.Drill, error) {
	aims, err := f.aims(o)
	if err != nil {
		return nil, err
	}
	var all []reports.Drill
	for _, a := range aims {
		p, err := a.meet(ctx)
		if err != nil {
			return all, err
		}
		if advice := p.Advice(); advice != "" {
			fmt.Fprintln(os.Stderr, "rogueidp: "+advice)
		}
		if wrong := p.Preflight(ctx); wrong != "" && ctx.Err() == nil {
			_ = p.Close()
			return all, fmt.Errorf("%s: %s", p.Name(), wrong)
		}
		all = append(all, p.Drill(ctx, d)...)
		_ = p.Close()
	}
	return all, nil
}
