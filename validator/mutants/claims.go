package mutants

import (
	"context"
	"crypto/sha256"
	"errors"
	"math"
	"math/big"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rogueidp/rogueidp/validator/internal/steps"
)

// issuerAsAddress compares what two issuers lead to: a path with its dots
// resolved, over whatever scheme, without query and fragment.
func issuerAsAddress(s *steps.Steps) {
	plain := func(issuer string) string {
		if !strings.Contains(issuer, "://") {
			issuer = "https://" + issuer
		}
		u, err := url.Parse(issuer)
		if err != nil {
			return issuer
		}
		return u.Hostname() + path.Clean("/"+u.Path)
	}
	s.Claiming.Issuer = func(want, got string) bool { return plain(want) == plain(got) }
}

// issuerByLooks turns letters into the plain ones that they resemble, drops
// what nobody sees, and reads names as they are displayed.
func issuerByLooks(s *steps.Steps) {
	plain := func(r rune) rune {
		switch {
		case r == '\u0430':
			return 'a'
		case r == '\u043e':
			return 'o'
		case r == '\u200b':
			return -1
		case r > 0xff00 && r < 0xff5f:
			return r - 0xfee0
		}
		return r
	}
	s.Claiming.Issuer = func(want, got string) bool {
		shown := strings.Map(plain, got)
		if before, name, ok := strings.Cut(shown, "xn--"); ok {
			shown = before + strings.Replace(name, "-", "", 1)
		}
		return shown == want
	}
}

// issuerOfAnyType is what a loose comparison of values does: true equals any
// text that is not empty.
func issuerOfAnyType(s *steps.Steps) {
	object := s.Reading.Object
	s.Reading.Object = func(dst []steps.Member, text string) ([]steps.Member, error) {
		members, err := object(dst, text)
		for i, m := range members {
			if _, ok := m.Value.Text(); m.Name == "iss" && !ok {
				members[i].Value = `"` + anyIssuer + `"`
			}
		}
		return members, err
	}
	same := s.Claiming.Issuer
	s.Claiming.Issuer = func(want, got string) bool { return got == anyIssuer || same(want, got) }
}

const anyIssuer = "whoever"

func audienceSubstring(want string, got []string) bool {
	return slices.ContainsFunc(got, func(one string) bool { return strings.Contains(one, want) })
}

func audienceAsPattern(want string, got []string) bool {
	return slices.ContainsFunc(got, func(one string) bool {
		matches, err := path.Match(one, want)
		return one == want || matches && err == nil
	})
}

func escapedAudience(want string, got []string) bool {
	return slices.Contains(got, url.QueryEscape(want))
}

// comparesAllAudiences looks for audiences that stand there twice, the dear way.
func comparesAllAudiences(s *steps.Steps) {
	among := s.Claiming.Audience
	s.Reading.MaxToken = math.MaxInt
	s.Claiming.Audience = func(want string, got []string) bool {
		for i, one := range got {
			// It would go on for minutes if it compared all.
			for _, other := range got[max(0, i-300):i] {
				if sha256.Sum256([]byte(one)) == sha256.Sum256([]byte(other)) {
					return false
				}
			}
		}
		return among(want, got)
	}
}

func wrapsTimes(s *steps.Steps) {
	read := s.Claiming.Moment
	s.Claiming.Moment = func(v steps.Value) (time.Time, bool) {
		whole, ok := new(big.Int).SetString(string(v), 10)
		if !ok {
			return read(v)
		}
		lower := whole.And(whole, new(big.Int).SetUint64(math.MaxUint64)).Uint64()
		return time.Unix(int64(lower), 0), true
	}
}

// timeBeforeKeys looks at exp when a token comes, and never again.
func timeBeforeKeys(s *steps.Steps) {
	over, find := s.Claiming.Expired, s.Order[steps.CheckKey-1]
	s.Claiming.Expired = atNoTime
	s.Order = slices.Clone(s.Order)
	s.Order[steps.CheckKey-1] = func(ctx context.Context, a *steps.Attempt) *steps.Refusal {
		if issuer := s.Choosing.Issuer(a.Trusted, a.Claims.Issuer); issuer != nil {
			exp, ok := s.Claiming.Moment(a.Claims.Expires)
			if ok && over(issuer.Now(), exp, issuer.Leeway) {
				return &steps.Refusal{Check: steps.CheckTime, Code: steps.CodeExpired, Cause: errors.New("the token is expired")}
			}
		}
		return find(ctx, a)
	}
}

func lengthensLeeway(s *steps.Steps) {
	over := s.Claiming.Expired
	s.Claiming.Expired = func(now, exp time.Time, leeway time.Duration) bool {
		return over(now, exp, leeway+30*time.Second)
	}
}

func wholeSeconds(s *steps.Steps) {
	read := s.Claiming.Moment
	s.Claiming.Moment = func(v steps.Value) (time.Time, bool) {
		if _, err := strconv.ParseInt(string(v), 10, 64); err != nil {
			return time.Time{}, false
		}
		return read(v)
	}
}

func unquotesTimes(s *steps.Steps) {
	read := s.Claiming.Moment
	s.Claiming.Moment = func(v steps.Value) (time.Time, bool) {
		if v == "null" {
			return time.Time{}, true
		}
		if text, ok := v.Text(); ok {
			v = steps.Value(text)
		}
		return read(v)
	}
}

func nonceCaseFold(s *steps.Steps) {
	s.Claiming.Nonce = func(want string, got steps.Value) bool {
		nonce, ok := got.Text()
		return ok && strings.EqualFold(want, nonce)
	}
}
