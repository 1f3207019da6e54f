package fault

import (
	"encoding/base64"
	"encoding/hex"
	"math/big"
	"slices"
)

// SetScalarLength writes both halves of an ECDSA signature with this many
// octets each, zeros before them; half of what an algorithm with another curve
// has, say (RFC 7518 section 3.4).
type SetScalarLength struct {
	Octets int `json:"octets"`
}

func (SetScalarLength) Fault() string          { return "token.set-scalar-length" }
func (f SetScalarLength) Signing(s *Signature) { s.Bytes = append(s.Bytes, f) }

// EditBytes puts the zeros in.
func (f SetScalarLength) EditBytes(b []byte) []byte {
	zeros := make([]byte, max(0, f.Octets-len(b)/2))
	return slices.Concat(zeros, b[:len(b)/2], zeros, b[len(b)/2:])
}

// AddGroupOrder adds the order of the group to S of an Ed25519 signature, which
// a verifier that does not compare S with it calls as good as the first
// (RFC 8032 section 5.1.7, CVE-2020-36843).
type AddGroupOrder struct{}

func (AddGroupOrder) Fault() string          { return "token.add-group-order" }
func (f AddGroupOrder) Signing(s *Signature) { s.Bytes = append(s.Bytes, f) }

// EditBytes adds.
func (AddGroupOrder) EditBytes(b []byte) []byte {
	if len(b) != 64 {
		return b
	}
	// 2^252 + 27742317777372353535851937790883648493 (RFC 8032 section 5.1)
	order, _ := new(big.Int).SetString("1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed", 16)
	half := slices.Clone(b[32:])
	slices.Reverse(half)
	order.Add(order, new(big.Int).SetBytes(half))
	if order.BitLen() > 256 {
		return b // no S of Ed25519: another algorithm signed
	}
	sum := order.FillBytes(make([]byte, 32))
	slices.Reverse(sum)
	return slices.Concat(b[:32], sum)
}

// SpellSignatureInHex writes the signature in hex in place of base64url, which
// has all letters that hex needs.
type SpellSignatureInHex struct{}

func (SpellSignatureInHex) Fault() string          { return "token.spell-signature-in-hex" }
func (f SpellSignatureInHex) Signing(s *Signature) { s.Edits = append(s.Edits, f) }

// EditSegment spells the signature anew.
func (SpellSignatureInHex) EditSegment(name, text string) string {
	octets, err := base64.RawURLEncoding.DecodeString(text)
	if name != "signature" || err != nil {
		return text
	}
	return hex.EncodeToString(octets)
}

// SignWithInteger writes a number in place of an RSA signature: "0", "1",
// "n-1" or "n", or the honest signature plus the modulus, "s+n", which leaves
// the same rest (RFC 8017 section 8.2.2).
type SignWithInteger struct {
	Integer string `json:"integer" words:"integers"`
}

func (SignWithInteger) Fault() string          { return "token.sign-with-integer" }
func (f SignWithInteger) Signing(s *Signature) { s.Craft.Integer = f.Integer }

// Integers are the words of [SignWithInteger].
func Integers() []string { return []string{"0", "1", "n-1", "n", "s+n"} }

// SignDecoded signs header and claims as they are before they are encoded, with
// the full stop between them (RFC 7515 section 5.2 step 8 has the encoded ones).
type SignDecoded struct{}

func (SignDecoded) Fault() string          { return "token.sign-decoded" }
func (f SignDecoded) Signing(s *Signature) { s.Decoded = true }
