package issuertest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"math/big"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
)

// ClientID is the client that tokens are made for.
const ClientID = "rp-1"

// A Token is a token in the making.
type Token struct {
	Header, Claims map[string]any
	// RawHeader and RawClaims stand in for them, if not empty.
	RawHeader, RawClaims string
	// Key signs, with Alg if it is not empty and else with its own.
	Key *Key
	Alg string
}

// Token makes an honest ID token, but for the changes.
func (p *Provider) Token(changes ...func(*Token)) string {
	now := p.Clock.Now()
	t := &Token{
		Header: map[string]any{"alg": p.Key.Alg, "kid": p.Key.Kid, "typ": "JWT"},
		Claims: map[string]any{
			"iss": p.URL, "sub": "alice", "aud": ClientID,
			"iat": now.Unix(), "exp": now.Add(time.Hour).Unix(),
		},
		Key: p.Key,
	}
	for _, change := range changes {
		change(t)
	}
	return t.Compact()
}

// Claim sets a claim; nil takes it away.
func Claim(name string, value any) func(*Token) {
	return func(t *Token) { put(t.Claims, name, value) }
}

// Header sets a header parameter; nil takes it away.
func Header(name string, value any) func(*Token) {
	return func(t *Token) { put(t.Header, name, value) }
}

func put(in map[string]any, name string, value any) {
	if value == nil {
		delete(in, name)
		return
	}
	in[name] = value
}

// RawHeader replaces the header by text.
func RawHeader(text string) func(*Token) { return func(t *Token) { t.RawHeader = text } }

// RawClaims replaces the payload by text.
func RawClaims(text string) func(*Token) { return func(t *Token) { t.RawClaims = text } }

// SignedBy signs with another key and says so.
func SignedBy(k *Key) func(*Token) {
	return func(t *Token) {
		t.Key = k
		t.Header["alg"], t.Header["kid"] = k.Alg, k.Kid
	}
}

// ForgedBy signs with another key and does not say so.
func ForgedBy(k *Key) func(*Token) { return func(t *Token) { t.Key = k } }

// Compact signs the token and writes it down.
func (t *Token) Compact() string {
	header, claims := t.RawHeader, t.RawClaims
	if header == "" {
		header = marshal(t.Header)
	}
	if claims == "" {
		claims = marshal(t.Claims)
	}
	input := Encode([]byte(header)) + "." + Encode([]byte(claims))
	alg := t.Alg
	if alg == "" {
		alg = t.Key.Alg
	}
	return input + "." + Encode(t.Key.Sign(alg, input))
}

func marshal(members map[string]any) string {
	text, err := json.Marshal(members, json.Deterministic(true))
	if err != nil {
		panic(err)
	}
	return string(text)
}

// Segments takes a token apart.
func Segments(token string) (header, payload, signature string) {
	parts := strings.Split(token, ".")
	return parts[0], parts[1], parts[2]
}

// Sign is the signature over input.
func (k *Key) Sign(alg, input string) []byte {
	hash := map[string]crypto.Hash{"256": crypto.SHA256, "384": crypto.SHA384, "512": crypto.SHA512}[alg[len(alg)-3:]]
	if k.Secret != nil {
		mac := hmac.New(hash.New, k.Secret)
		mac.Write([]byte(input))
		return mac.Sum(nil)
	}
	message, options := []byte(input), crypto.SignerOpts(crypto.Hash(0))
	if hash != 0 {
		h := hash.New()
		h.Write(message)
		message, options = h.Sum(nil), hash
	}
	if strings.HasPrefix(alg, "PS") {
		options = &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: hash}
	}
	if private, ok := k.Signer.(*ecdsa.PrivateKey); ok {
		r, s, err := ecdsa.Sign(rand.Reader, private, message)
		if err != nil {
			panic(err)
		}
		return sideBySide(r, s, private.Curve.Params().BitSize)
	}
	sig, err := k.Signer.Sign(rand.Reader, message, options)
	if err != nil {
		panic(err)
	}
	return sig
}

func sideBySide(r, s *big.Int, bits int) []byte {
	length := (bits + 7) / 8
	sig := make([]byte, 2*length)
	r.FillBytes(sig[:length])
	s.FillBytes(sig[length:])
	return sig
}
