package mutants_test

import (
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"maps"
	"math/big"
	"strings"

	idp "github.com/rogueidp/rogueidp/validator/internal/issuertest"
)

const plainClaims = `{"aud":"rp-1","iss":"` + issuerURL + `","sub":"a","iat":1,"exp":9000000000}`

func init() {
	maps.Copy(faults, map[string]func(b *bench) bool{
		"reads-any-size":    func(b *bench) bool { return b.accepts(b.p.Token(idp.Claim("x", strings.Repeat("x", 1<<20)))) },
		"splits-everywhere": func(b *bench) bool { return b.accepts(b.p.Token(idp.Claim("x", strings.Repeat("x", 1<<20)))) },
		"recurses-tokens": crashed(func(b *bench) string {
			deep := strings.Repeat("[", 3000) + strings.Repeat("]", 3000)
			return b.p.Token(idp.RawClaims(strings.TrimSuffix(plainClaims, "}") + `,"x":` + deep + "}"))
		}),
		"falls-over-five": crashed(func(b *bench) string { return b.p.Token() + ".x.y" }),
		"reads-both-forms": func(b *bench) bool {
			header, payload, signature := idp.Segments(b.p.Token())
			forged := idp.Encode([]byte(plainClaims))
			return b.accepts(fmt.Sprintf(`{"  %s.%s.":"","protected":%q,"payload":%q,"signature":%q}`, header, forged, header, payload, signature))
		},

		"kid-in-query": func(b *bench) bool {
			return b.accepts(b.p.Token(idp.Header("alg", "HS256"), idp.Header("kid", "x' UNION SELECT 'k';--"), idp.ForgedBy(idp.Oct("", []byte("k")))))
		},
		"trusts-embedded-secret": func(b *bench) bool {
			secret := []byte("a secret that the token brings along")
			return b.accepts(b.p.Token(idp.Header("alg", "HS256"), idp.Header("jwk", map[string]string{"kty": "oct", "k": idp.Encode(secret)}),
				idp.ForgedBy(idp.Oct("", secret))))
		},
		"opens-jku": func(b *bench) bool {
			address := "data:application/json;base64," + base64.StdEncoding.EncodeToString([]byte(idp.JWKS(attacker)))
			return b.accepts(b.p.Token(idp.SignedBy(attacker), idp.Header("jku", address)))
		},
		"follows-x5u": func(b *bench) bool {
			text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate(b, attacker)})
			b.p.Answer("https://evil.example/cert", idp.Body(string(text)))
			return b.accepts(b.p.Token(idp.SignedBy(attacker), idp.Header("x5u", "https://evil.example/cert")))
		},
		"trusts-embedded-chain": func(b *bench) bool {
			chain := []string{base64.StdEncoding.EncodeToString(certificate(b, attacker))}
			return b.accepts(b.p.Token(idp.SignedBy(attacker), idp.Header("x5c", chain)))
		},
		"understands-b64": func(b *bench) bool {
			return b.accepts(b.p.Token(idp.Header("crit", []string{"b64"}), idp.Header("b64", false)))
		},

		"unknown-kid-unsigned": func(b *bench) bool { return b.accepts(b.p.Token(idp.SignedBy(attacker))) },
		"asserts-key-type": crashed(func(b *bench) string {
			b.p.Publish(idp.RSA("rsa-1"), attacker)
			return b.p.Token(idp.Header("kid", attacker.Kid))
		}),
		"falls-off-curve": crashed(func(b *bench) string {
			token := b.p.Token(idp.SignedBy(attacker))
			zeros := idp.Encode(make([]byte, 32))
			b.p.Answer(idp.KeySet, idp.Body(idp.Set(b.p.Key.JWK(),
				`{"kty":"EC","crv":"P-256","kid":"`+attacker.Kid+`","x":"`+zeros+`","y":"`+zeros+`"}`)))
			return token
		}),
		"alg-from-key": func(b *bench) bool {
			b.p.Publish(b.p.Key.For("RS512"))
			return b.accepts(b.p.Token(func(t *idp.Token) { t.Alg = "RS512" }, idp.Header("alg", "RS256")))
		},

		"recurses-key-sets": func(b *bench) bool {
			b.p.Answer(idp.KeySet, idp.Body(idp.JWKS(b.p.Key)+strings.Repeat(" ", 2<<20)))
			return b.accepts(b.p.Token())
		},
		"endless-metadata": func(b *bench) bool {
			b.p.Answer(idp.Metadata, idp.Body(`{"issuer":"`+issuerURL+`","jwks_uri":"`+issuerURL+`/keys"}`+strings.Repeat(" ", 2<<20)))
			return b.accepts(b.p.Token())
		},
	})
}

// certificate is a key's own word for itself.
func certificate(b *bench, k *idp.Key) []byte {
	now := b.p.Clock.Now()
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: now, NotAfter: now.AddDate(1, 0, 0)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, k.Signer.Public(), k.Signer)
	if err != nil {
		b.t.Fatal(err)
	}
	return der
}
