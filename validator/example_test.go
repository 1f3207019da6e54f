package validator_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"strings"

	"github.com/rogueidp/rogueidp/validator"
)

// A relying party checks the ID token that it got for a code.
func Example() {
	v, err := validator.New(validator.Config{
		Issuer:   "https://accounts.google.com",
		ClientID: "my-client.apps.googleusercontent.com",
	})
	if err != nil {
		log.Fatal(err)
	}

	claims, err := v.Validate(context.Background(), "eyJhbGciOiJub25lIn0.e30.", validator.WithNonce("n-0S6_WzA2Mj"))
	var e *validator.Error
	switch {
	case errors.As(err, &e) && e.Unavailable():
		fmt.Println("try again later:", e)
	case errors.As(err, &e):
		fmt.Println("refused:", e.Check, e.Code)
	default:
		fmt.Println("welcome,", claims.Subject)
	}
	// Output: refused: signature alg
}

// A resource server checks the access tokens of RFC 9068 that its callers
// bring.
func Example_resourceServer() {
	v, err := validator.New(validator.Config{
		Issuer:   "https://login.example",
		ClientID: "https://api.example/",
		Kind:     validator.AccessToken,
	})
	if err != nil {
		log.Fatal(err)
	}
	_ = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		claims, err := v.Validate(r.Context(), raw)
		var e *validator.Error
		switch {
		case errors.As(err, &e) && e.Unavailable():
			w.WriteHeader(http.StatusServiceUnavailable)
		case err != nil:
			w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
			w.WriteHeader(http.StatusUnauthorized)
		default:
			fmt.Fprintf(w, "hello, %s\n", claims.Subject)
		}
	})
}

// The signature alone.
func ExampleVerifyJWS() {
	const jwk = `{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}`
	const jws = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc." +
		"hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
	payload, err := validator.VerifyJWS(jws, jwk, "EdDSA")
	fmt.Println(string(payload), err)
	// Output: Example of Ed25519 signing <nil>
}
