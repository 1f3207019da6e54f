package target

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// script is the spelling of a verifier in a few lines of shell. A shell reads
// it: what was just written and is executed itself may still be open for writing
// in a child of another test.
func script(t *testing.T, lines string) string {
	t.Helper()
	return "/bin/sh " + program(t, lines)
}

// program is the path of such a verifier.
func program(t *testing.T, lines string) string {
	t.Helper()
	if _, err := exec.LookPath("/bin/sh"); err != nil {
		t.Skip("not run: there is no /bin/sh")
	}
	path := filepath.Join(t.TempDir(), "verify")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+lines+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

func verifier(t *testing.T, spec string, o Options, i Issuer) Session {
	t.Helper()
	o.Environ = append(o.Environ, "PATH="+os.Getenv("PATH"))
	c, err := Open(context.Background(), "cmd:"+spec, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	s, v, err := c.Trust(context.Background(), i)
	if err != nil || v.Answer != Accept {
		t.Fatal(v, err)
	}
	return s
}

func TestACommandSaysByItsExitStatus(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		lines          string
		answer         Answer
		reason, claims string
	}{
		{"exit 0", Accept, "", ""},
		{"echo '{\"sub\":\"alice\"}'", Accept, "", `{"sub":"alice"}`},
		{"echo well; echo fine >&2", Accept, "fine", ""},
		{"echo '{\"sub\":\"alice\"}'; echo expired >&2; exit 1", Reject, "expired", ""},
		{"echo no keys >&2; exit 2", Unavailable, "no keys", ""},
		// What it leaves behind with its pipes open keeps nobody.
		{"sleep 600 & exit 1", Reject, "", ""},
		{"i=0; while [ $i -lt 1000 ]; do echo 0123456789 >&2; i=$((i+1)); done; exit 1", Reject, strings.TrimSpace(strings.Repeat("0123456789\n", 186) + "01"), ""},
	} {
		s := verifier(t, script(t, c.lines), Options{}, Issuer{Issuer: "https://a.test"})
		v, err := s.Try(context.Background(), Attempt{Token: "a.b.c"})
		if err != nil || v.Answer != c.answer || v.Reason != c.reason || string(v.Claims) != c.claims {
			t.Errorf("%s: %+v %v", c.lines, v, err)
		}
	}
}

func TestACommandThatSaysNothing(t *testing.T) {
	t.Parallel()
	for lines, how := range map[string]string{
		"exit 7": "exit status 7", "kill -SEGV $$": "signal: segmentation fault", "exit 127": "could not start something",
	} {
		s := verifier(t, script(t, "echo oh >&2; "+lines), Options{}, Issuer{})
		var crashed *Crashed
		if v, err := s.Try(context.Background(), Attempt{Token: "a"}); !errors.As(err, &crashed) || !strings.Contains(crashed.How, how) || crashed.Stderr != "oh\n" || crashed.InFlight != 1 {
			t.Errorf("%s: %+v %v", lines, v, err)
		}
	}
	var garbled *Garbled
	s := verifier(t, script(t, "while :; do head -c 1000000 /dev/zero; done"), Options{}, Issuer{})
	if v, err := s.Try(context.Background(), Attempt{Token: "a"}); !errors.As(err, &garbled) || !strings.Contains(garbled.How, "more than 16 MiB") || len(garbled.Line) > 256 {
		t.Errorf("%+v %v", v, err)
	}
	// It hangs with a child, and both are ended.
	s = verifier(t, script(t, "echo waiting >&2; sleep 600 & sleep 601"), Options{}, Issuer{})
	var hung *Hung
	if v, err := s.Try(context.Background(), Attempt{Token: "a", Deadline: time.Millisecond}); !errors.As(err, &hung) || hung.Stderr != "waiting\n" {
		t.Errorf("%+v %v", v, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(50*time.Millisecond, cancel)
	if v, err := s.Try(ctx, Attempt{Token: "a"}); !errors.Is(err, context.Canceled) {
		t.Errorf("%+v %v", v, err)
	}
	// It is gone since it was opened.
	gone := program(t, "exit 0")
	s = verifier(t, gone, Options{}, Issuer{})
	if err := os.Remove(gone); err != nil {
		t.Fatal(err)
	}
	var crashed *Crashed
	if v, err := s.Try(context.Background(), Attempt{Token: "a"}); !errors.As(err, &crashed) || !strings.Contains(crashed.How, "could not be started") {
		t.Errorf("%+v %v", v, err)
	}
}

func TestACommandThatCannotBeStarted(t *testing.T) {
	t.Parallel()
	plain := program(t, "exit 0")
	if err := os.Chmod(plain, 0o600); err != nil {
		t.Fatal(err)
	}
	for spec, want := range map[string]string{
		"./not-there":     "give its path, such as cmd:./verify",
		plain:             "it may not be executed; make it executable",
		"":                "behind cmd: stands a command",
		`./verify "one`:   "is not closed",
		filepath.Dir("."): "cannot be started",
	} {
		if _, err := Open(context.Background(), "cmd:"+spec, Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", spec, err)
		}
	}
	if _, err := Open(context.Background(), "cmd:"+script(t, ""), Options{Resource: Resource{Identity: Identity{Header: "X"}}}); err == nil || !strings.Contains(err.Error(), "json:PATH") {
		t.Error(err)
	}
}

// A verifier finds the token, the key set of this moment and the settings where
// they are promised, and nothing is left of them afterwards.
func TestWhatACommandIsTold(t *testing.T) {
	t.Parallel()
	served := 0
	idp := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		served++
		fmt.Fprintf(w, `{"keys":[%d]}`, served)
	}))
	defer idp.Close()
	issuer := Issuer{Issuer: "https://a.test", ClientID: "c-1", Algs: []string{"RS256", "ES256"}, JWKSURI: idp.URL, Client: idp.Client()}
	tell := script(t, `printf '{"token":"%s","keys":%s,"config":%s,"env":"%s %s %s %s","ca":"%s","secret":"%s"}' \
  "$(cat)" "$(cat "$ROGUEIDP_JWKS_FILE")" "$(cat "$ROGUEIDP_CONFIG_FILE")" "$ROGUEIDP_ISSUER" "$ROGUEIDP_CLIENT_ID" "$ROGUEIDP_ALGS" "$ROGUEIDP_NONCE" "$ROGUEIDP_CA_FILE" "$SECRET"
echo "$ROGUEIDP_JWKS_FILE" >&2`)
	s := verifier(t, tell, Options{CAFile: "/ca.pem", Environ: []string{"SECRET=hunter2"}}, issuer)
	now := clock().Add(time.Hour)
	if err := s.(Clocked).SetClock(context.Background(), now); err != nil {
		t.Fatal(err)
	}
	for i := range 2 {
		v, err := s.Try(context.Background(), Attempt{Token: "a.b.c", Nonce: "n-1"})
		if err != nil || v.Answer != Accept {
			t.Fatal(v, err)
		}
		var told struct {
			Token, Env, CA, Secret string
			Keys                   json.RawMessage
			Config                 struct {
				Issuer   string
				ClientID string `json:"client_id"`
				Algs     []string
				Nonce    string
				Now      int64
			}
		}
		if err := json.Unmarshal(v.Claims, &told); err != nil {
			t.Fatalf("%s: %v", v.Claims, err)
		}
		c := told.Config
		if told.Token != "a.b.c" || told.Env != "https://a.test c-1 RS256,ES256 n-1" || told.CA != "/ca.pem" || told.Secret != "" ||
			string(told.Keys) != fmt.Sprintf(`{"keys":[%d]}`, i+1) ||
			c.Issuer != "https://a.test" || c.ClientID != "c-1" || !slices.Equal(c.Algs, issuer.Algs) || c.Nonce != "n-1" || c.Now < now.Unix() || c.Now > now.Unix()+3600 {
			t.Errorf("%s", v.Claims)
		}
		if _, err := os.Stat(v.Reason); !os.IsNotExist(err) || v.Reason == "" {
			t.Errorf("%q is still there: %v", v.Reason, err)
		}
	}
	// Without somebody to ask, the key set is that of the beginning.
	s = verifier(t, script(t, `cat "$ROGUEIDP_JWKS_FILE"`), Options{}, Issuer{JWKS: json.RawMessage(`{"keys":[]}`)})
	if v, err := s.Try(context.Background(), Attempt{}); err != nil || string(v.Claims) != `{"keys":[]}` {
		t.Error(v, err)
	}
	// A path says where in the output the user stands.
	o := Options{Resource: Resource{Identity: Identity{JSON: "user.id"}}}
	s = verifier(t, script(t, `echo '{"user":{"id":"alice"}}'`), o, Issuer{})
	if v, err := s.Try(context.Background(), Attempt{}); err != nil || string(v.Claims) != `{"sub":"alice"}` {
		t.Error(v, err)
	}
	var garbled *Garbled
	if v, err := verifier(t, script(t, `echo hello`), o, Issuer{}).Try(context.Background(), Attempt{}); !errors.As(err, &garbled) {
		t.Error(v, err)
	}
	c, err := Open(context.Background(), "cmd:"+tell, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, issuers := range [][]Issuer{{{}, {}}, {{DecryptionKeys: []json.RawMessage{nil}}}, {{TrustedAudiences: []string{"x"}}}} {
		if _, _, err := c.Trust(context.Background(), issuers...); !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("%d issuers: %v", len(issuers), err)
		}
	}
}
