package main

import (
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/rogueidp/rogueidp/reports"
	"github.com/rogueidp/rogueidp/suites"
)

func reportCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "report",
		Short: "Work with the reports of earlier runs",
		Args:  cobra.NoArgs,
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
		Args: cobra.ExactArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
			before, err := reports.Read(args[0])
			if err != nil {
				return usage(err)
			}
			after, err := reports.Read(args[1])
			if err != nil {
				return usage(err)
			}
			d := reports.Compare(before, after)
			if err := d.Print(os.Stdout, terminalOptions(os.Stdout)); err != nil {
				return failed(err)
			}
			if len(d.Regressions()) > 0 {
				return &exit{code: exitMiss}
			}
			return nil
		},
	}
}

func waiveCommand() *cobra.Command {
	var out string
	var days int
	c := &cobra.Command{
		Use:   "waive RUN",
		Short: "Write waivers for the misses of a run, with the reasons left to fill in",
		Long: `Write a file that waives every failure of a run, with the reasons and owners left
to fill in. rogueidp run --waivers refuses the file until each reason is a
sentence, and fails when a waiver is no longer needed.`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if days < 1 {
				return usage(fmt.Errorf("--days %d: a waiver holds for at least a day", days))
			}
			run, err := reports.Read(args[0])
			if err != nil {
				return usage(err)
			}
			text, err := suites.Draft(run, run.Started.Add(time.Duration(days)*24*time.Hour))
			if err != nil {
				return usage(err)
			}
			if out == "" {
				_, err := os.Stdout.Write(text)
				return err
			}
			if _, err := os.Stat(out); err == nil {
				return usage(fmt.Errorf("%s exists, and reasons in it would be lost; choose another --out", out))
			}
			if err := os.WriteFile(out, text, 0o644); err != nil {
				return usage(fmt.Errorf("--out: %w", err))
			}
			fmt.Fprintf(os.Stdout, "%s: write each reason as a sentence, name an owner, then rogueidp run --waivers %s\n", out, out)
			return nil
		},
	}
	c.Flags().StringVar(&out, "out", "", "file to write (default: print)")
	c.Flags().IntVar(&days, "days", 90, "how long after the run the waivers expire")
	return c
}
