package suites

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogueidp/rogueidp/reports"
	"github.com/rogueidp/rogueidp/scenarios"
	"github.com/rogueidp/rogueidp/validator"
)

// verifyOnce is a verifier that is started for each token: the reference, but
// for tokens of alg none, of which it does what its kind says.
func verifyOnce(kind string) int {
	raw, err := io.ReadAll(os.Stdin)
	if err != nil {
		return 2
	}
	if nobodys(string(raw)) {
		switch kind {
		case "hangs":
			time.Sleep(time.Hour) // until somebody ends it
		case "crashes":
			panic("none")
		case "floods":
			for {
				fmt.Println(noise)
			}
		case "shrugs":
			return 2
		}
	}
	var config struct {
		Issuer   string
		ClientID string `json:"client_id"`
		Algs     []string
		Nonce    string
		Now      int64
	}
	text, err := os.ReadFile(os.Getenv("ROGUEIDP_CONFIG_FILE"))
	if err == nil {
		err = json.Unmarshal(text, &config)
	}
	keys, e := os.ReadFile(os.Getenv("ROGUEIDP_JWKS_FILE"))
	if err = errors.Join(err, e); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	if kind == "accepts-all" {
		return 0
	}
	v, err := validator.New(validator.Config{
		Issuer: config.Issuer, ClientID: config.ClientID, Algorithms: config.Algs, JWKS: keys, Clock: fixed(config.Now),
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	var options []validator.Option
	if config.Nonce != "" {
		options = append(options, validator.WithNonce(config.Nonce))
	}
	claims, err := v.Validate(context.Background(), string(raw), options...)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Println(string(claims.JSON()))
	return 0
}

// nobodys tells whether a token says that nobody signed it.
func nobodys(token string) bool {
	header, _, _ := strings.Cut(token, ".")
	return strings.HasPrefix(header, "eyJhbGciOiJub25l") // {"alg":"none
}

type fixed int64

func (f fixed) Now() time.Time { return time.Unix(int64(f), 0) }

func verifyCommand(kind string) string { return "cmd:" + os.Args[0] + " verify " + kind }

// once are rows of every kind that a verifier with a file of keys can be asked.
var once = []string{
	"parse.baseline-rs256", "alg.none-empty-sig", "signature.flip/bit-0", "issuer.suffix-1", "audience.suffix-1", "time.exp-past",
	"time.exp-missing", "nonce.missing", "nonce.ok", "key.use-enc", "keyset.shape/keys-null", "key.rsa-small", "parse.b64-newline-sig/lf-inside",
}

func TestAVerifierOfOneToken(t *testing.T) {
	t.Parallel()
	run := play(t, verifyCommand("good"), Options{Seed: 1, Only: append([]string{
		"rotation.new-kid", "kid.collision-issuers", "discovery.issuer-mismatch", "parse.deep-nest-claims/arrays-10k", "network.tls-bad/expired-at-keyset", "time.result-cache-exp",
	}, once...)})
	for name, want := range map[string]reports.Outcome{
		"parse.baseline-rs256": reports.Pass, "alg.none-empty-sig": reports.Pass, "nonce.missing": reports.Pass,
		// What its key set looks like it sees, for each token anew.
		"key.use-enc": reports.Pass, "keyset.shape/keys-null": reports.Pass, "key.rsa-small/rsa-512": reports.Pass,
		"parse.b64-newline-sig/lf-inside": reports.Pass, // stdin carries everything
		// It is told what time it is.
		"time.result-cache-exp/with-iat": reports.Pass,
		// It fetches nothing, keeps nothing, and nobody sees what it costs.
		"rotation.new-kid": reports.Unsupported, "discovery.issuer-mismatch": reports.Unsupported, "network.tls-bad/expired-at-keyset": reports.Unsupported,
		"kid.collision-issuers": reports.Unsupported, "parse.deep-nest-claims/arrays-10k": reports.Unsupported,
	} {
		if got, ok := outcomes(run)[name]; !ok || got != want {
			t.Errorf("%s: %q, want %s", name, got, want)
		}
	}
	for _, r := range run.Results {
		if r.Outcome == reports.Error || r.Outcome == reports.Broken || r.Outcome == reports.Fail || r.Outcome == reports.Unexercised {
			t.Errorf("%s: %s (%s %s %s)", r.Name(), r.Outcome, r.Got, r.Because, r.Reason)
		}
		if r.ID == "parse.deep-nest-claims" && r.Feature != "own-process" {
			t.Errorf("%s: %s", r.Name(), r.Feature)
		}
	}
	nothingRaw(t, run)
}

func TestBadVerifiersOfOneToken(t *testing.T) {
	t.Parallel()
	for kind, want := range map[string]struct {
		outcome reports.Outcome
		got     string
	}{
		"accepts-all": {reports.Fail, "accept"}, "hangs": {reports.Fail, "hang"}, "crashes": {reports.Fail, "crash"},
		"floods": {reports.Broken, "garbage"}, "shrugs": {reports.Warn, "unavailable"},
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			run := play(t, verifyCommand(kind), Options{Seed: 1, Only: []string{"alg.none-empty-sig", "parse.baseline-rs256"}})
			for _, r := range run.Results {
				switch {
				case r.ID == "parse.baseline-rs256" && r.Outcome != reports.Pass:
					t.Errorf("%s: %s (%s %s)", r.Name(), r.Outcome, r.Because, r.Reason)
				case r.ID != "parse.baseline-rs256" && (r.Outcome != want.outcome || r.Got != want.got):
					t.Errorf("%s: %s and %s, not %v (%s %s)", r.Name(), r.Outcome, r.Got, want, r.Because, r.Reason)
				}
			}
			nothingRaw(t, run)
		})
	}
}

// The example that the README names is one that can be tested, and misses
// nothing that is critical.
func TestTheExampleOfAVerifier(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("not run: -short, and it is built first")
	}
	path := filepath.Join(t.TempDir(), "one-shot")
	if said, err := exec.Command("go", "build", "-C", "../validator/thirdparty/one-shot", "-o", path, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	run := play(t, "cmd:"+path, Options{Seed: 1, Only: once})
	for _, r := range run.Results {
		if r.Outcome == reports.Error || r.Outcome == reports.Broken || r.Outcome == reports.Unexercised || r.Outcome == reports.Fail && r.Severity == string(scenarios.Critical) {
			t.Errorf("%s: %s (%s %s)", r.Name(), r.Outcome, r.Because, r.Reason)
		}
	}
}
