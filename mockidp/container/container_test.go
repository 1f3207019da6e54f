package container

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/network"

	"github.com/rogueidp/rogueidp/mockidp/fault"
	"github.com/rogueidp/rogueidp/validator"
)

const image = "rogueidp:test"

var made = sync.OnceValue(func() error {
	cmd := exec.Command("make", "-s", "image", "IMAGE="+image)
	cmd.Dir = "../.."
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("make image: %w\n%s", err, out)
	}
	return nil
})

// built is the mock's own image. It skips a test where there is no Docker, and
// fails it where there has to be.
func built(t *testing.T) string {
	t.Helper()
	if out, err := exec.Command("docker", "version", "--format", "{{.Server.Version}}").CombinedOutput(); err != nil {
		why := "Docker does not answer: " + strings.TrimSpace(string(out))
		if strings.Contains(","+os.Getenv("ROGUEIDP_REQUIRE")+",", ",docker,") {
			t.Fatal("docker is required: " + why)
		}
		t.Skip("not run: " + strings.Join(strings.Fields(why), " "))
	}
	if err := made(); err != nil {
		t.Fatal(err)
	}
	return image
}

func run(t *testing.T, options ...testcontainers.ContainerCustomizer) *Container {
	t.Helper()
	c, err := Run(t.Context(), built(t), options...)
	if c != nil {
		testcontainers.CleanupContainer(t, c)
	}
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// checked validates a token with the client that the container gives.
func checked(ctx context.Context, c *Container) (func(token, nonce string) error, error) {
	v, err := validator.New(validator.Config{Issuer: c.Issuer(), ClientID: c.ClientID(), HTTPClient: c.Client()})
	if err != nil {
		return nil, err
	}
	return func(token, nonce string) error {
		_, err := v.Validate(ctx, token, validator.WithNonce(nonce))
		return err
	}, nil
}

// TestAProviderInAContainer mints honest and forged tokens, for a validator that
// finds the issuer over the network.
func TestAProviderInAContainer(t *testing.T) {
	t.Parallel()
	c := run(t, Serve("--client-id", "shop"))
	if c.ClientID() != "shop" || !strings.HasPrefix(c.Issuer(), "https://") || !strings.HasPrefix(c.JWKSURI(), c.Issuer()) {
		t.Fatalf("issuer %s, client %s, keys %s", c.Issuer(), c.ClientID(), c.JWKSURI())
	}
	check, err := checked(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	mint := func(a Ask) string {
		t.Helper()
		a.Nonce = "n-1"
		token, err := c.Mint(t.Context(), a)
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	if err := check(mint(Ask{Subject: "carol"}), "n-1"); err != nil {
		t.Errorf("an honest token: %v", err)
	}
	if err := check(mint(Ask{Faults: []fault.Fault{fault.SignWith{Alg: "none"}}}), "n-1"); err == nil {
		t.Error("a token that nobody signed is accepted")
	}
	if err := c.Misbehave(t.Context(), fault.SignWith{Alg: "none"}); err != nil {
		t.Fatal(err)
	}
	if err := check(mint(Ask{}), "n-1"); err == nil {
		t.Error("a token of a tenant that lies is accepted")
	}
	if err := c.Misbehave(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := c.Rotate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := check(mint(Ask{}), "n-1"); err != nil {
		t.Errorf("a token after a rotation: %v", err)
	}
	if err := c.Misbehave(t.Context(), fault.RedirectTo{Endpoint: "nowhere", To: "{canary}"}); err == nil || !strings.Contains(err.Error(), "nowhere") {
		t.Errorf("an endpoint that is none: %v", err)
	}
	confined(t, c)
}

// confined holds the container to what it may do at most, and its admin API to
// those who know the token.
func confined(t *testing.T, c *Container) {
	t.Helper()
	seen, err := c.Inspect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	h := seen.HostConfig
	if h.Privileged || !h.ReadonlyRootfs || len(h.CapAdd) > 0 || strings.Join(h.CapDrop, "") != "ALL" || strings.Join(h.SecurityOpt, "") != "no-new-privileges" || seen.Config.User != "65532:65532" {
		t.Errorf("it may more than it has to: %+v, user %s", h, seen.Config.User)
	}
	for port, bound := range h.PortBindings {
		for _, b := range bound {
			if !b.HostIP.IsLoopback() {
				t.Errorf("port %s is bound to %s", port, b.HostIP)
			}
		}
	}
	for token, want := range map[string]int{"": 401, "x": 401, c.AdminToken(): 200} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, c.AdminURL()+"/tenants", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+token)
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("with the token %q it answers %s, want %d", token, resp.Status, want)
		}
	}
	logs, err := c.Logs(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer logs.Close()
	if text, err := io.ReadAll(logs); err != nil || strings.Contains(string(text), c.AdminToken()) {
		t.Errorf("its log holds the admin token (%v)", err)
	}
}

// TestAProviderOnANetwork has an issuer that other containers find, and so does
// the test itself.
func TestAProviderOnANetwork(t *testing.T) {
	t.Parallel()
	built(t)
	n, err := network.New(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	testcontainers.CleanupNetwork(t, n)
	c := run(t, Named("idp.test", n.Name))
	if !strings.HasPrefix(c.Issuer(), "https://idp.test:") {
		t.Errorf("its issuer is %s", c.Issuer())
	}
	resp, err := c.Client().Get(c.Issuer() + "/.well-known/openid-configuration")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var metadata struct{ Issuer string }
	if err := json.NewDecoder(resp.Body).Decode(&metadata); err != nil || metadata.Issuer != c.Issuer() {
		t.Errorf("it says that its issuer is %q (%v)", metadata.Issuer, err)
	}
	addresses, err := c.NetworkAliases(t.Context())
	if err != nil || !strings.Contains(strings.Join(addresses[n.Name], " "), "idp.test") {
		t.Errorf("on the network it is called %v (%v)", addresses, err)
	}
}

// TestAFolderIsBuilt of which the module gets the path, and says what is wrong
// where there is nothing to build.
func TestAFolderIsBuilt(t *testing.T) {
	t.Parallel()
	built(t)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "Dockerfile"), []byte("FROM "+image+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	c, err := Run(t.Context(), dir)
	if c != nil {
		testcontainers.CleanupContainer(t, c)
	}
	if err != nil {
		t.Fatal(err)
	}
	if token, err := c.Mint(t.Context(), Ask{}); err != nil || strings.Count(token, ".") != 2 {
		t.Errorf("it mints %q (%v)", token, err)
	}
	if c, err := Run(t.Context(), t.TempDir()); err == nil {
		testcontainers.CleanupContainer(t, c)
		t.Error("an empty folder is built")
	}
	if _, err := Run(t.Context(), image, Named("no name", "none")); err == nil || !strings.Contains(err.Error(), `"no name"`) {
		t.Errorf("a name that is none: %v", err)
	}
}
