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
		Use: "adapter NAME PROFILE", Hidden: true, Args: cobra.ExactArgs(2),
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
both directions is held against the schema that rogueidp schema adapter prints.`,
		Example: "  rogueidp check-adapter exec:./adapter",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			checked, err := suites.CheckAdapter(c.Context(), args[0], f.options(""), mockidp.Config{})
			if err != nil {
				return usage(withLastWords(err))
			}
			wrong := 0
			for _, one := range checked {
				switch {
				case one.Left != "":
					fmt.Printf("  --   %s (%s)\n", one.What, reports.Hear(one.Left))
				case one.Wrong != "":
					wrong++
					fmt.Printf(" FAIL  %s\n       %s\n", one.What, reports.Hear(one.Wrong))
				default:
					fmt.Printf("  ok   %s\n", one.What)
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

func schemaCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "schema run|adapter",
		Short: "Print the JSON Schema of run.json or of the adapter protocol",
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := word("schema", args[0], []string{"run", "adapter"}); err != nil {
				return usage(err)
			}
			schema := reports.RunSchema()
			if args[0] == "adapter" {
				schema = target.AdapterSchema()
			}
			_, err := os.Stdout.Write(schema)
			return err
		},
	}
}

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version and the digest of the catalogue", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			fmt.Printf("rogueidp %s\ncatalogue %s\n", suites.Version(), suites.Digest())
			return nil
		},
	}
}
