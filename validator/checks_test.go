package validator_test

import (
	"crypto/sha256"
	"crypto/sha512"
	"strings"
	"testing"
	"time"

	"github.com/rogueidp/rogueidp/validator"
	"github.com/rogueidp/rogueidp/validator/internal/issuertest"
)

// honest is the code of a token that is accepted.
const honest validator.Code = ""

type row struct {
	name    string
	change  func(*issuertest.Token)
	want    validator.Code
	options []validator.Option
}

func play(t *testing.T, rows []row, config ...func(*validator.Config)) {
	t.Helper()
	p := issuertest.New(issuerURL)
	v := start(t, p, config...)
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			change := r.change
			if change == nil {
				change = func(*issuertest.Token) {}
			}
			if r.want == honest {
				accept(t, v, p.Token(change), r.options...)
				return
			}
			refuse(t, v, p.Token(change), r.want, r.options...)
		})
	}
}

var (
	claim  = issuertest.Claim
	header = issuertest.Header
)

func all(changes ...func(*issuertest.Token)) func(*issuertest.Token) {
	return func(t *issuertest.Token) {
		for _, change := range changes {
			change(t)
		}
	}
}

func TestIssuer(t *testing.T) {
	rows := []row{
		{name: "exact", want: honest},
		{name: "null", change: issuertest.RawClaims(`{"iss":null,"sub":"a","aud":"rp-1","iat":1,"exp":9000000000}`), want: validator.CodeIssuer},
		{name: "missing", change: claim("iss", nil), want: validator.CodeIssuer},
	}
	for _, iss := range []any{
		"", issuerURL + "1", issuerURL + "/", "https://ISSUER.example", "HTTPS://issuer.example", "http://issuer.example",
		issuerURL + ":443", "issuer.example", issuerURL + ".evil.com", "https://evil.com/" + issuerURL, "https://issuer.exampl",
		"https://issuerXexample", issuerURL + "/./", issuerURL + "?x", issuerURL + "#x", " " + issuerURL, issuerURL + "\n",
		"https://\u0456ssuer.example", issuerURL + "\u200b", []string{issuerURL}, []string{"https://evil.com", issuerURL}, 1, true, map[string]any{},
	} {
		rows = append(rows, row{name: "another", change: claim("iss", iss), want: validator.CodeIssuer})
	}
	play(t, rows)
}

func TestSubject(t *testing.T) {
	rows := []row{
		{name: "missing", change: claim("sub", nil), want: validator.CodeClaim},
		{name: "empty", change: claim("sub", ""), want: validator.CodeClaim},
		{name: "blank", change: claim("sub", " \t"), want: validator.CodeClaim},
		{name: "number", change: claim("sub", 1), want: validator.CodeClaim},
		{name: "array", change: claim("sub", []string{"victim"}), want: validator.CodeClaim},
		{name: "255 characters", change: claim("sub", strings.Repeat("a", 255)), want: honest},
		{name: "256 characters", change: claim("sub", strings.Repeat("a", 256)), want: validator.CodeClaim},
		{name: "not ASCII", change: claim("sub", "alícia"), want: honest},
	}
	play(t, rows)
}

func TestAudience(t *testing.T) {
	const other, id = "rp-2", issuertest.ClientID
	rows := []row{
		{name: "array of one", change: claim("aud", []string{id}), want: honest},
		{name: "twice", change: claim("aud", []string{id, id}), want: honest},
		{name: "trusted beside", change: claim("aud", []string{id, "api"}), want: honest},
		{name: "untrusted beside", change: claim("aud", []string{id, id + "1"}), want: validator.CodeAudience},
		{name: "only trusted", change: claim("aud", "api"), want: validator.CodeAudience},
		{name: "missing", change: claim("aud", nil), want: validator.CodeAudience},
		{name: "azp is the client", change: claim("azp", id), want: honest},
		{name: "azp is trusted", change: claim("azp", "api"), want: honest},
		{name: "azp is another", change: claim("azp", other), want: validator.CodeParty},
		{name: "azp is an array", change: claim("azp", []string{id}), want: validator.CodeParty},
		{name: "azp alone names the client", change: all(claim("azp", id), claim("aud", other)), want: validator.CodeAudience},
		{name: "null", change: issuertest.RawClaims(`{"iss":"` + issuerURL + `","sub":"a","aud":null,"iat":1,"exp":9000000000}`), want: validator.CodeAudience},
	}
	for _, aud := range []any{
		other, id + "1", "RP-1", "rp", " " + id, id + " ", id + " " + other, id + "," + other, "*", ".*", "rp-*", "",
		[]string{}, []string{""}, []any{nil}, 1, true, map[string]any{id: 1}, []any{[]any{id}}, []any{id, 1}, []string{"RP-1", "rp"},
	} {
		rows = append(rows, row{name: "another", change: claim("aud", aud), want: validator.CodeAudience})
	}
	play(t, rows, func(c *validator.Config) { c.TrustedAudiences = []string{"api"} })
}

func TestTime(t *testing.T) {
	now := issuertest.New(issuerURL).Clock.Now()
	at := func(d time.Duration) int64 { return now.Add(d).Unix() }
	rows := []row{
		{name: "within leeway", change: all(claim("exp", at(-299*time.Second)), claim("iat", at(-time.Hour))), want: honest},
		{name: "at the end of leeway", change: claim("exp", at(-300*time.Second)), want: validator.CodeExpired},
		{name: "long ago", change: claim("exp", at(-time.Hour)), want: validator.CodeExpired},
		{name: "fraction", change: claim("exp", float64(at(300*time.Second))+0.5), want: honest},
		{name: "exponent", change: number("exp", "4e9"), want: honest},
		{name: "past with exponent", change: number("exp", "1.5E9"), want: validator.CodeExpired},
		{name: "1E+2", change: number("exp", "1E+2"), want: validator.CodeExpired},
		{name: "-0", change: number("exp", "-0"), want: validator.CodeExpired},
		{name: "zero", change: claim("exp", 0), want: validator.CodeExpired},
		{name: "negative", change: claim("exp", -1), want: validator.CodeExpired},
		{name: "ten years", change: claim("exp", at(87600*time.Hour)), want: honest},
		{name: "missing", change: claim("exp", nil), want: validator.CodeClaim},
		{name: "nbf ahead", change: claim("nbf", at(time.Hour)), want: validator.CodeNotYetValid},
		{name: "nbf within leeway", change: claim("nbf", at(300*time.Second)), want: honest},
		{name: "nbf past leeway", change: claim("nbf", at(301*time.Second)), want: validator.CodeNotYetValid},
		{name: "nbf is a string", change: claim("nbf", "1"), want: validator.CodeNotYetValid},
		{name: "iat missing", change: claim("iat", nil), want: validator.CodeIssuedAt},
		{name: "iat tomorrow", change: all(claim("iat", at(24*time.Hour)), claim("exp", at(25*time.Hour))), want: validator.CodeIssuedAt},
		{name: "iat within leeway", change: claim("iat", at(299*time.Second)), want: honest},
		{name: "iat last week", change: claim("iat", at(-168*time.Hour)), want: honest},
		{name: "iat is a string", change: claim("iat", "1"), want: validator.CodeIssuedAt},
		{name: "iat is a fraction", change: claim("iat", float64(at(0))-0.25), want: honest},
		{name: "exp before iat", change: all(claim("iat", at(-10*time.Second)), claim("exp", at(-20*time.Second))), want: validator.CodeIssuedAt},
	}
	for _, exp := range []string{
		`"1893456000"`, `"2099-01-01T00:00:00Z"`, `true`, `[]`, `{}`, `""`, `"Infinity"`, `null`, `[4000000000]`,
		`1e400`, `-1e400`, `1e30`, `9007199254740993`, `9223372036854775807`, `9223372036854775808`, `18446744073709551616`,
		`253402300800`, `1893456000000`, strings.Repeat("9", 100_000), `0.` + strings.Repeat("9", 100_000),
	} {
		rows = append(rows, row{name: "no time", change: number("exp", exp), want: validator.CodeClaim})
	}
	play(t, rows)
}

// number sets a claim to JSON text.
func number(name, text string) func(*issuertest.Token) {
	return issuertest.RawClaims(`{"iss":"` + issuerURL + `","sub":"alice","aud":"rp-1","iat":1,"` + name + `":` + text + `}`)
}

func TestNoLeeway(t *testing.T) {
	p := issuertest.New(issuerURL)
	v := start(t, p, func(c *validator.Config) { c.Leeway = time.Nanosecond })
	now := p.Clock.Now().Unix()
	refuse(t, v, p.Token(claim("iat", now-10), claim("exp", now)), validator.CodeExpired)
	accept(t, v, p.Token(claim("iat", now), claim("nbf", now), claim("exp", now+1)))
	refuse(t, v, p.Token(claim("nbf", now+1)), validator.CodeNotYetValid)
}

func TestNonce(t *testing.T) {
	sent := []validator.Option{validator.WithNonce("n-Ab1")}
	none := []validator.Option{validator.WithNonce("")}
	rows := []row{
		{name: "echoed", change: claim("nonce", "n-Ab1"), want: honest, options: sent},
		{name: "absent", want: validator.CodeNonce, options: sent},
		{name: "another", change: claim("nonce", "n-Ab11"), want: validator.CodeNonce, options: sent},
		{name: "case", change: claim("nonce", "n-aB1"), want: validator.CodeNonce, options: sent},
		{name: "prefix", change: claim("nonce", "n-Ab"), want: validator.CodeNonce, options: sent},
		{name: "space", change: claim("nonce", "n-Ab1 "), want: validator.CodeNonce, options: sent},
		{name: "empty", change: claim("nonce", ""), want: validator.CodeNonce, options: sent},
		{name: "array", change: claim("nonce", []string{"n-Ab1"}), want: validator.CodeNonce, options: sent},
		{name: "number", change: claim("nonce", 1), want: validator.CodeNonce, options: sent},
		{name: "not supported", change: claim("nonce_supported", false), want: validator.CodeNonce, options: sent},
		{name: "unsolicited", change: claim("nonce", "n-Ab1"), want: validator.CodeNonce},
		{name: "none known, none there", want: validator.CodeNonce, options: none},
		{name: "none known, empty one", change: claim("nonce", ""), want: validator.CodeNonce, options: none},
		{name: "logout token", change: claim("events", map[string]any{}), want: validator.CodeType},
	}
	play(t, rows)
}

func TestHashes(t *testing.T) {
	half := func(text string) string { s := sha256.Sum256([]byte(text)); return issuertest.Encode(s[:16]) }
	whole := sha256.Sum256([]byte("token"))
	token := []validator.Option{validator.WithAccessToken("token")}
	code := []validator.Option{validator.WithCode("code")}
	state := []validator.Option{validator.WithState("state")}
	rows := []row{
		{name: "at_hash", change: claim("at_hash", half("token")), want: honest, options: token},
		{name: "at_hash absent", want: honest, options: token},
		{name: "at_hash not asked for", change: claim("at_hash", "x"), want: honest},
		{name: "at_hash of another", change: claim("at_hash", half("other")), want: validator.CodeClaim, options: token},
		{name: "at_hash whole", change: claim("at_hash", issuertest.Encode(whole[:])), want: validator.CodeClaim, options: token},
		{name: "at_hash right half", change: claim("at_hash", issuertest.Encode(whole[16:])), want: validator.CodeClaim, options: token},
		{name: "at_hash padded", change: claim("at_hash", half("token")+"=="), want: validator.CodeClaim, options: token},
		{name: "at_hash number", change: claim("at_hash", 1), want: validator.CodeClaim, options: token},
		{name: "c_hash", change: claim("c_hash", half("code")), want: honest, options: code},
		{name: "c_hash absent", want: validator.CodeClaim, options: code},
		{name: "c_hash of another", change: claim("c_hash", half("code")+"1"), want: validator.CodeClaim, options: code},
		{name: "s_hash", change: claim("s_hash", half("state")), want: honest, options: state},
		{name: "s_hash absent", want: validator.CodeClaim, options: state},
	}
	play(t, rows)

	p := issuertest.New(issuerURL)
	p.Rotate(issuertest.Ed25519("ed-1"))
	v := start(t, p, func(c *validator.Config) { c.Algorithms = []string{"EdDSA"} })
	long := sha512.Sum512([]byte("token"))
	accept(t, v, p.Token(claim("at_hash", issuertest.Encode(long[:32]))), token...)
	refuse(t, v, p.Token(claim("at_hash", half("token"))), validator.CodeClaim, token...)
}

func TestLogin(t *testing.T) {
	now := issuertest.New(issuerURL).Clock.Now()
	age := []validator.Option{validator.WithMaxAge(time.Minute)}
	acr := []validator.Option{validator.WithACR("gold", "silver")}
	rows := []row{
		{name: "recent", change: claim("auth_time", now.Unix()-30), want: honest, options: age},
		{name: "missing", want: validator.CodeClaim, options: age},
		{name: "an hour ago", change: claim("auth_time", now.Unix()-3600), want: validator.CodeClaim, options: age},
		{name: "future", change: claim("auth_time", now.Unix()+3600), want: validator.CodeClaim, options: age},
		{name: "string", change: claim("auth_time", "1"), want: validator.CodeClaim, options: age},
		{name: "negative", change: claim("auth_time", -1), want: validator.CodeClaim, options: age},
		{name: "zero", change: claim("auth_time", 0), want: validator.CodeClaim, options: age},
		{name: "milliseconds", change: claim("auth_time", now.UnixMilli()), want: validator.CodeClaim, options: age},
		{name: "silver", change: claim("acr", "silver"), want: honest, options: acr},
		{name: "bronze", change: claim("acr", "bronze"), want: validator.CodeClaim, options: acr},
		{name: "Silver", change: claim("acr", "Silver"), want: validator.CodeClaim, options: acr},
		{name: "no acr", want: validator.CodeClaim, options: acr},
		{name: "no acr would do", change: claim("acr", "silver"), want: validator.CodeClaim, options: []validator.Option{validator.WithACR()}},
	}
	play(t, rows)
}

func TestBearerJWT(t *testing.T) {
	rows := []row{
		{name: "plain", want: honest},
		{name: "at+jwt", change: header("typ", "at+jwt"), want: honest},
		{name: "no typ", change: header("typ", nil), want: honest},
		{name: "dpop+jwt", change: header("typ", "dpop+jwt"), want: validator.CodeType},
		{name: "no sub", change: claim("sub", nil), want: honest},
		{name: "sub of another type", change: claim("sub", 1), want: validator.CodeClaim},
		{name: "no iat", change: claim("iat", nil), want: honest},
		{name: "more audiences", change: claim("aud", []string{"other", issuertest.ClientID}), want: honest},
		{name: "azp of a client", change: claim("azp", "some-app"), want: honest},
		{name: "nonce", change: claim("nonce", "n"), want: honest},
		{name: "another nonce", change: claim("nonce", "n"), want: validator.CodeNonce, options: []validator.Option{validator.WithNonce("m")}},
		{name: "for a client", change: claim("aud", "rp-9"), want: validator.CodeAudience},
		{name: "no exp", change: claim("exp", nil), want: validator.CodeClaim},
		{name: "no iss", change: claim("iss", nil), want: validator.CodeIssuer},
	}
	play(t, rows, func(c *validator.Config) { c.Kind = validator.BearerJWT })
}

func TestAccessToken(t *testing.T) {
	full := all(header("typ", "at+jwt"), claim("client_id", "some-app"), claim("jti", "j-1"))
	rows := []row{
		{name: "plain", change: full, want: honest},
		{name: "application/at+jwt", change: all(full, header("typ", "application/at+jwt")), want: honest},
		{name: "JWT", change: all(full, header("typ", "JWT")), want: validator.CodeType},
		{name: "no typ", change: all(full, header("typ", nil)), want: validator.CodeType},
		{name: "no client_id", change: all(full, claim("client_id", nil)), want: validator.CodeClaim},
		{name: "no jti", change: all(full, claim("jti", nil)), want: validator.CodeClaim},
		{name: "no sub", change: all(full, claim("sub", nil)), want: validator.CodeClaim},
		{name: "no iat", change: all(full, claim("iat", nil)), want: validator.CodeIssuedAt},
		{name: "ID token", want: validator.CodeType},
	}
	play(t, rows, func(c *validator.Config) { c.Kind = validator.AccessToken })
}
