package main

import (
	"fmt"

	"github.com/spf13/pflag"

	"github.com/rogueidp/rogueidp/scenarios"
)

// ownScenarios is what the help of several commands says about --scenarios.
const ownScenarios = `--scenarios DIR adds scenarios of your own: every *.yaml and *.yml file of a folder,
in the words that rogueidp show ID --yaml prints and rogueidp schema scenario
describes. --filter own selects them alone. An id of the catalogue is taken: a row
under it that is equal to the catalogue's is left out, because that one is played
anyway, and one that differs is refused until it has an id of its own.`

func addScenarios(flags *pflag.FlagSet, into *[]string) {
	flags.StringArrayVar(into, "scenarios", nil, "folder with scenarios of your own, as YAML; may be given more than once")
}

// readScenarios reads what --scenarios names.
func readScenarios(folders []string) ([]scenarios.Scenario, error) {
	own, err := scenarios.Read(folders...)
	if err != nil {
		return nil, fmt.Errorf("--scenarios: %w", err)
	}
	return own, nil
}
