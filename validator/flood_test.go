package validator_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/rogueidp/rogueidp/validator"
	"github.com/rogueidp/rogueidp/validator/internal/issuertest"
)

// floods are the ways to make a validator ask for keys.
var floods = map[string]struct {
	token func(p *issuertest.Provider, i int) string
	reply issuertest.Reply
}{
	"random kid": {token: func(p *issuertest.Provider, i int) string {
		return p.Token(issuertest.SignedBy(attacker.As(fmt.Sprint("kid-", i))))
	}},
	"one unknown kid": {token: func(p *issuertest.Provider, _ int) string { return p.Token(issuertest.SignedBy(attacker)) }},
	"bad signature":   {token: func(p *issuertest.Provider, _ int) string { return p.Token(issuertest.ForgedBy(attacker)) }},
	"no kid": {token: func(p *issuertest.Provider, _ int) string {
		return p.Token(issuertest.ForgedBy(attacker), header("kid", nil))
	}},
	"no key fits": {token: func(p *issuertest.Provider, _ int) string {
		return p.Token(issuertest.ForgedBy(attacker), header("alg", "ES256"))
	}},
	"outage": {reply: outage, token: func(p *issuertest.Provider, i int) string {
		return p.Token(issuertest.SignedBy(attacker.As(fmt.Sprint("kid-", i))))
	}},
	"no keys": {reply: noKeys, token: func(p *issuertest.Provider, i int) string {
		return p.Token(issuertest.SignedBy(attacker.As(fmt.Sprint("kid-", i))))
	}},
}

// TestFloods sends a thousand tokens at once and then some each second, and
// wants the provider asked at once, then every ten seconds, and never more
// than three times in thirty.
func TestFloods(t *testing.T) {
	for name, flood := range floods {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, p *issuertest.Provider) {
				v := start(t, p)
				accept(t, v, p.Token())
				p.Answer(issuertest.KeySet, flood.reply)
				raw := flood.token(p, -1)
				for range 1000 {
					_, _ = v.Validate(t.Context(), raw)
				}
				fetches(t, p, 2)
				var at []int
				for second := range 120 {
					before := p.Fetches(issuertest.KeySet)
					if second == 0 {
						before--
					}
					for i := range 5 {
						if _, err := v.Validate(t.Context(), flood.token(p, i)); err == nil {
							t.Fatal("a forged token was accepted")
						}
					}
					for range p.Fetches(issuertest.KeySet) - before {
						at = append(at, second)
					}
					p.Clock.Advance(time.Second)
				}
				if want := []int{0, 10, 20, 31, 41, 51, 62, 72, 82, 93, 103, 113}; !slices.Equal(at, want) {
					t.Errorf("fetches at %v, want %v", at, want)
				}
				accept(t, v, p.Token())
			})
		})
	}
}

// TestRotationDuringFlood rotates the key in each second of a flood and wants
// it learned within eleven seconds.
func TestRotationDuringFlood(t *testing.T) {
	for second := range 60 {
		bubble(t, func(t *testing.T, p *issuertest.Provider) {
			v := start(t, p)
			accept(t, v, p.Token())
			bad, learned := p.Token(issuertest.SignedBy(attacker)), -1
			good := p.Token(issuertest.SignedBy(newKey))
			for now := range 80 {
				for range 3 {
					_, _ = v.Validate(t.Context(), bad)
				}
				if now == second {
					p.Rotate(newKey)
				}
				if now >= second && learned < 0 {
					if _, err := v.Validate(t.Context(), good); err == nil {
						learned = now
					}
				}
				p.Clock.Advance(time.Second)
			}
			if learned < 0 || learned-second > 11 {
				t.Errorf("rotated in second %d, learned in second %d", second, learned)
			}
		})
	}
}

// TestBadClaimsCostNothing spends no fetch on tokens that would be refused in
// any case.
func TestBadClaimsCostNothing(t *testing.T) {
	bubble(t, func(t *testing.T, p *issuertest.Provider) {
		v := start(t, p)
		unknown := issuertest.SignedBy(attacker)
		rows := map[string]struct {
			change func(*issuertest.Token)
			code   validator.Code
		}{
			"iss":     {claim("iss", "https://evil.example"), validator.CodeIssuer},
			"aud":     {claim("aud", "another"), validator.CodeAudience},
			"exp":     {all(claim("exp", 1), claim("iat", 1)), validator.CodeExpired},
			"no exp":  {claim("exp", nil), validator.CodeClaim},
			"bad alg": {header("alg", "none"), validator.CodeAlg},
			"typ":     {header("typ", "at+jwt"), validator.CodeType},
		}
		for _, r := range rows {
			refuse(t, v, p.Token(unknown, r.change), r.code)
		}
		fetches(t, p, 0)
		accept(t, v, p.Token())
		for _, r := range rows {
			refuse(t, v, p.Token(unknown, r.change), r.code)
		}
		fetches(t, p, 1)
		refuse(t, v, p.Token(issuertest.ForgedBy(attacker), claim("aud", "another")), validator.CodeSignature)
		fetches(t, p, 1)
	})
}

func TestColdRetries(t *testing.T) {
	bubble(t, func(t *testing.T, p *issuertest.Provider) {
		p.Answer(issuertest.KeySet, outage)
		v, raw := start(t, p), p.Token()
		var at []int
		for second := range 45 {
			before := p.Fetches(issuertest.KeySet)
			for range 50 {
				unavailable(t, v, raw, validator.CodeKeySet)
			}
			for range p.Fetches(issuertest.KeySet) - before {
				at = append(at, second)
			}
			p.Clock.Advance(time.Second)
		}
		if want := []int{0, 2, 6, 14, 24, 34, 44}; !slices.Equal(at, want) {
			t.Errorf("fetches at %v, want %v", at, want)
		}
		p.Answer(issuertest.KeySet, nil)
		p.Clock.Advance(10 * time.Second)
		accept(t, v, p.Token())
	})
}

func TestColdFloodCostsTwo(t *testing.T) {
	bubble(t, func(t *testing.T, p *issuertest.Provider) {
		v := start(t, p)
		for i := range 100 {
			refuse(t, v, floods["random kid"].token(p, i), validator.CodeKid)
		}
		fetches(t, p, 2)
	})
}

// TestKidBeforeItsKey asks for a key before it is published.
func TestKidBeforeItsKey(t *testing.T) {
	bubble(t, func(t *testing.T, p *issuertest.Provider) {
		v := start(t, p)
		accept(t, v, p.Token())
		refuse(t, v, p.Token(issuertest.SignedBy(newKey)), validator.CodeKid)
		p.Rotate(newKey)
		refuse(t, v, p.Token(), validator.CodeKid)
		p.Clock.Advance(10 * time.Second)
		accept(t, v, p.Token())
	})
}

func TestRetryAfter(t *testing.T) {
	seconds := func(p *issuertest.Provider, d time.Duration) string { return fmt.Sprint(int(d.Seconds())) }
	date := func(p *issuertest.Provider, d time.Duration) string {
		return p.Clock.Now().Add(d).UTC().Format(http.TimeFormat)
	}
	for name, format := range map[string]func(*issuertest.Provider, time.Duration) string{"seconds": seconds, "date": date} {
		for asked, heeded := range map[time.Duration]time.Duration{
			90 * time.Second: 90 * time.Second, 24 * time.Hour: 5 * time.Minute, time.Second: 10 * time.Second,
		} {
			t.Run(fmt.Sprint(name, " ", asked), func(t *testing.T) {
				bubble(t, func(t *testing.T, p *issuertest.Provider) {
					v := start(t, p)
					accept(t, v, p.Token())
					p.Answer(issuertest.KeySet, issuertest.Status(http.StatusServiceUnavailable, "", "Retry-After", format(p, asked)))
					bad := p.Token(issuertest.SignedBy(attacker))
					unavailable(t, v, bad, validator.CodeKeySet)
					p.Clock.Advance(heeded - time.Second)
					unavailable(t, v, bad, validator.CodeKeySet)
					fetches(t, p, 2)
					p.Clock.Advance(time.Second)
					unavailable(t, v, bad, validator.CodeKeySet)
					fetches(t, p, 3)
				})
			})
		}
	}
}
