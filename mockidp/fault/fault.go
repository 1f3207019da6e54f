// Package fault holds every way in which the provider can lie. A fault is
// plain data with one name, the same in Go, in JSON and on the command line:
//
//	fault.SignWith{Alg: "none"}              // Go
//	{"token.sign-with":{"alg":"none"}}       // JSON, the admin API, YAML
//	token.sign-with alg=none                 // the command line
//
// Faults act at seams: the nine places where the honest provider hands over
// what it is about to send. A fault changes what lies at its seam and nothing
// else, and the provider holds no fault code of its own.
//
// The package knows nothing of HTTP servers, keys or cryptography; those who
// honour a seam ([Signature], [Reply] …) do.
package fault

// A Fault is one deliberate deviation from a correct OpenID Provider. It is
// plain data: it prints, compares, and survives a round trip through JSON.
type Fault interface {
	// Fault is its one name, "token.sign-with".
	Fault() string
}

// A Seam is one of the nine places where a fault can act.
type Seam string

// The seams in the order in which an answer passes them: a token is made in
// four steps, a document in one, and both leave through a reply on a
// connection.
const (
	SeamClaims     Seam = "claims"     // the JWT claims set, before it is encoded
	SeamHeader     Seam = "header"     // the JOSE header, before it is encoded
	SeamSignature  Seam = "signature"  // how the token is signed
	SeamCompact    Seam = "compact"    // how the three parts are put together
	SeamMetadata   Seam = "metadata"   // the discovery document
	SeamKeySet     Seam = "keyset"     // the JWK Set
	SeamReply      Seam = "reply"      // the HTTP answer that carries a document
	SeamConnection Seam = "connection" // listen, accept, handshake
	SeamLogin      Seam = "login"      // the answers of the login flow
)

// Seams lists all nine in order.
func Seams() []Seam {
	return []Seam{
		SeamClaims, SeamHeader, SeamSignature, SeamCompact,
		SeamMetadata, SeamKeySet, SeamReply, SeamConnection, SeamLogin,
	}
}

// Token tells whether the seam is one of the four that make a token.
func (s Seam) Token() bool {
	switch s {
	case SeamClaims, SeamHeader, SeamSignature, SeamCompact:
		return true
	}
	return false
}

// The nine ways in which a fault takes hold. A fault implements one of them.
type (
	// ClaimsFault changes the claims set.
	ClaimsFault interface {
		Fault
		Claiming(*Claims)
	}
	// HeaderFault changes the JOSE header.
	HeaderFault interface {
		Fault
		Heading(*Header)
	}
	// SignatureFault changes how the token is signed.
	SignatureFault interface {
		Fault
		Signing(*Signature)
	}
	// CompactFault changes the finished parts of the token.
	CompactFault interface {
		Fault
		Compacting(*Compact)
	}
	// MetadataFault changes the discovery document.
	MetadataFault interface {
		Fault
		Describing(*Metadata)
	}
	// KeySetFault changes the JWK Set.
	KeySetFault interface {
		Fault
		Publishing(*KeySet)
	}
	// ReplyFault changes the HTTP answer of one endpoint.
	ReplyFault interface {
		Fault
		Replying(*Reply)
	}
	// ConnectionFault changes what happens before HTTP.
	ConnectionFault interface {
		Fault
		Connecting(*Connection)
	}
	// LoginFault changes an answer of the login flow.
	LoginFault interface {
		Fault
		Answering(*Answer)
	}
)

// SeamOf names the seam at which f acts. A fault that depends on the occasion
// ([First], [After], [Sometimes]) acts where the fault inside it acts. The
// empty seam means that f acts nowhere, which no registered fault does.
func SeamOf(f Fault) Seam {
	switch f := f.(type) {
	case occasional:
		return SeamOf(f.inner())
	case ClaimsFault:
		return SeamClaims
	case HeaderFault:
		return SeamHeader
	case SignatureFault:
		return SeamSignature
	case CompactFault:
		return SeamCompact
	case MetadataFault:
		return SeamMetadata
	case KeySetFault:
		return SeamKeySet
	case ReplyFault:
		return SeamReply
	case ConnectionFault:
		return SeamConnection
	case LoginFault:
		return SeamLogin
	}
	return ""
}

// OfToken returns the faults that act on tokens, Elsewhere those that act on
// documents, replies and connections. Both keep the order.
func OfToken(faults []Fault) []Fault {
	return pick(faults, func(s Seam) bool { return s.Token() })
}

// Elsewhere is the complement of [OfToken].
func Elsewhere(faults []Fault) []Fault {
	return pick(faults, func(s Seam) bool { return !s.Token() })
}

func pick(faults []Fault, want func(Seam) bool) []Fault {
	var picked []Fault
	for _, f := range faults {
		if want(SeamOf(f)) {
			picked = append(picked, f)
		}
	}
	return picked
}
