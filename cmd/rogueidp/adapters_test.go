package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogueidp/rogueidp/reports"
	"github.com/rogueidp/rogueidp/suites/target"
)

// selection is rows of every kind on which the adapters' libraries differ:
// tokens, key sets, rotation, floods.
const selection = "alg || key || time || audience || rotation.new-kid || flood.random-kid || parse.b64-newline-sig || parse.case-claims-shadow"

// TestAdapters runs the program against validators that nobody here wrote. No
// result may be the harness's own error, a second run has to come to the same,
// and the command under each finding has to find it again.
func TestAdapters(t *testing.T) {
	if testing.Short() {
		t.Skip("not run: whole runs against the adapters take a minute")
	}
	adapters, err := filepath.Abs("../../validator/thirdparty")
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(t.TempDir(), "rogueidp")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	for _, a := range []struct {
		name, target string
		needs        []string // what has to be there
		finds        string   // a defect on record
		clock        string   // how time is moved for it
	}{
		{"go-oidc", "exec:" + filepath.Join(adapters, "go-oidc/bin/go-oidc"), []string{"go-oidc/bin/go-oidc"}, "parse.case-claims-shadow", "message"},
		{"jose", "exec:node " + filepath.Join(adapters, "jose/adapter.mjs"), []string{"jose/node_modules/jose"}, "parse.b64-newline-sig", "faketime wall"},
		{"jwks-rsa", "exec:node " + filepath.Join(adapters, "jwks-rsa/adapter.mjs"), []string{"jwks-rsa/node_modules/jwks-rsa"}, "key.alg-mismatch", "faketime both"},
	} {
		t.Run(a.name, func(t *testing.T) {
			t.Parallel()
			for _, need := range a.needs {
				if _, err := os.Stat(filepath.Join(adapters, need)); err != nil {
					missing(t, "adapters", need+" is not set up; make adapters does it")
				}
			}
			first := runAgainst(t, program, "run", "--target", a.target, "--filter", selection)
			if first.Exit() != exitMiss {
				t.Errorf("exit %d, want %d", first.Exit(), exitMiss)
			}
			var found bool
			seen := map[string]reports.Outcome{}
			for _, r := range first.Results {
				seen[r.Name()] = r.Outcome
				found = found || r.ID == a.finds && r.Outcome == reports.Fail
				if r.ID == "rotation.new-kid" && r.Clock != a.clock {
					if a.clock != "message" && target.FindFaketime() == "" {
						missing(t, "faketime", "libfaketime is not installed")
					}
					t.Errorf("%s: its clock was %s, not %s", r.Name(), r.Clock, a.clock)
				}
				if r.Outcome == reports.Error || r.Outcome == reports.Broken {
					t.Errorf("%s: %s (%s)", r.Name(), r.Outcome, r.Because)
				}
			}
			if !found {
				t.Errorf("%s was not found", a.finds)
			}
			for _, r := range runAgainst(t, program, "run", "--target", a.target, "--filter", selection).Results {
				if was := seen[r.Name()]; was != r.Outcome {
					t.Errorf("%s: %s the first time, %s the second", r.Name(), was, r.Outcome)
				}
			}
			for _, r := range first.Misses() {
				line := strings.Replace(r.Replay, "rogueidp ", program+" ", 1)
				again := runAgainst(t, "sh", "-c", line+` "$@"`, "sh")
				if len(again.Results) == 0 || again.Results[0].Outcome != r.Outcome || again.Results[0].Name() != r.Name() {
					t.Errorf("%s does not find %s again", r.Replay, r.Name())
				}
			}
		})
	}
}

// runAgainst runs a command with a folder for its reports and returns what it
// wrote there.
func runAgainst(t *testing.T, name string, args ...string) reports.Run {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 4*time.Minute)
	defer cancel()
	dir := t.TempDir()
	cmd := exec.CommandContext(ctx, name, append(args, "--report", dir)...)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	var ended *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &ended) {
		t.Fatalf("%s: %v\n%s", cmd, err, said.String())
	}
	run, err := reports.Read(dir)
	if err != nil {
		t.Fatalf("%s: %v\n%s", cmd, err, said.String())
	}
	return run
}

// missing skips what this machine has no part for, or fails where the part is
// required.
func missing(t *testing.T, part, why string) {
	t.Helper()
	if strings.Contains(","+os.Getenv("ROGUEIDP_REQUIRE")+",", ","+part+",") {
		t.Fatalf("%s is required: %s", part, why)
	}
	t.Skipf("not run: %s", why)
}
