package suites

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/rogueidp/rogueidp/reports"
	"github.com/rogueidp/rogueidp/scenarios"
	"github.com/rogueidp/rogueidp/suites/target"
)

// forbidden says why a hazard must not be sent to this target, if so.
func (p *Player) forbidden(h scenarios.Hazard) string {
	host := target.Host(p.spec)
	if h == scenarios.Harmless || host == "" || near(host) {
		return ""
	}
	order := scenarios.Hazards()
	if slices.Index(order, h) <= slices.Index(order, p.o.Hazard) && slices.Contains(p.o.Own, host) {
		return ""
	}
	return fmt.Sprintf("%s is not on this machine; --hazard %s --i-own %s sends it all the same", host, h, host)
}

// control is the finding of a row whose twin is not accepted, nil where it is.
// What it learns holds for every row with the same twin.
func (p *Player) control(ctx context.Context, s scenarios.Scenario, tk *take) *finding {
	broken := func(because string) *finding {
		f := finding{outcome: reports.Broken, level: tk.level, want: "accept of the honest twin", got: "not accepted", because: because}
		return &f
	}
	if why := p.broken.Load(); why != nil {
		return broken(*why)
	}
	plain := p.controls.ask("honest "+tk.alg, func() string { return p.honest(ctx, tk.alg) })
	if plain != "" {
		if ctx.Err() != nil {
			f := interrupted(tk)
			return &f
		}
		if p.accepted(ctx, tk.alg) == tk.alg {
			return broken(plain)
		}
		if asksForAlg(s, tk.play) {
			return nil // what it refuses is what the row is about
		}
		because := fmt.Sprintf("it claims %s and accepts no honest token of it (%s), which is judged in its own right", tk.alg, plain)
		return &finding{outcome: reports.Unexercised, level: tk.level, want: s.Expected(tk.play).String(), got: "not asked", because: because, excused: true}
	}
	if s.Twin == "honest" || s.Twin == s.ID {
		return nil
	}
	twin, err := p.o.catalogue().Find(s.Twin)
	if err != nil {
		return broken(err.Error())
	}
	c, ok := p.twinCase(twin, tk.alg)
	if !ok {
		return nil // not for this algorithm or profile; the plain token stands for it
	}
	refused := p.controls.ask("twin "+twin.ID+"/"+c.Name+" "+tk.alg, func() string {
		t := &take{row: twin, play: c, alg: tk.alg}
		t.level, _ = twin.Applies(p.Profile(), c)
		p.playGroup(ctx, []*take{t})
		if t.finding.outcome == reports.Pass || t.finding.outcome == reports.Recorded || t.finding.got == "accept" {
			return ""
		}
		return fmt.Sprintf("its twin %s came out as %s (%s), and is judged in its own right", twin.ID, t.finding.outcome, t.finding.got)
	})
	if refused != "" && ctx.Err() != nil {
		f := interrupted(tk)
		return &f
	}
	if refused != "" {
		f := finding{outcome: reports.Unexercised, level: tk.level, want: s.Expected(tk.play).String(), got: "not asked", because: refused, excused: true}
		return &f
	}
	return nil
}

// accepted is the algorithm whose honest tokens tell whether a target is still
// well: the one that is played or, where the target claims it and accepts none
// of its tokens, the one that it was met with.
func (p *Player) accepted(ctx context.Context, alg string) string {
	main := p.algFor(scenarios.Scenario{}, scenarios.Case{})
	accepts := func(alg string) bool {
		return p.controls.ask("honest "+alg, func() string { return p.honest(ctx, alg) }) == ""
	}
	if alg == main || accepts(alg) || !accepts(main) {
		return alg
	}
	return main
}

// asksForAlg tells whether a case asks for nothing but an honest token of its
// own algorithm, so that it is its own control.
func asksForAlg(s scenarios.Scenario, c scenarios.Case) bool {
	return c.Alg != "" && s.Start == scenarios.Cold && s.Twin == "honest" && s.Expected(c).String() == scenarios.Accept.String() && len(s.Faults(c)) == 0
}

// twinCase is the case of a twin that is nearest to a row: the one with its
// algorithm, else the first that applies.
func (p *Player) twinCase(twin scenarios.Scenario, alg string) (scenarios.Case, bool) {
	var first *scenarios.Case
	for _, c := range twin.Played() {
		if _, applies := twin.Applies(p.Profile(), c); !applies || !p.able(twin, c) {
			continue
		}
		if c.Alg == alg {
			return c, true
		}
		// A control under another algorithm says nothing.
		if fits := p.algFor(twin, c); first == nil && fits == alg {
			first = &c
		}
	}
	if first == nil {
		return scenarios.Case{}, false
	}
	return *first, true
}

// has tells whether the target can be asked something. Anybody's clock moves,
// if only as fast as the clock on the wall: where a wait is too long for that,
// the wait says so. Who is reached in memory has a network that nobody shares.
func (p *Player) has(need scenarios.Capability) bool {
	return need == "clock" || need == "own-network" && p.about.Memory || p.about.Has(string(need))
}

// plain is the row that the control token comes from.
var plain = scenarios.Scenario{ID: "honest", Start: scenarios.Cold, Expect: scenarios.Accept, Level: scenarios.Must, Profiles: scenarios.Profiles()}

// honest tells why the target does not accept a plain token; empty if it does.
func (p *Player) honest(ctx context.Context, alg string) string {
	if err := p.clean(ctx); err != nil {
		return p.tell(err)
	}
	defer p.among(false)()
	var last error
	// A process that another scenario ended is no reason to call it broken.
	for range patient {
		if last = p.greet(ctx, p.target, p.world, p.timing(ctx, plain, scenarios.Case{}), alg); last == nil {
			return ""
		}
		var crashed *target.Crashed
		if !errors.As(last, &crashed) {
			break
		}
		p.died()
	}
	return p.tell(last)
}

// patient is how often a target may be unable to decide about a plain token
// before that is believed: a busy machine makes any time-out run out now and
// then.
const patient = 3

// undecided tells whether a target could not decide about a plain token.
func undecided(err error) bool {
	var refused *errRefusedHonest
	return errors.As(err, &refused) && refused.verdict.Answer == target.Unavailable
}

// tell says an error of a target so that it may stand in a report.
func (p *Player) tell(err error) string {
	text := err.Error()
	var refused *errRefusedHonest
	if errors.As(err, &refused) && refused.verdict.Reason != "" {
		text += ": " + refused.verdict.Reason
	}
	var garbled *target.Garbled
	if errors.As(err, &garbled) {
		text += ": " + garbled.Line
	}
	var failed *target.Failed
	if errors.As(err, &failed) {
		text += ": " + failed.Says
	}
	return reports.Hear(text, p.secrets()...).String()
}

// greet opens a new session and shows it a plain token, more than once where
// the target cannot decide.
func (p *Player) greet(ctx context.Context, t target.Target, w *world, how timing, alg string) error {
	err := p.approach(ctx, t, w, how, alg)
	for try := 1; try < patient && p.shared == nil && undecided(err); try++ {
		err = p.approach(ctx, t, w, how, alg)
	}
	return err
}

func (p *Player) approach(ctx context.Context, t target.Target, w *world, how timing, alg string) error {
	st, err := p.stageOn(ctx, t, w, how, plain, scenarios.Case{}, alg)
	defer st.close()
	if err != nil {
		return err
	}
	if err := st.accustom(ctx); err != nil {
		return err
	}
	p.deaths.Store(0)
	return nil
}

// died counts a process that went away. Ten in a row without one honest token
// accepted in between are the end of the target.
func (p *Player) died() {
	if p.deaths.Add(1) >= 10 {
		why := "it went away ten times in a row without accepting one honest token"
		p.broken.Store(&why)
	}
}
