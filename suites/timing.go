package suites

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/mockidp/fault"
	"github.com/rogueidp/rogueidp/scenarios"
	"github.com/rogueidp/rogueidp/suites/target"
)

// The ways in which time passes for a target, as results name them. Tenant
// time and target time never differ.
const (
	virtualClock = "virtual"  // it reads the tenant's own
	messageClock = "message"  // it is told, for a session or for its process
	fakedClock   = "faketime" // libfaketime tells its process; the mode follows
	realClock    = "real"     // nobody can move it, so time is waited for
)

// bases is how the target's time could be moved, before anybody tried.
func (p *Player) base() string {
	switch {
	case p.about.Has("clock") && p.about.Memory:
		return virtualClock
	case p.about.Has("clock"):
		return messageClock
	case p.fakable():
		return fakedClock
	}
	return realClock
}

// fakable tells whether libfaketime can be loaded into a process of the target.
func (p *Player) fakable() bool {
	_, child := p.target.(target.Shifter)
	return child && p.reach.Faketime.Library != "" && len(p.about.Faketime) > 0
}

// Advice is what a user could install to learn more of this target; empty where
// nothing is missing.
func (p *Player) Advice() string {
	_, child := p.target.(target.Shifter)
	if !child || len(p.about.Faketime) == 0 || p.about.Has("clock") || p.reach.Faketime.Library != "" || p.reach.NoFaketime {
		return ""
	}
	return fmt.Sprintf("the clock of %s could be moved by libfaketime, which is not installed (Debian has it in the package libfaketime); until then time is waited for, and what takes longer than --max-wait is unsupported", p.Name())
}

// A timing is how time passes in a case.
type timing struct {
	mode string
	// alone: the clock is the whole process's, so the case has it to itself.
	alone bool
	fake  target.Faketime
	// ahead is how far ahead of real time the process is before anything is
	// played in it.
	ahead time.Duration
}

func (t timing) String() string {
	if t.mode == fakedClock {
		return t.mode + " " + t.fake.Mode
	}
	return t.mode
}

// timing is how time will pass in a case. Where the case moves time, the clock
// has been calibrated first: a target that ignores it is waited for in real
// time, or cannot be asked.
func (p *Player) timing(ctx context.Context, s scenarios.Scenario, c scenarios.Case) timing {
	base := p.base()
	switch {
	case base == virtualClock && s.Alone():
		return timing{mode: messageClock} // its copy in a process of its own is told
	case base == virtualClock || base == realClock:
		return timing{mode: base}
	}
	if !p.moves(s, c) {
		if base == messageClock {
			return timing{mode: messageClock}
		}
		return timing{mode: realClock}
	}
	cal := p.calibrated(ctx)
	if !cal.wall || p.keeps(s) && !cal.cache {
		return timing{mode: realClock}
	}
	return cal.timing
}

// keeps tells whether a case is about how long the target keeps things, so
// that moving its idea of exp alone would not do.
func (p *Player) keeps(s scenarios.Scenario) bool {
	if !slices.Contains(s.Needs, "refetch") {
		return false
	}
	cooldown, err := p.duration("{cooldown}")
	return err != nil || cooldown > 0 || slices.Contains(s.Needs, "clock")
}

// moves tells whether time passes in a case on purpose.
func (p *Player) moves(s scenarios.Scenario, c scenarios.Case) bool {
	if s.Start == scenarios.Warm && slices.Contains(s.Needs, "refetch") {
		return true
	}
	if s.Expected(c).In != "" {
		return true
	}
	for _, act := range s.Story(c) {
		switch a := act.(type) {
		case scenarios.Advance:
			return true
		case scenarios.Present:
			if a.Expect.In != "" {
				return true
			}
		}
	}
	return false
}

// A calibration is what a target's clock was seen to do. Nothing that depends
// on time is measured before it.
type calibration struct {
	timing
	wall  bool // tokens expire by the moved clock
	cache bool // and key sets are fetched again by it
	why   string
}

// calibrated moves the target's clock once, in the modes that it claims, and
// remembers the first that its cache follows; else the first that its idea of
// exp follows.
func (p *Player) calibrated(ctx context.Context) calibration {
	p.calibrate.Do(func() {
		p.calibration = calibration{timing: timing{mode: realClock}, why: "its clock cannot be moved"}
		for i, t := range p.candidates() {
			c := p.try(ctx, t)
			if c.wall && (c.cache || !p.calibration.wall) {
				p.calibration = c
			}
			if !p.calibration.wall && i == 0 {
				p.calibration.why = c.why
			}
			if c.cache {
				return
			}
		}
	})
	return p.calibration
}

// candidates are the ways to move the clock, the least intrusive first.
func (p *Player) candidates() []timing {
	switch p.base() {
	case messageClock:
		return []timing{{mode: messageClock}, {mode: messageClock, alone: true}}
	case fakedClock:
		var list []timing
		for _, mode := range p.about.Faketime {
			if mode == target.FakeWall || mode == target.FakeBoth {
				fake := p.reach.Faketime
				fake.Mode = mode
				list = append(list, timing{mode: fakedClock, alone: true, fake: fake})
			}
		}
		return list
	}
	return nil
}

// try calibrates one way to move the clock: a token that was accepted must
// expire, and a key set that was fetched must be fetched again past its time.
func (p *Player) try(ctx context.Context, t timing) calibration {
	c := calibration{timing: t}
	on, w, leave, err := p.place(ctx, t)
	if err != nil {
		c.why = "its clock cannot be moved: " + p.tell(err)
		return c
	}
	defer leave()
	moved, err := p.onStage(ctx, on, w, t, p.expires)
	if err != nil {
		c.why = "its clock cannot be moved: " + p.tell(err)
		return c
	}
	c.wall = true
	if t.alone {
		t.ahead = moved // its process stays there
	}
	if p.about.Has("refetch") {
		if _, err := p.onStage(ctx, on, w, t, p.refetches); err != nil {
			c.why = p.tell(err)
			return c
		}
		c.cache = true
	}
	return c
}

// place is where something is played with time passing in a way: the target
// itself, or a copy in a process of its own where the clock is the process's.
// leave ends that process.
func (p *Player) place(ctx context.Context, how timing) (on target.Target, w *world, leave func(), err error) {
	if !how.alone {
		return p.target, p.world, func() {}, nil
	}
	own, its, err := p.alone(ctx, how.fake)
	if err != nil {
		return nil, nil, nil, err
	}
	return own, its, func() { _ = own.Close() }, nil
}

// onStage does something with a target that has just accepted an honest token,
// and returns how far ahead the clock is afterwards.
func (p *Player) onStage(ctx context.Context, on target.Target, w *world, how timing, do func(context.Context, *stage) error) (time.Duration, error) {
	row := plain
	row.Start = scenarios.Warm
	st, err := p.stageOn(ctx, on, w, how, row, scenarios.Case{}, p.algFor(plain, scenarios.Case{}))
	defer p.retire(st)
	if err != nil {
		return 0, err
	}
	err = do(ctx, st)
	return st.parties[0].tenant.Clock().Moved(), err
}

// expires shows a token before and after its end. A target that does not accept
// it any more, however it says so, has seen the clock move. One that accepts
// whatever has expired shows nothing either way.
func (p *Player) expires(ctx context.Context, st *stage) error {
	by := st.parties[0]
	short, err := st.mint(by, mockidp.Request{Faults: []fault.Fault{fault.SetTime{Name: "exp", At: "1m"}}})
	if err != nil {
		return err
	}
	if v, err := st.try(ctx, short); err != nil || v.Answer != target.Accept {
		return err
	}
	leeway, err := p.duration("{leeway}+2m")
	if err != nil {
		return err
	}
	old, err := st.mint(by, mockidp.Request{Faults: []fault.Fault{fault.SetTime{Name: "exp", At: fault.Span("-" + leeway.String())}}})
	if err != nil {
		return err
	}
	never, err := st.try(ctx, old)
	if err == nil && never.Answer == target.Accept {
		return st.advance(ctx, leeway)
	}
	if err := st.advance(ctx, leeway); err != nil {
		return err
	}
	after, err := st.try(ctx, short)
	if err == nil && after.Answer == target.Accept {
		return fmt.Errorf("a token was accepted %v past its end, and one that had ended when it was minted was not, so the target does not see the moved clock", leeway-time.Minute)
	}
	var unsupported *target.Unsupported
	if errors.As(err, &unsupported) && unsupported.Feature == "clock" {
		return err
	}
	return nil
}

// refetches moves the clock past the time for which the target keeps keys, and
// looks for the fetch that has to follow.
func (p *Player) refetches(ctx context.Context, st *stage) error {
	past := 24*time.Hour + time.Second
	if ttl := p.about.Declares.CacheTTL; ttl != nil {
		past = *ttl + time.Second
	}
	if err := st.advance(ctx, past); err != nil {
		return err
	}
	journal := st.parties[0].tenant.Journal()
	before := journal.Hits(mockidp.KeySet)
	if _, err := st.honest(ctx, st.parties[0]); err != nil {
		return err
	}
	soon, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	if err := journal.Await(soon, mockidp.KeySet, before+1); err != nil {
		return fmt.Errorf("its clock was moved by %v, a known key presented, and no fetch of the key set followed: either its cache never ages or it does not see the moved clock", past)
	}
	return nil
}
