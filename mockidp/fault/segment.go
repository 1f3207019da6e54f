package fault

import (
	"bytes"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"math/big"
)

// rewrite decodes a segment, sets one member, and encodes it again. A segment
// that holds no JSON object stays as it is.
func rewrite(segment, name string, value JSON) string {
	raw, err := base64.RawURLEncoding.DecodeString(segment)
	if err != nil {
		return segment
	}
	o, ok := ReadObject(raw)
	if !ok {
		return segment
	}
	o.Set(name, value)
	return base64.RawURLEncoding.EncodeToString(o.Append(nil))
}

// ReadObject reads a JSON object with its members in order, duplicates and
// all. It is false for anything else.
func ReadObject(raw []byte) (Object, bool) {
	d := json.NewDecoder(bytes.NewReader(raw))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, false
	}
	o := Object{}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, false
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, false
		}
		o = append(o, Member{name.(string), JSON(value)})
	}
	if _, err := d.Token(); err != nil {
		return nil, false
	}
	_, err := d.Token()
	return o, errors.Is(err, io.EOF)
}

func unquote(v JSON, s *string) bool { return json.Unmarshal([]byte(v), s) == nil }

// asn1Signature writes r||s as an ASN.1 sequence of two integers. As BER the
// length of the sequence takes the long form.
func asn1Signature(raw []byte, ber bool) []byte {
	half := len(raw) / 2
	der, err := asn1.Marshal(struct{ R, S *big.Int }{
		new(big.Int).SetBytes(raw[:half]),
		new(big.Int).SetBytes(raw[half:]),
	})
	if err != nil || !ber {
		return der
	}
	body := der[2:]
	if der[1] >= 0x80 {
		body = der[2+int(der[1]&0x7f):]
	}
	return append([]byte{0x30, 0x82, byte(len(body) >> 8), byte(len(body))}, body...)
}
