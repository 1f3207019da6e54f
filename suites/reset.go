package suites

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/reports"
	"github.com/rogueidp/rogueidp/scenarios"
	"github.com/rogueidp/rogueidp/suites/target"
)

// resets are how a target that is configured once comes to start afresh. Cold
// rows want that each time, stateful ones once for all of their group. Whoever
// calls its methods has the target alone.
type resets struct {
	by target.Resetter // nil where nothing resets it

	mu sync.Mutex
	trail
	down     bool // it did not start
	failures int  // in a row
	last     time.Duration
}

// A trail is what cases have left behind since a target started afresh. The zero
// trail is nothing.
type trail struct {
	disturbed bool   // something left a trace
	dirty     bool   // and may have left what no honest token survives
	group     string // of what was played last
}

// next goes on to a stateful case, and tells whether the target has to start afresh
// before it.
func (t *trail) next(p *Player, s scenarios.Scenario, c scenarios.Case) (again bool) {
	fresh := p.fresh(s, c)
	again = fresh || t.dirty || t.disturbed && t.group != groupOf(s)
	*t = trail{disturbed: true, dirty: fresh, group: groupOf(s)}
	return again
}

// wiped is after the target started afresh.
func (t *trail) wiped() { t.disturbed, t.dirty = false, false }

// resettable finds out who resets the target: the target itself, or the hook
// that the options name.
func (p *Player) resettable() error {
	if p.shared == nil {
		return nil
	}
	if r, ok := p.target.(target.Resetter); ok {
		p.resets.by = r
		if s, ok := p.target.(interface{ Startup() time.Duration }); ok {
			p.resets.last = s.Startup()
		}
		return nil
	}
	h, err := target.NewHook(p.reach.Reset, p.reach, os.Stderr)
	if err != nil || h == nil {
		return err
	}
	p.resets.by = h
	return nil
}

// fresh tells whether a case is about a target that keeps nothing yet: what is
// cold, and about more than one token.
func (p *Player) fresh(s scenarios.Scenario, c scenarios.Case) bool {
	if s.Start != scenarios.Cold {
		return false
	}
	if len(p.common(s.Faults(c))) > 0 {
		return true
	}
	for _, act := range s.Story(c) {
		switch a := act.(type) {
		case scenarios.Present:
			if a.Times > 1 || a.Fetches.Set() || a.Expect.In != "" {
				return true
			}
		case scenarios.Begin, scenarios.Hold, scenarios.Rotate, scenarios.Rollback, scenarios.Publish, scenarios.Retire, scenarios.Remove,
			scenarios.Advance, scenarios.Inject, scenarios.Repeat, scenarios.Sessions:
			return true
		}
	}
	return false
}

// starts tells whether the target can be given the start that a case wants.
func (p *Player) starts(s scenarios.Scenario, c scenarios.Case) bool {
	return p.shared == nil || p.resets.by != nil || !p.fresh(s, c) && !p.keepsMetadata(s, c)
}

// noReset is why a case cannot be played where nothing resets the target.
const noReset = "it keeps what it fetched before, and nothing makes it start afresh; give --reset a command that does"

// stateful tells whether a case leaves a trace on a target with one issuer.
func (p *Player) stateful(s scenarios.Scenario, c scenarios.Case) bool {
	return p.shared != nil && (p.fresh(s, c) || !p.beside(s, c) && !p.harmless(s, c))
}

// harmless tells whether a case shows one token and changes nothing else.
func (p *Player) harmless(s scenarios.Scenario, c scenarios.Case) bool {
	return s.Start == scenarios.Cold && !p.fresh(s, c)
}

// groupOf names the rows for which one reset does: those of a family that start
// alike.
func groupOf(s scenarios.Scenario) string { return s.Family() + " " + string(s.Start) }

// settle gives the target the start that a case wants. The caller has the
// target alone, and has let the issuer lie already if the start is cold: a
// target may ask for everything as soon as it starts.
func (p *Player) settle(ctx context.Context, s scenarios.Scenario, c scenarios.Case) error {
	if !p.stateful(s, c) {
		return nil
	}
	r := &p.resets
	r.mu.Lock()
	again := r.next(p, s, c)
	r.mu.Unlock()
	if !again {
		return nil
	}
	if r.by == nil {
		return p.wait(ctx, p.pause())
	}
	if p.fresh(s, c) {
		// It may never answer, and that be its answer.
		return p.reset(ctx, backLimit/3)
	}
	return p.reset(ctx, backLimit)
}

// clean makes a target fit for honest tokens that a cold row has left with
// whatever it was served.
func (p *Player) clean(ctx context.Context) error {
	r := &p.resets
	soiled := func() bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		return r.dirty && r.by != nil
	}
	if !soiled() {
		return nil
	}
	defer p.among(true)()
	if !soiled() {
		return nil
	}
	if err := pacify(p.shared); err != nil {
		return err
	}
	err := p.reset(ctx, backLimit)
	if err == nil {
		r.mu.Lock()
		r.wiped()
		r.mu.Unlock()
	}
	return err
}

// rouse brings back a target that did not start while its issuer lied. That it
// starts for an honest one shows that the lie was the reason.
func (p *Player) rouse(ctx context.Context) error {
	r := &p.resets
	r.mu.Lock()
	down := r.down
	r.down = false
	r.mu.Unlock()
	if !down {
		return nil
	}
	return p.reset(ctx, backLimit)
}

// startless is what it means that a target could not be made to start afresh: a
// refusal while its issuer lies, if it starts again once that is over.
func (st *stage) startless(err error) error {
	var u *unsettled
	if !errors.As(err, &u) || len(st.standing) == 0 {
		return err
	}
	r := &st.player.resets
	r.mu.Lock()
	r.down = true
	r.mu.Unlock()
	st.refused, st.stale = &target.Verdict{Answer: target.Unavailable, Reason: "it does not start: " + err.Error()}, false
	return nil
}

// pause is how long a target that nobody resets is left alone between two
// groups: the cooldown that it declares, or that was promised for it.
func (p *Player) pause() time.Duration {
	if !p.promised(scenarios.Learn) {
		return 0
	}
	cooldown, err := p.duration("{cooldown}")
	if err != nil {
		return 0
	}
	return min(cooldown, p.o.maxWait())
}

// reset makes the target start afresh and waits until it can be asked. Its
// cache stays empty: what it is shown meanwhile is no token.
func (p *Player) reset(ctx context.Context, limit time.Duration) error {
	began := clock()
	err := p.resets.by.Reset(ctx)
	if err == nil {
		err = p.reachable(ctx, limit)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	p.resets.mu.Lock()
	defer p.resets.mu.Unlock()
	if err == nil {
		p.resets.last, p.resets.failures = clock().Sub(began), 0
		return nil
	}
	if words := strings.TrimSpace(target.LastWords(err)); words != "" {
		err = fmt.Errorf("%w; its last words: %s", err, words)
	}
	if p.resets.failures++; p.resets.failures >= maxFailures {
		why := fmt.Sprintf("it could not be made to start afresh %d times in a row: %s", maxFailures, reports.Hear(err.Error(), p.secrets()...))
		p.broken.Store(&why)
	}
	return &unsettled{err}
}

// maxFailures are the resets in a row that may fail before the target is given up.
const maxFailures = 3

// unsettled is a target that could not be made to start afresh.
type unsettled struct{ error }

func (u *unsettled) Unwrap() error { return u.error }

// backLimit is how long a target may take to answer again after its reset.
const backLimit = 30 * time.Second

// reachable waits until the target answers at all.
func (p *Player) reachable(ctx context.Context, limit time.Duration) error {
	end := clock().Add(limit)
	for {
		session, _, err := p.target.Trust(ctx, p.known(p.shared))
		if err == nil && session != nil {
			err = p.knocks(ctx, session)
			_ = session.Close()
		}
		var crashed *target.Crashed
		var unsupported *target.Unsupported
		if err == nil || errors.As(err, &unsupported) {
			return nil
		}
		if !errors.As(err, &crashed) {
			return err
		}
		if clock().After(end) {
			return fmt.Errorf("the target does not answer %v after its reset: %w", limit, err)
		}
		if err := p.wait(ctx, 100*time.Millisecond); err != nil {
			return err
		}
	}
}

// knocks sees whether the target answers, with nothing that would fill its cache.
func (p *Player) knocks(ctx context.Context, session target.Session) error {
	if through, ok := session.(target.Browser); ok && p.about.Has("home") {
		_, err := through.Go(ctx, target.Errand{To: target.HomePage, Deadline: 2 * time.Second})
		return err
	} else if ok {
		_, err := through.Go(ctx, target.Errand{To: target.LoginPage, Stay: true, Deadline: 2 * time.Second})
		return err
	}
	_, err := session.Try(ctx, target.Attempt{Token: "no-token", Deadline: 2 * time.Second})
	return err
}

// afterwards makes the issuer of a target that knows no other honest again, and
// brings the target back if it did not start. Whether a cold row left it in a
// state to accept anything its next start shows, so done says that there is
// nothing more to see.
func (p *Player) afterwards(ctx context.Context, group []*take) (done bool) {
	if p.shared == nil || p.beside(group[0].row, group[0].play) {
		return false // nothing lied to anybody but to people of their own
	}
	err := pacify(p.shared)
	if err == nil {
		err = p.rouse(ctx)
	}
	if err != nil && ctx.Err() == nil {
		for _, tk := range group {
			tk.finding = p.unstaged(ctx, tk, err)
		}
	}
	return err != nil || p.fresh(group[0].row, group[0].play)
}

// resetTakes is how long a reset takes: as measured last, or at most where none
// was done yet.
func (p *Player) resetTakes() (took time.Duration, measured bool) {
	p.resets.mu.Lock()
	defer p.resets.mu.Unlock()
	if p.resets.last > 0 {
		return p.resets.last, true
	}
	if h, ok := p.resets.by.(*target.Hook); ok {
		return h.Limit(), false
	}
	return 0, false
}

// pacify makes an issuer that goes on honest, whatever a plot that broke off has
// left of it: its faults, answers that are held, nodes that disagree.
func pacify(t *mockidp.Tenant) error {
	for _, endpoint := range []string{mockidp.Discovery, mockidp.KeySet} {
		t.Release(endpoint)
	}
	t.Agree()
	return t.Behave()
}

// alive tells why the target accepts no honest token in a new session; nil where
// it does. A target with one issuer has new sessions only if something resets it.
func (p *Player) alive(ctx context.Context, t target.Target, w *world, how timing, alg string) error {
	err := p.greet(ctx, t, w, how, alg)
	if err == nil || t != p.target || p.shared == nil || p.resets.by == nil || ctx.Err() != nil {
		return err
	}
	if p.reset(ctx, backLimit) != nil {
		return err
	}
	return p.greet(ctx, t, w, how, alg)
}
