package main

import (
	"encoding/json"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/rogueidp/rogueidp/cmd/rogueidp/config"
	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/suites/target"
)

// aimed are the targets of a file, as a run with some flags would reach them.
func aimed(t *testing.T, text string, args ...string) []aim {
	t.Helper()
	t.Chdir(t.TempDir())
	if err := os.WriteFile("rogueidp.yaml", []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c := runCommand()
	var f runFlags
	flags := pflag.NewFlagSet("run", pflag.ContinueOnError)
	flags.StringArrayVar(&f.targets, "target", nil, "")
	flags.StringVar(&f.profile, "profile", "", "")
	flags.StringVar(&f.hazard, "hazard", "none", "")
	f.providerFlags.add(flags)
	f.reachFlags.add(flags)
	f.loginFlags.add(flags)
	f.fileFlags.add(flags)
	flags.VisitAll(func(one *pflag.Flag) {
		if c.Flags().Lookup(one.Name) == nil {
			t.Errorf("run has no --%s", one.Name)
		}
	})
	if err := flags.Parse(args); err != nil {
		t.Fatal(err)
	}
	if err := f.configure(flags); err != nil {
		t.Fatal(err)
	}
	o, err := f.options()
	if err != nil {
		t.Fatal(err)
	}
	list, err := f.aims(o)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

const twoTargets = `targets:
  api:
    target: bearer:http://127.0.0.1:8080/me
    profile: rfc9068
    algs: [ES256]
    declares: {leeway: 1m, cooldown: 20s}
    resource: {method: POST, header: {X-Api-Key: "${FILE_TEST_KEY}"}, loginPage: http://127.0.0.1:8080/login}
    reset: {command: ./reset, limit: 3s}
    provider: {listen: "127.0.0.1:7443", clientID: my-api, redirectURIs: ["http://127.0.0.1:8080/cb"]}
  app:
    target: login:http://127.0.0.1:8080/login
    login: {home: /me, identity: {json: sub}, supports: [pkce]}
provider:
  listen: 127.0.0.1:7444
  issuer: https://localhost:7443/idp
  tlsDir: tls
  clientID: everybody
  clientSecret: ${FILE_TEST_KEY}
  others: [{issuer: https://localhost:7443/other, clientID: them}]
`

func TestTargetsOfAFile(t *testing.T) {
	t.Setenv("FILE_TEST_KEY", "sesame-sesame")
	list := aimed(t, twoTargets)
	if len(list) != 2 || list[0].called() != "api" || list[1].called() != "app" {
		t.Fatalf("they are %+v", list)
	}
	api, app := list[0], list[1]
	if got := api.options.Fixed; got.Issuer != "https://localhost:7443/idp" || got.ClientID != "my-api" || got.ClientSecret != "sesame-sesame" || !slices.Equal(got.RedirectURIs, []string{"http://127.0.0.1:8080/cb"}) {
		t.Errorf("the client of api is %+v", got)
	}
	if got := api.options.Provider; got.Listen != "127.0.0.1:7443" || got.TLSDir != "tls" {
		t.Errorf("the provider of api is %+v", got)
	}
	if api.options.Profile != "rfc9068" || !slices.Equal(api.reach.Algs, []string{"ES256"}) || api.reach.LoginPage != "http://127.0.0.1:8080/login" {
		t.Errorf("api is reached by %+v", api.reach)
	}
	if api.reach.Resource.Method != "POST" || api.reach.Resource.Header["X-Api-Key"] != "sesame-sesame" || api.reach.Reset != (target.Reset{Command: "./reset", Limit: 3 * time.Second}) {
		t.Errorf("api is reached by %+v", api.reach)
	}
	if d := api.reach.Declares; d.Leeway[""] != time.Minute || *d.Cooldown != 20*time.Second || d.CacheTTL != nil {
		t.Errorf("api declares %+v", d)
	}
	if !slices.Contains(api.reach.Secrets, "sesame-sesame") {
		t.Errorf("the secrets are %q", api.reach.Secrets)
	}
	if app.options.Fixed.ClientID != "everybody" || app.options.Provider.Listen != "127.0.0.1:7444" || app.options.Profile != "" || len(app.reach.Algs) > 0 {
		t.Errorf("app has something of api: %+v", app)
	}
	if others := app.options.Others; !reflect.DeepEqual(others, []mockidp.TenantConfig{{Issuer: "https://localhost:7443/other", ClientID: "them"}}) {
		t.Errorf("the others are %+v", others)
	}
	if app.reach.Login.Home != "/me" || app.reach.Login.Identity.JSON != "sub" {
		t.Errorf("app is reached by %+v", app.reach.Login)
	}
}

func TestFlagsWinOverAFile(t *testing.T) {
	t.Setenv("FILE_TEST_KEY", "sesame-sesame")
	list := aimed(t, twoTargets, "--target", "app", "--listen", "127.0.0.1:9", "--client-id", "flag", "--algs", "RS512", "--home", "/flag", "--profile", "jws", "--tls-dir", "mine")
	if len(list) != 1 {
		t.Fatalf("they are %+v", list)
	}
	app := list[0]
	if app.options.Provider.Listen != "127.0.0.1:9" || app.options.Provider.TLSDir != "mine" || app.options.Fixed.ClientID != "flag" || app.options.Fixed.Issuer != "https://localhost:7443/idp" {
		t.Errorf("the provider is %+v, the client %+v", app.options.Provider, app.options.Fixed)
	}
	if !slices.Equal(app.reach.Algs, []string{"RS512"}) || app.reach.Login.Home != "/flag" || app.reach.Login.Identity.JSON != "sub" || app.options.Profile != "jws" {
		t.Errorf("it is reached by %+v", app.reach)
	}
}

// A target that is spelled out has nothing of those that the file names, but what
// the file says of everything.
func TestASpelledTargetBesideAFile(t *testing.T) {
	t.Setenv("FILE_TEST_KEY", "sesame-sesame")
	list := aimed(t, twoTargets, "--config", "rogueidp.yaml", "--target", "bearer:http://127.0.0.1:1/me")
	one := list[0]
	if len(list) != 1 || one.called() != "bearer:http://127.0.0.1:1/me" || one.reach.Resource.Method != "" || one.options.Profile != "" {
		t.Errorf("they are %+v", list)
	}
	if one.options.Fixed.ClientID != "everybody" || len(one.options.Others) != 1 || one.options.Provider.Listen != "127.0.0.1:7444" {
		t.Errorf("it has %+v", one.options)
	}
	if none := aimed(t, twoTargets, "--target", "bearer:http://127.0.0.1:1/me"); none[0].options.Fixed.ClientID != "" {
		t.Errorf("a file is read that nobody named: %+v", none[0].options.Fixed)
	}
}

// Whatever run and drill take as a flag, the file can say, but for what is about
// the file itself, about printing, or about the story.
func TestEveryFlagIsASetting(t *testing.T) {
	var schema any
	if err := json.Unmarshal(config.Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	settings := map[string]bool{}
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			if properties, ok := v["properties"].(map[string]any); ok {
				for name := range properties {
					settings[strings.ToLower(name)] = true
				}
			}
			for _, inner := range v {
				walk(inner)
			}
		case []any:
			for _, inner := range v {
				walk(inner)
			}
		}
	}
	walk(schema)
	aside := []string{"config", "no-config", "quiet", "story", "ttl", "help"}
	otherwise := map[string]string{
		"signed-in-text": "text", "policy": "policies", "token-cookie": "cookie", "token-query": "query", "reset-limit": "limit", "image-capability": "capabilities",
	}
	found := 0
	for _, c := range []*cobra.Command{runCommand(), drillCommand()} {
		c.Flags().VisitAll(func(f *pflag.Flag) {
			if slices.Contains(aside, f.Name) {
				return
			}
			found++
			name := strings.TrimPrefix(f.Name, "image-")
			if other := otherwise[f.Name]; other != "" {
				name = other
			}
			name = strings.ReplaceAll(name, "-", "")
			if !settings[name] && !settings[name+"s"] {
				t.Errorf("%s --%s: no setting of rogueidp.yaml is called so", c.Name(), f.Name)
			}
		})
	}
	if found < 40 {
		t.Errorf("only %d flags are found", found)
	}
}
