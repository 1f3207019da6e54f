package validator_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"math/big"
	"strings"
	"testing"

	"github.com/rogueidp/rogueidp/validator"
	"github.com/rogueidp/rogueidp/validator/internal/issuertest"
)

func TestVerifyJWS(t *testing.T) {
	key := issuertest.RSA("k")
	jws := (&issuertest.Token{RawHeader: `{"alg":"RS256"}`, RawClaims: "any octets \x00\xff", Key: key}).Compact()
	payload, err := validator.VerifyJWS(jws, key.Signer.Public())
	if err != nil || string(payload) != "any octets \x00\xff" {
		t.Fatalf("got %q, %v", payload, err)
	}
	secret := issuertest.Oct("s", []byte(strings.Repeat("s", 32)))
	hs := (&issuertest.Token{RawHeader: `{"alg":"HS256"}`, RawClaims: "x", Key: secret}).Compact()
	if _, err := validator.VerifyJWS(hs, secret.JWK(), "HS256"); err != nil {
		t.Error(err)
	}

	none := (&issuertest.Token{RawHeader: `{"alg":"none"}`, RawClaims: "x", Key: key}).Compact()
	crit := (&issuertest.Token{RawHeader: `{"alg":"RS256","crit":["b64"],"b64":false}`, RawClaims: "x", Key: key}).Compact()
	ec := issuertest.EC("k")
	off := *ec.Signer.Public().(*ecdsa.PublicKey)
	//lint:ignore SA1019 there is no other way to make a bad point
	off.Y = new(big.Int).Add(off.Y, big.NewInt(1))
	for name, test := range map[string]struct {
		raw  string
		key  any
		algs []string
		code validator.Code
	}{
		"not named":           {hs, secret.JWK(), nil, validator.CodeAlg},
		"another algorithm":   {jws, key.Signer.Public(), []string{"PS256"}, validator.CodeAlg},
		"none":                {none, key.Signer.Public(), nil, validator.CodeAlg},
		"crit":                {crit, key.Signer.Public(), nil, validator.CodeCritical},
		"another key":         {jws, issuertest.RSA("other").Signer.Public(), nil, validator.CodeSignature},
		"another kind of key": {jws, ec.JWK(), nil, validator.CodeKey},
		"a key for another":   {jws, key.For("RS512").JWK(), nil, validator.CodeKey},
		"an encryption key":   {jws, strings.Replace(key.JWK(), `"sig"`, `"enc"`, 1), nil, validator.CodeKey},
		"an oct key for AES":  {hs, secret.For("A256GCM").JWK(), []string{"HS256"}, validator.CodeKey},
		"a short secret":      {hs, issuertest.Oct("s", []byte("s")).JWK(), []string{"HS256"}, validator.CodeKey},
		"a private key":       {jws, key.Signer, nil, validator.CodeKey},
		"nil":                 {jws, nil, nil, validator.CodeKey},
		"nil RSA":             {jws, (*rsa.PublicKey)(nil), nil, validator.CodeKey},
		"empty RSA":           {jws, &rsa.PublicKey{}, nil, validator.CodeKey},
		"nil EC":              {jws, (*ecdsa.PublicKey)(nil), nil, validator.CodeKey},
		"empty EC":            {jws, &ecdsa.PublicKey{}, nil, validator.CodeKey},
		"off the curve":       {jws, &off, nil, validator.CodeKey},
		"empty Ed25519":       {jws, ed25519.PublicKey{}, nil, validator.CodeKey},
		"no JWK":              {jws, "x", nil, validator.CodeKey},
		"garbage":             {"x", key.Signer.Public(), nil, validator.CodeParse},
		"two parts":           {"a.b", key.Signer.Public(), nil, validator.CodeParse},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := validator.VerifyJWS(test.raw, test.key, test.algs...)
			wants(t, err, test.code, false)
		})
	}
	if _, err := validator.VerifyJWS(jws, key.Signer.Public(), "RS256", "none"); err == nil {
		t.Error("none was taken for an algorithm")
	}
}
