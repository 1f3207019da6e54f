package fault

import (
	"strconv"
	"strings"
)

// SetClaim gives a claim another value, or adds it. Forged iss, aud, sub and
// nonce are the plainest way to test whether a verifier compares at all.
type SetClaim struct {
	Name  string `json:"name"`
	Value JSON   `json:"value"`
}

func (SetClaim) Fault() string        { return "token.set-claim" }
func (f SetClaim) Claiming(c *Claims) { c.Set(f.Name, f.Value) }

// DropClaim leaves a claim out. A check that runs only when its claim is
// present is no check (CVE-2026-45069).
type DropClaim struct {
	Name string `json:"name"`
}

func (DropClaim) Fault() string        { return "token.drop-claim" }
func (f DropClaim) Claiming(c *Claims) { c.Drop(f.Name) }

// RepeatClaim writes a claim twice, the second value right before the honest
// one or right after. Two readers of one token may then see two different
// users.
type RepeatClaim struct {
	Name  string `json:"name"`
	Value JSON   `json:"value"`
	First bool   `json:"first,omitempty"`
}

func (RepeatClaim) Fault() string        { return "token.repeat-claim" }
func (f RepeatClaim) Claiming(c *Claims) { c.Repeat(f.Name, f.Value, f.First) }

// SetClaimName writes a claim under another name, its value untouched, as a
// case-folding reader would not notice (CWE-178).
type SetClaimName struct {
	Name string `json:"name"`
	To   string `json:"to"`
}

func (SetClaimName) Fault() string        { return "token.set-claim-name" }
func (f SetClaimName) Claiming(c *Claims) { c.Rename(f.Name, f.To) }

// RetypeClaim writes a string claim in another type that holds the same text:
// "array", "nested-array", "object" or "array-with-null".
type RetypeClaim struct {
	Name string `json:"name"`
	As   string `json:"as" words:"retypings"`
}

func (RetypeClaim) Fault() string { return "token.retype-claim" }
func (f RetypeClaim) Claiming(c *Claims) {
	v, ok := c.Get(f.Name)
	if !ok {
		return
	}
	switch f.As {
	case "array":
		v = "[" + v + "]"
	case "nested-array":
		v = "[[" + v + "]]"
	case "object":
		v = "{" + v + ":1}"
	case "array-with-null":
		v = "[" + v + ",null]"
	}
	c.Set(f.Name, v)
}

// Retypings are the words of [RetypeClaim].
func Retypings() []string { return []string{"array", "nested-array", "object", "array-with-null"} }

// RespellClaim writes a string claim so that a careless comparison still calls
// it equal: by case, prefix, substring, wildcard, look or URL normalisation.
type RespellClaim struct {
	Name string `json:"name"`
	How  string `json:"how" words:"respellings"`
}

func (RespellClaim) Fault() string { return "token.respell-claim" }
func (f RespellClaim) Claiming(c *Claims) {
	v, ok := c.Get(f.Name)
	if !ok {
		return
	}
	var s string
	if unquote(v, &s) {
		c.Set(f.Name, Text(Respell(s, f.How)))
	}
}

// SetTime puts a NumericDate into a claim, At away from the tenant's now.
type SetTime struct {
	Name string `json:"name"`
	At   Span   `json:"at"`
	// As writes it as a "string" of digits or as "rfc3339" instead of a number,
	// with a "fraction" or an "exponent", which a number may have, or in
	// "milliseconds".
	As string `json:"as,omitempty" words:"times"`
}

func (SetTime) Fault() string { return "token.set-time" }
func (f SetTime) Claiming(c *Claims) {
	d, err := f.At.Duration()
	if err != nil {
		return
	}
	c.Set(f.Name, numericDate(c.Now.Add(d), f.As))
}

// TimeForms are the words of [SetTime].
func TimeForms() []string {
	return []string{"number", "string", "rfc3339", "fraction", "exponent", "milliseconds"}
}

// SetClaimDepth adds a claim that nests arrays or objects this deep. A parser
// that recurses exhausts its stack on it (CWE-674).
type SetClaimDepth struct {
	Name  string `json:"name"`
	Kind  string `json:"kind" words:"nestings"`
	Depth int    `json:"depth"`
}

func (SetClaimDepth) Fault() string        { return "token.set-claim-depth" }
func (f SetClaimDepth) Claiming(c *Claims) { c.Set(f.Name, nest(f.Kind, f.Depth)) }

// Nestings are the words of [SetClaimDepth] and [SetHeaderDepth].
func Nestings() []string { return []string{"array", "object"} }

// SetClaimsSize pads the claims with one long string until they have this many
// octets (CWE-770).
type SetClaimsSize struct {
	Bytes int `json:"bytes"`
}

func (SetClaimsSize) Fault() string        { return "token.set-claims-size" }
func (f SetClaimsSize) Claiming(c *Claims) { pad(&c.Object, f.Bytes) }

// SetClaimDigits gives a claim a number of this many nines, times a power of
// ten (CWE-190, CWE-1339).
type SetClaimDigits struct {
	Name     string `json:"name"`
	Digits   int    `json:"digits"`
	Exponent int    `json:"exponent,omitempty"`
}

func (SetClaimDigits) Fault() string { return "token.set-claim-digits" }
func (f SetClaimDigits) Claiming(c *Claims) {
	number := strings.Repeat("9", max(1, f.Digits))
	if f.Exponent != 0 {
		number += "e" + strconv.Itoa(f.Exponent)
	}
	c.Set(f.Name, JSON(number))
}

// SetAudienceCount puts so many other audiences before those of the token
// (CWE-400).
type SetAudienceCount struct {
	Others int `json:"others"`
}

func (SetAudienceCount) Fault() string { return "token.set-audience-count" }
func (f SetAudienceCount) Claiming(c *Claims) {
	v, ok := c.Get("aud")
	if !ok {
		return
	}
	var list strings.Builder
	list.WriteByte('[')
	for i := range f.Others {
		list.WriteString(`"https://api-`)
		list.WriteString(strconv.Itoa(i))
		list.WriteString(`.test",`)
	}
	list.WriteString(strings.TrimSuffix(strings.TrimPrefix(string(v), "["), "]"))
	list.WriteByte(']')
	c.Set("aud", JSON(list.String()))
}

// SetClaimCount adds so many claims under names of their own; In puts so many
// entries into one claim of that name instead (CWE-770).
type SetClaimCount struct {
	Count int    `json:"count"`
	In    string `json:"in,omitempty"`
}

func (SetClaimCount) Fault() string { return "token.set-claim-count" }
func (f SetClaimCount) Claiming(c *Claims) {
	if f.In == "" {
		for i := range f.Count {
			c.Object = append(c.Object, Member{Name: "claim-" + strconv.Itoa(i), Value: "1"})
		}
		return
	}
	var list strings.Builder
	for i := range f.Count {
		list.WriteString(`,"group of users number `)
		list.WriteString(strconv.Itoa(i))
		list.WriteByte('"')
	}
	c.Set(f.In, JSON("["+strings.TrimPrefix(list.String(), ",")+"]"))
}

// SetClaimLength gives a claim a string of this many letters. Whoever keeps
// only the first of them takes two users for one.
type SetClaimLength struct {
	Name   string `json:"name"`
	Length int    `json:"length"`
}

func (SetClaimLength) Fault() string { return "token.set-claim-length" }
func (f SetClaimLength) Claiming(c *Claims) {
	c.Set(f.Name, Text(strings.Repeat("s", max(0, f.Length))))
}

func pad(o *Object, size int) {
	missing := size - len(o.Append(nil)) - len(`,"pad":""`)
	if missing <= 0 {
		return
	}
	const piece = "pppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppp"
	var text strings.Builder
	text.Grow(missing + 2)
	text.WriteByte('"')
	for ; missing > len(piece); missing -= len(piece) {
		text.WriteString(piece)
	}
	text.WriteString(piece[:missing])
	text.WriteByte('"')
	o.Set("pad", JSON(text.String()))
}
