package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/rogueidp/rogueidp/reports"
	"github.com/rogueidp/rogueidp/scenarios"
	"github.com/rogueidp/rogueidp/suites"
	"github.com/rogueidp/rogueidp/suites/target"
)

// reportDir is where commands that write files write them.
const reportDir = "rogueidp-report"

const defaultMaxWait = 40 * time.Second

type runFlags struct {
	providerFlags
	reachFlags
	loginFlags
	targets                                                             []string
	profile, preset, filter, report, baseline, waivers, require, hazard string
	only, own, scenarios                                                []string
	seed                                                                int64
	workers                                                             int
	strict, quiet                                                       bool
	maxWait                                                             time.Duration
}

func runCommand() *cobra.Command {
	var f runFlags
	c := &cobra.Command{
		Use:   "run",
		Short: "Play the catalogue against a validator and say what came of it",
		Long: `Play the catalogue against one or more validators. Without --target it is the
reference validator that this program carries.

A target is spelled
  ` + strings.Join(target.Spellings(), "\n  ") + `

A target in a container, image:, is told about the provider by --image-env and
--image-file, and reached as --image-kind says. One that is configured once is
made to start afresh by --reset; a container, by a new one.

Reports are written to the folder --report: run.json, junit.xml, summary.md.

` + ownScenarios,
		Example: `  rogueidp run
  rogueidp run --target exec:./adapter --preset rotation
  rogueidp run --target bearer:https://localhost:8443/me --listen 127.0.0.1:7443 \
      --issuer https://localhost:7443 --tls-dir ~/.rogueidp --client-id my-api --identity json:sub
  rogueidp run --target login:https://localhost:8443/login --home /me --identity json:sub \
      --listen 127.0.0.1:7443 --issuer https://localhost:7443 --tls-dir ~/.rogueidp --client-id my-app
  rogueidp run --target 'cmd:./verify --strict' --algs ES256
  rogueidp run --target bearer:https://localhost:8443/me --reset 'systemctl restart my-api' \
      --listen 127.0.0.1:7443 --issuer https://localhost:7443 --tls-dir ~/.rogueidp --client-id my-api
  rogueidp run --target image:./my-api --image-kind bearer --image-path /me \
      --image-env OIDC_ISSUER={issuer} --image-file /etc/my-api/ca.pem={ca_pem}
  rogueidp run --target exec:./adapter --filter 'alg && severity-critical' --strict
  rogueidp run --target exec:./adapter --scenarios ./scenarios --filter own`,
		Args: wants(),
		RunE: func(c *cobra.Command, _ []string) error { return f.run(c.Context(), c.OutOrStdout()) },
	}
	flags := c.Flags()
	flags.StringArrayVar(&f.targets, "target", nil, "whom to test; may be given more than once (default go:reference)")
	flags.StringVar(&f.profile, "profile", "", "test the target as id-token, bearer-jwt, rfc9068 or jws (default: what it says)")
	flags.StringVar(&f.preset, "preset", "", "rotation or security: a selection with the promises that go with it")
	flags.StringVar(&f.filter, "filter", "", "scenarios by label, such as 'alg && severity-critical' (rogueidp list --labels)")
	flags.StringSliceVar(&f.only, "only", nil, "scenarios by id, or id/case")
	addScenarios(flags, &f.scenarios)
	flags.Int64Var(&f.seed, "seed", 1, "decides order, dice and names")
	flags.IntVar(&f.workers, "workers", 0, "scenarios at once (default 8)")
	flags.StringVar(&f.report, "report", reportDir, "folder for reports")
	flags.BoolVar(&f.strict, "strict", false, "a missed SHOULD and a missed practice fail too")
	flags.StringVar(&f.baseline, "baseline", "", "an earlier run.json: say what changed since")
	flags.StringVar(&f.waivers, "waivers", "", "file of misses that somebody answers for, and of scenarios that must pass")
	flags.StringVar(&f.require, "require", "", "promises, such as outage=0s,learn=35s,exposure=24h,fetches=3/30s")
	flags.StringVar(&f.hazard, "hazard", "none", "the worst to send to hosts that are not on this machine: none, injection, flood, exhaustion")
	flags.StringSliceVar(&f.own, "i-own", nil, "host that is yours, to which --hazard applies")
	flags.DurationVar(&f.maxWait, "max-wait", defaultMaxWait, "the longest that one step may wait in real time")
	flags.BoolVar(&f.quiet, "quiet", false, "print the headline alone")
	f.providerFlags.add(flags)
	f.reachFlags.add(flags)
	f.loginFlags.add(flags)
	return c
}

func (f *runFlags) run(ctx context.Context, out io.Writer) error {
	o, err := f.options()
	if err != nil {
		return usage(err)
	}
	login, err := f.login(f.resource.Identity)
	if err != nil {
		return usage(err)
	}
	if _, err := suites.Pick(o); err != nil {
		return usage(err)
	}
	var before *reports.Run
	if f.baseline != "" {
		b, err := reports.Read(f.baseline)
		if err != nil {
			return usage(fmt.Errorf("--baseline: %w", err))
		}
		before = &b
	}
	if err := reports.Writable(f.report); err != nil {
		return usage(err)
	}
	f.reports = f.report
	if len(f.targets) == 0 {
		f.targets = []string{"go:reference"}
	}
	line := newProgressLine(f.quiet)
	o.Progress = line.add
	var players []*suites.Player
	defer func() {
		for _, p := range players {
			_ = p.Close()
		}
	}()
	for _, spec := range f.targets {
		mine := o
		mine.Command = f.command(spec)
		reach := f.reachFlags.options(f.profile)
		reach.Login = login
		p, err := suites.Meet(ctx, spec, reach, mine)
		if err != nil {
			if ctx.Err() != nil {
				return &exit{exitInterrupted, errors.New("interrupted before anything was played")}
			}
			return usage(withLastWords(inUse(err, "--listen")))
		}
		players = append(players, p)
		if advice := p.Advice(); advice != "" {
			fmt.Fprintln(os.Stderr, "rogueidp: "+advice)
		}
	}
	line.begin(players, o)
	run, err := suites.Run(ctx, players, o)
	line.done()
	if err != nil {
		return usage(err)
	}
	f.explain(run)
	where, lost := keep(f.report, func(folder string) error { return reports.Write(folder, run) })
	print := terminalOptions(os.Stdout)
	print.Quiet = f.quiet
	if err := reports.Print(out, run, print); err != nil {
		return failed(errors.Join(lost, err))
	}
	fmt.Fprintf(out, "reports  %s\n", where)
	if before != nil {
		if err := reports.Compare(*before, run).Print(out, print); err != nil {
			return failed(errors.Join(lost, err))
		}
	}
	if lost != nil {
		return failed(lost)
	}
	if code := run.Exit(); code != exitConformant {
		return &exit{code: code}
	}
	return nil
}

// keep writes the reports into the folder that was asked for, or, if that has
// become impossible since the run began, into a new one: what was found is not
// to be lost. It says where they are.
func keep(folder string, write func(folder string) error) (string, error) {
	err := write(folder)
	if err == nil {
		return folder, nil
	}
	other, e := os.MkdirTemp("", reportDir+"-")
	if e == nil {
		e = write(other)
	}
	if e != nil {
		return "nowhere", errors.Join(err, e)
	}
	return other, fmt.Errorf("%w; they are in %s instead", err, other)
}

// explain tells about flags that meant nothing to a target.
func (f *runFlags) explain(run reports.Run) {
	for _, t := range run.Targets {
		for _, one := range []struct{ flag, value string }{
			{"--issuer", f.issuer}, {"--client-id", f.clientID}, {"--client-secret", f.clientSecret},
		} {
			if one.value != "" && !t.SharedIssuer {
				fmt.Fprintf(os.Stderr, "rogueidp: %s meant nothing to %s, which is shown a new issuer for each scenario\n", one.flag, reports.Hear(t.Name))
			}
		}
	}
}

// options checks the flags and turns them into what suites takes.
func (f *runFlags) options() (suites.Options, error) {
	var o suites.Options
	var err error
	if f.profile != "" {
		if err := word("--profile", f.profile, names(scenarios.Profiles())); err != nil {
			return o, err
		}
	}
	if err := word("--hazard", f.hazard, names(scenarios.Hazards())); err != nil {
		return o, err
	}
	if err := f.reachFlags.check(); err != nil {
		return o, err
	}
	if f.workers < 0 {
		return o, fmt.Errorf("--workers %d: at least 1, or 0 for the default", f.workers)
	}
	if f.maxWait < 0 {
		return o, fmt.Errorf("--max-wait %v: a time cannot be negative", f.maxWait)
	}
	if err := f.check(); err != nil {
		return o, err
	}
	if o.Require, err = suites.ParseRequire(f.require); err != nil {
		return o, fmt.Errorf("--%w", err)
	}
	if o.Scenarios, err = readScenarios(f.scenarios); err != nil {
		return o, err
	}
	if f.waivers != "" {
		if o.Waivers, err = suites.ReadWaivers(f.waivers, o.Scenarios...); err != nil {
			return o, err
		}
	}
	if o.Provider, err = f.config(); err != nil {
		return o, err
	}
	o.Fixed = f.tenant()
	o.Profile, o.Preset, o.Filter, o.Only = scenarios.Profile(f.profile), f.preset, f.filter, f.only
	o.Seed, o.Workers, o.Strict, o.MaxWait = f.seed, f.workers, f.strict, f.maxWait
	o.Hazard, o.Own = scenarios.Hazard(f.hazard), f.own
	return o, nil
}

// command is how a person would run this against one of the targets again; the
// selection is added for each result. Secrets stay out of it.
func (f *runFlags) command(spec string) string {
	line := []string{"rogueidp", "run", "--target", spec}
	add := func(flag, value string) {
		if value != "" {
			line = append(line, flag, value)
		}
	}
	add("--profile", f.profile)
	add("--require", f.require)
	add("--preset", f.preset)
	for _, folder := range f.scenarios {
		add("--scenarios", folder)
	}
	add("--listen", f.listen)
	add("--host", f.host)
	add("--issuer", f.issuer)
	add("--tls-cert", f.tlsCert)
	add("--tls-key", f.tlsKey)
	add("--tls-dir", f.tlsDir)
	add("--client-id", f.clientID)
	add("--login-page", f.loginPage)
	f.replayed(add)
	if f.browser {
		line = append(line, "--browser")
	}
	f.replay(add)
	add("--algs", strings.Join(f.algs, ","))
	add("--env", strings.Join(f.env, ","))
	add("--i-own", strings.Join(f.own, ","))
	if f.hazard != "none" {
		add("--hazard", f.hazard)
	}
	if f.maxWait != defaultMaxWait {
		add("--max-wait", f.maxWait.String())
	}
	add("--tls-name", strings.Join(f.names, ","))
	if f.leeway != 0 {
		add("--leeway", f.leeway.String())
	}
	if f.fetchLimit != 0 {
		add("--fetch-timeout", f.fetchLimit.String())
	}
	if f.strict {
		line = append(line, "--strict")
	}
	if f.plain {
		line = append(line, "--plain-http")
	}
	for i, w := range line {
		line[i] = suites.Quoted(w)
	}
	return strings.Join(append(line, f.container.line()...), " ")
}

// withLastWords adds what a target that could not be opened said instead: on
// stdout, where it was no answer, and on stderr.
func withLastWords(err error) error {
	var garbled *target.Garbled
	if errors.As(err, &garbled) && garbled.Line != "" {
		err = fmt.Errorf("%w; it said: %s", err, reports.Hear(strings.TrimSpace(garbled.Line)))
	}
	words := strings.TrimSpace(target.LastWords(err))
	if words == "" {
		return err
	}
	return fmt.Errorf("%w; its last words: %s", err, reports.Hear(words))
}

func terminalOptions(file *os.File) reports.TerminalOptions {
	o := reports.TerminalOptions{Width: 100}
	if term.IsTerminal(int(file.Fd())) {
		if width, _, err := term.GetSize(int(file.Fd())); err == nil {
			o.Width = min(width, 100)
		}
		_, dull := os.LookupEnv("NO_COLOR")
		o.Color = !dull
	}
	return o
}

// progressLine is the line that is rewritten while a run goes on, if there is a
// terminal to see it.
type progressLine struct {
	wanted bool
	line   *reports.Progress
}

func newProgressLine(quiet bool) *progressLine {
	return &progressLine{wanted: !quiet && term.IsTerminal(int(os.Stderr.Fd()))}
}

func (l *progressLine) begin(players []*suites.Player, o suites.Options) {
	if !l.wanted {
		return
	}
	total := 0
	for _, p := range players {
		total += p.Cases(o)
	}
	l.line = reports.NewProgress(os.Stderr, total, terminalOptions(os.Stderr).Width)
}

func (l *progressLine) add(r reports.Result) {
	if l.line != nil {
		l.line.Add(r)
	}
}

func (l *progressLine) done() {
	if l.line != nil {
		l.line.Done()
	}
}
