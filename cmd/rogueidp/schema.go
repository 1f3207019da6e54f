package main

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/rogueidp/rogueidp/cmd/rogueidp/config"
	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/reports"
	"github.com/rogueidp/rogueidp/scenarios"
	"github.com/rogueidp/rogueidp/suites"
	"github.com/rogueidp/rogueidp/suites/target"
)

// described are what has a description for machines, by the word for it.
var described = []struct {
	word, says string
	print      func() []byte
}{
	{"run", "run.json", reports.RunSchema},
	{"drill", "drill.json", reports.DrillJSONSchema},
	{"proof", "proof.json", reports.ProofJSONSchema},
	{"corpus", "the files of rogueidp export", suites.CorpusJSONSchema},
	{"adapter", "the adapter protocol", target.AdapterSchema},
	{"scenario", "files of --scenarios", scenarios.Schema},
	{"config", config.Default, config.Schema},
	{"openapi", "the admin API, as an OpenAPI 3.1 document", mockidp.OpenAPI},
}

func schemaCommand() *cobra.Command {
	var words, long []string
	for _, d := range described {
		words = append(words, d.word)
		long = append(long, "  "+d.word+strings.Repeat(" ", 9-len(d.word))+d.says)
	}
	return &cobra.Command{
		Use:   "schema " + strings.Join(words, "|"),
		Short: "Print the JSON Schema of a format, or the OpenAPI document of the admin API",
		Long:  "Print what describes one of these to machines:\n\n" + strings.Join(long, "\n"),
		Example: `  rogueidp schema run
  rogueidp schema adapter > adapter.schema.json
  rogueidp schema openapi > openapi.json`,
		Args:              wants(strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]),
		ValidArgsFunction: first(fixed(noFile, words...)),
		RunE: func(c *cobra.Command, args []string) error {
			if err := word("schema", args[0], words); err != nil {
				return usage(err)
			}
			for _, d := range described {
				if d.word == args[0] {
					_, err := c.OutOrStdout().Write(d.print())
					return err
				}
			}
			return nil
		},
	}
}
