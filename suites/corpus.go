package suites

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // for the schema
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/mockidp/fault"
	"github.com/rogueidp/rogueidp/scenarios"
)

//go:embed corpus.schema.json
var corpusSchema []byte

// CorpusJSONSchema is the JSON Schema of the files of a corpus, draft 2020-12,
// with a sentence for each member. The caller may change what it gets.
func CorpusJSONSchema() []byte { return bytes.Clone(corpusSchema) }

// What the files of a corpus say they are, and its manifest.
const (
	CorpusFormat         = "rogueidp.corpus/1"
	CorpusManifestFormat = "rogueidp.corpus-manifest/1"
	// CorpusManifestFile is the name of the manifest.
	CorpusManifestFile = "manifest.json"
)

const corpusNotice = "For testing only. Anybody can derive the private keys of this corpus from its seed: trust none of them anywhere."

// corpusNow is the moment at which every case is judged, and corpusLeeway what
// it allows for clocks that differ: as much as the catalogue assumes of a
// target that declares nothing.
var corpusNow = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

const corpusLeeway = 5 * time.Minute

// corpusAlgs are the algorithms of a corpus, in the order in which a row takes
// the first that fits.
var corpusAlgs = []string{"RS256", "ES256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES384", "ES512", "EdDSA", "HS256", "Ed25519"}

// A CorpusManifest says what a corpus holds and what it left out.
type CorpusManifest struct {
	Schema   string               `json:"schema"`
	Notice   string               `json:"notice"`
	Seed     int64                `json:"seed"`
	Now      time.Time            `json:"now"`
	Cases    int                  `json:"cases"`
	Files    []CorpusManifestPart `json:"files"`
	LeftOut  int                  `json:"leftOut"` // cases of the catalogue
	Omitting []CorpusOmission     `json:"omitting"`
}

// A CorpusManifestPart is one file of a corpus.
type CorpusManifestPart struct {
	File   string `json:"file"`
	Family string `json:"family"`
	Cases  int    `json:"cases"`
	SHA256 string `json:"sha256"`
}

// A CorpusOmission is what was left out for one reason.
type CorpusOmission struct {
	Why       string   `json:"why"`
	Cases     int      `json:"cases"`
	Scenarios []string `json:"scenarios"` // with the case, where the row has several
}

// A CorpusFamily is the cases of one family.
type CorpusFamily struct {
	Schema string       `json:"schema"`
	Notice string       `json:"notice"`
	Family string       `json:"family"`
	Cases  []CorpusCase `json:"cases"`
}

// A CorpusCase is one token, what a validator knows when it gets it, and what
// it must say.
type CorpusCase struct {
	ID       string                                   `json:"id"` // scenario/case:alg, unique
	Scenario string                                   `json:"scenario"`
	Case     string                                   `json:"case,omitempty"`
	Title    string                                   `json:"title"`
	Check    string                                   `json:"check"`
	Profile  scenarios.Profile                        `json:"profile"`
	Expect   scenarios.Answer                         `json:"expect"`            // accept, reject or either
	Subject  string                                   `json:"subject,omitempty"` // that an accept must return
	Level    scenarios.Level                          `json:"level"`
	Claiming map[scenarios.Capability]scenarios.Level `json:"levelClaiming,omitempty"`
	Severity scenarios.Severity                       `json:"severity"`
	Hazard   scenarios.Hazard                         `json:"hazard"`
	Cites    []scenarios.Citation                     `json:"cites"`
	Needs    []scenarios.Capability                   `json:"needs,omitempty"`
	Why      string                                   `json:"why,omitempty"`
	Faults   json.RawMessage                          `json:"faults"`
	Config   CorpusConfig                             `json:"config"`
	KeySet   string                                   `json:"keySet"` // the text that the provider serves
	Token    string                                   `json:"token"`
}

// A CorpusConfig is what a validator is told before it sees the token.
type CorpusConfig struct {
	Issuer       string    `json:"issuer"`
	ClientID     string    `json:"clientID"`
	ClientSecret string    `json:"clientSecret,omitempty"`
	Audiences    []string  `json:"trustedAudiences,omitempty"`
	Nonce        string    `json:"nonce,omitempty"`
	Now          time.Time `json:"now"`
	Leeway       string    `json:"leeway"` // a Go duration
	Algorithms   []string  `json:"algorithms"`
}

// A CorpusFile is a file of a corpus, ready to be written.
type CorpusFile struct {
	Name  string
	Bytes []byte
}

// MakeCorpus makes the cases of our catalogue that are one token under one key
// set, as files: one for each family and the manifest, which comes last. The
// same seed makes the same bytes.
func MakeCorpus(seed int64) ([]CorpusFile, CorpusManifest, error) {
	manifest := CorpusManifest{
		Schema: CorpusManifestFormat, Notice: corpusNotice, Seed: seed, Now: corpusNow,
		Files: []CorpusManifestPart{}, Omitting: []CorpusOmission{},
	}
	families, out, err := corpusCases(seed)
	if err != nil {
		return nil, manifest, err
	}
	var files []CorpusFile
	for _, f := range families {
		raw, err := fault.Indented(f)
		if err != nil {
			return nil, manifest, err
		}
		sum := sha256.Sum256(raw)
		name := f.Family + ".json"
		files = append(files, CorpusFile{name, raw})
		manifest.Files = append(manifest.Files, CorpusManifestPart{name, f.Family, len(f.Cases), hex.EncodeToString(sum[:])})
		manifest.Cases += len(f.Cases)
	}
	for _, o := range out {
		o.Cases = len(o.Scenarios)
		manifest.LeftOut += o.Cases
		manifest.Omitting = append(manifest.Omitting, *o)
	}
	raw, err := fault.Indented(manifest)
	return append(files, CorpusFile{CorpusManifestFile, raw}), manifest, err
}

// corpusCases goes through the catalogue.
func corpusCases(seed int64) ([]CorpusFamily, []*CorpusOmission, error) {
	idp := mockidp.NewCorpus(seed, corpusNow)
	var families []CorpusFamily
	var out []*CorpusOmission
	leave := func(name, why string) {
		i := slices.IndexFunc(out, func(o *CorpusOmission) bool { return o.Why == why })
		if i < 0 {
			i, out = len(out), append(out, &CorpusOmission{Why: why})
		}
		out[i].Scenarios = append(out[i].Scenarios, name)
	}
	for _, s := range scenarios.All() {
		for _, c := range s.Played() {
			name := s.ID
			if c.Name != "" {
				name += "/" + c.Name
			}
			still, why := stillOf(s, c)
			if why != "" {
				leave(name, why)
				continue
			}
			made := 0
			why = "no algorithm of the corpus fits it"
			for _, alg := range still.algs {
				one, err := still.write(idp, name+":"+alg, alg)
				var left *leftOut
				switch {
				case errors.As(err, &left):
					why = left.why
					continue
				case err != nil:
					return nil, nil, fmt.Errorf("%s with %s: %w", name, alg, err)
				}
				if n := len(families); n == 0 || families[n-1].Family != s.Family() {
					families = append(families, CorpusFamily{Schema: CorpusFormat, Notice: corpusNotice, Family: s.Family()})
				}
				f := &families[len(families)-1]
				f.Cases = append(f.Cases, one)
				made++
			}
			if made == 0 {
				leave(name, why)
			}
		}
	}
	return families, out, nil
}

// leftOut is a case that turned out to be none for a corpus.
type leftOut struct{ why string }

func (e *leftOut) Error() string { return e.why }

// write mints the token of a case and writes down all that belongs to it.
func (st *still) write(idp *mockidp.Provider, name, alg string) (CorpusCase, error) {
	s := st.row
	cfg := mockidp.TenantConfig{
		Scenario: name, Algs: []string{alg, secondAlg(alg)}, Kind: kindFor(st.profile),
		Slash: st.party.Slash, ClientID: st.party.ClientID, KID: st.party.KID,
		Facts: map[string]string{},
	}
	for _, fact := range []string{"leeway", "leeway.exp", "leeway.nbf", "leeway.iat"} {
		cfg.Facts[fact] = corpusLeeway.String()
	}
	tenant, err := idp.Tenant(cfg)
	if err != nil {
		return CorpusCase{}, err
	}
	defer tenant.Close()
	if err := tenant.Misbehave(fault.Elsewhere(st.faults)...); err != nil {
		return CorpusCase{}, err
	}
	request := mockidp.Request{Alg: alg, Faults: fault.OfToken(st.faults)}
	if st.signs != "" {
		request.Alg = st.signs
	}
	if st.profile == scenarios.IDToken {
		request.Nonce = "N-" + tenant.Word()
	}
	m, err := tenant.Mint(request)
	if errors.Is(err, mockidp.ErrEncryptedCorpus) {
		return CorpusCase{}, &leftOut{encrypted}
	}
	if err != nil {
		return CorpusCase{}, err
	}
	if f := idle(m, request.Faults); f != "" && st.expect.Answer != scenarios.Accept.Answer {
		return CorpusCase{}, &leftOut{"a fault of it changes nothing here"}
	}
	keySet, err := tenant.Served(mockidp.KeySet)
	if err != nil {
		return CorpusCase{}, err
	}
	if !utf8.ValidString(m.Token) || !utf8.Valid(keySet) {
		return CorpusCase{}, &leftOut{"its token is octets that no JSON text can hold"}
	}
	if len(m.Token)+len(keySet) > corpusMost {
		return CorpusCase{}, &leftOut{tooLarge}
	}
	faults, err := fault.Marshal(st.faults)
	if err != nil {
		return CorpusCase{}, err
	}
	if st.faults == nil {
		faults = []byte("[]")
	}
	want := st.expect
	subject, err := fault.ExpandText(want.Sub, tenant.Fact)
	if err != nil {
		return CorpusCase{}, err
	}
	one := CorpusCase{
		ID: name, Scenario: s.ID, Case: st.play.Name, Title: s.Title, Check: s.Check.String(), Profile: st.profile,
		Expect: want.Answer, Subject: subject, Level: st.level, Severity: s.Severity, Hazard: s.Hazard, Cites: s.Cites,
		Needs: append(slices.Clone(s.Needs), st.play.Needs...), Why: joinWhy(s.Why, st.play.Why), Faults: faults,
		Config: CorpusConfig{
			Issuer: tenant.Issuer(), ClientID: tenant.ClientID(), Nonce: request.Nonce, Now: corpusNow,
			Leeway: corpusLeeway.String(), Algorithms: append([]string{alg}, s.Also...),
		},
		KeySet: string(keySet), Token: m.Token,
	}
	if st.play.Level == "" {
		one.Claiming = s.Claiming
	}
	if want.Answer == scenarios.NotAccept.Answer {
		one.Expect = scenarios.Reject.Answer // there is no fetch that could fail
	}
	if st.unasked {
		one.Config.Nonce = ""
	}
	if slices.ContainsFunc(one.Config.Algorithms, func(a string) bool { return mockidp.KeyType(a) == "oct" }) ||
		slices.Contains(one.Needs, "client-secret") {
		one.Config.ClientSecret = tenant.ClientSecret()
	}
	if st.party.Trusts != "" {
		one.Config.Audiences = []string{st.party.Trusts}
	}
	return one, nil
}

func joinWhy(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " ")
}
