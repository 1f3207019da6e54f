package fault

import "strings"

// SignWith signs with alg and says so in the header. "none" leaves the
// signature empty; an HMAC alg is keyed with the PEM of the public key.
// Claiming lets the header name another alg than the one that signs.
type SignWith struct {
	Alg      string `json:"alg"`
	Claiming string `json:"claiming,omitempty"`
}

func (SignWith) Fault() string          { return "token.sign-with" }
func (f SignWith) Signing(s *Signature) { s.Alg, s.Named = f.Alg, f.Claiming }

// SignAs signs with another key and names it in kid.
type SignAs struct {
	Key string `json:"key" words:"keys"`
}

func (SignAs) Fault() string          { return "token.sign-as" }
func (f SignAs) Signing(s *Signature) { s.Key, s.KeyNamed = f.Key, f.Key }

// SignWithKey signs with another key while kid still names the honest one.
type SignWithKey struct {
	Key string `json:"key" words:"keys"`
}

func (SignWithKey) Fault() string { return "token.sign-with-key" }
func (f SignWithKey) Signing(s *Signature) {
	if s.KeyNamed == "" {
		s.KeyNamed = "active"
	}
	s.Key = f.Key
}

// SignWithSecret makes an HMAC with octets that a confused verifier might take
// for its secret: an encoding of the public key, the empty string, the client
// secret (CVE-2015-9235, CVE-2026-44351 and many others).
type SignWithSecret struct {
	Alg    string `json:"alg"`
	Secret string `json:"secret" words:"secrets"`
	Text   string `json:"text,omitempty"`
}

func (SignWithSecret) Fault() string { return "token.sign-with-secret" }
func (f SignWithSecret) Signing(s *Signature) {
	s.Alg, s.Secret, s.SecretText = f.Alg, f.Secret, f.Text
}

// SignWithPadding makes an RSASSA-PKCS1-v1_5 signature whose encoded message
// is bent in one way, to find verifiers that parse it instead of comparing it
// (CVE-2006-4339, CVE-2022-24771).
type SignWithPadding struct {
	Padding string `json:"padding" words:"paddings"`
}

func (SignWithPadding) Fault() string          { return "token.sign-with-padding" }
func (f SignWithPadding) Signing(s *Signature) { s.Craft.Padding = f.Padding }

// SignWithCubeRoot forges a signature for a key whose public exponent is 3, by
// taking a cube root: the encoded message begins as it should and ends in
// garbage (CVE-2006-4339).
type SignWithCubeRoot struct{}

func (SignWithCubeRoot) Fault() string          { return "token.sign-with-cube-root" }
func (f SignWithCubeRoot) Signing(s *Signature) { s.Craft.CubeRoot = true }

// SignWithScalars writes an ECDSA signature with r and s chosen by name; r=s=0
// is the psychic signature (CVE-2022-21449).
type SignWithScalars struct {
	R string `json:"r" words:"scalars"`
	S string `json:"s" words:"scalars"`
}

func (SignWithScalars) Fault() string          { return "token.sign-with-scalars" }
func (f SignWithScalars) Signing(s *Signature) { s.Craft.R, s.Craft.S = f.R, f.S }

// SignUnencoded signs and sends the claims as they are, not in base64url, as
// RFC 7797 does under b64=false; full stops in them are escaped.
type SignUnencoded struct{}

func (SignUnencoded) Fault() string          { return "token.sign-unencoded" }
func (f SignUnencoded) Signing(s *Signature) { s.Unencoded = true }

// RepeatSignature uses the signature of another honest token again.
type RepeatSignature struct{}

func (RepeatSignature) Fault() string          { return "token.repeat-signature" }
func (f RepeatSignature) Signing(s *Signature) { s.Foreign = true }

// RetypeSignature writes an ECDSA signature in ASN.1 instead of r||s: "der",
// or "ber" with a long-form length.
type RetypeSignature struct {
	As string `json:"as" words:"encodings"`
}

func (RetypeSignature) Fault() string               { return "token.retype-signature" }
func (f RetypeSignature) Signing(s *Signature)      { s.Bytes = append(s.Bytes, f) }
func (f RetypeSignature) EditBytes(b []byte) []byte { return asn1Signature(b, f.As == "ber") }

// SignatureEncodings are the words of [RetypeSignature].
func SignatureEncodings() []string { return []string{"der", "ber"} }

// SetSignatureBits flips one bit of the signature, counted from the first
// octet's highest, from the end when negative; All flips every octet with 0x5A.
type SetSignatureBits struct {
	Bit int  `json:"bit,omitempty"`
	All bool `json:"all,omitempty"`
}

func (SetSignatureBits) Fault() string          { return "token.set-signature-bits" }
func (f SetSignatureBits) Signing(s *Signature) { s.Bytes = append(s.Bytes, f) }

// EditBytes flips the bit, or all of them.
func (f SetSignatureBits) EditBytes(b []byte) []byte {
	if f.All {
		for i := range b {
			b[i] ^= 0x5A
		}
		return b
	}
	if len(b) == 0 {
		return b
	}
	bit := f.Bit % (8 * len(b))
	if bit < 0 {
		bit += 8 * len(b)
	}
	b[bit/8] ^= 0x80 >> (bit % 8)
	return b
}

// TruncateSignature keeps only the first octets of the signature: "none",
// "one", "half" or "all-but-one". A verifier that compares only as many octets
// as it got calls it good.
type TruncateSignature struct {
	Keep string `json:"keep" words:"keeps"`
}

func (TruncateSignature) Fault() string          { return "token.truncate-signature" }
func (f TruncateSignature) Signing(s *Signature) { s.Bytes = append(s.Bytes, f) }

// EditBytes cuts.
func (f TruncateSignature) EditBytes(b []byte) []byte {
	switch f.Keep {
	case "none":
		return nil
	case "one":
		return b[:min(1, len(b))]
	case "half":
		return b[:len(b)/2]
	case "all-but-one":
		return b[:max(0, len(b)-1)]
	}
	return b
}

// Keeps are the words of [TruncateSignature].
func Keeps() []string { return []string{"none", "one", "half", "all-but-one"} }

// SetSignatureMargin puts octets of one value before or after the signature.
type SetSignatureMargin struct {
	Before int `json:"before,omitempty"`
	After  int `json:"after,omitempty"`
	Octet  int `json:"octet,omitempty"`
}

func (SetSignatureMargin) Fault() string          { return "token.set-signature-margin" }
func (f SetSignatureMargin) Signing(s *Signature) { s.Bytes = append(s.Bytes, f) }

// EditBytes adds the octets.
func (f SetSignatureMargin) EditBytes(b []byte) []byte {
	octet := string([]byte{byte(f.Octet)})
	return []byte(strings.Repeat(octet, f.Before) + string(b) + strings.Repeat(octet, f.After))
}

// SetSegmentText puts text into the base64url text of a segment, in its middle or at
// its end. Header and payload are signed as altered, so that only a strict
// decoder notices.
type SetSegmentText struct {
	In   string `json:"in" words:"segments"`
	At   string `json:"at" words:"places"`
	Text string `json:"text"`
}

func (SetSegmentText) Fault() string          { return "token.set-segment-text" }
func (f SetSegmentText) Signing(s *Signature) { s.Edits = append(s.Edits, f) }

// EditSegment inserts the text if the segment is the one named.
func (f SetSegmentText) EditSegment(name, text string) string {
	if name != f.In {
		return text
	}
	if f.At == "end" {
		return text + f.Text
	}
	// A multiple of four keeps the groups of base64url whole for a decoder
	// that drops what it does not know.
	at := len(text) / 2 &^ 3
	return text[:at] + f.Text + text[at:]
}

// Segments are the parts of a compact JWS.
func Segments() []string { return []string{"header", "payload", "signature"} }

// Places are the words of [SetSegmentText].
func Places() []string { return []string{"middle", "end"} }
