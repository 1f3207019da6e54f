package relyingparty

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// metadata is what an issuer says of itself (OpenID Connect Discovery, 3).
type metadata struct {
	Issuer        string   `json:"issuer"`
	Authorization string   `json:"authorization_endpoint"`
	Token         string   `json:"token_endpoint"`
	UserInfo      string   `json:"userinfo_endpoint"`
	KeySet        string   `json:"jwks_uri"`
	EndSession    string   `json:"end_session_endpoint"`
	Challenges    []string `json:"code_challenge_methods_supported"`
	// SendsIssuer: every authorization response has an iss (RFC 9207, 3).
	SendsIssuer bool `json:"authorization_response_iss_parameter_supported"`
}

// discover learns what an issuer says of itself now, unless it was asked too
// often: then what it said a moment ago has to do.
func (p *Party) discover(ctx context.Context, one *peer) (*metadata, error) {
	now := p.now()
	if !one.fetches.AllowN(now, 1) && !one.mayAsk(now) {
		if m := one.known(); m != nil {
			return m, nil
		}
		return nil, &refusal{http.StatusServiceUnavailable, errors.New("the issuer was asked too often; come back in a minute")}
	}
	m, err := p.fetchMetadata(ctx, one.Issuer)
	if err != nil {
		return nil, err
	}
	one.mu.Lock()
	defer one.mu.Unlock()
	one.metadata = m
	return m, nil
}

// mayAsk lets one of many ask the issuer, once in a moment.
func (one *peer) mayAsk(now time.Time) bool {
	one.mu.Lock()
	defer one.mu.Unlock()
	if now.Sub(one.asked) < moment {
		return false
	}
	one.asked = now
	return true
}

// recall is what an issuer said last, or says now if nothing is known of it.
func (p *Party) recall(ctx context.Context, one *peer) (*metadata, error) {
	if m := one.known(); m != nil {
		return m, nil
	}
	return p.discover(ctx, one)
}

func (one *peer) known() *metadata {
	one.mu.Lock()
	defer one.mu.Unlock()
	return one.metadata
}

func (p *Party) fetchMetadata(ctx context.Context, issuer string) (*metadata, error) {
	r, err := get(ctx, strings.TrimSuffix(issuer, "/")+"/.well-known/openid-configuration")
	if err != nil {
		return nil, err
	}
	a, err := p.exchange(r)
	if err != nil {
		return nil, err
	}
	if err := a.failed(); err != nil {
		return nil, err
	}
	m := new(metadata)
	if err := a.decode(m); err != nil {
		return nil, err
	}
	return m, m.check(issuer)
}

// check wants the issuer that was asked (OpenID Connect Discovery, 4.3), and
// endpoints that only it can answer for.
func (m *metadata) check(issuer string) error {
	if m.Issuer != issuer {
		return distrust(errors.New("the metadata are of another issuer"))
	}
	for name, address := range map[string]string{
		"authorization_endpoint": m.Authorization, "token_endpoint": m.Token, "userinfo_endpoint": m.UserInfo,
		"jwks_uri": m.KeySet, "end_session_endpoint": m.EndSession,
	} {
		if address == "" && name != "authorization_endpoint" && name != "jwks_uri" {
			continue
		}
		u, err := url.Parse(address)
		if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || u.Fragment != "" {
			return distrust(fmt.Errorf("%s in the metadata is no https URL", name))
		}
	}
	return nil
}
