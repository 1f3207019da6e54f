package relyingparty

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"strings"
	"testing"
)

const base = "http://127.0.0.1:8080"

// registered is a registration that New takes.
func registered(changes ...func(*Registration)) Registration {
	r := Registration{Issuer: "https://issuer.example/a", ClientID: "client", ClientSecret: "a secret"}
	for _, change := range changes {
		change(&r)
	}
	return r
}

func party(t *testing.T, more ...Registration) *Party {
	t.Helper()
	p, err := New(Config{BaseURL: base, Registrations: append([]Registration{registered()}, more...)})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestConfigurationsThatAreRefused: what could not be kept safely is no party.
func TestConfigurationsThatAreRefused(t *testing.T) {
	short, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for want, c := range map[string]Config{
		"is not an origin":       {BaseURL: base + "/app", Registrations: []Registration{registered()}},
		"not an origin":          {BaseURL: "ftp://127.0.0.1", Registrations: []Registration{registered()}},
		"no registration":        {BaseURL: base},
		"there is no weakness":   {BaseURL: base, Registrations: []Registration{registered()}, Weakness: "kindness"},
		"registered twice":       {BaseURL: base, Registrations: []Registration{registered(), registered()}},
		"client authentication":  {BaseURL: base, Registrations: []Registration{registered(func(r *Registration) { r.Auth = "basic" })}},
		"needs a ClientSecret":   {BaseURL: base, Registrations: []Registration{registered(func(r *Registration) { r.ClientSecret = "" })}},
		"needs a Key":            {BaseURL: base, Registrations: []Registration{registered(func(r *Registration) { r.Auth = "private_key_jwt" })}},
		"neither an RSA key":     {BaseURL: base, Registrations: []Registration{registered(func(r *Registration) { r.Auth, r.Key = "private_key_jwt", short })}},
		"response type":          {BaseURL: base, Registrations: []Registration{registered(func(r *Registration) { r.ResponseType = "token" })}},
		"response mode":          {BaseURL: base, Registrations: []Registration{registered(func(r *Registration) { r.ResponseMode = "web_message" })}},
		"may not travel":         {BaseURL: base, Registrations: []Registration{registered(func(r *Registration) { r.ResponseType, r.ResponseMode = "id_token", "query" })}},
		"not an https URL":       {BaseURL: base, Registrations: []Registration{registered(func(r *Registration) { r.Issuer = "http://issuer.example" })}},
		"the ClientID is empty":  {BaseURL: base, Registrations: []Registration{registered(func(r *Registration) { r.ClientID = "" })}},
		"there is no algorithm ": {BaseURL: base, Registrations: []Registration{registered(func(r *Registration) { r.Algorithms = []string{"none"} })}},
	} {
		if _, err := New(c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

func TestEveryIssuerHasARedirectURIOfItsOwn(t *testing.T) {
	p := party(t, registered(func(r *Registration) { r.Issuer = "https://issuer.example/b" }))
	for i, want := range []string{base + "/callback", base + "/callback/2"} {
		if got := p.RedirectURI(i); got != want || p.peers[i].redirect != want {
			t.Errorf("%s and %s, want %s", got, p.peers[i].redirect, want)
		}
	}
}

// TestDestinations leads people to paths here, and nowhere else.
func TestDestinations(t *testing.T) {
	for to, want := range map[string]string{
		"/":                  "/",
		"/page?x=1#top":      "/page?x=1#top",
		base + "/page":       "/page",
		"/a/../b":            "/a/../b",
		base:                 "",
		"page":               "",
		"//evil.example":     "",
		"///evil.example":    "",
		"/\\evil.example":    "",
		"\\\\evil.example":   "",
		"/\t/evil.example":   "",
		"/\n/evil.example":   "",
		"/%09/evil.example":  "/%09/evil.example", // stays a path: nobody decodes a Location
		"https://evil.e":     "",
		base + "@evil.e":     "",
		base + ".evil.e/":    "",
		base + "0/":          "",
		base + "//evil.e":    "",
		base + "/\\evil.e":   "",
		"javascript:alert()": "",
		"/é":                 "",
		"":                   "",
	} {
		got, ok := destination(base, to)
		if got != want || ok != (want != "") {
			t.Errorf("%q leads to %q, want %q", to, got, want)
		}
	}
}

func TestReasonsAreEscapedAndBounded(t *testing.T) {
	got := explain("<script>alert('\x00\u202e')</script>" + strings.Repeat("&é", 1000))
	if strings.ContainsAny(got, "<>'\x00\u202e") || len(got) > 4000 || !strings.HasSuffix(got, "…") {
		t.Errorf("%d: %q", len(got), got)
	}
}
