package mockidp

import (
	"crypto/ecdsa"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"math/big"

	"github.com/rogueidp/rogueidp/mockidp/fault"
)

// recipients are the client's own keys, by the alg that each is marked for.
// One RSA key is marked for none, so that what refuses RSA1_5 under it refuses
// the algorithm.
var recipients = []struct {
	alg  string
	kind kind
}{
	{"RSA-OAEP", kindRSA}, {"", kindRSA}, {"ECDH-ES", kindP256}, {"A128KW", kindOct}, {"PBES2-HS256+A128KW", kindOct},
}

// recipient is the client's key for an alg, made when first wanted.
func (t *Tenant) recipient(alg string) (*key, error) {
	for _, r := range recipients {
		if r.alg != alg {
			continue
		}
		t.verbs.Lock()
		defer t.verbs.Unlock()
		name := "recipient " + alg
		t.mu.RLock()
		known := t.named[name]
		t.mu.RUnlock()
		if known != nil {
			return known, nil
		}
		m, err := t.ring.take(r.kind)
		if err != nil {
			return nil, err
		}
		made := &key{Key: Key{KID: t.chance.kid(), Alg: alg, State: Pending, Since: t.clock.Now()}, kind: r.kind, material: m}
		t.mu.Lock()
		defer t.mu.Unlock()
		t.named[name] = made
		return made, nil
	}
	return nil, fmt.Errorf("the client has no key for %q", alg)
}

// DecryptionKeys are the client's private keys as JWKs: what it decrypts the
// tenant's tokens with, each marked for the one alg that was agreed on for it,
// but for one RSA key that is marked for none.
func (t *Tenant) DecryptionKeys() ([]json.RawMessage, error) {
	var list []json.RawMessage
	for _, r := range recipients {
		k, err := t.recipient(r.alg)
		if err != nil {
			return nil, err
		}
		o := fault.Object{{Name: "kid", Value: fault.Text(k.KID)}, {Name: "use", Value: `"enc"`}}
		if k.Alg != "" {
			o.Set("alg", fault.Text(k.Alg))
		}
		switch signer := k.material.signer.(type) {
		case *rsa.PrivateKey:
			o = append(o, k.material.public...)
			for _, part := range []struct {
				name  string
				value *big.Int
			}{
				{"d", signer.D}, {"p", signer.Primes[0]}, {"q", signer.Primes[1]},
				{"dp", signer.Precomputed.Dp}, {"dq", signer.Precomputed.Dq}, {"qi", signer.Precomputed.Qinv},
			} {
				o.Set(part.name, b64(part.value.Bytes()))
			}
		case *ecdsa.PrivateKey:
			o = append(o, k.material.public...)
			d, err := signer.Bytes()
			if err != nil {
				return nil, err
			}
			o.Set("d", b64(d))
		default:
			o.Set("kty", `"oct"`)
			o.Set("k", b64(k.secretFor(k.Alg)))
		}
		list = append(list, json.RawMessage(o.Append(nil)))
	}
	return list, nil
}

// secretFor is as much of a secret as an alg takes.
func (k *key) secretFor(alg string) []byte {
	if alg == "A128KW" {
		return k.material.secret[:16]
	}
	return k.material.secret
}
