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
	"runtime"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/golang-jwt/jwt/v5"
	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jwk"
	jwxt "github.com/lestrrat-go/jwx/v3/jwt"

	"github.com/rogueidp/rogueidp/validator"
	"github.com/rogueidp/rogueidp/validator/internal/issuertest"
)

const (
	issuer = "https://issuer.example"
	nonce  = "n-0S6_WzA2Mj"
	pairs  = 20
	// A pair is so many turns of each side, one after the other, each of so
	// many judgements: a millisecond or two, less than what disturbs a machine
	// lasts.
	turns, judgements = 20, 32
	// dearest is what a whole validation may cost, in signature checks.
	dearest = 1.2
)

// A rival judges one and the same token, again and again.
type rival struct {
	name  string
	judge func() error
	// bare tells that it checks the signature and nothing else.
	bare bool
}

// A line is one row of the table at the end.
type line struct {
	alg, name  string
	each       time.Duration
	ratio      float64 // of the reference's time to this one's
	allocs     float64
	bytes      float64
	ours       time.Duration
	oursAllocs float64
	oursBytes  float64
}

var table []line

func TestMain(m *testing.M) {
	code := m.Run()
	show()
	os.Exit(code)
}

func show() {
	if len(table) == 0 {
		return
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(w, "\n\tagainst\ttime\treference\tratio\tallocations\treference\tbytes\treference\t\n")
	for _, l := range table {
		fmt.Fprintf(w, "%s\t%s\t%.1fµs\t%.1fµs\t%.2f\t%.0f\t%.0f\t%.0f\t%.0f\t\n", l.alg, l.name,
			micro(l.each), micro(l.ours), l.ratio, l.allocs, l.oursAllocs, l.bytes, l.oursBytes)
	}
	fmt.Fprintf(w, "\n")
	w.Flush()
	fmt.Printf("ratio: reference to the other, median of %d pairs that took turns\n", pairs)
}

func micro(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1000 }

func BenchmarkRS256(b *testing.B) { compare(b, "RS256", issuertest.RSA("bench")) }
func BenchmarkES256(b *testing.B) { compare(b, "ES256", issuertest.EC("bench")) }

func compare(b *testing.B, alg string, key *issuertest.Key) {
	token := mint(key)
	ours := reference(b, key, token)
	for _, other := range []rival{bare(b, key, token), goOIDC(key, alg, token), golangJWT(key, alg, token), jwx(b, key, alg, token)} {
		b.Run(other.name, func(b *testing.B) {
			for b.Loop() {
				l := race(b, ours, other)
				l.alg = alg
				record(l)
				switch {
				case other.bare && l.ratio > dearest:
					b.Errorf("the reference takes %.2f times as long, more than %.2f", l.ratio, dearest)
				case !other.bare && l.ratio >= 1:
					b.Errorf("the reference takes %.2f times as long", l.ratio)
				case !other.bare && l.oursAllocs >= l.allocs:
					b.Errorf("the reference allocates %.0f times, this one %.0f times", l.oursAllocs, l.allocs)
				}
				b.ReportMetric(l.ratio, "ratio")
				b.ReportMetric(float64(l.ours.Nanoseconds()), "reference-ns")
				b.ReportMetric(float64(l.each.Nanoseconds()), "other-ns")
				b.ReportMetric(l.oursAllocs, "reference-allocs")
				b.ReportMetric(l.allocs, "other-allocs")
			}
		})
	}
}

// record keeps the last result of each comparison.
func record(l line) {
	table = slices.DeleteFunc(table, func(old line) bool { return old.alg == l.alg && old.name == l.name })
	table = append(table, l)
}

// mint makes an ID token as providers make them, of some 400 bytes of claims.
func mint(key *issuertest.Key) string {
	p := issuertest.New(issuer)
	now := time.Now().Unix()
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

// race lets two rivals take turns, and compares them pair by pair.
func race(b *testing.B, ours, other rival) line {
	b.Helper()
	run(b, ours, judgements)
	run(b, other, judgements)
	var ratios []float64
	var ourTimes, otherTimes []time.Duration
	for range pairs {
		var mine, theirs time.Duration
		for i := range turns {
			if i%2 == 0 {
				mine += run(b, ours, judgements)
				theirs += run(b, other, judgements)
			} else {
				theirs += run(b, other, judgements)
				mine += run(b, ours, judgements)
			}
		}
		ratios = append(ratios, float64(mine)/float64(theirs))
		ourTimes = append(ourTimes, mine/(turns*judgements))
		otherTimes = append(otherTimes, theirs/(turns*judgements))
	}
	l := line{name: other.name, ratio: median(ratios), ours: median(ourTimes), each: median(otherTimes)}
	l.oursAllocs, l.oursBytes = cost(b, ours)
	l.allocs, l.bytes = cost(b, other)
	return l
}

func run(b *testing.B, r rival, count int) time.Duration {
	b.Helper()
	began := time.Now()
	for range count {
		if err := r.judge(); err != nil {
			b.Fatalf("%s: %v", r.name, err)
		}
	}
	return time.Since(began)
}

// cost counts the allocations of one judgement and their bytes.
func cost(b *testing.B, r rival) (allocs, bytes float64) {
	b.Helper()
	const count = 1000
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	run(b, r, count)
	runtime.ReadMemStats(&after)
	return float64(after.Mallocs-before.Mallocs) / count, float64(after.TotalAlloc-before.TotalAlloc) / count
}

func median[T float64 | time.Duration](values []T) T {
	slices.Sort(values)
	return (values[(len(values)-1)/2] + values[len(values)/2]) / 2
}
