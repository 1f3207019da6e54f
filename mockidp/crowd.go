package mockidp

import (
	"crypto/ecdh"
	"crypto/elliptic"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"math/big"
	"sync"
	"sync/atomic"

	"github.com/go-jose/go-jose/v4"

	"github.com/rogueidp/rogueidp/mockidp/fault"
)

// crowds are the entries of many keys, kept from the moment at which a fault
// that wants them is put up: 100,000 points take most of a second.
var crowds sync.Map // func() []byte, by how many

// crowd is this many JWKs, with commas between them: public keys on P-256 that
// are what they say, by private keys that anybody could guess, so that nobody
// signs with them.
func crowd(count int) []byte {
	made, _ := crowds.LoadOrStore(count, sync.OnceValue(func() []byte { return gather(count) }))
	return made.(func() []byte)()
}

func gather(count int) []byte {
	const each = 170
	entries := make([]byte, 0, count*each)
	word := word()
	prime := elliptic.P256().Params().P
	var scalar [32]byte
	var x, y [32]byte
	for i := range count {
		// A point and its opposite make two keys at the price of one.
		if i%2 == 1 {
			new(big.Int).Sub(prime, new(big.Int).SetBytes(y[:])).FillBytes(y[:])
		} else {
			binary.BigEndian.PutUint64(scalar[24:], uint64(i)+2)
			private, err := ecdh.P256().NewPrivateKey(scalar[:])
			if err != nil {
				panic(err) // no scalar from 2 to 2^63 is out of range
			}
			point := private.PublicKey().Bytes()
			copy(x[:], point[1:33])
			copy(y[:], point[33:])
		}
		if i > 0 {
			entries = append(entries, ',')
		}
		entries = append(entries, `{"kty":"EC","crv":"P-256","use":"sig","kid":"`...)
		entries = fmt.Appendf(entries, `%s-%d","x":"`, word, i)
		entries = base64.RawURLEncoding.AppendEncode(entries, x[:])
		entries = append(entries, `","y":"`...)
		entries = base64.RawURLEncoding.AppendEncode(entries, y[:])
		entries = append(entries, `"}`...)
	}
	return entries
}

// novel counts the names that were given out, in this process and from a
// random place on, so that no answer repeats those of another.
var novel = func() *atomic.Uint64 {
	var n atomic.Uint64
	n.Store(uint64(octet())<<16 | uint64(octet())<<8 | uint64(octet()))
	return &n
}()

// withNames puts this many members before those of an object, each under a
// name that is new. A name has five letters and digits, which keeps 100,000 of
// them below a megabyte. What is no object stays as it is.
func withNames(count int, body []byte) []byte {
	if count <= 0 || len(body) < 2 || body[0] != '{' {
		return body
	}
	const digits = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	next := novel.Add(uint64(count)) - uint64(count)
	named := make([]byte, 0, 10*count+len(body))
	named = append(named, '{')
	for i := range uint64(count) {
		named = append(named, `"00000":0,`...)
		name := named[len(named)-9:]
		for n, at := next+i, 4; n > 0 && at >= 0; n, at = n/62, at-1 {
			name[at] = digits[n%62]
		}
	}
	if body[1] == '}' {
		named = named[:len(named)-1]
	}
	return append(named, body[1:]...)
}

// withPrivateHalf puts the private half of the key in place of the public
// members of its JWK.
func (k *key) withPrivateHalf(o fault.Object) (fault.Object, error) {
	raw, err := (&jose.JSONWebKey{Key: k.material.signer}).MarshalJSON()
	if err != nil {
		return nil, fmt.Errorf("write the private half of %s: %w", k.KID, err)
	}
	private, ok := fault.ReadObject(raw)
	if !ok {
		return nil, fmt.Errorf("the private JWK of %s is no object", k.KID)
	}
	for _, name := range keyMembers {
		o.Drop(name)
	}
	return append(o, private...), nil
}
