package suites

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rogueidp/rogueidp/suites/target"
)

// TestRealRelyingParties plays the scenarios of logins against relying parties
// that nobody here wrote.
func TestRealRelyingParties(t *testing.T) {
	for name, begin := range map[string]func(*testing.T) (deployment, target.Login){
		"mod_auth_openidc": signsInByApache,
		"oauth2-proxy":     signsInByProxy,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, login := begin(t)
			playsAgainst(t, d, "login:"+d.url, target.Options{Login: login})
		})
	}
}

func signsInByApache(t *testing.T) (deployment, target.Login) {
	d := apache(t, "mod_auth_openidc.so", "mod_auth_openidc/relying-party.conf")
	return d, target.Login{
		Home: d.url, Identity: target.Identity{Header: "X-User"},
		Supports: []string{"state", "nonce", "userinfo"},
	}
}

// signsInByProxy starts oauth2-proxy, configured as its documentation does for
// any OpenID provider. It asks its provider for the metadata when it starts, so
// the provider is there then, too.
func signsInByProxy(t *testing.T) (deployment, target.Login) {
	binary, err := filepath.Abs(filepath.Join("..", "validator", "thirdparty", "oauth2-proxy", "bin", "oauth2-proxy"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(binary); err != nil {
		needs(t, "adapters", "oauth2-proxy is not built; make servers does it")
	}
	folder := t.TempDir()
	o, _ := foreseen(t, folder)
	addr, port := freeAddress(t)
	world, err := newWorld(o.Provider)
	if err != nil {
		t.Fatal(err)
	}
	defer world.close()
	if _, err := world.idp.Tenant(o.Fixed); err != nil {
		t.Fatal(err)
	}
	url := "http://localhost:" + port
	d := deployment{url: url + "/oauth2/start", o: o, log: filepath.Join(folder, "proxy.log")}
	d.stop = started(t, addr, d.log, nil, binary,
		"--provider", "oidc", "--oidc-issuer-url", o.Fixed.Issuer,
		"--client-id", o.Fixed.ClientID, "--client-secret", o.Fixed.ClientSecret,
		"--redirect-url", url+"/oauth2/callback", "--http-address", addr,
		"--cookie-secret", "0123456789abcdef0123456789abcdef", "--cookie-secure=false",
		"--email-domain", "*", "--upstream", "static://202", "--set-xauthrequest",
		"--provider-ca-file", filepath.Join(folder, "ca.pem"), "--code-challenge-method", "S256",
		"--insecure-oidc-skip-nonce=false", "--skip-provider-button", "--oidc-email-claim", "sub", "--insecure-oidc-allow-unverified-email",
	)
	return d, target.Login{
		Home: url + "/oauth2/userinfo", Identity: target.Identity{JSON: "user"},
		Supports: []string{"state", "nonce", "pkce"}, ReturnTo: "rd",
	}
}
