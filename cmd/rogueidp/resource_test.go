package main

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"

	"github.com/rogueidp/rogueidp/suites/target"
)

// What describes a resource is read, and the command that plays a miss again
// says it in the words in which it was written.
func TestResourceFlags(t *testing.T) {
	t.Setenv("API_KEY", "hunter2-hunter2")
	t.Setenv("SHORT", "on")
	line := []string{
		"--method", "POST", "--header", "X-Api-Key=${API_KEY}", "--header", "X-Mode=${SHORT}=1", "--body", `{"k":"${API_KEY}"}`,
		"--identity", "json:user.sub", "--replicas", "3", "--max-header", "4096", "--token-cookie", "session", "--token-query", "t",
		"--declare", "cooldown=30s,ttl=10m",
	}
	var f runFlags
	flags := pflag.NewFlagSet("run", pflag.ContinueOnError)
	f.reachFlags.add(flags)
	if err := flags.Parse(line); err != nil {
		t.Fatal(err)
	}
	if err := f.reachFlags.check(); err != nil {
		t.Fatal(err)
	}
	o := f.reachFlags.options("bearer-jwt")
	want := target.Resource{
		Method: "POST", Header: map[string]string{"X-Api-Key": "hunter2-hunter2", "X-Mode": "on=1"}, Body: `{"k":"hunter2-hunter2"}`,
		Identity: target.Identity{JSON: "user.sub"}, Replicas: 3, MaxHeader: 4096, Cookie: "session", Query: "t",
	}
	if !reflect.DeepEqual(o.Resource, want) || *o.Declares.Cooldown != 30*time.Second || *o.Declares.CacheTTL != 10*time.Minute {
		t.Errorf("%+v %+v", o.Resource, o.Declares)
	}
	if !slices.Equal(o.Secrets, []string{"hunter2-hunter2", "hunter2-hunter2"}) {
		t.Errorf("%v", o.Secrets)
	}
	replay := f.command("bearer:https://a.test/me")
	for i := 0; i < len(line); i += 2 {
		if !strings.Contains(replay, line[i]) {
			t.Errorf("%s is not in %s", line[i], replay)
		}
	}
	if strings.Contains(replay, "hunter2") || !strings.Contains(replay, `--header 'X-Api-Key=${API_KEY}'`) || !strings.Contains(replay, `--body '{"k":"${API_KEY}"}'`) {
		t.Error(replay)
	}
}
