package suites

import (
	"fmt"
	"slices"
	"time"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/suites/target"
)

// introduced opens the issuers of a target that was configured once.
func (p *Player) introduced() error {
	if !p.about.Fixed {
		return nil
	}
	fixed := p.o.Fixed
	if target.InContainer(p.spec) && fixed.Issuer == "" {
		// It is told when it starts, and must not move afterwards.
		fixed.Issuer = p.world.idp.URL() + "/t/" + mockidp.Word("")
	}
	var err error
	if p.shared, err = p.world.idp.Tenant(p.tenantConfig(p.about.Algs[0], fixed)); err != nil {
		return err
	}
	for i, config := range p.o.Others {
		config.With = p.shared
		other, err := p.world.idp.Tenant(p.tenantConfig(p.about.Algs[0], config))
		if err != nil {
			return fmt.Errorf("issuer %d of those that the target knows: %w", i+2, err)
		}
		p.others = append(p.others, other)
	}
	return nil
}

// stays tells whether an issuer is there for the whole run.
func (p *Player) stays(t *mockidp.Tenant) bool {
	return t == p.shared || slices.Contains(p.others, t)
}

// promise makes promises for a target, in place of its own.
func promise(d *target.Declares, made target.Declares) {
	if made.Leeway != nil {
		d.Leeway = made.Leeway
	}
	for _, one := range []struct{ made, into **time.Duration }{
		{&made.CacheTTL, &d.CacheTTL}, {&made.Cooldown, &d.Cooldown}, {&made.FetchTimeout, &d.FetchTimeout},
	} {
		if *one.made != nil {
			*one.into = *one.made
		}
	}
}
