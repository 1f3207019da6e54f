package mockidp

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"time"
)

// flawed is a certificate for a name that is good but for one thing: one of
// fault.Certificates.
func (a *authority) flawed(how, name string) (*tls.Certificate, error) {
	return a.once(how+" "+name, func() (*tls.Certificate, error) {
		from, until := a.cert.NotBefore, a.cert.NotAfter
		switch how {
		case "expired":
			return a.issue(leafFor(name, from, from.Add(time.Hour)))
		case "not-yet-valid":
			return a.issue(leafFor(name, until.AddDate(-1, 0, 0), until))
		case "wrong-host":
			return a.issue(leafFor("another-host.test", from, until))
		case "unknown-authority":
			stranger, err := newAuthority(Config{}, a.host)
			if err != nil {
				return nil, err
			}
			return stranger.issue(leafFor(name, from, until))
		case "self-signed":
			return signedByItself(leafFor(name, from, until))
		}
		return nil, fmt.Errorf("no certificate is called %q", how)
	})
}

func signedByItself(template *x509.Certificate) (*tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, nil
}
