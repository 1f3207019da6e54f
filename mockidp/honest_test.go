package mockidp_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/mockidp/fault"
)

func fetch(t *testing.T, c *http.Client, url string) []byte {
	t.Helper()
	resp, err := c.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s %s %v", url, resp.Status, body, err)
	}
	return body
}

// keySet fetches what the tenant publishes, by way of its metadata.
func keySet(t *testing.T, idp *mockidp.Tenant) jose.JSONWebKeySet {
	t.Helper()
	var metadata struct {
		Issuer  string `json:"issuer"`
		JWKSURI string `json:"jwks_uri"`
	}
	unmarshal(t, fetch(t, idp.Client(), strings.TrimSuffix(idp.Issuer(), "/")+"/.well-known/openid-configuration"), &metadata)
	if metadata.Issuer != idp.Issuer() {
		t.Errorf("metadata names the issuer %s, not %s", metadata.Issuer, idp.Issuer())
	}
	var set jose.JSONWebKeySet
	unmarshal(t, fetch(t, idp.Client(), metadata.JWKSURI), &set)
	return set
}

func unmarshal(t *testing.T, raw []byte, into any) {
	t.Helper()
	if err := json.Unmarshal(raw, into); err != nil {
		t.Fatalf("%v in %s", err, raw)
	}
}

// judge is a validator that nobody here wrote.
func judge(idp *mockidp.Tenant, set jose.JSONWebKeySet, token, alg string) (map[string]any, error) {
	parsed, err := jwt.ParseSigned(token, []jose.SignatureAlgorithm{jose.SignatureAlgorithm(alg)})
	if err != nil {
		return nil, err
	}
	var key any = set
	if strings.HasPrefix(alg, "HS") {
		key = []byte(idp.ClientSecret())
	}
	var standard jwt.Claims
	all := map[string]any{}
	if err := parsed.Claims(key, &standard, &all); err != nil {
		return nil, err
	}
	return all, standard.ValidateWithLeeway(jwt.Expected{
		Issuer: idp.Issuer(), AnyAudience: jwt.Audience{idp.ClientID()}, Time: idp.Clock().Now(),
	}, 0)
}

func TestHonestTokensAreAccepted(t *testing.T) {
	for _, alg := range mockidp.Algorithms() {
		if alg == "Ed25519" {
			continue // go-jose knows the key's algorithm as EdDSA only
		}
		t.Run(alg, func(t *testing.T) {
			t.Parallel()
			idp := mockidp.Start(t, mockidp.TenantConfig{Algs: []string{alg}})
			claims, err := judge(idp, keySet(t, idp), idp.Token("n-1"), alg)
			if err != nil {
				t.Fatal(err)
			}
			if claims["nonce"] != "n-1" || claims["sub"] != "alice" {
				t.Errorf("claims %v", claims)
			}
			if claims[fault.MarkClaim] != true {
				t.Error("the token does not say that it is for testing only")
			}
			if exp := claims["exp"].(float64) - claims["iat"].(float64); exp != 300 {
				t.Errorf("a token lives %v seconds", exp)
			}
		})
	}
}

func TestThePlainProviderHasTwoKeysAndNothingOdd(t *testing.T) {
	idp := mockidp.Start(t)
	var set struct{ Keys []map[string]any }
	unmarshal(t, fetch(t, idp.Client(), idp.JWKSURI()), &set)
	if len(set.Keys) != 2 {
		t.Fatalf("%d keys", len(set.Keys))
	}
	for _, k := range set.Keys {
		for name := range k {
			if !strings.Contains(" kid use alg kty n e crv x y ", " "+name+" ") {
				t.Errorf("a plain key has a member %q", name)
			}
		}
		if k["use"] != "sig" || k["alg"] != "RS256" && k["alg"] != "ES256" {
			t.Errorf("key %v", k)
		}
	}
	keys := idp.Keys()
	if keys[0].KID == keys[1].KID {
		t.Error("two keys have one kid")
	}
}

func TestUnforgivingIsStillHonest(t *testing.T) {
	idp := mockidp.Start(t, mockidp.TenantConfig{Unforgiving: true})
	var set struct{ Keys []json.RawMessage }
	unmarshal(t, fetch(t, idp.Client(), idp.JWKSURI()), &set)
	if len(set.Keys) != 7 {
		t.Errorf("%d keys, want two among five strangers", len(set.Keys))
	}
	var known jose.JSONWebKeySet
	for _, raw := range set.Keys {
		var k jose.JSONWebKey
		if json.Unmarshal(raw, &k) == nil {
			known.Keys = append(known.Keys, k)
		}
	}
	if _, err := judge(idp, known, idp.Token(""), "RS256"); err != nil {
		t.Error(err)
	}
}

func TestOverMemory(t *testing.T) {
	p, err := mockidp.New(mockidp.Config{Memory: true})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	a, err := p.Tenant(mockidp.TenantConfig{})
	if err != nil {
		t.Fatal(err)
	}
	b, err := p.Tenant(mockidp.TenantConfig{With: a, SharedKID: true})
	if err != nil {
		t.Fatal(err)
	}
	if a.KID() != b.KID() {
		t.Error("the kid is not shared")
	}
	if _, err := judge(a, keySet(t, a), a.Token(""), "RS256"); err != nil {
		t.Error(err)
	}
	if _, err := judge(a, keySet(t, b), a.Token(""), "RS256"); err == nil {
		t.Error("two issuers share a key")
	}
	if _, err := a.Client().Get("https://nowhere.test/"); err == nil {
		t.Error("a host that is not the provider's answered")
	}
}

func TestRotation(t *testing.T) {
	idp := mockidp.Start(t)
	old, first := idp.Token(""), idp.KID()
	check := func(token string, want bool) {
		t.Helper()
		if _, err := judge(idp, keySet(t, idp), token, "RS256"); (err == nil) != want {
			t.Errorf("accepted: %v, want %v (%v)", err == nil, want, err)
		}
	}
	ahead, err := idp.Publish("")
	if err != nil || ahead.State != mockidp.Published {
		t.Fatal(ahead, err)
	}
	check(idp.Token(""), true)
	if idp.KID() != first {
		t.Error("a published key signs already")
	}
	next, err := idp.Rotate(mockidp.Rotation{})
	if err != nil || next.KID != ahead.KID || idp.KID() != ahead.KID {
		t.Fatalf("%v, %v: the published key does not come next", next, err)
	}
	check(old, true)
	check(idp.Token(""), true)
	if _, err := idp.Remove(""); err != nil {
		t.Fatal(err)
	}
	check(old, false)
	if _, err := idp.Rotate(mockidp.Rotation{SameKID: true}); err != nil || idp.KID() != next.KID {
		t.Errorf("the kid changed to %s: %v", idp.KID(), err)
	}
	check(idp.Token(""), true)
	if _, err := idp.Rotate(mockidp.Rotation{Remove: true}); err != nil {
		t.Error(err)
	}
	if n := len(keySet(t, idp).Keys); n != 2 {
		t.Errorf("%d keys are left", n)
	}
	if _, err := idp.Retire(""); err != nil {
		t.Error(err)
	}
	if _, err := idp.Mint(mockidp.Request{}); err == nil || !strings.Contains(err.Error(), "no active key") {
		t.Errorf("a token without an active key: %v", err)
	}
	for _, bad := range []func() error{
		func() error { _, err := idp.Remove("nobody"); return err },
		func() error { _, err := idp.Retire(""); return err },
		func() error { _, err := idp.Publish("RS257"); return err },
		func() error { return idp.Advance(-time.Second) },
	} {
		if bad() == nil {
			t.Error("nonsense was done")
		}
	}
}

func TestEveryTenantHasItsOwnClock(t *testing.T) {
	idp := mockidp.Start(t)
	other, err := idp.Provider().Tenant(mockidp.TenantConfig{})
	if err != nil {
		t.Fatal(err)
	}
	if err := idp.Advance(time.Hour); err != nil {
		t.Fatal(err)
	}
	if ahead := idp.Clock().Now().Sub(other.Clock().Now()); ahead < 59*time.Minute {
		t.Errorf("the other clock is only %v behind", ahead)
	}
}

func TestJournal(t *testing.T) {
	idp := mockidp.Start(t)
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	arrived := make(chan error, 1)
	go func() { arrived <- idp.Journal().Await(ctx, mockidp.KeySet, 2) }()
	fetch(t, idp.Client(), idp.JWKSURI())
	body := fetch(t, idp.Client(), idp.JWKSURI())
	if err := <-arrived; err != nil {
		t.Fatal(err)
	}
	if err := idp.Journal().Settled(ctx); err != nil {
		t.Fatal(err)
	}
	var got []mockidp.Entry
	for _, e := range idp.Journal().Entries(0) {
		if e.Endpoint == mockidp.KeySet {
			got = append(got, e)
		}
	}
	if len(got) != 2 || got[1].Body != string(body) || got[1].Status != 200 || got[1].Length != int64(len(body)) || len(got[1].Hash) != 64 {
		t.Errorf("%+v", got)
	}
	short, stop := context.WithCancel(ctx)
	stop()
	if err := idp.Journal().Await(short, mockidp.KeySet, 3); err == nil {
		t.Error("a third request was awaited that never came")
	}
}

func TestJournalIsBounded(t *testing.T) {
	p, err := mockidp.New(mockidp.Config{Memory: true})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	idp, err := p.Tenant(mockidp.TenantConfig{Algs: []string{"ES256"}})
	if err != nil {
		t.Fatal(err)
	}
	c := idp.Client()
	for range 3000 {
		fetch(t, c, idp.JWKSURI())
	}
	if n := idp.Journal().Hits(mockidp.KeySet); n != 3000 {
		t.Errorf("%d hits", n)
	}
	entries := idp.Journal().Entries(0)
	if n := len(entries); n > 2048 || n < 1024 {
		t.Errorf("%d entries are kept", n)
	}
	if last := entries[len(entries)-1].Seq; last != idp.Journal().Next()-1 {
		t.Errorf("the last entry is %d of %d", last, idp.Journal().Next())
	}
}

func TestUnknownPathsAreLoud(t *testing.T) {
	var said []string
	p, err := mockidp.New(mockidp.Config{Memory: true, Log: func(format string, args ...any) { said = append(said, format) }})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	idp, err := p.Tenant(mockidp.TenantConfig{})
	if err != nil {
		t.Fatal(err)
	}
	resp, err := idp.Client().Get(idp.Issuer() + "/keys")
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(resp.Body)
	resp.Body.Close()
	if resp.StatusCode != 404 || !strings.Contains(string(body), "/jwks") || len(said) != 1 {
		t.Errorf("%s %s %q", resp.Status, body, said)
	}
}
