package driver

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogueidp/rogueidp/validator/thirdparty/driver-go/drivertest"
)

// The tests run this binary again as an adapter, so that exits, crashes and
// whole lines are those of a real process.
func TestMain(m *testing.M) {
	switch os.Getenv("DRIVER_FIXTURE") {
	case "":
		os.Exit(m.Run())
	case "bare":
		Serve(Adapter{
			Target: Target{Name: "bare", Version: "1"}, Profile: "bearer-jwt",
			Algs: []string{"RS256"}, Can: []string{"jwks-uri"}, Trust: trustFixture,
		})
	default:
		Serve(Adapter{
			Target:  Target{Name: "fixture", Version: "1", Configuration: "default"},
			Profile: "id-token", Algs: []string{"RS256", "ES256"},
			Can:        []string{"discovery", "nonce", "clock", "cancel", "claims", "restart", "jws", "custom-ca"},
			Declares:   Declares{Leeway: map[string]string{"exp": "0s", "nbf": "5m"}, Cooldown: "30s"},
			Faketime:   []string{"wall"},
			Token:      &TokenNeeds{Claims: map[string]any{"scope": "openid"}, Typ: "JWT"},
			Concurrent: os.Getenv("DRIVER_FIXTURE") == "concurrent",
			Trust:      trustFixture,
			VerifyJWS: func(_ context.Context, j JWS) error {
				if j.Alg != "ES256" || string(j.JWK) != `{"kty":"EC"}` || j.Token != "good" {
					return Reject("signature", errors.New("bad signature"))
				}
				return nil
			},
		})
	}
}

func startFixture(t *testing.T, kind string) *drivertest.Client {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "DRIVER_FIXTURE="+kind)
	return drivertest.Start(t, cmd)
}

// fixture is a validator that does what the token says.
type fixture struct {
	words Trust
	mu    sync.Mutex
	calls int
	met   chan struct{}
}

func trustFixture(_ context.Context, t Trust) (Validator, error) {
	switch t.Issuers[0].Issuer {
	case "refuse":
		return nil, Reject("metadata", errors.New("issuer mismatch"))
	case "gone":
		return nil, Unavailable(errors.New("cannot reach discovery"))
	}
	return &fixture{words: t, met: make(chan struct{})}, nil
}

func (f *fixture) Verify(ctx context.Context, a Attempt) (map[string]any, error) {
	f.mu.Lock()
	f.calls++
	calls := f.calls
	f.mu.Unlock()
	switch a.Token {
	case "good":
		return map[string]any{"sub": "alice"}, nil
	case "no JSON":
		return map[string]any{"sub": func() {}}, nil
	case "coded":
		return nil, Reject("audience", errors.New("unexpected aud"))
	case "unavailable":
		return nil, Unavailable(errors.New("cannot reach the key set"))
	case "endless":
		return nil, errors.New(strings.Repeat("x", 1<<20))
	case "not UTF-8 \xff":
		return map[string]any{"token": "as sent"}, nil
	case "wait":
		<-ctx.Done()
		return nil, Unavailable(ctx.Err())
	case "first": // waits for second, which can only come beside it
		select {
		case <-f.met:
			return nil, nil
		case <-ctx.Done():
			return nil, Unavailable(ctx.Err())
		}
	case "second":
		close(f.met)
		return nil, nil
	case "count":
		return map[string]any{"calls": calls}, nil
	case "now":
		return map[string]any{"now": f.words.Now().UTC().Format(time.RFC3339)}, nil
	case "panic":
		panic("the validator's own defect")
	}
	return nil, errors.New("bad token of " + time.Duration(len(a.Token)).String())
}
