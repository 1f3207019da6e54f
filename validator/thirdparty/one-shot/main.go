// Command one-shot verifies one token with go-jose and ends: the least that it
// takes to be tested as cmd:./one-shot. The token is on stdin; key set and
// settings are in the files that the environment names. It exits with 0 for
// accept, with the claims on stdout, 1 for reject and 2 for "could not decide".
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// settings are what ROGUEIDP_CONFIG_FILE says.
type settings struct {
	Issuer   string                    `json:"issuer"`
	ClientID string                    `json:"client_id"`
	Algs     []jose.SignatureAlgorithm `json:"algs"`
	Nonce    string                    `json:"nonce"`
	Now      int64                     `json:"now"`
}

func main() {
	var config settings
	var keys jose.JSONWebKeySet
	err := errors.Join(read("ROGUEIDP_CONFIG_FILE", &config), read("ROGUEIDP_JWKS_FILE", &keys))
	raw, e := io.ReadAll(os.Stdin)
	if err = errors.Join(err, e); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	claims, err := verify(string(raw), config, keys)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if err := json.NewEncoder(os.Stdout).Encode(claims); err != nil {
		os.Exit(2)
	}
}

// read reads the file that a variable of the environment names.
func read(variable string, into any) error {
	raw, err := os.ReadFile(os.Getenv(variable))
	if err != nil {
		return fmt.Errorf("%s: %w", variable, err)
	}
	return json.Unmarshal(raw, into)
}

// verify is what a sign-in would do with go-jose: the signature, and then each
// claim that OpenID Connect Core 3.1.3.7 has a client look at.
func verify(raw string, config settings, keys jose.JSONWebKeySet) (map[string]any, error) {
	token, err := jwt.ParseSigned(raw, config.Algs)
	if err != nil {
		return nil, err
	}
	var standard jwt.Claims
	all := map[string]any{}
	if err := token.Claims(keys, &standard, &all); err != nil {
		return nil, err
	}
	now := time.Unix(config.Now, 0)
	expected := jwt.Expected{Issuer: config.Issuer, AnyAudience: jwt.Audience{config.ClientID}, Time: now}
	switch err := standard.ValidateWithLeeway(expected, time.Minute); {
	case err != nil:
		return nil, err
	case standard.Expiry == nil:
		return nil, errors.New("it has no exp")
	case config.Nonce != "" && all["nonce"] != config.Nonce:
		return nil, errors.New("it has another nonce")
	}
	return all, nil
}
