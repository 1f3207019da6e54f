package reports

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestDrillSchemaIsWhatDrillsAre(t *testing.T) {
	defs := describes(t, DrillJSONSchema(), "drills", reflect.TypeFor[Drills](), "duration")
	for path, name := range map[string]string{"drills.timeline.keys.stations.state": "station", "drills.timeline.bands.state": "band"} {
		if words := defs[name].Properties["state"].Enum; !slices.Equal(words, aDrill.words[path]) {
			t.Errorf("the states of a %s are %v, and by the schema %v", name, aDrill.words[path], words)
		}
	}
	if !strings.Contains(string(DrillJSONSchema()), `"const": "`+DrillSchema+`"`) {
		t.Errorf("the schema is not of %s", DrillSchema)
	}
}

func TestDrillSchemaTakesDrills(t *testing.T) {
	schema := compileSchema(t, DrillJSONSchema())
	for name, d := range map[string]Drills{"sample": sampleDrills(), "none": {}, "empty": {Drills: []Drill{{}}}} {
		raw, err := MarshalDrills(d)
		if err != nil {
			t.Fatal(err)
		}
		if err := validate(schema, raw); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	raw, err := MarshalDrills(Drills{Seed: 1, Drills: sampleDrills().Drills[:4]})
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string][2]string{
		"an unknown member": {`"seed": 1`, `"seed": 1, "sead": 2`},
		"deep down":         {`"kid":`, `"key":`},
		"a missing one":     {`"presented": 289,`, ``},
		"a version":         {DrillSchema, Schema},
		"a state":           {`"state": "active"`, `"state": "Active"`},
		"a band":            {`"state": "refused"`, `"state": "rejected"`},
		"a duration":        {`"outage": "5h59m59s"`, `"outage": "6 hours"`},
		"a number of them":  {`"2h0m0s",`, `2,`},
		"a herd":            {`"herd": 1`, `"herd": "1"`},
		"a ratio":           {`"concurrent": 0.1`, `"concurrent": "0.1"`},
		"a reason":          {`"stillExposed": true`, `"stillExposed": true, "unsupported": {"herd": 1}`},
		"a still":           {`"stillExposed": true`, `"stillExposed": "true"`},
		"a list":            {`"bands": [`, `"bands": {}, "x": [`},
		"a time":            {`"started": "0001`, `"started": "yesterday 0001`},
	} {
		text := strings.Replace(string(raw), change[0], change[1], 1)
		if text == string(raw) {
			t.Errorf("%s: %s is not in the file", name, change[0])
		}
		if err := validate(schema, []byte(text)); err == nil {
			t.Errorf("%s got through", name)
		}
	}
}

// What is written fits the schema and comes back, whatever it is.
func TestDrillsComeBack(t *testing.T) {
	schema := compileSchema(t, DrillJSONSchema())
	rapid.Check(t, func(t *rapid.T) {
		want := Drills{Schema: DrillSchema, Drills: []Drill{drawDrill(t, rapid.StringMatching(`[a-z<&☃]{0,9}`), false)}}
		raw, err := MarshalDrills(want)
		if err != nil {
			t.Fatal(err)
		}
		if err := validate(schema, raw); err != nil {
			t.Fatal(err)
		}
		again, err := UnmarshalDrills(raw)
		if err != nil || !reflect.DeepEqual(again, want) {
			t.Fatalf("%v; read %+v, want %+v", err, again, want)
		}
	})
}
