package scenarios

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/rogueidp/rogueidp/mockidp/fault"
	"github.com/rogueidp/rogueidp/scenarios/yamldoc"
)

// Whatever JSON a fault holds comes back from YAML to the octet.
func FuzzYAMLOfAnyValue(f *testing.F) {
	for _, s := range []string{
		`{"a":1,"a":2}`, `"\ud800"`, `"it's: #no"`, `"\u0000\u007f\u0085\u2028"`, `[1.0,1E400,-0]`, `"yes"`, `{"yes":null,"1":{"- x":[]}}`,
		`"{issuer}"`, `{}`, `[[],{}]`, `" lead"`, `"~"`, `"<<"`, `"a\nb"`, `"😀é"`, `"\/"`, `[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var value fault.JSON
		if json.Unmarshal([]byte(text), &value) != nil || !utf8.ValidString(text) || len(text) > 10_000 {
			return
		}
		s := Scenario{ID: "acme.any", IdP: does(fault.SetClaim{Name: "x", Value: value}), Cases: []Case{{Name: "c", IdP: does(fault.SetHeader{Name: text, Value: value})}}}
		written, err := s.YAML()
		if err != nil {
			t.Fatal(err)
		}
		docs, err := yamldoc.Parse("f", written)
		if err != nil || len(docs) != 1 {
			t.Fatalf("%v\n%s", err, written)
		}
		for _, where := range []struct {
			node *yamldoc.Member
			want []fault.Fault
		}{{docs[0].Get("idp"), s.IdP}, {docs[0].Get("cases").Value.Items[0].Get("idp"), s.Cases[0].IdP}} {
			var d decoder
			if got := d.faults("idp", where.node.Value); !reflect.DeepEqual(got, where.want) {
				t.Errorf("%v comes back as %v %v\n%s", where.want, got, d.Wrongs(), written)
			}
		}
	})
}

// Whatever is read, what the words of Go let pass the schema lets pass as well,
// and it is written and read again the same.
func FuzzRead(f *testing.F) {
	for _, s := range []string{"alg.none-empty-sig", "keyset.shape", "rotation.new-kid", "cache.slow-poison", "parse.dup-claims"} {
		row, err := Find(s)
		if err != nil {
			f.Fatal(err)
		}
		text, err := row.YAML()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(bytes.Replace(text, []byte(s), []byte(row.Family()+".mine"), 1))
	}
	f.Add([]byte(good))
	examples, err := filepath.Glob("testdata/own/*")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range examples {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		docs, err := yamldoc.Parse("acme.yaml", text)
		if err != nil {
			return
		}
		b := &book{first: map[string]string{}}
		if err := b.addAll("acme.yaml", docs); err != nil {
			return
		}
		for _, m := range b.mistakes {
			if strings.Contains(m, "it does not fit the schema") {
				t.Errorf("the words let pass what the schema does not: %s\n%s", m, text)
			}
			if !strings.HasPrefix(m, "acme.yaml:") {
				t.Errorf("no file and line: %s", m)
			}
		}
		b.mistakes = nil
		b.lint()
		for _, e := range b.entries {
			again, err := e.row.YAML()
			if err != nil {
				t.Fatalf("%s: %v", e.row.ID, err)
			}
			docs, err := yamldoc.Parse("acme.yaml", again)
			if err != nil || len(docs) != 1 {
				t.Fatalf("%v\n%s", err, again)
			}
			second := &book{first: map[string]string{}}
			second.add("acme.yaml", docs[0])
			if len(second.entries) != 1 {
				t.Fatalf("%v\n%s", second.mistakes, again)
			}
			back := second.entries[0].row
			back.From = e.row.From
			if !reflect.DeepEqual(back, e.row) {
				t.Errorf("it comes back as another, in %v\n%s", differences(back, e.row), again)
			}
		}
	})
}
