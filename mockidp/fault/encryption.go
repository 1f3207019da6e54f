package fault

// Encryption says how a finished token is put into a JWE (RFC 7516). It holds
// instructions, not bytes. The zero value leaves the token a JWS.
type Encryption struct {
	// Alg and Enc are what encrypts the content key and the content: one of
	// [KeyEncryptions] and of [ContentEncryptions].
	Alg, Enc string
	// Key is whose key it is encrypted to: one of [Recipients].
	Key string
	// Content is what is encrypted: one of [EncryptedContents]; empty is the
	// signed token.
	Content string
	// Header is set in the JWE header at last.
	Header Object
	// Point bends the ephemeral key: one of [EphemeralPoints].
	Point string
	// Padded encrypts the content key under a block type that RSAES-PKCS1-v1_5
	// does not have.
	Padded bool
	// Inflated compresses the content, with this many octets of white space
	// behind it.
	Inflated int64
	// Depth is how many times more the JWE is encrypted.
	Depth int
	// Keep cuts a part of the JWE to its first octets, and Drop leaves it out:
	// each by one of [EncryptedParts].
	Keep map[string]int
	Drop string
}

// encrypted is the token's encryption, the usual one where it has none yet.
func (c *Compact) encrypted() *Encryption {
	if c.Encrypt.Alg == "" {
		c.Encrypt.Alg, c.Encrypt.Enc = "RSA-OAEP", "A256GCM"
	}
	return &c.Encrypt
}

// KeyEncryptions are the alg values of a JWE that the provider can write.
func KeyEncryptions() []string {
	return []string{"RSA-OAEP", "RSA-OAEP-256", "RSA1_5", "A128KW", "ECDH-ES", "PBES2-HS256+A128KW"}
}

// ContentEncryptions are the enc values that the provider can write.
func ContentEncryptions() []string { return []string{"A128GCM", "A256GCM", "A128CBC-HS256"} }

// Recipients are the keys that a token can be encrypted to: the client's own
// one for the alg, or its RSA key that is marked for no alg.
func Recipients() []string { return []string{"own", "unmarked"} }

// EncryptedContents are what can stand in a JWE in place of a signed token:
// the bare claims, or a token with alg none.
func EncryptedContents() []string { return []string{"claims", "unsigned"} }

// EphemeralPoints are the ways in which an ephemeral key can be wrong: on no
// curve that is meant, of order two, or on P-384 where P-256 is meant.
func EphemeralPoints() []string { return []string{"off-curve", "small-order", "other-curve"} }

// EncryptedParts are the five parts of a JWE in the order in which they stand.
func EncryptedParts() []string {
	return []string{"header", "encrypted-key", "iv", "ciphertext", "tag"}
}

// SetEncryption sends a JWE in five parts in place of the token: the claims,
// encrypted to the provider's own public key, which proves nothing about who
// wrote them (CVE-2023-51774).
type SetEncryption struct {
	Alg string `json:"alg" words:"key-encryptions"`
	Enc string `json:"enc" words:"content-encryptions"`
}

func (SetEncryption) Fault() string { return "token.set-encryption" }
func (f SetEncryption) Compacting(c *Compact) {
	c.Encrypt = Encryption{Alg: f.Alg, Enc: f.Enc, Key: "verification", Content: "claims"}
}

// EncryptWith encrypts the signed token to the client with this alg and enc.
type EncryptWith struct {
	Alg string `json:"alg" words:"key-encryptions"`
	Enc string `json:"enc" words:"content-encryptions"`
	Key string `json:"key,omitempty" words:"recipients"`
}

func (EncryptWith) Fault() string { return "token.encrypt-with" }
func (f EncryptWith) Compacting(c *Compact) {
	c.Encrypt.Alg, c.Encrypt.Enc, c.Encrypt.Key = f.Alg, f.Enc, f.Key
}

// DropEncryption sends the signed token as it is, though encryption was agreed
// on.
type DropEncryption struct{}

func (DropEncryption) Fault() string         { return "token.drop-encryption" }
func (DropEncryption) Compacting(c *Compact) { c.Encrypt = Encryption{} }

// SetEncryptedContent encrypts what nobody signed: the bare claims
// (CVE-2023-51774), or a token with alg none (CVE-2026-29000).
type SetEncryptedContent struct {
	Content string `json:"content" words:"encrypted-contents"`
}

func (SetEncryptedContent) Fault() string { return "token.set-encrypted-content" }
func (f SetEncryptedContent) Compacting(c *Compact) {
	c.encrypted().Content = f.Content
}

// SetEncryptedHeader sets a parameter of the JWE header. A p2c below one
// counts as one, and more than a million are not computed.
type SetEncryptedHeader struct {
	Name  string `json:"name"`
	Value JSON   `json:"value"`
}

func (SetEncryptedHeader) Fault() string { return "token.set-encrypted-header" }
func (f SetEncryptedHeader) Compacting(c *Compact) {
	e := c.encrypted()
	e.Header = append(e.Header.Clone(), Member(f))
}

// SetEphemeralPoint agrees on the content key by ECDH-ES with an ephemeral key
// that is no point of the curve (CVE-2017-16007).
type SetEphemeralPoint struct {
	Point string `json:"point" words:"ephemeral-points"`
}

func (SetEphemeralPoint) Fault() string { return "token.set-ephemeral-point" }
func (f SetEphemeralPoint) Compacting(c *Compact) {
	e := c.encrypted()
	e.Alg, e.Point = "ECDH-ES", f.Point
}

// SetKeyPadding encrypts the content key by RSA1_5 under block type 1, where
// it has to be 2.
type SetKeyPadding struct{}

func (SetKeyPadding) Fault() string { return "token.set-key-padding" }
func (SetKeyPadding) Compacting(c *Compact) {
	e := c.encrypted()
	e.Alg, e.Padded = "RSA1_5", true
}

// SetInflatedSize compresses the content of a JWE by zip DEF, with this many
// octets of white space behind it (CVE-2024-28180).
type SetInflatedSize struct {
	Bytes int64 `json:"bytes"`
}

func (SetInflatedSize) Fault() string { return "token.set-inflated-size" }
func (f SetInflatedSize) Compacting(c *Compact) {
	c.encrypted().Inflated = f.Bytes
}

// SetEncryptionDepth encrypts the token, what comes of it, and so on: so many
// times more than once.
type SetEncryptionDepth struct {
	Layers int `json:"layers"`
}

func (SetEncryptionDepth) Fault() string { return "token.set-encryption-depth" }
func (f SetEncryptionDepth) Compacting(c *Compact) {
	c.encrypted().Depth = f.Layers
}

// TruncateEncryptedPart keeps only the first octets of one part of a JWE.
type TruncateEncryptedPart struct {
	In   string `json:"in" words:"encrypted-parts"`
	Keep int    `json:"keep,omitempty"`
}

func (TruncateEncryptedPart) Fault() string { return "token.truncate-encrypted-part" }
func (f TruncateEncryptedPart) Compacting(c *Compact) {
	e := c.encrypted()
	keep := map[string]int{f.In: f.Keep}
	for part, n := range e.Keep {
		if part != f.In {
			keep[part] = n
		}
	}
	e.Keep = keep
}

// DropEncryptedPart leaves one part of a JWE out, and a full stop with it.
type DropEncryptedPart struct {
	In string `json:"in" words:"encrypted-parts"`
}

func (DropEncryptedPart) Fault() string { return "token.drop-encrypted-part" }
func (f DropEncryptedPart) Compacting(c *Compact) {
	c.encrypted().Drop = f.In
}
