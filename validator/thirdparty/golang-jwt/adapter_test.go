package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/rogueidp/rogueidp/validator/thirdparty/driver-go/drivertest"
)

type msg = drivertest.Message

var binary string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "golang-jwt")
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

func start(t *testing.T) (*drivertest.Client, *drivertest.Provider) {
	t.Helper()
	return drivertest.Start(t, exec.Command(binary)), drivertest.NewProvider(t)
}

// trustIn is the provider's message, with the address of its key set.
func trustIn(p *drivertest.Provider) msg {
	m := p.Trust("s1")
	m["issuers"].([]msg)[0]["jwksURI"] = p.Issuer() + drivertest.KeySet
	return m
}

func verify(token string) msg {
	return msg{"cmd": "verify", "session": "s1", "token": token}
}

func TestVerdicts(t *testing.T) {
	c, p := start(t)
	c.Want(c.Ask(trustIn(p)), msg{"ok": true})
	honest := p.Sign(p.Claims(nil))
	in := func(d time.Duration) int64 { return drivertest.Now().Add(d).Unix() }
	tests := map[string]struct {
		token string
		want  msg
	}{
		"honest":          {honest, msg{"verdict": "accept"}},
		"other audience":  {p.Sign(p.Claims(msg{"aud": "rp-2"})), msg{"verdict": "reject", "code": "audience"}},
		"other issuer":    {p.Sign(p.Claims(msg{"iss": "https://other.test"})), msg{"verdict": "reject", "code": "issuer"}},
		"expired":         {p.Sign(p.Claims(msg{"exp": in(-time.Minute)})), msg{"verdict": "reject", "code": "expired"}},
		"not yet valid":   {p.Sign(p.Claims(msg{"nbf": in(time.Minute)})), msg{"verdict": "reject", "code": "not-yet-valid"}},
		"bad signature":   {honest[:len(honest)-8] + "AAAAAAAA", msg{"verdict": "reject", "code": "signature"}},
		"nobody signed":   {"eyJhbGciOiJub25lIn0.e30.", msg{"verdict": "reject", "code": "signature"}},
		"no token":        {"garbage", msg{"verdict": "reject", "code": "parse"}},
		"other algorithm": {"eyJhbGciOiJIUzI1NiJ9.e30.AAAA", msg{"verdict": "reject", "code": "signature"}},
		"exp not there":   {p.Sign(p.Claims(msg{"exp": nil})), msg{"verdict": "accept"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { c.Want(c.Ask(verify(test.token)), test.want) })
	}
	claims := c.Ask(verify(honest))["claims"].(map[string]any)
	c.Want(claims, msg{"sub": "alice", "iss": p.Issuer()})
}

func TestLeeway(t *testing.T) {
	c, p := start(t)
	m := trustIn(p)
	m["leeway"] = "2m"
	c.Want(c.Ask(m), msg{"ok": true})
	expired := func(ago time.Duration) string {
		return p.Sign(p.Claims(msg{"exp": drivertest.Now().Add(-ago).Unix()}))
	}
	c.Want(c.Ask(verify(expired(time.Minute))), msg{"verdict": "accept"})
	c.Want(c.Ask(verify(expired(3*time.Minute))), msg{"verdict": "reject", "code": "expired"})
}

func TestTrustReachesTheKeySet(t *testing.T) {
	c, p := start(t)
	p.Down(true)
	// keyfunc starts without keys, and looks again at the first kid it has not got.
	c.Want(c.Ask(trustIn(p)), msg{"ok": true})
	p.Down(false)
	c.Want(c.Ask(verify(p.Sign(p.Claims(nil)))), msg{"verdict": "accept"})
}

func TestNewKid(t *testing.T) {
	c, p := start(t)
	c.Ask(trustIn(p))
	old := p.Sign(p.Claims(nil))
	c.Want(c.Ask(verify(old)), msg{"verdict": "accept"})
	p.Rotate()
	// An unfamiliar kid is looked up at once, the next one not for five minutes.
	c.Want(c.Ask(verify(p.Sign(p.Claims(nil)))), msg{"verdict": "accept"})
	c.Want(c.Ask(verify(old)), msg{"verdict": "reject", "code": "key"})
	p.Rotate()
	c.Want(c.Ask(verify(p.Sign(p.Claims(nil)))), msg{"verdict": "reject", "code": "key"})
	if got := p.Fetches(drivertest.KeySet); got != 2 {
		t.Errorf("%d fetches of the key set", got)
	}
}
