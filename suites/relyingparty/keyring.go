package relyingparty

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/rogueidp/rogueidp/validator"
)

// A keyring holds the keys of one issuer for what is no ID token: logout tokens
// and UserInfo responses. It learns a key when it meets one that it does not
// know, once in a while.
type keyring struct {
	mu    sync.Mutex
	keys  []jsontext.Value
	known time.Time // when they were fetched
}

const (
	keysFresh    = 10 * time.Minute
	keysCooldown = 2 * time.Second // between fetches for unfamiliar keys
)

// verify checks the signature of a JWS by one of the issuer's keys and returns
// the payload. algs are the algorithms that were agreed on.
func (p *Party) verify(ctx context.Context, one *peer, m *metadata, raw string, algs ...string) ([]byte, error) {
	h, err := headerOf(raw)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(algs, h.Alg) {
		return nil, distrust(errors.New("the token is signed with an algorithm that was not agreed on"))
	}
	keys, err := p.keysFor(ctx, one, m, h.KID)
	if err != nil {
		return nil, err
	}
	err = distrust(errors.New("none of the issuer's keys fits the token"))
	for _, key := range keys {
		text, wrong := validator.VerifyJWS(raw, []byte(key), h.Alg)
		if wrong == nil {
			return text, nil
		}
		err = distrust(wrong)
	}
	return nil, err
}

type header struct {
	Alg string `json:"alg"`
	Typ string `json:"typ"`
	KID string `json:"kid"`
}

func headerOf(raw string) (*header, error) {
	first, _, _ := strings.Cut(raw, ".")
	text, err := base64.RawURLEncoding.Strict().DecodeString(first)
	if err != nil {
		return nil, distrust(errors.New("the token cannot be read"))
	}
	h := new(header)
	if err := json.Unmarshal(text, h); err != nil {
		return nil, distrust(fmt.Errorf("the header of the token cannot be read: %w", err))
	}
	return h, nil
}

// keysFor are the keys of a kid; all keys where there is none.
func (p *Party) keysFor(ctx context.Context, one *peer, m *metadata, kid string) ([]jsontext.Value, error) {
	ring, now := &one.keys, p.now()
	ring.mu.Lock()
	defer ring.mu.Unlock()
	found := withKID(ring.keys, kid)
	age := now.Sub(ring.known)
	if ring.known.IsZero() || age > keysFresh || len(found) == 0 && age > keysCooldown {
		keys, err := p.fetchKeys(ctx, m.KeySet)
		if err != nil {
			return nil, err
		}
		ring.keys, ring.known = keys, now
		found = withKID(keys, kid)
	}
	if len(found) == 0 {
		return nil, distrust(errors.New("the issuer has no key of this kid"))
	}
	return found, nil
}

func withKID(keys []jsontext.Value, kid string) []jsontext.Value {
	if kid == "" {
		return keys
	}
	var found []jsontext.Value
	for _, key := range keys {
		var named struct {
			KID string `json:"kid"`
		}
		if json.Unmarshal(key, &named) == nil && named.KID == kid {
			found = append(found, key)
		}
	}
	return found
}

func (p *Party) fetchKeys(ctx context.Context, address string) ([]jsontext.Value, error) {
	r, err := get(ctx, address)
	if err != nil {
		return nil, err
	}
	a, err := p.exchange(r)
	if err != nil {
		return nil, err
	}
	if err := a.failed(); err != nil {
		return nil, err
	}
	var set struct {
		Keys []jsontext.Value `json:"keys"`
	}
	if err := json.Unmarshal(a.body, &set); err != nil || len(set.Keys) == 0 {
		return nil, distrust(errors.New("the issuer's key set cannot be read, or is empty"))
	}
	return set.Keys, nil
}
