// Package driver carries the rogueidp adapter protocol for validators written
// in Go, so that an adapter holds nothing but the validator's own set-up.
//
// It reads JSON lines on stdin and answers each with one JSON line on stdout.
// It adds nothing to the validator: no check, no cache, no retry, no time-out.
// A panic of the validator is not caught either: a validator that takes its
// process down is a finding, and the harness sees it as one.
package driver

import (
	"context"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"
)

// An Adapter says which validator stands behind it and how to start one.
type Adapter struct {
	Target   Target
	Profile  string
	Algs     []string
	Can      []string
	Declares Declares
	Faketime []string
	// Token holds what every token for this validator must carry.
	Token *TokenNeeds
	// Concurrent says that the validator may be asked from many goroutines.
	Concurrent bool

	// Trust starts a fresh validator. ctx lives as long as the session, for
	// validators that keep it; it ends with drop, restart and stop.
	Trust func(ctx context.Context, t Trust) (Validator, error)
	// VerifyJWS checks a signature alone; only for adapters that can "jws".
	VerifyJWS func(ctx context.Context, j JWS) error
}

// A Validator decides about one token. A nil error is an accept. An error that
// Reject or Unavailable made is that verdict; any other error is a reject.
type Validator interface {
	Verify(ctx context.Context, a Attempt) (claims map[string]any, err error)
}

// Target names the implementation behind the adapter.
type Target struct {
	Name          string `json:"name"`
	Version       string `json:"version"`
	Language      string `json:"language"`
	Runtime       string `json:"runtime"`
	Homepage      string `json:"homepage,omitempty"`
	Configuration string `json:"configuration,omitempty"`
}

// Declares holds the promises of a validator, in Go's notation for durations.
// An empty one is no promise. Leeway is a string, or a map from claim to string.
type Declares struct {
	Leeway       any    `json:"leeway,omitempty"`
	CacheTTL     string `json:"cacheTTL,omitempty"`
	Cooldown     string `json:"cooldown,omitempty"`
	FetchTimeout string `json:"fetchTimeout,omitempty"`
}

// TokenNeeds is what every token for a validator must carry.
type TokenNeeds struct {
	Claims map[string]any `json:"claims,omitempty"`
	Typ    string         `json:"typ,omitempty"`
}

// Serve answers the harness until it says stop or goes away, then exits 0.
func Serve(a Adapter) {
	if a.Target.Language == "" {
		a.Target.Language = "go"
	}
	if a.Target.Runtime == "" {
		a.Target.Runtime = "go " + strings.TrimPrefix(runtime.Version(), "go")
	}
	serve(a, os.Stdin, os.Stdout, drainTime)
	os.Exit(0)
}

// ModuleVersion is the version of a module that this binary was built with,
// without its leading v: reported, not repeated by hand, so it cannot go stale.
func ModuleVersion(path string) string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, m := range info.Deps {
		if m.Path == path {
			return strings.TrimPrefix(m.Version, "v")
		}
	}
	return ""
}

// drainTime bounds the wait for answers still due when the harness stops or
// goes away; the protocol allows five seconds for all of it.
const drainTime = 2 * time.Second

func (a Adapter) can(feature string) bool { return slices.Contains(a.Can, feature) }
