package mutants_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rogueidp/rogueidp/validator"
	"github.com/rogueidp/rogueidp/validator/internal/issuertest"
	"github.com/rogueidp/rogueidp/validator/mutants"
)

const issuerURL = "https://issuer.example"

// validatorsDay is longer than any key set is kept.
const validatorsDay = 25 * time.Hour

// A bench is where a validator is tried.
type bench struct {
	t    *testing.T
	p    *issuertest.Provider
	make func(configs ...validator.Config) (*validator.Validator, error)
}

func (b *bench) start(changes ...func(*validator.Config)) *validator.Validator {
	b.t.Helper()
	v, err := b.make(b.config(changes...))
	if err != nil {
		b.t.Fatal(err)
	}
	return v
}

func (b *bench) config(changes ...func(*validator.Config)) validator.Config {
	c := validator.Config{Issuer: b.p.URL, ClientID: issuertest.ClientID, Clock: b.p.Clock, HTTPClient: b.p.Client()}
	for _, change := range changes {
		change(&c)
	}
	return c
}

// accepts tells whether a fresh validator, used to honest tokens, accepts a
// token.
func (b *bench) accepts(token string, options ...validator.Option) bool {
	v := b.start()
	_, _ = v.Validate(b.t.Context(), b.p.Token())
	_, err := v.Validate(b.t.Context(), token, options...)
	return err == nil
}

// TestMutants tries each mutant, and the reference beside it, with what the
// mutant is known to get wrong. Both accept honest tokens.
func TestMutants(t *testing.T) {
	families := strings.Fields("parse alg header kid key signature issuer audience time nonce claims type hash keyset rotation flood cache network discovery encryption")
	for _, m := range mutants.All() {
		t.Run(m.Name, func(t *testing.T) {
			if m.Forgets == "" || !contains(families, m.Family) {
				t.Errorf("%+v is not complete", m)
			}
			wrong := faults[m.Name]
			if wrong == nil {
				t.Fatal("no test knows what this mutant gets wrong")
			}
			for name, make := range map[string]func(...validator.Config) (*validator.Validator, error){
				"reference": func(c ...validator.Config) (*validator.Validator, error) { return validator.New(c[0], c[1:]...) },
				"mutant":    func(c ...validator.Config) (*validator.Validator, error) { return mutants.New(m.Name, c...) },
			} {
				synctest.Test(t, func(t *testing.T) {
					b := &bench{t: t, p: issuertest.New(issuerURL), make: make}
					for _, honest := range []string{
						b.p.Token(), b.p.Token(issuertest.SignedBy(issuertest.EC("ec-1"))), b.p.Token(issuertest.Header("typ", nil)),
						b.p.Token(issuertest.Claim("aud", []string{issuertest.ClientID})),
					} {
						if !b.accepts(honest) {
							t.Errorf("the %s refuses an honest token", name)
						}
					}
					if got, want := wrong(b), name == "mutant"; got != want {
						t.Errorf("the %s misbehaves: %v, want %v", name, got, want)
					}
					// Whoever waits for the end of a key set is gone by then.
					<-time.After(validatorsDay)
				})
			}
		})
	}
	for name := range faults {
		if _, err := mutants.New(name, validator.Config{Issuer: issuerURL, ClientID: "a"}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func contains(list []string, one string) bool {
	for _, other := range list {
		if other == one {
			return true
		}
	}
	return false
}

func TestUnknownMutant(t *testing.T) {
	if _, err := mutants.New("no such mutant", validator.Config{}); err == nil {
		t.Error("an unknown mutant was made")
	}
	if _, err := mutants.VerifyJWS("no such mutant", "", nil); err == nil {
		t.Error("an unknown mutant was made")
	}
	if _, err := mutants.New("no-signature", validator.Config{}); err == nil {
		t.Error("a mutant took a configuration that the reference refuses")
	}
}

func TestNamesAreUnique(t *testing.T) {
	seen := make(map[string]bool)
	for _, m := range mutants.All() {
		if seen[m.Name] {
			t.Errorf("there are two mutants %s", m.Name)
		}
		seen[m.Name] = true
	}
}

func TestSuspectsExist(t *testing.T) {
	known := make(map[string]bool)
	for _, m := range mutants.All() {
		known[m.Name] = true
	}
	for _, d := range mutants.Decrypters() {
		known[d.Name] = true
	}
	for row, name := range mutants.Suspects() {
		if !known[name] {
			t.Errorf("%s suspects %q, who is nobody", row, name)
		}
	}
}

func TestVerifyJWS(t *testing.T) {
	key := issuertest.RSA("k")
	enc := strings.Replace(key.JWK(), `"sig"`, `"enc"`, 1)
	jws := (&issuertest.Token{RawHeader: `{"alg":"RS256"}`, RawClaims: "x", Key: key}).Compact()
	if _, err := validator.VerifyJWS(jws, enc); err == nil {
		t.Error("the reference took an encryption key")
	}
	if _, err := mutants.VerifyJWS("encryption-keys", jws, enc); err != nil {
		t.Error(err)
	}
}
