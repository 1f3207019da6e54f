package scenarios

import (
	"reflect"
	"testing"

	"github.com/rogueidp/rogueidp/scenarios/yamldoc"
)

func TestTmp(t *testing.T) {
	biggest := 0
	for _, s := range All() {
		text, err := s.YAML()
		if err != nil {
			t.Fatal(err)
		}
		biggest = max(biggest, len(text))
		docs, err := yamldoc.Parse(s.ID, text)
		if err != nil {
			t.Errorf("%v", err)
			continue
		}
		var back Scenario
		var d decoder
		d.members(aRow, docs[0], reflect.ValueOf(&back).Elem())
		for _, w := range d.wrongs {
			t.Errorf("%s:%d: %s", s.ID, w.line, w.says)
		}
		if !reflect.DeepEqual(s, back) {
			again, _ := back.YAML()
			t.Errorf("%s: differs %v:\n%s\n%s", s.ID, string(again) == string(text), "", "")
		}
	}
	t.Log(biggest)
}
