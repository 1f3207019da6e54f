package fault

// SetHeader gives a header parameter another value, or adds it.
type SetHeader struct {
	Name  string `json:"name"`
	Value JSON   `json:"value"`
}

func (SetHeader) Fault() string       { return "token.set-header" }
func (f SetHeader) Heading(h *Header) { h.Set(f.Name, f.Value) }

// DropHeader leaves a header parameter out.
type DropHeader struct {
	Name string `json:"name"`
}

func (DropHeader) Fault() string       { return "token.drop-header" }
func (f DropHeader) Heading(h *Header) { h.Drop(f.Name) }

// RepeatHeader writes a header parameter twice, the second value right before
// the honest one or right after. RFC 7515 section 4 leaves a reader two ways:
// refuse, or use the last.
type RepeatHeader struct {
	Name  string `json:"name"`
	Value JSON   `json:"value"`
	First bool   `json:"first,omitempty"`
}

func (RepeatHeader) Fault() string       { return "token.repeat-header" }
func (f RepeatHeader) Heading(h *Header) { h.Repeat(f.Name, f.Value, f.First) }

// SetHeaderName writes a header parameter under another name, its value
// untouched.
type SetHeaderName struct {
	Name string `json:"name"`
	To   string `json:"to"`
}

func (SetHeaderName) Fault() string       { return "token.set-header-name" }
func (f SetHeaderName) Heading(h *Header) { h.Rename(f.Name, f.To) }

// SetCritical adds a header parameter and names it in crit, so that whoever
// does not understand it must refuse (RFC 7515 section 4.1.11).
type SetCritical struct {
	Name  string `json:"name"`
	Value JSON   `json:"value"`
}

func (SetCritical) Fault() string { return "token.set-critical" }
func (f SetCritical) Heading(h *Header) {
	h.Set(f.Name, f.Value)
	h.Set("crit", "["+Text(f.Name)+"]")
}

// SetHeaderKey puts a public key into the header, under jwk, for a verifier
// that takes its key from the token (CVE-2018-0114). The key goes by its own
// kid, or by the kid of the honest key where Trusted is set.
type SetHeaderKey struct {
	Key     string `json:"key" words:"keys"`
	Trusted bool   `json:"trusted,omitempty"`
}

func (SetHeaderKey) Fault() string { return "token.set-header-key" }
func (f SetHeaderKey) Heading(h *Header) {
	kid := "own"
	if f.Trusted {
		kid = "trusted"
	}
	h.Set("jwk", Text("{jwk:"+f.Key+":"+kid+"}"))
}

// SetKeyAsKID puts a public key where its name belongs, in kid, for a verifier
// that takes its key from the token: the JWK itself, or its text in a string
// where Quoted is set.
type SetKeyAsKID struct {
	Key    string `json:"key" words:"keys"`
	Quoted bool   `json:"quoted,omitempty"`
}

func (SetKeyAsKID) Fault() string { return "token.set-key-as-kid" }
func (f SetKeyAsKID) Heading(h *Header) {
	kind := "jwk"
	if f.Quoted {
		kind = "jwk-text"
	}
	h.Set("kid", Text("{"+kind+":"+f.Key+":own}"))
}

// SetHeaderChain puts a certificate chain into the header, under x5c, one
// self-signed certificate for each key.
type SetHeaderChain struct {
	Keys List `json:"keys" words:"keys"`
}

func (SetHeaderChain) Fault() string { return "token.set-header-chain" }
func (f SetHeaderChain) Heading(h *Header) {
	h.Set("x5c", Text("{x5c:"+string(f.Keys)+"}"))
}

// SetHeaderDepth adds a header parameter that nests arrays or objects this
// deep, which is read before any signature is checked (CWE-674).
type SetHeaderDepth struct {
	Name  string `json:"name"`
	Kind  string `json:"kind" words:"nestings"`
	Depth int    `json:"depth"`
}

func (SetHeaderDepth) Fault() string       { return "token.set-header-depth" }
func (f SetHeaderDepth) Heading(h *Header) { h.Set(f.Name, nest(f.Kind, f.Depth)) }

// SetHeaderSize pads the header with one long string until it has this many
// octets.
type SetHeaderSize struct {
	Bytes int `json:"bytes"`
}

func (SetHeaderSize) Fault() string       { return "token.set-header-size" }
func (f SetHeaderSize) Heading(h *Header) { pad(&h.Object, f.Bytes) }
