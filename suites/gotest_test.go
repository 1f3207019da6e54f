package suites

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/rogueidp/rogueidp/suites/target"
	"github.com/rogueidp/rogueidp/validator"
	"github.com/rogueidp/rogueidp/validator/mutants"
)

// A Go team's own test, as the README has it.
func TestOwnValidator(t *testing.T) {
	t.Parallel()
	Test(t, timed("mine", ownSession), Options{Preset: "rotation", Seed: 3})
}

// timed is a validator in this process that reads its issuer's clock, so that
// nobody has to wait.
func timed(name string, open target.NewSession) *target.Function {
	return target.Func(name, open).As(func(d *target.Description) { d.Can = append(d.Can, "clock") })
}

func ownSession(_ context.Context, issuers []target.Issuer) (target.Validate, error) {
	v, err := reference(issuers[0])
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, a target.Attempt) (any, error) {
		return v.Validate(ctx, a.Token, validator.WithNonce(a.Nonce))
	}, nil
}

// TestWeakValidator fails when it is asked to play: its validator forgets to
// learn rotated keys. The test binary runs it in a process of its own.
func TestWeakValidator(t *testing.T) {
	if os.Getenv("ROGUEIDP_WEAK") == "" {
		weak := exec.Command(os.Args[0], "-test.run", "^TestWeakValidator$", "-test.v")
		weak.Env = append(os.Environ(), "ROGUEIDP_WEAK=1")
		out, err := weak.CombinedOutput()
		for _, want := range []string{"--- FAIL: TestWeakValidator/rotation.new-kid", "the target should have: learns a rotated key", "--- PASS: TestWeakValidator/keyset.nonrsa-first"} {
			if err == nil || !strings.Contains(string(out), want) {
				t.Errorf("a weak validator: %v, and no %q in\n%s", err, want, out)
			}
		}
		return
	}
	Test(t, timed("weak", func(_ context.Context, issuers []target.Issuer) (target.Validate, error) {
		i := issuers[0]
		v, err := mutants.New("no-refresh-on-miss", validator.Config{Issuer: i.Issuer, ClientID: i.ClientID, HTTPClient: i.Client, Clock: told{i}})
		if err != nil {
			return nil, err
		}
		return func(ctx context.Context, a target.Attempt) (any, error) {
			return v.Validate(ctx, a.Token, validator.WithNonce(a.Nonce))
		}, nil
	}), Options{Only: []string{"rotation.new-kid", "keyset.nonrsa-first"}, Preset: "rotation"})
}
