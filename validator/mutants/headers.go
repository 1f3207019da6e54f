package mutants

import (
	"compress/flate"
	"context"
	"encoding/json"
	"errors"
	"io"
	"math"
	"regexp"
	"strings"

	"github.com/rogueidp/rogueidp/validator/internal/steps"
)

// literalTyp knows a typ only in its short spelling (RFC 7515, 4.1.9 has two).
func literalTyp(s *steps.Steps) {
	judge := s.Heading.Type
	s.Heading.Type = func(h *steps.Header, kind steps.Kind) error {
		if typ, _ := h.Typ.Text(); strings.Contains(typ, "/") {
			return errors.New("typ is not spelled as expected")
		}
		return judge(h, kind)
	}
}

// claimsFromHeader takes iss, sub and aud from the header where they are there
// too.
func claimsFromHeader(s *steps.Steps) {
	parse := s.Order[steps.CheckParse-1]
	s.Order[steps.CheckParse-1] = func(ctx context.Context, a *steps.Attempt) *steps.Refusal {
		if refusal := parse(ctx, a); refusal != nil {
			return refusal
		}
		if iss := a.Header.Member("iss"); iss.Present() {
			a.Claims.Issuer = iss
		}
		if aud, ok := a.Header.Member("aud").Text(); ok {
			a.Claims.Audience, a.Claims.Audiences = a.Header.Member("aud"), []string{aud}
		}
		if sub := a.Header.Member("sub"); sub.Present() {
			a.Claims.Subject = sub
			a.PayloadText = retold(a.Claims.Members, "sub", sub)
		}
		return nil
	}
}

// retold are claims in JSON, one of them with another value.
func retold(claims []steps.Member, name string, value steps.Value) string {
	var told []string
	for _, m := range claims {
		if m.Name == name {
			m.Value = value
		}
		quoted, _ := json.Marshal(m.Name)
		told = append(told, string(quoted)+":"+string(m.Value))
	}
	return "{" + strings.Join(told, ",") + "}"
}

// addressWithin finds an address in a text that may be a command or a template.
var addressWithin = regexp.MustCompile(`https?://[^\s;{}"']+`)

// kidAsAddress fetches keys from the address that kid holds.
func kidAsAddress(s *steps.Steps) {
	trying(s, func(ctx context.Context, a *steps.Attempt, _ *steps.KeySet) []*steps.Key {
		address := addressWithin.FindString(a.Kid)
		if address == "" {
			return nil
		}
		return keysAt(ctx, s, a, address)
	})
}

// addressInJWK fetches keys from the addresses that a jwk in the header holds.
func addressInJWK(s *steps.Steps) {
	trying(s, func(ctx context.Context, a *steps.Attempt, _ *steps.KeySet) []*steps.Key {
		address := addressWithin.FindString(string(a.Header.Member("jwk")))
		if address == "" {
			return nil
		}
		return keysAt(ctx, s, a, address)
	})
}

// keysAt are the keys at an address that fit, whatever they are called.
func keysAt(ctx context.Context, s *steps.Steps, a *steps.Attempt, address string) []*steps.Key {
	text, err := a.Issuer.Keys.Get(ctx, address)
	if err != nil {
		return nil
	}
	theirs, err := s.ReadKeySet(ctx, text, nil)
	if err != nil {
		return nil
	}
	var fit []*steps.Key
	for _, key := range theirs.Keys {
		if s.Choosing.Fits(key, a.Algorithm) {
			fit = append(fit, key)
		}
	}
	return fit
}

// kidAsKey takes a kid that is a JWK, or the text of one, for the key.
func kidAsKey(s *steps.Steps) {
	read := s.Heading.Kid
	s.Heading.Kid = func(h *steps.Header) (string, bool, error) {
		if strings.HasPrefix(string(h.KeyID), `{"`) {
			return string(h.KeyID), true, nil
		}
		return read(h)
	}
	trying(s, func(_ context.Context, a *steps.Attempt, _ *steps.KeySet) []*steps.Key {
		key, err := s.Key(a.Kid)
		if err != nil || !s.Choosing.Fits(key, a.Algorithm) {
			return nil
		}
		return []*steps.Key{key}
	})
}

// inflates undoes DEFLATE of claims, as it would be right in an encrypted token
// (RFC 7516, 4.1.3), to any size.
func inflates(s *steps.Steps) {
	object := s.Reading.Object
	s.Reading.Object = func(dst []steps.Member, text string) ([]steps.Member, error) {
		plain, err := io.ReadAll(flate.NewReader(strings.NewReader(text)))
		if err != nil || strings.HasPrefix(text, "{") {
			return object(dst, text)
		}
		return object(dst, string(plain))
	}
	retellsClaims(s)
}

// kidOfAnyType takes a kid that is no string for none.
func kidOfAnyType(s *steps.Steps) {
	s.Heading.Kid = func(h *steps.Header) (string, bool, error) {
		kid, ok := h.KeyID.Text()
		return kid, ok, nil
	}
}

// kidInFixedBuffer has room for a kid of a kilobyte and reads headers of any
// size.
func kidInFixedBuffer(s *steps.Steps) {
	read := s.Heading.Kid
	s.Reading.MaxHeader = math.MaxInt
	s.Heading.Kid = func(h *steps.Header) (string, bool, error) {
		var room [1 << 10]byte
		kid, ok, err := read(h)
		copy(room[:len(kid)], kid)
		return string(room[:len(kid)]), ok, err
	}
}

// demandsKid refuses a token without kid, whatever the key set holds. A client
// secret is no key of the set and has no kid.
func demandsKid(s *steps.Steps) {
	read := s.Heading.Kid
	s.Heading.Kid = func(h *steps.Header) (string, bool, error) {
		kid, ok, err := read(h)
		if alg, _ := h.Alg.Text(); err == nil && !ok && !strings.HasPrefix(alg, "HS") {
			err = errors.New("the header has no kid")
		}
		return kid, ok, err
	}
}

// noKidNoCheck verifies a signature only where a kid says with which key.
func noKidNoCheck(s *steps.Steps) {
	verify := s.Order[steps.CheckSignature-1]
	s.Order[steps.CheckSignature-1] = func(ctx context.Context, a *steps.Attempt) *steps.Refusal {
		if !a.Named {
			return nil
		}
		return verify(ctx, a)
	}
}

// firstOfKid takes the first key of a kid and no other, fit or not.
func firstOfKid(s *steps.Steps) {
	choose := s.Choosing.Select
	s.Choosing.Select = func(ctx context.Context, a *steps.Attempt, set *steps.KeySet) []*steps.Key {
		for _, key := range set.Keys {
			if a.Named && key.Named && key.ID == a.Kid && !s.Choosing.Fits(key, a.Algorithm) {
				return nil
			}
			if a.Named && key.Named && key.ID == a.Kid {
				return []*steps.Key{key}
			}
		}
		return choose(ctx, a, set)
	}
}

// judgesByTyp lets typ choose the rules: what says that it is another kind of
// token is asked neither for whom it is nor what it answers.
func judgesByTyp(s *steps.Steps) {
	own := s.Heading.Type
	s.Heading.Type = anyType
	for _, check := range []steps.Check{steps.CheckAudience, steps.CheckNonce} {
		judge := s.Order[check-1]
		s.Order[check-1] = func(ctx context.Context, a *steps.Attempt) *steps.Refusal {
			if own(&a.Header, a.Issuer.Kind) != nil {
				return nil
			}
			return judge(ctx, a)
		}
	}
}
