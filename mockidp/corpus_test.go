package mockidp

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/rogueidp/rogueidp/mockidp/fault"
)

var corpusTime = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// signers are the algorithms with a key pair, each kind of key among them.
var signers = []string{"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}

// corpusTokens are a key set and tokens of every algorithm, of odd keys, of a
// certificate and of words that are drawn.
func corpusTokens(t *testing.T, seed int64) (keySet string, tokens []string) {
	t.Helper()
	p := NewCorpus(seed, corpusTime)
	tenant, err := p.Tenant(TenantConfig{Algs: signers, Scenario: "test"})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(tenant.Issuer(), CorpusName) {
		t.Errorf("the issuer %s does not say what it is", tenant.Issuer())
	}
	for _, k := range tenant.Keys() {
		if !strings.HasPrefix(k.KID, CorpusName) {
			t.Errorf("the kid %s does not say what it is", k.KID)
		}
	}
	requests := []Request{
		{Faults: []fault.Fault{fault.SignWithKey{Key: "rsa-512"}}},
		{Faults: []fault.Fault{fault.SignWithKey{Key: "rsa-1024"}}},
		{Faults: []fault.Fault{fault.SignWith{Alg: "HS256"}}},
		{Faults: []fault.Fault{fault.SignWith{Alg: "XX256"}}},
		{Alg: "ES256", Faults: []fault.Fault{fault.SetHeaderChain{Keys: "attacker"}}},
	}
	for _, alg := range signers {
		requests = append(requests, Request{Alg: alg})
	}
	for _, r := range requests {
		m, err := tenant.Mint(r)
		if err != nil {
			t.Fatal(err)
		}
		tokens = append(tokens, m.Token)
	}
	return string(tenant.KeySetDocument()), tokens
}

func TestCorpusRepeatsItself(t *testing.T) {
	set, tokens := corpusTokens(t, 1)
	again, tokensAgain := corpusTokens(t, 1)
	other, tokensOther := corpusTokens(t, 2)
	if set != again || set == other {
		t.Errorf("the key set is the same for the same seed: %v, for another: %v", set == again, set == other)
	}
	for i := range tokens {
		if tokens[i] != tokensAgain[i] {
			t.Errorf("token %d is another one the second time:\n%s\n%s", i, tokens[i], tokensAgain[i])
		}
		if tokens[i] == tokensOther[i] {
			t.Errorf("token %d is the same for another seed", i)
		}
	}
}

// TestCorpusSignsHonestly lets go-jose verify what is signed without the
// system's randomness.
func TestCorpusSignsHonestly(t *testing.T) {
	text, tokens := corpusTokens(t, 1)
	var set jose.JSONWebKeySet
	if err := json.Unmarshal([]byte(text), &set); err != nil {
		t.Fatal(err)
	}
	for i, token := range tokens[len(tokens)-len(signers):] {
		alg := jose.SignatureAlgorithm(signers[i])
		read, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{alg})
		if err != nil {
			t.Fatal(err)
		}
		found := set.Key(read.Signatures[0].Header.KeyID)
		if len(found) != 1 || !found[0].Valid() {
			t.Fatalf("%s: %d keys", alg, len(found))
		}
		if _, err := read.Verify(found[0]); err != nil {
			t.Errorf("%s: %v", alg, err)
		}
	}
}

// TestNobodyServesACorpus tries every way in which a key of a corpus could come
// to stand in a key set that somebody fetches.
func TestNobodyServesACorpus(t *testing.T) {
	corpus := NewCorpus(1, corpusTime)
	defer corpus.Close()
	tenant, err := corpus.Tenant(TenantConfig{})
	if err != nil {
		t.Fatal(err)
	}
	answer := httptest.NewRecorder()
	tenant.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, tenant.JWKSURI(), nil))
	if answer.Code != http.StatusForbidden || strings.Contains(answer.Body.String(), "kty") {
		t.Errorf("its key set is answered with %d %s", answer.Code, answer.Body)
	}
	if a, err := corpus.ServeAdmin(""); err == nil {
		a.Close()
		t.Error("it has an admin API")
	}
	if _, err := corpus.Tenant(TenantConfig{Name: "apart", Apart: true}); err == nil {
		t.Error("its key set has a listener of its own")
	}
	if err := tenant.Misbehave(fault.RefuseConnection{Endpoint: "keyset"}); err == nil {
		t.Error("a fault of connections opens a door")
	}
	if _, err := tenant.Mint(Request{Faults: []fault.Fault{fault.SetHeader{Name: "jku", Value: `"{canary}"`}}}); err == nil {
		t.Error("it has a canary")
	}

	listening, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer listening.Close()
	for name, cfg := range map[string]TenantConfig{
		"name":   {Name: tenant.Name()},
		"issuer": {Issuer: tenant.Issuer()},
		"kid":    {KID: tenant.KID()},
		"ring":   {With: tenant},
		"keys":   {With: tenant, SharedKeys: true},
	} {
		if _, err := listening.Tenant(cfg); err == nil {
			t.Errorf("a provider that listens takes the %s of a corpus", name)
		}
	}
	real, err := listening.Tenant(TenantConfig{})
	if err != nil {
		t.Fatal(err)
	}
	jwk := fault.Object{{Name: "kid", Value: fault.Text(tenant.KID())}}
	if err := real.Misbehave(fault.PublishJWK{JWK: fault.JSON(jwk.Append(nil))}); err == nil {
		t.Error("a provider that listens publishes a key of a corpus beside its own")
	}
	if _, err := corpus.Tenant(TenantConfig{Name: "with", With: real}); err == nil {
		t.Error("a corpus takes the keys of a provider that listens")
	}
}
