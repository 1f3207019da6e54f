package validator_test

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/rogueidp/rogueidp/validator"
)

// vectors is where C2SP/wycheproof lies, seen from this folder.
const vectors = "../../shared/vectors/wycheproof"

// vectorFile is the part of a wycheproof file that is read here.
type vectorFile struct {
	TestGroups []struct {
		Comment string         `json:"comment"`
		Public  jsontext.Value `json:"public"`
		Private jsontext.Value `json:"private"`
		Tests   []struct {
			ID      int            `json:"tcId"`
			Comment string         `json:"comment"`
			JWS     jsontext.Value `json:"jws"`
			Result  string         `json:"result"`
		} `json:"tests"`
	} `json:"testGroups"`
}

// overrides say which vectors are contested, by file and number.
type overrides struct {
	Signature map[string]override `json:"json_web_signature_test.json"`
	Key       map[string]override `json:"json_web_key_test.json"`
}

type override struct {
	Action string `json:"action"`
}

func TestWycheproof(t *testing.T) {
	if _, err := os.Stat(vectors); err != nil {
		t.Skipf("no public vectors in %s", vectors)
	}
	var rules overrides
	load(t, "overrides.json", &rules)
	for name, rules := range map[string]map[string]override{
		"json_web_signature_test.json": rules.Signature, "json_web_key_test.json": rules.Key, "json_web_crypto_test.json": nil,
	} {
		var file vectorFile
		load(t, name, &file)
		judged := 0
		for _, group := range file.TestGroups {
			key := group.Public
			if key == nil {
				key = group.Private
			}
			for _, test := range group.Tests {
				rule := rules[strconv.Itoa(test.ID)].Action
				if test.JWS == nil || rule == "exclude" || rule == "policy" || contested(name, group.Comment) {
					continue // encryption, or opinions differ
				}
				judged++
				valid := test.Result == "valid" && rule != "expect-invalid"
				if err := verifyVector(key, test.JWS); (err == nil) != valid {
					t.Errorf("%s, %d, %s: got %v, want valid %v", name, test.ID, test.Comment, err, valid)
				}
			}
		}
		t.Logf("%s: %d vectors judged", name, judged)
	}
}

// contested holds groups of the oldest file that overrides.json knows from
// the newer ones only.
func contested(file, group string) bool {
	return file == "json_web_crypto_test.json" && (group == "jws_mixedSymmetryKeyset" || group == "jws_rsa_roca_key")
}

func load(t *testing.T, name string, into any) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(vectors, name))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatal(err)
	}
}

// verifyVector pins the algorithm that the key is for; a key set is searched
// by trying each of its keys.
func verifyVector(key, jws jsontext.Value) error {
	var text string
	if json.Unmarshal(jws, &text) != nil {
		text = string(jws) // a JSON serialization, as it stands
	}
	var set struct {
		Keys []jsontext.Value `json:"keys"`
	}
	if err := json.Unmarshal(key, &set); err != nil {
		return err
	}
	if set.Keys == nil {
		set.Keys = []jsontext.Value{key}
	}
	var err error
	for _, jwk := range set.Keys {
		var about struct {
			Alg string `json:"alg"`
			Kty string `json:"kty"`
		}
		if err := json.Unmarshal(jwk, &about); err != nil {
			return err
		}
		algs := []string{about.Alg}
		if about.Alg == "" {
			algs = map[string][]string{
				"RSA": {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"}, "EC": {"ES256", "ES384", "ES512"}, "oct": {"HS256", "HS384", "HS512"},
			}[about.Kty]
		}
		if _, err = validator.VerifyJWS(text, []byte(jwk), algs...); err == nil {
			return nil
		}
	}
	return err
}
