package drivertest

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"
)

// A Provider serves discovery and an RSA key set over TLS on loopback.
type Provider struct {
	t      testing.TB
	server *httptest.Server

	// Fetched gets the path of every request, when it comes in.
	Fetched chan string

	mu     sync.Mutex
	keys   []Key
	made   int
	down   bool
	held   chan struct{}
	counts map[string]int
}

// Key is a signing key and the name under which it is published.
type Key struct {
	ID      string
	private *rsa.PrivateKey
}

// KeySet is the path of a provider's key set.
const KeySet = "/keys"

// NewProvider starts a provider with one key.
func NewProvider(t testing.TB) *Provider {
	t.Helper()
	p := &Provider{t: t, Fetched: make(chan string, 1024), counts: map[string]int{}}
	p.server = httptest.NewTLSServer(http.HandlerFunc(p.serve))
	t.Cleanup(p.server.Close)
	p.Rotate()
	return p
}

// Issuer is the provider's own name.
func (p *Provider) Issuer() string { return p.server.URL }

// CAPEM is the certificate that a client must trust.
func (p *Provider) CAPEM() string {
	return string(pem.EncodeToMemory(&pem.Block{
		Type: "CERTIFICATE", Bytes: p.server.Certificate().Raw,
	}))
}

// Trust is the message that makes a session trust this provider.
func (p *Provider) Trust(session string) Message {
	return Message{
		"cmd": "trust", "session": session, "caPEM": p.CAPEM(),
		"issuers": []Message{{"issuer": p.Issuer(), "clientID": "rp-1", "algs": []string{"RS256"}}},
	}
}

// Rotate publishes a new key in place of all others, and returns it.
func (p *Provider) Rotate() Key {
	p.t.Helper()
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		p.t.Fatal(err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.made++
	key := Key{ID: fmt.Sprintf("key-%d", p.made), private: private}
	p.keys = []Key{key}
	return key
}

// Down makes every request fail with 503, or ends that.
func (p *Provider) Down(down bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.down = down
}

// Hold makes the key set wait until release is called.
func (p *Provider) Hold() (release func()) {
	held := make(chan struct{})
	p.mu.Lock()
	defer p.mu.Unlock()
	p.held = held
	release = sync.OnceFunc(func() { close(held) })
	p.t.Cleanup(release) // or the server could not close
	return release
}

// Fetches counts the requests for a path.
func (p *Provider) Fetches(path string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.counts[path]
}

// AwaitFetch waits for the next request for a path.
func (p *Provider) AwaitFetch(path string) {
	p.t.Helper()
	deadline := time.After(Patience)
	for {
		select {
		case got := <-p.Fetched:
			if got == path {
				return
			}
		case <-deadline:
			p.t.Fatalf("nobody asks for %s", path)
		}
	}
}

// Claims are those of an honest token, with changes; nil takes a claim out.
func (p *Provider) Claims(changes Message) Message {
	now := Now()
	claims := Message{
		"iss": p.Issuer(), "aud": "rp-1", "sub": "alice",
		"iat": now.Unix(), "exp": now.Add(5 * time.Minute).Unix(),
	}
	for name, value := range changes {
		claims[name] = value
		if value == nil {
			delete(claims, name)
		}
	}
	return claims
}

// Sign signs claims with the published key.
func (p *Provider) Sign(claims Message) string {
	p.mu.Lock()
	key := p.keys[0]
	p.mu.Unlock()
	return p.SignWith(key, claims)
}

// SignWith signs claims with a key that may be published or not.
func (p *Provider) SignWith(key Key, claims Message) string {
	p.t.Helper()
	input := p.encode(Message{"alg": "RS256", "typ": "JWT", "kid": key.ID}) + "." + p.encode(claims)
	sum := sha256.Sum256([]byte(input))
	signature, err := rsa.SignPKCS1v15(nil, key.private, crypto.SHA256, sum[:])
	if err != nil {
		p.t.Fatal(err)
	}
	return input + "." + base64.RawURLEncoding.EncodeToString(signature)
}

func (p *Provider) encode(part Message) string {
	p.t.Helper()
	raw, err := json.Marshal(part)
	if err != nil {
		p.t.Fatal(err)
	}
	return base64.RawURLEncoding.EncodeToString(raw)
}

func (p *Provider) serve(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	p.counts[r.URL.Path]++
	down, held, keys := p.down, p.held, p.keys
	p.mu.Unlock()
	p.Fetched <- r.URL.Path
	if down {
		http.Error(w, "down", http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	switch r.URL.Path {
	case "/.well-known/openid-configuration":
		json.NewEncoder(w).Encode(Message{
			"issuer": p.Issuer(), "jwks_uri": p.Issuer() + KeySet,
			"authorization_endpoint":                p.Issuer() + "/authorize",
			"token_endpoint":                        p.Issuer() + "/token",
			"response_types_supported":              []string{"code"},
			"subject_types_supported":               []string{"public"},
			"id_token_signing_alg_values_supported": []string{"RS256"},
		})
	case KeySet:
		if held != nil {
			<-held
		}
		json.NewEncoder(w).Encode(Message{"keys": published(keys)})
	default:
		http.NotFound(w, r)
	}
}

func published(keys []Key) []Message {
	var set []Message
	for _, key := range keys {
		e := big.NewInt(int64(key.private.E)).Bytes()
		set = append(set, Message{
			"kty": "RSA", "use": "sig", "alg": "RS256", "kid": key.ID,
			"n": base64.RawURLEncoding.EncodeToString(key.private.N.Bytes()),
			"e": base64.RawURLEncoding.EncodeToString(e),
		})
	}
	return set
}
