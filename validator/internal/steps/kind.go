package steps

// A Kind is a kind of token, each with rules that shut out the others.
type Kind uint8

// The kinds of token.
const (
	IDToken     Kind = iota // OpenID Connect Core 1.0, section 2
	BearerJWT               // any signed JWT that opens a resource
	AccessToken             // RFC 9068
)

func (k Kind) String() string {
	switch k {
	case IDToken:
		return "an ID token"
	case BearerJWT:
		return "a bearer JWT"
	case AccessToken:
		return "an access token of RFC 9068"
	}
	return "an unknown kind of token"
}
