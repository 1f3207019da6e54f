package suites

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/mockidp/fault"
	"github.com/rogueidp/rogueidp/reports"
	"github.com/rogueidp/rogueidp/scenarios"
	"github.com/rogueidp/rogueidp/suites/target"
)

// present shows the target a token, once, in a row, or many at once, and lets
// the judge see.
func (sh *show) present(ctx context.Context, a scenarios.Present) error {
	base, err := sh.wanted(a.Expect, a.Level, a.Premise)
	if err != nil {
		return err
	}
	before := sh.fetches()
	base.bound, base.detour = a.Fetches, a.Carry.Odd()
	if a.Fetches.Set() {
		limit, err := sh.player.number(a.Fetches.Limit)
		if err != nil {
			return err
		}
		base.limit = limit * sh.player.replicas()
		if sh.player.promised(scenarios.Fetches) {
			base.bound.Level = scenarios.Must
		}
	}
	var seen []sighting
	switch {
	case a.AtOnce:
		seen, err = sh.atOnce(ctx, a, base)
	case base.want.In != "":
		seen, err = sh.within(ctx, a, base)
	default:
		seen, err = sh.oneByOne(ctx, a, base)
	}
	if err != nil {
		return err
	}
	for i := range seen {
		seen[i].fetches = sh.fetches() - before
	}
	return sh.conclude(seen)
}

// conclude lets the judge see.
func (sh *show) conclude(seen []sighting) error {
	for i := range seen {
		if seen[i].err != nil {
			sh.err = seen[i].err
		}
		sh.hold(sh.judge.find(seen[i]))
	}
	return nil
}

// hold keeps the heaviest finding of a plot.
func (sh *show) hold(f finding) {
	switch {
	case f.outcome == reports.Recorded && sh.level != scenarios.Info && !f.spared:
		sh.aside = f
	case !sh.any:
		sh.worst, sh.any = f, true
	default:
		sh.worst = heavier(sh.worst, f)
	}
}

// lacks tells whether a feature is one that can be lacked, and that the target
// does not claim.
func (sh *show) lacks(feature string) bool {
	if feature == "channel" || feature == premadeToken {
		return true
	}
	for _, known := range scenarios.Capabilities() {
		if string(known) == feature {
			return !sh.about.Has(feature)
		}
	}
	return false
}

// token is what the next presentation shows, and how it is carried.
func (sh *show) token(a scenarios.Present) (*ticket, string, error) {
	t, unchanged, err := sh.shown(a)
	if err != nil || a.Carry == (scenarios.Carry{}) {
		return t, unchanged, err
	}
	carried, err := sh.carry(t, a.Carry)
	return carried, unchanged, err
}

// shown is the token of a presentation.
func (sh *show) shown(a scenarios.Present) (*ticket, string, error) {
	if a.Token != "" {
		t := sh.tokens[a.Token]
		if t == nil {
			return nil, "", fmt.Errorf("%s: no token is called %q", sh.row.ID, a.Token)
		}
		if sh.player.relies() {
			return sh.again(t)
		}
		if len(a.IdP) == 0 {
			return t, t.idle, nil
		}
		bent, err := t.by.tenant.Bend(t.Minted, a.IdP...)
		if err != nil {
			return nil, "", err
		}
		return &ticket{Minted: bent, by: t.by, nonce: t.nonce, sent: t.sent}, "", nil
	}
	if t := sh.ahead; t != nil && !a.Honest && len(a.IdP) == 0 && a.Alg == "" {
		sh.ahead = nil
		if t.Canary != nil {
			sh.canaries = append(sh.canaries, t.Canary)
		}
		return t, t.idle, nil
	}
	r := mockidp.Request{Faults: a.IdP, Alg: a.Alg}
	if !a.Honest {
		r.Faults = append(sh.player.personal(sh.row.Faults(sh.play)), a.IdP...)
	}
	t, err := sh.mintAs(a.Honest, sh.parties[0], r)
	if err != nil {
		return nil, "", err
	}
	return t, idle(t.Minted, r.Faults), nil
}

// again is the next sign-in of a token that is kept: the first one makes it, and
// each later one is answered with it.
func (sh *show) again(t *ticket) (*ticket, string, error) {
	if t.visit == nil {
		first, err := sh.welcome(t.by, mockidp.Visit{Faults: t.due}, nil)
		if err != nil {
			return nil, "", err
		}
		*t = *first
		return t, "", nil
	}
	if t.visit.unminted() {
		return nil, "", &target.Unsupported{Why: "it signed somebody in without an ID token, so that there is none to answer again", Feature: premadeToken}
	}
	later, err := sh.welcome(t.by, mockidp.Visit{}, t.Minted)
	return later, "", err
}

// idle names a fault at whose seam nothing changed.
func idle(m *mockidp.Minted, faults []fault.Fault) string {
	if m.Token == "" {
		return "" // it is yet to be made
	}
	for _, f := range faults {
		changed := false
		for _, seam := range m.Changed {
			changed = changed || seam == fault.SeamOf(f)
		}
		if !changed {
			return f.Fault()
		}
	}
	return ""
}

// shows one token and sees what comes.
func (sh *show) see(ctx context.Context, t *ticket, s sighting) sighting {
	s.verdict, s.err = sh.try(ctx, t)
	s.took, s.times = s.verdict.Took, 1
	if t.visit != nil {
		sh.collect(t)
		s.idle = t.visit.idle()
	}
	sh.facts(&s, t)
	return s
}

// oneByOne presents one token after the other, and stops at the first surprise.
func (sh *show) oneByOne(ctx context.Context, a scenarios.Present, base sighting) ([]sighting, error) {
	times := max(1, a.Times)
	var last sighting
	var t *ticket
	for i := range times {
		if err := ctx.Err(); err != nil {
			base.err = err
			return []sighting{base}, nil
		}
		next, unchanged, err := sh.token(a)
		if err != nil {
			return nil, err
		}
		if t = next; a.Unasked {
			silent := *next
			silent.nonce, t = "", &silent
		}
		base.idle = unchanged
		last = sh.see(ctx, t, base)
		last.times = i + 1
		// The rest would only be more of the same.
		if last.err != nil || !allowed(last) {
			break
		}
	}
	sh.step(a, t, last)
	return []sighting{last}, nil
}

// allowed tells whether nothing about an answer is worth a closer look.
func allowed(s sighting) bool {
	return s.want.Wants(scenarios.Answer(s.verdict.Answer)) && s.verdict.Split == "" && len(s.canary) == 0 && !s.slow()
}

// within presents a token again and again until it is accepted or the time is
// over. Between two attempts a second passes, or a fortieth of the time where
// the clock can be moved.
func (sh *show) within(ctx context.Context, a scenarios.Present, base sighting) ([]sighting, error) {
	limit, err := sh.player.duration(base.want.In)
	if err != nil {
		return nil, err
	}
	began := sh.now()
	pause, passed := time.Second, time.Second
	if sh.timing.mode != realClock {
		pause = max(pause, limit/40)
	}
	var last sighting
	var t *ticket
	for i := 1; ; i++ {
		if err := sh.crowd(ctx, a.Amid, passed); err != nil {
			return nil, err
		}
		if t, base.idle, err = sh.token(a); err != nil {
			return nil, err
		}
		last = sh.see(ctx, t, base)
		last.times = i
		elapsed := sh.now().Sub(began)
		if last.err != nil || last.verdict.Unanimous() || elapsed >= limit {
			break
		}
		most := sh.player.o.maxWait()
		if sh.timing.mode == realClock && elapsed+pause > most {
			last.err = &target.Unsupported{
				Why:     fmt.Sprintf("it was still refused after %v, has %v in all, and its clock cannot be moved", elapsed.Round(time.Second), limit),
				Feature: "clock",
			}
			break
		}
		passed = min(pause, max(limit-elapsed, time.Millisecond))
		if err := sh.advance(ctx, passed); err != nil {
			return nil, err
		}
	}
	sh.step(a, t, last)
	return []sighting{last}, nil
}

// atOnce presents many tokens side by side.
func (sh *show) atOnce(ctx context.Context, a scenarios.Present, base sighting) ([]sighting, error) {
	times := max(1, a.Times)
	tickets := make([]*ticket, times)
	for i := range tickets {
		var err error
		if tickets[i], base.idle, err = sh.token(a); err != nil {
			return nil, err
		}
	}
	seen := make([]sighting, times)
	var together sync.WaitGroup
	for i := range tickets {
		together.Add(1)
		go func() {
			defer together.Done()
			seen[i] = sh.see(ctx, tickets[i], base)
		}()
	}
	together.Wait()
	worst := 0
	for i, s := range seen {
		if s.err != nil || !allowed(s) {
			worst = i
			break
		}
	}
	shown := seen[worst]
	shown.times = times
	sh.step(a, tickets[worst], shown)
	return seen, nil
}

// step notes a presentation for the evidence.
func (sh *show) step(a scenarios.Present, t *ticket, s sighting) {
	step := reports.Step{
		Act: "present", Want: s.want.String(), Times: s.times, At: sh.now().UTC().Format(time.RFC3339),
		Got: string(s.verdict.Answer), Code: reports.Hear(s.verdict.Code).String(),
		Reason: reports.Hear(s.verdict.Reason, sh.player.secrets()...),
	}
	if s.err != nil {
		step.Got = reports.Hear(s.err.Error()).String()
	}
	if t != nil {
		step.Token = excerpt(t.Token)
	}
	if a.Carry != (scenarios.Carry{}) {
		step.Carried = carried(a.Carry)
	}
	sh.steps = append(sh.steps, step)
}

// excerpt keeps what a reviewer can use of a token: all of it, unless it is
// huge.
func excerpt(token string) string {
	const most = 8 << 10
	if len(token) <= most {
		return token
	}
	return fmt.Sprintf("%s… (%d octets in all)", token[:1024], len(token))
}
