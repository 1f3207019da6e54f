package relyingparty

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"fmt"
	"strings"
)

// Setups are the kinds of registration that weaknesses take.
func Setups() []string {
	return []string{"code", "form-post", "hybrid", "hybrid-token", "implicit", "implicit-token", "fragment", "signed-userinfo", "private-key-jwt", "secret-post", "public", "without-userinfo"}
}

// Setup makes a registration one of a kind. What is set of r and does not concern
// the kind stays.
func Setup(name string, r Registration) (Registration, error) {
	switch name {
	case "", "code":
	case "form-post":
		r.ResponseMode = "form_post"
	case "hybrid":
		r.ResponseType = "code id_token"
	case "hybrid-token":
		r.ResponseType = "code id_token token"
	case "implicit":
		r.ResponseType, r.NoUserInfo = "id_token", true
	case "implicit-token":
		r.ResponseType = "id_token token"
	case "fragment":
		r.ResponseType, r.ResponseMode = "code id_token", "fragment"
	case "signed-userinfo":
		r.SignedUserInfo = "RS256"
	case "private-key-jwt":
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			return r, fmt.Errorf("relyingparty: a key for assertions: %w", err)
		}
		r.Auth, r.Key, r.ClientSecret = "private_key_jwt", key, ""
	case "secret-post":
		r.Auth = "client_secret_post"
	case "public":
		r.Auth, r.ClientSecret = "none", ""
	case "without-userinfo":
		r.NoUserInfo = true
	default:
		return r, fmt.Errorf("relyingparty: there is no set-up %q; use one of %s", name, strings.Join(Setups(), ", "))
	}
	return r, nil
}
