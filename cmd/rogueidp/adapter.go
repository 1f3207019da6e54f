package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/reports"
	"github.com/rogueidp/rogueidp/suites"
	"github.com/rogueidp/rogueidp/suites/target"
)

// adapterCommand is how this program runs a validator that it carries in a
// process of its own.
func adapterCommand() *cobra.Command {
	return &cobra.Command{
		Use: "adapter NAME PROFILE", Hidden: true, Args: wants("NAME", "PROFILE"),
		Short: "Speak the adapter protocol for a validator that this program carries",
		RunE: func(c *cobra.Command, args []string) error {
			if err := target.ServeGo(c.Context(), args[0], args[1], os.Stdin, os.Stdout); err != nil {
				return usage(err)
			}
			return nil
		},
	}
}

func checkAdapterCommand() *cobra.Command {
	var f reachFlags
	c := &cobra.Command{
		Use:   "check-adapter TARGET",
		Short: "Check that an adapter keeps to the protocol",
		Long: `Play the adapter protocol itself against exec:… or http:…: handshake, unknown
commands, two sessions that share nothing, a good and a bad token, a line of
1 MiB, concurrency, cancel and clock where they are claimed, stop. Every line in
both directions is held against the schema that rogueidp schema adapter prints.
It exits 1 if anything is not kept, and 2 if the adapter does not even say hello.`,
		Example: `  rogueidp check-adapter exec:./adapter
  rogueidp check-adapter http:http://127.0.0.1:8080/validate`,
		Args: wants("TARGET"),
		RunE: func(c *cobra.Command, args []string) error {
			if err := f.check(); err != nil {
				return usage(err)
			}
			out := c.OutOrStdout()
			checked, err := suites.CheckAdapter(c.Context(), args[0], f.options(""), mockidp.Config{})
			if err != nil {
				return usage(withLastWords(err))
			}
			wrong := 0
			for _, one := range checked {
				switch {
				case one.Left != "":
					fmt.Fprintf(out, "  --   %s (%s)\n", one.What, reports.Hear(one.Left))
				case one.Wrong != "":
					wrong++
					fmt.Fprintf(out, " FAIL  %s\n       %s\n", one.What, reports.Hear(one.Wrong))
				default:
					fmt.Fprintf(out, "  ok   %s\n", one.What)
				}
			}
			if wrong > 0 {
				return &exit{exitMiss, fmt.Errorf("%d of %d are not kept", wrong, len(checked))}
			}
			return nil
		},
	}
	f.add(c.Flags())
	return c
}

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version and the digest of the catalogue", Args: wants(),
		Example: "  rogueidp version",
		RunE: func(c *cobra.Command, _ []string) error {
			_, err := fmt.Fprint(c.OutOrStdout(), versionText())
			return err
		},
	}
}

func versionText() string {
	return fmt.Sprintf("rogueidp %s\ncatalogue %s\n", suites.Version(), suites.Digest())
}
