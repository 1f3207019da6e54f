package steps

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
)

// Compact is the compact serialization of a JWS, taken apart but not decoded
// (RFC 7515, 7.1).
type Compact struct {
	Header, Payload, Signature string
	// Signed is header and payload with the period between them, the text
	// that was signed.
	Signed string
}

// splitCompact takes exactly two periods (RFC 7515, 5.2 item 1). Five parts
// are an encrypted token, which nobody agreed on.
func splitCompact(raw string) (Compact, error) {
	header, rest, _ := strings.Cut(raw, ".")
	payload, signature, ok := strings.Cut(rest, ".")
	if !ok || strings.IndexByte(signature, '.') >= 0 {
		n := strings.Count(raw, ".")
		if n == 4 {
			return Compact{}, errors.New("the token has five parts, as an encrypted one has; send a signed one")
		}
		return Compact{}, fmt.Errorf("the token has %d periods; a signed one has exactly two", n)
	}
	return Compact{
		Header:    header,
		Payload:   payload,
		Signature: signature,
		Signed:    raw[:len(header)+1+len(payload)],
	}, nil
}

// strictAlphabet refuses line breaks, which the decoder would skip wherever
// they stand. Every other character that base64url does not have, padding
// included, is refused by the decoder itself (RFC 7515, 2; RFC 8725bis, 3.14).
func strictAlphabet(segment string) error {
	if strings.IndexByte(segment, '\n') >= 0 || strings.IndexByte(segment, '\r') >= 0 {
		return errors.New("it holds a line break")
	}
	return nil
}

var strict = base64.RawURLEncoding.Strict()

// decodeStrict refuses foreign characters, lengths that no octets have, and
// trailing bits that are not zero (RFC 4648, 3.3 and 3.5).
func decodeStrict(dst []byte, segment string) ([]byte, error) {
	return strict.AppendDecode(dst, []byte(segment))
}

// decode runs a segment through the alphabet and the decoder.
func (s *Steps) decode(dst []byte, segment string) ([]byte, error) {
	if err := s.Reading.Alphabet(segment); err != nil {
		return nil, err
	}
	return s.Reading.Decode(dst, segment)
}
