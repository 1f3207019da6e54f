package suites

import (
	"context"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/reports"
	"github.com/rogueidp/rogueidp/scenarios"
	"github.com/rogueidp/rogueidp/suites/target"
)

// A Player plays scenarios against one target. It is safe for concurrent use:
// scenarios side by side, except where one needs the target for itself.
type Player struct {
	spec   string
	target target.Target
	about  target.Description
	o      Options
	world  *world
	reach  target.Options
	facts  map[string]string

	// quiet is held for reading by whatever may share the target with others,
	// and for writing by what must have it alone.
	quiet sync.RWMutex
	slots slots // one for each worker that may keep the machine busy

	shared *mockidp.Tenant   // the one issuer of a target that knows no other
	others []*mockidp.Tenant // further ones that it knows as well
	island *target.Network   // of a target in a container
	resets resets

	controls memo
	deaths   atomic.Int32 // processes that went away since an honest token was accepted
	hangs    atomic.Int32
	broken   atomic.Pointer[string]

	late lingering

	calibrate   sync.Once
	calibration calibration

	aloneOnce  sync.Once
	aloneWorld *world
	aloneErr   error
}

// Close ends the target, if we started it, and the provider.
func (p *Player) Close() error {
	err := p.target.Close()
	if p.aloneWorld != nil {
		_ = p.aloneWorld.close()
	}
	if e := p.world.close(); err == nil {
		err = e
	}
	if p.island != nil {
		err = errors.Join(err, p.island.Close())
	}
	return err
}

// Name is the target's.
func (p *Player) Name() string { return p.about.Name }

// Profile is what the target is tested as.
func (p *Player) Profile() scenarios.Profile { return scenarios.Profile(p.about.Profile) }

// algFor is the first of the target's algorithms that fits a row: any, one of a
// type, or exactly one. It is empty where none fits.
func (p *Player) algFor(s scenarios.Scenario, c scenarios.Case) string {
	want := c.Alg
	if want == "" {
		want = s.Alg
	}
	for _, also := range s.Also {
		if !p.allows(also) {
			return ""
		}
	}
	return fitting(want, p.about.Algs)
}

// near tells whether a host is on this machine or a private network.
func near(host string) bool {
	if host == "localhost" || host == "host.docker.internal" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && (ip.IsLoopback() || ip.IsPrivate() || ip.IsLinkLocalUnicast())
}

// alone is a copy of the target in a process of its own, at another time where
// one is faked, and its world.
func (p *Player) alone(ctx context.Context, fake target.Faketime) (target.Target, *world, error) {
	loner, ok := p.target.(target.Loner)
	if !ok {
		return nil, nil, &target.Unsupported{Why: "it has no process of its own to give"}
	}
	w := p.world
	if p.about.Memory {
		p.aloneOnce.Do(func() {
			p.aloneWorld, p.aloneErr = newWorld(mockidp.Config{Seed: p.o.Seed})
		})
		if p.aloneErr != nil {
			return nil, nil, p.aloneErr
		}
		w = p.aloneWorld
	}
	o := w.reach(p.reach)
	o.Faketime = fake
	t, err := loner.Alone(ctx, o)
	return t, w, err
}

// describe is the target as reports show it.
func (p *Player) describe() reports.Target {
	t := reports.Target{
		Name: p.about.Name, Version: p.about.Version, Language: p.about.Language, Runtime: p.about.Runtime,
		Homepage: p.about.Homepage, Configuration: p.about.Configuration, Digest: p.about.Digest, Profile: p.about.Profile,
		Algs: p.about.Algs, Can: p.about.Can, Declares: map[string]string{}, SharedIssuer: p.about.Fixed,
	}
	// What a validator alone can be asked by hand is little, and no news; a relying
	// party has accounts, and no run sees them.
	if p.Profile() == scenarios.Login {
		for _, c := range scenarios.Manual(scenarios.Login) {
			t.Manual = append(t.Manual, reports.Manual{ID: c.ID, Severity: string(c.Severity), Try: c.Try, Refs: c.Refs})
		}
	}
	d := p.about.Declares
	for claim, l := range d.Leeway {
		name := "leeway"
		if claim != "" {
			name += " " + claim
		}
		t.Declares[name] = l.String()
	}
	for name, v := range map[string]*time.Duration{"cacheTTL": d.CacheTTL, "cooldown": d.Cooldown, "fetchTimeout": d.FetchTimeout} {
		if v != nil {
			t.Declares[name] = v.String()
		}
	}
	return t
}
