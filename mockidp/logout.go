package mockidp

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/rogueidp/rogueidp/mockidp/fault"
)

// logoutEvent is what makes a JWT a logout token (OpenID Connect Back-Channel
// Logout, 2.4).
const logoutEvent = "http://schemas.openid.net/event/backchannel-logout"

// Bounds of a back-channel logout: how long a relying party may take, and how much
// of its answer is kept.
const (
	logoutWait   = 10 * time.Second
	maxLogoutEnd = 64 << 10
)

// logoutToken makes one for a sign-in.
func (t *Tenant) logoutToken(s *signIn, faults []fault.Fault) (*Minted, error) {
	return t.Mint(Request{
		Kind: "logout-token", Alg: s.client.idAlg, Subject: s.subject, visitor: s.visitor, secret: s.client.secret,
		Faults: faults, Facts: map[string]string{"nonce": s.nonce},
		Claims: fault.Object{
			{Name: "aud", Value: fault.Text(s.client.id)},
			{Name: "events", Value: fault.JSON(fault.Object{{Name: logoutEvent, Value: "{}"}}.Append(nil))},
			{Name: "sid", Value: fault.Text(s.sid)},
		},
	})
}

// A LogoutAnswer is what a relying party said to a logout token. All text in it
// is the relying party's own.
type LogoutAnswer struct {
	Status int
	Header http.Header
	Body   []byte // its first 64 KiB
}

// PostLogout posts a logout token to a relying party (OpenID Connect Back-Channel
// Logout, 2.5) and returns its answer: 200 or 204 where it is satisfied. The URI
// is on loopback, or the one that is configured. It follows no redirect and waits
// ten seconds.
func (t *Tenant) PostLogout(ctx context.Context, uri, token string) (LogoutAnswer, error) {
	if err := redirectable(uri); err != nil {
		return LogoutAnswer{}, fmt.Errorf("post a logout token: %w", err)
	}
	if !onLoopback(uri) && uri != t.own.backChannel {
		return LogoutAnswer{}, fmt.Errorf("post a logout token to %q: that is neither on loopback nor the tenant's backChannelLogoutURI; configure it there", uri)
	}
	return t.postLogout(ctx, uri, token)
}

func (t *Tenant) postLogout(ctx context.Context, uri, token string) (LogoutAnswer, error) {
	ctx, cancel := context.WithTimeout(ctx, logoutWait)
	defer cancel()
	form := url.Values{"logout_token": {token}}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, uri, strings.NewReader(form.Encode()))
	if err != nil {
		return LogoutAnswer{}, fmt.Errorf("post a logout token: %w", err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	client := &http.Client{
		Transport:     &http.Transport{TLSClientConfig: t.partyTLS(uri), DisableKeepAlives: true, MaxResponseHeaderBytes: 64 << 10},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	resp, err := client.Do(r)
	if err != nil {
		return LogoutAnswer{}, fmt.Errorf("post a logout token: %w", err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxLogoutEnd))
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return LogoutAnswer{}, fmt.Errorf("post a logout token: the answer does not read: %w", err)
	}
	return LogoutAnswer{resp.StatusCode, resp.Header, body}, nil
}

// partyTLS believes the authorities of the system and the provider's own. What a
// relying party on loopback shows is not looked at: nobody else can be there.
func (t *Tenant) partyTLS(uri string) *tls.Config {
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool()
	}
	roots.AppendCertsFromPEM(t.provider.CAPEM())
	cfg := clientTLS(roots)
	cfg.InsecureSkipVerify = onLoopback(uri)
	return cfg
}

// tellOfLogout posts a logout token to a client that wants one, without keeping
// the user waiting for it.
func (t *Tenant) tellOfLogout(s *signIn) {
	m, err := t.logoutToken(s, nil)
	if err != nil {
		t.provider.log("tenant %s makes no logout token: %v", t.Name(), err)
		return
	}
	go func() {
		if a, err := t.postLogout(t.over, s.client.backChannel, m.Token); err != nil {
			t.provider.log("tenant %s: back-channel logout: %v", t.Name(), err)
		} else if a.Status != http.StatusOK && a.Status != http.StatusNoContent {
			t.provider.log("tenant %s: the relying party answers a logout token with %d", t.Name(), a.Status)
		}
	}()
}
