package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"
	"time"

	"github.com/spf13/pflag"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/suites/target"
)

// providerFlags say how the mock is reached. serve and run share them, so that
// a target that is configured once finds the same provider each time.
type providerFlags struct {
	listen, host, issuer, tlsCert, tlsKey, tlsDir, clientID, clientSecret string
	plain                                                                 bool
	names                                                                 []string
}

func (f *providerFlags) add(flags *pflag.FlagSet) {
	flags.StringVar(&f.listen, "listen", "", "address of the provider, such as 127.0.0.1:7443 (default: a free port of loopback)")
	flags.StringVar(&f.host, "host", "", "name of the provider in its issuers (default: localhost)")
	flags.StringVar(&f.issuer, "issuer", "", "the one issuer that a target knows already, such as https://localhost:7443/idp")
	flags.StringVar(&f.tlsCert, "tls-cert", "", "certificate to serve with, PEM (default: one of a throwaway CA)")
	flags.StringVar(&f.tlsKey, "tls-key", "", "its private key, PEM")
	flags.StringVar(&f.tlsDir, "tls-dir", "", "folder that keeps the throwaway CA between runs")
	flags.StringSliceVar(&f.names, "tls-name", nil, "further name that the provider's certificates may carry")
	flags.BoolVar(&f.plain, "plain-http", false, "serve without TLS")
	flags.StringVar(&f.clientID, "client-id", "", "the client that tokens are for")
	flags.StringVar(&f.clientSecret, "client-secret", "", "its secret")
}

// config is the provider that the flags ask for.
func (f *providerFlags) config() (mockidp.Config, error) {
	if (f.tlsCert == "") != (f.tlsKey == "") {
		return mockidp.Config{}, errors.New("--tls-cert and --tls-key go together")
	}
	if f.plain && (f.tlsCert != "" || f.tlsDir != "") {
		return mockidp.Config{}, errors.New("--plain-http serves without TLS, so --tls-cert and --tls-dir mean nothing beside it")
	}
	for _, file := range []struct{ flag, name string }{{"--tls-cert", f.tlsCert}, {"--tls-key", f.tlsKey}} {
		if file.name == "" {
			continue
		}
		if _, err := os.Stat(file.name); err != nil {
			return mockidp.Config{}, fmt.Errorf("%s: %w; name a PEM file", file.flag, err)
		}
	}
	return mockidp.Config{
		Listen: f.listen, Host: f.host, Plain: f.plain, TLSCert: f.tlsCert, TLSKey: f.tlsKey, TLSDir: f.tlsDir, Names: f.names,
		Log: func(format string, args ...any) { fmt.Fprintf(os.Stderr, "rogueidp: "+format+"\n", args...) },
	}, nil
}

// tenant is the one issuer that a target knows.
func (f *providerFlags) tenant() mockidp.TenantConfig {
	return mockidp.TenantConfig{Issuer: f.issuer, ClientID: f.clientID, ClientSecret: f.clientSecret}
}

// reachFlags say how targets are reached.
type reachFlags struct {
	env        []string
	loginPage  string
	algs       []string
	leeway     time.Duration
	fetchLimit time.Duration
	faketime   string
	container  imageFlags
	// reports is the folder where what containers say is kept; empty: nowhere.
	reports string
}

func (f *reachFlags) add(flags *pflag.FlagSet) {
	flags.StringSliceVar(&f.env, "env", nil, "environment variable that a child process gets, beyond the usual")
	flags.StringVar(&f.loginPage, "login-page", "", "URL to which a protected resource redirects when it refuses")
	flags.StringSliceVar(&f.algs, "algs", nil, "algorithms of a target that cannot say so itself (default RS256)")
	flags.DurationVar(&f.leeway, "leeway", 0, "leeway to ask of a target that can be told")
	flags.StringVar(&f.faketime, "faketime", "auto", "move the clocks of child processes by libfaketime where they bear it: auto or off")
	flags.DurationVar(&f.fetchLimit, "fetch-timeout", 0, "fetch time-out to ask of a target that can be told")
	f.container.add(flags)
}

// check refuses algorithms that nobody knows, times that are none, and other
// words that mean nothing.
func (f *reachFlags) check() error {
	for _, alg := range f.algs {
		if err := word("--algs", alg, mockidp.Algorithms()); err != nil {
			return err
		}
	}
	for _, t := range []struct {
		flag string
		time.Duration
	}{{"--leeway", f.leeway}, {"--fetch-timeout", f.fetchLimit}} {
		if t.Duration < 0 {
			return fmt.Errorf("%s %v: a time cannot be negative", t.flag, t.Duration)
		}
	}
	if _, _, err := f.container.options(); err != nil {
		return err
	}
	if f.faketime == "" {
		return nil
	}
	return word("--faketime", f.faketime, []string{"auto", "off"})
}

func (f *reachFlags) options(profile string) target.Options {
	off := f.faketime == "off"
	var fake target.Faketime
	if !off {
		fake.Library = target.FindFaketime()
	}
	image, reset, _ := f.container.options() // check has looked at them
	return target.Options{
		Image: image, Reset: reset, LogDir: f.reports,
		Faketime: fake, NoFaketime: off,
		Environ: os.Environ(), Env: f.env, LoginPage: f.loginPage, Algs: f.algs, Leeway: f.leeway, FetchTimeout: f.fetchLimit,
		Profile: profile, Self: self(),
	}
}

// self is the command that serves a target of kind go: in a process of its own.
func self() []string {
	path, err := os.Executable()
	if err != nil {
		return nil
	}
	return []string{path, "adapter"}
}

// inUse says in one sentence what to do about a port that is taken, by the flag
// that chose it.
func inUse(err error, flag string) error {
	var op *net.OpError
	if !errors.As(err, &op) || op.Op != "listen" {
		return err
	}
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("%w; stop what listens there, or choose another port with %s", err, flag)
	}
	var wrong *net.AddrError
	if errors.As(err, &wrong) {
		return fmt.Errorf("%w; write %s as host:port, such as 127.0.0.1:7443", err, flag)
	}
	return err
}
