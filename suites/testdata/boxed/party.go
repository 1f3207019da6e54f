package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/http"
	"os"

	"github.com/rogueidp/rogueidp/suites/relyingparty"
)

// party lets users sign in.
func party() error {
	ca, err := os.ReadFile(os.Getenv("CA_FILE"))
	if err != nil {
		return err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(ca) {
		return errors.New("no authority in CA_FILE")
	}
	registration, err := relyingparty.Setup("code", relyingparty.Registration{
		Issuer: os.Getenv("ISSUER"), ClientID: os.Getenv("CLIENT_ID"), ClientSecret: os.Getenv("CLIENT_SECRET"),
	})
	if err != nil {
		return err
	}
	p, err := relyingparty.New(relyingparty.Config{
		BaseURL: os.Getenv("BASE_URL"), Registrations: []relyingparty.Registration{registration},
		Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}},
	})
	if err != nil {
		return err
	}
	return http.ListenAndServe(address(), p)
}
