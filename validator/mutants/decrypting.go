package mutants

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/go-jose/go-jose/v4"

	"github.com/rogueidp/rogueidp/validator"
)

// A Decrypter is the reference behind a decryption: encryption to the client
// was agreed on, and what is encrypted is a signed token. The reference itself
// refuses encrypted tokens, so the first of them is an honest one, and the
// control of the others.
type Decrypter struct {
	// Name is what the decrypter does, in a few words.
	Name string
	// Forgets is what it leaves undone, as the rest of the sentence "the
	// validator that …"; empty for the honest one.
	Forgets string

	open open
	// signed names the mutant that judges what was decrypted; empty is the
	// reference.
	signed string
	// plain takes tokens that are not encrypted, bare takes claims that nobody
	// signed, and again what is encrypted more than once.
	plain, bare, again bool
}

// An open decrypts one JWE with the client's keys.
type open func(keys []jose.JSONWebKey, raw string) (string, error)

var decrypters = []Decrypter{
	{Name: "decrypts", open: strictly},
	{
		Name:    "decrypts-anything",
		Forgets: "decrypts by any algorithm with any key at any cost, and asks nobody who signed what it finds",
		open:    unsealer{}.open, signed: "accepts-none", plain: true, bare: true, again: true,
	},
	{
		Name:    "decrypts-carelessly",
		Forgets: "checks no point, no padding, no length and no more of a tag than there is",
		open:    unsealer{careless: true}.open,
	},
	{
		Name:    "decrypts-unless-told",
		Forgets: "takes a token for decrypted and good because its header has enc",
		open:    strictly, signed: "believes-enc", plain: true,
	},
}

// Decrypters lists the validators of encrypted tokens, the honest one first.
func Decrypters() []Decrypter { return slices.Clone(decrypters) }

// A Decrypting is a decrypter at work.
type Decrypting struct {
	Decrypter
	keys  []jose.JSONWebKey
	inner *validator.Validator
}

// Decrypt makes the decrypter of a name, with the client's private keys as
// JWKs. The error says which key cannot be read.
func Decrypt(name string, keys []json.RawMessage, configs ...validator.Config) (*Decrypting, error) {
	i := slices.IndexFunc(decrypters, func(d Decrypter) bool { return d.Name == name })
	if i < 0 {
		return nil, fmt.Errorf("mutants: there is no decrypter %q; Decrypters lists the names", name)
	}
	d := &Decrypting{Decrypter: decrypters[i]}
	for n, raw := range keys {
		var k jose.JSONWebKey
		if err := json.Unmarshal(raw, &k); err != nil {
			return nil, fmt.Errorf("mutants: decryption key %d: %w", n, err)
		}
		d.keys = append(d.keys, k)
	}
	var err error
	if d.signed != "" {
		d.inner, err = New(d.signed, configs...)
	} else {
		d.inner, err = validator.New(configs[0], configs[1:]...)
	}
	return d, err
}

// Validate decrypts a token, validates what was in it, and returns its claims
// in JSON.
func (d *Decrypting) Validate(ctx context.Context, raw string, options ...validator.Option) ([]byte, error) {
	for depth := 0; ; depth++ {
		encrypted := !d.plain && depth == 0 || strings.Count(raw, ".") == 4 && (depth == 0 || d.again)
		if !encrypted {
			break
		}
		inner, err := d.open(d.keys, raw)
		if err != nil {
			return nil, fmt.Errorf("the token cannot be decrypted: %w", err)
		}
		raw = inner
	}
	if d.bare {
		raw = strings.TrimSpace(raw)
		if strings.HasPrefix(raw, "{") {
			return []byte(raw), nil
		}
	}
	claims, err := d.inner.Validate(ctx, raw, options...)
	if err != nil {
		return nil, err
	}
	return claims.JSON(), nil
}

// strictly decrypts with go-jose, by the algorithm that the key is marked for.
// A key that is marked for none is for RSA-OAEP, never for RSA1_5 (RFC 8725,
// 3.2).
func strictly(keys []jose.JSONWebKey, raw string) (string, error) {
	algs := []jose.KeyAlgorithm{jose.RSA_OAEP, jose.ECDH_ES, jose.A128KW, jose.PBES2_HS256_A128KW}
	encs := []jose.ContentEncryption{jose.A128GCM, jose.A256GCM, jose.A128CBC_HS256}
	jwe, err := jose.ParseEncryptedCompact(raw, algs, encs)
	if err != nil {
		return "", err
	}
	for _, k := range keys {
		if k.KeyID != jwe.Header.KeyID {
			continue
		}
		alg := k.Algorithm
		if alg == "" {
			alg = string(jose.RSA_OAEP)
		}
		if jwe.Header.Algorithm != alg {
			return "", fmt.Errorf("the key %s is for %s, not for %q", k.KeyID, alg, jwe.Header.Algorithm)
		}
		content, err := jwe.Decrypt(k.Key)
		return string(content), err
	}
	return "", errors.New("no key has the kid of the token")
}
