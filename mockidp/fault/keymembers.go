package fault

import (
	"encoding/base64"
	"strings"
)

// RepeatKeyMember writes a member of the signing key's JWK twice, the second
// value right before the honest one or right after (RFC 7517 section 4).
type RepeatKeyMember struct {
	Name  string `json:"name"`
	Value JSON   `json:"value"`
	First bool   `json:"first,omitempty"`
}

func (RepeatKeyMember) Fault() string { return "keyset.repeat-key-member" }
func (f RepeatKeyMember) Publishing(k *KeySet) {
	k.signing(func(p *PublishedKey) { p.Repeat(f.Name, f.Value, f.First) })
}

// SetKeyMemberName writes a member of the signing key's JWK under another
// name, its value untouched, as a case-folding reader would not notice
// (CWE-178).
type SetKeyMemberName struct {
	Name string `json:"name"`
	To   string `json:"to"`
}

func (SetKeyMemberName) Fault() string { return "keyset.set-key-member-name" }
func (f SetKeyMemberName) Publishing(k *KeySet) {
	k.signing(func(p *PublishedKey) { p.Rename(f.Name, f.To) })
}

// RespellKeyMember writes a number of the signing key's JWK in another text of
// the same value: "padded" with =, in the "standard-alphabet" of base64, or
// with a "leading-zero" octet (RFC 7518 sections 2 and 6.3.1.1).
type RespellKeyMember struct {
	Name string `json:"name"`
	How  string `json:"how" words:"number-spellings"`
}

func (RespellKeyMember) Fault() string { return "keyset.respell-key-member" }
func (f RespellKeyMember) Publishing(k *KeySet) {
	k.signing(func(p *PublishedKey) {
		v, _ := p.Get(f.Name)
		var s string
		if unquote(v, &s) {
			p.Set(f.Name, Text(respellNumber(s, f.How)))
		}
	})
}

// NumberSpellings are the words of [RespellKeyMember].
func NumberSpellings() []string { return []string{"padded", "standard-alphabet", "leading-zero"} }

func respellNumber(s, how string) string {
	switch how {
	case "padded":
		return s + strings.Repeat("=", (4-len(s)%4)%4)
	case "standard-alphabet":
		return strings.NewReplacer("-", "+", "_", "/").Replace(s)
	case "leading-zero":
		raw, err := base64.RawURLEncoding.DecodeString(s)
		if err != nil {
			return s
		}
		return base64.RawURLEncoding.EncodeToString(append([]byte{0}, raw...))
	}
	return s
}

// SetKeyText gives a member of the signing key's JWK one text many times over,
// alone or as the one entry of an array, for readers that search it with a
// pattern (CWE-1333).
type SetKeyText struct {
	Name   string `json:"name"`
	Text   string `json:"text"`
	Times  int    `json:"times"`
	Listed bool   `json:"listed,omitempty"`
}

func (SetKeyText) Fault() string { return "keyset.set-key-text" }
func (f SetKeyText) Publishing(k *KeySet) {
	value := Text(strings.Repeat(f.Text, max(0, f.Times)))
	if f.Listed {
		value = "[" + value + "]"
	}
	k.signing(func(p *PublishedKey) { p.Set(f.Name, value) })
}
