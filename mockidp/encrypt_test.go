package mockidp_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/mockidp/fault"
)

var (
	everyKeyAlg = []jose.KeyAlgorithm{jose.RSA_OAEP, jose.RSA_OAEP_256, jose.RSA1_5, jose.A128KW, jose.ECDH_ES, jose.PBES2_HS256_A128KW}
	everyEnc    = []jose.ContentEncryption{jose.A128GCM, jose.A256GCM, jose.A128CBC_HS256}
)

// decrypt lets go-jose decrypt a token with the client's keys.
func decrypt(t *testing.T, idp *mockidp.Tenant, token string) (string, error) {
	t.Helper()
	jwe, err := jose.ParseEncryptedCompact(token, everyKeyAlg, everyEnc)
	if err != nil {
		return "", err
	}
	keys, err := idp.DecryptionKeys()
	if err != nil {
		t.Fatal(err)
	}
	for _, raw := range keys {
		var k jose.JSONWebKey
		if err := json.Unmarshal(raw, &k); err != nil {
			t.Fatal(err)
		}
		if k.KeyID == jwe.Header.KeyID {
			content, err := jwe.Decrypt(k.Key)
			return string(content), err
		}
	}
	return "", fmt.Errorf("the client has no key %q", jwe.Header.KeyID)
}

func encrypting(t *testing.T) *mockidp.Tenant {
	t.Helper()
	p, err := mockidp.New(mockidp.Config{Memory: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	idp, err := p.Tenant(mockidp.TenantConfig{Encrypted: true})
	if err != nil {
		t.Fatal(err)
	}
	return idp
}

// What is encrypted honestly, go-jose decrypts, and finds a token in it that
// the provider signed.
func TestHonestEncryption(t *testing.T) {
	idp := encrypting(t)
	set := keySet(t, idp)
	m, err := idp.Mint(mockidp.Request{})
	if err != nil {
		t.Fatal(err)
	}
	if inner, err := decrypt(t, idp, m.Token); err != nil || !idp.Vouches(m) || len(m.Changed) != 0 {
		t.Errorf("%v, vouched for %v, changed %v", err, idp.Vouches(m), m.Changed)
	} else if _, err := judge(idp, set, inner, "RS256"); err != nil {
		t.Error(err)
	}
	for _, alg := range fault.KeyEncryptions() {
		for _, enc := range fault.ContentEncryptions() {
			m, err := idp.Mint(mockidp.Request{Faults: []fault.Fault{fault.EncryptWith{Alg: alg, Enc: enc}}})
			if err != nil {
				t.Fatal(err)
			}
			inner, err := decrypt(t, idp, m.Token)
			if err != nil {
				t.Errorf("%s %s: %v", alg, enc, err)
				continue
			}
			if _, err := judge(idp, set, inner, "RS256"); err != nil {
				t.Errorf("%s %s: %v", alg, enc, err)
			}
		}
	}
	m, err = idp.Mint(mockidp.Request{Faults: []fault.Fault{fault.SetInflatedSize{Bytes: 100}}})
	if err != nil {
		t.Fatal(err)
	}
	if inner, err := decrypt(t, idp, m.Token); err != nil || len(inner)-len(strings.TrimRight(inner, " ")) != 100 {
		t.Errorf("%v: what was compressed is %q", err, inner)
	}
}

// What is encrypted wrongly, go-jose does not decrypt.
func TestBentEncryptionIsNotDecrypted(t *testing.T) {
	idp := encrypting(t)
	for _, f := range []fault.Fault{
		fault.SetEphemeralPoint{Point: "off-curve"}, fault.SetEphemeralPoint{Point: "small-order"}, fault.SetEphemeralPoint{Point: "other-curve"},
		fault.SetKeyPadding{}, fault.TruncateEncryptedPart{In: "tag", Keep: 15}, fault.DropEncryptedPart{In: "iv"},
		fault.TruncateEncryptedPart{In: "encrypted-key"}, fault.SetInflatedSize{Bytes: 8 << 20}, fault.DropEncryption{},
		fault.SetEncryption{Alg: "RSA-OAEP", Enc: "A256GCM"},
	} {
		m, err := idp.Mint(mockidp.Request{Faults: []fault.Fault{f}})
		if err != nil {
			t.Fatal(err)
		}
		if len(m.Token) > 64<<10 {
			t.Errorf("%v: a token of %d octets", f, len(m.Token))
		}
		if _, err := decrypt(t, idp, m.Token); err == nil {
			t.Errorf("go-jose decrypts %v", f)
		}
	}
	for _, p2c := range []fault.JSON{"0", "-1", "1.5", "2147483647"} {
		m, err := idp.Mint(mockidp.Request{Faults: []fault.Fault{
			fault.EncryptWith{Alg: "PBES2-HS256+A128KW", Enc: "A128GCM"}, fault.SetEncryptedHeader{Name: "p2c", Value: p2c},
		}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := decrypt(t, idp, m.Token); err == nil {
			t.Errorf("go-jose takes a p2c of %s", p2c)
		}
	}
}
