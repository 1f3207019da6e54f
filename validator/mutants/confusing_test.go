package mutants_test

import (
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"encoding/pem"
	"maps"
	"strings"

	"github.com/rogueidp/rogueidp/validator"
	idp "github.com/rogueidp/rogueidp/validator/internal/issuertest"
)

func init() { maps.Copy(faults, confusingFaults) }

// hmacOf is a token with an HMAC under a secret, and the kid of the issuer's key.
func hmacOf(b *bench, secret []byte) string {
	return b.p.Token(idp.Header("alg", "HS256"), idp.ForgedBy(idp.Oct("", secret)))
}

func spki(b *bench) []byte {
	der, err := x509.MarshalPKIXPublicKey(b.p.Key.Signer.Public())
	if err != nil {
		b.t.Fatal(err)
	}
	return der
}

// agreedOn tells whether HS256 under the client secret is accepted where it is
// agreed on, and unagreed the same where it is not.
func agreedOn(b *bench, algs ...string) bool {
	const secret = "a secret of the client's that is long enough"
	v := b.start(func(c *validator.Config) { c.ClientSecret, c.Algorithms = secret, algs })
	_, err := v.Validate(b.t.Context(), hmacOf(b, []byte(secret)))
	return err == nil
}

// confusingFaults are those of mutants that take an algorithm, or a key, for
// another, and leave HS256 alone where it is agreed on.
var confusingFaults = honestHMAC(map[string]func(b *bench) bool{
	"none-in-other-case": func(b *bench) bool {
		token := b.p.Token(idp.Header("alg", "nOnE"))
		return b.accepts(token[:strings.LastIndexByte(token, '.')+1])
	},
	"none-in-two-parts": func(b *bench) bool {
		token := b.p.Token(idp.Header("alg", "none"))
		end := strings.LastIndexByte(token, '.')
		return b.accepts(token[:end]) && !b.accepts(token[:end+1])
	},
	"any-alg-of-key": func(b *bench) bool {
		return b.accepts(b.p.Token(idp.Header("alg", "RS512"), func(t *idp.Token) { t.Alg = "RS512" }))
	},
	"hmac-with-pkcs1": func(b *bench) bool {
		der := x509.MarshalPKCS1PublicKey(b.p.Key.Signer.Public().(*rsa.PublicKey))
		return b.accepts(hmacOf(b, pem.EncodeToMemory(&pem.Block{Type: "RSA PUBLIC KEY", Bytes: der})))
	},
	"hmac-with-der": func(b *bench) bool { return b.accepts(hmacOf(b, spki(b))) },
	"hmac-with-guarded-pem": func(b *bench) bool {
		text := string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: spki(b)}))
		return b.accepts(hmacOf(b, []byte(" \n"+text))) && !b.accepts(hmacOf(b, []byte(text)))
	},
	"hmac-with-ssh": func(b *bench) bool {
		b.p.Rotate(idp.EC("ec-1"))
		point, err := b.p.Key.Signer.Public().(*ecdsa.PublicKey).Bytes()
		if err != nil {
			b.t.Fatal(err)
		}
		var blob []byte
		for _, part := range []string{"ecdsa-sha2-nistp256", "nistp256", string(point)} {
			blob = append(binary.BigEndian.AppendUint32(blob, uint32(len(part))), part...)
		}
		return b.accepts(hmacOf(b, []byte("ecdsa-sha2-nistp256 "+base64.StdEncoding.EncodeToString(blob))))
	},
	"hmac-with-jwk": func(b *bench) bool { return b.accepts(hmacOf(b, []byte(b.p.Key.JWK()))) },
	"hmac-with-member": func(b *bench) bool {
		modulus := b.p.Key.Signer.Public().(*rsa.PublicKey).N.Bytes()
		return b.accepts(hmacOf(b, []byte(idp.Encode(modulus))))
	},
	"missing-secret-is-empty": func(b *bench) bool { return b.accepts(hmacOf(b, []byte{})) },
	"always-client-secret":    func(b *bench) bool { return agreedOn(b, "RS256") },
	"published-secret": func(b *bench) bool {
		oct := idp.Oct("oct-1", []byte("a secret of the issuer's that is long enough"))
		b.p.Publish(b.p.Key, oct)
		return b.accepts(b.p.Token(idp.Header("alg", "HS256"), idp.Header("kid", "oct-1"), idp.ForgedBy(oct)))
	},
	"default-secret": func(b *bench) bool { return b.accepts(hmacOf(b, []byte("secret"))) },
})

// honestHMAC asks beside each fault whether HS256 is accepted where it is
// agreed on, which no fault excuses.
func honestHMAC(faults map[string]func(b *bench) bool) map[string]func(b *bench) bool {
	for name, wrong := range faults {
		faults[name] = func(b *bench) bool {
			if !agreedOn(b, "RS256", "HS256") {
				b.t.Error("it refuses HS256 under the client secret")
			}
			return wrong(b)
		}
	}
	return faults
}
