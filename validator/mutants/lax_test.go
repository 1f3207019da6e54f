package mutants_test

import (
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/base64"
	"encoding/hex"
	"maps"
	"math/big"
	"slices"
	"strings"

	"github.com/rogueidp/rogueidp/validator"
	idp "github.com/rogueidp/rogueidp/validator/internal/issuertest"
)

func init() { maps.Copy(faults, laxFaults) }

var laxFaults = map[string]func(b *bench) bool{
	"any-exponent": func(b *bench) bool { return b.accepts(exponentOne(b)) },
	"ops-of-the-signer": func(b *bench) bool {
		b.p.Answer(idp.KeySet, idp.Body(idp.Set(b.p.Key.Bare(`"kid":"rsa-1"`, `"key_ops":["verify"]`))))
		return !b.accepts(b.p.Token())
	},
	"any-curve": func(b *bench) bool {
		wide := idp.Curve("p-384", "ES256", elliptic.P384())
		b.p.Publish(b.p.Key, wide)
		return b.accepts(b.p.Token(idp.SignedBy(wide)))
	},
	"issuers-any-key": func(b *bench) bool {
		b.p.Answer(idp.KeySet, idp.Body(idp.Set(b.p.Key.Bare(`"kid":"rsa-1"`, `"use":"enc"`, `"alg":"RSA-OAEP"`))))
		return b.accepts(b.p.Token())
	},

	"halves-of-any-length": func(b *bench) bool {
		return b.accepts(resigned(b.p.Token(idp.SignedBy(idp.EC("ec-1"))), func(sig []byte) []byte {
			return slices.Concat([]byte{0}, sig[:32], []byte{0}, sig[32:])
		}))
	},
	"reduces-signature": func(b *bench) bool {
		n := b.p.Key.Signer.Public().(*rsa.PublicKey).N
		return b.accepts(resigned(b.p.Token(), func(sig []byte) []byte {
			return new(big.Int).Add(n, new(big.Int).SetBytes(sig)).Bytes()
		}))
	},
	"reduces-s": func(b *bench) bool {
		order, _ := new(big.Int).SetString("1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed", 16)
		key := idp.Ed25519("ed-1")
		b.p.Publish(b.p.Key, key)
		token := resigned(b.p.Token(idp.SignedBy(key)), func(sig []byte) []byte {
			s := slices.Clone(sig[32:])
			slices.Reverse(s)
			s = new(big.Int).Add(order, new(big.Int).SetBytes(s)).FillBytes(s)
			slices.Reverse(s)
			return slices.Concat(sig[:32], s)
		})
		v := b.start(func(c *validator.Config) { c.Algorithms = []string{"EdDSA"} })
		_, err := v.Validate(b.t.Context(), token)
		return err == nil
	},
	"lax-mac": func(b *bench) bool {
		const secret = "a secret of the client's that is long enough"
		v := b.start(func(c *validator.Config) { c.ClientSecret, c.Algorithms = secret, []string{"HS256"} })
		token := b.p.Token(idp.Header("alg", "HS256"), idp.ForgedBy(idp.Oct("", []byte(secret))))
		_, short := v.Validate(b.t.Context(), resigned(token, func(sig []byte) []byte { return sig[:1] }))
		input, _ := cutLast(token)
		_, spelt := v.Validate(b.t.Context(), input+"."+hex.EncodeToString(signatureOf(token)))
		return short == nil && spelt == nil
	},
	"verifies-decoded": func(b *bench) bool {
		input, _ := cutLast(b.p.Token())
		header, payload, _ := strings.Cut(input, ".")
		return b.accepts(input + "." + idp.Encode(b.p.Key.Sign("RS256", unencoded(header)+"."+unencoded(payload))))
	},
}

func cutLast(token string) (input, signature string) {
	at := strings.LastIndexByte(token, '.')
	return token[:at], token[at+1:]
}

func signatureOf(token string) []byte {
	_, signature := cutLast(token)
	return []byte(unencoded(signature))
}

// resigned gives a token another signature, made of its own.
func resigned(token string, as func(sig []byte) []byte) string {
	input, _ := cutLast(token)
	return input + "." + idp.Encode(as(signatureOf(token)))
}

func unencoded(segment string) string {
	octets, err := base64.RawURLEncoding.DecodeString(segment)
	if err != nil {
		panic(err)
	}
	return string(octets)
}
