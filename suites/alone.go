package suites

import (
	"context"
	"errors"

	"github.com/rogueidp/rogueidp/reports"
	"github.com/rogueidp/rogueidp/scenarios"
	"github.com/rogueidp/rogueidp/suites/target"
)

// again tells whether an error may be somebody else's doing, and has to be seen
// alone before anybody is blamed. Notes deaths on the way.
func (p *Player) again(err error) bool {
	var crashed *target.Crashed
	var hung *target.Hung
	var garbled *target.Garbled
	switch {
	case errors.As(err, &crashed):
		p.died()
		return !p.about.Memory
	case errors.As(err, &hung):
		if e, ok := p.target.(interface{ Abandon() }); ok && !p.about.Concurrent {
			e.Abandon()
		}
		// A target that hung alone often enough is believed to.
		return !p.about.Memory && p.hangs.Load() < 5
	case errors.As(err, &garbled):
		return true
	}
	return false
}

// delayed tells whether an answer missed for being late, which many who ask at
// once can make of any. Alone it shows.
func (p *Player) delayed(tk *take) bool {
	missed := tk.finding.outcome == reports.Fail || tk.finding.outcome == reports.Warn
	return missed && tk.finding.verdict.Late && !tk.finding.floor && !p.o.FirstSight
}

// dead is the finding for a case after which no honest token is accepted.
func (p *Player) dead(tk *take, err error) {
	f := tk.finding
	f.floor = true
	tk.finding = judge{p.o.Strict}.miss(f, tk.level, "after it no honest token is accepted in a new session: "+p.tell(err))
}

// playAlone plays a case in a fresh process of its own, or, where there is no
// such thing, while nobody else asks the target anything. What goes wrong now
// is the case's own doing.
func (p *Player) playAlone(ctx context.Context, tk *take, bounds bool) {
	fake := p.timing(ctx, tk.row, tk.play).fake
	t, w, err := p.alone(ctx, fake)
	var unsupported *target.Unsupported
	switch {
	case errors.As(err, &unsupported):
		if _, loner := p.target.(target.Loner); loner && bounds {
			tk.required = false
			tk.finding = finding{outcome: reports.Unsupported, level: tk.level, want: tk.row.Expected(tk.play).String(), got: "not asked", feature: "own-process", because: unsupported.Why}
			return
		}
		defer p.among(true)()
		p.solo(ctx, tk, p.target, p.world, false)
		tk.unweighed()
		return
	case err != nil:
		tk.finding = p.unstaged(ctx, tk, err)
		return
	}
	defer t.Close()
	p.solo(ctx, tk, t, w, bounds)
	if !tk.grew || p.o.FirstSight {
		return
	}
	// What a process costs depends on when its collector ran, too. The least of
	// three plays in fresh processes is what the case needs. A play that costs
	// less has to end in the same answer; one that costs too much again may end
	// in another, where both are right.
	first := tk.finding
	for range 2 {
		again, w, err := p.alone(ctx, fake)
		if err != nil {
			if ctx.Err() != nil {
				tk.finding = interrupted(tk)
			}
			return
		}
		p.solo(ctx, tk, again, w, true)
		_ = again.Close()
		if ctx.Err() != nil {
			tk.finding = interrupted(tk)
			return
		}
		if tk.grew {
			continue
		}
		if tk.finding.got != first.got {
			tk.finding = first
			tk.finding.outcome = reports.Flaky
			tk.finding.because += "; played again it answered otherwise"
		}
		return
	}
}

// unweighed takes back that a case passed whose bound is on a process that
// nobody can look into.
func (tk *take) unweighed() {
	if tk.row.Oracle != scenarios.ByProcess || tk.finding.outcome != reports.Pass && tk.finding.outcome != reports.Recorded {
		return
	}
	tk.required = false
	tk.finding.outcome, tk.finding.feature = reports.Unsupported, "own-process"
	tk.finding.because = "it answered as it should, and what that costs its process cannot be seen from here"
}

// solo plays a case on a target that nobody else asks.
func (p *Player) solo(ctx context.Context, tk *take, t target.Target, w *world, bounds bool) {
	tk.grew = false
	var rest *usage
	if bounds && tk.row.Start == scenarios.Cold {
		rest = p.rest(ctx, t, w, tk.alg)
	}
	st, err := p.stageFor(ctx, t, w, tk.row, tk.play, tk.alg)
	defer p.retire(st)
	if err != nil {
		tk.finding = p.unstaged(ctx, tk, err)
		return
	}
	var watch *watch
	if bounds {
		watch = p.watch(ctx, st, tk, t, rest)
		st.watch = watch
	}
	if err := p.perform(ctx, tk, st); err != nil {
		var hung *target.Hung
		if errors.As(err, &hung) {
			p.hangs.Add(1)
		}
		var crashed *target.Crashed
		if errors.As(err, &crashed) {
			p.died()
		}
		return
	}
	if watch != nil {
		cost := watch.grown(ctx, tk, judge{p.o.Strict})
		if ctx.Err() != nil {
			tk.finding = interrupted(tk)
			return
		}
		// What is a miss by its answer is none the worse for its cost.
		tk.grew = weight(cost.outcome) > weight(tk.finding.outcome)
		tk.finding = heavier(tk.finding, cost)
	}
	if t == p.target && p.afterwards(ctx, []*take{tk}) {
		return
	}
	now := p.timing(ctx, plain, scenarios.Case{})
	if st.timing.alone {
		// Its process stays at the time to which the case has moved it.
		now = timing{mode: realClock, ahead: st.parties[0].tenant.Clock().Moved()}
	}
	if err := p.alive(ctx, t, w, now, tk.alg); err != nil && ctx.Err() == nil {
		p.dead(tk, err)
	}
}
