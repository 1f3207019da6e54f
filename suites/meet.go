package suites

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/reports"
	"github.com/rogueidp/rogueidp/suites/target"
	"golang.org/x/time/rate"
)

// Meet opens a target by its spelling, with a provider that it can reach.
func Meet(ctx context.Context, spec string, reach target.Options, o Options) (*Player, error) {
	cfg := o.Provider
	cfg.Seed = o.Seed
	cfg.Memory = target.InProcess(spec) && cfg.Listen == ""
	var island *target.Network
	if target.InContainer(spec) {
		var err error
		if island, err = contained(ctx, &cfg, &reach); err != nil {
			return nil, err
		}
	}
	p, err := meet(ctx, spec, cfg, reach, o)
	if err != nil {
		if island != nil {
			err = errors.Join(err, island.Close())
		}
		return nil, err
	}
	p.island = island
	return p, nil
}

// meet is Meet with a provider that is reached as cfg says.
func meet(ctx context.Context, spec string, cfg mockidp.Config, reach target.Options, o Options) (*Player, error) {
	w, err := newWorld(cfg)
	if err != nil {
		return nil, err
	}
	if host := target.Host(spec); host != "" && !near(host) {
		// Not on this machine or its network: never more than 20 a second.
		limit := rate.NewLimiter(20, 1)
		reach.Rate = limit.Wait
	}
	// The process that most rows share keeps real time.
	open := reach
	open.Faketime = target.Faketime{}
	t, err := target.Open(ctx, spec, w.reach(open))
	if err != nil {
		_ = w.close()
		return nil, err
	}
	if d := t.Describe(); !d.Memory && !d.Fixed && !d.Has("custom-ca") && d.Has("http-issuer") && !cfg.Plain {
		// It bears no authority of ours, and says that it bears plain HTTP.
		cfg.Plain = true
		_ = w.close()
		if w, err = newWorld(cfg); err != nil {
			_ = t.Close()
			return nil, err
		}
	}
	p := player(t, w, o, reach.Declares)
	p.spec, p.reach = spec, reach
	if err := p.introduced(); err != nil {
		_ = p.Close()
		return nil, err
	}
	err = p.start(ctx)
	if err == nil {
		err = p.resettable()
	}
	if err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

// Face makes a player for a target that is there already and lives in this
// process.
func Face(t target.Target, o Options) (*Player, error) {
	cfg := o.Provider
	cfg.Seed = o.Seed
	cfg.Memory = t.Describe().Memory
	w, err := newWorld(cfg)
	if err != nil {
		return nil, err
	}
	p := player(t, w, o, target.Declares{})
	p.spec = t.Name()
	if err := p.introduced(); err != nil {
		_ = p.Close()
		return nil, err
	}
	return p, nil
}

// player makes one for a target that makes these promises besides its own.
func player(t target.Target, w *world, o Options, made target.Declares) *Player {
	p := &Player{target: t, about: t.Describe(), o: o, world: w, slots: slots{limit: o.workers()}}
	heard(&p.about)
	promise(&p.about.Declares, made)
	if o.Profile != "" {
		p.about.Profile = string(o.Profile)
	}
	if at := slices.Index(p.about.Algs, o.Prefer); at > 0 {
		p.about.Algs = slices.Insert(slices.Delete(p.about.Algs, at, at+1), 0, o.Prefer)
	}
	if pre, err := preset(o.Preset); o.Preset != "" && err == nil {
		p.o.Require = p.o.Require.with(pre.Require)
	}
	p.facts = p.parameters()
	return p
}

// heard puts what a target says of itself through the same door as its
// reasons.
func heard(d *target.Description) {
	for _, text := range []*string{&d.Name, &d.Version, &d.Language, &d.Runtime, &d.Homepage, &d.Configuration, &d.Profile, &d.Digest} {
		*text = reports.Hear(*text).String()
	}
	for _, list := range []*[]string{&d.Algs, &d.Can} {
		copied := slices.Clone(*list)
		for i := range copied {
			copied[i] = reports.Hear(copied[i]).String()
		}
		*list = copied
	}
}

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
