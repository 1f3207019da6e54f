package suites

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/mockidp/fault"
	"github.com/rogueidp/rogueidp/reports"
	"github.com/rogueidp/rogueidp/scenarios"
)

// A show is one case under way on its stage.
type show struct {
	*stage
	row   scenarios.Scenario
	play  scenarios.Case
	level scenarios.Level
	judge judge
	steps []reports.Step
	worst finding
	any   bool
	// aside is what was recorded on the way of a row that is about something
	// else: it stands in the steps, and for the row only where nothing else does.
	aside finding
	err   error // of a target that gave no verdict
	begun map[string]*begun
	lobby lobby
	since int       // of the stage's visits, the first of this case
	began time.Time // by the tenant's clock
	// changed are the seams at which faults changed tokens that belong to no visit.
	changed []fault.Seam
	// crowded is the worst of what came of a crowd's tokens.
	crowded finding
}

// perform plays a plot and returns its heaviest finding.
func (sh *show) perform(ctx context.Context) (finding, error) {
	defer sh.settle()
	sh.lobby = lobby{word: mockidp.Word(""), named: map[string]*signIn{}, seated: map[string]*signIn{}}
	sh.since, sh.began = len(sh.visits), sh.now()
	for _, act := range sh.row.Story(sh.play) {
		var unanswered *scenarios.Unanswered
		if err := sh.do(ctx, act); errors.As(err, &unanswered) {
			sh.hold(finding{outcome: reports.Unexercised, level: sh.level, got: "not asked", foreign: true, because: unanswered.Error() + ", so that the act had nothing to do"})
		} else if err != nil {
			return sh.worst, err
		}
		if sh.over() {
			break
		}
	}
	if !sh.any && sh.aside.outcome != "" {
		sh.worst = sh.aside
	}
	if sh.crowded.outcome != "" {
		sh.worst = heavier(sh.worst, sh.crowded)
	}
	return sh.worst, nil
}

// over tells whether a premise did not hold, so that what follows means
// nothing.
func (sh *show) over() bool { return sh.any && sh.worst.outcome == reports.Unexercised }

func (sh *show) do(ctx context.Context, act scenarios.Act) error {
	first := sh.parties[0].tenant
	switch a := act.(type) {
	case scenarios.Open:
		return nil // the stage was built for it
	case scenarios.Mint:
		return sh.keep(a)
	case scenarios.Present:
		return sh.present(ctx, a)
	case scenarios.Rotate:
		k, err := first.Rotate(mockidp.Rotation{NewAlg: a.Alg, Remove: a.Remove, SameKID: a.SameKID})
		sh.note(act, "signs now: "+k.KID)
		return err
	case scenarios.Rollback:
		k, err := first.Rollback()
		sh.note(act, "signs again: "+k.KID)
		return err
	case scenarios.Publish:
		k, err := first.Publish("")
		sh.note(act, "published: "+k.KID)
		return err
	case scenarios.Retire:
		k, err := first.Retire("")
		sh.note(act, "retired: "+k.KID)
		return err
	case scenarios.Remove:
		k, err := first.Remove("")
		sh.note(act, "removed: "+k.KID)
		return err
	case scenarios.Advance:
		d, err := sh.player.duration(a.By)
		if err != nil {
			return err
		}
		sh.note(act, d.String())
		return sh.advance(ctx, d)
	case scenarios.Inject:
		sh.note(act, provider(a.IdP))
		if a.Sought {
			return sh.lie(a.IdP)
		}
		return sh.misbehave(a.IdP)
	case scenarios.Heal:
		sh.note(act, "")
		sh.stale = true
		return first.Behave()
	case scenarios.Begin:
		return sh.begin(ctx, a)
	case scenarios.Cancel:
		return sh.giveUp(a)
	case scenarios.Join:
		return sh.join(ctx, a)
	case scenarios.Await:
		return sh.await(ctx, a)
	case scenarios.Hold:
		sh.note(act, a.Endpoint)
		return first.Hold(a.Endpoint, a.First)
	case scenarios.Release:
		sh.note(act, a.Endpoint)
		first.Release(a.Endpoint)
		return nil
	case scenarios.Sessions:
		return sh.sessions(ctx, a)
	case scenarios.Weigh:
		sh.note(act, "")
		sh.watch.weigh(ctx)
		return nil
	case scenarios.Repeat:
		return sh.repeat(ctx, a)
	case scenarios.SignIn:
		return sh.signIn(ctx, a)
	case scenarios.Deliver:
		return sh.deliver(ctx, a)
	case scenarios.Look:
		return sh.look(ctx, a)
	case scenarios.Renew:
		return sh.renew(ctx, a)
	case scenarios.SignOut:
		return sh.signOut(ctx, a)
	case scenarios.Send:
		return sh.request(ctx, a)
	case scenarios.Inspect:
		return sh.inspect(a)
	}
	return fmt.Errorf("nobody knows how to do the act %q", act.Act())
}

func (sh *show) note(act scenarios.Act, what string) {
	sh.steps = append(sh.steps, reports.Step{Act: act.Act(), Got: what, At: sh.now().UTC().Format(time.RFC3339)})
}

func provider(faults []fault.Fault) string {
	raw, err := fault.Marshal(faults)
	if err != nil {
		return err.Error()
	}
	return string(raw)
}

// keep mints a token and keeps it.
func (sh *show) keep(a scenarios.Mint) error {
	by := sh.party(a.By)
	if sh.player.relies() {
		sh.tokens[a.As] = &ticket{Minted: &mockidp.Minted{}, by: by, due: append(sh.player.personal(sh.row.Faults(sh.play)), a.IdP...)}
		sh.note(a, a.As+", at the first sign-in that shows it")
		return nil
	}
	r := mockidp.Request{Faults: append(fault.OfToken(sh.row.Faults(sh.play)), a.IdP...)}
	if a.Like != "" {
		like := sh.tokens[a.Like]
		if like == nil {
			return fmt.Errorf("%s: no token is called %q", sh.row.ID, a.Like)
		}
		r.Like = like.Minted
	}
	t, err := sh.mintAs(false, by, r)
	if err != nil {
		return err
	}
	t.idle = idle(t.Minted, r.Faults)
	sh.tokens[a.As] = t
	sh.steps = append(sh.steps, reports.Step{Act: "mint", Token: excerpt(t.Token), Got: a.As, At: sh.now().UTC().Format(time.RFC3339)})
	return nil
}
