package main

import (
	"os/exec"
	"reflect"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"github.com/rogueidp/rogueidp/suites/target"
)

// TestALoginIsReplayedAsItWasAsked has a shell read the command that replays a
// run, and gets what was asked for.
func TestALoginIsReplayedAsItWasAsked(t *testing.T) {
	asked := runFlags{loginFlags: loginFlags{
		signedInText: "It's you", home: "/me?x=1&y=2", browser: true, supports: []string{"state", "pkce"},
	}}
	out, err := exec.Command("sh", "-c", `printf '%s\n' `+asked.command("login:https://host/login")).Output()
	if err != nil {
		t.Fatal(err)
	}
	line := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	var replayed loginFlags
	flags := pflag.NewFlagSet("run", pflag.ContinueOnError)
	flags.String("target", "", "")
	flags.String("hazard", "", "")
	flags.Duration("max-wait", 0, "")
	replayed.add(flags)
	if err := flags.Parse(line[2:]); err != nil {
		t.Fatalf("%q: %v", line, err)
	}
	if !reflect.DeepEqual(replayed, asked.loginFlags) {
		t.Errorf("%q asks for %+v, not %+v", line, replayed, asked.loginFlags)
	}
	l, err := replayed.login(target.Identity{Pattern: `sub=(\S+)`})
	if err != nil {
		t.Fatal(err)
	}
	if want := (target.Identity{Pattern: `sub=(\S+)`}); l.Identity != want || l.SignedIn.Text != "It's you" || !l.Browser || l.Home != "/me?x=1&y=2" || len(l.Supports) != 2 {
		t.Errorf("it is %+v", l)
	}
}
