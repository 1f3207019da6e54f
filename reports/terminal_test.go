package reports

import (
	"strings"
	"testing"
)

func TestPrint(t *testing.T) {
	for name, o := range map[string]TerminalOptions{
		"run.80.txt":     {Width: 80},
		"run.100.txt":    {Width: 100},
		"run.colour.txt": {Width: 100, Colour: true},
	} {
		var b strings.Builder
		if err := Print(&b, sampleRun(), o); err != nil {
			t.Fatal(err)
		}
		golden(t, name, b.String())
	}
}
