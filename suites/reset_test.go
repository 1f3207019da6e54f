package suites

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/reports"
	"github.com/rogueidp/rogueidp/suites/target"
)

// A server is an API in a process of its own that was configured once, with the
// command that restarts it.
type server struct {
	url, restart    string
	address, binary string
	o               Options
}

// serve makes one that does not run yet, with more in its environment.
func serve(t *testing.T, more string) server {
	t.Helper()
	binary, err := program()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	s := server{restart: filepath.Join(dir, "restart"), o: Options{
		Seed: 1, Require: Require{"learn": "16s"}, // the reference asks again after 10 s
		Provider: mockidp.Config{Listen: free(t), TLSDir: dir},
	}}
	_, port, _ := net.SplitHostPort(s.o.Provider.Listen)
	s.o.Fixed = mockidp.TenantConfig{Issuer: "https://localhost:" + port + "/idp", ClientID: "My-api"}
	p, err := mockidp.New(s.o.Provider) // makes the authority, as serve would
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	s.address, s.binary = free(t), binary
	s.url = "bearer:http://" + s.address + "/me"
	script := fmt.Sprintf(`#!/bin/sh
cd %s
[ ! -f pid ] || kill "$(cat pid)" || true
ADDRESS=%s ISSUER=%s CLIENT_ID=My-api CA_FILE=%s/rogueidp-ca.pem %s %s >>log 2>&1 &
echo $! > pid
echo . >> restarts
`, dir, s.address, s.o.Fixed.Issuer, dir, more, binary)
	if err := os.WriteFile(s.restart, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stop, err := target.NewHook(target.Reset{Command: "sh -c 'kill $(cat " + dir + "/pid)'"}, reach(), nil)
		if err == nil {
			_ = stop.Reset(t.Context())
		}
	})
	return s
}

func free(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// restarts is how often the server was started.
func (s server) restarts(t *testing.T) int {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(filepath.Dir(s.restart), "restarts"))
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return strings.Count(string(text), ".")
}

// play starts the server, as its user would, and plays against it.
func (s server) play(t *testing.T, reset string) (reports.Run, Plan) {
	t.Helper()
	way := reach()
	way.Reset = target.Reset{Command: reset}
	p, err := Meet(t.Context(), s.url, way, s.o)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	start, err := target.NewHook(target.Reset{Command: s.restart}, way, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := start.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := p.enter(t.Context()); err != nil {
		t.Fatal(err)
	}
	err = p.reachable(t.Context(), backLimit)
	p.leave()
	if err != nil {
		t.Fatal(err)
	}
	plan, err := p.Plan(s.o)
	if err != nil {
		t.Fatal(err)
	}
	run, err := collect(t.Context(), []*Player{p}, s.o, nil)
	if err != nil {
		t.Fatal(err)
	}
	return run, plan
}

// TestAServerIsRestarted plays cold rows and stateful ones against a server that
// a command restarts, twice, and finds the same both times.
func TestAServerIsRestarted(t *testing.T) {
	t.Parallel()
	s := serve(t, "")
	s.o.Only = []string{
		"parse.baseline-rs256", "alg.none-empty-sig", "time.exp-past", "rotation.new-kid",
		"key.use-enc", "keyset.unknown-kty/first", "keyset.shape/keys-null", "discovery.issuer-mismatch", "network.tls-bad/expired-at-keyset",
	}
	first, plan := s.play(t, s.restart)
	if done := s.restarts(t) - 1; plan.Resets < 5 || done < plan.Resets || done > plan.Resets+3 {
		t.Errorf("it was restarted %d times, and %d were planned", done, plan.Resets)
	}
	for _, r := range first.Results {
		if r.Outcome != reports.Pass {
			t.Errorf("%s: %s (%s; %s; %s)", r.Name(), r.Outcome, r.Got, r.Because, r.Reason)
		}
	}
	second, _ := s.play(t, s.restart)
	for name, want := range outcomes(first) {
		if got := outcomes(second)[name]; got != want {
			t.Errorf("%s: %s the second time, %s the first", name, got, want)
		}
	}
	sharedIssuerStands(t, second)
}

// sharedIssuerStands holds every report to saying that sessions were none.
func sharedIssuerStands(t *testing.T, run reports.Run) {
	t.Helper()
	dir := t.TempDir()
	if err := reports.Write(dir, run); err != nil {
		t.Fatal(err)
	}
	var terminal strings.Builder
	if err := reports.Print(&terminal, run, reports.TerminalOptions{Width: 200}); err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{"terminal": terminal.String()}
	for _, name := range []string{"summary.md", "run.json"} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		texts[name] = string(text)
	}
	for name, words := range map[string]string{"terminal": "shared issuer", "summary.md": "shared issuer", "run.json": `"sharedIssuer": true`} {
		if !strings.Contains(texts[name], words) {
			t.Errorf("%s does not say %s", name, words)
		}
	}
}

// TestAServerThatDoesNotStart for an issuer that lies has refused it, and is
// there again for the next row.
func TestAServerThatDoesNotStart(t *testing.T) {
	t.Parallel()
	s := serve(t, "EAGER=yes")
	s.o.Only = []string{"discovery.issuer-mismatch", "key.use-enc", "parse.baseline-rs256"}
	// A restart that waits for the server to be up, as one by systemd may.
	run, _ := s.play(t, fmt.Sprintf("sh -c '%s; MODE=check ADDRESS=%s %s'", s.restart, s.address, s.binary))
	for _, r := range run.Results {
		if r.Outcome != reports.Pass {
			t.Errorf("%s: %s (%s; %s; %s)", r.Name(), r.Outcome, r.Got, r.Because, r.Reason)
		}
		if r.ID == "discovery.issuer-mismatch" && !strings.Contains(r.Reason.String(), "it is gone") {
			t.Errorf("its reason is %q", r.Reason)
		}
	}
}

// TestAResetThatFails is told as what it is, and ends the run soon.
func TestAResetThatFails(t *testing.T) {
	t.Parallel()
	s := serve(t, "")
	s.o.Only = []string{"parse.baseline-rs256", "alg.none-empty-sig", "key.use-enc", "keyset.unknown-kty/first", "keyset.shape", "discovery.issuer-mismatch"}
	run, _ := s.play(t, "sh -c 'echo no such unit; exit 5'")
	for name, outcome := range outcomes(run) {
		want := reports.Broken
		if name == "parse.baseline-rs256" || name == "alg.none-empty-sig" {
			want = reports.Pass
		}
		if outcome != want && !(want == reports.Broken && outcome == reports.Unexercised) {
			t.Errorf("%s: %s, want %s, or unexercised where its twin is broken", name, outcome, want)
		}
	}
	if !slices.ContainsFunc(run.Results, func(r reports.Result) bool { return r.Outcome == reports.Broken }) {
		t.Error("nothing is broken")
	}
	for _, r := range run.Results {
		if r.Outcome == reports.Broken && !strings.Contains(r.Because, "no such unit") {
			t.Errorf("%s is broken because %s", r.Name(), r.Because)
		}
	}
}

// TestWithoutAReset the plan and the results say what cannot be asked, and how
// it could.
func TestWithoutAReset(t *testing.T) {
	t.Parallel()
	s := serve(t, "")
	s.o.Only = []string{"parse.baseline-rs256", "discovery.issuer-mismatch"}
	run, plan := s.play(t, "")
	if plan.Resets != 0 || plan.Scenarios[1].How != "unsupported: nothing makes it start afresh (--reset)" {
		t.Errorf("the plan is %+v", plan)
	}
	for _, r := range run.Results {
		if r.ID == "discovery.issuer-mismatch" && (r.Outcome != reports.Unsupported || r.Feature != "reset" || !strings.Contains(r.Because, "--reset")) {
			t.Errorf("%s: %s, %s, %s", r.Name(), r.Outcome, r.Feature, r.Because)
		}
	}
	if run.Exit() != 1 || len(run.Incomplete) == 0 {
		t.Errorf("it exits %d, incomplete %v", run.Exit(), run.Incomplete)
	}
}
