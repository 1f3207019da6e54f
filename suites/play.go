package suites

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/mockidp/fault"
	"github.com/rogueidp/rogueidp/reports"
	"github.com/rogueidp/rogueidp/scenarios"
	"github.com/rogueidp/rogueidp/suites/target"
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
		if len(group) > 0 && !(shares(s, c) && group[0].alg == tk.alg) {
			flush()
		}
		group = append(group, tk)
		if !shares(s, c) {
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
	tk := &take{row: s, play: c, level: level, required: !s.Extended && level == scenarios.Must}
	say := func(outcome reports.Outcome, feature, because string) (*take, bool) {
		tk.finding = finding{
			outcome: outcome, level: level, want: s.Expected(c).String(), got: "not asked", feature: feature, because: because,
		}
		return tk, false
	}
	if tk.alg = p.algFor(s, c); tk.alg == "" {
		needs := c.Alg
		if needs == "" {
			needs = s.Alg
		}
		return say(reports.NotApplicable, needs, "it claims no algorithm of this kind")
	}
	for _, need := range append(slices.Clone(s.Needs), c.Needs...) {
		if !p.has(need) {
			// Nobody may do without a nonce in an ID token, or without keys.
			tk.required = tk.required && (need == "nonce" && p.Profile() == scenarios.IDToken || need == "jwks-uri" && !p.about.Has("static-jwks"))
			return say(reports.Unsupported, string(need), "it does not claim to be able to be asked")
		}
	}
	if because := p.forbidden(s.Hazard); because != "" {
		tk.required = false
		return say(reports.Unsupported, "hazard-"+string(s.Hazard), because)
	}
	if because := p.control(ctx, s, tk); because != nil {
		tk.finding = *because
		tk.required = tk.required && !because.excused
		return tk, false
	}
	return tk, true
}

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
		return broken(plain)
	}
	if s.Twin == "honest" || s.Twin == s.ID {
		return nil
	}
	twin, err := scenarios.Find(s.Twin)
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

// interrupted is the finding of a case under which the run ended: whatever the
// target seemed to answer, the interruption may have answered for it.
func interrupted(tk *take) finding {
	return finding{
		outcome: reports.Unexercised, level: tk.level, want: tk.row.Expected(tk.play).String(), got: "interrupted",
		because: "the run was interrupted",
	}
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

func (p *Player) able(s scenarios.Scenario, c scenarios.Case) bool {
	for _, need := range append(slices.Clone(s.Needs), c.Needs...) {
		if !p.has(need) {
			return false
		}
	}
	return true
}

// has tells whether the target can be asked something. Anybody's clock moves,
// if only as fast as the clock on the wall: where a wait is too long for that,
// the wait says so.
func (p *Player) has(need scenarios.Capability) bool {
	return need == "clock" || p.about.Has(string(need))
}

// plain is the row that the control token comes from.
var plain = scenarios.Scenario{ID: "honest", Start: scenarios.Cold, Expect: scenarios.Accept, Level: scenarios.Must, Profiles: scenarios.Profiles()}

// honest tells why the target does not accept a plain token; empty if it does.
func (p *Player) honest(ctx context.Context, alg string) string {
	p.quiet.RLock()
	defer p.quiet.RUnlock()
	var last error
	// A process that another scenario ended is no reason to call it broken, nor
	// is a machine too busy for its time-out.
	for range 3 {
		if last = p.greet(ctx, p.target, p.world, p.timing(ctx, plain, scenarios.Case{}), alg); last == nil {
			return ""
		}
		var crashed *target.Crashed
		var refused *errRefusedHonest
		switch {
		case errors.As(last, &crashed):
			p.died()
		case errors.As(last, &refused) && refused.verdict.Answer == target.Unavailable:
		default:
			return p.tell(last)
		}
	}
	return p.tell(last)
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

// greet opens a new session and shows it a plain token.
func (p *Player) greet(ctx context.Context, t target.Target, w *world, how timing, alg string) error {
	st, err := p.stageOn(ctx, t, w, how, plain, scenarios.Case{}, alg)
	defer st.close()
	if err != nil {
		return err
	}
	if st.session == nil {
		return &errRefusedHonest{*st.refused}
	}
	v, err := st.honest(ctx, st.parties[0])
	if err != nil {
		return err
	}
	if v.Answer != target.Accept {
		return &errRefusedHonest{v}
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

// shares tells whether a case can share a session with others: nothing in it
// leaves a trace.
func shares(s scenarios.Scenario, c scenarios.Case) bool {
	if s.Start != scenarios.Warm || s.Alone() || len(fault.Elsewhere(s.Faults(c))) > 0 || slices.Contains(s.Needs, "refetch") {
		return false
	}
	story := s.Story(c)
	if len(story) != 1 {
		return false
	}
	one, ok := story[0].(scenarios.Present)
	return ok && one.Times < 2 && !one.Fetches.Set() && s.Expected(c).In == ""
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
	exclusive := p.shared != nil && !shares(first.row, first.play)
	suspects := p.together(ctx, group, exclusive)
	for _, tk := range suspects {
		p.playAlone(ctx, tk, false)
	}
}

// together plays a group on one stage and returns the takes that have to be
// played again, alone: the process went away under them, hung, or accepts
// nothing any more.
func (p *Player) together(ctx context.Context, group []*take, exclusive bool) []*take {
	if exclusive {
		p.quiet.Lock()
		defer p.quiet.Unlock()
	} else {
		p.quiet.RLock()
		defer p.quiet.RUnlock()
	}
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
		if p.again(err) {
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
	// Alive: an honest token, in a new session of the same process.
	if err := p.greet(ctx, p.target, p.world, p.timing(ctx, plain, scenarios.Case{}), group[0].alg); err != nil && ctx.Err() == nil {
		if len(group) == 1 && p.about.Memory {
			p.dead(group[0], err)
			return nil
		}
		// Which of them did it, or whether somebody else did, shows alone.
		return group
	}
	return nil
}

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

// dead is the finding for a case after which no honest token is accepted.
func (p *Player) dead(tk *take, err error) {
	f := tk.finding
	f.floor = true
	tk.finding = judge{p.o.Strict}.miss(f, tk.level, "after it no honest token is accepted in a new session: "+p.tell(err))
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
	if name := st.unserved(); name != "" && !f.floor && f.outcome != reports.Broken && f.outcome != reports.Error && f.outcome != reports.Unsupported {
		f.outcome, f.because = reports.Unexercised, name+" was never served: the target did not ask while it stood"
	}
	if ctx.Err() != nil {
		f = interrupted(tk)
	}
	tk.finding, tk.steps, tk.stage = f, sh.steps, st
	tk.canaries = slices.Clone(st.canaries[canaries:])
	if lure := st.parties[0].tenant.Canary(); lure != nil {
		tk.canaries = append(tk.canaries, lure)
	}
	tk.fetches, tk.took = st.fetches()-spent, st.now().Sub(began)
	if sh.err != nil {
		return sh.err
	}
	return err
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
		p.quiet.Lock()
		defer p.quiet.Unlock()
		p.solo(ctx, tk, p.target, p.world, false)
		return
	case err != nil:
		tk.finding = p.unstaged(ctx, tk, err)
		return
	}
	defer t.Close()
	p.solo(ctx, tk, t, w, bounds)
	if !tk.grew {
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
	now := p.timing(ctx, plain, scenarios.Case{})
	if st.timing.alone {
		// Its process stays at the time to which the case has moved it.
		now = timing{mode: realClock, ahead: st.parties[0].tenant.Clock().Moved()}
	}
	if err := p.greet(ctx, t, w, now, tk.alg); err != nil && ctx.Err() == nil {
		p.dead(tk, err)
	}
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

// clock is how time passed in a take, or would have.
func (tk *take) clock(p *Player) string {
	if tk.stage != nil {
		return tk.stage.timing.String()
	}
	return p.base()
}

// secrets are what no report may hold.
func (p *Player) secrets() []string {
	return []string{p.o.Fixed.ClientSecret}
}

// result writes down what came of a take.
func (p *Player) result(tk *take) reports.Result {
	s, f := tk.row, tk.finding
	r := reports.Result{
		Target: p.about.Name, ID: s.ID, Case: tk.play.Name, Title: s.Title, Family: s.Family(), Check: int(s.Check),
		Profile: p.about.Profile, Core: !s.Extended, Level: string(f.level), Floor: f.floor, Severity: string(s.Severity),
		Outcome: f.outcome, Want: f.want, Got: f.got, Code: reports.Hear(f.verdict.Code).String(),
		Reason: reports.Hear(f.verdict.Reason, p.secrets()...), Because: f.because, Feature: f.feature,
		Fetches: tk.fetches, Took: reports.Duration(tk.took.Round(time.Millisecond)), Clock: tk.clock(p),
		Provider: tk.provider(), Replay: p.replay(tk),
	}
	if r.Level == "" {
		r.Level = string(tk.level)
	}
	for _, c := range s.Cites {
		if c.Requirement != nil && !slices.Contains(c.Requirement.Applies, p.Profile()) {
			continue
		}
		r.Cites = append(r.Cites, c.String())
		if c.Requirement != nil {
			r.Says = append(r.Says, c.Requirement.Says)
		}
	}
	if len(r.Cites) == 0 {
		for _, c := range s.Cites {
			r.Cites = append(r.Cites, c.String())
		}
	}
	r.Incomplete = tk.required && (f.outcome == reports.Unexercised || f.outcome == reports.Unsupported)
	r.Evidence = p.evidence(tk)
	p.watchCanaries(tk, r)
	return r
}

// provider is all that the provider did wrong, as the admin API takes it.
func (tk *take) provider() []byte {
	faults := tk.row.Faults(tk.play)
	for _, a := range tk.row.Story(tk.play) {
		faults = append(faults, scenarios.FaultsOf(a)...)
	}
	raw, err := fault.Marshal(faults)
	if err != nil {
		return []byte("[]")
	}
	return raw
}

// replay is the command that plays this case again.
func (p *Player) replay(tk *take) string {
	name := tk.row.ID
	if tk.play.Name != "" {
		name += "/" + tk.play.Name
	}
	command := p.o.Command
	if command == "" {
		command = "rogueidp run --target " + Quoted(p.spec)
	}
	return fmt.Sprintf("%s --only %s --seed %d", command, Quoted(name), p.o.Seed)
}

// Quoted is a word as a shell reads it.
func Quoted(s string) string {
	if s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./:=@,+", r))
	}) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// evidence is what a reviewer may want to see.
func (p *Player) evidence(tk *take) reports.Evidence {
	e := reports.Evidence{Steps: tk.steps, Stderr: reports.Hear(tk.finding.stderr, p.secrets()...)}
	if tk.stage == nil {
		return e
	}
	for _, party := range tk.stage.parties {
		entries := party.tenant.Journal().Entries(tk.stage.marks[party].seq)
		if shares(tk.row, tk.play) {
			break // what others of the session asked for is no evidence here
		}
		for i, entry := range entries {
			if i == 20 {
				e.Exchanges = append(e.Exchanges, reports.Exchange{Time: entry.Time, Mark: fmt.Sprintf("and %d more", len(entries)-i)})
				break
			}
			e.Exchanges = append(e.Exchanges, reports.Exchange{
				Time: entry.Time.UTC(), Endpoint: entry.Endpoint, Status: entry.Status, Length: entry.Length,
				Hash: entry.Hash, Served: entry.Served, Mark: entry.Mark, Request: request(entry),
			})
			if entry.Endpoint == mockidp.KeySet {
				e.KeySet = entry.Body
			}
		}
	}
	for _, c := range tk.canaries {
		for _, v := range c.Visits() {
			e.Canary = append(e.Canary, reports.Hear(v))
		}
	}
	return e
}

func request(e mockidp.Entry) reports.Said {
	if e.Method == "" {
		return reports.Said{}
	}
	return reports.Hear(e.Method + " " + e.URL + " " + e.Agent)
}
