package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/rogueidp/rogueidp/cmd/rogueidp/config"
	"github.com/rogueidp/rogueidp/suites"
)

func initCommand() *cobra.Command {
	var spec, file string
	var force bool
	c := &cobra.Command{
		Use:   "init",
		Short: "Write a commented " + config.Default + " to begin with",
		Long: `Write a configuration file with a target and with every other setting in comments:
all that run, drill, list and doctor take as flags. They read ` + config.Default + ` where it
is there, unless --target spells a target or --no-config leaves it out, and flags
win over it. rogueidp schema config prints its JSON Schema.

--target fills in what its kind needs. A file that is there is left alone, unless
--force is given.`,
		Example: `  rogueidp init && rogueidp run
  rogueidp init --target bearer:https://localhost:8443/me && rogueidp doctor
  rogueidp init --target exec:./adapter --config ci/rogueidp.yaml`,
		Args: wants(),
		RunE: func(c *cobra.Command, _ []string) error {
			text, err := config.Starter(spec)
			if err != nil {
				return usage(fmt.Errorf("--%w", err))
			}
			if err := writeStarter(file, []byte(text), force); err != nil {
				return usage(err)
			}
			fmt.Fprintf(c.OutOrStdout(), "%s: read it, change what is yours, then %s\n", file, next(file))
			return nil
		},
	}
	c.Flags().StringVar(&spec, "target", "go:reference", "whom to test")
	c.Flags().StringVar(&file, "config", config.Default, "file to write")
	c.Flags().BoolVar(&force, "force", false, "replace a file that is there")
	return c
}

func writeStarter(file string, text []byte, force bool) error {
	if force {
		if err := os.WriteFile(file, text, 0o644); err != nil {
			return fmt.Errorf("--config: %w", err)
		}
		return nil
	}
	switch err := writeNew(file, text); {
	case errors.Is(err, fs.ErrExist):
		return fmt.Errorf("%s exists, and what is in it would be lost; choose another --config, or replace it with --force", file)
	case err != nil:
		return fmt.Errorf("--config: %w", err)
	}
	return nil
}

// next is what to do with the file.
func next(file string) string {
	if filepath.Clean(file) == config.Default {
		return "rogueidp doctor and rogueidp run"
	}
	return fmt.Sprintf("rogueidp doctor --config %s and rogueidp run --config %s", suites.Quoted(file), suites.Quoted(file))
}
