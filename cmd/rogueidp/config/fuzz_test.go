package config

import (
	"strings"
	"testing"

	"github.com/rogueidp/rogueidp/scenarios/yamldoc"
)

// Whatever stands in a file, reading it ends with a configuration or with an error
// that names the file; and what is read fits the schema.
func FuzzRead(f *testing.F) {
	for _, spec := range []string{"go:reference", "exec:./adapter", "bearer:https://localhost/me", "http:https://localhost/validate"} {
		text, err := Starter(spec)
		if err != nil {
			f.Fatal(err)
		}
		f.Add([]byte(text))
		f.Add([]byte(uncommented(text)))
	}
	f.Add([]byte("targets: {a: {target: \"go:reference\", declares: {leeway: {exp: 1m}}}}\nseed: -1\n"))
	f.Add([]byte("waivers: [{scenario: time.ok}]\ndrill: {policies: [{events: []}]}\n"))
	schema := compiled(f)
	f.Fuzz(func(t *testing.T, text []byte) {
		docs, err := yamldoc.Parse("f", text)
		if err != nil {
			t.Skip("it is no YAML")
		}
		c, err := take("f", docs, environment)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "f:") {
				t.Fatalf("%q: the error names no line: %v", text, err)
			}
			return
		}
		if err := valid(t, schema, string(text)); err != nil {
			t.Fatalf("%q: it is read as %+v, and the schema says %v", text, c, err)
		}
	})
}
