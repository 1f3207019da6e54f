package main

import (
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/spf13/cobra"

	"github.com/rogueidp/rogueidp/reports"
	"github.com/rogueidp/rogueidp/suites"
)

func waiveCommand() *cobra.Command {
	var out, folder string
	var days int
	c := &cobra.Command{
		Use:   "waive RUN",
		Short: "Write waivers for the misses of a run, with the reasons left to fill in",
		Long: `Write a file that waives every failure of a run, with the reasons and owners left
to fill in. RUN is a run.json file, or a folder that holds one. rogueidp run
--waivers refuses the file until each reason is a sentence, and fails when a
waiver is no longer needed.`,
		Example: `  rogueidp waive rogueidp-report --out waivers.yaml
  rogueidp waive rogueidp-report/run.json --days 30`,
		Args: wants("RUN"),
		RunE: func(c *cobra.Command, args []string) error {
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
			if out == "" && folder == "" {
				_, err := c.OutOrStdout().Write(text)
				return err
			}
			if out == "" {
				out = "waivers.yaml"
			}
			file, err := within(folder, out)
			if err != nil {
				return usage(fmt.Errorf("--report: %w", err))
			}
			switch err := writeNew(file, text); {
			case errors.Is(err, fs.ErrExist):
				return usage(fmt.Errorf("%s exists, and reasons in it would be lost; choose another --out", file))
			case err != nil:
				return usage(fmt.Errorf("--out: %w", err))
			}
			fmt.Fprintf(c.OutOrStdout(), "%s: write each reason as a sentence, name an owner, then rogueidp run --waivers %s\n", file, suites.Quoted(file))
			return nil
		},
	}
	c.Flags().StringVar(&out, "out", "", "file to write, which must not exist (default: print, or waivers.yaml in --report)")
	c.Flags().StringVar(&folder, "report", "", "folder for the file (default: the working directory)")
	c.Flags().IntVar(&days, "days", 90, "how long after the run the waivers expire")
	return c
}
