package main

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/mockidp/fault"
)

func mintCommand() *cobra.Command {
	var folders []string
	var issuer, clientID, clientSecret, alg, nonce, subject, kind, keySet, folder, scenario string
	var claims, faults []string
	c := &cobra.Command{
		Use:   "mint",
		Short: "Print one token, honest or not",
		Long: `Print one token, signed with keys that are made for it and forgotten. --jwks
writes the key set that verifies it, as far as any does. Lies about metadata, the
key set, replies and connections are in no token: rogueidp serve tells those.`,
		Example: `  rogueidp mint --issuer https://idp.test --client-id rp-1 --jwks keys.json
  rogueidp mint --fault 'token.sign-with alg=none'
  rogueidp mint --fault 'token.set-time name=exp at=-1h' --claim scope=openid
  rogueidp mint --scenario header.jku-attacker`,
		Args: wants(),
		RunE: func(c *cobra.Command, _ []string) error {
			if alg != "" {
				if err := word("--alg", alg, mockidp.Algorithms()); err != nil {
					return usage(err)
				}
			}
			if err := kindWord(kind); err != nil {
				return usage(err)
			}
			lies, _, err := misbehaviour(scenario, folders, faults)
			if err != nil {
				return usage(err)
			}
			if elsewhere := fault.Elsewhere(lies); len(elsewhere) > 0 && len(fault.OfToken(lies)) == 0 && !setShows(elsewhere, keySet) {
				return usage(fmt.Errorf("%s is not in the token, which would be honest; rogueidp serve tells it, with the same flag", elsewhere[0].Fault()))
			}
			request := mockidp.Request{Alg: alg, Nonce: nonce, Subject: subject, Faults: fault.OfToken(lies)}
			if request.Claims, err = claimFlags(claims); err != nil {
				return usage(err)
			}
			p, err := mockidp.New(mockidp.Config{Memory: true})
			if err != nil {
				return failed(err)
			}
			defer p.Close()
			cfg := mockidp.TenantConfig{Issuer: issuer, ClientID: clientID, ClientSecret: clientSecret, Kind: mockidp.Kind(kind)}
			if alg != "" {
				cfg.Algs = []string{alg}
			}
			t, err := p.Tenant(cfg)
			if err != nil {
				return usage(err)
			}
			if err := t.Misbehave(fault.Elsewhere(lies)...); err != nil {
				return usage(err)
			}
			m, err := t.Mint(request)
			if err != nil {
				return usage(err)
			}
			if keySet != "" {
				raw, err := t.Served(mockidp.KeySet)
				if err != nil {
					return usage(err)
				}
				file, err := within(folder, keySet)
				if err != nil {
					return usage(fmt.Errorf("--report: %w", err))
				}
				if err := os.WriteFile(file, append(raw, '\n'), 0o644); err != nil {
					return usage(fmt.Errorf("--jwks: %w; name a file in a folder that exists, or the folder with --report", err))
				}
			}
			_, err = fmt.Fprintln(c.OutOrStdout(), m.Token)
			return err
		},
	}
	flags := c.Flags()
	flags.StringVar(&issuer, "issuer", "https://idp.rogueidp.test", "iss")
	flags.StringVar(&clientID, "client-id", "rp-1", "aud")
	flags.StringVar(&clientSecret, "client-secret", "", "keys HS256, HS384 and HS512")
	flags.StringVar(&alg, "alg", "", "algorithm that signs (default RS256)")
	flags.StringVar(&nonce, "nonce", "", "nonce")
	flags.StringVar(&subject, "subject", "", "sub (default alice)")
	flags.StringVar(&kind, "kind", "", "id-token, bearer-jwt or access-token (default id-token)")
	flags.StringArrayVar(&claims, "claim", nil, "further claim, name=value; the value is JSON or else a string")
	flags.StringArrayVar(&faults, "fault", nil, "lie in this way: 'token.sign-with alg=none', or JSON (rogueidp list --faults)")
	flags.StringVar(&scenario, "scenario", "", "the token of a scenario: an id, or id/case")
	addScenarios(flags, &folders)
	flags.StringVar(&keySet, "jwks", "", "file for the key set")
	flags.StringVar(&folder, "report", "", "folder for that file (default: the working directory)")
	return c
}

// setShows tells whether a lie that is in no token would show in a file that is
// written: the key set.
func setShows(lies []fault.Fault, keySet string) bool {
	return keySet != "" && slices.ContainsFunc(lies, func(f fault.Fault) bool { return fault.SeamOf(f) == fault.SeamKeySet })
}

// kindWord refuses a kind of tokens that there is not.
func kindWord(kind string) error {
	if kind == "" {
		return nil
	}
	return word("--kind", kind, names([]mockidp.Kind{mockidp.IDToken, mockidp.BearerJWT, mockidp.AccessToken}))
}

func claimFlags(words []string) (fault.Object, error) {
	var o fault.Object
	for _, w := range words {
		name, value, found := strings.Cut(w, "=")
		if !found || name == "" {
			return nil, fmt.Errorf("--claim %q: write name=value", w)
		}
		v := fault.Text(value)
		if json.Valid([]byte(value)) {
			v = fault.JSON(value)
		}
		o.Set(name, v)
	}
	return o, nil
}
