package validator_test

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/rogueidp/rogueidp/validator"
	"github.com/rogueidp/rogueidp/validator/internal/issuertest"
)

// TestParse holds what check 1 and 2 refuse. Every token was signed as it
// stands, unless the signature itself is what is wrong.
func TestParse(t *testing.T) {
	p := issuertest.New(issuerURL)
	v := start(t, p)
	good := p.Token()
	header, payload, sig := issuertest.Segments(good)
	claims := func(text string) string { return p.Token(issuertest.RawClaims(text)) }
	head := func(text string) string { return p.Token(issuertest.RawHeader(text)) }
	honest := decode(t, payload)
	honestHead := decode(t, header)
	signed := func(header, payload string) string {
		input := header + "." + payload
		return input + "." + issuertest.Encode(p.Key.Sign("RS256", input))
	}
	loose := payload // a payload whose last character has unused bits
	for pad := ""; len(loose)%4 == 0; pad += "x" {
		_, loose, _ = issuertest.Segments(p.Token(issuertest.Claim("pad", pad)))
	}
	deep := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }

	tests := map[string]string{
		"empty":                  "",
		"one part":               header,
		"two parts":              header + "." + payload,
		"no header":              "." + payload + "." + sig,
		"no payload":             header + ".." + sig,
		"trailing period":        good + ".",
		"four parts":             good + ".foo",
		"five parts":             good + ".foo.bar",
		"many periods":           strings.Repeat(".", 1<<20),
		"a string":               "abc",
		"padded header":          header + "=." + payload + "." + sig,
		"padded payload":         signed(header, payload+"="),
		"padded signature":       good + "==",
		"standard alphabet":      header + "." + payload + ".+/" + sig[2:],
		"line break in sig":      header + "." + payload + "." + sig[:8] + "\n" + sig[8:],
		"CR LF behind sig":       good + "\r\n",
		"line break in payload":  signed(header, payload[:8]+"\n"+payload[8:]),
		"line break in header":   signed(header[:4]+"\r"+header[4:], payload),
		"question mark":          header + "." + payload + "." + sig[:8] + "?" + sig[8:],
		"NUL":                    header + "." + payload + ".\x00" + sig,
		"length 4k+1":            good[:len(good)-1],
		"trailing bits":          signed(header, loose[:len(loose)-1]+trailing(loose)),
		"leading space":          " " + good,
		"trailing tab":           good + "\t",
		"byte order mark before": "\ufeff" + good,
		"Bearer":                 "Bearer " + good,
		"percent encoding":       strings.ReplaceAll(good, ".", "%2E"),
		"flattened JSON":         `{"protected":"` + header + `","payload":"` + payload + `","signature":"` + sig + `"}`,
		"general JSON":           `{"payload":"` + payload + `","signatures":[{"protected":"` + header + `","signature":"` + sig + `"}]}`,
		"no signatures":          `{"payload":"` + payload + `","signatures":[]}`,

		"duplicate alg":        head(`{"alg":"none",` + honestHead[1:]),
		"duplicate kid":        head(`{"kid":"other",` + honestHead[1:]),
		"duplicate iss":        claims(`{"iss":"https://evil.example",` + honest[1:]),
		"duplicate, escaped":   claims(`{"\u0069ss":"https://evil.example",` + honest[1:]),
		"duplicate deep down":  claims(honest[:len(honest)-1] + `,"x":{"a":1,"a":2}}`),
		"header is an array":   head(`[]`),
		"header is null":       head(`null`),
		"header is a string":   head(`"x"`),
		"payload is an array":  claims(`[]`),
		"payload is a number":  claims(`1`),
		"payload is true":      claims(`true`),
		"payload is null":      claims(`null`),
		"two objects":          claims(honest + `{}`),
		"garbage behind":       claims(honest + `x`),
		"garbage behind head":  head(honestHead + `x`),
		"comment":              claims(`/* */` + honest),
		"trailing comma":       claims(honest[:len(honest)-1] + `,}`),
		"single quotes":        claims(strings.ReplaceAll(honest, `"`, `'`)),
		"NaN":                  claims(honest[:len(honest)-1] + `,"x":NaN}`),
		"Infinity":             claims(honest[:len(honest)-1] + `,"x":Infinity}`),
		"invalid UTF-8":        claims(honest[:len(honest)-1] + ",\"x\":\"\xff\"}"),
		"lone surrogate":       claims(honest[:len(honest)-1] + `,"x":"\ud800"}`),
		"control character":    claims(honest[:len(honest)-1] + ",\"x\":\"\x01\"}"),
		"UTF-16":               claims(utf16BE(honest)),
		"byte order mark":      claims("\ufeff" + honest),
		"deep claims":          claims(honest[:len(honest)-1] + `,"x":` + deep(10_000) + `}`),
		"deep header":          head(honestHead[:len(honestHead)-1] + `,"x":` + deep(5_000) + `}`),
		"5 million levels":     claims(deep(5_000_000)),
		"5 million in header":  head(strings.Repeat(`{"a":`, 1_000_000)),
		"16 MiB header":        head(honestHead[:len(honestHead)-1] + `,"x":"` + strings.Repeat("x", 16<<20) + `"}`),
		"64 MiB payload":       header + "." + strings.Repeat("A", 64<<20) + "." + sig,
		"escapes hide nesting": claims(honest[:len(honest)-1] + `,"x":"\"` + strings.Repeat("[", 99) + `",` + `"y":` + deep(65) + `}`),
	}
	for name, token := range tests {
		t.Run(name, func(t *testing.T) {
			began := now()
			if e := refuse(t, v, token, validator.CodeParse); e.Check != validator.CheckParse {
				t.Errorf("refused by the %s check, want parse", e.Check)
			}
			if took := now().Sub(began); took > time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}

func TestParseAccepts(t *testing.T) {
	p := issuertest.New(issuerURL)
	v := start(t, p)
	_, payload, _ := issuertest.Segments(p.Token())
	honest := decode(t, payload)
	spaced := strings.NewReplacer(`,`, " ,\n\t", `:`, ` : `, `{`, "\r\n{ ").Replace(strings.ReplaceAll(honest, "https://", "https;//"))
	spaced = strings.ReplaceAll(spaced, "https;//", "https://")
	tests := map[string]string{
		"white space":          p.Token(issuertest.RawClaims(spaced)),
		"unknown header":       p.Token(issuertest.Header("x-foo", []any{1, "a", nil})),
		"unknown claims":       p.Token(issuertest.Claim("x", map[string]any{"a": []any{map[string]any{"b": 1}}})),
		"escaped member names": p.Token(issuertest.RawClaims(strings.ReplaceAll(honest, `"sub"`, `"\u0073ub"`))),
		"escaped alg":          p.Token(issuertest.RawHeader(`{"\u0061lg":"RS\u003256","kid":"rsa-1"}`)),
		"64 levels":            p.Token(issuertest.RawClaims(honest[:len(honest)-1] + `,"x":` + strings.Repeat("[", 63) + strings.Repeat("]", 63) + `}`)),
		"brackets in strings":  p.Token(issuertest.Claim("x", strings.Repeat(`[{\"`, 100))),
		"proto":                p.Token(issuertest.Claim("__proto__", map[string]any{"admin": true})),
		"a thousand members":   p.Token(manyClaims(1000)),
	}
	for name, token := range tests {
		t.Run(name, func(t *testing.T) {
			if c := accept(t, v, token); c.Subject != "alice" {
				t.Errorf("the subject is %q", c.Subject)
			}
		})
	}
}

// TestNames holds names that fold to others and must not be read as them.
func TestNames(t *testing.T) {
	p := issuertest.New(issuerURL)
	v := start(t, p)
	past := p.Clock.Now().Add(-time.Hour).Unix()
	tests := map[string]struct {
		change func(*issuertest.Token)
		code   validator.Code
	}{
		"ISS only": {rename("iss", "ISS"), validator.CodeIssuer},
		"AUD only": {rename("aud", "AUD"), validator.CodeAudience},
		"EXP only": {rename("exp", "EXP"), validator.CodeClaim},
		"EXP beside exp": {func(t *issuertest.Token) {
			t.Claims["EXP"], t.Claims["exp"], t.Claims["iat"] = t.Claims["exp"], past, past
		}, validator.CodeExpired},
		"long s":   {rename("iss", "i\u017fs"), validator.CodeIssuer},
		"ALG only": {renameHeader("alg", "ALG"), validator.CodeAlg},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { refuse(t, v, p.Token(test.change), test.code) })
	}
	if c := accept(t, v, p.Token(issuertest.Claim("SUB", "admin"), issuertest.Claim("\u017fub", "admin"))); c.Subject != "alice" {
		t.Errorf("the subject is %q", c.Subject)
	}
	if c := accept(t, v, p.Token(issuertest.Claim("sub", "admin\x00x"))); c.Subject != "admin\x00x" {
		t.Errorf("the subject is %q", c.Subject)
	}
}

func rename(from, to string) func(*issuertest.Token) {
	return func(t *issuertest.Token) {
		t.Claims[to] = t.Claims[from]
		delete(t.Claims, from)
	}
}

func renameHeader(from, to string) func(*issuertest.Token) {
	return func(t *issuertest.Token) {
		t.Header[to] = t.Header[from]
		delete(t.Header, from)
	}
}

func manyClaims(n int) func(*issuertest.Token) {
	return func(t *issuertest.Token) {
		for i := range n {
			t.Claims["claim-"+strings.Repeat("x", i%7)+string(rune('0'+i%10))+strings.Repeat("y", i/10)] = i
		}
	}
}

func decode(t testing.TB, segment string) string {
	t.Helper()
	octets, err := base64.RawURLEncoding.DecodeString(segment)
	if err != nil {
		t.Fatal(err)
	}
	return string(octets)
}

// trailing is the last character of a segment with unused bits set. The
// segment must have some.
func trailing(segment string) string {
	const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	return string(digits[strings.IndexByte(digits, segment[len(segment)-1])|1])
}

func utf16BE(text string) string {
	var b strings.Builder
	for _, unit := range utf16.Encode([]rune(text)) {
		b.WriteByte(byte(unit >> 8))
		b.WriteByte(byte(unit))
	}
	return b.String()
}
