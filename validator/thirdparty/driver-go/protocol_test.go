package driver

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/rogueidp/rogueidp/validator/thirdparty/driver-go/drivertest"
)

type msg = drivertest.Message

func trustAs(session, issuer string) msg {
	return msg{"cmd": "trust", "session": session, "issuers": []msg{{"issuer": issuer, "clientID": "rp-1", "jwksURI": "https://127.0.0.1:1/keys"}}}
}

func verify(session, token string) msg {
	return msg{"cmd": "verify", "session": session, "token": token}
}

func TestHelloSaysWhatTheAdapterSays(t *testing.T) {
	c := startFixture(t, "concurrent")
	got := c.Ask(msg{"cmd": "hello", "protocol": 1, "of no meaning": true})
	want := msg{
		"seq": 1.0, "protocol": 1.0, "profile": "id-token",
		"algs":       []any{"RS256", "ES256"},
		"can":        []any{"discovery", "nonce", "clock", "cancel", "claims", "restart", "jws", "custom-ca"},
		"declares":   map[string]any{"leeway": map[string]any{"exp": "0s", "nbf": "5m"}, "cooldown": "30s"},
		"faketime":   []any{"wall"},
		"token":      map[string]any{"claims": map[string]any{"scope": "openid"}, "typ": "JWT"},
		"concurrent": true,
	}
	target := got["target"].(map[string]any)
	delete(got, "target")
	if !reflect.DeepEqual(got, want) {
		t.Errorf("want %v\n got %v", want, got)
	}
	c.Want(target, msg{"name": "fixture", "language": "go", "configuration": "default"})
	if r, _ := target["runtime"].(string); !strings.HasPrefix(r, "go 1.") {
		t.Errorf("runtime = %q", r)
	}
}

func TestVerdicts(t *testing.T) {
	c := startFixture(t, "concurrent")
	c.Want(c.Ask(trustAs("s1", "https://a")), msg{"ok": true})
	accepted := c.Ask(verify("s1", "good"))
	c.Want(accepted, msg{"verdict": "accept"})
	c.Want(accepted["claims"].(map[string]any), msg{"sub": "alice"})
	c.Want(c.Ask(verify("s1", "coded")), msg{"verdict": "reject", "code": "audience", "reason": "unexpected aud"})
	c.Want(c.Ask(verify("s1", "unavailable")), msg{"verdict": "unavailable", "reason": "cannot reach the key set"})
	c.Want(c.Ask(verify("s1", "other")), msg{"verdict": "reject", "code": nil, "reason": "bad token of 5ns"})
	if got := c.Ask(verify("s1", "no JSON")); got["error"] == nil || got["verdict"] != nil {
		t.Errorf("claims that JSON cannot hold: %v", got)
	}
	if reason := c.Ask(verify("s1", "endless"))["reason"].(string); len(reason) > 5000 {
		t.Errorf("a reason of %d bytes", len(reason))
	}
	c.Want(c.Ask(trustAs("s2", "refuse")), msg{"verdict": "reject", "code": "metadata", "reason": "issuer mismatch"})
	c.Want(c.Ask(trustAs("s3", "gone")), msg{"verdict": "unavailable"})
}

func TestTokenWaysIn(t *testing.T) {
	c := startFixture(t, "concurrent")
	c.Ask(trustAs("s1", "https://a"))
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte("good"), 0o600); err != nil {
		t.Fatal(err)
	}
	c.Want(c.Ask(msg{"cmd": "verify", "session": "s1", "tokenFile": file}), msg{"verdict": "accept"})
	c.Want(c.Ask(msg{"cmd": "verify", "session": "s1", "tokenB64": "bm90IFVURi04IP8="}), msg{"verdict": "accept"})
	for _, broken := range []msg{
		{"cmd": "verify", "session": "s1", "tokenFile": file + ".absent"},
		{"cmd": "verify", "session": "s1", "tokenB64": "%"},
		{"cmd": "verify", "session": "nobody", "token": "good"},
		{"cmd": "trust", "session": "s2"},
		{"cmd": "trust", "session": "s2", "issuers": []msg{{"issuer": "https://a"}}, "caPEM": "no PEM"},
	} {
		if got := c.Ask(broken); got["error"] == nil || got["verdict"] != nil {
			t.Errorf("%v: want an error, got %v", broken, got)
		}
	}
}

func TestGarbageGetsAnErrorThatSaysSo(t *testing.T) {
	c := startFixture(t, "concurrent")
	for _, line := range []string{"", "garbage", "[1]", "null", `"text"`, "{", `{"seq":1}{`, `{"cmd":"noop"}`} {
		c.Raw(line)
		got := c.Await(0)
		if text, _ := got["error"].(string); !strings.Contains(text, "no JSON object") && !strings.Contains(text, "no seq") {
			t.Errorf("%q: got %v", line, got)
		}
	}
	c.Raw(`{"seq":77,"cmd":"verify","deadline":"soon","token":5}`)
	if got := c.Await(77); got["error"] == nil {
		t.Errorf("got %v", got)
	}
	c.Want(c.Ask(msg{"cmd": "dance"}), msg{"error": `unknown cmd "dance"`})
	c.Want(c.Ask(msg{"cmd": "noop", "unknown": []int{1}}), msg{"ok": true})
}

func TestLongLines(t *testing.T) {
	c := startFixture(t, "concurrent")
	c.Ask(trustAs("s1", "https://a"))
	c.Want(c.Ask(msg{"cmd": "noop", "pad": strings.Repeat("x", 1<<20)}), msg{"ok": true})
	c.Want(c.Ask(verify("s1", strings.Repeat("x", 1<<20))), msg{"verdict": "reject", "reason": "bad token of 1.048576ms"})
	if testing.Short() {
		return
	}
	c.Want(c.Ask(msg{"cmd": "noop", "pad": strings.Repeat("x", 96<<20)}), msg{"ok": true})
}

func TestWhatTheAdapterCannotIsUnsupported(t *testing.T) {
	c := startFixture(t, "bare")
	c.Ask(trustAs("s1", "https://a"))
	two := trustAs("s2", "https://a")
	two["issuers"] = append(two["issuers"].([]msg), msg{"issuer": "https://b", "jwksURI": "https://b/keys"})
	leeway := trustAs("s2", "https://a")
	leeway["leeway"] = "0s"
	for feature, m := range map[string]msg{
		"nonce":        {"cmd": "verify", "session": "s1", "token": "good", "nonce": "n"},
		"at-hash":      {"cmd": "verify", "session": "s1", "token": "good", "accessToken": "a"},
		"max-age":      {"cmd": "verify", "session": "s1", "token": "good", "maxAge": "1m"},
		"acr":          {"cmd": "verify", "session": "s1", "token": "good", "acr": []string{"2"}},
		"hashes":       {"cmd": "verify", "session": "s1", "token": "good", "code": "c"},
		"cancel":       {"cmd": "cancel", "of": 1},
		"clock":        {"cmd": "clock", "now": "2026-11-23T18:00:00Z"},
		"jws":          {"cmd": "verify-jws", "token": "good"},
		"restart":      {"cmd": "restart"},
		"multi-issuer": two,
		"leeway":       leeway,
	} {
		got := c.Ask(m)
		c.Want(got, msg{"feature": feature, "verdict": nil, "ok": nil})
		if got["unsupported"] == nil {
			t.Errorf("%s: got %v", feature, got)
		}
	}
	bare := c.Ask(verify("s1", "good"))
	c.Want(bare, msg{"verdict": "accept", "claims": nil})
	c.Want(c.Ask(msg{"cmd": "trust", "session": "s3", "issuers": []msg{{"issuer": "https://a"}}}),
		msg{"error": "this adapter cannot discover, and trust gives no jwksURI"})
}

func TestSessionsShareNothing(t *testing.T) {
	c := startFixture(t, "concurrent")
	c.Ask(trustAs("s1", "https://a"))
	c.Ask(trustAs("s2", "https://a"))
	count := func(session string) any {
		return c.Ask(verify(session, "count"))["claims"].(map[string]any)["calls"]
	}
	count("s1")
	if a, b := count("s1"), count("s2"); a != 2.0 || b != 1.0 {
		t.Errorf("s1 %v, s2 %v", a, b)
	}
	c.Want(c.Ask(msg{"cmd": "restart"}), msg{"ok": true})
	if a := count("s1"); a != 1.0 {
		t.Errorf("after a restart %v", a)
	}
	c.Want(c.Ask(msg{"cmd": "drop", "session": "s1"}), msg{"ok": true})
	c.Want(c.Ask(verify("s1", "good")), msg{"error": `there is no session "s1"`})
	c.Want(c.Ask(verify("s2", "good")), msg{"verdict": "accept"})
}

func TestConcurrency(t *testing.T) {
	c := startFixture(t, "concurrent")
	c.Ask(trustAs("s1", "https://a"))
	first := c.Send(verify("s1", "first"))
	second := c.Send(verify("s1", "second"))
	c.Want(c.Await(second), msg{"verdict": "accept"})
	c.Want(c.Await(first), msg{"verdict": "accept"})
	var seqs []int64
	for range 200 {
		seqs = append(seqs, c.Send(verify("s1", "good")))
	}
	for _, seq := range seqs {
		c.Want(c.Await(seq), msg{"verdict": "accept"})
	}
}

func TestOneAtATimeWhereNotConcurrent(t *testing.T) {
	c := startFixture(t, "sequential")
	c.Ask(trustAs("s1", "https://a"))
	waiting := c.Send(verify("s1", "wait"))
	next := c.Send(verify("s1", "good"))
	// The answer to a noop shows that both were read; only a cancel moves on.
	c.Want(c.Ask(msg{"cmd": "noop"}), msg{"ok": true})
	c.Want(c.Ask(msg{"cmd": "cancel", "of": waiting}), msg{"ok": true})
	c.Want(c.Await(waiting), msg{"verdict": "unavailable", "reason": "context canceled"})
	c.Want(c.Await(next), msg{"verdict": "accept"})
}

func TestCancelAndDeadline(t *testing.T) {
	c := startFixture(t, "concurrent")
	c.Ask(trustAs("s1", "https://a"))
	one := c.Send(verify("s1", "wait"))
	other := c.Send(verify("s1", "wait"))
	c.Want(c.Ask(msg{"cmd": "cancel", "of": one}), msg{"ok": true})
	c.Want(c.Await(one), msg{"verdict": "unavailable", "reason": "context canceled"})
	c.Want(c.Ask(msg{"cmd": "cancel", "of": 4711}), msg{"ok": true})
	c.Want(c.Ask(msg{"cmd": "cancel", "of": other}), msg{"ok": true})
	c.Await(other)
	late := verify("s1", "wait")
	late["deadline"] = "10ms"
	c.Want(c.Ask(late), msg{"verdict": "unavailable", "reason": "context deadline exceeded"})
}

func TestClockOfSessionAndProcess(t *testing.T) {
	c := startFixture(t, "concurrent")
	c.Ask(trustAs("s1", "https://a"))
	c.Ask(trustAs("s2", "https://a"))
	year := func(session string) string {
		return c.Ask(verify(session, "now"))["claims"].(map[string]any)["now"].(string)[:4]
	}
	if got, now := year("s1"), (&clock{}).now().UTC().Format("2006"); got != now {
		t.Errorf("untouched, the year is %s", got)
	}
	c.Want(c.Ask(msg{"cmd": "clock", "now": "2031-06-01T00:00:00Z"}), msg{"ok": true})
	c.Want(c.Ask(msg{"cmd": "clock", "now": "2032-06-01T00:00:00Z", "session": "s1"}), msg{"ok": true})
	if a, b := year("s1"), year("s2"); a != "2032" || b != "2031" {
		t.Errorf("s1 in %s, s2 in %s", a, b)
	}
	c.Ask(msg{"cmd": "restart"})
	if a := year("s1"); a != "2032" {
		t.Errorf("a restart moved the clock to %s", a)
	}
	if got := c.Ask(msg{"cmd": "clock", "now": "tomorrow"}); got["error"] == nil {
		t.Errorf("got %v", got)
	}
}

func TestSignatureAlone(t *testing.T) {
	c := startFixture(t, "concurrent")
	jws := msg{"cmd": "verify-jws", "alg": "ES256", "jwk": msg{"kty": "EC"}, "token": "good"}
	c.Want(c.Ask(jws), msg{"verdict": "accept"})
	jws["token"] = "other"
	c.Want(c.Ask(jws), msg{"verdict": "reject", "code": "signature"})
}

func TestEnds(t *testing.T) {
	t.Run("stop answers and exits 0, whoever waits", func(t *testing.T) {
		c := startFixture(t, "concurrent")
		c.Ask(trustAs("s1", "https://a"))
		waiting := c.Send(verify("s1", "wait"))
		c.Want(c.Ask(msg{"cmd": "stop"}), msg{"ok": true})
		c.Want(c.Await(waiting), msg{"verdict": "unavailable"})
		if status := c.Exit(); status != 0 {
			t.Errorf("exit status %d", status)
		}
	})
	t.Run("the end of stdin answers what is due and exits 0", func(t *testing.T) {
		c := startFixture(t, "concurrent")
		c.Ask(trustAs("s1", "https://a"))
		last := c.Send(verify("s1", "good"))
		c.CloseInput()
		c.Want(c.Await(last), msg{"verdict": "accept"})
		if status := c.Exit(); status != 0 {
			t.Errorf("exit status %d", status)
		}
	})
	t.Run("a panic of the validator is a crash of the process", func(t *testing.T) {
		c := startFixture(t, "concurrent")
		c.Ask(trustAs("s1", "https://a"))
		c.Send(verify("s1", "panic"))
		if status := c.Exit(); status == 0 {
			t.Error("the panic was swallowed")
		}
	})
}
