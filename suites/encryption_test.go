package suites

import (
	"context"
	"slices"
	"testing"

	"github.com/rogueidp/rogueidp/reports"
	"github.com/rogueidp/rogueidp/scenarios"
	"github.com/rogueidp/rogueidp/validator/mutants"
)

// TestEncryptionIsProven plays the family encryption on the decrypters: the
// honest one passes every case, and every row that a target can miss is missed
// by one of the weak ones.
func TestEncryptionIsProven(t *testing.T) {
	missed := map[string]string{}
	var rows []scenarios.Scenario
	for i, d := range mutants.Decrypters() {
		o := Options{Seed: 1, Profile: scenarios.JWE, Filter: "encryption"}
		way := reach()
		way.Profile = string(o.Profile)
		p, err := Meet(context.Background(), "go:mutant/"+d.Name, way, o)
		if err != nil {
			t.Fatal(err)
		}
		defer p.Close()
		if wrong := p.Preflight(context.Background()); wrong != "" {
			t.Fatalf("%s: %s", d.Name, wrong)
		}
		if rows, err = Pick(o); err != nil {
			t.Fatal(err)
		}
		for _, s := range rows {
			if slices.Contains([]string{"encryption.zip-bomb", "encryption.p2c-huge", "encryption.nesting-depth"}, s.ID) {
				continue // takes a process of its own: the script run-encrypted plays them
			}
			for _, r := range p.Play(context.Background(), s) {
				miss := r.Outcome == reports.Fail || r.Outcome == reports.Warn
				switch {
				case i == 0 && (miss || r.Outcome != reports.Pass && r.Outcome != reports.Recorded):
					t.Errorf("%s: %s/%s came out as %s: got %s, %s", d.Name, r.ID, r.Case, r.Outcome, r.Got, r.Because)
				case miss:
					missed[r.ID] = d.Name
				}
			}
		}
	}
	for _, s := range rows {
		inJWE := slices.ContainsFunc(s.Played(), func(c scenarios.Case) bool { _, ok := s.Applies(scenarios.JWE, c); return ok })
		// Nobody here has the issuer's own private key; a mutant of the profile
		// id-token does without.
		elsewhere := s.ID == "encryption.with-verification-key"
		if inJWE && !s.Alone() && !elsewhere && s.Level != scenarios.Info && s.ID != "encryption.nested-ok" && missed[s.ID] == "" {
			t.Errorf("no decrypter misses %s", s.ID)
		}
	}
	for _, one := range []struct{ mutant, id string }{
		{"passes-on-encrypted", "encryption.with-verification-key"}, {"passes-on-encrypted", "encryption.segments"},
		{"believes-enc", "encryption.enc-header-on-jws"}, {"reference", ""},
	} {
		o := Options{Seed: 1, Filter: "encryption"}
		spec := "go:mutant/" + one.mutant
		if one.mutant == "reference" {
			spec = "go:reference"
		}
		p, err := Meet(context.Background(), spec, reach(), o)
		if err != nil {
			t.Fatal(err)
		}
		defer p.Close()
		found, played := false, 0
		for _, s := range rows {
			for _, r := range p.Play(context.Background(), s) {
				played++
				miss := r.Outcome != reports.Pass
				found = found || miss && r.ID == one.id
				if miss && one.id == "" {
					t.Errorf("the reference: %s/%s came out as %s", r.ID, r.Case, r.Outcome)
				}
			}
		}
		if !found && one.id != "" || played == 0 {
			t.Errorf("%s does not miss %s, of %d cases", one.mutant, one.id, played)
		}
	}
}
