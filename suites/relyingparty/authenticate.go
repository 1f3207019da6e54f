package relyingparty

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-json-experiment/json"
)

// assertionLife is short: an assertion is used at once.
const assertionLife = time.Minute

// assertionKey is the kid of the key of private_key_jwt.
const assertionKey = "relyingparty"

// authenticate lets a request of a token endpoint say who asks (OpenID Connect
// Core, 9; RFC 6749, 2.3.1).
func (p *Party) authenticate(r *http.Request, one *peer, m *metadata, form url.Values) error {
	switch one.Auth {
	case "client_secret_basic":
		r.SetBasicAuth(url.QueryEscape(one.ClientID), url.QueryEscape(one.ClientSecret))
		return nil
	case "client_secret_post":
		form.Set("client_secret", one.ClientSecret)
	case "private_key_jwt":
		assertion, err := p.assertion(one, m)
		if err != nil {
			return err
		}
		form.Set("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
		form.Set("client_assertion", assertion)
	}
	form.Set("client_id", one.ClientID)
	body := form.Encode()
	r.Body, r.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
	r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(body)), nil }
	return nil
}

// assertion is a client's proof for one issuer and no other.
func (p *Party) assertion(one *peer, m *metadata) (string, error) {
	signer, err := signerOf(one.Key)
	if err != nil {
		return "", err
	}
	now := p.now()
	claims, err := json.Marshal(map[string]any{
		"iss": one.ClientID, "sub": one.ClientID, "aud": p.ways.Audience(one, m), "jti": secret("jti"),
		"iat": now.Unix(), "exp": now.Add(assertionLife).Unix(),
	})
	if err != nil {
		return "", err
	}
	signed, err := signer.Sign(claims)
	if err != nil {
		return "", fmt.Errorf("sign the client assertion: %w", err)
	}
	return signed.CompactSerialize()
}

func signerOf(key crypto.Signer) (jose.Signer, error) {
	alg, err := algOf(key)
	if err != nil {
		return nil, err
	}
	return jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: jose.JSONWebKey{Key: key, KeyID: assertionKey}}, (&jose.SignerOptions{}).WithType("JWT"))
}

func algOf(key crypto.Signer) (jose.SignatureAlgorithm, error) {
	switch k := key.(type) {
	case *ecdsa.PrivateKey:
		if k.Curve == elliptic.P256() {
			return jose.ES256, nil
		}
	case *rsa.PrivateKey:
		return jose.RS256, nil
	}
	return "", errors.New("the Key is neither an RSA key nor one on P-256")
}

// JWKS is the key set of private_key_jwt, to be registered with the issuers. It
// is empty where no registration has a key.
func (p *Party) JWKS() ([]byte, error) {
	set := jose.JSONWebKeySet{Keys: []jose.JSONWebKey{}}
	for _, one := range p.peers {
		if one.Key == nil {
			continue
		}
		alg, err := algOf(one.Key)
		if err != nil {
			return nil, err
		}
		set.Keys = append(set.Keys, jose.JSONWebKey{Key: one.Key.Public(), KeyID: assertionKey, Algorithm: string(alg), Use: "sig"})
	}
	return json.Marshal(set)
}

// keys answers with the key set.
func (p *Party) keys(w http.ResponseWriter, r *http.Request) {
	set, err := p.JWKS()
	if err != nil {
		p.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/jwk-set+json")
	_, _ = w.Write(set)
}
