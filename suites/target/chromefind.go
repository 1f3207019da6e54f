package target

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"net/http"
	"net/url"
	"os/exec"
	"strings"
	"time"
)

// errNoBrowser is that of a machine without Chromium.
var errNoBrowser = errors.New("no Chromium is installed: install it (the program is called chromium or google-chrome), or leave browser out")

// findChromium is the browser's program.
func findChromium() (string, error) {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errNoBrowser
}

// trustedSPKIs are the keys of certificates that the browser has to take
// although no authority of its own vouches for them: the provider's authority,
// and the certificates of the relying party that we trust ourselves.
func trustedSPKIs(ctx context.Context, capem []byte, rt http.RoundTripper, pages []*url.URL) string {
	var list []string
	add := func(c *x509.Certificate) {
		sum := sha256.Sum256(c.RawSubjectPublicKeyInfo)
		list = append(list, base64.StdEncoding.EncodeToString(sum[:]))
	}
	for rest := capem; ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if c, err := x509.ParseCertificate(block.Bytes); err == nil {
			add(c)
		}
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	t, ok := rt.(*http.Transport)
	if !ok {
		return strings.Join(list, ",")
	}
	asked := map[string]bool{}
	for _, p := range pages {
		if p.Scheme != "https" || asked[hostOf(p)] {
			continue
		}
		asked[hostOf(p)] = true
		// What cannot be reached now is missed where it is asked for.
		conn, err := t.DialContext(ctx, "tcp", hostOf(p))
		if err != nil {
			continue
		}
		config := t.TLSClientConfig.Clone()
		config.ServerName = p.Hostname()
		secure := tls.Client(conn, config)
		if err := secure.HandshakeContext(ctx); err == nil {
			add(secure.ConnectionState().PeerCertificates[0])
		}
		_ = conn.Close()
	}
	return strings.Join(list, ",")
}
