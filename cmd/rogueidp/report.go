package main

import (
	"os"

	"github.com/spf13/cobra"

	"github.com/rogueidp/rogueidp/reports"
)

func reportCommand() *cobra.Command {
	c := &cobra.Command{
		Use:     "report COMMAND",
		Short:   "Work with the reports of earlier runs",
		Example: "  rogueidp report diff last-week/run.json rogueidp-report",
	}
	c.AddCommand(diffCommand())
	return c
}

func diffCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "diff OLD NEW",
		Short: "Say what changed between two runs",
		Long: `Say what changed between two runs: OLD and NEW are run.json files, or folders
that hold one. It exits 1 if something that was all right is no more.`,
		Example: "  rogueidp report diff last-week/run.json rogueidp-report",
		Args:    wants("OLD", "NEW"),
		RunE: func(c *cobra.Command, args []string) error {
			before, err := reports.Read(args[0])
			if err != nil {
				return usage(err)
			}
			after, err := reports.Read(args[1])
			if err != nil {
				return usage(err)
			}
			d := reports.Compare(before, after)
			if err := d.Print(c.OutOrStdout(), terminalOptions(os.Stdout)); err != nil {
				return failed(err)
			}
			if len(d.Regressions()) > 0 {
				return &exit{code: exitMiss}
			}
			return nil
		},
	}
}
