package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rogueidp/rogueidp/reports"
	"github.com/rogueidp/rogueidp/suites"
)

func vectorsCommand() *cobra.Command {
	var f reachFlags
	var spec string
	var asJSON bool
	c := &cobra.Command{
		Use:   "vectors DIR",
		Short: "Play public JWS and JWK test vectors against a validator",
		Long: `Play the JWS and JWK vectors of Wycheproof: DIR is the folder in which
json_web_signature_test.json, json_web_key_test.json or both lie. Each vector is
put to the embedded reference, or to a --target that can "jws", with the
algorithm of the key as the only one that may be taken.

overrides.json beside them, if there is one, names vectors that are defective or
contested, by file and tcId: {"json_web_key_test.json": {"7": {"action":
"policy", "why": "…"}}}. exclude leaves a vector out, policy records what the
target said, expect-invalid turns a vector round. What is called acceptable is
recorded as well.

Exit codes: 0 no disagreement, 1 some, 2 vectors that cannot be read or a target
that cannot be asked about signatures, 3 a target that broke off.`,
		Example: `  rogueidp vectors wycheproof/testvectors_v1
  rogueidp vectors wycheproof/testvectors_v1 --target exec:./adapter --json`,
		Args: wants("DIR"),
		RunE: func(c *cobra.Command, args []string) error {
			if err := f.check(); err != nil {
				return usage(err)
			}
			files, err := suites.ReadVectors(args[0])
			if err != nil {
				return usage(err)
			}
			results, err := playVectors(c.Context(), files, spec, &f)
			if err != nil {
				return err
			}
			if asJSON {
				err = printJSON(c.OutOrStdout(), results)
			} else {
				err = printVectors(c.OutOrStdout(), files, results)
			}
			if err != nil {
				return err
			}
			if n := vectorsThat(results, "", suites.VectorDisagreed); n > 0 {
				return &exit{exitMiss, fmt.Errorf("%d of %d vectors are answered otherwise", n, len(results))}
			}
			return nil
		},
	}
	c.Flags().StringVar(&spec, "target", "go:reference", "whom to ask: go:NAME, exec:COMMAND or http:URL")
	c.Flags().BoolVar(&asJSON, "json", false, "print every vector with its outcome as JSON")
	f.add(c.Flags())
	return c
}

// playVectors plays all files against the target of a spelling. What a target
// says of its reasons has been heard by reports when it returns.
func playVectors(ctx context.Context, files []suites.VectorFile, spec string, f *reachFlags) ([]suites.VectorResult, error) {
	verifier, shut, err := suites.OpenSignatures(ctx, spec, f.options(""))
	if err != nil {
		return nil, usage(fmt.Errorf("--target %s: %w", spec, withLastWords(err)))
	}
	defer shut()
	var all []suites.VectorResult
	for _, file := range files {
		results, err := suites.PlayVectors(ctx, file, verifier)
		if ctx.Err() != nil {
			return nil, &exit{exitInterrupted, fmt.Errorf("interrupted after %d vectors", len(all)+len(results))}
		}
		if err != nil {
			return nil, failed(fmt.Errorf("%s: %w", spec, err))
		}
		all = append(all, results...)
	}
	for i := range all {
		all[i].Why, all[i].Comment = reports.Hear(all[i].Why).String(), reports.Hear(all[i].Comment).String()
	}
	return all, nil
}

func printVectors(out io.Writer, files []suites.VectorFile, results []suites.VectorResult) error {
	var errs []error
	say := func(format string, args ...any) {
		_, err := fmt.Fprintf(out, format, args...)
		errs = append(errs, err)
	}
	outcomes := []string{suites.VectorAgreed, suites.VectorDisagreed, suites.VectorOverridden, suites.VectorRecorded, suites.VectorNotApplicable}
	say("%-30s %7s", "file", "tests")
	for _, o := range outcomes {
		say(" %*s", len(o)+2, o)
	}
	say("\n")
	for _, file := range files {
		say("%-30s %7d", file.Name, vectorsThat(results, file.Name, ""))
		for _, o := range outcomes {
			say(" %*d", len(o)+2, vectorsThat(results, file.Name, o))
		}
		say("\n")
	}
	lacks := map[string]int{}
	for _, r := range results {
		switch r.Outcome {
		case suites.VectorNotApplicable:
			lacks[r.Why]++
		case suites.VectorDisagreed:
			say("\n%s, tcId %d: %s [%s]\n  expected %s, got %s: %s\n", r.File, r.ID, r.Comment, reports.Hear(strings.Join(r.Flags, ", ")), r.Expected, r.Got, cmp.Or(r.Why, "no reason given"))
		}
	}
	for _, why := range slices.Sorted(maps.Keys(lacks)) {
		say("not applicable: %d, %s\n", lacks[why], why)
	}
	return errors.Join(errs...)
}

// vectorsThat counts the results of a file, or of all, with an outcome, or with
// any.
func vectorsThat(results []suites.VectorResult, file, outcome string) int {
	n := 0
	for _, r := range results {
		if (file == "" || r.File == file) && (outcome == "" || r.Outcome == outcome) {
			n++
		}
	}
	return n
}
