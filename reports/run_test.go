package reports

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares text with a file under testdata.
func golden(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; go test ./reports -update writes it", err)
	}
	if text != string(want) {
		t.Errorf("%s is no longer what it was; look at what changed, then go test ./reports -update\n%s", path, text)
	}
}

// outcome makes a result of a row as the engine would.
func outcome(o Outcome, id, title string, change func(*Result)) Result {
	family, _, _ := cutID(id)
	r := Result{
		Target: "gatekeeper", ID: id, Title: title, Family: family, Check: slices.Index(checks[:], family),
		Profile: "id-token", Core: true, Level: "must", Severity: "high", Outcome: o,
		Want: "reject", Got: "reject", Clock: "message", Took: Duration(12345 * time.Microsecond),
		Cites: []string{"RFC 7515 5.2 MUST"}, Says: []string{"What cannot be verified is rejected."},
		Provider: json.RawMessage(`[{"token.sign-with":{"alg":"none"}}]`),
		Replay:   "rogueidp run --target exec:./gatekeeper --only " + id + " --seed 1",
	}
	if r.Check < 0 {
		r.Check = 4
	}
	if change != nil {
		change(&r)
	}
	return r
}

func cutID(id string) (family, name string, found bool) {
	for i := range id {
		if id[i] == '.' {
			return id[:i], id[i+1:], true
		}
	}
	return id, "", false
}

// sampleRun has one of everything.
func sampleRun() Run {
	waiver := Waived{
		Scenario: "audience.azp-other", Reason: "we have one client, and azp is ours", Owner: "ines@example.com", Expires: "2026-12-01",
	}
	outlived := Waived{
		Scenario: "time.nbf-future", Reason: "clock drift in the old cluster", Owner: "sam@example.com", Expires: "2026-11-15",
	}
	results := []Result{
		outcome(Pass, "parse.two-periods", "refuses a token of two parts", nil),
		outcome(Fail, "alg.none-empty-sig", "refuses a token that nobody signed", func(r *Result) {
			r.Got, r.Reason, r.Floor, r.Severity = "accept", Hear("sub=alice"), true, "critical"
			r.Cites = []string{"RFC 8725 3.1 MUST", "OIDC Core 3.1.3.7 (6) MUST"}
			r.Says = []string{"the algorithm is the verifier's choice", "the signature is checked"}
		}),
	}
	for i, name := range []string{"none-last", "symbols-in-header", "crlf", "trailing-bits", "padded", "padded-twice"} {
		o := Pass
		if i < 3 {
			o = Fail
		}
		results = append(results, outcome(o, "parse.base64url", "refuses base64url that is not strict, however it is decoded elsewhere", func(r *Result) {
			r.Case, r.Severity = name, "medium"
			r.Cites = []string{"RFC 7515 2 MUST", "RFC 7515 5.2 (2) MUST", "RFC 4648 3.3 MUST", "RFC 4648 3.5 MAY"}
			r.Says = []string{"Base64url has no white space, no line breaks and no padding, and nothing that is not of its alphabet is skipped."}
			r.Provider = json.RawMessage(`[{"token.respell-segment":{"segment":"header","how":"` + name + `"}}]`)
			r.Replay = strings.Replace(r.Replay, r.ID, r.Name(), 1)
			if o == Fail {
				r.Got, r.Reason = "accept", Hear(`sub="alice" from a token of `+name)
				r.Because = "the signature is over what was sent, so no other token is let in, but two spellings are one"
			}
		}))
	}
	results = append(results,
		outcome(Broken, "keyset.slow-honest", "waits for a key set that takes a second", func(r *Result) {
			r.Check, r.Want, r.Got, r.Severity = 3, "accept", "crash", "high"
			r.Provider = json.RawMessage(`[{"reply.stall":{"endpoint":"keyset","for":"1s"}}]`)
			r.Because = "ten restarts in a row without an honest token accepted"
			r.Cites, r.Says = []string{"practice: a slow answer is an answer"}, nil
			r.Reason = Hear("panic: runtime error: invalid memory address or nil pointer dereference [signal SIGSEGV: segmentation violation code=0x1 addr=0x18 pc=0x6f2a4c]")
		}),
		outcome(Warn, "key.odd-one-out", "keeps the good keys of a set in which one is odd", func(r *Result) {
			r.Level, r.Want, r.Got, r.Reason, r.Severity = "should", "accept", "reject", Hear("unsupported key type \"AKP\""), "medium"
			r.Cites, r.Says = []string{"RFC 7517 5 SHOULD"}, []string{"Keys of a type that is not understood are ignored."}
			r.Code = "key-set"
		}),
		outcome(Flaky, "flood.unknown-kid", "spends no more than three fetches in thirty seconds on unknown kids", func(r *Result) {
			r.Check, r.Level, r.Want, r.Got = 3, "hardening", "reject, at most 3 fetches", "reject, 4 fetches"
			r.Because = "alone it came out otherwise, twice"
			r.Core = false
		}),
		outcome(Recorded, "kid.unknown-honest", "says what it does about an honest key under another kid", func(r *Result) {
			r.Level, r.Want, r.Severity = "info", "either", "low"
		}),
	)
	for _, name := range []string{"array", "array-of-one", "nested"} {
		results = append(results, outcome(Recorded, "audience.shapes", "says which shapes of aud it takes", func(r *Result) {
			r.Case, r.Level, r.Want, r.Got, r.Severity = name, "info", "either", "accept", "low"
		}))
	}
	results = append(results,
		outcome(Waiving, "audience.azp-other", "refuses an azp that is somebody else", func(r *Result) {
			r.Got, r.Waived = "accept", &waiver
		}),
		outcome(Stale, "time.nbf-future", "refuses a token before its nbf", func(r *Result) { r.Waived = &outlived }),
		outcome(Unsupported, "nonce.other", "refuses another sign-in's nonce", func(r *Result) {
			r.Got, r.Feature, r.Because = "unsupported", "nonce", "the target does not say that it can nonce"
			r.Incomplete = true
		}),
		outcome(Unsupported, "nonce.absent", "refuses a token without the nonce that was sent", func(r *Result) {
			r.Got, r.Feature = "unsupported", "nonce"
		}),
		outcome(Unexercised, "keyset.duplicate-kid", "copes with two keys of one kid", func(r *Result) {
			r.Incomplete = true
			r.Check, r.Got, r.Because = 3, "", "the key set was never fetched, so the fault was not served"
		}),
		outcome(NotApplicable, "alg.ok-matrix", "accepts an honest token of each algorithm it is set to", func(r *Result) {
			r.Case, r.Got, r.Because = "ES512", "", "it does not claim ES512"
		}),
		outcome(Pass, "issuer.trailing-slash", "refuses an issuer with a slash more", nil),
		outcome(Pass, "rotation.new-kid", "learns a rotated key when it meets an unfamiliar kid", func(r *Result) { r.Core = false }),
	)
	run := Run{
		Schema: Schema, Seed: 1, Started: time.Date(2026, 11, 23, 18, 0, 0, 0, time.UTC), Took: Duration(41*time.Second + 234*time.Millisecond),
		Tool: Tool{Name: "rogueidp", Version: "0.1.0", Catalogue: "sha256:9f2c", Scenarios: 483},
		Asked: Asked{
			Preset: "rotation", Require: map[string]string{"outage": "0s", "learn": "35s"}, Hazard: "none",
			MaxWait: Duration(40 * time.Second), Selected: 171,
		},
		Incomplete: []string{"nonce.other", "keyset.duplicate-kid"},
		Targets: []Target{{
			Name: "gatekeeper", Version: "2.4.1", Language: "go", Runtime: "go1.26", Homepage: "https://example.com/gatekeeper",
			Configuration: "default", Profile: "id-token", Algs: []string{"RS256", "ES256"},
			Can: []string{"discovery", "clock", "claims"}, Declares: map[string]string{"leeway": "60s"},
		}},
		Results: results,
		Stale: []Waived{outlived, {
			Scenario: "parse.five-parts", Reason: "a proxy in front refuses them", Owner: "ines@example.com", Expires: "2026-12-01",
		}},
	}
	run.Conclude()
	return run
}
