package mockidp_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/rogueidp/rogueidp/mockidp"
)

func TestTheAuthorityIsWorthNothingElsewhere(t *testing.T) {
	dir := t.TempDir()
	p, err := mockidp.New(mockidp.Config{TLSDir: dir, Names: []string{"idp.internal"}})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	pair, err := tls.LoadX509KeyPair(filepath.Join(dir, "rogueidp-ca.pem"), filepath.Join(dir, "rogueidp-ca-key.pem"))
	if err != nil {
		t.Fatal(err)
	}
	ca, err := x509.ParseCertificate(pair.Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	if !ca.PermittedDNSDomainsCritical || !ca.MaxPathLenZero || ca.NotAfter.Sub(ca.NotBefore) < 9*365*24*time.Hour {
		t.Errorf("the authority is not limited as it should be: %+v", ca)
	}
	for name, want := range map[string]bool{
		"localhost": true, "idp.test": true, "host.docker.internal": true, "idp.internal": true, "127.3.2.1": true, "::1": true,
		"example.com": false, "internal": false, "10.0.0.1": false, "notlocalhost": false, "test.example.com": false,
	} {
		if got := vouchedFor(t, ca, pair.PrivateKey, name); got != want {
			t.Errorf("a certificate for %s is valid: %v, want %v", name, got, want)
		}
	}
	for _, file := range []string{"rogueidp-ca-key.pem"} {
		if info, err := os.Stat(filepath.Join(dir, file)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s has the mode %v, %v", file, info.Mode(), err)
		}
	}
}

// vouchedFor signs a leaf for a name with a stolen key of the authority.
func vouchedFor(t *testing.T, ca *x509.Certificate, key any, name string) bool {
	t.Helper()
	leafKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(7), NotBefore: ca.NotBefore, NotAfter: ca.NotAfter, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	if ip := net.ParseIP(name); ip != nil {
		template.IPAddresses = []net.IP{ip}
	} else {
		template.DNSNames = []string{name}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, ca, leafKey.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(ca)
	_, err = leaf.Verify(x509.VerifyOptions{Roots: pool, DNSName: name})
	return err == nil
}

func TestTheAuthorityIsKeptOnlyWhenAsked(t *testing.T) {
	dir := t.TempDir()
	authority := func(cfg mockidp.Config) string {
		p, err := mockidp.New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		defer p.Close()
		return string(p.CAPEM())
	}
	kept := authority(mockidp.Config{TLSDir: dir})
	if kept != authority(mockidp.Config{TLSDir: dir}) {
		t.Error("the kept authority changed")
	}
	if first, second := authority(mockidp.Config{}), authority(mockidp.Config{}); first == second {
		t.Error("an authority outlived its process")
	}
	if err := os.WriteFile(filepath.Join(dir, "rogueidp-ca.pem"), []byte("nonsense"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := mockidp.New(mockidp.Config{TLSDir: dir}); err == nil || !strings.Contains(err.Error(), "delete both files") {
		t.Errorf("a broken authority: %v", err)
	}
}

func TestTheUsersOwnCertificate(t *testing.T) {
	dir := t.TempDir()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{"localhost"}, NotAfter: (&mockidp.Clock{}).Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	certFile, keyFile := filepath.Join(dir, "c.pem"), filepath.Join(dir, "k.pem")
	for file, block := range map[string]*pem.Block{certFile: {Type: "CERTIFICATE", Bytes: der}, keyFile: {Type: "PRIVATE KEY", Bytes: keyDER}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p, err := mockidp.New(mockidp.Config{TLSCert: certFile, TLSKey: keyFile})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	idp, err := p.Tenant(mockidp.TenantConfig{})
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	c := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}}
	fetch(t, c, idp.JWKSURI())
	if _, err := mockidp.New(mockidp.Config{TLSCert: certFile, TLSKey: certFile}); err == nil {
		t.Error("a certificate served as its own key")
	}
}

func TestAFixedIssuer(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	if _, err := mockidp.New(mockidp.Config{Listen: addr}); err == nil || !strings.Contains(err.Error(), "address already in use") {
		t.Errorf("a port in use: %v", err)
	}
	l.Close()
	_, port, _ := net.SplitHostPort(addr)
	p, err := mockidp.New(mockidp.Config{Listen: addr})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	for _, issuer := range []string{"https://localhost:" + port, "https://localhost:" + port + "/idp/"} {
		idp, err := p.Tenant(mockidp.TenantConfig{Issuer: issuer, ClientID: "rp-1"})
		if err != nil {
			t.Fatal(err)
		}
		if idp.Issuer() != issuer {
			t.Errorf("the issuer became %s", idp.Issuer())
		}
		if _, err := judge(idp, keySet(t, idp), idp.Token(""), "RS256"); err != nil {
			t.Errorf("%s: %v", issuer, err)
		}
	}
	for _, bad := range []string{"localhost", "https://a.test/?x", "ftp://a.test", "https://a.test/#x"} {
		if _, err := p.Tenant(mockidp.TenantConfig{Issuer: bad}); err == nil {
			t.Errorf("%s was taken for an issuer", bad)
		}
	}
	if _, err := mockidp.New(mockidp.Config{Listen: "nonsense"}); err == nil || !strings.Contains(err.Error(), "host:port") {
		t.Errorf("a bad address: %v", err)
	}
	if _, err := mockidp.New(mockidp.Config{Listen: "0.0.0.0:0"}); err == nil || !strings.Contains(err.Error(), "give a host") {
		t.Errorf("every address without a name: %v", err)
	}
}

func TestItListensOnLoopback(t *testing.T) {
	idp := mockidp.Start(t)
	u, err := url.Parse(idp.Issuer())
	if err != nil {
		t.Fatal(err)
	}
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range addrs {
		ip, ok := a.(*net.IPNet)
		if !ok || ip.IP.IsLoopback() {
			continue
		}
		if c, err := net.DialTimeout("tcp", net.JoinHostPort(ip.IP.String(), u.Port()), time.Second); err == nil {
			c.Close()
			t.Errorf("it answers at %s", ip.IP)
		}
	}
}

func TestTheHandshakeThatFailedIsTold(t *testing.T) {
	idp := mockidp.Start(t)
	if _, err := http.Get(idp.JWKSURI()); err == nil {
		t.Fatal("somebody trusts a throwaway authority")
	}
	// The server hears of it a moment after the client.
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	for ctx.Err() == nil && idp.Provider().Handshakes() == "" {
		runtime.Gosched()
	}
	if said := idp.Provider().Handshakes(); !strings.Contains(said, "TLS handshake error") {
		t.Errorf("%q", said)
	}
}
