package reports

import (
	"strings"
	"testing"
)

func TestJUnit(t *testing.T) {
	var b strings.Builder
	if err := WriteJUnit(&b, sampleRun()); err != nil {
		t.Fatal(err)
	}
	golden(t, "junit.xml", b.String())
}
