package reports

import (
	"math"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestWriteDrills(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "not", "there", "yet")
	d := sampleDrills()
	d.Drills = append(d.Drills[:3:3], emergency())
	for range 2 { // the second time it replaces
		if err := WriteDrills(dir, d); err != nil {
			t.Fatal(err)
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	want := append(d.Pictures(), DrillFile)
	slices.Sort(want)
	if !slices.Equal(names, want) {
		t.Errorf("the folder holds %v, want %v", names, want)
	}
	for _, path := range []string{dir, filepath.Join(dir, DrillFile)} {
		again, err := ReadDrills(path)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(again, d) {
			t.Errorf("read %+v, want %+v", again, d)
		}
	}
	for i, name := range d.Pictures() {
		var b strings.Builder
		if err := WriteTimeline(&b, d.Drills[i]); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || string(text) != b.String() {
			t.Errorf("%s is not the picture of drill %d: %v", name, i, err)
		}
	}
	text, err := os.ReadFile(filepath.Join(dir, DrillFile))
	if err != nil {
		t.Fatal(err)
	}
	golden(t, DrillFile, string(text))
}

func TestWriteDrillsSaysWhy(t *testing.T) {
	file := filepath.Join(t.TempDir(), "reports")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := WriteDrills(file, sampleDrills()); err == nil || !strings.Contains(err.Error(), "name another folder") {
		t.Errorf("got %v", err)
	}
	dir := t.TempDir()
	d := sampleDrills()
	d.Drills[0].Amplification = &Amplification{Sequential: math.Inf(1)}
	if err := WriteDrills(dir, d); err == nil || !strings.Contains(err.Error(), "write drill.json") {
		t.Errorf("got %v", err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("the folder holds %v, %v", left, err)
	}
}

func TestMarshalDrillsChangesNothing(t *testing.T) {
	d := Drills{Drills: []Drill{{Target: "a", Timeline: Timeline{Keys: []KeyLife{{KID: "k"}}}}}}
	raw, err := MarshalDrills(d)
	if err != nil {
		t.Fatal(err)
	}
	if k := d.Drills[0].Timeline; d.Schema != "" || k.Fetches != nil || k.Bands != nil || k.Keys[0].Stations != nil {
		t.Errorf("the drills were changed: %+v", d)
	}
	if strings.Contains(string(raw), "null") {
		t.Errorf("null is in %s", raw)
	}
	if _, err := UnmarshalDrills(raw); err != nil {
		t.Error(err)
	}
}

func TestReadDrillsRefuses(t *testing.T) {
	raw, err := MarshalDrills(Drills{Seed: 1, Drills: sampleDrills().Drills[:1]})
	if err != nil {
		t.Fatal(err)
	}
	good := string(raw)
	for name, test := range map[string]struct{ from, to, want string }{
		"a typo":           {`"policy":`, `"polices":`, `:15: there is no "polices" in drills[0]; did you mean "policy"?`},
		"another case":     {`"outage":`, `"Outage":`, `there is no "Outage" in drills[0]; did you mean "outage"?`},
		"twice":            {`"seed": 1`, `"seed": 1, "seed": 2`, `"seed" stands twice`},
		"a missing one":    {`"presented": 289,`, ``, `there is no "presented" in drills[0], which has to be there`},
		"null":             {`"herd": 1`, `"herd": null`, `null in drills[0].herd; leave it out instead`},
		"a fraction":       {`"herd": 1`, `"herd": 1.5`, `herd wants a whole number`},
		"text for a ratio": {`"concurrent": 0.1`, `"concurrent": "0.1"`, `concurrent wants a number, not a string`},
		"a duration":       {`"outage": "5h59m59s"`, `"outage": "six hours"`, `drills[0].outage: write a duration like 1m30s`},
		"a number of them": {`"2h0m0s",`, `2,`, `drills[0].timeline.fetches[0] wants a string, not 2`},
		"a state":          {`"state": "retired"`, `"state": "retyred"`, `"retyred" in drills[0].timeline.keys[0].stations[1].state is not one of published, active, retired, removed; did you mean "retired"?`},
		"a band":           {`"state": "refused"`, `"state": "Refused"`, `"Refused" in drills[0].timeline.bands[1].state is not one of accepted, refused, exposed, refused+exposed; did you mean "refused"?`},
		"another version":  {DrillSchema, `rogueidp.drill/2`, `:1: schema "rogueidp.drill/2", but this rogueidp reads "rogueidp.drill/1"`},
		"no version":       {`"schema": "rogueidp.drill/1",`, ``, `:1: no drill: a drill.json is an object`},
		"a run":            {DrillSchema, Schema, `but this rogueidp reads "rogueidp.drill/1"`},
		"broken JSON":      {`"seed": 1,`, `"seed": 1`, `not JSON`},
		"no UTF-8":         {`"gatekeeper"`, "\"gate\xffkeeper\"", `not UTF-8; this is not a drill.json`},
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.Replace(good, test.from, test.to, 1)
			if text == good {
				t.Fatalf("%s is not in the file", test.from)
			}
			path := filepath.Join(t.TempDir(), "drill.json")
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := ReadDrills(path)
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.HasPrefix(err.Error(), path+":") {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
	if _, err := ReadDrills(filepath.Join(t.TempDir(), "gone")); err == nil || !strings.Contains(err.Error(), "name a drill.json") {
		t.Errorf("got %v", err)
	}
}

func TestPictures(t *testing.T) {
	long := strings.Repeat("long ", 100)
	var d Drills
	var want []string
	for _, test := range []struct{ target, policy, want string }{
		{"gatekeeper", "publish-ahead", "drill-gatekeeper-publish-ahead.svg"},
		{"go:mutant/hoards-keys", "publish ahead, 12h", "drill-go-mutant-hoards-keys-publish-ahead-12h.svg"},
		{"go-mutant/hoards:keys", "publish ahead: 12h!", "drill-go-mutant-hoards-keys-publish-ahead-12h-2.svg"},
		{"GO:mutant/hoards-keys", "publish-ahead 12h-2", "drill-GO-mutant-hoards-keys-publish-ahead-12h-2-2.svg"},
		{"../../etc/passwd", "..", "drill-etc-passwd-policy.svg"},
		{"世界", "\x00", "drill-target-policy.svg"},
		{"", "", "drill-target-policy-2.svg"},
		{"python-jwks 2.9", "a_b", "drill-python-jwks-2.9-a_b.svg"},
		{long, long, "drill-" + strings.Repeat("long-", 12)[:59] + "-" + strings.Repeat("long-", 12)[:59] + ".svg"},
	} {
		d.Drills, want = append(d.Drills, Drill{Target: test.target, Policy: test.policy}), append(want, test.want)
	}
	if got := d.Pictures(); !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

var pictureName = regexp.MustCompile(`^drill-[A-Za-z0-9._-]+\.svg$`)

// Whatever targets and policies are called, no name leaves the folder, and no
// two are one.
func TestPicturesAreFileNames(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.OneOf(rapid.SampledFrom([]string{"a", "A", "a-2", "a 2", "..", "a/b", `a\b`, "", "-"}), rapid.String())
		var d Drills
		for range rapid.IntRange(1, 12).Draw(t, "drills") {
			d.Drills = append(d.Drills, Drill{Target: word.Draw(t, "target"), Policy: word.Draw(t, "policy")})
		}
		seen := map[string]bool{}
		for _, name := range d.Pictures() {
			if !pictureName.MatchString(name) || len(name) > 160 {
				t.Fatalf("%q is no name", name)
			}
			if seen[strings.ToLower(name)] {
				t.Fatalf("%q stands twice", name)
			}
			seen[strings.ToLower(name)] = true
		}
	})
}
