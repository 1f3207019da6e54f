package mutants_test

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"github.com/rogueidp/rogueidp/validator/internal/issuertest"
	"github.com/rogueidp/rogueidp/validator/mutants"
)

// TestDecrypters shows each decrypter an honest token and what one of them
// gets wrong.
func TestDecrypters(t *testing.T) {
	b := &bench{t: t, p: issuertest.New(issuerURL)}
	own, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	jwk, err := json.Marshal(jose.JSONWebKey{Key: own, KeyID: "own", Algorithm: "RSA-OAEP", Use: "enc"})
	if err != nil {
		t.Fatal(err)
	}
	encrypted := func(alg jose.KeyAlgorithm, content string) string {
		e, err := jose.NewEncrypter(jose.A128GCM, jose.Recipient{Algorithm: alg, Key: &own.PublicKey, KeyID: "own"}, nil)
		if err != nil {
			t.Fatal(err)
		}
		jwe, err := e.Encrypt([]byte(content))
		if err != nil {
			t.Fatal(err)
		}
		text, err := jwe.CompactSerialize()
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	token := b.p.Token()
	whole := encrypted(jose.RSA_OAEP, token)
	end := strings.LastIndexByte(whole, '.') + 1
	tag, err := base64.RawURLEncoding.DecodeString(whole[end:])
	if err != nil {
		t.Fatal(err)
	}
	wrong := append([]byte{tag[0] ^ 1}, tag[1:]...)
	believed := b.p.Token(issuertest.Header("alg", "dir"), issuertest.Header("enc", "A256GCM"), issuertest.ForgedBy(attacker))
	for name, c := range map[string]struct {
		token string
		by    []string // who accepts it
	}{
		"honest":             {whole, []string{"decrypts", "decrypts-anything", "decrypts-carelessly", "decrypts-unless-told"}},
		"not encrypted":      {token, []string{"decrypts-anything", "decrypts-unless-told"}},
		"bare claims":        {encrypted(jose.RSA_OAEP, `{"sub":"mallory"}`), []string{"decrypts-anything"}},
		"RSA1_5":             {encrypted(jose.RSA1_5, token), []string{"decrypts-anything"}},
		"encrypted twice":    {encrypted(jose.RSA_OAEP, whole), []string{"decrypts-anything"}},
		"a tag of one octet": {whole[:end] + base64.RawURLEncoding.EncodeToString(tag[:1]), []string{"decrypts-carelessly"}},
		"a sixth part":       {whole + ".x", []string{"decrypts-carelessly"}},
		"forged and enc":     {believed, []string{"decrypts-unless-told"}},
		"forged and wrapped": {encrypted(jose.RSA_OAEP, b.p.Token(issuertest.ForgedBy(attacker))), nil},
		"a wrong tag":        {whole[:end] + base64.RawURLEncoding.EncodeToString(wrong), nil},
	} {
		for _, d := range mutants.Decrypters() {
			v, err := mutants.Decrypt(d.Name, []json.RawMessage{jwk}, b.config())
			if err != nil {
				t.Fatal(err)
			}
			_, err = v.Validate(t.Context(), c.token)
			if got, want := err == nil, contains(c.by, d.Name); got != want {
				t.Errorf("%s: %s accepts it: %v, want %v (%v)", name, d.Name, got, want, err)
			}
		}
	}
	if _, err := mutants.Decrypt("no such decrypter", nil, b.config()); err == nil {
		t.Error("an unknown decrypter was made")
	}
	if _, err := mutants.Decrypt("decrypts", []json.RawMessage{[]byte(`{}`)}, b.config()); err == nil {
		t.Error("a decrypter took a key that is none")
	}
}
