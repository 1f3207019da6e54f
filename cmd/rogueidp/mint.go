package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/mockidp/fault"
)

func mintCommand() *cobra.Command {
	var issuer, clientID, clientSecret, alg, nonce, subject, kind, keySet, scenario string
	var claims, faults []string
	c := &cobra.Command{
		Use:   "mint",
		Short: "Print one token, honest or not",
		Long: `Print one token, signed with keys that are made for it and forgotten. --jwks
writes the key set that verifies it, as far as any does.`,
		Example: `  rogueidp mint --issuer https://idp.test --client-id rp-1 --jwks keys.json
  rogueidp mint --fault 'token.sign-with alg=none'
  rogueidp mint --fault 'token.set-time name=exp at=-1h' --claim scope=openid`,
		Args: cobra.NoArgs,
		RunE: func(_ *cobra.Command, _ []string) error {
			lies, _, err := misbehaviour(scenario, faults)
			if err != nil {
				return usage(err)
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
				if err := os.WriteFile(keySet, append(raw, '\n'), 0o644); err != nil {
					return usage(fmt.Errorf("--jwks: %w", err))
				}
			}
			fmt.Fprintln(os.Stdout, m.Token)
			return nil
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
	flags.StringVar(&keySet, "jwks", "", "file for the key set")
	return c
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
