package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogueidp/rogueidp/mockidp/fault"
	"github.com/rogueidp/rogueidp/reports"
	"github.com/rogueidp/rogueidp/reports/measure"
	"github.com/rogueidp/rogueidp/scenarios"
)

var (
	firstToken = measure.AtMost(300) // milliseconds
	tokenRows  = measure.AtMost(3)   // seconds
	allRows    = measure.AtMost(20)  // seconds
	oneDay     = measure.AtMost(10)  // seconds, for 24 h of one policy
)

// BenchmarkCommand measures how long people wait for the program, from the
// start of its process to what they wanted of it:
//
//	go test -run '^$' -bench Command -benchtime 1x ./cmd/rogueidp
func BenchmarkCommand(b *testing.B) {
	program := filepath.Join(b.TempDir(), "rogueidp")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	var table measure.Table

	b.Run("serve", func(b *testing.B) {
		for b.Loop() {
			// Each start looks for primes anew, and is lucky or not.
			took := several(b, 15, func() (time.Duration, error) { return serveOneToken(b, program) })
			table.Judge(b, measure.Row{
				What: "first RS256 token of serve", Against: fmt.Sprintf("slowest of %d", len(took)),
				Ours: measure.Brief(measure.Median(took)), Theirs: measure.Brief(slices.Max(took)),
				Measured: measure.Median(took).Seconds() * 1000, Unit: "ms", Bound: firstToken,
			})
		}
	})
	for _, run := range []struct {
		what  string
		cases []string
		bound measure.Bound
	}{
		{"run, rows of tokens alone", casesOf(ofTokenAlone), tokenRows},
		{"run, all rows", casesOf(func(scenarios.Scenario, scenarios.Case) bool { return true }), allRows},
	} {
		b.Run(run.what, func(b *testing.B) {
			for b.Loop() {
				took := several(b, 3, func() (time.Duration, error) { return play(b, program, run.cases) })
				table.Judge(b, measure.Row{
					What: run.what, Against: fmt.Sprintf("%d cases", len(run.cases)),
					Ours:     measure.Brief(measure.Median(took)),
					Measured: measure.Median(took).Seconds(), Unit: "s", Bound: run.bound,
				})
			}
		})
	}
	b.Run("drill", func(b *testing.B) {
		for b.Loop() {
			took := several(b, 3, func() (time.Duration, error) {
				c := twoCores(b, program, "drill", "--policy", "hard-cut", "--for", "24h")
				return measure.Took(func() error {
					if out, err := c.CombinedOutput(); err != nil {
						return fmt.Errorf("drill: %w\n%s", err, out)
					}
					return nil
				})
			})
			table.Judge(b, measure.Row{
				What: "drill, 24 h of hard-cut", Against: "go:reference", Ours: measure.Brief(measure.Median(took)),
				Measured: measure.Median(took).Seconds(), Unit: "s", Bound: oneDay,
			})
		}
	})
	if err := table.Show(os.Stdout, os.Getenv("ROGUEIDP_MEASURED")); err != nil {
		b.Error(err)
	}
}

// several is how long each of several tries takes.
func several(b *testing.B, tries int, try func() (time.Duration, error)) []time.Duration {
	b.Helper()
	var all []time.Duration
	for range tries {
		took, err := try()
		if err != nil {
			b.Fatal(err)
		}
		all = append(all, took)
	}
	return all
}

// twoCores is the program on two cores, whatever the machine has.
func twoCores(b *testing.B, program string, args ...string) *exec.Cmd {
	b.Helper()
	c := exec.Command(program, args...)
	c.Dir = b.TempDir()
	c.Env = append(os.Environ(), "GOMAXPROCS=2")
	return c
}

// casesOf are the cases that apply to the reference, as run's --only has them.
func casesOf(wanted func(scenarios.Scenario, scenarios.Case) bool) []string {
	var names []string
	for _, s := range scenarios.All() {
		for _, c := range s.Played() {
			if _, applies := s.Applies(scenarios.IDToken, c); applies && wanted(s, c) {
				names = append(names, strings.TrimSuffix(s.ID+"/"+c.Name, "/"))
			}
		}
	}
	return names
}

// ofTokenAlone tells whether nothing but the token is at fault, and that is
// presented once.
func ofTokenAlone(s scenarios.Scenario, c scenarios.Case) bool {
	story, faults := s.Story(c), s.Faults(c)
	for _, act := range story {
		faults = append(faults, scenarios.FaultsOf(act)...)
	}
	one, ok := story[0].(scenarios.Present)
	return len(story) == 1 && ok && one.Times < 2 && len(fault.Elsewhere(faults)) == 0
}

// play runs these cases against the reference, which must come out conformant,
// and says how long that took.
func play(b *testing.B, program string, cases []string) (time.Duration, error) {
	c := twoCores(b, program, "run", "--quiet", "--target", "go:reference", "--only", strings.Join(cases, ","))
	took, err := measure.Took(func() error {
		out, err := c.CombinedOutput()
		if err != nil {
			return fmt.Errorf("run: %w\n%s", err, out)
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	run, err := reports.Read(filepath.Join(c.Dir, reportDir))
	if err != nil {
		return 0, err
	}
	if len(run.Results) != len(cases) {
		return 0, fmt.Errorf("%d results of %d cases", len(run.Results), len(cases))
	}
	return took, nil
}

// serveOneToken starts serve, asks for a token as soon as it says where, and
// says how long it took from the start of the process to the token.
func serveOneToken(b *testing.B, program string) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	c := twoCores(b, program, "serve")
	out, err := c.StdoutPipe()
	if err != nil {
		return 0, err
	}
	var token string
	took, err := measure.Took(func() error {
		if err := c.Start(); err != nil {
			return err
		}
		said := map[string]string{}
		for lines := bufio.NewScanner(out); said["token"] == "" && lines.Scan(); {
			if words := strings.Fields(lines.Text()); len(words) > 1 {
				said[words[0]] = words[1]
			}
		}
		var err error
		token, err = mint(ctx, said["admin"]+"/tenants/t1/mint", said["token"])
		return err
	})
	if c.Process != nil {
		_ = c.Process.Signal(os.Interrupt)
		_ = c.Wait()
	}
	if err != nil {
		return 0, err
	}
	return took, signedByRS256(token)
}

// mint asks the admin API for a token.
func mint(ctx context.Context, where, bearer string) (string, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, where, strings.NewReader(`{"alg":"RS256"}`))
	if err != nil {
		return "", err
	}
	r.Header.Set("Authorization", "Bearer "+bearer)
	r.Header.Set("Content-Type", "application/json")
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	resp, err := client.Do(r)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return "", err
	}
	var minted struct {
		Token string `json:"token"`
	}
	if err := json.Unmarshal(body, &minted); err != nil {
		return "", fmt.Errorf("%s: %s: %w", resp.Status, body, err)
	}
	return minted.Token, nil
}

// signedByRS256 looks at the form of a token: its header, and a signature of
// the length that an RSA key of 2048 bits makes.
func signedByRS256(token string) error {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return fmt.Errorf("%q is no token", token)
	}
	header, err := base64.RawURLEncoding.DecodeString(parts[0])
	if err != nil {
		return err
	}
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil {
		return err
	}
	if !bytes.Contains(header, []byte(`"alg":"RS256"`)) || len(signature) != 256 {
		return fmt.Errorf("header %s and a signature of %d octets are no RS256", header, len(signature))
	}
	return nil
}
