package mockidp

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/rsa"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/rogueidp/rogueidp/mockidp/fault"
)

// What stands in a header until the signature is settled.
const (
	algHere fault.JSON = `"{alg}"`
	kidHere fault.JSON = `"{kid}"`
)

// sign carries out a signature's instructions: it settles the header, encodes
// both parts, signs them, and lets edits act on what came out.
// The honest alg says whose public key and kid an alg without a key borrows.
func (t *Tenant) sign(m *Minted, honest string, claims fault.Claims, header fault.Header, s fault.Signature) (fault.Compact, error) {
	alg := s.Alg
	if kind := KeyType(alg); kind == "" || kind == "oct" {
		alg = honest
	}
	find := func(word string) (*key, error) {
		if alg == honest && (word == "" || word == "active") {
			return m.active, nil
		}
		return t.designated(word, alg)
	}
	signer, err := find(s.Key)
	if err != nil {
		return fault.Compact{}, err
	}
	named := signer
	if s.KeyNamed != "" {
		if named, err = find(s.KeyNamed); err != nil {
			return fault.Compact{}, err
		}
	}
	m.Alg = or(s.Named, s.Alg)
	if named != nil {
		m.KID = named.KID
	}
	if err := t.settleHeader(&header, m, alg); err != nil {
		return fault.Compact{}, err
	}

	payload := []byte(claims.Text)
	if claims.Text == "" {
		payload = claims.Append(make([]byte, 0, 512))
	}
	payload = fault.Rewritten(payload, claims.Spelling)
	head := []byte(header.Text)
	if header.Text == "" {
		head = header.Append(make([]byte, 0, 128))
	}
	head = fault.Rewritten(head, header.Spelling)
	unedited := fault.Compact{Header: encode(head), Payload: encode(payload)}
	c := fault.Compact{
		Header:  edited(s.Edits, "header", unedited.Header),
		Payload: edited(s.Edits, "payload", unedited.Payload),
	}
	if s.Unencoded {
		// RFC 7797 section 5.2: the compact form has no room for a full stop.
		c.Payload = strings.ReplaceAll(string(payload), ".", `\u002e`)
	}
	input := make([]byte, 0, len(c.Header)+1+len(c.Payload))
	input = append(append(append(input, c.Header...), '.'), c.Payload...)
	if s.Decoded {
		input = slices.Concat(head, []byte{'.'}, payload)
	}
	if s.Foreign {
		other := claims.Clone()
		other.Set("jti", fault.Text(t.chance.text()))
		input = []byte(c.Header + "." + encode(other.Append(nil)))
	}

	whole, err := t.signature(m, s, signer, input)
	if err != nil {
		return fault.Compact{}, err
	}
	octets := whole
	for _, edit := range s.Bytes {
		octets = edit.EditBytes(slices.Clone(octets))
	}
	if len(s.Bytes) > 0 && !keeps(s.Bytes, octets, whole) {
		m.Genuine = false
	}
	unedited.Signature = encode(octets)
	c.Signature = edited(s.Edits, "signature", unedited.Signature)
	// A text without a letter that an edit would respell stays honest.
	m.unedited = len(s.Edits) > 0 && !s.Unencoded &&
		c.Header == unedited.Header && c.Payload == unedited.Payload && c.Signature == unedited.Signature
	return c, nil
}

func edited(edits []fault.SegmentEdit, name, text string) string {
	for _, e := range edits {
		text = e.EditSegment(name, text)
	}
	return text
}

// keeps tells whether the honest signature can still be found in what edits
// made of it: whole, or in another encoding.
func keeps(edits []fault.ByteEdit, octets, honest []byte) bool {
	for _, e := range edits {
		switch e.(type) {
		case fault.RetypeSignature, fault.SetScalarLength, fault.AddGroupOrder:
			return true
		}
	}
	return bytes.Contains(octets, honest)
}

// signature makes the octets, and notes in m whose they are.
func (t *Tenant) signature(m *Minted, s fault.Signature, signer *key, input []byte) ([]byte, error) {
	m.Signer = "nobody"
	if unsigned(s.Alg) {
		return nil, nil
	}
	alg, known := algorithmOf(s.Alg)
	if !known {
		return t.chance.octets(32), nil
	}
	if alg.kind == kindOct && (s.Secret != "" || !t.symmetric()) {
		secret, err := t.secret(or(s.Secret, "spki-pem"), s.SecretText, signer)
		if err != nil {
			return nil, err
		}
		m.Signer = "secret:" + or(s.Secret, "spki-pem")
		return mac(alg, secret, input), nil
	}
	if alg.kind == kindOct {
		m.Signer, m.Genuine = "secret:client-secret", true
		return mac(alg, []byte(or(m.secret, t.cfg.ClientSecret)), input), nil
	}
	if signer == nil {
		return nil, fmt.Errorf("tenant %s has no active key for %s; rotate one in", t.Name(), s.Alg)
	}
	if s.Craft == (fault.Craft{R: "r", S: "n-s"}) {
		// As good a signature as the one that was made (FIPS 186-5, 6.4.2).
		m.Signer, m.key, m.Genuine = or(s.Key, "active"), signer, !stranger(s.Key)
	}
	if s.Craft != (fault.Craft{}) {
		return craft(alg, s.Craft, signer, input)
	}
	m.Signer = or(s.Key, "active")
	m.key = signer
	m.Genuine = !stranger(s.Key) && !s.Foreign && (signer.rsa == nil || !signer.rsa.forged)
	return alg.sign(signer.material, input)
}

// symmetric tells whether the tenant signs with its client secret by default.
func (t *Tenant) symmetric() bool { return KeyType(t.first()) == "oct" }

// craft builds a signature instead of making it.
func craft(alg algorithm, c fault.Craft, signer *key, input []byte) ([]byte, error) {
	var digest []byte
	if alg.hash != 0 {
		h := alg.hash.New()
		h.Write(input)
		digest = h.Sum(nil)
	}
	switch {
	case c.CubeRoot:
		if signer.rsa == nil {
			return nil, fmt.Errorf("only a key with e=3 can be forged by a cube root; sign as rsa-e3")
		}
		straight, err := fault.Padding("straight", alg.hash, digest, signer.rsa.size())
		if err != nil {
			return nil, err
		}
		// Eight octets of padding are enough for a reader who does not count.
		info := straight[len(straight)-19-len(digest):]
		prefix := slices.Concat([]byte{0, 1, 255, 255, 255, 255, 255, 255, 255, 255, 0}, info)
		return forgeCubeRoot(prefix, signer.rsa.size()), nil
	case c.Integer != "":
		return integer(alg, c.Integer, signer, input)
	case c.Padding != "":
		private, ok := signer.signer.(*rsa.PrivateKey)
		if !ok || alg.kind != kindRSA {
			return nil, fmt.Errorf("token.sign-with-padding needs an RSA key, not %s", alg.name)
		}
		em, err := fault.Padding(c.Padding, alg.hash, digest, private.Size())
		if err != nil {
			return nil, err
		}
		return privately(private, em).FillBytes(make([]byte, private.Size())), nil
	}
	private, ok := signer.signer.(*ecdsa.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("token.sign-with-scalars needs an elliptic-curve key, not %s", alg.name)
	}
	raw, err := alg.sign(signer.material, input)
	if err != nil {
		return nil, err
	}
	r, s := scalar(c.R, raw, private.Params().N), scalar(c.S, raw, private.Params().N)
	// A number that outgrew the group takes its own octets, and both halves
	// stay of one length.
	size := max(len(raw)/2, (r.BitLen()+7)/8, (s.BitLen()+7)/8)
	return append(r.FillBytes(make([]byte, size)), s.FillBytes(make([]byte, size))...), nil
}

// privately is the bare private operation of RFC 8017 section 5.1.2 on a message
// of any form, by way of the two primes: a run crafts hundreds of signatures,
// and this is four times as fast as one power modulo n.
func privately(key *rsa.PrivateKey, em []byte) *big.Int {
	c := new(big.Int).SetBytes(em)
	p, q := key.Primes[0], key.Primes[1]
	m1 := new(big.Int).Exp(c, key.Precomputed.Dp, p)
	m2 := new(big.Int).Exp(c, key.Precomputed.Dq, q)
	h := m1.Sub(m1, m2)
	h.Mul(h, key.Precomputed.Qinv).Mod(h, p)
	return h.Mul(h, q).Add(h, m2)
}

// scalar is a number by its word in [fault.Scalars].
func scalar(word string, raw []byte, n *big.Int) *big.Int {
	r := new(big.Int).SetBytes(raw[:len(raw)/2])
	s := new(big.Int).SetBytes(raw[len(raw)/2:])
	switch word {
	case "r":
		return r
	case "s":
		return s
	case "0":
		return new(big.Int)
	case "1":
		return big.NewInt(1)
	case "n-1":
		return new(big.Int).Sub(n, one)
	case "n":
		return n
	case "n+1":
		return new(big.Int).Add(n, one)
	case "r+n":
		return r.Add(r, n)
	case "s+n":
		return s.Add(s, n)
	case "n-s":
		return s.Sub(n, s)
	}
	// "max"
	return new(big.Int).Sub(new(big.Int).Lsh(one, uint(4*len(raw))), one)
}

// settleHeader fills in what only the signature could tell.
func (t *Tenant) settleHeader(h *fault.Header, m *Minted, alg string) error {
	for i := range h.Object {
		value := &h.Object[i].Value
		switch {
		case *value == algHere:
			*value = fault.Text(m.Alg)
		case *value == kidHere:
			*value = fault.Text(m.KID)
		case strings.HasPrefix(string(*value), `"{jwk:`), strings.HasPrefix(string(*value), `"{jwk-text:`), strings.HasPrefix(string(*value), `"{x5c:`):
			filled, err := t.keyInHeader(strings.Trim(string(*value), `"{}`), m.KID, alg)
			if err != nil {
				return err
			}
			*value = filled
		}
	}
	if m.KID == "" {
		h.Drop("kid") // signed with the client secret, which has no kid
	}
	return nil
}

// keyInHeader writes a public key or a certificate chain for a header.
func (t *Tenant) keyInHeader(what, trusted, alg string) (fault.JSON, error) {
	kind, rest, _ := strings.Cut(what, ":")
	if kind == "x5c" {
		chain := "["
		for i, word := range strings.Fields(rest) {
			k, err := t.designated(word, alg)
			if err != nil {
				return "", err
			}
			der, err := k.certificate()
			if err != nil {
				return "", err
			}
			if i > 0 {
				chain += ","
			}
			// RFC 7515 section 4.1.6: base64, not base64url.
			chain += string(fault.Text(standard64(der)))
		}
		return fault.JSON(chain + "]"), nil
	}
	word, kid, _ := strings.Cut(rest, ":")
	k, err := t.designated(word, alg)
	if err != nil {
		return "", err
	}
	o := k.jwk()
	if kid == "trusted" {
		o.Set("kid", fault.Text(trusted))
	}
	jwk := string(o.Append(nil))
	if kind == "jwk-text" {
		return fault.Text(jwk), nil
	}
	return fault.JSON(jwk), nil
}
