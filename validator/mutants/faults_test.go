package mutants_test

import (
	"compress/flate"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/binary"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing/synctest"
	"time"
	"unicode/utf16"

	"github.com/rogueidp/rogueidp/validator"
	idp "github.com/rogueidp/rogueidp/validator/internal/issuertest"
)

// attacker signs what the issuer does not.
var attacker = idp.EC("attacker")

// faults tells of a validator whether it gets wrong what a mutant of the name
// does, for every mutant.
var faults = map[string]func(b *bench) bool{
	"lenient-base64": func(b *bench) bool { return b.accepts(b.p.Token() + "=") },
	"trims-token":    func(b *bench) bool { return b.accepts("Bearer " + b.p.Token()) },
	"extra-segments": func(b *bench) bool { return b.accepts(b.p.Token() + ".x") },
	"first-duplicate-wins": func(b *bench) bool {
		return b.accepts(b.p.Token(idp.RawClaims(`{"aud":"rp-1","aud":"rp-2","iss":"` + issuerURL + `","sub":"a","iat":1,"exp":9000000000}`)))
	},
	"case-folding-json": func(b *bench) bool {
		return b.accepts(b.p.Token(idp.Claim("aud", nil), idp.Claim("AUD", "rp-1")))
	},

	"crashes-on-odd-parts": crashed(func(b *bench) string {
		token := b.p.Token()
		return token[strings.IndexByte(token, '.'):]
	}),
	"asserts-types": crashed(func(b *bench) string { return b.p.Token(idp.Claim("sub", 7)) }),
	"lenient-json": func(b *bench) bool {
		return b.accepts(b.p.Token(idp.RawClaims(`{"aud":"rp-1","iss":"` + issuerURL + `","sub":"a","iat":1,"exp":9000000000,}{}`)))
	},
	"guesses-token-encoding": func(b *bench) bool {
		claims := `{"aud":"rp-1","iss":"` + issuerURL + `","sub":"a","iat":1,"exp":9000000000}`
		return b.accepts(b.p.Token(idp.RawClaims("\x00" + strings.Join(strings.Split(claims, ""), "\x00"))))
	},
	"json-by-pattern": func(b *bench) bool { return !b.accepts(b.p.Token(idp.Header("x", map[string]int{"a": 1}))) },
	"endless-times": func(b *bench) bool {
		return b.accepts(b.p.Token(idp.RawClaims(`{"aud":"rp-1","iss":"` + issuerURL + `","sub":"a","iat":1,"exp":9e400}`)))
	},
	"verifies-reencoded": func(b *bench) bool {
		// 80 octets leave two bits over, which are zero; the next letter sets one.
		token := b.p.Token(idp.RawClaims(`{"aud":"rp-1","iss":"` + issuerURL + `","sub":"a","iat":1,"exp":9000000000}`))
		end := strings.LastIndexByte(token, '.')
		last := strings.IndexByte(base64url, token[end-1])
		return b.accepts(token[:end-1] + base64url[last+1:last+2] + token[end:])
	},
	"decodes-percent": func(b *bench) bool { return b.accepts(strings.ReplaceAll(b.p.Token(), ".", "%2E")) },
	"cuts-at-nul": func(b *bench) bool {
		claims, err := b.start().Validate(b.t.Context(), b.p.Token(idp.Claim("sub", "admin\x00x")))
		return err == nil && strings.Contains(string(claims.JSON()), `"admin"`)
	},
	"merges-prototypes": func(b *bench) bool {
		v := b.start()
		_, first := v.Validate(b.t.Context(), b.p.Token(idp.Header("__proto__", map[string]any{"crit": []string{"x"}})))
		_, second := v.Validate(b.t.Context(), b.p.Token(idp.Header("x", 1)))
		return first != nil || second != nil
	},
	"remembers-refusal": func(b *bench) bool {
		v := b.start()
		_, bad := v.Validate(b.t.Context(), b.p.Token(idp.ForgedBy(attacker)))
		_, good := v.Validate(b.t.Context(), b.p.Token())
		return bad != nil && good != nil
	},

	"passes-on-encrypted": func(b *bench) bool { return b.accepts("e30.AA.AA.AA.AA") },
	"believes-enc": func(b *bench) bool {
		return b.accepts(b.p.Token(idp.Header("alg", "dir"), idp.Header("enc", "A256GCM"), idp.ForgedBy(attacker)))
	},

	"blocks-none":  func(b *bench) bool { return b.accepts(b.p.Token(idp.Header("alg", "dir"))) },
	"defaults-alg": func(b *bench) bool { return b.accepts(b.p.Token(idp.Header("alg", nil))) },
	"decodes-secret": func(b *bench) bool {
		const secret = "a secret of the client's that is long enough"
		v := b.start(func(c *validator.Config) { c.ClientSecret, c.Algorithms = secret, []string{"HS256"} })
		_, err := v.Validate(b.t.Context(), b.p.Token(idp.Header("alg", "HS256"), idp.ForgedBy(idp.Oct("", []byte(secret)))))
		return err != nil
	},
	"alg-case-fold": func(b *bench) bool { return b.accepts(b.p.Token(idp.Header("alg", "rs256"))) },
	"accepts-none": func(b *bench) bool {
		token := b.p.Token(idp.Header("alg", "none"))
		return b.accepts(token[:strings.LastIndexByte(token, '.')+1])
	},
	"alg-from-header": func(b *bench) bool {
		der, _ := x509.MarshalPKIXPublicKey(b.p.Key.Signer.Public())
		secret := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
		return b.accepts(b.p.Token(idp.Header("alg", "HS256"), idp.ForgedBy(idp.Oct("", secret))))
	},
	"ignores-key-alg": func(b *bench) bool {
		b.p.Publish(b.p.Key.For("RS512"))
		return b.accepts(b.p.Token())
	},
	"widens-by-metadata": func(b *bench) bool {
		b.p.Answer(idp.Metadata, idp.Body(`{"issuer":"`+issuerURL+`","jwks_uri":"`+issuerURL+`/keys","id_token_signing_alg_values_supported":["ES384","RS512"]}`))
		b.p.Answer(idp.KeySet, idp.Body(idp.Set(b.p.Key.Bare(`"kid":"rsa-1"`))))
		return b.accepts(b.p.Token(idp.Header("alg", "RS512"), func(t *idp.Token) { t.Alg = "RS512" }))
	},

	"ignores-crit": func(b *bench) bool {
		return b.accepts(b.p.Token(idp.Header("crit", []string{"x"}), idp.Header("x", 1)))
	},
	"ignores-typ": func(b *bench) bool { return b.accepts(b.p.Token(idp.Header("typ", "at+jwt"))) },
	"trusts-embedded-jwk": func(b *bench) bool {
		return b.accepts(b.p.Token(idp.SignedBy(attacker), raw("jwk", attacker.JWK())))
	},
	"follows-jku": func(b *bench) bool {
		b.p.Answer("https://evil.example/keys", idp.Body(idp.JWKS(attacker)))
		return b.accepts(b.p.Token(idp.SignedBy(attacker), idp.Header("jku", "https://evil.example/keys")))
	},
	"kid-as-path": func(b *bench) bool {
		return b.accepts(b.p.Token(idp.Header("alg", "HS256"), idp.Header("kid", "/dev/null"), idp.ForgedBy(idp.Oct("", []byte{}))))
	},

	"literal-typ": func(b *bench) bool { return !b.accepts(b.p.Token(idp.Header("typ", "application/jwt"))) },
	"claims-from-header": func(b *bench) bool {
		return b.accepts(b.p.Token(idp.Header("aud", idp.ClientID), idp.Claim("aud", "rp-2")))
	},
	"kid-as-address": func(b *bench) bool {
		b.p.Answer("https://evil.example/keys", idp.Body(idp.JWKS(attacker)))
		return b.accepts(b.p.Token(idp.SignedBy(attacker.As("https://evil.example/keys"))))
	},
	"address-in-jwk": func(b *bench) bool {
		b.p.Answer("https://evil.example/keys", idp.Body(idp.JWKS(attacker)))
		return b.accepts(b.p.Token(idp.SignedBy(attacker), idp.Header("jwk", "https://evil.example/keys")))
	},
	"kid-as-key": func(b *bench) bool { return b.accepts(b.p.Token(idp.SignedBy(attacker.As(attacker.JWK())))) },
	"inflates": func(b *bench) bool {
		var packed strings.Builder
		w, _ := flate.NewWriter(&packed, flate.BestSpeed)
		_, _ = io.WriteString(w, `{"aud":"rp-1","iss":"`+issuerURL+`","sub":"a","iat":1,"exp":9000000000}`)
		_ = w.Close()
		return b.accepts(b.p.Token(idp.RawClaims(packed.String())))
	},
	"kid-of-any-type": func(b *bench) bool { return b.accepts(b.p.Token(idp.Header("kid", 1))) },
	"kid-in-fixed-buffer": crashed(func(b *bench) string {
		return b.p.Token(idp.Header("kid", strings.Repeat("k", 64<<10)))
	}),

	"demands-kid": func(b *bench) bool { return !b.accepts(b.p.Token(idp.Header("kid", nil))) },
	"no-kid-no-check": func(b *bench) bool {
		return b.accepts(b.p.Token(idp.Header("kid", nil), idp.ForgedBy(idp.RSA("forger"))))
	},
	"first-of-kid": func(b *bench) bool {
		b.p.Answer(idp.KeySet, idp.Body(idp.JWKS(idp.EC("another").As(b.p.Key.Kid), b.p.Key)))
		return !b.accepts(b.p.Token())
	},

	"judges-by-typ":  func(b *bench) bool { return b.accepts(b.p.Token(idp.Header("typ", "at+jwt"), idp.Claim("aud", "api"))) },
	"ignores-events": func(b *bench) bool { return b.accepts(b.p.Token(idp.Claim("events", map[string]any{}))) },

	"kid-case-fold": func(b *bench) bool { return b.accepts(b.p.Token(idp.Header("kid", "RSA-1"))) },
	"encryption-keys": func(b *bench) bool {
		b.p.Answer(idp.KeySet, idp.Body(idp.Set(strings.Replace(b.p.Key.JWK(), `"sig"`, `"enc"`, 1))))
		return b.accepts(b.p.Token())
	},
	"weak-rsa-keys": func(b *bench) bool {
		private, err := rsa.GenerateKey(rand.Reader, 1024)
		if err != nil {
			b.t.Fatal(err)
		}
		b.p.Rotate(idp.FromRSA("small", private))
		small := b.accepts(b.p.Token())
		return small && b.accepts(exponentOne(b))
	},

	"no-signature": func(b *bench) bool { return b.accepts(b.p.Token(idp.ForgedBy(attacker))) },
	"psychic-signature": func(b *bench) bool {
		token := b.p.Token(idp.SignedBy(idp.EC("ec-1")))
		return b.accepts(token[:strings.LastIndexByte(token, '.')+1] + idp.Encode(make([]byte, 64)))
	},
	"claims-before-signature": func(b *bench) bool {
		v := b.start()
		_, _ = v.Validate(b.t.Context(), b.p.Token())
		_, err := v.Validate(b.t.Context(), b.p.Token(idp.ForgedBy(attacker), idp.Claim("exp", 1)))
		var e *validator.Error
		return errors.As(err, &e) && e.Code == validator.CodeExpired
	},

	"issuer-prefix":       claimed("iss", issuerURL+".evil.example"),
	"issuer-as-address":   claimed("iss", "http://issuer.example/x/../#y"),
	"issuer-by-looks":     claimed("iss", "https://issuer.ex\u0430mple"),
	"trims-issuer":        claimed("iss", issuerURL+"\n"),
	"issuer-of-any-type":  claimed("iss", true),
	"skips-issuer":        claimed("iss", "https://evil.example"),
	"audience-substring":  claimed("aud", "not-rp-1"),
	"audience-as-pattern": claimed("aud", "rp-*"),
	"skips-audience":      claimed("aud", "another"),
	"audience-any-of":     claimed("aud", []string{"rp-1", "another"}),
	"skips-exp":           func(b *bench) bool { return b.accepts(b.p.Token(idp.Claim("exp", 2), idp.Claim("iat", 1))) },
	"own-audience-only": func(b *bench) bool {
		v := b.start(func(c *validator.Config) { c.TrustedAudiences = []string{"api"} })
		_, err := v.Validate(b.t.Context(), b.p.Token(idp.Claim("aud", []string{"rp-1", "api"})))
		return err != nil
	},
	"escapes-client": func(b *bench) bool {
		v := b.start(func(c *validator.Config) { c.ClientID = "rp/1" })
		_, err := v.Validate(b.t.Context(), b.p.Token(idp.Claim("aud", "rp/1")))
		return err != nil
	},
	"compares-all-audiences": func(b *bench) bool {
		v := b.start(func(c *validator.Config) { c.TrustedAudiences = []string{"api"} })
		_, err := v.Validate(b.t.Context(), b.p.Token(idp.Claim("aud", []string{"rp-1", "api", "api"})))
		return err != nil
	},
	"wraps-times": func(b *bench) bool {
		return b.accepts(b.p.Token(idp.RawClaims(`{"aud":"rp-1","iss":"` + issuerURL + `","sub":"a","iat":1,"exp":-18446744069709551616}`)))
	},
	"time-before-keys": func(b *bench) bool {
		v, token := b.start(), b.p.Token(idp.Claim("iat", 1), idp.Claim("exp", b.p.Clock.Now().Add(time.Second).Unix()))
		release := b.p.Hold()
		var err error
		var waiting sync.WaitGroup
		waiting.Go(func() { _, err = v.Validate(b.t.Context(), token) })
		synctest.Wait()
		b.p.Clock.Advance(time.Hour)
		release()
		waiting.Wait()
		return err == nil
	},
	"lengthens-leeway": func(b *bench) bool {
		return b.accepts(b.p.Token(idp.Claim("iat", 1), idp.Claim("exp", b.p.Clock.Now().Add(-5*time.Minute-5*time.Second).Unix())))
	},
	"whole-seconds":  func(b *bench) bool { return !b.accepts(b.p.Token(idp.Claim("exp", 9000000000.5))) },
	"unquotes-times": claimed("iat", "1"),
	"ends-before-it-begins": func(b *bench) bool {
		now := b.p.Clock.Now()
		return b.accepts(b.p.Token(idp.Claim("exp", now.Add(5*time.Second).Unix()), idp.Claim("iat", now.Add(10*time.Second).Unix())))
	},
	"skips-nbf":   claimed("nbf", 9000000000),
	"skips-nonce": func(b *bench) bool { return b.accepts(b.p.Token(), validator.WithNonce("n")) },
	"nonce-case-fold": func(b *bench) bool {
		return b.accepts(b.p.Token(idp.Claim("nonce", "N")), validator.WithNonce("n")) && !b.accepts(b.p.Token(), validator.WithNonce("n"))
	},
	"skips-at-hash": func(b *bench) bool {
		sum := sha256.Sum256([]byte("another"))
		return b.accepts(b.p.Token(idp.Claim("at_hash", idp.Encode(sum[:16]))), validator.WithAccessToken("token"))
	},
	"hash-by-prefix": func(b *bench) bool {
		sum := sha256.Sum256([]byte("token"))
		return b.accepts(b.p.Token(idp.Claim("at_hash", idp.Encode(sum[:16])+"1")), validator.WithAccessToken("token"))
	},
	"hashes-by-sha256": func(b *bench) bool {
		b.p.Rotate(b.p.Key.For("RS512"))
		sum := sha256.Sum256([]byte("token"))
		v := b.start(func(c *validator.Config) { c.Algorithms = []string{"RS512"} })
		_, err := v.Validate(b.t.Context(), b.p.Token(idp.Claim("at_hash", idp.Encode(sum[:16]))), validator.WithAccessToken("token"))
		return err == nil
	},
	"hash-if-there": func(b *bench) bool { return b.accepts(b.p.Token(), validator.WithCode("code")) },
	"wants-at-hash": func(b *bench) bool { return !b.accepts(b.p.Token(), validator.WithAccessToken("token")) },
	"hashes-what-it-knows": func(b *bench) bool {
		return b.accepts(b.p.Token(idp.Header("alg", "RS25"), idp.Claim("at_hash", "x")), validator.WithAccessToken("token"))
	},

	"any-subject": claimed("sub", nil),
	"cuts-subjects": func(b *bench) bool {
		long := strings.Repeat("a", 65)
		claims, err := b.start().Validate(b.t.Context(), b.p.Token(idp.Claim("sub", long)))
		return err == nil && !strings.Contains(string(claims.JSON()), long)
	},
	"compares-all-claims": func(b *bench) bool { return b.accepts(b.p.Token(idp.Claim("groups", strings.Repeat("x", 1<<20)))) },
	"skips-auth-time": func(b *bench) bool {
		return b.accepts(b.p.Token(idp.Claim("auth_time", b.p.Clock.Now().Add(-time.Hour).Unix())), validator.WithMaxAge(time.Minute))
	},
	"auth-time-if-there": func(b *bench) bool { return b.accepts(b.p.Token(), validator.WithMaxAge(time.Minute)) },
	"any-acr":            func(b *bench) bool { return b.accepts(b.p.Token(), validator.WithACR("high")) },
	"acr-case-fold":      func(b *bench) bool { return b.accepts(b.p.Token(idp.Claim("acr", "High")), validator.WithACR("high")) },
	"looks-at-picture": func(b *bench) bool {
		const picture = "https://evil.example/me.png"
		return b.accepts(b.p.Token(idp.Claim("picture", picture))) && b.p.Fetches(picture) > 0
	},

	"odd-key-kills-all": func(b *bench) bool {
		b.p.Answer(idp.KeySet, idp.Body(idp.Set(`{"kty":"new"}`, b.p.Key.JWK())))
		return !b.accepts(b.p.Token())
	},
	"empty-set-poisons": func(b *bench) bool { return poisoned(b, idp.Body(`{"keys":[]}`)) },
	"endless-body": func(b *bench) bool {
		b.p.Answer(idp.KeySet, idp.Body(`{"keys":[`+b.p.Key.JWK()+`],"x":"`+strings.Repeat("x", 2<<20)+`"}`))
		return b.accepts(b.p.Token())
	},
	"follows-any-redirect": func(b *bench) bool {
		b.p.Answer(idp.KeySet, idp.Status(http.StatusFound, "", "Location", "https://evil.example/keys"))
		b.p.Answer("https://evil.example/keys", idp.Body(idp.JWKS(attacker)))
		return b.accepts(b.p.Token(idp.SignedBy(attacker)))
	},
	"fails-open": func(b *bench) bool {
		b.p.Answer(idp.KeySet, idp.Status(http.StatusInternalServerError, ""))
		return b.accepts(b.p.Token(idp.ForgedBy(attacker)))
	},
	"half-a-key-set": func(b *bench) bool {
		b.p.Answer(idp.KeySet, func(r *http.Request) (*http.Response, error) {
			reply, err := idp.Body("")(r)
			reply.Body = io.NopCloser(io.MultiReader(strings.NewReader(`{"keys":[`+b.p.Key.JWK()+`,{"kty":`), brokenOff{}))
			return reply, err
		})
		broken := b.accepts(b.p.Token())
		b.p.Answer(idp.KeySet, idp.Body(`{"keys":[`+b.p.Key.JWK()))
		return broken && b.accepts(b.p.Token())
	},
	"guesses-encoding": func(b *bench) bool {
		wide := make([]byte, 0, 2048)
		for _, unit := range utf16.Encode([]rune("\ufeff" + idp.JWKS(b.p.Key))) {
			wide = binary.BigEndian.AppendUint16(wide, unit)
		}
		b.p.Answer(idp.KeySet, idp.Body(string(wide)))
		return b.accepts(b.p.Token())
	},
	"compares-all-keys": func(b *bench) bool {
		keys := []string{b.p.Key.JWK()}
		for i := range 300 {
			keys = append(keys, attacker.As(fmt.Sprint(i)).JWK())
		}
		b.p.Answer(idp.KeySet, idp.Body(idp.Set(keys...)))
		return b.accepts(b.p.Token())
	},
	"interns-names": func(b *bench) bool {
		const count = 50_000
		text := &strings.Builder{}
		for i := range count {
			fmt.Fprintf(text, `"%d":0,`, i)
		}
		b.p.Answer(idp.KeySet, idp.Body(`{`+text.String()+`"keys":[`+b.p.Key.JWK()+`]}`))
		text.Reset()
		accepted := false
		return kept(func() { accepted = b.accepts(b.p.Token()) }) > 16*count && accepted
	},
	"follows-key-address": func(b *bench) bool {
		b.p.Answer(idp.KeySet, idp.Body(idp.Set(strings.Replace(b.p.Key.JWK(), `{`, `{"x5u":"https://evil.example/chain",`, 1))))
		return b.accepts(b.p.Token()) && b.p.Fetches("https://evil.example/chain") > 0
	},
	"pem-by-pattern": func(b *bench) bool {
		const times = 2_000
		text := strings.Repeat(`-----BEGIN PUBLIC KEY-----\n`, times)
		b.p.Answer(idp.KeySet, idp.Body(idp.Set(strings.Replace(b.p.Key.JWK(), `{`, `{"x5c":["`+text+`"],`, 1))))
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		accepted := b.accepts(b.p.Token())
		runtime.ReadMemStats(&after)
		// As much as reading the text a hundred times.
		return after.TotalAlloc-before.TotalAlloc > 100*uint64(len(text)) && accepted
	},
	"waits-forever": func(b *bench) bool {
		release := b.p.Hold()
		defer release()
		v := b.start()
		ctx, cancel := context.WithTimeout(b.t.Context(), time.Hour)
		defer cancel()
		_, _ = v.Validate(ctx, b.p.Token())
		return ctx.Err() != nil
	},
	"skips-metadata-issuer": func(b *bench) bool {
		b.p.Answer(idp.Metadata, idp.Body(`{"issuer":"https://evil.example","jwks_uri":"`+issuerURL+`/keys"}`))
		return b.accepts(b.p.Token())
	},

	"no-refresh-on-miss": func(b *bench) bool {
		v := b.start()
		_, _ = v.Validate(b.t.Context(), b.p.Token())
		b.p.Rotate(idp.RSA("rsa-2"))
		_, err := v.Validate(b.t.Context(), b.p.Token())
		return err != nil
	},
	"no-single-flight": func(b *bench) bool {
		b.accepts(b.p.Token())
		before := b.p.Fetches(idp.KeySet)
		release := b.p.Hold()
		v, token := b.start(), b.p.Token()
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() { _, _ = v.Validate(b.t.Context(), token) })
		}
		synctest.Wait()
		release()
		all.Wait()
		return b.p.Fetches(idp.KeySet)-before > 1
	},
	"caller-context": func(b *bench) bool {
		v, token := b.start(), b.p.Token()
		release := b.p.Hold()
		mine, cancel := context.WithCancel(b.t.Context())
		var all sync.WaitGroup
		all.Go(func() { _, _ = v.Validate(mine, token) })
		synctest.Wait()
		var err error
		all.Go(func() { _, err = v.Validate(b.t.Context(), token) })
		synctest.Wait()
		cancel()
		synctest.Wait()
		release()
		all.Wait()
		return err != nil
	},
	"merges-key-sets": func(b *bench) bool {
		v, old := b.start(), b.p.Token()
		_, _ = v.Validate(b.t.Context(), old)
		b.p.Rotate(idp.RSA("rsa-2"))
		_, _ = v.Validate(b.t.Context(), b.p.Token())
		_, err := v.Validate(b.t.Context(), old)
		return err == nil
	},
	"refresh-on-every-miss": func(b *bench) bool {
		return flood(b, func(i int) string { return b.p.Token(idp.SignedBy(attacker.As(fmt.Sprint(i)))) }) > 3
	},
	"refresh-on-bad-signature": func(b *bench) bool {
		return flood(b, func(int) string { return b.p.Token(idp.ForgedBy(attacker)) }) > 3
	},
	"budget-counts-successes": func(b *bench) bool {
		b.accepts(b.p.Token())
		return flood(b, func(int) string {
			b.p.Answer(idp.KeySet, idp.Status(http.StatusInternalServerError, ""))
			return b.p.Token(idp.SignedBy(attacker))
		}) > 3
	},
	"evicts-on-failure": func(b *bench) bool { return poisoned(b, idp.Status(http.StatusInternalServerError, "")) },
	"stale-forever": func(b *bench) bool {
		v := b.start()
		_, _ = v.Validate(b.t.Context(), b.p.Token())
		b.p.Answer(idp.KeySet, idp.Status(http.StatusInternalServerError, ""))
		b.p.Clock.Advance(48 * time.Hour)
		_, err := v.Validate(b.t.Context(), b.p.Token())
		return err == nil
	},
	"shared-cache": func(b *bench) bool {
		other := idp.New("https://other.example")
		other.Rotate(idp.RSA("other").As("other"))
		both := func(c *validator.Config) { c.HTTPClient = &http.Client{Transport: idp.Router{b.p, other}} }
		v, err := b.make(b.config(both), b.config(both, func(c *validator.Config) { c.Issuer = other.URL }))
		if err != nil {
			b.t.Fatal(err)
		}
		_, _ = v.Validate(b.t.Context(), b.p.Token())
		_, err = v.Validate(b.t.Context(), b.p.Token(idp.Claim("iss", other.URL)))
		return err == nil
	},
}

// brokenOff is the end of a body whose connection was closed under it.
type brokenOff struct{}

func (brokenOff) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// kept is how much of the heap is still in use after something was done.
func kept(do func()) int64 {
	heap := func() int64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	before := heap()
	do()
	return heap() - before
}

func claimed(name string, value any) func(b *bench) bool {
	return func(b *bench) bool { return b.accepts(b.p.Token(idp.Claim(name, value))) }
}

// poisoned tells whether one bad reply makes honest tokens fail.
func poisoned(b *bench, reply idp.Reply) bool {
	v := b.start()
	_, _ = v.Validate(b.t.Context(), b.p.Token())
	b.p.Answer(idp.KeySet, reply)
	_, _ = v.Validate(b.t.Context(), b.p.Token(idp.SignedBy(attacker)))
	_, err := v.Validate(b.t.Context(), b.p.Token())
	return err != nil
}

// flood counts the fetches that a hundred tokens cause.
func flood(b *bench, token func(i int) string) int {
	v := b.start()
	_, _ = v.Validate(b.t.Context(), b.p.Token())
	before := b.p.Fetches(idp.KeySet)
	for i := range 100 {
		_, _ = v.Validate(b.t.Context(), token(i))
	}
	return b.p.Fetches(idp.KeySet) - before
}

// raw adds a header parameter that is JSON text.
func raw(name, text string) func(*idp.Token) {
	return func(t *idp.Token) {
		t.RawHeader = `{"alg":"` + t.Key.Alg + `","kid":"` + t.Key.Kid + `","` + name + `":` + text + `}`
	}
}

// exponentOne is a token that anybody can sign: with an exponent of one, the
// signature is the padded hash itself.
func exponentOne(b *bench) string {
	key := idp.RSA("rsa-1")
	public := key.Signer.Public().(*rsa.PublicKey)
	b.p.Answer(idp.KeySet, idp.Body(idp.Set(`{"kty":"RSA","kid":"one","e":"AQ","n":"`+idp.Encode(public.N.Bytes())+`"}`)))
	token := b.p.Token(idp.SignedBy(key), idp.Header("kid", "one"))
	input := token[:strings.LastIndexByte(token, '.')]
	hash := sha256.Sum256([]byte(input))
	info := append([]byte("0\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20"), hash[:]...)
	block := append([]byte{0, 1}, strings.Repeat("\xff", 256-3-len(info))...)
	return input + "." + idp.Encode(append(append(block, 0), info...))
}

const base64url = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

// crashed tells whether a validator falls over when it sees a token.
func crashed(token func(b *bench) string) func(b *bench) bool {
	return func(b *bench) (fell bool) {
		defer func() { fell = recover() != nil }()
		b.accepts(token(b))
		return false
	}
}
