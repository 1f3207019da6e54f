package reports

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func sampleProof() Proof {
	return Proof{
		Scenarios: 3, Mutants: 2, Killed: 1, Unkilled: []string{"skips-audience"}, Idle: []string{"alg.none-case"}, Owed: 2, Form: "quick",
		Unasked: []Unasked{{ID: "network.dns", Why: "own-network"}},
		Trials: []Trial{
			{Name: Hear("accepts-none"), Forgets: "accepts alg none", Family: "alg", Caught: []string{"alg.none"}, Played: 3, Killed: true},
			{Name: Hear("<script>alert(1)</script>"), Family: "audience", Played: 3, Unfit: Hear("it refuses \u202ehonest\x1b[31m tokens")},
		},
		Proven: []Proven{
			{ID: "alg.none", Family: "alg", Title: "refuses none", Level: "must", Owed: true, By: []string{"accepts-none"}, Tried: 2},
			{ID: "alg.none-case", Family: "alg", Title: "refuses None", Level: "must", Owed: true, Tried: 2},
			{ID: "alg.ok", Family: "alg", Title: "accepts RS256", Level: "must", Tried: 2},
		},
	}
}

func TestProofSchemaIsWhatProofsAre(t *testing.T) {
	describes(t, ProofJSONSchema(), "proof", reflect.TypeFor[Proof](), "duration")
	schema := compileSchema(t, ProofJSONSchema())
	raw, err := MarshalProof(sampleProof())
	if err != nil {
		t.Fatal(err)
	}
	if err := validate(schema, raw); err != nil {
		t.Error(err)
	}
	if err := validate(schema, bytes.Replace(raw, []byte(`"killed": 1`), []byte(`"kiled": 1`), 1)); err == nil {
		t.Error("an unknown member got through")
	}
	// The five members that others were promised, by their names.
	var promised struct {
		Schema                     string
		Scenarios, Mutants, Killed *int
		Unkilled, Idle             *[]string
	}
	if err := json.Unmarshal(raw, &promised); err != nil || promised.Schema != "rogueidp.proof/1" || *promised.Scenarios != 3 ||
		*promised.Mutants != 2 || *promised.Killed != 1 || len(*promised.Unkilled) != 1 || len(*promised.Idle) != 1 {
		t.Errorf("%+v %v", promised, err)
	}
	if raw, _ = MarshalProof(Proof{}); !bytes.Contains(raw, []byte(`"unkilled": []`)) || !bytes.Contains(raw, []byte(`"idle": []`)) {
		t.Errorf("lists of nobody are missing: %s", raw)
	}
}

func TestProofHoldsOnlyWhole(t *testing.T) {
	good := Proof{Mutants: 1, Killed: 1}
	if !good.Holds() || good.Exit() != 0 {
		t.Error("a proof without a gap does not hold")
	}
	for name, change := range map[string]func(*Proof){
		"nobody":   func(p *Proof) { p.Mutants = 0 },
		"unkilled": func(p *Proof) { p.Unkilled = []string{"a"} },
		"idle":     func(p *Proof) { p.Idle = []string{"a"} },
		"missed":   func(p *Proof) { p.Missed = []string{"a"} },
	} {
		p := good
		change(&p)
		if p.Holds() || p.Exit() != 1 {
			t.Errorf("%s: it holds", name)
		}
	}
	if p := (Proof{Mutants: 1, Interrupted: true}); p.Exit() != 130 {
		t.Error("an interrupted proof holds")
	}
	if p := (Proof{Mutants: 1, Interrupted: true, Errors: []string{"a"}}); p.Exit() != 3 {
		t.Error("the harness's own failure is hidden")
	}
}

// TestProofPageIsInert renders a proof with a hostile name in it.
func TestProofPageIsInert(t *testing.T) {
	dir := t.TempDir()
	if err := WriteProof(dir, sampleProof()); err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join(dir, ProofPage))
	if err != nil {
		t.Fatal(err)
	}
	text := string(page)
	for _, bad := range []string{"<script", "\x1b", "\u202e", "http://", "https://", "ZgotmplZ"} {
		if strings.Contains(text, bad) {
			t.Errorf("the page holds %q", bad)
		}
	}
	for _, good := range []string{"Not proven", "skips-audience", "alg.none-case", `class="x"`, "default-src &#39;none&#39;"} {
		if !strings.Contains(text, good) {
			t.Errorf("the page lacks %q", good)
		}
	}
	var b bytes.Buffer
	if err := PrintProof(&b, sampleProof(), TerminalOptions{Width: 100}); err != nil {
		t.Fatal(err)
	}
	for _, good := range []string{"NOT PROVEN", "1 of 2 mutants", "skips-audience", "alg.none-case", "network.dns was asked of nobody"} {
		if !strings.Contains(b.String(), good) {
			t.Errorf("the terminal lacks %q:\n%s", good, b.String())
		}
	}
	if strings.ContainsAny(b.String(), "\x1b\u202e") {
		t.Error("a name reached the terminal raw")
	}
}
