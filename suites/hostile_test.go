package suites

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogueidp/rogueidp/reports"
	"github.com/rogueidp/rogueidp/suites/target"
)

// reach is how tests reach targets: the test binary serves them.
func reach() target.Options {
	return target.Options{Self: []string{os.Args[0], "adapter"}, Environ: os.Environ()}
}

// play plays a few rows against a target, as a run does.
func play(t *testing.T, spec string, o Options) reports.Run {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	p, err := Meet(ctx, spec, reach(), o)
	if err != nil {
		t.Fatalf("%s: %v %s", spec, err, target.LastWords(err))
	}
	defer p.Close()
	run, err := collect(ctx, []*Player{p}, o, nil)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// few are rows of every kind: honest, forged, cold, stateful, and one that has
// a process of its own.
var few = []string{
	"parse.baseline-rs256", "alg.none-empty-sig", "signature.flip/bit-0", "signature.wrong-key-same-kid",
	"time.exp-past", "key.use-enc", "rotation.new-kid", "parse.deep-nest-claims/arrays-10k",
}

func outcomes(run reports.Run) map[string]reports.Outcome {
	out := map[string]reports.Outcome{}
	for _, r := range run.Results {
		out[r.Name()] = r.Outcome
	}
	return out
}

// nothingRaw holds every rendering of a run against what a hostile target says.
func nothingRaw(t *testing.T, run reports.Run) {
	t.Helper()
	dir := t.TempDir()
	if err := reports.Write(dir, run); err != nil {
		t.Fatal(err)
	}
	var terminal bytes.Buffer
	if err := reports.Print(&terminal, run, reports.TerminalOptions{Width: 100}); err != nil {
		t.Fatal(err)
	}
	texts := map[string][]byte{"terminal": terminal.Bytes()}
	for _, name := range []string{"run.json", "junit.xml", "summary.md"} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		texts[name] = text
	}
	for name, text := range texts {
		for _, raw := range []string{"\x1b", "::error::", "##[error]", "<script>", "\u202e", "\xff", strings.Repeat("A", 4096)} {
			if bytes.Contains(text, []byte(raw)) {
				t.Errorf("%s holds %q of the target's", name, raw)
			}
		}
	}
}

func TestTargetsThatMisbehave(t *testing.T) {
	all := func(o reports.Outcome) map[string]reports.Outcome {
		m := map[string]reports.Outcome{}
		for _, id := range few {
			m[id] = o
		}
		return m
	}
	for _, c := range []struct {
		kind string
		want map[string]reports.Outcome // of some rows
		got  string                     // of the failures
	}{
		{"accepts-all", map[string]reports.Outcome{
			"parse.baseline-rs256": reports.Pass, "alg.none-empty-sig": reports.Fail, "signature.wrong-key-same-kid": reports.Fail,
			"time.exp-past/an-hour": reports.Fail, "key.use-enc": reports.Warn, "rotation.new-kid": reports.Pass,
		}, "accept"},
		{"refuses-all", all(reports.Broken), "not accepted"},
		{"hangs", all(reports.Broken), "not accepted"},
		{"hangs-on-bad", map[string]reports.Outcome{"parse.baseline-rs256": reports.Pass, "alg.none-empty-sig": reports.Fail, "signature.flip/bit-0": reports.Fail}, "hang"},
		{"crashes-on-bad", map[string]reports.Outcome{
			"parse.baseline-rs256": reports.Pass, "alg.none-empty-sig": reports.Fail, "signature.flip/bit-0": reports.Fail,
			"time.exp-past/an-hour": reports.Fail, "key.use-enc": reports.Fail, "rotation.new-kid": reports.Pass,
		}, "crash"},
		{"crashes-on-none", map[string]reports.Outcome{
			"parse.baseline-rs256": reports.Pass, "alg.none-empty-sig": reports.Fail, "signature.flip/bit-0": reports.Pass,
			"time.exp-past/an-hour": reports.Pass, "key.use-enc": reports.Pass, "rotation.new-kid": reports.Pass,
		}, "crash"},
		{"prints-garbage", map[string]reports.Outcome{"parse.baseline-rs256": reports.Pass, "alg.none-empty-sig": reports.Broken}, "garbage"},
		{"floods", map[string]reports.Outcome{"parse.baseline-rs256": reports.Pass, "alg.none-empty-sig": reports.Broken}, "garbage"},
		{"unsupported-on-bad", map[string]reports.Outcome{"parse.baseline-rs256": reports.Pass, "alg.none-empty-sig": reports.Fail, "time.exp-past/a-minute": reports.Fail}, "unsupported"},
		{"unsupported-nonce-on-bad", map[string]reports.Outcome{"alg.none-empty-sig": reports.Fail}, "unsupported"},
		{"is-unavailable-on-bad", map[string]reports.Outcome{"alg.none-empty-sig": reports.Warn, "key.use-enc": reports.Pass, "parse.baseline-rs256": reports.Pass}, ""},
		{"hoards-on-deep", map[string]reports.Outcome{"parse.baseline-rs256": reports.Pass, "parse.deep-nest-claims/arrays-10k": reports.Warn}, ""},
		{"is-noisy", map[string]reports.Outcome{"alg.none-empty-sig": reports.Pass, "parse.baseline-rs256": reports.Pass}, ""},
		{"says-noise", map[string]reports.Outcome{"alg.none-empty-sig": reports.Pass, "parse.baseline-rs256": reports.Pass}, ""},
	} {
		t.Run(c.kind, func(t *testing.T) {
			t.Parallel()
			run := play(t, "exec:"+os.Args[0]+" misbehave "+c.kind, Options{Only: few, Seed: 1})
			got := outcomes(run)
			for name, want := range c.want {
				played := 0
				for other, o := range got {
					// A row's name alone stands for all of its cases.
					if other != name && !strings.HasPrefix(other, name+"/") {
						continue
					}
					if played++; o != want {
						t.Errorf("%s came out as %s, want %s", other, o, want)
					}
				}
				if played == 0 {
					t.Errorf("%s was not played", name)
				}
			}
			for _, r := range run.Results {
				if r.Outcome == reports.Error {
					t.Errorf("%s: the harness failed: %s", r.Name(), r.Because)
				}
				if c.got != "" && (r.Outcome == reports.Fail || r.Outcome == reports.Broken) && r.Got != c.got {
					t.Errorf("%s got %s, want %s (%s)", r.Name(), r.Got, c.got, r.Because)
				}
			}
			quiet := c.kind == "hoards-on-deep" || c.kind == "is-noisy" || c.kind == "says-noise" || c.kind == "is-unavailable-on-bad"
			if run.Conformant != quiet {
				t.Errorf("conformant: %v", run.Conformant)
			}
			if want := map[bool]int{true: 0, false: 1}[quiet]; run.Exit() != want {
				t.Errorf("exit %d, want %d", run.Exit(), want)
			}
			nothingRaw(t, run)
		})
	}
}

// A target that fetches when it is told to trust costs its process most before
// it is shown a token, and one that refuses to start is never shown any.
func TestATargetThatFetchesAtOnceIsWatched(t *testing.T) {
	run := play(t, "exec:"+os.Args[0]+" misbehave reads-all-at-once", Options{
		Only: []string{"keyset.oversize", "keyset.endless/until-close", "keyset.json-depth", "keyset.many-keys/5000"}, Seed: 1,
	})
	want := map[string]reports.Outcome{
		"keyset.oversize": reports.Warn, "keyset.endless/until-close": reports.Warn,
		"keyset.json-depth": reports.Pass, "keyset.many-keys/5000": reports.Pass,
	}
	for _, r := range run.Results {
		if r.Outcome != want[r.Name()] || r.Outcome == reports.Warn && !strings.Contains(r.Because, "memory") {
			t.Errorf("%s came out as %s: %s, want %s", r.Name(), r.Outcome, r.Because, want[r.Name()])
		}
		delete(want, r.Name())
	}
	if len(want) > 0 {
		t.Errorf("not played: %v", want)
	}
}

// A server that answers every message with 500 can be asked nothing.
func TestAnAdapterThatAnswers5xx(t *testing.T) {
	hello := `{"seq":1,"protocol":1,"target":{"name":"5xx"},"profile":"id-token","algs":["RS256"],"can":["discovery","custom-ca","nonce"],"concurrent":true}`
	for name, first := range map[string]string{"at once": "", "after hello": hello} {
		n := 0
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if n++; n == 1 && first != "" {
				_, _ = w.Write([]byte(first))
				return
			}
			http.Error(w, noise, http.StatusInternalServerError)
		}))
		defer s.Close()
		if first == "" {
			if _, err := Meet(context.Background(), "http:"+s.URL, reach(), Options{}); err == nil || !strings.Contains(err.Error(), "500") {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		run := play(t, "http:"+s.URL, Options{Only: []string{"alg.none-empty-sig"}})
		if got := outcomes(run)["alg.none-empty-sig"]; got != reports.Broken || run.Exit() != 1 {
			t.Errorf("%s: %s, exit %d", name, got, run.Exit())
		}
		nothingRaw(t, run)
	}
}
