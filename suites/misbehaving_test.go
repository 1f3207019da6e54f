package suites

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/rogueidp/rogueidp/suites/target"
	"github.com/rogueidp/rogueidp/validator"
)

// TestMain lets the test binary be what it tests: the reference in a process of
// its own, or a target that misbehaves in one way.
func TestMain(m *testing.M) {
	ctx := context.Background()
	if len(os.Args) > 3 && os.Args[1] == "adapter" {
		serveAndExit(target.ServeGo(ctx, os.Args[2], os.Args[3], os.Stdin, os.Stdout))
	}
	if len(os.Args) > 2 && os.Args[1] == "misbehave" {
		serveAndExit(target.Serve(ctx, misbehaving(os.Args[2]), os.Stdin, os.Stdout))
	}
	if len(os.Args) > 2 && os.Args[1] == "verify" {
		os.Exit(verifyOnce(os.Args[2]))
	}
	os.Exit(m.Run())
}

func serveAndExit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// noise is what a hostile target says.
var noise = "\x1b[2J\x1b[31m::error::owned\r\n##[error]owned \u202e<script>alert(1)</script> \xff\xfe" + strings.Repeat("A", 1<<20)

// hoard is what a validator never gives back.
var hoard [][]byte

// misbehaving is a validator that misbehaves in one way and is the reference in
// all others.
func misbehaving(kind string) target.Target {
	return target.Func("misbehaving "+kind, func(_ context.Context, issuers []target.Issuer) (target.Validate, error) {
		i := issuers[0]
		if kind == "reads-all-at-once" {
			if err := readAll(i); err != nil {
				return nil, fmt.Errorf("%w: %w", target.ErrUnavailable, err)
			}
		}
		config := validator.Config{
			Issuer: i.Issuer, ClientID: i.ClientID, Algorithms: i.Algs, HTTPClient: i.Client, Clock: told{i},
		}
		if kind == "hears-no-clock" {
			config.Clock = nil
		}
		v, err := validator.New(config)
		if err != nil {
			return nil, err
		}
		return func(ctx context.Context, a target.Attempt) (any, error) {
			if kind == "hangs" {
				<-make(chan struct{})
			}
			if kind == "refuses-all" {
				return nil, errors.New("no")
			}
			claims, err := v.Validate(ctx, a.Token, validator.WithNonce(a.Nonce))
			if err == nil {
				var all map[string]any
				return all, claims.Decode(&all)
			}
			switch kind {
			case "accepts-all":
				return nil, nil
			case "hangs-on-bad":
				<-make(chan struct{})
			case "crashes-on-bad":
				fmt.Fprint(os.Stderr, noise)
				os.Exit(7)
			case "crashes-on-none":
				if strings.Contains(a.Token, "eyJhbGciOiJub25l") { // {"alg":"none
					os.Exit(7)
				}
			case "prints-garbage":
				fmt.Print(noise + "\n")
			case "floods":
				for {
					fmt.Print(noise)
				}
			case "hoards-on-deep":
				if len(a.Token) > 8<<10 {
					hoard = append(hoard, bytes.Repeat([]byte{1}, 256<<20))
				}
			case "unsupported-on-bad":
				return nil, &target.Unsupported{Why: noise}
			case "unsupported-nonce-on-bad":
				return nil, &target.Unsupported{Why: "not today", Feature: "nonce"}
			case "is-noisy":
				return nil, errors.New(noise)
			case "is-unavailable-on-bad":
				return nil, fmt.Errorf("%w: perhaps", target.ErrUnavailable)
			}
			return nil, err
		}, nil
	}).As(func(d *target.Description) {
		d.Can = append(d.Can, "clock")
		if kind == "says-noise" {
			d.Version, d.Homepage, d.Configuration = noise, noise, noise
		}
	})
}

// readAll takes in the key set, up to 96 MiB of it, before it trusts anybody.
func readAll(i target.Issuer) error {
	get := func(address string) ([]byte, error) {
		reply, err := i.Client.Get(address)
		if err != nil {
			return nil, err
		}
		defer reply.Body.Close()
		return io.ReadAll(io.LimitReader(reply.Body, 96<<20))
	}
	text, err := get(i.Issuer + "/.well-known/openid-configuration")
	if err != nil {
		return err
	}
	var metadata struct {
		JWKSURI string `json:"jwks_uri"`
	}
	if err := json.Unmarshal(text, &metadata); err != nil {
		return err
	}
	if text, err = get(metadata.JWKSURI); err == nil && !bytes.HasSuffix(text, []byte("}")) {
		err = errors.New("the key set does not end")
	}
	return err
}

// reference is the reference as a session that trusts an issuer and reads its
// clock.
func reference(i target.Issuer) (*validator.Validator, error) {
	return validator.New(validator.Config{
		Issuer: i.Issuer, ClientID: i.ClientID, Algorithms: i.Algs, HTTPClient: i.Client, Clock: told{i},
	})
}

type told struct{ target.Issuer }

func (c told) Now() time.Time { return c.Issuer.Now() }
