package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/mockidp/fault"
	"github.com/rogueidp/rogueidp/scenarios"
)

// serveFlags are what serve is asked to do.
type serveFlags struct {
	providerFlags
	admin, tokenFile, folder, scenario, kind, policy string
	scenarios                                        []string
	redirects, leaves                                []string
	backChannel                                      string
	loginForm, public                                bool
	algs, faults                                     []string
	unforgiving, noAdmin                             bool
	seed                                             int64
}

func serveCommand() *cobra.Command {
	var f serveFlags
	c := &cobra.Command{
		Use:   "serve",
		Short: "Run the provider alone, for work by hand",
		Long: `Run the provider until it is interrupted, which is how it is meant to end and
exits 0: one issuer with discovery, a key set and tokens, all that a relying party
needs to sign users in, and an admin API by which it mints, lies, rotates and
tells what it saw. Whoever comes is signed in as alice; with --login-form a page
asks who it is. The admin API always wants the token that is printed once and kept
in a file that only you can read, or the one in the environment variable
ROGUEIDP_ADMIN_TOKEN, of 32 characters or more.`,
		Example: `  rogueidp serve
  rogueidp serve --login-form --redirect-uri https://app.example/callback
  rogueidp serve --scenario keyset.redirect-cross-host
  rogueidp serve --fault 'token.sign-with alg=none'
  curl -s -H "Authorization: Bearer $(cat rogueidp-admin.token)" -X POST $ADMIN/tenants/t1/mint`,
		Args: wants(),
		RunE: func(c *cobra.Command, _ []string) error { return f.serve(c.Context(), c.OutOrStdout()) },
	}
	flags := c.Flags()
	f.add(flags)
	flags.StringVar(&f.admin, "admin-listen", "", "address of the admin API (default: a free port of loopback)")
	flags.StringVar(&f.tokenFile, "admin-token-file", "rogueidp-admin.token", "where the admin API's token is kept, readable by you alone")
	flags.StringVar(&f.folder, "report", "", "folder for the files that it writes, the token and the authority (default: the working directory)")
	flags.BoolVar(&f.noAdmin, "no-admin", false, "no admin API")
	flags.StringVar(&f.scenario, "scenario", "", "hold the misbehaviour of one scenario: an id, or id/case")
	addScenarios(flags, &f.scenarios)
	flags.StringArrayVar(&f.faults, "fault", nil, "lie in this way: 'token.sign-with alg=none', or JSON (rogueidp list --faults)")
	flags.StringVar(&f.policy, "policy", "", policyFlag())
	flags.BoolVar(&f.unforgiving, "unforgiving", false, "be as awkward as the specifications allow")
	flags.StringSliceVar(&f.algs, "algs", nil, "algorithms with a key each, the first by default (default RS256,ES256)")
	flags.StringVar(&f.kind, "kind", "", "what tokens are for: id-token, bearer-jwt, access-token (default id-token)")
	flags.StringArrayVar(&f.redirects, "redirect-uri", nil, "where authorization responses may go, letter for letter; more than once, if you like (default: any on loopback)")
	flags.StringArrayVar(&f.leaves, "post-logout-redirect-uri", nil, "where users may go who signed out; more than once, if you like (default: any on loopback, without --redirect-uri)")
	flags.StringVar(&f.backChannel, "backchannel-logout-uri", "", "where the client wants logout tokens")
	flags.BoolVar(&f.loginForm, "login-form", false, "ask on a page who signs in")
	flags.BoolVar(&f.public, "public-client", false, "the client has no secret and proves by PKCE that a code is its own")
	flags.Int64Var(&f.seed, "seed", 1, "rolls the dice of faults that act only sometimes")
	return c
}

// serve opens the provider, says where it is, and waits until ctx ends.
func (f *serveFlags) serve(ctx context.Context, out io.Writer) error {
	lies, expect, err := f.check()
	if err != nil {
		return usage(err)
	}
	cfg, err := f.config()
	if err != nil {
		return usage(err)
	}
	cfg.Seed, cfg.AdminToken = f.seed, os.Getenv("ROGUEIDP_ADMIN_TOKEN")
	p, err := mockidp.New(cfg)
	if err != nil {
		return usage(inUse(err, "--listen"))
	}
	defer p.Close()
	tc := f.tenant()
	tc.Unforgiving, tc.Algs, tc.Kind = f.unforgiving, f.algs, mockidp.Kind(f.kind)
	tc.RedirectURIs, tc.PostLogoutRedirectURIs, tc.BackChannelLogoutURI = f.redirects, f.leaves, f.backChannel
	tc.LoginForm, tc.PublicClient = f.loginForm, f.public
	if tc.Issuer == "" {
		tc.Name = "t1"
	}
	t, err := p.Tenant(tc)
	if err != nil {
		return usage(err)
	}
	if err := t.Misbehave(lies...); err != nil {
		return usage(err)
	}
	followed, err := follow(t, f.policy)
	if err != nil {
		return usage(err)
	}
	var admin *mockidp.Admin
	var tokenFile string
	if !f.noAdmin {
		if admin, err = p.ServeAdmin(f.admin); err != nil {
			return usage(inUse(err, "--admin-listen"))
		}
		defer admin.Close()
		if cfg.AdminToken == "" {
			if tokenFile, err = within(f.folder, f.tokenFile); err != nil {
				return usage(fmt.Errorf("--report: %w", err))
			}
			forget, err := keepSecret(tokenFile, admin.Token())
			if err != nil {
				return usage(fmt.Errorf("keep the admin token: %w; choose another place with --admin-token-file, or give one in ROGUEIDP_ADMIN_TOKEN", err))
			}
			defer forget()
		}
	}
	authority, err := f.authority(p.CAPEM())
	if err != nil {
		return usage(err)
	}
	fmt.Fprintln(out, "FOR TESTING ONLY. The keys are new, and gone when this ends. Nothing here is worth trusting.")
	fmt.Fprintf(out, "issuer     %s\n", t.Issuer())
	if f.issuer != "" {
		fmt.Fprintf(out, "listens    %s\n", p.URL())
	}
	fmt.Fprintf(out, "client     %s\n", t.ClientID())
	if f.clientSecret == "" && !f.public {
		fmt.Fprintf(out, "secret     %s\n", t.ClientSecret())
	}
	fmt.Fprintf(out, "keys       %s\n", t.JWKSURI())
	fmt.Fprint(out, followed)
	if authority != "" {
		fmt.Fprintf(out, "authority  %s\n", authority)
	}
	if len(lies) > 0 {
		raw, err := fault.Marshal(lies)
		if err != nil {
			return failed(err)
		}
		fmt.Fprintf(out, "it does    %s\n", raw)
	}
	if expect != "" {
		fmt.Fprintf(out, "expect     %s\n", expect)
	}
	if admin != nil {
		fmt.Fprintf(out, "admin      %s\n", admin.URL())
		if cfg.AdminToken != "" {
			fmt.Fprintln(out, "token      that of ROGUEIDP_ADMIN_TOKEN")
		} else {
			fmt.Fprintf(out, "token      %s  (also in %s)\n", admin.Token(), tokenFile)
		}
	}
	<-ctx.Done()
	return nil
}

// check refuses words that mean nothing, before anything is opened, and finds
// the lies that are asked for.
func (f *serveFlags) check() ([]fault.Fault, string, error) {
	for _, alg := range f.algs {
		if err := word("--algs", alg, mockidp.Algorithms()); err != nil {
			return nil, "", err
		}
	}
	if err := kindWord(f.kind); err != nil {
		return nil, "", err
	}
	return misbehaviour(f.scenario, f.scenarios, f.faults)
}

// authority writes the certificate that targets have to trust into a file,
// unless --tls-dir keeps it; without a certificate there is none.
func (f *serveFlags) authority(ca []byte) (string, error) {
	const name = "rogueidp-ca.pem"
	if ca == nil {
		return "", nil
	}
	if f.tlsDir != "" {
		return filepath.Join(f.tlsDir, name), nil
	}
	file, err := within(f.folder, name)
	if err != nil {
		return "", fmt.Errorf("--report: %w", err)
	}
	if err := os.WriteFile(file, ca, 0o644); err != nil {
		return "", fmt.Errorf("write the authority for targets: %w; choose a folder with --tls-dir", err)
	}
	return file, nil
}

// misbehaviour is what the flags --scenario and --fault ask for, and what a
// target has to do about a scenario.
func misbehaviour(scenario string, folders, words []string) ([]fault.Fault, string, error) {
	var lies []fault.Fault
	expect := ""
	own, err := readScenarios(folders)
	if err != nil {
		return nil, "", err
	}
	if scenario != "" {
		id, name, _ := strings.Cut(scenario, "/")
		s, err := scenarios.With(own).Find(id)
		if err != nil {
			return nil, "", err
		}
		play := s.Played()[0]
		switch {
		case name != "":
			if play, err = s.Case(name); err != nil {
				return nil, "", err
			}
		case len(s.Cases) > 0:
			var known []string
			for _, c := range s.Cases {
				known = append(known, id+"/"+c.Name)
			}
			return nil, "", fmt.Errorf("%s has cases; hold one of them: %s", id, strings.Join(known, " "))
		}
		lies = s.Faults(play)
		for _, act := range s.Story(play) {
			lies = append(lies, scenarios.FaultsOf(act)...)
		}
		if len(lies) == 0 && s.Plot == nil && play.Plot == nil {
			return nil, "", fmt.Errorf("%s is honest, so there is no misbehaviour to hold; leave --scenario out", scenario)
		}
		if len(lies) == 0 {
			return nil, "", fmt.Errorf("%s is a plot and no misbehaviour that could be held; rogueidp show %s tells it", id, id)
		}
		expect = fmt.Sprintf("%s: the target %s (%s)", s.Expected(play), s.Title, s.Level)
	}
	for _, w := range words {
		more, err := fault.ParseWords(w)
		if err != nil {
			return nil, "", err
		}
		lies = append(lies, more...)
	}
	return lies, expect, nil
}
