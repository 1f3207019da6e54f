package mockidp

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// authority is a certification authority made for testing. Name constraints
// (RFC 5280 section 4.2.1.10) keep it to loopback, localhost, .test,
// host.docker.internal and names that were configured, so that trusting it by
// mistake gives away nothing more.
type authority struct {
	pem   []byte // nil where the user brought a certificate
	cert  *x509.Certificate
	key   *ecdsa.PrivateKey
	host  string
	fixed *tls.Certificate // the user's own

	mu     sync.Mutex
	leaves map[string]*tls.Certificate
}

func newAuthority(cfg Config, host string) (*authority, error) {
	a := &authority{host: host, leaves: map[string]*tls.Certificate{}}
	if cfg.TLSCert != "" || cfg.TLSKey != "" {
		pair, err := tls.LoadX509KeyPair(cfg.TLSCert, cfg.TLSKey)
		if err != nil {
			return nil, fmt.Errorf("read the TLS certificate: %w; give both --tls-cert and --tls-key as PEM files", err)
		}
		a.fixed = &pair
	}
	var names, addresses []string
	for _, name := range append([]string{"localhost", "test", "host.docker.internal", host}, cfg.Names...) {
		if net.ParseIP(name) == nil {
			names = append(names, name)
		} else {
			addresses = append(addresses, name)
		}
	}
	if cfg.TLSDir != "" {
		if err := a.load(cfg.TLSDir); !errors.Is(err, os.ErrNotExist) {
			return a, err
		}
	}
	if err := a.make(names, addresses); err != nil {
		return nil, err
	}
	if cfg.TLSDir != "" {
		return a, a.save(cfg.TLSDir)
	}
	return a, nil
}

func (a *authority) make(names, addresses []string) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	four := net.IPNet{IP: net.IPv4(127, 0, 0, 0).To4(), Mask: net.CIDRMask(8, 32)}
	six := net.IPNet{IP: net.IPv6loopback, Mask: net.CIDRMask(128, 128)}
	permitted := []*net.IPNet{&four, &six}
	for _, address := range addresses {
		if ip := short(net.ParseIP(address)); !ip.IsLoopback() {
			permitted = append(permitted, &net.IPNet{IP: ip, Mask: net.CIDRMask(8*len(ip), 8*len(ip))})
		}
	}
	template := &x509.Certificate{
		SerialNumber: serial(),
		Subject:      pkix.Name{CommonName: "rogueidp throwaway CA, for testing only", Organization: []string{"rogueidp"}},
		NotBefore:    certificatesFrom, NotAfter: certificatesFrom.AddDate(10, 0, 0),
		IsCA: true, BasicConstraintsValid: true, MaxPathLenZero: true,
		KeyUsage:                    x509.KeyUsageCertSign,
		ExtKeyUsage:                 []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		PermittedDNSDomainsCritical: true,
		PermittedDNSDomains:         slices.Compact(slices.Sorted(slices.Values(names))),
		PermittedIPRanges:           permitted,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return err
	}
	if a.cert, err = x509.ParseCertificate(der); err != nil {
		return err
	}
	a.key, a.pem = key, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	return nil
}

func short(ip net.IP) net.IP {
	if four := ip.To4(); four != nil {
		return four
	}
	return ip
}

func serial() *big.Int {
	n, err := rand.Int(rand.Reader, new(big.Int).Lsh(one, 120))
	if err != nil {
		panic("mockidp: the system has no randomness: " + err.Error())
	}
	return n
}

const (
	caFile  = "rogueidp-ca.pem"
	keyFile = "rogueidp-ca-key.pem"
)

func (a *authority) load(dir string) error {
	text, err := os.ReadFile(filepath.Join(dir, caFile))
	if err != nil {
		return err
	}
	keyText, err := os.ReadFile(filepath.Join(dir, keyFile))
	if err != nil {
		return err
	}
	pair, err := tls.X509KeyPair(text, keyText)
	if err != nil {
		return fmt.Errorf("the authority in %s does not read: %w; delete both files to make a new one", dir, err)
	}
	key, ok := pair.PrivateKey.(*ecdsa.PrivateKey)
	if !ok {
		return fmt.Errorf("the authority in %s has a %T; delete both files to make a new one", dir, pair.PrivateKey)
	}
	cert, err := x509.ParseCertificate(pair.Certificate[0])
	if err != nil {
		return err
	}
	a.pem, a.cert, a.key = text, cert, key
	return nil
}

func (a *authority) save(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("keep the authority: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(a.key)
	if err != nil {
		return err
	}
	keyText := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	if err := os.WriteFile(filepath.Join(dir, keyFile), keyText, 0o600); err != nil {
		return fmt.Errorf("keep the authority: %w", err)
	}
	if err := os.WriteFile(filepath.Join(dir, caFile), a.pem, 0o644); err != nil {
		return fmt.Errorf("keep the authority: %w", err)
	}
	return nil
}

func (a *authority) serverConfig() *tls.Config {
	return &tls.Config{
		MinVersion:     tls.VersionTLS12,
		GetCertificate: a.certificate,
		NextProtos:     []string{"http/1.1"},
	}
}

// certificate is a leaf for the name that the client asks for, or for the
// address it came to.
func (a *authority) certificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	name := hello.ServerName
	if a.fixed != nil && (name == "" || a.fixed.Leaf == nil || a.fixed.Leaf.VerifyHostname(name) == nil) {
		return a.fixed, nil
	}
	return a.leaf(a.nameFor(hello))
}

// nameFor is whom a client expects to meet.
func (a *authority) nameFor(hello *tls.ClientHelloInfo) string {
	if hello.ServerName != "" {
		return strings.ToLower(hello.ServerName)
	}
	if addr, ok := hello.Conn.LocalAddr().(*net.TCPAddr); ok && net.ParseIP(a.host) == nil {
		return addr.IP.String()
	}
	return strings.ToLower(a.host)
}

// pool holds the authority alone.
func (a *authority) pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(a.pem)
	return pool
}

func (a *authority) leaf(name string) (*tls.Certificate, error) {
	return a.once(name, func() (*tls.Certificate, error) {
		return a.issue(leafFor(name, certificatesFrom, a.cert.NotAfter))
	})
}

// once makes what a certificate is called only once.
func (a *authority) once(called string, made func() (*tls.Certificate, error)) (*tls.Certificate, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if leaf := a.leaves[called]; leaf != nil {
		return leaf, nil
	}
	leaf, err := made()
	if err == nil {
		a.leaves[called] = leaf
	}
	return leaf, err
}

// leafFor is a certificate for a server of this name, not yet signed.
func leafFor(name string, from, until time.Time) *x509.Certificate {
	template := &x509.Certificate{
		SerialNumber: serial(),
		Subject:      pkix.Name{CommonName: name},
		NotBefore:    from, NotAfter: until,
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if ip := net.ParseIP(name); ip != nil {
		template.IPAddresses = []net.IP{ip}
	} else {
		template.DNSNames = []string{name}
	}
	return template
}

// issue signs a leaf for a new key.
func (a *authority) issue(template *x509.Certificate) (*tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, key.Public(), a.key)
	if err != nil {
		return nil, err
	}
	return &tls.Certificate{Certificate: [][]byte{der, a.cert.Raw}, PrivateKey: key}, nil
}

func clientTLS(roots *x509.CertPool) *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots}
}
