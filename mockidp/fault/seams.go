package fault

import (
	"net/http"
	"time"
)

// Claims is what lies at the first seam: the claims set of a token that is
// about to be encoded.
type Claims struct {
	Object
	Now  time.Time // the tenant's clock
	Text string    // when not empty, stands in place of the encoded Object
	// Alg is the one by which hashes are made, and Hashed the texts of which
	// claims such as at_hash are one, by claim.
	Alg    string
	Hashed map[string]string
	// Spelling is how the text is written at last: one of [JSONSpellings].
	Spelling string
}

// Header is the JOSE header. Two values are filled in only after the signature
// is settled: "{alg}" and "{kid}".
type Header struct {
	Object
	Text string // when not empty, stands in place of the encoded Object
	// Spelling is how the text is written at last: one of [JSONSpellings].
	Spelling string
}

// Signature says how the token is signed. It holds instructions, not bytes:
// faults edit them and the provider carries them out.
type Signature struct {
	// Alg signs. "none" in any spelling leaves the signature empty, an alg
	// that nobody knows yields 32 bytes that mean nothing.
	Alg string
	// Named is the alg that the header names; empty means Alg.
	Named string
	// Key says which key signs, KeyNamed whose kid the header names. Both are
	// one of [Keys]; empty means the tenant's active key for Alg, and for
	// KeyNamed what Key says.
	Key, KeyNamed string
	// Secret keys an HMAC: one of [Secrets]. SecretText is the secret itself
	// where Secret is "text".
	Secret, SecretText string
	// Unencoded signs the claims as they are, as RFC 7797 does under b64=false.
	Unencoded bool
	// Decoded signs header and claims before they are encoded.
	Decoded bool
	// Foreign signs another token's content and puts that signature here.
	Foreign bool
	// Craft stands in place of signing, where a signature is built and not made.
	Craft Craft
	// Edits change encoded segments: header and payload before they are
	// signed, the signature after.
	Edits []SegmentEdit
	// Bytes changes the signature's octets, in order.
	Bytes []ByteEdit
}

// A Craft builds a signature value from parts that the provider computes.
type Craft struct {
	// R and S are the halves of an ECDSA signature, each one of [Scalars].
	R, S string
	// Padding names how an RSASSA-PKCS1-v1_5 encoding is bent: one of [Paddings].
	Padding string
	// Integer is a number in place of an RSA signature: one of [Integers].
	Integer string
	// CubeRoot forges for an exponent of 3.
	CubeRoot bool
}

// A SegmentEdit changes the text of one base64url segment.
type SegmentEdit interface {
	EditSegment(name, text string) string
}

// A ByteEdit changes the octets of a signature.
type ByteEdit interface {
	EditBytes([]byte) []byte
}

// Compact is the finished token in its parts.
type Compact struct {
	Header, Payload, Signature string // the three segments
	// Form is how they are put together; empty is the compact serialization.
	Form string
	// Cut keeps only this many segments when positive, and none when negative.
	Cut int
	// Prefix stands before the token.
	Prefix string
	// Suffix is appended to the token.
	Suffix string
	// Text stands in place of everything when not empty.
	Text string
	// Encrypt says how the token is put into a JWE, if it is.
	Encrypt Encryption
}

// Metadata is the discovery document.
type Metadata struct {
	Object
	// Moved asks for the key set at another path, which jwks_uri then names.
	Moved bool
}

// KeySet is the JWK Set with what the provider knows of each key.
type KeySet struct {
	Keys []PublishedKey
	// Shape names a document that is no JWK Set: one of [Shapes].
	Shape string
	// Depth nests a member of the document this deep.
	Depth int
	// Names adds this many members under names that are new.
	Names int
}

// A PublishedKey is one JWK. Signs marks the key that signs this tenant's
// tokens by default; Key is set where the provider has yet to fill in the
// public half of that key (one of [Keys]).
type PublishedKey struct {
	Object
	Signs bool
	Key   string
	// Text stands in place of the object when not empty, and Many in place of
	// one key for this many.
	Text JSON
	Many int
	// KID stands in place of the key's own when not empty, and the member that
	// Without names is left out. Private adds the private half.
	KID, Without string
	Private      bool
	// Retype asks for the public half of another key under the same kid: one
	// of "rsa", "ec", "okp", "oct".
	Retype string
	// Point asks for a point that is wrong in this way: one of [Points].
	Point string
}

// Reply is the HTTP answer that carries a document.
type Reply struct {
	Endpoint string // one of [Endpoints]
	Status   int
	Header   http.Header
	Body     []byte
	// Pad puts white space into the document until the body has this many octets.
	Pad int64
	// Hold keeps the answer back for this long; -1 until the client gives up.
	Hold time.Duration
	// Cut ends the body after this many octets when positive; Reset ends the
	// connection there with a reset.
	Cut   int
	Reset bool

	// Address is where the document lies, and Place which of its places was
	// asked: 0 is the address itself. Match is the If-None-Match of the request.
	Address string
	Place   int
	Match   string
	// Gzip compresses the body.
	Gzip bool
	// Filling never ends the body: one of [Fillings]. Framing says where it
	// pretends to end: one of [Framings].
	Filling, Framing string
	// Every sends one octet at a time, this far apart, of the part that EveryIn
	// names: one of [ReplyParts].
	Every   time.Duration
	EveryIn string
}

// Connection is what a client meets before HTTP.
type Connection struct {
	Refuse bool // the port is closed
	Reset  bool // accepted, and reset at once
	Stall  bool // accepted, and silent ever after
	// Certificate is shown in place of the honest one: one of [Certificates].
	Certificate string
	// TLSVersion is the only one spoken: one of [TLSVersions].
	TLSVersion string
	// HTTP2 is spoken, and breaks off: one of [HTTP2Breaks].
	HTTP2 string
}

// Answer is what the login flow is about to say: parameters of a redirect or
// members of a JSON body.
type Answer struct {
	Object
	Endpoint string // one of [FlowEndpoints]
	// Mode is how an authorization response travels: one of [ResponseModes].
	Mode string
	// Failed: the answer is an error, and its status says so.
	Failed bool
}
