package suites

import (
	"context"
	"fmt"
	"net"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/suites/target"
)

// contained makes the network of a target in a container, and has the provider
// listen where that container reaches it, under a name that it finds.
func contained(ctx context.Context, cfg *mockidp.Config, reach *target.Options) (*target.Network, error) {
	if cfg.Listen != "" {
		if host, _, err := net.SplitHostPort(cfg.Listen); err == nil && near(host) && loops(host) {
			return nil, fmt.Errorf("a container does not reach the provider at %s, which is this machine alone; leave --listen out, or give an address that containers reach", cfg.Listen)
		}
	}
	n, err := target.OpenNetwork(ctx)
	if err != nil {
		return nil, err
	}
	if cfg.Host != "" {
		n.Host = cfg.Host
	}
	cfg.Host = n.Host
	if cfg.Listen == "" {
		cfg.Listen = n.Listen
	}
	if host, _, err := net.SplitHostPort(n.Listen); err == nil {
		cfg.Names = append(cfg.Names, host)
		reach.Hosts = map[string]string{n.Host: host}
	}
	reach.Network = n
	return n, nil
}

func loops(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// start starts a target that waits for its issuer to be there.
func (p *Player) start(ctx context.Context) error {
	s, ok := p.target.(target.Starter)
	if !ok || p.shared == nil {
		return nil
	}
	if err := s.Start(ctx, p.known(p.shared)); err != nil {
		return err
	}
	// How it runs is settled only now.
	now := p.target.Describe()
	heard(&now)
	p.about.Configuration = now.Configuration
	return nil
}

// known is a tenant as targets are told of it.
func (p *Player) known(t *mockidp.Tenant) target.Issuer {
	return target.Issuer{
		Issuer: t.Issuer(), ClientID: t.ClientID(), ClientSecret: t.ClientSecret(),
		JWKSURI: t.JWKSURI(), JWKS: t.KeySetDocument(), Now: t.Clock().Now,
	}
}
