package validator_test

import (
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/rogueidp/rogueidp/validator"
	"github.com/rogueidp/rogueidp/validator/internal/issuertest"
)

func keyFor(alg string) *issuertest.Key {
	switch alg {
	case "ES256":
		return issuertest.EC("ec")
	case "ES384":
		return issuertest.Curve("ec", alg, elliptic.P384())
	case "ES512":
		return issuertest.Curve("ec", alg, elliptic.P521())
	case "EdDSA", "Ed25519":
		return issuertest.Ed25519("ed").For(alg)
	}
	return issuertest.RSA("rsa").For(alg)
}

var publicAlgorithms = []string{"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"}

// TestAlgorithms pins each algorithm in turn, and has tokens of every other
// refused, even those of the very same key.
func TestAlgorithms(t *testing.T) {
	for _, pinned := range publicAlgorithms {
		p := issuertest.New(issuerURL)
		p.Rotate(keyFor(pinned))
		v := start(t, p, func(c *validator.Config) { c.Algorithms = []string{pinned} })
		accept(t, v, p.Token())
		for _, other := range publicAlgorithms {
			if other != pinned {
				refuse(t, v, p.Token(issuertest.SignedBy(keyFor(other).As(p.Key.Kid))), validator.CodeAlg)
			}
		}
		if pinned != "EdDSA" && pinned != "Ed25519" {
			// The header lies: another algorithm of the same key made the signature.
			for _, other := range publicAlgorithms {
				if other != pinned && keyFor(other).Signer == p.Key.Signer {
					refuse(t, v, p.Token(func(t *issuertest.Token) { t.Alg = other }), validator.CodeSignature)
				}
			}
		}
	}
}

func TestAlgorithmNames(t *testing.T) {
	p := issuertest.New(issuerURL)
	v := start(t, p)
	for _, alg := range []any{
		"none", "None", "NONE", "nOnE", "none ", "none\x00", "n\u200bone", "rs256", "RS257", "HS256", "RS1", "dir", "RSA-OAEP",
		"PS256", "RS512", "", nil, 1, true, []string{"RS256"}, map[string]any{},
	} {
		token := p.Token(header("alg", alg))
		refuse(t, v, token, validator.CodeAlg)
		refuse(t, v, token[:strings.LastIndexByte(token, '.')+1], validator.CodeAlg)
	}
	token := p.Token(issuertest.RawHeader(`{"alg":"none"}`))
	refuse(t, v, token[:strings.LastIndexByte(token, '.')], validator.CodeParse)
}

// TestKeyConfusion keys an HMAC with everything that is public about a key.
func TestKeyConfusion(t *testing.T) {
	p := issuertest.New(issuerURL)
	spki, err := x509.MarshalPKIXPublicKey(p.Key.Signer.Public())
	if err != nil {
		t.Fatal(err)
	}
	public := p.Key.Signer.Public().(*rsa.PublicKey)
	pkcs1 := x509.MarshalPKCS1PublicKey(public)
	framed := func(kind string, der []byte) []byte { return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}) }
	secrets := map[string][]byte{
		"SPKI PEM": framed("PUBLIC KEY", spki), "PKCS1 PEM": framed("RSA PUBLIC KEY", pkcs1),
		"PEM without the last line feed": []byte(strings.TrimSpace(string(framed("PUBLIC KEY", spki)))),
		"SPKI DER":                       spki, "PKCS1 DER": pkcs1, "n": public.N.Bytes(),
		"n in base64url": []byte(issuertest.Encode(public.N.Bytes())), "JWK": []byte(p.Key.JWK()),
		"JWKS": []byte(issuertest.JWKS(p.Key)), "empty": {}, "secret": []byte("secret"), "kid": []byte(p.Key.Kid),
	}
	pinned := func(c *validator.Config) {
		c.Algorithms = []string{"RS256", "HS256"}
		c.ClientSecret = strings.Repeat("s", 32)
	}
	for name, secret := range secrets {
		t.Run(name, func(t *testing.T) {
			token := p.Token(header("alg", "HS256"), issuertest.ForgedBy(issuertest.Oct("x", secret)))
			refuse(t, start(t, p), token, validator.CodeAlg)
			refuse(t, start(t, p, pinned), token, validator.CodeSignature)
		})
	}
}

func TestClientSecret(t *testing.T) {
	p := issuertest.New(issuerURL)
	const secret = "0123456789abcdef0123456789abcdef"
	key := issuertest.Oct("none of them", []byte(secret))
	v := start(t, p, func(c *validator.Config) { c.Algorithms, c.ClientSecret = []string{"HS256"}, secret })
	accept(t, v, p.Token(issuertest.SignedBy(key)))
	accept(t, v, p.Token(issuertest.SignedBy(key), header("kid", nil)))
	fetches(t, p, 0)
	token := p.Token(issuertest.SignedBy(key))
	short := token[:strings.LastIndexByte(token, '.')+1] + issuertest.Encode(key.Sign("HS256", "x")[:1])
	refuse(t, v, short, validator.CodeSignature)
	refuse(t, start(t, p, func(c *validator.Config) { c.ClientSecret = secret }), token, validator.CodeAlg)
}

func TestSignature(t *testing.T) {
	for _, alg := range publicAlgorithms {
		p := issuertest.New(issuerURL)
		p.Rotate(keyFor(alg))
		v := start(t, p, func(c *validator.Config) { c.Algorithms = []string{alg} })
		token := p.Token()
		head, payload, text := issuertest.Segments(token)
		sig, _ := base64.RawURLEncoding.DecodeString(text)
		flipped := slices.Clone(sig)
		for i := range flipped {
			flipped[i] ^= 0x5a
		}
		_, _, other := issuertest.Segments(p.Token(claim("sub", "bob")))
		another, _ := base64.RawURLEncoding.DecodeString(other)
		overDecoded := p.Key.Sign(alg, decode(t, head)+"."+decode(t, payload))
		for name, bad := range map[string][]byte{
			"empty": {}, "flipped": flipped, "shorter": sig[:len(sig)-1], "half": sig[:len(sig)/2], "one byte": sig[:1],
			"longer": append(slices.Clone(sig), 0), "zero before": append([]byte{0}, sig...), "another's": another,
			"zeros": make([]byte, len(sig)), "over decoded text": overDecoded, "512 bytes": make([]byte, 512),
			"attacker's": issuertest.RSA("attacker").Sign("RS256", head+"."+payload),
		} {
			t.Run(alg+" "+name, func(t *testing.T) {
				refuse(t, v, head+"."+payload+"."+issuertest.Encode(bad), validator.CodeSignature)
			})
		}
		tampered := issuertest.Encode([]byte(strings.Replace(decode(t, payload), "alice", "admin", 1)))
		refuse(t, v, head+"."+tampered+"."+text, validator.CodeSignature)
		reheaded := issuertest.Encode([]byte(strings.Replace(decode(t, head), "{", `{"x":1,`, 1)))
		refuse(t, v, reheaded+"."+payload+"."+text, validator.CodeSignature)
	}
}

// TestSignatureEdges tries the integers at the edges of their ranges.
func TestSignatureEdges(t *testing.T) {
	p := issuertest.New(issuerURL)
	v := start(t, p)
	input := func(k *issuertest.Key) string {
		token := p.Token(issuertest.SignedBy(k))
		return token[:strings.LastIndexByte(token, '.')]
	}
	order := elliptic.P256().Params().N
	one := big.NewInt(1)
	edges := []*big.Int{new(big.Int), one, new(big.Int).Sub(order, one), order, new(big.Int).Add(order, one), new(big.Int).Sub(new(big.Int).Lsh(one, 256), one)}
	ec := input(issuertest.EC("ec-1"))
	for _, r := range edges {
		for _, s := range edges {
			sig := make([]byte, 64)
			r.FillBytes(sig[:32])
			s.FillBytes(sig[32:])
			refuse(t, v, ec+"."+issuertest.Encode(sig), validator.CodeSignature)
		}
	}

	n := p.Key.Signer.Public().(*rsa.PublicKey).N
	rs := input(p.Key)
	good := new(big.Int).SetBytes(p.Key.Sign("RS256", rs))
	for _, s := range []*big.Int{new(big.Int), one, new(big.Int).Sub(n, one), n, new(big.Int).Add(n, good)} {
		refuse(t, v, rs+"."+issuertest.Encode(s.FillBytes(make([]byte, 257))[1:]), validator.CodeSignature)
		refuse(t, v, rs+"."+issuertest.Encode(s.Bytes()), validator.CodeSignature)
	}

	ed := issuertest.Ed25519("ed-1")
	p.Publish(ed)
	v = start(t, p, func(c *validator.Config) { c.Algorithms = []string{"EdDSA"} })
	okp := input(ed)
	sig := ed.Sign("EdDSA", okp)
	accept(t, v, okp+"."+issuertest.Encode(sig))
	groupOrder, _ := new(big.Int).SetString("7237005577332262213973186563042994240857116359379907606001950938285454250989", 10)
	s := slices.Clone(sig[32:])
	slices.Reverse(s)
	malleable := new(big.Int).Add(new(big.Int).SetBytes(s), groupOrder).FillBytes(make([]byte, 32))
	slices.Reverse(malleable)
	refuse(t, v, okp+"."+issuertest.Encode(append(slices.Clone(sig[:32]), malleable...)), validator.CodeSignature)
	if len(sig) != ed25519.SignatureSize {
		t.Fatal("the signature has an odd size")
	}
}

// TestBadAndExpired reports what is worse.
func TestBadAndExpired(t *testing.T) {
	p := issuertest.New(issuerURL)
	v := start(t, p)
	accept(t, v, p.Token())
	expired := all(claim("exp", 1), claim("iat", 1))
	refuse(t, v, p.Token(expired), validator.CodeExpired)
	refuse(t, v, p.Token(expired, issuertest.ForgedBy(issuertest.RSA("attacker"))), validator.CodeSignature)
	fetches(t, p, 1)
}
