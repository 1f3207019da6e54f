package mutants

import (
	"context"
	"strings"

	"github.com/rogueidp/rogueidp/validator/internal/steps"
)

// passesOnEncrypted leaves a token in five parts to whoever can read it, as a
// gateway does that takes it for opaque.
func passesOnEncrypted(s *steps.Steps) {
	s.Order = append([]steps.Stage(nil), s.Order...)
	for i, stage := range s.Order {
		s.Order[i] = func(ctx context.Context, a *steps.Attempt) *steps.Refusal {
			if strings.Count(a.Raw, ".") != 4 {
				return stage(ctx, a)
			}
			a.PayloadText = "{}"
			return nil
		}
	}
}

// believesEnc takes a token whose header has enc for one that was decrypted
// already, and so for a good one (CVE-2024-33531).
func believesEnc(s *steps.Steps) {
	pin, verify := s.Heading.Pin, s.Order[steps.CheckSignature-1]
	encrypted := func(h *steps.Header) bool {
		for _, m := range h.Members {
			if m.Name == "enc" {
				return true
			}
		}
		return false
	}
	s.Heading.Pin = func(h *steps.Header, pinned []*steps.Algorithm) (*steps.Algorithm, error) {
		if encrypted(h) {
			return pinned[0], nil
		}
		return pin(h, pinned)
	}
	s.Order[steps.CheckSignature-1] = func(ctx context.Context, a *steps.Attempt) *steps.Refusal {
		if encrypted(&a.Header) {
			return nil
		}
		return verify(ctx, a)
	}
}
