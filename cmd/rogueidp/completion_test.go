package main

import (
	"testing"

	"github.com/spf13/pflag"
)

// Words for a flag that no command has would be words that nobody sees.
func TestEveryCompletionHasAFlag(t *testing.T) {
	known := map[string]bool{}
	root := command()
	for _, c := range append(root.Commands(), reportCommands(root)...) {
		c.Flags().VisitAll(func(f *pflag.Flag) { known[f.Name] = true })
	}
	if len(known) < 30 {
		t.Fatalf("only %d flags are found", len(known))
	}
	for name := range completed {
		if !known[name] {
			t.Errorf("no command has --%s", name)
		}
	}
}
