package suites

import (
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/reports"
	"github.com/rogueidp/rogueidp/suites/target"
)

// needs ends a test where a part of the machine is missing: with one line, or,
// where ROGUEIDP_REQUIRE names the part, with a failure.
func needs(t *testing.T, part, why string) {
	t.Helper()
	if strings.Contains(","+os.Getenv("ROGUEIDP_REQUIRE")+",", ","+part+",") {
		t.Fatal(why)
	}
	t.Skip("not run: " + why)
}

// freeAddress is one of loopback that nobody listens on.
func freeAddress(t *testing.T) (addr, port string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, err = net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return l.Addr().String(), port
}

// A deployment is a server that somebody else wrote, and the provider that it is
// configured for.
type deployment struct {
	url  string
	o    Options
	log  string // a file
	stop func()
}

// foreseen is the provider of a server that is configured once: it is not there
// yet, but where it will be, and who vouches for its certificates, is known.
func foreseen(t *testing.T, folder string) (o Options, environ []string) {
	t.Helper()
	addr, port := freeAddress(t)
	o = Options{
		Seed: 1, MaxWait: 2 * time.Second,
		Provider: mockidp.Config{Listen: addr, TLSDir: filepath.Join(folder, "tls")},
		Fixed: mockidp.TenantConfig{
			Issuer: "https://localhost:" + port, ClientID: "a-client", ClientSecret: "hunter2-hunter2-hunter2-hunter2-",
		},
	}
	p, err := mockidp.New(o.Provider)
	if err != nil {
		t.Fatal(err)
	}
	ca := filepath.Join(folder, "ca.pem")
	if err := os.WriteFile(ca, p.CAPEM(), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	return o, []string{
		"ISSUER=" + o.Fixed.Issuer, "CLIENT_ID=" + o.Fixed.ClientID, "CLIENT_SECRET=" + o.Fixed.ClientSecret, "CA_FILE=" + ca,
	}
}

// apacheModules is where Debian keeps them.
const apacheModules = "/usr/lib/apache2/modules"

// apache starts Apache with one of the configurations under validator/thirdparty.
func apache(t *testing.T, module, conf string) deployment {
	t.Helper()
	binary, err := exec.LookPath("apache2")
	if err != nil {
		needs(t, "adapters", "apache2 is not installed")
	}
	if _, err := os.Stat(filepath.Join(apacheModules, module)); err != nil {
		needs(t, "adapters", module+" is not installed")
	}
	path, err := filepath.Abs(filepath.Join("..", "validator", "thirdparty", conf))
	if err != nil {
		t.Fatal(err)
	}
	// Apache gives up being root, and reads on as somebody else.
	state, err := os.MkdirTemp("", "rogueidp-apache-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(state) })
	if err := os.MkdirAll(filepath.Join(state, "htdocs"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(state, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(state, "htdocs", "index.html"), []byte("<p>hello</p>\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	o, environ := foreseen(t, state)
	addr, port := freeAddress(t)
	environ = append(environ, "STATE="+state, "MODULES="+apacheModules, "PORT="+port)
	d := deployment{url: "http://localhost:" + port + "/index.html", o: o, log: filepath.Join(state, "error.log")}
	d.stop = started(t, addr, d.log, environ, binary, "-f", path, "-D", "FOREGROUND")
	return d
}

// started runs a server until the test is over, and waits until it listens.
func started(t *testing.T, addr, log string, environ []string, binary string, args ...string) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, binary, args...)
	cmd.Env = append(os.Environ(), environ...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 5 * time.Second
	said := &strings.Builder{}
	cmd.Stdout, cmd.Stderr = said, said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	stop = func() { cancel(); <-ended }
	t.Cleanup(stop)
	t.Cleanup(func() {
		if raw, err := os.ReadFile(log); t.Failed() && err == nil {
			t.Logf("its log: %s", raw[max(0, len(raw)-2000):])
		}
	})
	up, giveUp := context.WithTimeout(ctx, 20*time.Second)
	defer giveUp()
	var dialer net.Dialer
	pause := time.NewTicker(50 * time.Millisecond)
	defer pause.Stop()
	for {
		if c, err := dialer.DialContext(up, "tcp", addr); err == nil {
			_ = c.Close()
			return stop
		}
		select {
		case <-pause.C:
		case <-ended:
			t.Fatalf("%s ended: %s", filepath.Base(binary), said)
		case <-up.Done():
			t.Fatalf("%s does not listen", filepath.Base(binary))
		}
	}
}

// TestRealResourceServers plays what a bearer token can carry against servers
// that nobody here wrote.
func TestRealResourceServers(t *testing.T) {
	for _, c := range []struct{ name, module, conf string }{
		{"mod_oauth2", "mod_oauth2.so", "mod_oauth2/resource-server.conf"},
		{"mod_auth_openidc", "mod_auth_openidc.so", "mod_auth_openidc/resource-server.conf"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := apache(t, c.module, c.conf)
			d.o.Filter = "alg || kid || key || signature || issuer || audience || time"
			playsAgainst(t, d, "bearer:"+d.url, target.Options{})
		})
	}
}

// playsAgainst runs scenarios against a server: nothing may end as broken or as our own
// error, something has to be decided, and what was found is found again.
func playsAgainst(t *testing.T, d deployment, spec string, reach target.Options) {
	t.Helper()
	first := playReaching(t, spec, reach, d.o)
	counts := map[reports.Outcome]int{}
	var findings []string
	for _, r := range first.Results {
		counts[r.Outcome]++
		switch r.Outcome {
		case reports.Broken, reports.Error:
			t.Errorf("%s: %s (%s %s)", r.Name(), r.Outcome, r.Because, r.Reason)
		case reports.Fail, reports.Warn:
			if len(findings) < 5 {
				findings = append(findings, r.Name())
			}
		}
	}
	t.Logf("%v", counts)
	if counts[reports.Pass] == 0 {
		t.Errorf("nothing passed: %v", counts)
	}
	if len(findings) == 0 {
		return
	}
	d.o.Only, d.o.Filter = findings, ""
	again := playReaching(t, spec, reach, d.o)
	before := outcomes(first)
	for name, got := range outcomes(again) {
		if got != before[name] {
			t.Errorf("%s: %s, and %s when it is replayed", name, before[name], got)
		}
	}
}

// playReaching plays against a target that takes more than its spelling to be
// reached.
func playReaching(t *testing.T, spec string, way target.Options, o Options) reports.Run {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 4*time.Minute)
	defer cancel()
	p, err := Meet(ctx, spec, way, o)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	run, err := collect(ctx, []*Player{p}, o, nil)
	if err != nil {
		t.Fatal(err)
	}
	return run
}
