package suites

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"sync"

	"github.com/rogueidp/rogueidp/reports"
	"github.com/rogueidp/rogueidp/scenarios"
	"github.com/rogueidp/rogueidp/suites/target"
)

// deliver brings the provider's answer to the relying party.
func (sh *show) deliver(ctx context.Context, a scenarios.Deliver) error {
	base, err := sh.wanted(a.Expect, a.Level, a.Premise)
	if err != nil {
		return err
	}
	one, err := sh.signInOf(a.Of)
	if err != nil {
		return err
	}
	e, err := sh.delivery(a, one)
	if err != nil {
		return err
	}
	before := sh.lobby.seated[e.Agent]
	if a.AtOnce {
		return sh.deliverAtOnce(ctx, a, base, one, e)
	}
	last := base
	for i := range max(1, a.Times) {
		asked := sh.requestsSeen()
		arrival, err := sh.errand(ctx, e)
		owner, fresh := sh.made(one)
		one.brought = append(one.brought, sh.broughtBy(one, asked)...)
		last.verdict, last.err, last.took, last.times = afresh(arrival.Verdict, before, owner, fresh), err, arrival.Took, i+1
		last.idle = one.visit.idle()
		sh.facts(&last, owner.ticket)
		unclean, wrong := sh.shows(a.Never, arrival)
		if wrong != nil {
			return wrong
		}
		last.unclean = unclean
		if err == nil && last.verdict.Answer == target.Accept {
			sh.lobby.seated[e.Agent], before = owner, owner
		}
		sh.stepOf(a, &signIn{ticket: owner.ticket, agent: e.Agent}, arrival, last)
		if last.err != nil || !allowed(last) {
			break
		}
	}
	return sh.conclude([]sighting{last})
}

// delivery is the errand of whoever brings an answer.
func (sh *show) delivery(a scenarios.Deliver, one *signIn) (target.Errand, error) {
	if one.answer == nil {
		return target.Errand{}, fmt.Errorf("%s: the sign-in %q has no answer that is not delivered", sh.row.ID, a.Of)
	}
	to := *one.answer
	if to.Params = maps.Clone(to.Params); to.Params == nil {
		to.Params = url.Values{}
	}
	for name, text := range a.With {
		filled, err := sh.fill(text)
		if err != nil {
			return target.Errand{}, err
		}
		to.Params.Set(name, filled)
	}
	for _, name := range a.Without {
		to.Params.Del(name)
	}
	if a.Mode != "" {
		to.Mode = a.Mode
	}
	by := one.by
	if a.At != "" {
		by = sh.party(a.At)
	}
	page, err := sh.page(by)
	if err != nil {
		return target.Errand{}, err
	}
	if by != one.by {
		if to.To = sh.redirectURI(by); to.To == "" {
			return target.Errand{}, fmt.Errorf("%s: nobody began to sign in at %q, so that its redirect_uri is not known", sh.row.ID, a.At)
		}
	}
	e := one.known()
	if a.Agent != "" {
		e.Agent = sh.agentFor(a.Agent)
	}
	e.Issuer, e.Answer = page, &to
	return e, nil
}

// redirectURI is where a party was asked to send its answers.
func (sh *show) redirectURI(by *party) string {
	for _, one := range sh.lobby.all {
		if one.by == by && one.answer != nil {
			return one.answer.To
		}
	}
	for _, r := range slices.Backward(by.tenant.FlowRequests()) {
		if uri := param(r, "redirect_uri"); r.Endpoint == "authorization" && uri != "" {
			return uri
		}
	}
	return ""
}

// made collects what the provider made while an answer was delivered. The token
// that counts is the last one made for the person whose answer it was or, where
// there is none, for somebody whose code came with it.
func (sh *show) made(one *signIn) (owner *signIn, fresh bool) {
	owner = one
	if sh.collect(one.ticket) > 0 {
		fresh = true
	}
	for _, other := range sh.lobby.all {
		if other != one && sh.collect(other.ticket) > 0 && !fresh {
			owner, fresh = other, true
		}
	}
	return owner, fresh
}

// afresh takes a page of somebody who was signed in before for no new sign-in:
// nothing was made for it, or it still shows who was there.
func afresh(v target.Verdict, before, owner *signIn, fresh bool) target.Verdict {
	if v.Answer != target.Accept || before == nil {
		return v
	}
	told, tells := subjectOf(v.Claims)
	was, _ := stringClaim(before.Minted, "sub")
	is, _ := stringClaim(owner.Minted, "sub")
	if !fresh || tells && told == was && was != is {
		v.Answer = target.Reject
		v.Reason = "nobody was signed in anew, and who was signed in before still is. " + v.Reason
	}
	return v
}

// tab is the errand of one of several windows of a browser, which know the same
// and do not see what becomes of each other: a page of one that is signed in says
// nothing about the next. Chromium's windows share all that they have.
func (sh *show) tab(e target.Errand, one *signIn) target.Errand {
	if sh.player.reach.Login.Browser || e.Agent != one.agent {
		return e
	}
	e.Agent = sh.agentFor("")
	if len(one.held) > 0 {
		e.Header = http.Header{"Cookie": {cookies(one.held)}}
	}
	return e
}

// deliverAtOnce brings one answer many times side by side. At most one may sign
// anybody in.
func (sh *show) deliverAtOnce(ctx context.Context, a scenarios.Deliver, base sighting, one *signIn, e target.Errand) error {
	arrivals, errs := make([]target.Arrival, a.Times), make([]error, a.Times)
	var together sync.WaitGroup
	for i := range arrivals {
		together.Add(1)
		go func() {
			defer together.Done()
			arrivals[i], errs[i] = sh.errand(ctx, sh.tab(e, one))
		}()
	}
	together.Wait()
	owner, _ := sh.made(one)
	var seen []sighting
	accepted := 0
	for i := range arrivals {
		s := base
		s.want, s.verdict, s.err, s.took, s.times = scenarios.Either, arrivals[i].Verdict, errs[i], arrivals[i].Took, a.Times
		s.idle = one.visit.idle()
		sh.facts(&s, owner.ticket)
		if s.verdict.Answer == target.Accept && s.err == nil {
			accepted++
			sh.lobby.seated[e.Agent] = owner
		}
		seen = append(seen, s)
	}
	worst := max(0, slices.IndexFunc(seen, func(s sighting) bool { return s.err != nil }))
	sh.stepOf(a, &signIn{ticket: owner.ticket, agent: e.Agent}, arrivals[worst], seen[worst])
	if err := sh.conclude(seen); err != nil {
		return err
	}
	f := finding{level: base.level, want: "at most one sign-in", got: fmt.Sprintf("%d of %d", accepted, a.Times)}
	if f.outcome = reports.Pass; accepted > 1 {
		f = sh.judge.miss(f, base.level, fmt.Sprintf("one answer of the provider signed somebody in %d times", accepted))
	}
	sh.hold(f)
	return nil
}
