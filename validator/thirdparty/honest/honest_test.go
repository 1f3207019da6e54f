package honest

import (
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/mockidp/fault"
)

const nonce = "n-0S6_WzA2Mj"

// pairs are what is tried: each library with each algorithm that it documents
// and the provider has.
var pairs = map[string][]string{
	"go-oidc":    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"},
	"go-jose":    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "HS256", "HS384", "HS512"},
	"golang-jwt": {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "HS256", "HS384", "HS512"},
	"jwx":        {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519", "HS256", "HS384", "HS512"},
}

// beyond are algorithms that a library documents and the provider has not.
var beyond = map[string]string{
	"none":      "no signature at all",
	"ES256K":    "no curve of the standard library's; jwx wants a build tag for it",
	"ML-DSA-44": "newer than this Go", "ML-DSA-65": "newer than this Go", "ML-DSA-87": "newer than this Go",
}

// extra are claims beyond what the provider puts in by itself, of every type.
var extra = fault.Object{
	{Name: "email", Value: `"alice@example.test"`},
	{Name: "email_verified", Value: `true`},
	{Name: "name", Value: `"Ålice \"the\" Ädams"`},
	{Name: "groups", Value: `["staff","on-call"]`},
	{Name: "address", Value: `{"country":"NL","lines":[1,2.5,null]}`},
}

// TestHonestProvider shows an honest token of each algorithm to each library,
// and the same token with one bit of its signature flipped.
func TestHonestProvider(t *testing.T) {
	done := map[string][]string{}
	for _, l := range libraries {
		for _, alg := range pairs[l.name] {
			t.Run(l.name+"/"+alg, func(t *testing.T) {
				tried(t, l, alg)
				if !t.Failed() {
					done[l.name] = append(done[l.name], alg)
				}
			})
		}
	}
	for _, l := range libraries {
		t.Logf("%-10s accepted an honest token and refused three flipped ones: %s", l.name, strings.Join(done[l.name], " "))
	}
}

// TestNothingDocumentedIsLeftOut holds the table against what the libraries
// themselves say that they verify.
func TestNothingDocumentedIsLeftOut(t *testing.T) {
	if names := slices.Sorted(maps.Keys(pairs)); len(names) != len(libraries) {
		t.Errorf("%d libraries, and pairs for %v", len(libraries), names)
	}
	for _, l := range libraries {
		documented := l.documented(t)
		t.Logf("%-10s documents %s", l.name, strings.Join(slices.Sorted(slices.Values(documented)), " "))
		for _, alg := range documented {
			has := slices.Contains(mockidp.Algorithms(), alg)
			switch {
			case has && !slices.Contains(pairs[l.name], alg):
				t.Errorf("%s documents %s, which is not tried", l.name, alg)
			case !has && beyond[alg] == "":
				t.Errorf("%s documents %s, which the provider has not, and nobody says why", l.name, alg)
			}
		}
		for _, alg := range pairs[l.name] {
			if !slices.Contains(documented, alg) {
				t.Errorf("%s is tried with %s, which it does not document", l.name, alg)
			}
		}
	}
	for _, alg := range mockidp.Algorithms() {
		if !slices.ContainsFunc(libraries, func(l library) bool { return slices.Contains(pairs[l.name], alg) }) {
			t.Errorf("no library judges %s", alg)
		}
	}
}

// tried shows a library an honest token, which it must accept with all its
// claims, and then three that differ in one bit of the signature.
func tried(t *testing.T, l library, alg string) {
	idp := provider(t, alg)
	minted, err := idp.Mint(mockidp.Request{Nonce: nonce, Claims: extra})
	if err != nil {
		t.Fatal(err)
	}
	if minted.Alg != alg || !minted.Genuine || len(minted.Changed) > 0 {
		t.Fatalf("the provider minted %+v", minted)
	}
	judge := l.trust(t, idp, alg, nonce)
	claims, err := judge(minted.Token)
	if err != nil {
		t.Fatalf("%s refuses an honest token: %v", l.name, err)
	}
	compare(t, idp, minted, claims)
	// What was read came over the wire, from this very tenant.
	if n := idp.Journal().Hits(mockidp.Discovery); n != 1 {
		t.Errorf("the discovery document was read %d times", n)
	}
	if n := idp.Journal().Hits(mockidp.KeySet); n == 0 && !symmetric(alg) {
		t.Error("nobody read the key set")
	}
	for where, token := range flipped(t, minted.Token) {
		switch _, err := judge(token); {
		case err == nil:
			t.Errorf("%s accepts a token with a flipped bit in its signature's %s", l.name, where)
		case !l.aboutSignature(err):
			t.Errorf("%s refuses a token with a flipped bit in its signature's %s for another reason: %v", l.name, where, err)
		}
	}
}

// provider has a key for alg and one of another type, so that the right one
// has to be found.
func provider(t *testing.T, alg string) *mockidp.Tenant {
	t.Helper()
	other := "ES256"
	if mockidp.KeyType(alg) == "ec" {
		other = "RS256"
	}
	idp := mockidp.Start(t, mockidp.TenantConfig{Algs: []string{alg, other}})
	if !strings.HasPrefix(idp.Issuer(), "https://") {
		t.Fatalf("the issuer %s is not behind TLS", idp.Issuer())
	}
	return idp
}

// compare holds the claims that a library read against those that went in.
func compare(t *testing.T, idp *mockidp.Tenant, minted *mockidp.Minted, got map[string]any) {
	t.Helper()
	want := map[string]any{
		"iss": idp.Issuer(), "sub": "alice", "nonce": nonce, "aud": []any{idp.ClientID()}, fault.MarkClaim: true,
	}
	for _, c := range extra {
		var value any
		if err := json.Unmarshal([]byte(c.Value), &value); err != nil {
			t.Fatal(err)
		}
		want[c.Name] = value
	}
	got = maps.Clone(got)
	if one, ok := got["aud"].(string); ok {
		got["aud"] = []any{one} // RFC 7519 section 4.1.3: one or many
	}
	for _, name := range []string{"iat", "exp", "jti"} {
		signed, _ := minted.Claim(name)
		read, err := json.Marshal(got[name])
		if err != nil {
			t.Fatal(err)
		}
		// A float64 writes whole seconds without an exponent.
		if string(read) != string(signed) {
			t.Errorf("%s is %s, and was signed as %s", name, read, signed)
		}
		delete(got, name)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("claims %v\nwant   %v", got, want)
	}
}

// flipped are tokens that differ from an honest one in a single bit of the
// signature: in its first octet, one in the middle, and the last.
func flipped(t *testing.T, token string) map[string]string {
	t.Helper()
	cut := strings.LastIndexByte(token, '.') + 1
	signature, err := base64.RawURLEncoding.DecodeString(token[cut:])
	if err != nil {
		t.Fatal(err)
	}
	tokens := map[string]string{}
	for where, i := range map[string]int{"first octet": 0, "middle": len(signature) / 2, "last octet": len(signature) - 1} {
		bent := slices.Clone(signature)
		bent[i] ^= 1
		tokens[where] = token[:cut] + base64.RawURLEncoding.EncodeToString(bent)
	}
	return tokens
}

// TestNobodyTrustsTheProviderByChance is the control of what comes over TLS: a
// client without the provider's authority gets nothing.
func TestNobodyTrustsTheProviderByChance(t *testing.T) {
	idp := mockidp.Start(t)
	stranger := &http.Client{Transport: &http.Transport{}}
	defer stranger.CloseIdleConnections()
	resp, err := stranger.Get(idp.JWKSURI())
	if err == nil {
		resp.Body.Close()
		t.Fatal("a client without the authority got the key set")
	}
	var unknown x509.UnknownAuthorityError
	if !errors.As(err, &unknown) {
		t.Errorf("it failed for another reason: %v", err)
	}
}

// TestExpiredTokensAreRefused is the control of the times: a provider whose
// tokens have expired when they are signed is refused by every library. Were
// exp anything but seconds, most would accept it.
func TestExpiredTokensAreRefused(t *testing.T) {
	for _, l := range libraries {
		t.Run(l.name, func(t *testing.T) {
			idp := mockidp.Start(t, mockidp.TenantConfig{Algs: []string{"ES256"}, Lifetime: -time.Minute})
			_, err := l.trust(t, idp, "ES256", nonce)(idp.Token(nonce))
			if err == nil || !l.aboutExpiry(err) {
				t.Errorf("a token that expired a minute ago: %v", err)
			}
		})
	}
}
