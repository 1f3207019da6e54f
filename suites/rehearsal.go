package suites

import (
	"context"
	"slices"
	"time"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/mockidp/fault"
	"github.com/rogueidp/rogueidp/reports"
	"github.com/rogueidp/rogueidp/scenarios"
	"github.com/rogueidp/rogueidp/suites/target"
)

// A rehearsal is one policy under way.
type rehearsal struct {
	*stage
	o     DrillOptions
	scale float64 // tenant time to policy time
	start time.Time
	d     *reports.Drill

	latest  []*probe  // the youngest token of each key
	calm    time.Time // until then the last change may still have its effects
	filled  time.Time // the last fetch that was seen
	longest time.Duration
	fetched int // key-set requests before now
	state   string
	since   time.Time
}

// A probe is the youngest token that a key signed.
type probe struct {
	*ticket
	minted time.Time
	alg    string
	// gone is when the key was first seen to be withdrawn, and quiet whether its
	// token was refused since.
	gone  time.Time
	quiet bool
	asked time.Time // last
}

// How densely tokens are presented: every second while anything is amiss or has
// just changed, else every minute; a withdrawn key that is refused, now and
// then.
const (
	dense    = time.Second
	sparse   = time.Minute
	watchful = 2 * time.Minute
	seldom   = 10 * time.Minute
)

// rehearse plays one policy and fills in what it came to.
func (p *Player) rehearse(ctx context.Context, policy mockidp.Policy, how timing, o DrillOptions, d *reports.Drill) error {
	on, w, leave, err := p.place(ctx, how)
	if err != nil {
		return err
	}
	defer leave()
	row, alg := aged, p.algFor(plain, scenarios.Case{})
	if other := secondAlg(alg); p.allows(other) {
		row.Also = []string{other}
	} else if slices.ContainsFunc(policy.Events, func(e mockidp.Event) bool { return e.NewAlg != "" }) {
		return &target.Unsupported{Why: "it does not allow " + other + " beside " + alg, Feature: other}
	}
	st, err := p.stageOn(ctx, on, w, how, row, scenarios.Case{}, alg)
	defer p.retire(st)
	if err != nil {
		return err
	}
	r := &rehearsal{stage: st, o: o, scale: 1, d: d}
	if how.mode == realClock && o.Scale > 0 {
		r.scale = o.Scale
		policy = scaled(policy, o.Scale)
	}
	// What signs now is seen before anything changes, if that is in this moment.
	if err := r.mintHourly(st.now()); err != nil {
		return err
	}
	if err := st.parties[0].tenant.Follow(policy); err != nil {
		return err
	}
	_, r.start, _ = st.parties[0].tenant.Following()
	err = r.play(ctx)
	if shared := p.shared; shared != nil {
		// The next policy begins with an issuer whose keys are left alone.
		shared.Unfollow()
		_ = shared.Agree() // an error where the nodes agree already
	}
	return err
}

// scaled is a policy that does the same in other time.
func scaled(p mockidp.Policy, by float64) mockidp.Policy {
	shrink := func(d time.Duration) time.Duration { return time.Duration(float64(d) * by) }
	s := &p.Schedule
	s.Every, s.PublishAhead, s.KeepAfter = shrink(s.Every), shrink(s.PublishAhead), shrink(s.KeepAfter)
	for i := range p.Events {
		p.Events[i].At = shrink(p.Events[i].At)
	}
	return p
}

// play goes through the policy's time step by step.
func (r *rehearsal) play(ctx context.Context) error {
	tenant := r.parties[0].tenant
	end := r.start.Add(time.Duration(float64(r.o.length()) * r.scale))
	r.fetched, r.since = tenant.Journal().Hits(mockidp.KeySet), r.start
	changed := r.start
	now := r.start
	for now.Before(end) {
		state, err := r.present(ctx, now)
		if err != nil {
			return err
		}
		r.note(now, state)
		step := r.spanOf(sparse)
		if state != reports.BandAccepted || now.Sub(changed) < r.spanOf(watchful) {
			step, r.calm = r.spanOf(dense), now.Add(r.spanOf(dense))
		}
		next := now.Add(step)
		if c, ok := tenant.NextChange(); ok && !c.At.After(end) {
			next = r.before(now, next, c.At)
			if eve := r.eve(c.At); next.Equal(eve) || now.Equal(eve) {
				if err := r.quiet(ctx); err != nil {
					return err
				}
			}
			if !c.At.After(next) {
				next, changed = c.At, c.At
			}
		}
		if next.After(end) {
			next = end
		}
		if now, err = r.until(ctx, next); err != nil {
			return err
		}
	}
	r.note(end, "")
	r.conclude(end)
	return ctx.Err()
}

// eve is the moment right before a change.
func (r *rehearsal) eve(change time.Time) time.Time { return change.Add(-r.spanOf(dense)) }

// before is when to present next because of a change that is coming: traffic
// pauses for as long as the cache lives and comes back right before the change,
// so that the change meets a cache that is as fresh as caches get. That is the
// worst moment for a rotation, and no luck of the numbers can hide it.
func (r *rehearsal) before(now, next, change time.Time) time.Time {
	eve := r.eve(change)
	pause := eve.Add(-r.lives())
	if pause.Before(r.calm) {
		pause = r.calm
	}
	switch {
	case !now.Before(eve):
		return next
	case !now.Before(pause):
		return eve
	case pause.Before(next):
		return pause
	}
	return next
}

// quiet lets a refresh behind the caller's back be over before time jumps.
func (r *rehearsal) quiet(ctx context.Context) error {
	err := r.player.wait(ctx, 50*time.Millisecond)
	r.settled(ctx)
	return err
}

// lives is for how long the target keeps a key set: what it declares, or the
// longest it was seen to.
func (r *rehearsal) lives() time.Duration {
	if ttl := r.about.Declares.CacheTTL; ttl != nil {
		return r.spanOf(*ttl + time.Second)
	}
	return r.longest + r.spanOf(time.Second)
}

// spanOf is a span of the policy's time in the tenant's; in real time no step
// is shorter than what a request takes.
func (r *rehearsal) spanOf(d time.Duration) time.Duration {
	if r.timing.mode != realClock {
		return d
	}
	return max(250*time.Millisecond, time.Duration(float64(d)*r.scale))
}

// until lets time pass to a moment, and returns what time it is then. A clock
// that can be moved is moved to that very moment: the time that the harness
// itself takes is nobody's.
func (r *rehearsal) until(ctx context.Context, at time.Time) (time.Time, error) {
	tenant := r.parties[0].tenant
	missing := at.Sub(tenant.Clock().Now())
	if missing <= 0 {
		return at, ctx.Err()
	}
	if r.timing.mode == realClock {
		return at, r.player.wait(ctx, missing)
	}
	return at, r.advance(ctx, missing)
}

// present shows the target the youngest token of every key, and says what came
// of them.
func (r *rehearsal) present(ctx context.Context, now time.Time) (string, error) {
	if err := r.mintHourly(now); err != nil {
		return "", err
	}
	tenant := r.parties[0].tenant
	refused, exposed := false, false
	for _, one := range r.latest {
		standing := tenant.Standing(one.Minted, now)
		valid := standing == mockidp.Active || standing == mockidp.Retired
		if standing == mockidp.Removed && one.gone.IsZero() {
			one.gone = now
		}
		if !valid && one.quiet && now.Sub(one.gone) > r.spanOf(seldom) && now.Sub(one.asked) < r.spanOf(seldom) {
			continue
		}
		one.asked = now
		v, err := r.try(ctx, one.ticket)
		if err != nil {
			return "", err
		}
		r.d.Presented++
		accepted := v.Answer == target.Accept
		one.quiet = !accepted
		refused = refused || valid && !accepted
		exposed = exposed || !valid && accepted
	}
	switch {
	case refused && exposed:
		return reports.BandBoth, nil
	case refused:
		return reports.BandRefused, nil
	case exposed:
		return reports.BandExposed, nil
	}
	return reports.BandAccepted, nil
}

// mintHourly has the key that signs now sign a token, once in an hour.
func (r *rehearsal) mintHourly(now time.Time) error {
	tenant := r.parties[0].tenant
	alg := tenant.Algs()[0]
	for _, one := range r.latest {
		if tenant.Standing(one.Minted, now) == mockidp.Active && one.alg == alg && now.Sub(one.minted) < r.spanOf(time.Hour) {
			return nil
		}
	}
	t, err := r.mint(r.parties[0], mockidp.Request{Alg: alg, Faults: []fault.Fault{
		fault.SetTime{Name: "exp", At: fault.Span((r.o.length() + time.Hour).String())},
	}})
	if err != nil {
		return err
	}
	fresh := &probe{ticket: t, minted: now, alg: alg}
	for i, one := range r.latest {
		if one.Signer == t.Signer && one.KID == t.KID && tenant.Standing(one.Minted, now) == mockidp.Active {
			r.latest[i] = fresh
			return nil
		}
	}
	r.latest = append(r.latest, fresh)
	return nil
}

// offset is a moment as a timeline has it.
func (r *rehearsal) offset(at time.Time) reports.Duration {
	return reports.Duration((time.Duration(float64(at.Sub(r.start)) / r.scale)).Round(time.Millisecond))
}

// note writes down what a moment was like, and what was fetched since the last.
func (r *rehearsal) note(now time.Time, state string) {
	hits := r.parties[0].tenant.Journal().Hits(mockidp.KeySet)
	for range hits - r.fetched {
		r.d.Timeline.Fetches = append(r.d.Timeline.Fetches, r.offset(now))
	}
	if r.d.Fetches += hits - r.fetched; hits > r.fetched {
		if !r.filled.IsZero() {
			r.longest = max(r.longest, now.Sub(r.filled))
		}
		r.filled = now
	}
	r.fetched = hits
	if state == r.state {
		return
	}
	if r.state != "" {
		r.d.Timeline.Bands = append(r.d.Timeline.Bands, reports.Band{State: r.state, From: r.offset(r.since), To: r.offset(now)})
	}
	r.state, r.since = state, now
}

// conclude adds the bands up, finds the longest exposure, and draws the lives
// of the keys.
func (r *rehearsal) conclude(end time.Time) {
	var outage, exposure, exposed reports.Duration
	last := ""
	for _, b := range r.d.Timeline.Bands {
		if b.State == reports.BandRefused || b.State == reports.BandBoth {
			outage += b.To - b.From
		}
		if b.State == reports.BandExposed || b.State == reports.BandBoth {
			exposed += b.To - b.From
			exposure = max(exposure, exposed)
		} else {
			exposed = 0
		}
		last = b.State
	}
	r.d.Outage, r.d.Exposure = &outage, &exposure
	r.d.StillExposed = last == reports.BandExposed || last == reports.BandBoth
	for _, life := range r.parties[0].tenant.Lives() {
		k := reports.KeyLife{KID: life.KID, Alg: life.Alg}
		for _, s := range life.Stations {
			if s.From.After(end) {
				continue
			}
			k.Stations = append(k.Stations, reports.Station{State: string(s.State), From: max(0, r.offset(s.From))})
		}
		r.d.Timeline.Keys = append(r.d.Timeline.Keys, k)
	}
}
