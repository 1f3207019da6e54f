package suites

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/mockidp/fault"
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

// A world is a provider and the files by which targets find it.
type world struct {
	idp    *mockidp.Provider
	dir    string
	caFile string
}

func newWorld(cfg mockidp.Config) (*world, error) {
	idp, err := mockidp.New(cfg)
	if err != nil {
		return nil, err
	}
	w := &world{idp: idp}
	if w.dir, err = os.MkdirTemp("", "rogueidp-"); err != nil {
		_ = idp.Close()
		return nil, fmt.Errorf("a folder for large tokens: %w", err)
	}
	if ca := idp.CAPEM(); ca != nil {
		w.caFile = filepath.Join(w.dir, "ca.pem")
		if err := os.WriteFile(w.caFile, ca, 0o600); err != nil {
			_ = w.close()
			return nil, fmt.Errorf("write the authority for targets: %w", err)
		}
	}
	return w, nil
}

func (w *world) close() error {
	_ = os.RemoveAll(w.dir)
	return w.idp.Close()
}

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
	p := player(t, w, o)
	p.spec, p.reach = spec, reach
	promise(&p.about.Declares, reach.Declares)
	p.facts = p.parameters()
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
	p := player(t, w, o)
	p.spec = t.Name()
	if err := p.introduced(); err != nil {
		_ = p.Close()
		return nil, err
	}
	return p, nil
}

func player(t target.Target, w *world, o Options) *Player {
	p := &Player{target: t, about: t.Describe(), o: o, world: w, slots: slots{limit: o.workers()}}
	heard(&p.about)
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

// reach completes what a target is opened with by how this world is found.
func (w *world) reach(o target.Options) target.Options {
	o.CAPEM, o.CAFile, o.Dir = w.idp.CAPEM(), w.caFile, w.dir
	return o
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

// parameters are the numbers that rows speak of: what the target declares, or
// what the catalogue assumes of one that declares nothing.
func (p *Player) parameters() map[string]string {
	facts := map[string]string{"leeway": "5m0s", "cooldown": "30s", "ttl": "10m0s", "timeout": "10s", "budget": "3", "exposure": "24h0m0s"}
	var leeway time.Duration
	for _, l := range p.about.Declares.Leeway {
		leeway = max(leeway, l)
	}
	if p.about.Declares.Leeway != nil {
		facts["leeway"] = leeway.String()
	}
	for _, claim := range []string{"exp", "nbf", "iat"} {
		facts["leeway."+claim] = facts["leeway"]
		if own, ok := p.about.Declares.Leeway[claim]; ok {
			facts["leeway."+claim] = own.String()
		}
	}
	for name, d := range map[string]*time.Duration{
		"cooldown": p.about.Declares.Cooldown, "ttl": p.about.Declares.CacheTTL, "timeout": p.about.Declares.FetchTimeout,
	} {
		if d != nil {
			facts[name] = d.String()
		}
	}
	if text, ok := p.o.Require[scenarios.Learn]; ok {
		// "within {cooldown}+5s" is what a row says; what was promised is the
		// whole of it.
		if learn, err := time.ParseDuration(text); err == nil {
			facts["cooldown"] = max(0, learn-5*time.Second).String()
		}
	}
	if text, ok := p.o.Require[scenarios.Exposure]; ok {
		facts["exposure"] = text
	}
	if text, ok := p.o.Require[scenarios.Fetches]; ok {
		if n, _, err := fetchBudget(text); err == nil {
			facts["budget"] = strconv.Itoa(n)
		}
	}
	return facts
}

// promised tells whether a bound was promised, by the target or by its user.
func (p *Player) promised(promise scenarios.Promise) bool {
	if promise == "" {
		return false
	}
	if _, ok := p.o.Require[promise]; ok {
		return true
	}
	d := p.about.Declares
	switch promise {
	case scenarios.Learn:
		return d.Cooldown != nil
	case scenarios.Exposure:
		return d.CacheTTL != nil
	}
	return false
}

// replicas is how many instances answer.
func (p *Player) replicas() int { return max(1, p.about.Replicas) }

// duration is a span with its placeholders filled.
func (p *Player) duration(s fault.Span) (time.Duration, error) {
	text, err := fault.ExpandText(string(s), func(name string) (string, bool) {
		v, ok := p.facts[name]
		return v, ok
	})
	if err != nil {
		return 0, err
	}
	return fault.Span(text).Duration()
}

// number is a bound with its placeholders filled.
func (p *Player) number(limit string) (int, error) {
	text, err := fault.ExpandText(limit, func(name string) (string, bool) {
		v, ok := p.facts[name]
		return v, ok
	})
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(text)
}

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
