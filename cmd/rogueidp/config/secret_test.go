package config

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/rogueidp/rogueidp/scenarios/yamldoc"
	"github.com/rogueidp/rogueidp/suites/target"
)

func TestSecrets(t *testing.T) {
	f, err := Read(file(t, `provider: {clientID: my-api, clientSecret: "${ROGUEIDP_CLIENT_SECRET}"}
targets:
  api:
    target: bearer:https://localhost:8443/me
    resource:
      header:
        Accept: application/json
        Authorization: Basic spelled-out
        X-Api-Key: "v1 ${API_KEY} $${API_KEY} $5"
`), environment)
	if err != nil {
		t.Fatal(err)
	}
	if got := f.Provider.ClientSecret; got != "hunter2-hunter2" {
		t.Errorf("the client secret is %q", got)
	}
	if got := f.Targets[0].Resource.Header["X-Api-Key"]; got != "v1 sesame-sesame ${API_KEY} $5" {
		t.Errorf("the header is %q", got)
	}
	for _, secret := range []string{"hunter2-hunter2", "sesame-sesame", "Basic spelled-out"} {
		if !slices.Contains(f.Secrets, secret) {
			t.Errorf("%q is none of the secrets %q", secret, f.Secrets)
		}
	}
	if slices.Contains(f.Secrets, "application/json") {
		t.Errorf("every header is a secret: %q", f.Secrets)
	}
	// An error about another line may quote one, and does not.
	_, err = Read(file(t, "provider: {clientSecret: \"${API_KEY}\"}\npreset: sesame-sesame\n"), environment)
	if err == nil || strings.Contains(err.Error(), "sesame") || !strings.Contains(err.Error(), ":2: preset: \"[redacted]\" is none") {
		t.Error(err)
	}
}

// In the environment of a container a name tells what is secret, and a word that
// the run fills in is not.
func TestSecretsOfAContainer(t *testing.T) {
	for name, c := range map[string]struct {
		value  string
		secret bool
	}{
		"OIDC_CLIENT_SECRET": {"{client_secret}", false},
		"DB_PASSWORD":        {"in-the-open", true},
		"LOG_LEVEL":          {"debug", false},
		"ANYTHING":           {"${API_KEY}", true},
	} {
		d := &decoder{lookup: environment}
		values := map[string]string{}
		read(t, d, &values, name, c.value)
		if (len(d.secrets) > 0) != c.secret {
			t.Errorf("%s=%s: the secrets are %q", name, c.value, d.secrets)
		}
	}
}

// read reads one variable of a container, as image.env would have it.
func read(t *testing.T, d *decoder, into *map[string]string, name, value string) {
	t.Helper()
	all := settingsOf(reflect.TypeFor[target.Image]())
	env := all[slices.IndexFunc(all, func(s setting) bool { return s.name == "env" })]
	n := &yamldoc.Node{Kind: yamldoc.Object, Members: []yamldoc.Member{{Name: name, Value: &yamldoc.Node{Kind: yamldoc.String, Text: value}}}}
	d.read("env", n, reflect.ValueOf(into).Elem(), env)
	if len(d.Wrongs()) > 0 {
		t.Fatal(d.Wrongs())
	}
}
