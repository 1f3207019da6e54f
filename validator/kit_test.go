package validator_test

import (
	"errors"
	"testing"

	"github.com/rogueidp/rogueidp/validator"
	"github.com/rogueidp/rogueidp/validator/internal/issuertest"
)

const issuerURL = "https://issuer.example"

// start makes a validator that trusts the provider.
func start(t testing.TB, p *issuertest.Provider, changes ...func(*validator.Config)) *validator.Validator {
	t.Helper()
	v, err := validator.New(settings(p, changes...))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func settings(p *issuertest.Provider, changes ...func(*validator.Config)) validator.Config {
	c := validator.Config{Issuer: p.URL, ClientID: issuertest.ClientID, Clock: p.Clock, HTTPClient: p.Client()}
	for _, change := range changes {
		change(&c)
	}
	return c
}

func accept(t testing.TB, v *validator.Validator, token string, options ...validator.Option) *validator.Claims {
	t.Helper()
	claims, err := v.Validate(t.Context(), token, options...)
	if err != nil {
		t.Fatalf("an honest token was not accepted: %v", err)
	}
	return claims
}

func refuse(t testing.TB, v *validator.Validator, token string, code validator.Code, options ...validator.Option) *validator.Error {
	t.Helper()
	_, err := v.Validate(t.Context(), token, options...)
	return wants(t, err, code, false)
}

func unavailable(t testing.TB, v *validator.Validator, token string, code validator.Code) *validator.Error {
	t.Helper()
	_, err := v.Validate(t.Context(), token)
	return wants(t, err, code, true)
}

func wants(t testing.TB, err error, code validator.Code, unavailable bool) *validator.Error {
	t.Helper()
	var e *validator.Error
	if !errors.As(err, &e) {
		t.Fatalf("got %v, want an *Error with code %s", err, code)
	}
	if e.Code != code || e.Unavailable() != unavailable {
		t.Fatalf("got code %s, unavailable %v (%v); want %s, %v", e.Code, e.Unavailable(), err, code, unavailable)
	}
	return e
}

func fetches(t testing.TB, p *issuertest.Provider, want int) {
	t.Helper()
	if got := p.Fetches(issuertest.KeySet); got != want {
		t.Fatalf("the key set was fetched %d times, want %d", got, want)
	}
}
