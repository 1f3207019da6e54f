package honest

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"
)

// A filedCase is what is needed of a case of the corpus.
type filedCase struct {
	ID, Scenario, Level, Expect, KeySet, Token string
	Config                                     struct {
		Issuer, ClientID, ClientSecret, Nonce, Leeway string
		Now                                           time.Time
		Algorithms                                    []string
	}
}

// corpus lets the command write the corpus, and reads it back.
func corpus(t *testing.T) []filedCase {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "corpus")
	cmd := exec.Command("go", "run", "./cmd/rogueidp", "export", folder)
	cmd.Dir = filepath.Join("..", "..", "..")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("rogueidp export: %v\n%s", err, out)
	}
	files, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	var all []filedCase
	for _, file := range files {
		if filepath.Base(file) == "manifest.json" {
			continue
		}
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var family struct{ Cases []filedCase }
		if err := json.Unmarshal(raw, &family); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		all = append(all, family.Cases...)
	}
	return all
}

// unlike are cases about which golang-jwt thinks otherwise, and
// what we know of it.
var unlike = map[string]string{
	"alg.ok-matrix/Ed25519:Ed25519": "it knows the algorithm of RFC 9864 by its older name alone",
}

// TestCorpus shows golang-jwt, in the hands of a careful caller, the tokens of
// the corpus: it takes those to be accepted, and none that is wrong about its
// algorithm or its signature.
func TestCorpus(t *testing.T) {
	accepted, refused := 0, 0
	for _, c := range corpus(t) {
		family, _, _ := strings.Cut(c.Scenario, ".")
		about := family == "alg" || family == "signature"
		if c.Expect != "accept" && (c.Expect != "reject" || c.Level != "must" || !about) {
			continue
		}
		err := byGolangJWT(t, c)
		want := c.Expect == "accept"
		switch why := unlike[c.ID]; {
		case why != "" && (err == nil) == want:
			t.Errorf("%s comes out as it should, though %s", c.ID, why)
		case why != "":
		case (err == nil) != want:
			t.Errorf("%s should be an %s: %v\n%s", c.ID, c.Expect, err, c.Token)
		case want:
			accepted++
		default:
			refused++
		}
	}
	t.Logf("accepted %d, refused %d", accepted, refused)
	if accepted < 80 || refused < 200 {
		t.Errorf("accepted %d and refused %d: that is hardly any", accepted, refused)
	}
}

func byGolangJWT(t *testing.T, c filedCase) error {
	t.Helper()
	leeway, err := time.ParseDuration(c.Config.Leeway)
	if err != nil {
		t.Fatal(err)
	}
	find := func(token *jwt.Token) (any, error) {
		if symmetric(token.Method.Alg()) {
			return []byte(c.Config.ClientSecret), nil
		}
		// One by one: go-jose refuses a whole set for one odd key.
		var set struct{ Keys []json.RawMessage }
		if err := json.Unmarshal([]byte(c.KeySet), &set); err != nil {
			return nil, err
		}
		kid, _ := token.Header["kid"].(string)
		var found []any
		for _, raw := range set.Keys {
			var k jose.JSONWebKey
			if json.Unmarshal(raw, &k) != nil {
				continue
			}
			if (kid == "" || k.KeyID == kid) && (k.Algorithm == "" || k.Algorithm == token.Method.Alg()) && (k.Use == "" || k.Use == "sig") && k.IsPublic() && k.Valid() {
				found = append(found, k.Key)
			}
		}
		if len(found) != 1 {
			return nil, fmt.Errorf("%d keys have the kid %q", len(found), kid)
		}
		return found[0], nil
	}
	parser := jwt.NewParser(jwt.WithValidMethods(c.Config.Algorithms), jwt.WithIssuer(c.Config.Issuer),
		jwt.WithAudience(c.Config.ClientID), jwt.WithExpirationRequired(), jwt.WithLeeway(leeway),
		jwt.WithTimeFunc(func() time.Time { return c.Config.Now }), jwt.WithStrictDecoding())
	claims := jwt.MapClaims{}
	if _, err := parser.ParseWithClaims(c.Token, claims, find); err != nil {
		return err
	}
	if c.Config.Nonce != "" && claims["nonce"] != c.Config.Nonce {
		return fmt.Errorf("nonce %q", claims["nonce"])
	}
	return nil
}
