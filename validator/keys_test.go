package validator_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"math/big"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/rogueidp/rogueidp/validator"
	"github.com/rogueidp/rogueidp/validator/internal/issuertest"
)

func serve(jwks ...string) (*issuertest.Provider, func(*testing.T) *validator.Validator) {
	p := issuertest.New(issuerURL)
	p.Answer(issuertest.KeySet, issuertest.Body(issuertest.Set(jwks...)))
	return p, func(t *testing.T) *validator.Validator { return start(t, p) }
}

// TestOddKeys puts an odd key before the good one, and signs by the good one.
func TestOddKeys(t *testing.T) {
	good := issuertest.RSA("good")
	n := strings.Repeat("A", 342)
	odd := map[string]string{
		"unknown kty":         `{"kty":"XYZ","kid":"odd"}`,
		"ML-DSA":              `{"kty":"AKP","alg":"ML-DSA-44","pub":"AAAA","kid":"odd"}`,
		"no kty":              `{"kid":"odd"}`,
		"kty is a number":     `{"kty":1}`,
		"no n":                `{"kty":"RSA","e":"AQAB"}`,
		"no e":                `{"kty":"RSA","n":"` + n + `"}`,
		"n is not base64":     `{"kty":"RSA","n":"!!!","e":"AQAB"}`,
		"n is a number":       `{"kty":"RSA","n":1,"e":"AQAB"}`,
		"n is zero":           `{"kty":"RSA","n":"` + n + `","e":"AQAB"}`,
		"kid is a number":     good.Bare(`"kid":7`),
		"x5c garbage":         issuertest.RSA("other").JWK(`"x5c":[1,"%"]`),
		"secp256k1":           `{"kty":"EC","crv":"secp256k1","x":"AAAA","y":"AAAA"}`,
		"off the curve":       `{"kty":"EC","crv":"P-256","x":"` + n[:43] + `","y":"` + n[:43] + `"}`,
		"short x":             `{"kty":"OKP","crv":"Ed25519","x":"AAAA"}`,
		"X25519":              `{"kty":"OKP","crv":"X25519","x":"` + n[:43] + `"}`,
		"oct":                 issuertest.Oct("odd", make([]byte, 32)).JWK(),
		"encryption key":      strings.Replace(issuertest.RSA("enc").JWK(), `"sig"`, `"enc"`, 1),
		"encryption alg":      issuertest.RSA("enc").For("RSA-OAEP").JWK(),
		"null":                `null`,
		"string":              `"x"`,
		"array":               `[]`,
		"n twice":             issuertest.RSA("other").JWK(`"n":"AQAB"`),
		"n twice, same kid":   issuertest.RSA("other").As("good").JWK(`"n":"AQAB"`),
		"elliptic, same kid":  issuertest.EC("other").As("good").JWK(),
		"private":             issuertest.RSA("other").JWK(`"d":"AQAB"`),
		"unknown members":     issuertest.RSA("other").JWK(`"x5u":"https://canary.example/x"`, `"foo":{"a":[1]}`),
		"nested objects":      `{"kty":"EC","crv":{"a":{"b":[[]]}},"x":"AAAA","y":"AAAA"}`,
		"RSA-1024":            `{"kty":"RSA","n":"` + issuertest.Encode(modulus(1024).Bytes()) + `","e":"AQAB"}`,
		"thousands of digits": `{"kty":"RSA","n":"` + n + `","e":` + strings.Repeat("9", 9999) + `}`,
	}
	for name, jwk := range odd {
		t.Run(name, func(t *testing.T) {
			p, start := serve(jwk, good.JWK())
			accept(t, start(t), p.Token(issuertest.SignedBy(good)))
			if n := p.Fetches("https://canary.example/x"); n > 0 {
				t.Errorf("%d requests for the canary", n)
			}
			alone, start := serve(jwk)
			if name != "x5c garbage" && name != "unknown members" && name != "elliptic, same kid" {
				unavailable(t, start(t), alone.Token(issuertest.SignedBy(good)), validator.CodeKeySet)
			}
		})
	}
}

var modulus = func() func(bits int) *big.Int {
	kept := make(map[int]*big.Int)
	return func(bits int) *big.Int {
		if kept[bits] == nil {
			p, _ := rand.Prime(rand.Reader, bits/2)
			q, _ := rand.Prime(rand.Reader, bits/2)
			kept[bits] = new(big.Int).Mul(p, q)
		}
		return kept[bits]
	}
}()

// TestUnfitKeys publishes one key that is not fit for use. Each is refused
// before any cryptography is done with it.
func TestUnfitKeys(t *testing.T) {
	key := issuertest.RSA("k")
	public := key.Signer.Public().(*rsa.PublicKey)
	rsaKey := func(n *big.Int, e int64) string {
		return `{"kty":"RSA","kid":"k","n":"` + issuertest.Encode(n.Bytes()) + `","e":"` + issuertest.Encode(big.NewInt(e).Bytes()) + `"}`
	}
	one := big.NewInt(1)
	prime, err := rand.Prime(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	unfit := map[string]string{
		"use enc":         strings.Replace(key.JWK(), `"sig"`, `"enc"`, 1),
		"use number":      strings.Replace(key.JWK(), `"sig"`, `1`, 1),
		"key_ops encrypt": key.JWK(`"key_ops":["encrypt"]`),
		"key_ops sign":    key.JWK(`"key_ops":["sign"]`),
		"key_ops empty":   key.JWK(`"key_ops":[]`),
		"key_ops string":  key.JWK(`"key_ops":"verify"`),
		"alg number":      key.Bare(`"kid":"k"`, `"alg":1`),
		"alg of EC":       key.For("ES256").JWK(),
		"private part":    key.JWK(`"d":"AQAB"`),
		"512 bits":        rsaKey(modulus(512), 65537),
		"1024 bits":       rsaKey(modulus(1024), 65537),
		"1536 bits":       rsaKey(modulus(1536), 65537),
		"16384 bits":      rsaKey(new(big.Int).Add(new(big.Int).Lsh(one, 16383), one), 65537),
		"65536 bits":      rsaKey(new(big.Int).Add(new(big.Int).Lsh(one, 65535), one), 65537),
		"n is zero":       rsaKey(new(big.Int), 65537),
		"n is one":        rsaKey(one, 65537),
		"n is even":       rsaKey(new(big.Int).Sub(public.N, one), 65537),
		"n is prime":      rsaKey(prime, 65537),
		"n is 2^2047":     rsaKey(new(big.Int).Lsh(one, 2047), 65537),
		"e is zero":       rsaKey(public.N, 0),
		"e is one":        rsaKey(public.N, 1),
		"e is two":        rsaKey(public.N, 2),
		"e is even":       rsaKey(public.N, 65536),
		"e is 2^31+1":     rsaKey(public.N, 1<<31+1),
		"e is 2^40+1":     rsaKey(public.N, 1<<40+1),
		"e is n":          `{"kty":"RSA","kid":"k","n":"` + issuertest.Encode(public.N.Bytes()) + `","e":"` + issuertest.Encode(public.N.Bytes()) + `"}`,
	}
	for name, jwk := range unfit {
		t.Run(name, func(t *testing.T) {
			p, start := serve(jwk)
			unavailable(t, start(t), p.Token(issuertest.SignedBy(key)), validator.CodeKeySet)
			p, start = serve(jwk, issuertest.EC("good").JWK())
			refuse(t, start(t), p.Token(issuertest.SignedBy(key)), code(strings.Contains(jwk, `"kid":"k"`)))
			accept(t, start(t), p.Token(issuertest.SignedBy(issuertest.EC("good"))))
		})
	}
}

// code is what a token by a key that was passed over is refused with.
func code(named bool) validator.Code {
	if named {
		return validator.CodeKey
	}
	return validator.CodeKid
}

func TestUnfitPoints(t *testing.T) {
	key := issuertest.Ed25519("k")
	little := func(hex string) string {
		y, _ := new(big.Int).SetString(hex, 16)
		octets := y.FillBytes(make([]byte, 32))
		for i, j := 0, 31; i < j; i, j = i+1, j-1 {
			octets[i], octets[j] = octets[j], octets[i]
		}
		return `{"kty":"OKP","crv":"Ed25519","kid":"k","x":"` + issuertest.Encode(octets) + `"}`
	}
	unfit := map[string]string{
		"y is zero":        little("0"),
		"y is one":         little("1"),
		"y is p-1":         little("7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffec"),
		"y is p":           little("7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed"),
		"y is p+1":         little("7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffee"),
		"y is 2^255-1":     little("7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"),
		"order eight":      little("7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7"),
		"order eight, -x":  little("fa03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7"),
		"order eight, -y":  little("05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826"),
		"off the curve":    little("2"),
		"negative zero x":  little("8000000000000000000000000000000000000000000000000000000000000001"),
		"31 bytes":         `{"kty":"OKP","crv":"Ed25519","kid":"k","x":"` + issuertest.Encode(make([]byte, 31)) + `"}`,
		"33 bytes":         `{"kty":"OKP","crv":"Ed25519","kid":"k","x":"` + issuertest.Encode(make([]byte, 33)) + `"}`,
		"Ed448":            `{"kty":"OKP","crv":"Ed448","kid":"k","x":"` + issuertest.Encode(make([]byte, 57)) + `"}`,
		"infinity":         `{"kty":"EC","crv":"P-256","kid":"k","x":"AA","y":"AA"}`,
		"P-384 on P-256":   strings.Replace(keyFor("ES384").As("k").Bare(`"kid":"k"`), "P-384", "P-256", 1),
		"ES384 with P-256": issuertest.EC("k").For("ES384").JWK(),
		"short coordinate": shortPoint(t),
	}
	for name, jwk := range unfit {
		t.Run(name, func(t *testing.T) {
			p := issuertest.New(issuerURL)
			p.Answer(issuertest.KeySet, issuertest.Body(issuertest.Set(jwk)))
			v := start(t, p, func(c *validator.Config) { c.Algorithms = []string{"EdDSA", "ES256", "ES384"} })
			unavailable(t, v, p.Token(issuertest.SignedBy(key)), validator.CodeKeySet)
		})
	}
}

// shortPoint is a point with a leading zero in x, written without it.
func shortPoint(t *testing.T) string {
	for {
		k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		point, err := k.PublicKey.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		if point[1] == 0 {
			return `{"kty":"EC","crv":"P-256","kid":"k","x":"` + issuertest.Encode(point[2:33]) + `","y":"` + issuertest.Encode(point[33:]) + `"}`
		}
	}
}

func TestFitKeys(t *testing.T) {
	key := issuertest.RSA("k")
	public := key.Signer.Public().(*rsa.PublicKey)
	fit := map[string]string{
		"bare":           key.Bare(`"kid":"k"`),
		"no use":         key.Bare(`"kid":"k"`, `"alg":"RS256"`),
		"key_ops verify": key.Bare(`"kid":"k"`, `"key_ops":["verify"]`),
		"leading zero":   `{"kty":"RSA","kid":"k","e":"AAEAAQ","n":"` + issuertest.Encode(append([]byte{0}, public.N.Bytes()...)) + `"}`,
		"white space":    strings.ReplaceAll(key.JWK(), `,`, ",\r\n\t "),
		"escaped name":   strings.ReplaceAll(key.JWK(), `"kty"`, `"\u006bty"`),
	}
	for name, jwk := range fit {
		t.Run(name, func(t *testing.T) {
			p, start := serve(jwk)
			accept(t, start(t), p.Token(issuertest.SignedBy(key)))
		})
	}
}

// TestKeyChoice is about which keys of a good set are tried.
func TestKeyChoice(t *testing.T) {
	a, b, ec := issuertest.RSA("a"), issuertest.RSA("b"), issuertest.EC("c")
	noKid := header("kid", nil)
	t.Run("no kid, one key fits", func(t *testing.T) {
		p, start := serve(ec.JWK(), a.JWK())
		accept(t, start(t), p.Token(issuertest.SignedBy(a), noKid))
		accept(t, start(t), p.Token(issuertest.SignedBy(ec), noKid))
		refuse(t, start(t), p.Token(issuertest.SignedBy(b), noKid), validator.CodeSignature)
	})
	t.Run("no kid, several fit", func(t *testing.T) {
		p, start := serve(a.JWK(), b.JWK())
		accept(t, start(t), p.Token(issuertest.SignedBy(b), noKid))
		refuse(t, start(t), p.Token(issuertest.SignedBy(issuertest.RSA("attacker")), noKid), validator.CodeSignature)
	})
	t.Run("no kid, too many fit", func(t *testing.T) {
		jwks := make([]string, 9)
		for i := range jwks {
			jwks[i] = a.As(strconv.Itoa(i)).JWK()
		}
		p, start := serve(jwks...)
		refuse(t, start(t), p.Token(issuertest.SignedBy(a), noKid), validator.CodeKey)
	})
	t.Run("one kid, two kinds of key", func(t *testing.T) {
		p, start := serve(ec.As("x").JWK(), a.As("x").JWK())
		accept(t, start(t), p.Token(issuertest.SignedBy(a.As("x"))))
		accept(t, start(t), p.Token(issuertest.SignedBy(ec.As("x"))))
	})
	t.Run("one kid, two keys of a kind", func(t *testing.T) {
		p, start := serve(a.As("x").JWK(), b.As("x").JWK())
		accept(t, start(t), p.Token(issuertest.SignedBy(a.As("x"))))
		accept(t, start(t), p.Token(issuertest.SignedBy(b.As("x"))))
		refuse(t, start(t), p.Token(issuertest.SignedBy(issuertest.RSA("attacker").As("x"))), validator.CodeSignature)
	})
	t.Run("the key is for another algorithm", func(t *testing.T) {
		p, start := serve(a.For("RS512").JWK())
		refuse(t, start(t), p.Token(issuertest.SignedBy(a)), validator.CodeKey)
	})
	t.Run("the kid is that of another kind of key", func(t *testing.T) {
		p, start := serve(a.JWK(), ec.JWK())
		refuse(t, start(t), p.Token(issuertest.SignedBy(a), header("kid", "c")), validator.CodeKey)
	})
	t.Run("the kid is that of another key", func(t *testing.T) {
		p, start := serve(a.JWK(), b.JWK())
		refuse(t, start(t), p.Token(issuertest.SignedBy(a), header("kid", "b")), validator.CodeSignature)
	})
	t.Run("the key has no kid", func(t *testing.T) {
		p, start := serve(a.Bare())
		refuse(t, start(t), p.Token(issuertest.SignedBy(a)), validator.CodeKid)
		accept(t, start(t), p.Token(issuertest.SignedBy(a), noKid))
	})
	t.Run("a published secret", func(t *testing.T) {
		secret := issuertest.Oct("s", []byte(strings.Repeat("s", 32)))
		p := issuertest.New(issuerURL)
		p.Answer(issuertest.KeySet, issuertest.Body(issuertest.Set(secret.JWK(), a.JWK())))
		v := start(t, p, func(c *validator.Config) {
			c.Algorithms, c.ClientSecret = []string{"RS256", "HS256"}, strings.Repeat("c", 32)
		})
		refuse(t, v, p.Token(issuertest.SignedBy(secret)), validator.CodeSignature)
		accept(t, v, p.Token(issuertest.SignedBy(a)))
	})
	t.Run("two names of one algorithm", func(t *testing.T) {
		ed := issuertest.Ed25519("e")
		p := issuertest.New(issuerURL)
		p.Publish(ed)
		v := start(t, p, func(c *validator.Config) { c.Algorithms = []string{"Ed25519"} })
		accept(t, v, p.Token(issuertest.SignedBy(ed.For("Ed25519"))))
	})
}

// TestKeySetDocuments serves documents that are no key set.
func TestKeySetDocuments(t *testing.T) {
	p := issuertest.New(issuerURL)
	jwk := p.Key.JWK()
	many := make([]string, 257)
	for i := range many {
		many[i] = `{"kty":"XYZ"}`
	}
	bad := map[string]string{
		"empty":            ``,
		"empty object":     `{}`,
		"null":             `null`,
		"keys null":        `{"keys":null}`,
		"keys object":      `{"keys":{}}`,
		"keys string":      `{"keys":"x"}`,
		"no keys":          `{"keys":[]}`,
		"bare array":       `[` + jwk + `]`,
		"bare JWK":         jwk,
		"KEYS":             `{"KEYS":[` + jwk + `]}`,
		"keys twice":       `{"keys":[` + jwk + `],"keys":[` + jwk + `]}`,
		"HTML":             `<html>`,
		"truncated":        `{"keys":[` + jwk,
		"trailing":         `{"keys":[` + jwk + `]}<html>`,
		"certificates":     `{"a":"-----BEGIN CERTIFICATE-----"}`,
		"UTF-16":           utf16BE(issuertest.Set(jwk)),
		"deep":             `{"keys":[` + jwk + `],"x":` + strings.Repeat("[", 500_000) + `}`,
		"deep key":         `{"keys":[` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + `]}`,
		"too many":         issuertest.Set(append(many, jwk)...),
		"64 MiB":           `{"keys":[` + jwk + `],"x":"` + strings.Repeat("x", 64<<20) + `"}`,
		"KTY":              issuertest.Set(strings.Replace(jwk, `"kty"`, `"KTY"`, 1)),
		"100,000 keys":     issuertest.Set(strings.Repeat(`{"kty":"XYZ"},`, 30_000) + jwk),
		"repeated markers": issuertest.Set(`{"kty":"RSA","kid":"` + strings.Repeat("-----BEGIN ", 50_000) + `"}`),
	}
	for name, body := range bad {
		t.Run(name, func(t *testing.T) {
			p.Answer(issuertest.KeySet, issuertest.Body(body))
			began := now()
			unavailable(t, start(t, p), p.Token(), validator.CodeKeySet)
			if took := now().Sub(began); took > 2*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}

func TestStaticKeys(t *testing.T) {
	p := issuertest.New(issuerURL)
	static := func(c *validator.Config) { c.JWKS = []byte(issuertest.JWKS(p.Key)) }
	v := start(t, p, static)
	accept(t, v, p.Token())
	p.Clock.Advance(1000 * time.Hour)
	accept(t, v, p.Token())
	refuse(t, v, p.Token(issuertest.SignedBy(issuertest.EC("other"))), validator.CodeKid)
	refuse(t, v, p.Token(issuertest.ForgedBy(issuertest.RSA("attacker"))), validator.CodeSignature)
	fetches(t, p, 0)
	for _, bad := range []string{``, `{}`, `{"keys":[]}`, `{"keys":[{"kty":"oct","k":"AAAA"}]}`} {
		if _, err := validator.New(settings(p, func(c *validator.Config) { c.JWKS = []byte(bad) })); err == nil {
			t.Errorf("the key set %s was taken", bad)
		}
	}
}

// TestAgainstGoJose lets another library read our keys and make our tokens.
func TestAgainstGoJose(t *testing.T) {
	for _, alg := range publicAlgorithms {
		if alg == "Ed25519" {
			continue // go-jose knows it as EdDSA
		}
		key := keyFor(alg)
		signer, err := jose.NewSigner(jose.SigningKey{
			Algorithm: jose.SignatureAlgorithm(alg),
			Key:       jose.JSONWebKey{Key: key.Signer, KeyID: key.Kid},
		}, (&jose.SignerOptions{}).WithType("JWT"))
		if err != nil {
			t.Fatal(err)
		}
		signed, err := signer.Sign([]byte(`{"x":1}`))
		if err != nil {
			t.Fatal(err)
		}
		compact, err := signed.CompactSerialize()
		if err != nil {
			t.Fatal(err)
		}
		theirs := jose.JSONWebKey{Key: key.Signer.Public(), KeyID: key.Kid, Algorithm: alg, Use: "sig"}
		for _, k := range []any{theirs, &theirs, key.JWK(), []byte(key.JWK()), key.Signer.Public()} {
			if payload, err := validator.VerifyJWS(compact, k, alg); err != nil || string(payload) != `{"x":1}` {
				t.Errorf("%s with a %T: %s, %v", alg, k, payload, err)
			}
		}
	}
}
