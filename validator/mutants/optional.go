package mutants

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/rogueidp/rogueidp/validator/internal/steps"
)

// reads has the claims changed once they are read, and before any is judged.
func reads(s *steps.Steps, changed func(*steps.Claims)) {
	parse := s.Order[steps.CheckParse-1]
	s.Order[steps.CheckParse-1] = func(ctx context.Context, a *steps.Attempt) *steps.Refusal {
		refusal := parse(ctx, a)
		if refusal == nil {
			changed(&a.Claims)
		}
		return refusal
	}
}

// expIfTrue looks at exp where it counts as true, in languages where a value
// can: if (claims.exp && claims.exp < now).
func expIfTrue(s *steps.Steps) {
	reads(s, func(c *steps.Claims) {
		if slices.Contains([]steps.Value{"", "null", "false", "0", `""`}, c.Expires) {
			c.Expires = "9000000000"
		}
	})
}

func iatIfPresent(s *steps.Steps) {
	reads(s, func(c *steps.Claims) {
		if !c.IssuedAt.Present() {
			c.IssuedAt = "0"
		}
	})
}

// nbfIfNumber drops what it cannot convert: nbf, ok := claims["nbf"].(float64).
func nbfIfNumber(s *steps.Steps) {
	reads(s, func(c *steps.Claims) {
		if _, ok := c.NotBefore.Time(); !ok {
			c.NotBefore = ""
		}
	})
}

// readsDates reads a time in whichever form it comes.
func readsDates(s *steps.Steps) {
	read := s.Claiming.Moment
	s.Claiming.Moment = func(v steps.Value) (time.Time, bool) {
		if text, ok := v.Text(); ok {
			if at, err := time.Parse(time.RFC3339, text); err == nil {
				return at, true
			}
		}
		return read(v)
	}
}

// audienceIfPresent compares the audience of tokens that have one
// (CVE-2020-26160).
func audienceIfPresent(s *steps.Steps) {
	optional := func(judge steps.Stage) steps.Stage {
		return func(ctx context.Context, a *steps.Attempt) *steps.Refusal {
			if !a.Claims.Audience.Present() {
				return nil
			}
			return judge(ctx, a)
		}
	}
	s.Order[steps.CheckAudience-1] = optional(s.Order[steps.CheckAudience-1])
	s.Screen = []steps.Stage{steps.ScreenIssuer, optional(steps.ScreenAudience), steps.ScreenExpiry}
}

// audienceAmongAnything picks its name out of a list, whatever else is in it.
func audienceAmongAnything(s *steps.Steps) {
	object := s.Reading.Object
	s.Reading.Object = func(dst []steps.Member, text string) ([]steps.Member, error) {
		members, err := object(dst, text)
		for i, m := range members {
			var list []any
			if m.Name != "aud" || json.Unmarshal([]byte(m.Value), &list) != nil {
				continue
			}
			list = slices.DeleteFunc(list, func(one any) bool { _, text := one.(string); return !text })
			if texts, err := json.Marshal(list); err == nil {
				members[i].Value = steps.Value(texts)
			}
		}
		return members, err
	}
}

// fallsBackOnIssuer looks the issuer of a token up in its list, which is how
// it compares them, and has a default where it finds none.
func fallsBackOnIssuer(s *steps.Steps) {
	choose, judge := s.Choosing.Issuer, s.Order[steps.CheckIssuer-1]
	s.Choosing.Issuer = func(trusted []*steps.Issuer, iss steps.Value) *steps.Issuer {
		if issuer := choose(trusted, iss); issuer != nil || len(trusted) == 0 {
			return issuer
		}
		return trusted[0]
	}
	s.Order[steps.CheckIssuer-1] = func(ctx context.Context, a *steps.Attempt) *steps.Refusal {
		if len(a.Trusted) > 1 && choose(a.Trusted, a.Claims.Issuer) == nil {
			return nil
		}
		return judge(ctx, a)
	}
}
