package mutants

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/rogueidp/rogueidp/validator/internal/steps"
)

// namesRunTogether looks for a key in the sets of all issuers, under a name
// that is made of issuer and kid and holds letters and digits alone.
func namesRunTogether(s *steps.Steps) {
	var mu sync.Mutex
	sets := make(map[string]*steps.KeySet) // by issuer
	choose := s.Choosing.Select
	s.Choosing.Select = func(ctx context.Context, a *steps.Attempt, set *steps.KeySet) []*steps.Key {
		issuer := a.Issuer.Rules.Issuer
		mu.Lock()
		defer mu.Unlock()
		sets[issuer] = set
		chosen, wanted := choose(ctx, a, set), plainName(issuer, a.Kid)
		for owner, kept := range sets {
			for _, k := range kept.Keys {
				if a.Named && k.Named && plainName(owner, k.ID) == wanted && s.Choosing.Fits(k, a.Algorithm) && !slices.Contains(chosen, k) {
					chosen = append(chosen, k)
				}
			}
		}
		return chosen
	}
}

func plainName(issuer, kid string) string {
	return strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' {
			return c
		}
		return '_'
	}, issuer+"_"+kid)
}

// keepsStrangersKeys fetches the keys of whatever issuer a token names, to
// refuse the token after it, and keeps them beside those that it trusts.
func keepsStrangersKeys(s *steps.Steps) {
	trusted, choose := s.Choosing.Issuer, s.Choosing.Select
	s.Choosing.Issuer = func(issuers []*steps.Issuer, iss steps.Value) *steps.Issuer {
		if one := trusted(issuers, iss); one != nil || len(issuers) == 0 {
			return one
		}
		return issuers[0]
	}
	var mu sync.Mutex
	strange := &steps.KeySet{}
	s.Choosing.Select = func(ctx context.Context, a *steps.Attempt, set *steps.KeySet) []*steps.Key {
		theirs := strangersKeys(ctx, s, a)
		mu.Lock()
		defer mu.Unlock()
		if theirs != nil {
			strange = theirs
		}
		chosen := choose(ctx, a, set)
		for _, k := range strange.Keys {
			if a.Named && k.Named && k.ID == a.Kid && s.Choosing.Fits(k, a.Algorithm) {
				chosen = append(chosen, k)
			}
		}
		return chosen
	}
}

// strangersKeys is the key set of the issuer that a token names, nil where that
// is the trusted one or has none.
func strangersKeys(ctx context.Context, s *steps.Steps, a *steps.Attempt) *steps.KeySet {
	iss, ok := a.Claims.Issuer.Text()
	if !ok || iss == a.Issuer.Rules.Issuer {
		return nil
	}
	text, err := a.Issuer.Keys.Get(ctx, s.Fetching.WellKnown(iss))
	if err != nil {
		return nil
	}
	members, err := s.Reading.Object(nil, text)
	if err != nil {
		return nil
	}
	for _, m := range members {
		if m.Name != "jwks_uri" {
			continue
		}
		address, _ := m.Value.Text()
		if text, err = a.Issuer.Keys.Get(ctx, address); err != nil {
			return nil
		}
		set, err := s.ReadKeySet(ctx, text, nil)
		if err != nil {
			return nil
		}
		return set
	}
	return nil
}
