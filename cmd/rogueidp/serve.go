package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/mockidp/fault"
	"github.com/rogueidp/rogueidp/scenarios"
)

func serveCommand() *cobra.Command {
	var f providerFlags
	var admin, tokenFile, scenario, kind, policy string
	var algs, faults []string
	var unforgiving, noAdmin bool
	var seed int64
	c := &cobra.Command{
		Use:   "serve",
		Short: "Run the provider alone, for work by hand",
		Long: `Run the provider until it is interrupted: one issuer with discovery, a key set
and tokens, and an admin API by which it mints, lies, rotates and tells what it
saw. The admin API always wants the token that is printed once and kept in a
file that only you can read.`,
		Example: `  rogueidp serve
  rogueidp serve --scenario keyset.redirect-cross-host
  rogueidp serve --fault 'token.sign-with alg=none'
  curl -s -H "Authorization: Bearer $(cat rogueidp-admin.token)" -X POST $ADMIN/tenants/t1/mint`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, err := f.config()
			if err != nil {
				return usage(err)
			}
			cfg.Seed = seed
			lies, expect, err := misbehaviour(scenario, faults)
			if err != nil {
				return usage(err)
			}
			p, err := mockidp.New(cfg)
			if err != nil {
				return usage(inUse(err))
			}
			defer p.Close()
			tc := f.tenant()
			tc.Unforgiving, tc.Algs, tc.Kind = unforgiving, algs, mockidp.Kind(kind)
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
			followed, err := follow(t, policy)
			if err != nil {
				return usage(err)
			}
			out := os.Stdout
			fmt.Fprintln(out, "FOR TESTING ONLY. The keys are new, and gone when this ends. Nothing here is worth trusting.")
			fmt.Fprintf(out, "issuer     %s\n", t.Issuer())
			fmt.Fprintf(out, "client     %s\n", t.ClientID())
			fmt.Fprintf(out, "keys       %s\n", t.JWKSURI())
			fmt.Fprint(out, followed)
			if ca := p.CAPEM(); ca != nil {
				file, err := authorityFile(f.tlsDir, ca)
				if err != nil {
					return usage(err)
				}
				fmt.Fprintf(out, "authority  %s\n", file)
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
			if !noAdmin {
				a, err := p.ServeAdmin(admin)
				if err != nil {
					return usage(inUse(err))
				}
				defer a.Close()
				if err := os.WriteFile(tokenFile, []byte(a.Token()), 0o600); err != nil {
					return usage(fmt.Errorf("keep the admin token: %w; choose another place with --admin-token-file", err))
				}
				if err := os.Chmod(tokenFile, 0o600); err != nil {
					return usage(fmt.Errorf("keep the admin token to you alone: %w", err))
				}
				defer os.Remove(tokenFile)
				fmt.Fprintf(out, "admin      %s\n", a.URL())
				fmt.Fprintf(out, "token      %s  (also in %s)\n", a.Token(), tokenFile)
			}
			<-c.Context().Done()
			return nil
		},
	}
	flags := c.Flags()
	f.add(flags)
	flags.StringVar(&admin, "admin-listen", "", "address of the admin API (default: a free port of loopback)")
	flags.StringVar(&tokenFile, "admin-token-file", "rogueidp-admin.token", "where the admin API's token is kept, readable by you alone")
	flags.BoolVar(&noAdmin, "no-admin", false, "no admin API")
	flags.StringVar(&scenario, "scenario", "", "hold the misbehaviour of one scenario: an id, or id/case")
	flags.StringArrayVar(&faults, "fault", nil, "lie in this way: 'token.sign-with alg=none', or JSON (rogueidp list --faults)")
	flags.StringVar(&policy, "policy", "", policyFlag())
	flags.BoolVar(&unforgiving, "unforgiving", false, "be as awkward as the specifications allow")
	flags.StringSliceVar(&algs, "algs", nil, "algorithms with a key each, the first by default (default RS256,ES256)")
	flags.StringVar(&kind, "kind", "", "what tokens are for: id-token, bearer-jwt, access-token (default id-token)")
	flags.Int64Var(&seed, "seed", 1, "rolls the dice of faults that act only sometimes")
	return c
}

// authorityFile is a file with the certificate that targets have to trust.
func authorityFile(dir string, ca []byte) (string, error) {
	if dir != "" {
		return filepath.Join(dir, "rogueidp-ca.pem"), nil
	}
	const file = "rogueidp-ca.pem"
	if err := os.WriteFile(file, ca, 0o644); err != nil {
		return "", fmt.Errorf("write the authority for targets: %w; choose a folder with --tls-dir", err)
	}
	return file, nil
}

// misbehaviour is what the flags --scenario and --fault ask for, and what a
// target has to do about a scenario.
func misbehaviour(scenario string, words []string) ([]fault.Fault, string, error) {
	var lies []fault.Fault
	expect := ""
	if scenario != "" {
		id, name, _ := strings.Cut(scenario, "/")
		s, err := scenarios.Find(id)
		if err != nil {
			return nil, "", err
		}
		play := s.Played()[0]
		found := name == "" && len(s.Cases) == 0
		var known []string
		for _, c := range s.Cases {
			if c.Name == name {
				play, found = c, true
			}
			known = append(known, c.Name)
		}
		if !found {
			return nil, "", fmt.Errorf("%s has cases; hold one of them: %s", id, strings.Join(prefixed(id, known), " "))
		}
		lies = s.Faults(play)
		for _, act := range s.Story(play) {
			lies = append(lies, scenarios.FaultsOf(act)...)
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

func prefixed(id string, cases []string) []string {
	var out []string
	for _, c := range cases {
		out = append(out, id+"/"+c)
	}
	return out
}
