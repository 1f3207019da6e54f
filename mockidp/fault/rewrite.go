package fault

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"strings"
)

// ReplaceClaims sends any JSON value in place of the claims set, and signs it.
type ReplaceClaims struct {
	Value JSON `json:"value"`
}

func (ReplaceClaims) Fault() string        { return "token.replace-claims" }
func (f ReplaceClaims) Claiming(c *Claims) { c.Text = string(f.Value) }

// ReplaceHeader sends any JSON value in place of the header, and signs it.
type ReplaceHeader struct {
	Value JSON `json:"value"`
}

func (ReplaceHeader) Fault() string       { return "token.replace-header" }
func (f ReplaceHeader) Heading(h *Header) { h.Text = string(f.Value) }

// RewriteClaims writes the claims, which stay the same, in another text: in
// JSON that is unusual, in what only resembles JSON, or in another encoding.
type RewriteClaims struct {
	As string `json:"as" words:"json-spellings"`
}

func (RewriteClaims) Fault() string        { return "token.rewrite-claims" }
func (f RewriteClaims) Claiming(c *Claims) { c.Spelling = f.As }

// RewriteHeader writes the header, which stays the same, in another text, as
// [RewriteClaims] does with claims.
type RewriteHeader struct {
	As string `json:"as" words:"json-spellings"`
}

func (RewriteHeader) Fault() string       { return "token.rewrite-header" }
func (f RewriteHeader) Heading(h *Header) { h.Spelling = f.As }

// JSONSpellings are the words of [RewriteClaims] and [RewriteHeader]. The first
// two are JSON, the third may be read as such, and the others are not.
func JSONSpellings() []string {
	return []string{
		"spaced", "escaped-names", "utf-8-bom",
		"utf-16le", "utf-16be", "utf-32be", "stray-octets",
		"comment", "trailing-comma", "single-quotes", "nan", "infinity",
		"object-behind", "garbage-behind", "deflated",
	}
}

// Rewritten is the text of a JSON object in a spelling of [JSONSpellings], or
// as it is for any other word.
func Rewritten(text []byte, as string) []byte {
	inside := func(more string) []byte {
		return append(bytes.TrimSuffix(bytes.Clone(text), []byte("}")), more+"}"...)
	}
	switch as {
	case "spaced":
		var b bytes.Buffer
		if json.Indent(&b, text, "", "\t") != nil {
			return text
		}
		return []byte(" \n\t" + b.String() + "\n ")
	case "escaped-names":
		return escapedNames(text)
	case "utf-8-bom":
		return reencode(text, as)
	case "utf-16le":
		return wide(string(text), binary.LittleEndian)
	case "utf-16be":
		return wide(string(text), binary.BigEndian)
	case "utf-32be":
		var out []byte
		for _, r := range string(text) {
			out = binary.BigEndian.AppendUint32(out, uint32(r))
		}
		return out
	case "stray-octets":
		return inside(",\"x\":\"\xe9\xff\"")
	case "comment":
		return inside("/* comment */")
	case "trailing-comma":
		return inside(",")
	case "single-quotes":
		return bytes.ReplaceAll(text, []byte(`"`), []byte("'"))
	case "nan":
		return inside(`,"x":NaN`)
	case "infinity":
		return inside(`,"x":Infinity`)
	case "object-behind":
		return append(bytes.Clone(text), "{}"...)
	case "garbage-behind":
		return append(bytes.Clone(text), "garbage"...)
	case "deflated":
		return deflated(text)
	}
	return text
}

// deflated is a text in DEFLATE (RFC 1951) with 4 MiB of white space behind
// it, which JSON allows and which take a thousandth of that.
func deflated(text []byte) []byte {
	const blanks = 4 << 20
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestCompression)
	if err != nil {
		return text
	}
	for _, part := range [][]byte{text, bytes.Repeat([]byte(" "), blanks)} {
		if _, err := w.Write(part); err != nil {
			return text
		}
	}
	if err := w.Close(); err != nil {
		return text
	}
	return b.Bytes()
}

// escapedNames writes the first letter of each member's name as \u and four
// digits.
func escapedNames(text []byte) []byte {
	o, ok := ReadObject(text)
	if !ok {
		return text
	}
	out := []byte{'{'}
	for i, m := range o {
		if i > 0 {
			out = append(out, ',')
		}
		name := quote(m.Name)
		if m.Name != "" && m.Name[0] < 0x80 && name[1] != '\\' {
			name = fmt.Sprintf(`"\u%04x%s`, m.Name[0], name[2:])
		}
		out = append(append(append(out, name...), ':'), m.Value...)
	}
	return append(out, '}')
}

// RespellSegment writes a segment in base64url that a strict decoder refuses
// and a lenient one reads as the same octets. Header and payload are signed as
// altered, and take a space of JSON more where they would leave no room for it.
type RespellSegment struct {
	In  string `json:"in" words:"segments"`
	How string `json:"how" words:"segment-spellings"`
}

func (RespellSegment) Fault() string          { return "token.respell-segment" }
func (f RespellSegment) Signing(s *Signature) { s.Edits = append(s.Edits, f) }

// EditSegment respells the text if the segment is the one named.
func (f RespellSegment) EditSegment(name, text string) string {
	if name != f.In {
		return text
	}
	if name != "signature" {
		text = roomy(text, f.How)
	}
	return respellSegment(text, f.How)
}

// RespellSignedSegment respells a segment as [RespellSegment] does, when the
// signature over the honest text is already made.
type RespellSignedSegment struct {
	In  string `json:"in" words:"segments"`
	How string `json:"how" words:"segment-spellings"`
}

func (RespellSignedSegment) Fault() string { return "token.respell-signed-segment" }
func (f RespellSignedSegment) Compacting(c *Compact) {
	switch f.In {
	case "header":
		c.Header = respellSegment(c.Header, f.How)
	case "payload":
		c.Payload = respellSegment(c.Payload, f.How)
	case "signature":
		c.Signature = respellSegment(c.Signature, f.How)
	}
}

// SegmentSpellings are the words of [RespellSegment] and
// [RespellSignedSegment]: with = behind it, in the + and / of base64, with a
// bit set that no octet has, and with one letter too many.
func SegmentSpellings() []string {
	return []string{"padded", "standard-alphabet", "trailing-bits", "one-letter-more"}
}

const base64url = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

func respellSegment(text, how string) string {
	switch how {
	case "padded", "standard-alphabet":
		return respellNumber(text, how)
	case "trailing-bits":
		if len(text)%4 < 2 {
			return text
		}
		last := strings.IndexByte(base64url, text[len(text)-1])
		return text[:len(text)-1] + string(base64url[last|1])
	case "one-letter-more":
		for len(text)%4 != 1 {
			text += "A"
		}
	}
	return text
}

// roomy puts spaces behind the JSON of a segment until its length suits a
// spelling: whole groups for one letter more, and none for the other three.
func roomy(text, how string) string {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || how == "standard-alphabet" {
		return text
	}
	for (len(raw)%3 == 0) != (how == "one-letter-more") {
		raw = append(raw, ' ')
	}
	return base64.RawURLEncoding.EncodeToString(raw)
}
