// Command rogueidp is an OpenID Provider that misbehaves on purpose, and the
// suite that proves what a token validator does about it.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
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
func Main() int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	root := command()
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitConformant
	}
	var e *exit
	if !errors.As(err, &e) {
		e = &exit{exitUsage, err} // what cobra itself found wrong with the line
	}
	if text := e.Error(); text != "" {
		fmt.Fprintln(os.Stderr, "rogueidp: "+text)
	}
	if ctx.Err() != nil && e.code != exitHarness {
		return exitInterrupted
	}
	return e.code
}

func command() *cobra.Command {
	root := &cobra.Command{
		Use:   "rogueidp",
		Short: "An OpenID Provider that misbehaves on purpose, and the suite that proves what a token validator does about it",
		Long: `rogueidp plays an OpenID Provider that lies, rotates and breaks, shows a token
validator what comes of it, and says which of its answers the specifications
allow.

  rogueidp run                                  the whole catalogue against the embedded reference
  rogueidp run --target exec:./adapter          against your validator, in any language
  rogueidp run --target bearer:https://host/me  against an API that takes bearer tokens
  rogueidp serve                                the provider alone, for work by hand

Exit codes: 0 conformant, 1 not, 2 usage or configuration, 3 the harness itself
failed, 130 interrupted.

Everything it makes is for testing only: keys are new at each start, it listens
on loopback unless told otherwise, and tokens say what they are.`,
		SilenceUsage: true, SilenceErrors: true,
		Args:              cobra.NoArgs,
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: true},
	}
	root.SuggestionsMinimumDistance = 2
	root.AddCommand(
		runCommand(), listCommand(), showCommand(), serveCommand(), mintCommand(), waiveCommand(),
		reportCommand(), checkAdapterCommand(), schemaCommand(), versionCommand(), adapterCommand(),
	)
	return root
}
