package mutants

import (
	"bytes"
	"compress/flate"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"math/big"
	"strings"

	"github.com/go-jose/go-jose/v4"
)

// tired is after how many rounds of a password derivation even a mutant gives
// up: a second or two.
const tired = 10_000_000

// unsealer decrypts by hand, because no published library is as weak. It bounds
// nothing and minds no key's own algorithm. A careless one minds the key, and
// checks nothing on the way.
type unsealer struct{ careless bool }

type jweHeader struct {
	Alg, Enc, Kid, Zip, P2s string
	P2c                     float64
	Epk                     struct{ Crv, X, Y string }
}

func (o unsealer) open(keys []jose.JSONWebKey, raw string) (string, error) {
	segments := strings.Split(raw, ".")
	if len(segments) < 4 || len(segments) != 5 && !o.careless {
		return "", fmt.Errorf("it has %d parts", len(segments))
	}
	if len(segments) == 4 {
		segments = append(segments, "")
	}
	var parts [5][]byte
	for i := range parts {
		var err error
		if parts[i], err = base64.RawURLEncoding.DecodeString(segments[i]); err != nil {
			return "", err
		}
	}
	var h jweHeader
	if err := json.Unmarshal(parts[0], &h); err != nil {
		return "", err
	}
	var key jose.JSONWebKey
	for _, k := range keys {
		if k.KeyID == h.Kid {
			key = k
		}
	}
	if o.careless && key.Algorithm != "" && key.Algorithm != h.Alg {
		return "", errors.New("the key is for another algorithm")
	}
	size, ok := map[string]int{"A128GCM": 16, "A256GCM": 32, "A128CBC-HS256": 32}[h.Enc]
	if !ok {
		return "", errors.New("enc is unknown")
	}
	contentKey, err := o.contentKey(h, key.Key, parts[1], size)
	if err != nil {
		return "", err
	}
	if len(contentKey) != size {
		return "", errors.New("the content key has a wrong length")
	}
	content, err := o.content(h, contentKey, segments[0], parts)
	if err == nil && h.Zip == "DEF" {
		reader := flate.NewReader(bytes.NewReader(content))
		if o.careless {
			content, err = io.ReadAll(io.LimitReader(reader, 250_000))
		} else {
			content, err = io.ReadAll(reader)
		}
	}
	return string(content), err
}

func (o unsealer) contentKey(h jweHeader, key any, encrypted []byte, size int) ([]byte, error) {
	switch k := key.(type) {
	case *rsa.PrivateKey:
		var digest hash.Hash
		switch h.Alg {
		case "RSA1_5":
			if !o.careless {
				//lint:ignore SA1019 a target that was told to take RSA1_5 is what this stands for
				return rsa.DecryptPKCS1v15(nil, k, encrypted)
			}
			block := new(big.Int).Exp(new(big.Int).SetBytes(encrypted), k.D, k.N).FillBytes(make([]byte, k.Size()))
			return block[len(block)-size:], nil
		case "RSA-OAEP":
			digest = sha1.New()
		case "RSA-OAEP-256":
			digest = sha256.New()
		default:
			return nil, errors.New("alg does not fit the key")
		}
		return rsa.DecryptOAEP(digest, nil, k, encrypted, nil)
	case *ecdsa.PrivateKey:
		shared, err := o.agree(h, k)
		if err != nil {
			return nil, err
		}
		input := append([]byte{0, 0, 0, 1}, shared...)
		input = binary.BigEndian.AppendUint32(input, uint32(len(h.Enc)))
		input = append(append(input, h.Enc...), make([]byte, 8)...)
		sum := sha256.Sum256(binary.BigEndian.AppendUint32(input, uint32(size)*8))
		return sum[:size], nil
	case []byte:
		if h.Alg == "PBES2-HS256+A128KW" {
			salt, err := base64.RawURLEncoding.DecodeString(h.P2s)
			if err != nil {
				return nil, err
			}
			rounds := int(min(max(h.P2c, 1), tired))
			if o.careless && h.P2c > 100_000 {
				return nil, errors.New("that is too much work")
			}
			if k, err = pbkdf2.Key(sha256.New, string(k), append(append([]byte(h.Alg), 0), salt...), rounds, 16); err != nil {
				return nil, err
			}
		}
		return o.unwrap(k, encrypted)
	}
	return nil, errors.New("there is no key for it")
}

// agree is ECDH. A careless receiver multiplies whatever comes (CVE-2017-16007).
func (o unsealer) agree(h jweHeader, k *ecdsa.PrivateKey) ([]byte, error) {
	x, _ := base64.RawURLEncoding.DecodeString(h.Epk.X)
	y, _ := base64.RawURLEncoding.DecodeString(h.Epk.Y)
	number, err := k.Bytes()
	if err != nil {
		return nil, err
	}
	if o.careless {
		return multiplied(k.Params().P, new(big.Int).SetBytes(x), new(big.Int).SetBytes(y), number), nil
	}
	theirs, err := ecdh.P256().NewPublicKey(append(append([]byte{4}, x...), y...))
	if err != nil {
		return nil, err
	}
	mine, err := k.ECDH()
	if err != nil {
		return nil, err
	}
	return mine.ECDH(theirs)
}

// multiplied is the abscissa of a multiple of a point on whichever curve of
// a = -3 it lies.
func multiplied(p, x, y *big.Int, number []byte) []byte {
	var sx, sy *big.Int // nothing at infinity
	add := func(bx, by *big.Int) {
		if sx == nil {
			sx, sy = bx, by
			return
		}
		rise, run := new(big.Int).Sub(by, sy), new(big.Int).Sub(bx, sx)
		if run.Sign() == 0 {
			if sy.Sign() == 0 || rise.Sign() != 0 {
				sx, sy = nil, nil
				return
			}
			rise.Mul(sx, sx).Mul(rise, big.NewInt(3)).Sub(rise, big.NewInt(3))
			run.Lsh(sy, 1)
		}
		run.Mod(run, p)
		if run.ModInverse(run, p) == nil {
			sx, sy = nil, nil
			return
		}
		slope := rise.Mul(rise, run).Mod(rise, p)
		nx := new(big.Int).Mul(slope, slope)
		nx.Sub(nx, sx).Sub(nx, bx).Mod(nx, p)
		ny := new(big.Int).Sub(sx, nx)
		ny.Mul(ny, slope).Sub(ny, sy).Mod(ny, p)
		sx, sy = nx, ny
	}
	for _, octet := range number {
		for bit := 7; bit >= 0; bit-- {
			if sx != nil {
				add(sx, sy)
			}
			if octet>>bit&1 == 1 {
				add(x, y)
			}
		}
	}
	if sx == nil {
		sx = new(big.Int)
	}
	return sx.FillBytes(make([]byte, max(32, len(sx.Bytes()))))
}

// unwrap is AES Key Wrap (RFC 3394). A careless one looks for the first block
// of what is not there (CVE-2026-34986).
func (o unsealer) unwrap(key, in []byte) ([]byte, error) {
	if !o.careless && (len(in) < 24 || len(in)%8 != 0) {
		return nil, errors.New("the encrypted key has a wrong length")
	}
	block, err := aes.NewCipher(key[:16])
	if err != nil {
		return nil, err
	}
	first, n := append([]byte(nil), in[:8]...), len(in)/8-1
	out := append([]byte(nil), in[8:]...)
	for j := 5; j >= 0; j-- {
		for i := n; i >= 1; i-- {
			b := binary.BigEndian.AppendUint64(nil, binary.BigEndian.Uint64(first)^uint64(n*j+i))
			b = append(b, out[8*i-8:8*i]...)
			block.Decrypt(b, b)
			copy(first, b[:8])
			copy(out[8*i-8:], b[8:])
		}
	}
	for _, b := range first {
		if b != 0xa6 {
			return nil, errors.New("the encrypted key is another's")
		}
	}
	return out, nil
}

func (o unsealer) content(h jweHeader, key []byte, aad string, parts [5][]byte) ([]byte, error) {
	iv, text, tag := parts[2], parts[3], parts[4]
	if h.Enc == "A128CBC-HS256" {
		return o.fromCBC(key, aad, iv, text, tag)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	if !o.careless {
		if len(iv) != 12 || len(tag) != 16 {
			return nil, errors.New("iv or tag has a wrong length")
		}
		return gcm.Open(nil, iv, append(append([]byte(nil), text...), tag...), []byte(aad))
	}
	// As many octets of the tag as came are compared (CVE-2018-1000539).
	content := make([]byte, len(text))
	cipher.NewCTR(block, append(append([]byte(nil), iv...), 0, 0, 0, 2)).XORKeyStream(content, text)
	full := gcm.Seal(nil, iv, content, []byte(aad))[len(text):]
	if !bytes.HasPrefix(full, tag) {
		return nil, errors.New("the tag is wrong")
	}
	return content, nil
}

func (o unsealer) fromCBC(key []byte, aad string, iv, text, tag []byte) ([]byte, error) {
	mac := hmac.New(sha256.New, key[:16])
	for _, b := range [][]byte{[]byte(aad), iv, text, binary.BigEndian.AppendUint64(nil, uint64(len(aad))*8)} {
		mac.Write(b)
	}
	full := mac.Sum(nil)[:16]
	if !o.careless && !hmac.Equal(full, tag) {
		return nil, errors.New("the tag is wrong")
	}
	block, err := aes.NewCipher(key[16:])
	if err != nil {
		return nil, err
	}
	content := make([]byte, len(text))
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(content, text)
	// A careless one takes off the padding first, even of nothing.
	content = content[:len(content)-int(content[len(content)-1])]
	if !bytes.HasPrefix(full, tag) {
		return nil, errors.New("the tag is wrong")
	}
	return content, nil
}
