package mockidp

import (
	"crypto"
	"crypto/ed25519"
	"crypto/elliptic"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/rogueidp/rogueidp/mockidp/fault"
)

// A kind is what a key is made of.
type kind string

const (
	kindRSA     kind = "rsa"
	kindP256    kind = "p256"
	kindP384    kind = "p384"
	kindP521    kind = "p521"
	kindEd25519 kind = "ed25519"
	kindOct     kind = "oct"
)

// material is a key pair, or something that is published as if it were one.
// It never changes once made, but for a certificate made when first wanted, and
// tenants share it.
type material struct {
	kind   kind
	signer crypto.Signer // nil where the standard library refuses such a key
	rsa    *oddRSA       // an RSA key that the standard library refuses
	secret []byte        // of kindOct
	public fault.Object  // the JWK without kid, use and alg

	chance *chance   // what it was derived from, nil for one that is random
	from   time.Time // its certificate's first moment

	certified sync.Once // guards the certificate
	der       []byte
	derErr    error
}

// A pool makes key pairs once per process and keeps them: an RSA key costs
// tens of milliseconds, and a run needs hundreds of tenants.
type pool struct {
	chance *chance   // nil: keys are new in every process
	from   time.Time // when certificates begin
	mu     sync.Mutex
	slots  map[slot]*slotted
}

func newPool(c *chance, at time.Time) *pool {
	return &pool{chance: c, from: at.Add(-24 * time.Hour).Truncate(time.Hour), slots: map[slot]*slotted{}}
}

type slot struct {
	kind  kind
	index int
}

// slotted is the place of one key in the pool, whether it is made yet or not.
type slotted struct {
	kind   kind
	chance *chance
	from   time.Time
	once   sync.Once
	key    *material
	err    error
}

var keys = newPool(nil, (&Clock{}).Now())

// place is where the i-th key of a kind is, or will be.
func (p *pool) place(k kind, i int) *slotted {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.slots[slot{k, i}]
	if s == nil {
		s = &slotted{kind: k, chance: p.chance.named(fmt.Sprintf("key %s %d", k, i)), from: p.from}
		p.slots[slot{k, i}] = s
	}
	return s
}

// material makes the key when nobody asked for it before.
func (s *slotted) material() (*material, error) {
	s.once.Do(func() {
		if s.key, s.err = makeKey(s.kind, s.chance); s.key != nil {
			s.key.from = s.from
		}
	})
	return s.key, s.err
}

// A ring hands out keys of the pool so that none is handed out twice: whoever
// shares a ring never meets one key in two roles.
type ring struct {
	pool *pool
	mu   sync.Mutex
	next map[kind]int
}

func newRing(p *pool) *ring { return &ring{pool: p, next: map[kind]int{}} }

// reserve hands out a key that may still have to be made. Without a ring it is
// one of no pool, for those who never make it.
func (r *ring) reserve(k kind) *slotted {
	if r == nil {
		return &slotted{kind: k}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	i := r.next[k]
	r.next[k]++
	return r.pool.place(k, i)
}

func (r *ring) take(k kind) (*material, error) { return r.reserve(k).material() }

// ahead makes the key that will be handed out next, so that nobody has to wait
// for it then.
func (r *ring) ahead(k kind) {
	r.mu.Lock()
	s := r.pool.place(k, r.next[k])
	r.mu.Unlock()
	go func() { _, _ = s.material() }() // whoever takes the key gets the error too
}

func makeKey(k kind, c *chance) (*material, error) {
	m := &material{kind: k, chance: c}
	var err error
	switch k {
	case kindRSA:
		m.signer, err = makeRSA(c)
	case kindP256:
		m.signer, err = makeECDSA(c, elliptic.P256())
	case kindP384:
		m.signer, err = makeECDSA(c, elliptic.P384())
	case kindP521:
		m.signer, err = makeECDSA(c, elliptic.P521())
	case kindEd25519:
		m.signer = ed25519.NewKeyFromSeed(c.octets(ed25519.SeedSize))
	case kindOct:
		m.secret = c.octets(64)
		m.public = fault.Object{{Name: "kty", Value: `"oct"`}, {Name: "k", Value: b64(m.secret)}}
		return m, err
	case "es256k":
		m.public, err = koblitz(c)
		return m, err
	default:
		m.rsa, err = makeOddRSA(k, c)
		if err != nil {
			return nil, err
		}
		m.public = m.rsa.jwk()
		return m, nil
	}
	if err != nil {
		return nil, fmt.Errorf("make a %s key: %w", k, err)
	}
	m.public, err = publicJWK(m.signer.Public())
	return m, err
}

// publicJWK is the JWK of a public key, nothing but the key itself.
func publicJWK(public any) (fault.Object, error) {
	raw, err := json.Marshal(jose.JSONWebKey{Key: public})
	if err != nil {
		return nil, fmt.Errorf("write a %T as a JWK: %w", public, err)
	}
	o, ok := fault.ReadObject(raw)
	if !ok {
		return nil, fmt.Errorf("the JWK %s is no object", raw)
	}
	return o, nil
}

func b64(b []byte) fault.JSON { return fault.Text(base64.RawURLEncoding.EncodeToString(b)) }

// koblitz is a public key on secp256k1, for key sets in which ES256K stands
// beside what everybody knows. Nothing is ever signed by it: any point on
// y² = x³ + 7 will do, and the field's prime is 3 modulo 4, which makes the
// root one power.
func koblitz(c *chance) (fault.Object, error) {
	p, _ := new(big.Int).SetString("fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f", 16)
	for {
		x, err := below(c, p)
		if err != nil {
			return nil, err
		}
		square := new(big.Int).Exp(x, big.NewInt(3), p)
		square.Add(square, big.NewInt(7)).Mod(square, p)
		exponent := new(big.Int).Rsh(new(big.Int).Add(p, big.NewInt(1)), 2)
		y := new(big.Int).Exp(square, exponent, p)
		if new(big.Int).Exp(y, big.NewInt(2), p).Cmp(square) == 0 {
			return fault.Object{
				{Name: "kty", Value: `"EC"`}, {Name: "crv", Value: `"secp256k1"`},
				{Name: "x", Value: b64(x.FillBytes(make([]byte, 32)))},
				{Name: "y", Value: b64(y.FillBytes(make([]byte, 32)))},
			}, nil
		}
	}
}
