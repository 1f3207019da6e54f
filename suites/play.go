package suites

import (
	"context"
	"slices"
	"time"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/reports"
	"github.com/rogueidp/rogueidp/scenarios"
)

// A take is one case being played: the row, the case, and what came of it.
type take struct {
	row   scenarios.Scenario
	play  scenarios.Case
	level scenarios.Level
	alg   string

	finding finding
	steps   []reports.Step
	stage   *stage
	visits  []*visit // who came, at a relying party
	fetches int
	took    time.Duration
	// canaries are where this case may have led somebody.
	canaries []*mockidp.Canary
	grew     bool // it cost its process more than it may
	// required: the run is incomplete if this was not exercised.
	required bool
}

// Play plays a scenario with all its cases and returns a result for each. It
// never fails: what went wrong is an outcome.
func (p *Player) Play(ctx context.Context, s scenarios.Scenario) []reports.Result {
	if err := p.enter(ctx); err != nil {
		return p.unplayed(s, "the run was interrupted")
	}
	defer p.leave()
	return p.play(ctx, s)
}

// play is Play for who holds a worker's slot.
func (p *Player) play(ctx context.Context, s scenarios.Scenario) []reports.Result {
	var results []reports.Result
	var group []*take
	flush := func() {
		p.playGroup(ctx, group)
		for _, tk := range group {
			results = append(results, p.result(tk))
		}
		group = nil
	}
	for _, c := range s.Played() {
		tk, played := p.begin(ctx, s, c)
		if tk == nil {
			continue
		}
		if !played {
			flush()
			results = append(results, p.result(tk))
			continue
		}
		if len(group) > 0 && !(p.shares(s, c) && group[0].alg == tk.alg) {
			flush()
		}
		group = append(group, tk)
		if !p.shares(s, c) {
			flush()
		}
	}
	if len(group) > 0 {
		flush()
	}
	return results
}

// unplayed are the results of a scenario that nobody came to play.
func (p *Player) unplayed(s scenarios.Scenario, because string) []reports.Result {
	var results []reports.Result
	for _, c := range s.Played() {
		level, applies := s.Applies(p.Profile(), c)
		if !applies {
			continue
		}
		results = append(results, p.result(&take{row: s, play: c, level: level, required: true, finding: finding{
			outcome: reports.Unexercised, level: level, want: s.Expected(c).String(), got: "not asked", because: because,
		}}))
	}
	return results
}

// begin settles what can be said before anything is played: it is nil where
// the case is not for this profile, and false where it is not played.
func (p *Player) begin(ctx context.Context, s scenarios.Scenario, c scenarios.Case) (*take, bool) {
	level, applies := s.Applies(p.Profile(), c)
	if !applies {
		return nil, false
	}
	for capability, raised := range s.Claiming {
		if p.about.Has(string(capability)) {
			level = raised
		}
	}
	if p.promised(s.Promise) {
		level = scenarios.Must
	}
	tk := &take{row: s, play: c, level: level, alg: p.algFor(s, c), required: !s.Extended && level == scenarios.Must}
	if b := p.barred(s, c); b != nil {
		tk.required = tk.required && !b.excused
		tk.finding = finding{
			outcome: b.outcome, level: level, want: s.Expected(c).String(), got: "not asked", feature: b.feature, because: b.because,
		}
		return tk, false
	}
	if because := p.control(ctx, s, tk); because != nil {
		tk.finding = *because
		tk.required = tk.required && !because.excused
		return tk, false
	}
	return tk, true
}

// interrupted is the finding of a case under which the run ended: whatever the
// target seemed to answer, the interruption may have answered for it.
func interrupted(tk *take) finding {
	return finding{
		outcome: reports.Unexercised, level: tk.level, want: tk.row.Expected(tk.play).String(), got: "interrupted",
		because: "the run was interrupted",
	}
}

// playGroup plays cases that share a session, or one that has its own.
func (p *Player) playGroup(ctx context.Context, group []*take) {
	if len(group) == 0 {
		return
	}
	first := group[0]
	if first.row.Alone() {
		p.playAlone(ctx, first, true)
		return
	}
	if how := p.timing(ctx, first.row, first.play); how.alone {
		// Its clock is the process's: nobody else may be asked meanwhile.
		for _, tk := range group {
			p.playAlone(ctx, tk, false)
		}
		return
	}
	// A target with one issuer cannot be asked anything else while that issuer
	// lies or changes its keys.
	exclusive := p.shared != nil && !p.beside(first.row, first.play)
	suspects := p.together(ctx, group, exclusive)
	for _, tk := range suspects {
		p.playAlone(ctx, tk, false)
	}
}

// together plays a group on one stage and returns the takes that have to be
// played again, alone: the process went away under them, hung, or accepts
// nothing any more.
func (p *Player) together(ctx context.Context, group []*take, exclusive bool) []*take {
	if !p.stateful(group[0].row, group[0].play) {
		if err := p.clean(ctx); err != nil && ctx.Err() == nil {
			for _, tk := range group {
				tk.finding = p.unstaged(ctx, tk, err)
			}
			return nil
		}
	}
	defer p.among(exclusive)()
	var suspects []*take
	var st *stage
	var err error
	hangs := 0
	defer func() {
		if st != nil {
			p.retire(st)
		}
	}()
	for _, tk := range group {
		if ctx.Err() != nil {
			tk.finding = interrupted(tk)
			continue
		}
		if hangs >= 2 {
			tk.finding = finding{
				outcome: reports.Unexercised, level: tk.level, want: tk.row.Expected(tk.play).String(), got: "not asked",
				because: "two cases of this scenario hung before it",
			}
			continue
		}
		if st == nil {
			st, err = p.stageFor(ctx, p.target, p.world, tk.row, tk.play, tk.alg)
			if err != nil {
				tk.finding = p.unstaged(ctx, tk, err)
				if p.again(err) {
					suspects = append(suspects, tk)
				}
				p.retire(st)
				st = nil
				continue
			}
		}
		err := p.perform(ctx, tk, st)
		if p.again(err) || p.delayed(tk) {
			suspects = append(suspects, tk)
		}
		if tk.finding.got == "hang" {
			hangs++
		}
		if tk.finding.got == "hang" || tk.finding.got == "crash" || tk.finding.got == "garbage" {
			p.retire(st)
			st = nil
		}
	}
	if len(suspects) > 0 || ctx.Err() != nil {
		return suspects
	}
	if p.afterwards(ctx, group) {
		return nil
	}
	if p.o.FirstSight && p.about.Memory && shares(group[0].row, group[0].play) {
		return nil // what came of tokens alone the next row's honest ones show
	}
	// Alive: an honest token, in a new session of the same process.
	lives := p.greet
	if exclusive {
		lives = p.alive
	}
	if err := lives(ctx, p.target, p.world, p.timing(ctx, plain, scenarios.Case{}), p.accepted(ctx, group[0].alg)); err != nil && ctx.Err() == nil {
		if len(group) == 1 && p.about.Memory {
			p.dead(group[0], err)
			return nil
		}
		// Which of them did it, or whether somebody else did, shows alone.
		return group
	}
	return nil
}

// unstaged is the finding of a case for which no stage could be set.
func (p *Player) unstaged(ctx context.Context, tk *take, err error) finding {
	if ctx.Err() != nil {
		return interrupted(tk)
	}
	return judge{p.o.Strict}.find(sighting{want: tk.row.Expected(tk.play), level: tk.level, err: err, premise: true})
}

// perform plays one case on a stage and lets the judge conclude. The error is
// that of the target, if it gave no verdict.
func (p *Player) perform(ctx context.Context, tk *take, st *stage) error {
	j := judge{p.o.Strict}
	sh := &show{stage: st, row: tk.row, play: tk.play, level: tk.level, judge: j}
	began, spent, canaries := st.now(), st.fetches(), len(st.canaries)
	f, err := sh.perform(ctx)
	if err != nil {
		f = heavier(f, j.find(sighting{want: tk.row.Expected(tk.play), level: tk.level, err: err, lacks: sh.lacks, premise: true}))
	}
	// Where a fault was never served, nothing counts but the floor.
	if !f.floor && f.outcome != reports.Broken && f.outcome != reports.Error && f.outcome != reports.Unsupported {
		if name := st.unserved(); name != "" {
			f.outcome, f.because = reports.Unexercised, name+" was never served: the target did not ask while it stood"
		} else if name := sh.unacted(); name != "" && f.outcome != reports.Unexercised {
			f.outcome, f.because = reports.Unexercised, name+" changed nothing that the target got: it asked for nothing on which it acts"
		}
	}
	if ctx.Err() != nil {
		f = interrupted(tk)
	}
	tk.finding, tk.steps, tk.stage, tk.visits = f, sh.steps, st, slices.Clone(sh.mine())
	tk.canaries = slices.Clone(st.canaries[canaries:])
	if lure := st.lure(); lure != nil {
		tk.canaries = append(tk.canaries, lure)
	}
	tk.fetches, tk.took = st.fetches()-spent, st.now().Sub(began)
	if sh.err != nil {
		return sh.err
	}
	return err
}

// retire takes a stage down, but for tenants whose canaries are still to be
// watched until the run is over.
func (p *Player) retire(st *stage) {
	led := len(st.canaries) > 0
	for _, party := range st.parties {
		led = led || party.tenant.Canary() != nil
	}
	if led {
		p.linger(st)
		return
	}
	_ = st.close()
}
