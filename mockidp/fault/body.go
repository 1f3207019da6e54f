package fault

import (
	"encoding/binary"
	"time"
	"unicode/utf16"
)

// SetReplySuffix appends text to the body of an endpoint.
type SetReplySuffix struct {
	Endpoint string `json:"endpoint" words:"endpoints"`
	Text     string `json:"text"`
}

func (SetReplySuffix) Fault() string { return "reply.set-suffix" }
func (f SetReplySuffix) at() string  { return f.Endpoint }
func (f SetReplySuffix) Replying(r *Reply) {
	if r.Endpoint == f.Endpoint {
		r.Body = append(r.Body[:len(r.Body):len(r.Body)], f.Text...)
	}
}

// SetReplyEncoding writes the body of an endpoint in another encoding of text:
// UTF-8 behind a byte order mark, or UTF-16 with one or without (RFC 8259
// section 8.1).
type SetReplyEncoding struct {
	Endpoint string `json:"endpoint" words:"endpoints"`
	Encoding string `json:"encoding" words:"text-encodings"`
}

func (SetReplyEncoding) Fault() string { return "reply.set-encoding" }
func (f SetReplyEncoding) at() string  { return f.Endpoint }
func (f SetReplyEncoding) Replying(r *Reply) {
	if r.Endpoint == f.Endpoint {
		r.Body = reencode(r.Body, f.Encoding)
	}
}

// TextEncodings are the words of [SetReplyEncoding].
func TextEncodings() []string {
	return []string{"utf-8-bom", "utf-16be", "utf-16be-bom", "utf-16le-bom"}
}

func reencode(body []byte, encoding string) []byte {
	const mark = "\ufeff"
	switch encoding {
	case "utf-8-bom":
		return append([]byte(mark), body...)
	case "utf-16be":
		return wide(string(body), binary.BigEndian)
	case "utf-16be-bom":
		return wide(mark+string(body), binary.BigEndian)
	case "utf-16le-bom":
		return wide(mark+string(body), binary.LittleEndian)
	}
	return body
}

func wide(text string, order binary.AppendByteOrder) []byte {
	var out []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		out = order.AppendUint16(out, unit)
	}
	return out
}

// SetCompressedSize pads the body of an endpoint as [SetReplySize] does, and
// sends it in gzip, which makes next to nothing of it on the wire (CWE-409).
type SetCompressedSize struct {
	Endpoint string `json:"endpoint" words:"endpoints"`
	Bytes    int64  `json:"bytes"` // before compression
}

func (SetCompressedSize) Fault() string { return "reply.set-compressed-size" }
func (f SetCompressedSize) at() string  { return f.Endpoint }
func (f SetCompressedSize) Replying(r *Reply) {
	if r.Endpoint == f.Endpoint {
		r.Pad, r.Gzip = f.Bytes, true
	}
}

// AnswerEndlessly answers an endpoint with the beginning of its document and
// then never ends: with white space, with new members, or with one long text,
// in chunks, until the connection closes, or under a Content-Length of 1 TiB
// (CWE-770). It ends when the fault falls, and after 256 MiB whatever the
// client does.
type AnswerEndlessly struct {
	Endpoint string `json:"endpoint" words:"endpoints"`
	With     string `json:"with" words:"fillings"`
	Framed   string `json:"framed,omitempty" words:"framings"` // "chunked" when empty
}

func (AnswerEndlessly) Fault() string { return "reply.answer-endlessly" }
func (f AnswerEndlessly) at() string  { return f.Endpoint }
func (f AnswerEndlessly) Replying(r *Reply) {
	if r.Endpoint == f.Endpoint {
		r.Filling, r.Framing = f.With, f.Framed
	}
}

// Fillings are what [AnswerEndlessly] sends.
func Fillings() []string { return []string{"white-space", "members", "text"} }

// Framings are how [AnswerEndlessly] says where the body will end.
func Framings() []string { return []string{"chunked", "until-close", "long-length"} }

// StallOctets sends the head or the body of an answer one octet at a time, a
// span apart, as a slow-loris server does (CWE-400).
type StallOctets struct {
	Endpoint string `json:"endpoint" words:"endpoints"`
	Every    Span   `json:"every"`
	In       string `json:"in" words:"reply-parts"`
}

func (StallOctets) Fault() string { return "reply.stall-octets" }
func (f StallOctets) at() string  { return f.Endpoint }
func (f StallOctets) Replying(r *Reply) {
	if r.Endpoint != f.Endpoint {
		return
	}
	if every, err := f.Every.Duration(); err == nil {
		r.Every, r.EveryIn = max(every, time.Nanosecond), f.In
	}
}

// ReplyParts are the words of [StallOctets].
func ReplyParts() []string { return []string{"head", "body"} }
