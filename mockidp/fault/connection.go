package fault

// The faults of connections act before anything is asked, so they cannot know
// what for. Endpoint says whose connections they act on: the provider gives
// that endpoint a listener of its own. Without one they act on all.

// RefuseConnection closes the port. Nobody can tell who came to a closed port,
// so it is closed to all or to none: it fits into no [First], [After] or
// [Sometimes].
type RefuseConnection struct {
	Endpoint string `json:"endpoint,omitempty" words:"endpoints"`
}

func (RefuseConnection) Fault() string            { return "connection.refuse" }
func (f RefuseConnection) at() string             { return f.Endpoint }
func (RefuseConnection) Connecting(c *Connection) { c.Refuse = true }

// ResetConnection accepts a connection and resets it at once.
type ResetConnection struct {
	Endpoint string `json:"endpoint,omitempty" words:"endpoints"`
}

func (ResetConnection) Fault() string            { return "connection.reset" }
func (f ResetConnection) at() string             { return f.Endpoint }
func (ResetConnection) Connecting(c *Connection) { c.Reset = true }

// StallConnection accepts a connection and never says anything on it, not even
// in the handshake (CWE-400).
type StallConnection struct {
	Endpoint string `json:"endpoint,omitempty" words:"endpoints"`
}

func (StallConnection) Fault() string            { return "connection.stall" }
func (f StallConnection) at() string             { return f.Endpoint }
func (StallConnection) Connecting(c *Connection) { c.Stall = true }

// SetCertificate shows a certificate that no client may trust (CWE-295,
// CVE-2022-31105).
type SetCertificate struct {
	Endpoint    string `json:"endpoint,omitempty" words:"endpoints"`
	Certificate string `json:"certificate" words:"certificates"`
}

func (SetCertificate) Fault() string              { return "connection.set-certificate" }
func (f SetCertificate) at() string               { return f.Endpoint }
func (f SetCertificate) Connecting(c *Connection) { c.Certificate = f.Certificate }

// Certificates are the words of [SetCertificate].
func Certificates() []string {
	return []string{"expired", "not-yet-valid", "wrong-host", "unknown-authority", "self-signed"}
}

// SetTLSVersion speaks one old version of TLS and no other (RFC 8996).
type SetTLSVersion struct {
	Endpoint string `json:"endpoint,omitempty" words:"endpoints"`
	Version  string `json:"version" words:"tls-versions"`
}

func (SetTLSVersion) Fault() string              { return "connection.set-tls-version" }
func (f SetTLSVersion) at() string               { return f.Endpoint }
func (f SetTLSVersion) Connecting(c *Connection) { c.TLSVersion = f.Version }

// TLSVersions are the words of [SetTLSVersion].
func TLSVersions() []string { return []string{"1.0", "1.1"} }

// BreakHTTP2 answers over HTTP/2 and breaks the answer off: "goaway" sends
// GOAWAY in place of an answer, "goaway-in-answer" in the middle of one, and
// "rst-stream" ends the stream there (RFC 9113 sections 6.4 and 6.8). A client
// that does not speak HTTP/2 is served as if nothing were wrong.
type BreakHTTP2 struct {
	Endpoint string `json:"endpoint" words:"endpoints"`
	By       string `json:"by" words:"http2-breaks"`
}

func (BreakHTTP2) Fault() string              { return "connection.break-http2" }
func (f BreakHTTP2) at() string               { return f.Endpoint }
func (f BreakHTTP2) Connecting(c *Connection) { c.HTTP2 = f.By }

// HTTP2Breaks are the words of [BreakHTTP2].
func HTTP2Breaks() []string { return []string{"goaway", "goaway-in-answer", "rst-stream"} }

// ResetReply resets the connection after this many octets of the body, where
// reply.truncate closes it.
type ResetReply struct {
	Endpoint string `json:"endpoint" words:"endpoints"`
	Keep     int    `json:"keep"`
}

func (ResetReply) Fault() string { return "reply.reset" }
func (f ResetReply) at() string  { return f.Endpoint }
func (f ResetReply) Replying(r *Reply) {
	if r.Endpoint == f.Endpoint {
		r.Cut, r.Reset = f.Keep, true
	}
}
