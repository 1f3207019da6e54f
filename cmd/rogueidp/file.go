package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"

	"github.com/spf13/pflag"

	"github.com/rogueidp/rogueidp/cmd/rogueidp/config"
	"github.com/rogueidp/rogueidp/reports"
	"github.com/rogueidp/rogueidp/scenarios"
	"github.com/rogueidp/rogueidp/suites"
	"github.com/rogueidp/rogueidp/suites/target"
)

// fileFlags choose the configuration file. Flags win over what it says.
type fileFlags struct {
	name  string
	none  bool
	file  *config.File   // nil where none is read
	flags *pflag.FlagSet // which of them are given
	given *runFlags      // what they say alone, where a file says more
}

func (f *fileFlags) add(flags *pflag.FlagSet) {
	flags.StringVar(&f.name, "config", "", "file with targets and settings (default: "+config.Default+", if it is there and --target spells none)")
	flags.BoolVar(&f.none, "no-config", false, "do not read "+config.Default)
}

// open reads the file that is named, or the one that is there unless a target is
// spelled out, and says so.
func (f *fileFlags) open(flags *pflag.FlagSet, targets []string) error {
	f.flags = flags
	if f.none && f.name != "" {
		return errors.New("--config and --no-config contradict each other; leave one out")
	}
	name := f.name
	if name == "" {
		if f.none || spelled(targets) {
			return nil
		}
		if _, err := os.Stat(config.Default); err != nil {
			return nil
		}
		name = config.Default
	}
	file, err := config.Read(name, os.LookupEnv)
	if err != nil {
		return err
	}
	f.file = file
	fmt.Fprintf(os.Stderr, "rogueidp: %s says what no flag does; --no-config leaves it out\n", name)
	return nil
}

// spelled tells whether a target is given by its spelling, and not by a name.
func spelled(targets []string) bool {
	for _, t := range targets {
		if strings.Contains(t, ":") {
			return true
		}
	}
	return false
}

// fill takes what the file says where no flag says otherwise.
func fill[T any](flags *pflag.FlagSet, flag string, into *T, says T, said bool) {
	if said && !flags.Changed(flag) {
		*into = says
	}
}

// configure lets the file say what the flags of run and list do not.
func (f *runFlags) configure(flags *pflag.FlagSet) error {
	if err := f.open(flags, f.targets); err != nil || f.file == nil {
		return err
	}
	given := *f
	f.given = &given
	c := f.file
	f.providerFlags.take(flags, c.Provider)
	fill(flags, "preset", &f.preset, c.Preset, c.Preset != "")
	fill(flags, "filter", &f.filter, c.Filter, c.Filter != "")
	fill(flags, "only", &f.only, c.Only, len(c.Only) > 0)
	fill(flags, "scenarios", &f.scenarios, c.Scenarios, len(c.Scenarios) > 0)
	fill(flags, "strict", &f.strict, c.Strict, c.Strict)
	fill(flags, "require", &f.require, c.Require.String(), len(c.Require) > 0)
	fill(flags, "baseline", &f.baseline, c.Baseline, c.Baseline != "")
	fill(flags, "report", &f.report, c.Reports.Folder, c.Reports.Folder != "")
	fill(flags, "hazard", &f.hazard, c.Hazard, c.Hazard != "")
	fill(flags, "i-own", &f.own, c.IOwn, len(c.IOwn) > 0)
	fill(flags, "workers", &f.workers, c.Workers, c.Workers > 0)
	fill(flags, "max-wait", &f.maxWait, c.MaxWait, c.MaxWait > 0)
	if c.Seed != nil {
		fill(flags, "seed", &f.seed, *c.Seed, true)
	}
	for _, format := range c.Reports.Formats {
		f.formats = append(f.formats, reports.Format(format))
	}
	return nil
}

// configure lets the file say what the flags of drill do not. A story has targets
// and policies of its own.
func (f *drillFlags) configure(flags *pflag.FlagSet) error {
	if f.story && f.name != "" {
		return errors.New("--story has its own targets, policies and requirements; leave --config out")
	}
	if f.story {
		return nil
	}
	if err := f.open(flags, f.targets); err != nil || f.file == nil {
		return err
	}
	c := f.file
	f.providerFlags.take(flags, c.Provider)
	if len(f.policies) == 0 {
		f.written = c.Drill.Played()
	}
	fill(flags, "for", &f.length, c.Drill.For, c.Drill.For > 0)
	fill(flags, "scale", &f.scale, c.Drill.Scale, c.Drill.Scale != "")
	fill(flags, "require", &f.require, c.Drill.Require.String(), len(c.Drill.Require) > 0)
	fill(flags, "report", &f.where, c.Reports.Folder, c.Reports.Folder != "")
	fill(flags, "max-wait", &f.maxWait, c.MaxWait, c.MaxWait > 0)
	if c.Seed != nil {
		fill(flags, "seed", &f.seed, *c.Seed, true)
	}
	return nil
}

// take lets a provider of the file say what neither a flag nor another one did.
func (f *providerFlags) take(flags *pflag.FlagSet, p config.Provider) {
	for _, one := range []struct {
		flag string
		into *string
		says string
	}{
		{"listen", &f.listen, p.Listen}, {"host", &f.host, p.Host}, {"issuer", &f.issuer, p.Issuer},
		{"tls-cert", &f.tlsCert, p.TLSCert}, {"tls-key", &f.tlsKey, p.TLSKey}, {"tls-dir", &f.tlsDir, p.TLSDir},
		{"client-id", &f.clientID, p.ClientID}, {"client-secret", &f.clientSecret, p.ClientSecret},
	} {
		fill(flags, one.flag, one.into, one.says, one.says != "")
	}
	fill(flags, "tls-name", &f.names, p.TLSNames, len(p.TLSNames) > 0)
	fill(flags, "plain-http", &f.plain, p.PlainHTTP, p.PlainHTTP)
}

// secrets are what the file holds that no report may.
func (f *fileFlags) secrets() []string {
	if f.file == nil {
		return nil
	}
	return f.file.Secrets
}

// An aim is a target and how it is reached: as flags say, and the file where they
// do not.
type aim struct {
	name    string // by which the file calls it; empty for a spelling
	spec    string
	reach   target.Options
	options suites.Options
}

// called is what --target takes.
func (a aim) called() string {
	if a.name != "" {
		return a.name
	}
	return a.spec
}

// meet opens the target, with a provider that it can reach.
func (a aim) meet(ctx context.Context) (*suites.Player, error) {
	return suites.Meet(ctx, a.spec, a.reach, a.options)
}

// aims are what run, list and drill are aimed at.
func (f *runFlags) aims(o suites.Options) ([]aim, error) {
	login, err := f.login(f.resource.Identity)
	if err != nil {
		return nil, err
	}
	return f.fileFlags.aims(f.targets, means{f.flags, f.providerFlags, f.reachFlags, f.profile, login}, o)
}

func (f *drillFlags) aims(o suites.Options) ([]aim, error) {
	return f.fileFlags.aims(f.targets, means{f.flags, f.providerFlags, f.reachFlags, f.profile, target.Login{}}, o)
}

// aims are the targets that are named by flags, or else all of the file, or else
// the reference. Commands of the file are told before anything runs them.
func (f *fileFlags) aims(targets []string, m means, o suites.Options) ([]aim, error) {
	hidden := f.secrets()
	if len(targets) == 0 && f.file != nil {
		for _, t := range f.file.Targets {
			targets = append(targets, t.Name)
		}
	}
	if len(targets) == 0 {
		targets = []string{"go:reference"}
	}
	if f.file != nil {
		o.Fixed, o.Others = f.file.Provider.Fixed(o.Fixed), f.file.Provider.Further()
	}
	var list []aim
	for _, word := range targets {
		if f.file == nil || strings.Contains(word, ":") {
			a := aim{spec: word, reach: m.options(), options: o}
			a.reach.Secrets = append(a.reach.Secrets, hidden...)
			list = append(list, a)
			continue
		}
		t, err := f.file.Find(word)
		if err != nil {
			return nil, err
		}
		a, err := m.toward(t, f.file, o)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: targets.%s: %w", f.file.Name, t.Line, t.Name, err)
		}
		a.reach.Secrets = append(a.reach.Secrets, hidden...)
		list = append(list, a)
		for _, command := range t.Runs() {
			fmt.Fprintf(os.Stderr, "rogueidp: %s:%d: targets.%s runs %s\n", f.file.Name, t.Line, t.Name, reports.Hear(command, f.file.Secrets...))
		}
	}
	return list, nil
}

// means are the flags that say how targets are reached.
type means struct {
	flags    *pflag.FlagSet
	provider providerFlags
	reach    reachFlags
	profile  string
	login    target.Login
}

// options are how a target is reached as flags say.
func (m means) options() target.Options {
	o := m.reach.options(m.profile)
	underlay(&o.Login, m.login)
	return o
}

// toward aims at a target of the file.
func (m means) toward(t config.Target, f *config.File, o suites.Options) (aim, error) {
	m.provider.take(m.flags, t.Provider)
	fill(m.flags, "profile", &m.profile, t.Profile, t.Profile != "")
	fill(m.flags, "algs", &m.reach.algs, t.Algs, len(t.Algs) > 0)
	fill(m.flags, "env", &m.reach.env, t.Env, len(t.Env) > 0)
	fill(m.flags, "leeway", &m.reach.leeway, t.Leeway, t.Leeway > 0)
	fill(m.flags, "fetch-timeout", &m.reach.fetchLimit, t.FetchTimeout, t.FetchTimeout > 0)
	fill(m.flags, "faketime", &m.reach.faketime, t.Faketime, t.Faketime != "")
	fill(m.flags, "login-page", &m.reach.loginPage, t.Resource.LoginPage, t.Resource.LoginPage != "")
	var err error
	if o.Provider, err = m.provider.config(); err != nil {
		return aim{}, err
	}
	all := t.Provider.Over(f.Provider)
	o.Fixed, o.Others = all.Fixed(m.provider.tenant()), all.Further()
	if m.profile != "" {
		o.Profile = scenarios.Profile(m.profile)
	}
	reach := m.options()
	underlay(&reach.Declares, t.Declares.Promises())
	underlay(&reach.Resource, t.Resource)
	underlay(&reach.Login, t.Login)
	underlay(&reach.Image, t.Image)
	underlay(&reach.Reset, t.Reset)
	return aim{t.Name, t.Target, reach, o}, nil
}

// underlay lets the file say what the flags left empty of a description.
func underlay[T any](flags *T, says T) {
	into, from := reflect.ValueOf(flags).Elem(), reflect.ValueOf(says)
	for i := range into.NumField() {
		if field := into.Field(i); field.IsZero() {
			field.Set(from.Field(i))
		}
	}
}
