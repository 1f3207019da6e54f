// Command rogueidp is an OpenID Provider that misbehaves on purpose, and the
// suite that proves what a token validator does about it.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/rogueidp/rogueidp/suites"
)

// Exit codes, the same for every command and every format.
const (
	exitConformant  = 0
	exitMiss        = 1
	exitUsage       = 2
	exitHarness     = 3
	exitInterrupted = 130
)

// An exit ends the program with a code. The message is printed unless it is
// empty: then all has been said.
type exit struct {
	code int
	err  error
}

func (e *exit) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

func (e *exit) Unwrap() error { return e.err }

// usage is the caller's mistake, failed the harness's own.
func usage(err error) error  { return &exit{exitUsage, err} }
func failed(err error) error { return &exit{exitHarness, err} }

func main() { os.Exit(Main()) }

// Main runs the program and returns its exit code.
func Main() (code int) {
	defer func() {
		if what := recover(); what != nil {
			fmt.Fprintf(os.Stderr, "rogueidp: this is a defect of rogueidp itself: %v\n%s", what, debug.Stack())
			code = exitHarness
		}
	}()
	ctx, stop := interruptible()
	defer stop()
	root, out := command(), &heeded{w: os.Stdout}
	root.SetOut(out)
	return conclude(ctx, root.ExecuteContext(ctx), out.err)
}

// conclude prints what there is to say about how a command ended, and finds its
// exit code. unsaid is why its output could not be written, if so.
func conclude(ctx context.Context, err, unsaid error) int {
	var e *exit
	if err != nil && !errors.As(err, &e) {
		e = &exit{exitUsage, err} // what cobra itself found wrong with the line
	}
	if unsaid != nil && (e == nil || e.code != exitHarness) {
		e = &exit{exitHarness, fmt.Errorf("what there was to print could not be written: %w", unsaid)}
	}
	if e == nil {
		return exitConformant
	}
	if text := e.Error(); text != "" {
		fmt.Fprintln(os.Stderr, "rogueidp: "+text)
	}
	if ctx.Err() != nil && e.code != exitHarness {
		return exitInterrupted
	}
	return e.code
}

// interruptible ends its context at the first SIGINT or SIGTERM, so that what
// is under way can end and be reported. The second ends the program at once.
func interruptible() (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	go func() {
		<-signals
		cancel()
		<-signals
		fmt.Fprintln(os.Stderr, "rogueidp: interrupted again, so it ends without waiting for what is under way")
		os.Exit(exitInterrupted)
	}()
	return ctx, cancel
}

func command() *cobra.Command {
	root := &cobra.Command{
		Use:   "rogueidp COMMAND",
		Short: "An OpenID Provider that misbehaves on purpose, and the suite that proves what a token validator does about it",
		Long: `rogueidp plays an OpenID Provider that lies, rotates and breaks, shows a token
validator what comes of it, and says which of its answers the specifications
allow.

  rogueidp run                                  the whole catalogue against the embedded reference
  rogueidp run --target exec:./adapter          against your validator, in any language
  rogueidp run --target bearer:https://host/me  against an API that takes bearer tokens
  rogueidp run --target login:https://host/app  against an application that lets users sign in
  rogueidp run --target cmd:./verify            against a program that verifies one token
  rogueidp serve                                the provider alone, for work by hand

Exit codes: 0 conformant, 1 not, 2 usage or configuration, 3 the harness itself
failed, 130 interrupted (a run then reports what it has; a second signal ends it
at once). No format and no flag of how to print changes them.

Everything it makes is for testing only: keys are new at each start, it listens
on loopback unless told otherwise, and tokens say what they are.`,
		Example: `  rogueidp run --target exec:./adapter --preset rotation
  rogueidp show alg.none-empty-sig
  rogueidp help run`,
		SilenceUsage: true, SilenceErrors: true,
		Version: suites.Version(),
	}
	root.SetVersionTemplate("rogueidp {{.Version}}\n")
	root.SetFlagErrorFunc(flagTrouble)
	root.SetHelpCommand(helpCommand())
	root.AddCommand(
		runCommand(), listCommand(), showCommand(), serveCommand(), mintCommand(), exportCommand(), waiveCommand(), proveCommand(), vectorsCommand(),
		reportCommand(), drillCommand(), checkAdapterCommand(), schemaCommand(), versionCommand(), adapterCommand(),
	)
	root.InitDefaultCompletionCmd()
	if c, _, err := root.Find([]string{"completion"}); err == nil {
		c.Short = "Print a script that lets a shell complete commands, flags, scenarios, faults and targets"
		c.Example = "  source <(rogueidp completion bash)\n  rogueidp completion fish > ~/.config/fish/completions/rogueidp.fish"
	}
	complete(root)
	for _, c := range append(root.Commands(), root) {
		if c.HasSubCommands() {
			group(c)
		}
	}
	return root
}
