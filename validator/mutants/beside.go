package mutants

import (
	"context"
	"crypto"
	"errors"
	"math"
	"regexp"
	"strings"

	"github.com/rogueidp/rogueidp/validator/internal/steps"
)

// hashByPrefix compares no more of a hash than there is.
func hashByPrefix(s *steps.Steps) {
	fits := s.Claiming.Hash
	s.Claiming.Hash = func(alg *steps.Algorithm, of string, got steps.Value) bool {
		text, ok := got.Text()
		if !ok || text == "" {
			return false
		}
		for end := len(text); end > 0; end-- {
			if fits(alg, of, steps.Value(`"`+text[:end]+`"`)) {
				return true
			}
		}
		return false
	}
}

// hashesBySHA256 knows one hash, whatever the algorithm.
func hashesBySHA256(s *steps.Steps) {
	fits := s.Claiming.Hash
	s.Claiming.Hash = func(alg *steps.Algorithm, of string, got steps.Value) bool {
		only := *alg
		only.Hash = crypto.SHA256
		return fits(&only, of, got)
	}
}

// hashIfThere compares a hash only where there is one.
func hashIfThere(s *steps.Steps) {
	fits := s.Claiming.Hash
	s.Claiming.Hash = func(alg *steps.Algorithm, of string, got steps.Value) bool {
		return !got.Present() || fits(alg, of, got)
	}
}

// wantsAtHash wants at_hash wherever there is an access token.
func wantsAtHash(s *steps.Steps) {
	last := s.Order[steps.CheckNonce-1]
	s.Order[steps.CheckNonce-1] = func(ctx context.Context, a *steps.Attempt) *steps.Refusal {
		if a.Expect.AccessToken != nil && !a.Claims.AccessTokenHash.Present() {
			return &steps.Refusal{Check: steps.CheckNonce, Code: steps.CodeClaim, Cause: errors.New("the token has no at_hash")}
		}
		return last(ctx, a)
	}
}

// hashesWhatItKnows takes the algorithm from configuration and the hash from
// the header, and has none for a name that it does not know (CVE-2026-28498).
func hashesWhatItKnows(s *steps.Steps) {
	pin, last := s.Heading.Pin, s.Order[steps.CheckNonce-1]
	unknown := func(h *steps.Header) bool {
		name, _ := h.Alg.Text()
		return strings.HasPrefix(name, "RS") && steps.AlgorithmNamed(name) == nil
	}
	s.Heading.Pin = func(h *steps.Header, pinned []*steps.Algorithm) (*steps.Algorithm, error) {
		if unknown(h) && pinned[0].Family == steps.PKCS1 {
			return pinned[0], nil
		}
		return pin(h, pinned)
	}
	s.Order[steps.CheckNonce-1] = func(ctx context.Context, a *steps.Attempt) *steps.Refusal {
		if unknown(&a.Header) {
			a.Expect.AccessToken, a.Expect.Code, a.Expect.State = nil, nil, nil
		}
		return last(ctx, a)
	}
}

// acrCaseFold compares authentication contexts in any case.
func acrCaseFold(s *steps.Steps) {
	s.Claiming.Context = func(want []string, acr steps.Value) bool {
		got, _ := acr.Text()
		for _, one := range want {
			if strings.EqualFold(one, got) {
				return true
			}
		}
		return false
	}
}

// authTimeIfThere forgets that it asked for a sign-in of some age when the token
// speaks of none.
func authTimeIfThere(s *steps.Steps) {
	check := s.Order[steps.CheckNonce-1]
	s.Order[steps.CheckNonce-1] = func(ctx context.Context, a *steps.Attempt) *steps.Refusal {
		if !a.Claims.AuthTime.Present() {
			a.Expect.MaxAge = nil
		}
		return check(ctx, a)
	}
}

// cutsSubjects keeps what fits into a column of 64 characters.
func cutsSubjects(s *steps.Steps) {
	parse := s.Order[steps.CheckParse-1]
	cut := regexp.MustCompile(`("sub":"[^"\\]{64})[^"\\]*"`)
	s.Order[steps.CheckParse-1] = func(ctx context.Context, a *steps.Attempt) *steps.Refusal {
		refusal := parse(ctx, a)
		if refusal == nil {
			a.PayloadText = cut.ReplaceAllString(a.PayloadText, `$1"`)
		}
		return refusal
	}
}

// looksAtPicture fetches what the claims of an accepted token point to.
func looksAtPicture(s *steps.Steps) {
	last := s.Order[steps.CheckNonce-1]
	address := regexp.MustCompile(`https?://[^"\\]+`)
	s.Order[steps.CheckNonce-1] = func(ctx context.Context, a *steps.Attempt) *steps.Refusal {
		refusal := last(ctx, a)
		for _, m := range a.Claims.Members {
			switch m.Name {
			case "picture", "website", "jwks_uri", "_claim_sources":
				if found := address.FindString(string(m.Value)); found != "" && refusal == nil {
					_, _ = a.Issuer.Keys.Get(ctx, found) // it is shown to the user, if it is there
				}
			}
		}
		return refusal
	}
}

// comparesAllClaims looks for names that stand there twice once more, the dear
// way.
func comparesAllClaims(s *steps.Steps) {
	s.Reading.MaxToken = math.MaxInt
	parse := s.Order[steps.CheckParse-1]
	s.Order[steps.CheckParse-1] = func(ctx context.Context, a *steps.Attempt) *steps.Refusal {
		if refusal := parse(ctx, a); refusal != nil {
			return refusal
		}
		for i, one := range a.Claims.Members {
			// It would go on for half a minute if it compared all.
			for _, other := range a.Claims.Members[max(0, i-15_000):i] {
				if one.Name == other.Name {
					return &steps.Refusal{Check: steps.CheckParse, Code: steps.CodeParse, Cause: errors.New("a claim occurs twice")}
				}
			}
		}
		return nil
	}
}
