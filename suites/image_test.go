package suites

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/reports"
	"github.com/rogueidp/rogueidp/suites/target"
)

// docker skips a test where there is none, and fails it where there has to be.
func docker(t *testing.T) {
	t.Helper()
	if out, err := exec.Command("docker", "version", "--format", "{{.Server.Version}}").CombinedOutput(); err != nil {
		why := "Docker does not answer: " + strings.TrimSpace(string(out))
		if strings.Contains(","+os.Getenv("ROGUEIDP_REQUIRE")+",", ",docker,") {
			t.Fatal("docker is required: " + why)
		}
		t.Skip("not run: " + strings.Join(strings.Fields(why), " "))
	}
}

// program is what goes into the containers, built once.
var program = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "boxed-")
	if err != nil {
		return "", err
	}
	binary := filepath.Join(dir, "boxed")
	build := exec.Command("go", "build", "-o", binary, "./testdata/boxed")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return "", &exec.Error{Name: string(out), Err: err}
	}
	return binary, nil
})

const dockerfile = "FROM scratch\nCOPY boxed /boxed\nUSER 65532\nEXPOSE 8080\nENTRYPOINT [\"/boxed\"]\n"

// boxed is a folder with a Dockerfile and what it copies.
func boxed(t *testing.T, file string) string {
	t.Helper()
	docker(t)
	binary, err := program()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.Link(binary, filepath.Join(dir, "boxed")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "Dockerfile"), []byte(file), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

// anAPI is how the API is wired, and reached.
func anAPI() target.Image {
	return target.Image{
		Kind: "bearer", Path: "/me", Ready: "/healthz",
		Env: map[string]string{
			"ISSUER": "{issuer}", "CLIENT_ID": "{client_id}", "CLIENT_SECRET": "{client_secret}", "CA_FILE": "/etc/api/ca.pem",
		},
		Files: map[string]string{"/etc/api/ca.pem": "{ca_pem}"},
	}
}

// meetBoxed opens a target in a container, and ends it with the test.
func meetBoxed(t *testing.T, dir string, image target.Image, o Options) *Player {
	t.Helper()
	way := reach()
	way.Image, way.LogDir = image, o.Command
	o.Command = ""
	p, err := Meet(t.Context(), "image:"+dir, way, o)
	if err != nil {
		t.Fatalf("%v %s", err, target.LastWords(err))
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

// TestAnAPIInAContainer plays against an API that a container holds, with its
// cold rows in containers of their own, and holds the container to its limits.
func TestAnAPIInAContainer(t *testing.T) {
	t.Parallel()
	dir, logs := boxed(t, dockerfile), t.TempDir()
	o := Options{Seed: 1, Require: Require{"learn": "16s"}, Command: logs, Only: []string{
		"parse.baseline-rs256", "alg.none-empty-sig", "signature.flip", "audience.id-as-api", "time.exp-past", "header.jku-attacker",
		"keyset.redirect-cross-host", "key.use-enc", "discovery.issuer-mismatch",
		// Breaks off while it holds answers back, which is over for the next row.
		"time.expires-during-fetch",
	}}
	p := meetBoxed(t, dir, anAPI(), o)
	confined(t, p.island)
	run, err := collect(t.Context(), []*Player{p}, o, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range run.Results {
		if r.Outcome != reports.Pass && r.Outcome != reports.Recorded && r.Outcome != reports.Unsupported {
			t.Errorf("%s: %s (%s; %s; %s)", r.Name(), r.Outcome, r.Got, r.Because, r.Reason)
		}
	}
	for _, name := range []string{"parse.baseline-rs256", "alg.none-empty-sig", "header.jku-attacker/https", "key.use-enc", "discovery.issuer-mismatch"} {
		if got := outcomes(run)[name]; got != reports.Pass {
			t.Errorf("%s: %q, want pass", name, got)
		}
	}
	about := run.Targets[0]
	if !regexp.MustCompile(`sha256:[0-9a-f]{64}$`).MatchString(about.Digest) {
		t.Errorf("its digest is %q", about.Digest)
	}
	if !strings.Contains(about.Configuration, "root read-only") || !about.SharedIssuer {
		t.Errorf("it is described as %q, shared issuer %v", about.Configuration, about.SharedIssuer)
	}
	if about.Preflight != "" {
		t.Error(about.Preflight)
	}
	secret := p.shared.ClientSecret()
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	kept, err := filepath.Glob(filepath.Join(logs, "container-*.log"))
	if err != nil || len(kept) != 1 {
		t.Fatalf("kept logs %v (%v)", kept, err)
	}
	text, err := os.ReadFile(kept[0])
	if err != nil || !bytes.Contains(text, []byte("an API for https://host.docker.internal:")) || bytes.Contains(text, []byte(secret)) {
		t.Errorf("the kept log is %q (%v)", text, err)
	}
	nothingLeft(t, p.island)
}

// inspected is what Docker says of the container on a network.
func inspected(t *testing.T, n *target.Network) map[string]any {
	t.Helper()
	id, err := exec.Command("docker", "ps", "-aq", "--filter", "network="+n.Name()).Output()
	if err != nil || len(bytes.Fields(id)) != 1 {
		t.Fatalf("containers on the network: %q (%v)", id, err)
	}
	out, err := exec.Command("docker", "inspect", string(bytes.TrimSpace(id))).Output()
	if err != nil {
		t.Fatal(err)
	}
	var seen []map[string]any
	if err := json.Unmarshal(out, &seen); err != nil {
		t.Fatal(err)
	}
	return seen[0]
}

// confined holds a container to what it may do at most.
func confined(t *testing.T, n *target.Network) {
	t.Helper()
	seen := inspected(t, n)
	host, _ := seen["HostConfig"].(map[string]any)
	for name, want := range map[string]string{
		"Privileged": "false", "CapDrop": `["ALL"]`, "CapAdd": "null", "SecurityOpt": `["no-new-privileges"]`, "ReadonlyRootfs": "true",
		"Memory": "536870912", "MemorySwap": "536870912", "NanoCpus": "1000000000", "PidsLimit": "256", "Binds": "null",
		"NetworkMode": `"` + n.Name() + `"`,
	} {
		if got, _ := json.Marshal(host[name]); string(got) != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
	ports, _ := json.Marshal(host["PortBindings"])
	if !strings.Contains(string(ports), `"HostIp":"127.0.0.1"`) || strings.Count(string(ports), "HostIp") != 1 {
		t.Errorf("its ports are %s", ports)
	}
	settings, _ := seen["NetworkSettings"].(map[string]any)
	if networks, _ := settings["Networks"].(map[string]any); len(networks) != 1 || networks[n.Name()] == nil {
		t.Errorf("its networks are %v", networks)
	}
	mounts, _ := json.Marshal(seen["Mounts"])
	if strings.Contains(string(mounts), "docker.sock") || strings.Contains(string(mounts), `"bind"`) {
		t.Errorf("its mounts are %s", mounts)
	}
}

// nothingLeft fails if the network, or who is on it, is still there.
func nothingLeft(t *testing.T, n *target.Network) {
	t.Helper()
	if out, err := exec.Command("docker", "network", "inspect", n.Name()).CombinedOutput(); err == nil {
		t.Errorf("its network is still there: %s", out)
	}
}

// TestAnAdapterInAContainer plays rows of every kind against an adapter that a
// container holds.
func TestAnAdapterInAContainer(t *testing.T) {
	t.Parallel()
	dir := boxed(t, dockerfile)
	image := target.Image{Kind: "http", Path: "/validate", Env: map[string]string{"MODE": "adapter"}}
	o := Options{Seed: 1, Only: append([]string{"kid.collision-issuers", "keyset.redirect-cross-host", "header.jku-attacker/https"}, few...)}
	p := meetBoxed(t, dir, image, o)
	run, err := collect(t.Context(), []*Player{p}, o, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range run.Results {
		if r.Outcome != reports.Pass {
			t.Errorf("%s: %s (%s; %s; %s)", r.Name(), r.Outcome, r.Got, r.Because, r.Reason)
		}
	}
	if about := run.Targets[0]; about.SharedIssuer || about.Digest == "" || !strings.Contains(about.Configuration, "in a container") {
		t.Errorf("it is described as %+v", about)
	}
}

// TestAContainerThatGoesAway finds another one at the next session, and what
// the last one said in the report.
func TestAContainerThatGoesAway(t *testing.T) {
	t.Parallel()
	p := meetBoxed(t, boxed(t, dockerfile), anAPI(), Options{Seed: 1})
	if wrong := p.Preflight(t.Context()); wrong != "" {
		t.Fatal(wrong)
	}
	name, _ := inspected(t, p.island)["Name"].(string)
	if out, err := exec.Command("docker", "kill", strings.TrimPrefix(name, "/")).CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	if wrong := p.Preflight(t.Context()); wrong != "" {
		t.Error(wrong)
	}
	if now, _ := inspected(t, p.island)["Name"].(string); now == name {
		t.Error("it is still the container that was killed")
	}
}

// TestAContainerThatWrites gets a root that it can write to, because it cannot
// do without.
func TestAContainerThatWrites(t *testing.T) {
	t.Parallel()
	image := anAPI()
	image.Env["MODE"] = "writes"
	p := meetBoxed(t, boxed(t, strings.Replace(dockerfile, "USER 65532\n", "", 1)), image, Options{Seed: 1})
	if wrong := p.Preflight(t.Context()); wrong != "" {
		t.Error(wrong)
	}
	if about := p.describe(); !strings.Contains(about.Configuration, "root writable") {
		t.Errorf("it is described as %s", about.Configuration)
	}
}

// TestWhyAContainerCannotBeOpened holds every way in which it goes wrong to a
// sentence that says what to do, and to leaving nothing behind.
func TestWhyAContainerCannotBeOpened(t *testing.T) {
	dir := boxed(t, dockerfile)
	with := func(change func(*target.Image)) target.Image {
		i := anAPI()
		i.StartLimit = 3 * time.Second
		change(&i)
		return i
	}
	before := networks(t)
	for name, one := range map[string]struct {
		spec  string
		image target.Image
		o     Options
		says  string // a pattern
		words string // its last words
	}{
		"no kind":         {dir, with(func(i *target.Image) { i.Kind = "" }), Options{}, `how the container is reached: kind http, bearer, login`, ""},
		"a kind mistyped": {dir, with(func(i *target.Image) { i.Kind = "baerer" }), Options{}, `did you mean "bearer"`, ""},
		"no Dockerfile":   {t.TempDir(), anAPI(), Options{}, `there is no Dockerfile to build`, ""},
		"no such image":   {"rogueidp-nobody-has-this:1", anAPI(), Options{}, `"rogueidp-nobody-has-this:1" is not here and cannot be fetched: .*; build or pull it first`, ""},
		"a build fails":   {boxed(t, "FROM scratch\nCOPY nothing /nothing\n"), anAPI(), Options{}, `build the image of .*nothing`, ""},
		"exits at once":   {dir, with(func(i *target.Image) { i.Env["MODE"] = "exits" }), Options{}, `ended before it was ready: it exited with code 1`, "the database is not there"},
		"never ready":     {dir, with(func(i *target.Image) { i.Env["MODE"] = "deaf"; i.Ready = "" }), Options{}, `not ready after 3s: its port 8080 is not open`, "thinking about it"},
		"another port":    {dir, with(func(i *target.Image) { i.Port, i.Ready = 9090, "" }), Options{}, `its port 9090 is not open; the image exposes the ports 8080`, "an API for"},
		"another path":    {dir, with(func(i *target.Image) { i.Ready = "/up" }), Options{}, `not ready after 3s: GET /up is answered with 404`, "an API for"},
		"no port":         {boxed(t, strings.Replace(dockerfile, "EXPOSE 8080\n", "", 1)), anAPI(), Options{}, `exposes no port, so say which port it listens on`, ""},
		"a template":      {dir, with(func(i *target.Image) { i.Env["ISSUER"] = "{isuer}" }), Options{}, `environment ISSUER: nothing fills {isuer}; did you mean "issuer"`, ""},
		"an issuer told":  {dir, with(func(i *target.Image) { i.Kind = "http" }), Options{}, `is told its \{\w+\} by message`, ""},
		"no memory":       {dir, with(func(i *target.Image) { i.Memory = "lots" }), Options{}, `memory "lots": write at least 6m`, ""},
		"loopback":        {dir, anAPI(), Options{Provider: mockidp.Config{Listen: "127.0.0.1:0"}}, `a container does not reach the provider at 127.0.0.1:0`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			way := reach()
			way.Image = one.image
			p, err := Meet(t.Context(), "image:"+one.spec, way, one.o)
			if err == nil {
				p.Close()
				t.Fatal("it opens")
			}
			if !regexp.MustCompile(one.says).MatchString(err.Error()) {
				t.Errorf("it says %q, want %s", err, one.says)
			}
			if words := target.LastWords(err); !strings.Contains(words, one.words) {
				t.Errorf("its last words are %q, want %s", words, one.words)
			}
		})
	}
	// The tests of another package may have one for a while.
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	pause := time.NewTicker(500 * time.Millisecond)
	defer pause.Stop()
	for now := networks(t); now > before; now = networks(t) {
		select {
		case <-pause.C:
		case <-ctx.Done():
			t.Fatalf("%d networks, and %d before", now, before)
		}
	}
}

func networks(t *testing.T) int {
	t.Helper()
	out, err := exec.Command("docker", "network", "ls", "-q").Output()
	if err != nil {
		t.Fatal(err)
	}
	return len(bytes.Fields(out))
}

// TestAnInterruptedContainer is removed, whenever the interruption comes.
func TestAnInterruptedContainer(t *testing.T) {
	t.Parallel()
	dir := boxed(t, dockerfile)
	ctx, interrupt := context.WithTimeout(t.Context(), 700*time.Millisecond)
	defer interrupt()
	image := anAPI()
	image.Env["MODE"] = "deaf"
	way := reach()
	way.Image = image
	p, err := Meet(ctx, "image:"+dir, way, Options{})
	if err == nil {
		p.Close()
		t.Fatal("it opens")
	}
	out, err := exec.Command("docker", "ps", "-aq", "--filter", "label=org.rogueidp=target", "--filter", "ancestor=rogueidp-target").Output()
	if err != nil || len(bytes.TrimSpace(out)) > 0 {
		t.Errorf("it left %s (%v)", out, err)
	}
}

// TestARelyingPartyInAContainer signs in at one that a container holds: it and
// the user agents know the provider under one name.
func TestARelyingPartyInAContainer(t *testing.T) {
	t.Parallel()
	image := anAPI()
	image.Kind, image.Path, image.Ready = "login", "/login", ""
	image.Env["MODE"], image.Env["BASE_URL"] = "party", "{url}"
	o := Options{Seed: 1, Only: []string{
		"login.happy-matrix/code", "login.state-wrong", "login.state-other-session", "login.code-injection", "userinfo.sub-mismatch",
		"token-endpoint.no-idtoken", "nonce.other-session",
	}}
	dir := boxed(t, dockerfile)
	way := reach()
	way.Image = image
	way.Login = target.Login{
		SignedIn: target.Sign{Selector: "#user"}, Identity: target.Identity{Selector: "#user"}, Home: "/",
		Supports: []string{"state", "nonce", "pkce", "userinfo"},
	}
	p, err := Meet(t.Context(), "image:"+dir, way, o)
	if err != nil {
		t.Fatalf("%v %s", err, target.LastWords(err))
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	run, err := collect(t.Context(), []*Player{p}, o, nil)
	if err != nil {
		t.Fatal(err)
	}
	played := 0
	for _, r := range run.Results {
		if r.Outcome != reports.Pass {
			t.Errorf("%s: %s (%s %s)", r.Name(), r.Outcome, r.Because, r.Reason)
		}
		played++
	}
	if said := run.Targets[0].Preflight; played < len(o.Only) || said != "" {
		t.Errorf("%d results; before the run: %s", played, said)
	}
}
