package suites

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/rogueidp/rogueidp/suites/target"
)

// vectorFiles are the files of Wycheproof's layout that hold signatures, and
// vectorSchemas what each must say that it is.
var vectorFiles = []string{"json_web_signature_test.json", "json_web_key_test.json"}

var vectorSchemas = map[string]string{
	"json_web_signature_test.json": "json_web_signature_schema_v1.json",
	"json_web_key_test.json":       "json_web_key_schema_v1.json",
}

const (
	overridesFile  = "overrides.json"
	maxVectorBytes = 64 << 20
)

// VectorFile is one file of public test vectors.
type VectorFile struct {
	Name   string
	groups []vectorGroup
	rules  map[string]override
}

type vectorGroup struct {
	Comment string         `json:"comment"`
	Public  jsontext.Value `json:"public"`
	Private jsontext.Value `json:"private"`
	Tests   []vector       `json:"tests"`

	keys []vectorKey
}

type vector struct {
	ID      int            `json:"tcId"`
	Comment string         `json:"comment"`
	JWS     jsontext.Value `json:"jws"`
	Result  string         `json:"result"`
	Flags   []string       `json:"flags"`
}

// override is what stands beside a vector that is defective or contested.
type override struct {
	Action string `json:"action"` // exclude, policy or expect-invalid
	Why    string `json:"why"`
}

// ReadVectors reads the JWS and JWK vectors that lie in a folder in Wycheproof's
// layout, and overrides.json beside them if it is there. Errors name the file,
// and what is wrong in it.
func ReadVectors(folder string) ([]VectorFile, error) {
	rules := map[string]jsontext.Value{}
	err := readVectorJSON(filepath.Join(folder, overridesFile), &rules)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var files []VectorFile
	for _, name := range vectorFiles {
		f, err := readVectorFile(folder, name, rules[name])
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("%s holds neither %s nor %s; name the folder of Wycheproof's testvectors_v1", folder, vectorFiles[0], vectorFiles[1])
	}
	return files, nil
}

func readVectorFile(folder, name string, rules jsontext.Value) (VectorFile, error) {
	var text struct {
		Schema string        `json:"schema"`
		Count  int           `json:"numberOfTests"`
		Groups []vectorGroup `json:"testGroups"`
	}
	path := filepath.Join(folder, name)
	if err := readVectorJSON(path, &text); err != nil {
		return VectorFile{}, err
	}
	if text.Schema != vectorSchemas[name] {
		return VectorFile{}, fmt.Errorf("%s: its schema is %q, and %q is read", path, text.Schema, vectorSchemas[name])
	}
	f := VectorFile{Name: name, groups: text.Groups, rules: map[string]override{}}
	seen := map[string]bool{}
	for i := range f.groups {
		g := &f.groups[i]
		key := g.Public
		if key == nil {
			key = g.Private
		}
		if key == nil {
			return f, fmt.Errorf("%s: group %q has neither a public nor a private key", path, g.Comment)
		}
		var err error
		if g.keys, err = vectorKeys(key); err != nil {
			return f, fmt.Errorf("%s: the key of group %q: %w", path, g.Comment, err)
		}
		for _, v := range g.Tests {
			id := strconv.Itoa(v.ID)
			switch {
			case seen[id]:
				return f, fmt.Errorf("%s: tcId %s is there twice", path, id)
			case v.JWS == nil:
				return f, fmt.Errorf("%s: tcId %s has no jws", path, id)
			case !slices.Contains([]string{"valid", "invalid", "acceptable"}, v.Result):
				return f, fmt.Errorf("%s: tcId %s: result %q is none of valid, invalid, acceptable", path, id, v.Result)
			}
			seen[id] = true
		}
	}
	if len(seen) == 0 || len(seen) != text.Count {
		return f, fmt.Errorf("%s: it says that it holds %d tests, and holds %d", path, text.Count, len(seen))
	}
	if rules != nil {
		if err := json.Unmarshal(rules, &f.rules, json.RejectUnknownMembers(true)); err != nil {
			return f, fmt.Errorf("%s: %s: %w", filepath.Join(folder, overridesFile), name, err)
		}
	}
	for id, rule := range f.rules {
		if !seen[id] {
			return f, fmt.Errorf("%s: %s has no tcId %s", filepath.Join(folder, overridesFile), name, id)
		}
		if !slices.Contains([]string{"exclude", "policy", "expect-invalid"}, rule.Action) {
			return f, fmt.Errorf("%s: %s, tcId %s: action %q is none of exclude, policy, expect-invalid", filepath.Join(folder, overridesFile), name, id, rule.Action)
		}
	}
	return f, nil
}

// readVectorJSON reads a file of a stranger, which may be anything.
func readVectorJSON(path string, into any) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s is no file", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxVectorBytes+1))
	if err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	if len(text) > maxVectorBytes {
		return fmt.Errorf("%s is larger than %d MiB, which no vectors are", path, maxVectorBytes>>20)
	}
	if err := json.Unmarshal(text, into); err != nil {
		line := ""
		var syntax *jsontext.SyntacticError
		if errors.As(err, &syntax) {
			line = fmt.Sprintf(", line %d", 1+bytes.Count(text[:min(int(syntax.ByteOffset), len(text))], []byte("\n")))
		}
		return fmt.Errorf("%s%s: %w", path, line, err)
	}
	return nil
}

// How a vector came out.
const (
	VectorAgreed        = "agreed"
	VectorDisagreed     = "disagreed"
	VectorOverridden    = "overridden"     // left out, contested, or agreed with turned round
	VectorRecorded      = "recorded"       // "acceptable": either answer is right
	VectorNotApplicable = "not-applicable" // the target lacks what it takes
)

// A VectorResult is what a target said to one vector.
type VectorResult struct {
	File     string   `json:"file"`
	ID       int      `json:"tcId"`
	Comment  string   `json:"comment,omitempty"`
	Flags    []string `json:"flags,omitempty"`
	Outcome  string   `json:"outcome"`
	Expected string   `json:"expected"`      // valid, invalid or acceptable
	Got      string   `json:"got,omitempty"` // valid or invalid; empty where it was not asked
	// Why is the reason of an override, of what does not apply, or of the
	// target for its answer: its own words, raw.
	Why string `json:"why,omitempty"`
}

// PlayVectors asks a target about every vector of a file, one after another.
// An error means that the target could not be asked.
func PlayVectors(ctx context.Context, f VectorFile, t target.JWSVerifier) ([]VectorResult, error) {
	var results []VectorResult
	for _, g := range f.groups {
		for _, v := range g.Tests {
			if err := ctx.Err(); err != nil {
				return results, err
			}
			r := VectorResult{File: f.Name, ID: v.ID, Comment: v.Comment, Flags: v.Flags, Expected: v.Result}
			if err := f.play(ctx, &r, v, g.keys, t); err != nil {
				return results, fmt.Errorf("%s, tcId %d: %w", f.Name, v.ID, err)
			}
			results = append(results, r)
		}
	}
	return results, nil
}

func (f VectorFile) play(ctx context.Context, r *VectorResult, v vector, keys []vectorKey, t target.JWSVerifier) error {
	rule, overridden := f.rules[strconv.Itoa(v.ID)]
	switch rule.Action {
	case "exclude":
		r.Outcome, r.Why = VectorOverridden, rule.Why
		return nil
	case "expect-invalid":
		r.Expected = "invalid"
	}
	said, lacks, err := askVector(ctx, v.token(), keys, t)
	if err != nil {
		return err
	}
	if said.Answer == "" {
		r.Outcome, r.Why = VectorNotApplicable, lacks
		return nil
	}
	r.Got, r.Why = "invalid", said.Reason
	if said.Answer == target.Accept {
		r.Got = "valid"
	}
	switch {
	case rule.Action == "policy":
		r.Outcome, r.Why = VectorOverridden, rule.Why
	case r.Expected == "acceptable":
		r.Outcome = VectorRecorded
	case said.Answer == target.Unavailable:
		r.Outcome, r.Got = VectorDisagreed, "undecided"
	case r.Got != r.Expected:
		r.Outcome = VectorDisagreed
	case overridden:
		r.Outcome, r.Why = VectorOverridden, rule.Why
	default:
		r.Outcome = VectorAgreed
	}
	return nil
}

// token is what is presented: a compact JWS, or a JSON serialization as it
// stands.
func (v vector) token() string {
	var text string
	if json.Unmarshal(v.JWS, &text) != nil {
		return string(v.JWS)
	}
	return text
}

// vectorKey is a JWK with the algorithms to pin for it.
type vectorKey struct {
	jwk  jsontext.Value
	algs []string
}

var algsOfKind = map[string][]string{
	"RSA": {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"},
	"EC":  {"ES256", "ES384", "ES512"},
	"oct": {"HS256", "HS384", "HS512"},
	"OKP": {"EdDSA", "Ed25519"},
}

// vectorKeys are the keys of a JWK or of a JWK set. The algorithm that is
// pinned is the key's own; where a key has none, or one that signs nothing, it
// is each of its kind in turn, so that the key itself is what is judged.
func vectorKeys(text jsontext.Value) ([]vectorKey, error) {
	var set struct {
		Keys []jsontext.Value `json:"keys"`
	}
	if err := json.Unmarshal(text, &set); err != nil {
		return nil, err
	}
	if set.Keys == nil {
		set.Keys = []jsontext.Value{text}
	}
	if len(set.Keys) == 0 {
		return nil, errors.New("the set is empty")
	}
	var keys []vectorKey
	for _, jwk := range set.Keys {
		var about struct {
			Alg string `json:"alg"`
			Kty string `json:"kty"`
		}
		if err := json.Unmarshal(jwk, &about); err != nil {
			return nil, err
		}
		k := vectorKey{jwk: jwk, algs: algsOfKind[about.Kty]}
		for _, family := range algsOfKind {
			if slices.Contains(family, about.Alg) {
				k.algs = []string{about.Alg}
			}
		}
		if k.algs == nil {
			return nil, fmt.Errorf("kty %q is none of RSA, EC, oct, OKP", about.Kty)
		}
		keys = append(keys, k)
	}
	return keys, nil
}

// askVector accepts what any of the keys verifies, as one that holds them all
// would. No answer means that the target has none of the algorithms.
func askVector(ctx context.Context, token string, keys []vectorKey, t target.JWSVerifier) (said target.Verdict, lacks string, err error) {
	for _, k := range keys {
		for _, alg := range k.algs {
			if !slices.Contains(t.JWSAlgs(), alg) {
				lacks = fmt.Sprintf("algorithm %s not supported", alg)
				continue
			}
			v, err := t.VerifyJWS(ctx, []byte(k.jwk), alg, token)
			var unsupported *target.Unsupported
			if errors.As(err, &unsupported) {
				lacks = unsupported.Why
				continue
			}
			if err != nil || v.Answer == target.Accept {
				return v, "", err
			}
			if said.Answer != target.Unavailable {
				said = v
			}
		}
	}
	return said, lacks, nil
}

// OpenSignatures reaches the target of a spelling that is asked about signatures
// alone. The error says what is wrong with the spelling, why the target did not
// answer, or that it cannot be asked so. shut ends whatever was started.
func OpenSignatures(ctx context.Context, spec string, reach target.Options) (t target.JWSVerifier, shut func(), err error) {
	opened, err := target.Open(ctx, spec, reach)
	if err != nil {
		return nil, nil, err
	}
	t, err = target.Signatures(opened)
	if err != nil {
		_ = opened.Close()
		return nil, nil, err
	}
	return t, func() { _ = opened.Close() }, nil
}
