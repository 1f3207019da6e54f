package main

import (
	"crypto/sha256"
	"encoding/base64"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/rogueidp/rogueidp/validator/thirdparty/driver-go/drivertest"
)

type msg = drivertest.Message

var binary string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "go-oidc")
		if err != nil {
			panic(err)
		}
		defer os.RemoveAll(dir)
		binary = filepath.Join(dir, "adapter")
		if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
			panic(string(out))
		}
		return m.Run()
	}())
}

func start(t *testing.T, args ...string) (*drivertest.Client, *drivertest.Provider) {
	t.Helper()
	return drivertest.Start(t, exec.Command(binary, args...)), drivertest.NewProvider(t)
}

func verify(session, token string) msg {
	return msg{"cmd": "verify", "session": session, "token": token}
}

func TestVerdicts(t *testing.T) {
	c, p := start(t)
	c.Want(c.Ask(p.Trust("s1")), msg{"ok": true})
	honest := p.Sign(p.Claims(nil))
	in := func(d time.Duration) int64 { return drivertest.Now().Add(d).Unix() }
	tests := map[string]struct {
		token string
		want  msg
	}{
		"honest":            {honest, msg{"verdict": "accept"}},
		"other audience":    {p.Sign(p.Claims(msg{"aud": "rp-2"})), msg{"verdict": "reject", "code": "audience"}},
		"other issuer":      {p.Sign(p.Claims(msg{"iss": "https://other.test"})), msg{"verdict": "reject", "code": "issuer"}},
		"expired":           {p.Sign(p.Claims(msg{"exp": in(-time.Minute)})), msg{"verdict": "reject", "code": "expired"}},
		"within nbf leeway": {p.Sign(p.Claims(msg{"nbf": in(4 * time.Minute)})), msg{"verdict": "accept"}},
		"beyond nbf leeway": {p.Sign(p.Claims(msg{"nbf": in(6 * time.Minute)})), msg{"verdict": "reject", "code": "not-yet-valid"}},
		"bad signature":     {honest[:len(honest)-8] + "AAAAAAAA", msg{"verdict": "reject", "code": "signature"}},
		"nobody signed":     {"eyJhbGciOiJub25lIn0.e30.", msg{"verdict": "reject", "code": "alg"}},
		"no token":          {"garbage", msg{"verdict": "reject", "code": "parse"}},
		"audience a number": {p.Sign(p.Claims(msg{"aud": 5})), msg{"verdict": "reject", "code": "claim"}},
		"exp not there":     {p.Sign(p.Claims(msg{"exp": nil})), msg{"verdict": "reject", "code": "expired"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { c.Want(c.Ask(verify("s1", test.token)), test.want) })
	}
	claims := c.Ask(verify("s1", honest))["claims"].(map[string]any)
	c.Want(claims, msg{"sub": "alice", "iss": p.Issuer(), "aud": "rp-1"})
}

func TestClaimsAreWhatTheApplicationReads(t *testing.T) {
	c, p := start(t)
	c.Ask(p.Trust("s1"))
	// To encoding/json a long s is an s in another case, and the last name wins.
	got := c.Ask(verify("s1", p.Sign(p.Claims(msg{"sub": "alice", "\u017fub": "mallory"}))))
	c.Want(got, msg{"verdict": "accept"})
	c.Want(got["claims"].(map[string]any), msg{"sub": "mallory"})
}

func TestKeySetDown(t *testing.T) {
	c, p := start(t)
	c.Want(c.Ask(p.Trust("s1")), msg{"ok": true})
	p.Down(true)
	token := p.Sign(p.Claims(nil))
	c.Want(c.Ask(verify("s1", token)), msg{"verdict": "unavailable"})
	c.Want(c.Ask(p.Trust("s2")), msg{"verdict": "unavailable"})
	p.Down(false)
	c.Want(c.Ask(verify("s1", token)), msg{"verdict": "accept"})
}

func TestWrongMetadataIsRefusedAtTrust(t *testing.T) {
	c, p := start(t)
	trust := p.Trust("s1")
	trust["issuers"] = []msg{{"issuer": p.Issuer() + "/", "clientID": "rp-1"}}
	c.Want(c.Ask(trust), msg{"verdict": "reject", "code": "metadata"})
}

func TestUntrustedCertificate(t *testing.T) {
	c, p := start(t)
	trust := p.Trust("s1")
	delete(trust, "caPEM")
	c.Want(c.Ask(trust), msg{"verdict": "unavailable"})
}

func TestNewKidIsLearnedAtOnce(t *testing.T) {
	c, p := start(t)
	c.Ask(p.Trust("s1"))
	old := p.Sign(p.Claims(nil))
	c.Want(c.Ask(verify("s1", old)), msg{"verdict": "accept"})
	p.Rotate()
	c.Want(c.Ask(verify("s1", p.Sign(p.Claims(nil)))), msg{"verdict": "accept"})
	c.Want(c.Ask(verify("s1", old)), msg{"verdict": "reject", "code": "signature"})
	// One to start, one for the new kid, one for the kid that is gone.
	if got := p.Fetches(drivertest.KeySet); got != 3 {
		t.Errorf("%d fetches of the key set", got)
	}
}

func TestSessionsShareNothing(t *testing.T) {
	c, p := start(t)
	c.Ask(p.Trust("s1"))
	c.Ask(p.Trust("s2"))
	token := p.Sign(p.Claims(nil))
	for i, session := range []string{"s1", "s2", "s1", "s2"} {
		c.Want(c.Ask(verify(session, token)), msg{"verdict": "accept"})
		if got, want := p.Fetches(drivertest.KeySet), min(i+1, 2); got != want {
			t.Errorf("%d fetches of the key set after %d tokens, want %d", got, i+1, want)
		}
	}
	c.Ask(msg{"cmd": "restart"})
	c.Want(c.Ask(verify("s1", token)), msg{"verdict": "accept"})
	if got := p.Fetches(drivertest.KeySet); got != 3 {
		t.Errorf("%d fetches of the key set after a restart", got)
	}
}

func TestCancelAndDeadlineReachTheLibrary(t *testing.T) {
	c, p := start(t)
	c.Ask(p.Trust("s1"))
	token := p.Sign(p.Claims(nil))
	release := p.Hold()
	first := c.Send(verify("s1", token))
	p.AwaitFetch(drivertest.KeySet)
	second := c.Send(verify("s1", token))
	c.Want(c.Ask(msg{"cmd": "cancel", "of": first}), msg{"ok": true})
	c.Want(c.Await(first), msg{"verdict": "unavailable",
		"reason": "failed to verify signature: fetching keys context canceled"})
	hasty := verify("s1", token)
	hasty["deadline"] = "20ms"
	c.Want(c.Ask(hasty), msg{"verdict": "unavailable",
		"reason": "failed to verify signature: fetching keys context deadline exceeded"})
	release()
	c.Want(c.Await(second), msg{"verdict": "accept"})
	if got := p.Fetches(drivertest.KeySet); got != 1 {
		t.Errorf("%d fetches of the key set", got)
	}
}

func TestClockOfASession(t *testing.T) {
	c, p := start(t)
	c.Ask(p.Trust("s1"))
	c.Ask(p.Trust("s2"))
	token := p.Sign(p.Claims(nil))
	later := drivertest.Now().Add(time.Hour).UTC().Format(time.RFC3339)
	c.Want(c.Ask(msg{"cmd": "clock", "now": later, "session": "s1"}), msg{"ok": true})
	c.Want(c.Ask(verify("s1", token)), msg{"verdict": "reject", "code": "expired"})
	c.Want(c.Ask(verify("s2", token)), msg{"verdict": "accept"})
}

func TestAccessTokenHash(t *testing.T) {
	c, p := start(t)
	c.Ask(p.Trust("s1"))
	sum := sha256.Sum256([]byte("the access token"))
	hash := base64.RawURLEncoding.EncodeToString(sum[:16])
	ask := func(hash any, access string) msg {
		m := verify("s1", p.Sign(p.Claims(msg{"at_hash": hash})))
		m["accessToken"] = access
		return c.Ask(m)
	}
	c.Want(ask(hash, "the access token"), msg{"verdict": "accept"})
	c.Want(ask(hash, "another"), msg{"verdict": "reject", "code": "claim"})
	c.Want(ask(nil, "the access token"), msg{"verdict": "accept"})
}

func TestNonceIsLeftToTheCaller(t *testing.T) {
	c, p := start(t)
	c.Ask(p.Trust("s1"))
	m := verify("s1", p.Sign(p.Claims(nil)))
	m["nonce"] = "n-1"
	c.Want(c.Ask(m), msg{"feature": "nonce", "verdict": nil})
}

func TestConfigurations(t *testing.T) {
	for _, configuration := range []string{"default", "readme"} {
		t.Run(configuration, func(t *testing.T) {
			c, p := start(t, "--configuration", configuration)
			hello := c.Ask(msg{"cmd": "hello", "protocol": 1})
			c.Want(hello["target"].(map[string]any), msg{"configuration": configuration, "version": "3.21.0"})
			pinned := configuration == "default"
			if got := slices.Contains(hello["can"].([]any), any("at-hash")); got != pinned {
				t.Errorf("can at-hash: %v", got)
			}
			// Only the pinned one refuses what discovery offers.
			trust := p.Trust("s1")
			trust["issuers"].([]msg)[0]["algs"] = []string{"ES256"}
			c.Want(c.Ask(trust), msg{"ok": true})
			want := "accept"
			if pinned {
				want = "reject"
			}
			c.Want(c.Ask(verify("s1", p.Sign(p.Claims(nil)))), msg{"verdict": want})
			c.Want(c.Ask(msg{"cmd": "stop"}), msg{"ok": true})
			if status := c.Exit(); status != 0 {
				t.Errorf("exit status %d", status)
			}
		})
	}
}
