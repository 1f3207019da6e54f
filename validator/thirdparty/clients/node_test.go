package clients_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"github.com/rogueidp/rogueidp/mockidp"
)

// TestOpenIDClient runs openid-client.test.mjs on a provider.
func TestOpenIDClient(t *testing.T) {
	if _, err := exec.LookPath("node"); err != nil {
		missing(t, "node is not installed")
	}
	if _, err := os.Stat("node_modules/openid-client"); err != nil {
		missing(t, "openid-client is not set up: npm ci")
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	private := jose.JSONWebKey{Key: key, KeyID: "k1", Algorithm: "ES256", Use: "sig"}
	secret, err := json.Marshal(private)
	if err != nil {
		t.Fatal(err)
	}
	set, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{private.Public()}})
	if err != nil {
		t.Fatal(err)
	}
	idp := mockidp.Start(t, mockidp.TenantConfig{ClientJWKS: set})
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, idp.Provider().CAPEM(), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "node", "--test", "openid-client.test.mjs")
	cmd.Env = append(os.Environ(), "NODE_EXTRA_CA_CERTS="+ca, "ROGUEIDP_ISSUER="+idp.Issuer(),
		"ROGUEIDP_CLIENT="+idp.ClientID(), "ROGUEIDP_SECRET="+idp.ClientSecret(), "ROGUEIDP_KEY="+string(secret))
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "pass 7") || !strings.Contains(string(out), "skipped 0") {
		t.Errorf("%v\n%s", err, out)
	}
}

// missing skips what this machine has no part for, or fails where the part is
// required.
func missing(t *testing.T, why string) {
	t.Helper()
	if strings.Contains(","+os.Getenv("ROGUEIDP_REQUIRE")+",", ",adapters,") {
		t.Fatalf("adapters is required: %s", why)
	}
	t.Skipf("not run: %s", why)
}
