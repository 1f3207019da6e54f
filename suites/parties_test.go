package suites

import (
	"context"
	"net/http/httptest"
	"testing"

	"github.com/rogueidp/rogueidp/suites/relyingparty"
	"github.com/rogueidp/rogueidp/suites/target"
)

// parties are relying parties that can be told their issuers: each session is a
// web server of its own.
type parties struct {
	target.Description
	weakness string
	change   func(*relyingparty.Registration)
}

// newParties are parties with one weakness, or with none.
func newParties(weakness string, change func(*relyingparty.Registration)) *parties {
	return &parties{weakness: weakness, change: change, Description: target.Description{
		Name: "party " + weakness, Profile: "login", Algs: []string{"RS256", "ES256"}, Concurrent: true,
		Can: []string{
			"discovery", "jwks-uri", "refetch", "nonce", "custom-ca", "login", "multi-issuer",
			"state", "pkce", "iss-parameter", "userinfo", "refresh", "home", "renew", "logout", "initiate", "backchannel", "frontlogout", "return-to",
		},
	}}
}

func (p *parties) Name() string                 { return p.Description.Name }
func (p *parties) Describe() target.Description { return p.Description }
func (p *parties) Close() error                 { return nil }

// Trust starts a relying party that is registered with these issuers.
func (p *parties) Trust(ctx context.Context, issuers ...target.Issuer) (target.Session, target.Verdict, error) {
	s := httptest.NewUnstartedServer(nil)
	base := "http://" + s.Listener.Addr().String()
	c := relyingparty.Config{BaseURL: base, Transport: issuers[0].Client.Transport, Weakness: p.weakness}
	login := loginAt(base)
	for i, one := range issuers {
		r := relyingparty.Registration{Issuer: one.Issuer, ClientID: one.ClientID, ClientSecret: one.ClientSecret, Algorithms: one.Algs}
		if p.change != nil {
			p.change(&r)
		}
		c.Registrations = append(c.Registrations, r)
		if i > 0 {
			login.Pages = append(login.Pages, "/login/2")
		}
	}
	rp, err := relyingparty.New(c)
	if err != nil {
		s.Close()
		return nil, target.Verdict{}, err
	}
	s.Config.Handler = rp
	s.Start()
	inner, err := target.Open(ctx, "login:"+base+"/login", target.Options{Login: login, Client: issuers[0].Client})
	if err != nil {
		s.Close()
		return nil, target.Verdict{}, err
	}
	session, verdict, err := inner.Trust(ctx, issuers...)
	if err != nil {
		s.Close()
		return nil, verdict, err
	}
	return &partySession{session.(target.Browser), func() error {
		defer s.Close()
		return inner.Close()
	}}, verdict, nil
}

type partySession struct {
	target.Browser
	end func() error
}

func (s *partySession) Close() error {
	_ = s.Browser.Close()
	return s.end()
}

// loginAt is the party for tests as a configuration describes it.
func loginAt(base string) target.Login {
	return target.Login{
		Home: base + "/", Renew: base + "/renew", Logout: base + "/logout", Initiate: base + "/initiate",
		BackChannel: base + "/backchannel", FrontLogout: base + "/frontlogout", ReturnTo: "return_to",
		Identity: target.Identity{JSON: "sub"},
		Supports: []string{"state", "nonce", "pkce", "iss-parameter", "userinfo", "refresh"},
	}
}

// facing faces parties that can be told their issuers.
func facing(t testing.TB, p *parties, o Options) *Player {
	t.Helper()
	o.Seed = 1
	player, err := Face(p, o)
	if err != nil {
		t.Fatal(err)
	}
	player.reach.Login = loginAt("")
	t.Cleanup(func() { _ = player.Close() })
	return player
}
