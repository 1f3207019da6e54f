package driver

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"net/http"
	"time"
)

// Trust is what a session's validator is told: whom to trust, and how.
type Trust struct {
	Issuers        []Issuer        `json:"issuers"`
	Leeway         *Duration       `json:"leeway"`
	FetchTimeout   Duration        `json:"fetchTimeout"`
	CAPEM          string          `json:"caPEM"`
	DecryptionKeys json.RawMessage `json:"decryptionKeys"`

	// Client is net/http's default client in all but two things: it trusts
	// CAPEM where one is given, and its connections are this session's own.
	Client *http.Client `json:"-"`
	// Now is the session's clock: time.Now until the harness moves it.
	Now func() time.Time `json:"-"`
}

// missing names the first feature that t asks for and the adapter lacks.
func (t Trust) missing(a Adapter) string {
	asks := []demand{
		{"multi-issuer", len(t.Issuers) > 1},
		{"leeway", t.Leeway != nil},
		{"custom-ca", t.CAPEM != ""},
		{"encrypted", len(t.DecryptionKeys) > 0},
	}
	for _, i := range t.Issuers {
		asks = append(asks,
			demand{"static-jwks", len(i.JWKS) > 0},
			demand{"client-secret", i.ClientSecret != ""},
			demand{"trusted-audiences", len(i.TrustedAudiences) > 0},
		)
	}
	return a.firstMissing(asks)
}

// missing names the first feature that the attempt asks for and the adapter
// lacks. An accept without that check would turn it off silently.
func (t Attempt) missing(a Adapter) string {
	return a.firstMissing([]demand{
		{"nonce", t.Nonce != ""},
		{"at-hash", t.AccessToken != ""},
		{"max-age", t.MaxAge != 0},
		{"acr", len(t.ACR) > 0},
		{"hashes", t.Code != "" || t.State != ""},
	})
}

// demand is a feature, and whether a message asks for it.
type demand struct {
	feature string
	asked   bool
}

func (a Adapter) firstMissing(asks []demand) string {
	for _, d := range asks {
		if d.asked && !a.can(d.feature) {
			return d.feature
		}
	}
	return ""
}

// check finds what makes a trust message unusable for any validator.
func (t Trust) check(a Adapter) error {
	if len(t.Issuers) == 0 {
		return errors.New("trust names no issuer")
	}
	for _, i := range t.Issuers {
		if !a.can("discovery") && i.JWKSURI == "" && len(i.JWKS) == 0 {
			return errors.New("this adapter cannot discover, and trust gives no jwksURI")
		}
	}
	return nil
}

// newClient makes the session's HTTP client.
func newClient(caPEM string) (*http.Client, error) {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	if caPEM != "" {
		pool := x509.NewCertPool()
		if !pool.AppendCertsFromPEM([]byte(caPEM)) {
			return nil, errors.New("caPEM holds no certificate")
		}
		transport.TLSClientConfig = &tls.Config{RootCAs: pool}
	}
	return &http.Client{Transport: transport}, nil
}
