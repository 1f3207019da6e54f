package fault

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
)

// SetReplyHeader gives a header field of an answer one value, or adds it:
// Cache-Control, Expires, Age, Retry-After, Content-Type.
type SetReplyHeader struct {
	Endpoint string `json:"endpoint" words:"endpoints"`
	Name     string `json:"name"`
	Value    string `json:"value"`
}

func (SetReplyHeader) Fault() string { return "reply.set-header" }
func (f SetReplyHeader) at() string  { return f.Endpoint }
func (f SetReplyHeader) Replying(r *Reply) {
	if r.Endpoint == f.Endpoint {
		r.Header.Set(f.Name, f.Value)
	}
}

// DropReplyHeader leaves a header field of an answer out, one that the server
// itself would write too.
type DropReplyHeader struct {
	Endpoint string `json:"endpoint" words:"endpoints"`
	Name     string `json:"name"`
}

func (DropReplyHeader) Fault() string { return "reply.drop-header" }
func (f DropReplyHeader) at() string  { return f.Endpoint }
func (f DropReplyHeader) Replying(r *Reply) {
	if r.Endpoint == f.Endpoint {
		r.Header[http.CanonicalHeaderKey(f.Name)] = nil
	}
}

// TagReply sends an ETag with the body of an endpoint, and 304 in place of the
// body to a client that has it already (RFC 9110 sections 8.8.3 and 13.1.2).
// Nothing of it is a lie; a client that mistakes the 304 loses its keys.
type TagReply struct {
	Endpoint string `json:"endpoint" words:"endpoints"`
}

func (TagReply) Fault() string { return "reply.tag" }
func (f TagReply) at() string  { return f.Endpoint }
func (f TagReply) Replying(r *Reply) {
	if r.Endpoint != f.Endpoint {
		return
	}
	sum := sha256.Sum256(r.Body)
	tag := `"` + hex.EncodeToString(sum[:8]) + `"`
	r.Header.Set("ETag", tag)
	if r.Status == http.StatusOK && matches(r.Match, tag) {
		r.Status, r.Body = http.StatusNotModified, nil
		r.Header.Del("Content-Type")
	}
}

// matches is the weak comparison of If-None-Match (RFC 9110 sections 8.8.3.2
// and 13.1.2). Our tags hold no comma.
func matches(header, tag string) bool {
	if strings.TrimSpace(header) == "*" {
		return true
	}
	for one := range strings.SplitSeq(header, ",") {
		if strings.TrimPrefix(strings.TrimSpace(one), "W/") == tag {
			return true
		}
	}
	return false
}
