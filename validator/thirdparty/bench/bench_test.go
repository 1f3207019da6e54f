package bench

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"math/big"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/golang-jwt/jwt/v5"
	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jwk"
	jwxt "github.com/lestrrat-go/jwx/v3/jwt"

	"github.com/rogueidp/rogueidp/reports/measure"
	"github.com/rogueidp/rogueidp/validator"
	"github.com/rogueidp/rogueidp/validator/internal/issuertest"
)

const (
	issuer = "https://issuer.example"
	nonce  = "n-0S6_WzA2Mj"
)

var (
	// A turn of 32 judgements takes a millisecond or two.
	race = measure.Race{Pairs: 20, Turns: 20, Times: 32}
	// dearest is what a whole validation may cost, in signature checks.
	dearest = measure.AtMost(1.2)
	// Whatever else people use is slower than the reference, and allocates more.
	better = measure.Below(1)

	table measure.Table
)

// A rival judges one and the same token, again and again.
type rival struct {
	name  string
	judge func() error
	// bare tells that it checks the signature and nothing else.
	bare bool
}

func (r rival) way() measure.Way { return measure.Way{Name: r.name, Do: r.judge} }

func TestMain(m *testing.M) {
	code := m.Run()
	if err := table.Show(os.Stdout, os.Getenv("ROGUEIDP_MEASURED")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func BenchmarkRS256(b *testing.B) { compare(b, "RS256", issuertest.RSA("bench")) }
func BenchmarkES256(b *testing.B) { compare(b, "ES256", issuertest.EC("bench")) }

func compare(b *testing.B, alg string, key *issuertest.Key) {
	token := mint(key)
	ours := reference(b, key, token)
	for _, other := range []rival{bare(b, key, token), goOIDC(key, alg, token), golangJWT(key, alg, token), jwx(b, key, alg, token)} {
		b.Run(other.name, func(b *testing.B) {
			for b.Loop() {
				o, err := race.Run(ours.way(), other.way())
				if err != nil {
					b.Fatal(err)
				}
				if other.bare {
					table.Judge(b, o.Faster("validate "+alg, dearest))
					continue
				}
				table.Judge(b, o.Faster("validate "+alg, better))
				table.Judge(b, o.Leaner("validate "+alg, better))
			}
		})
	}
}

// mint makes an ID token as providers make them, of some 400 bytes of claims.
func mint(key *issuertest.Key) string {
	p := issuertest.New(issuer)
	now := clock().Unix()
	return p.Token(issuertest.SignedBy(key), func(t *issuertest.Token) {
		for name, value := range map[string]any{
			"iat": now, "exp": now + 86400, "auth_time": now - 5, "nonce": nonce, "at_hash": "77QmUPtjPfzWtF2AnpK9RQ",
			"sub": "24400320-1d2f-4e9a-8f4d-0f2f0a5f1c11", "email": "alice@example.com", "email_verified": true,
			"name": "Alice Adams", "given_name": "Alice", "family_name": "Adams", "locale": "en-GB", "sid": "8c1f3a60-55b1-4a0e",
		} {
			t.Claims[name] = value
		}
	})
}

func reference(b *testing.B, key *issuertest.Key, token string) rival {
	b.Helper()
	p := issuertest.New(issuer)
	p.Publish(key)
	v, err := validator.New(validator.Config{Issuer: issuer, ClientID: issuertest.ClientID, HTTPClient: p.Client()})
	if err != nil {
		b.Fatal(err)
	}
	return rival{name: "reference", judge: func() error {
		_, err := v.Validate(context.Background(), token, validator.WithNonce(nonce))
		return err
	}}
}

// bare is the signature check alone, of a digest and a signature that are
// ready.
func bare(b *testing.B, key *issuertest.Key, token string) rival {
	b.Helper()
	cut := strings.LastIndexByte(token, '.')
	sig, err := base64.RawURLEncoding.DecodeString(token[cut+1:])
	if err != nil {
		b.Fatal(err)
	}
	digest := sha256.Sum256([]byte(token[:cut]))
	switch public := key.Signer.Public().(type) {
	case *rsa.PublicKey:
		check := func() error { return rsa.VerifyPKCS1v15(public, crypto.SHA256, digest[:], sig) }
		return rival{name: "rsa.VerifyPKCS1v15", judge: check, bare: true}
	case *ecdsa.PublicKey:
		r, s := new(big.Int).SetBytes(sig[:32]), new(big.Int).SetBytes(sig[32:])
		check := func() error { return wrong(!ecdsa.Verify(public, digest[:], r, s)) }
		return rival{name: "ecdsa.Verify", judge: check, bare: true}
	}
	b.Fatal("no bare check for this key")
	return rival{}
}

func wrong(bad bool) error {
	if bad {
		return fmt.Errorf("an honest token was refused")
	}
	return nil
}

func goOIDC(key *issuertest.Key, alg, token string) rival {
	keys := &oidc.StaticKeySet{PublicKeys: []crypto.PublicKey{key.Signer.Public()}}
	v := oidc.NewVerifier(issuer, keys, &oidc.Config{ClientID: issuertest.ClientID, SupportedSigningAlgs: []string{alg}})
	return rival{name: "go-oidc", judge: func() error {
		t, err := v.Verify(context.Background(), token)
		if err != nil {
			return err
		}
		return wrong(t.Nonce != nonce)
	}}
}

func golangJWT(key *issuertest.Key, alg, token string) rival {
	public := key.Signer.Public()
	p := jwt.NewParser(jwt.WithValidMethods([]string{alg}), jwt.WithIssuer(issuer), jwt.WithAudience(issuertest.ClientID),
		jwt.WithExpirationRequired(), jwt.WithIssuedAt(), jwt.WithLeeway(5*time.Minute))
	return rival{name: "golang-jwt", judge: func() error {
		var claims struct {
			jwt.RegisteredClaims
			Nonce string `json:"nonce"`
		}
		if _, err := p.ParseWithClaims(token, &claims, func(*jwt.Token) (any, error) { return public, nil }); err != nil {
			return err
		}
		return wrong(claims.Nonce != nonce)
	}}
}

func jwx(b *testing.B, key *issuertest.Key, alg, token string) rival {
	b.Helper()
	public, err := jwk.Import(key.Signer.Public())
	if err != nil {
		b.Fatal(err)
	}
	name, ok := jwa.LookupSignatureAlgorithm(alg)
	if !ok {
		b.Fatal("jwx does not know ", alg)
	}
	raw := []byte(token)
	return rival{name: "jwx", judge: func() error {
		_, err := jwxt.Parse(raw, jwxt.WithKey(name, public), jwxt.WithIssuer(issuer), jwxt.WithAudience(issuertest.ClientID),
			jwxt.WithAcceptableSkew(5*time.Minute), jwxt.WithClaimValue("nonce", nonce))
		return err
	}}
}
