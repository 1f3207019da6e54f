package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/rogueidp/rogueidp/reports"
	"github.com/rogueidp/rogueidp/suites"
)

func exportCommand() *cobra.Command {
	var seed int64
	c := &cobra.Command{
		Use:   "export DIR",
		Short: "Write tokens with what a validator must say to them, for tests in any language",
		Long: `Write a corpus: the scenarios that are one token under one key set at one
moment, honest ones among them, each with the token, the text of the key set,
what the validator is told (issuer, client, nonce, time, leeway, algorithms),
what it must say, how much that matters, who says so, and what is wrong with the
token. There is one JSON file for each family and manifest.json, which lists them
and says what was left out and why. rogueidp schema corpus describes both.

The same seed writes the same octets. That makes the private keys anybody's: kids
and issuers begin with rogueidp-corpus-, and rogueidp serve refuses such names.

What is no file is not here: rotation, caches, replies, connections, discovery.
rogueidp run plays those.`,
		Example: `  rogueidp export corpus
  rogueidp export corpus --seed 7
  jq -r '.cases[] | select(.level == "must") | .id' corpus/alg.json`,
		Args: wants("DIR"),
		RunE: func(c *cobra.Command, args []string) error { return export(c.OutOrStdout(), args[0], seed) },
	}
	c.Flags().Int64Var(&seed, "seed", 1, "all keys and words follow from it")
	return c
}

// export writes a corpus into a folder of its own.
func export(out io.Writer, folder string, seed int64) error {
	old, err := corpusIn(folder)
	if err != nil {
		return usage(err)
	}
	if err := reports.Writable(folder); err != nil {
		return usage(err)
	}
	files, manifest, err := suites.MakeCorpus(seed)
	if err != nil {
		return failed(fmt.Errorf("make the corpus: %w", err))
	}
	for _, name := range old {
		if err := os.Remove(filepath.Join(folder, name)); err != nil {
			return failed(fmt.Errorf("take the old corpus away: %w", err))
		}
	}
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(folder, f.Name), f.Bytes, 0o644); err != nil {
			return failed(fmt.Errorf("write the corpus: %w", err))
		}
	}
	lines := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, f := range manifest.Files {
		fmt.Fprintf(lines, "%s\t%d cases\n", filepath.Join(folder, f.File), f.Cases)
	}
	if err := lines.Flush(); err != nil {
		return failed(err)
	}
	fmt.Fprintf(out, "\n%d cases. Of the catalogue, %d cases are left out:\n", manifest.Cases, manifest.LeftOut)
	for _, o := range manifest.Omitting {
		fmt.Fprintf(out, "%5d  %s\n", o.Cases, o.Why)
	}
	return nil
}

// corpusIn lists the files of the corpus that a folder holds already. A folder
// that holds anything else is refused: it would be lost, or taken for a part of
// the corpus.
func corpusIn(folder string) ([]string, error) {
	entries, err := os.ReadDir(folder)
	if os.IsNotExist(err) || len(entries) == 0 && err == nil {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%w; name a folder", err)
	}
	var manifest suites.CorpusManifest
	raw, err := os.ReadFile(filepath.Join(folder, suites.CorpusManifestFile))
	if err != nil || json.Unmarshal(raw, &manifest) != nil || manifest.Schema != suites.CorpusManifestFormat {
		return nil, fmt.Errorf("the folder %s holds something else than a corpus; name one that is new or empty", folder)
	}
	var names []string
	for _, e := range entries {
		listed := slices.ContainsFunc(manifest.Files, func(f suites.CorpusManifestPart) bool { return f.File == e.Name() })
		if !listed && e.Name() != suites.CorpusManifestFile {
			return nil, fmt.Errorf("%s is no file of the corpus there, and would be taken for one; remove it, or name another folder", filepath.Join(folder, e.Name()))
		}
		names = append(names, e.Name())
	}
	return names, nil
}
