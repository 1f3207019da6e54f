package suites

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/mockidp/fault"
	"github.com/rogueidp/rogueidp/reports"
	"github.com/rogueidp/rogueidp/scenarios"
	"github.com/rogueidp/rogueidp/suites/target"
)

// look asks for the page that only who is signed in sees.
func (sh *show) look(ctx context.Context, a scenarios.Look) error {
	s, err := sh.wanted(a.Expect, a.Level, a.Premise)
	if err != nil {
		return err
	}
	agent := sh.agentFor(a.Agent)
	e := target.Errand{Agent: agent, To: target.HomePage}
	if a.Before != "" {
		one, err := sh.signInOf(a.Before)
		if err != nil {
			return err
		}
		if len(one.held) == 0 {
			sh.hold(finding{outcome: reports.Unexercised, level: s.level, want: s.want.String(), got: "not asked", because: "it had given no cookie by then, so that nobody could have planted one"})
			return nil
		}
		e.Agent, e.Header = sh.agentFor(""), http.Header{"Cookie": {cookies(one.held)}}
	}
	arrival, err := sh.errand(ctx, e)
	s = sh.looked(s, agent, arrival, err)
	sh.stepOf(a, &signIn{agent: e.Agent}, arrival, s)
	return sh.conclude([]sighting{s})
}

// looked is what was seen of a page: who is signed in there, and no token.
func (sh *show) looked(s sighting, agent string, a target.Arrival, err error) sighting {
	s.verdict, s.err, s.took, s.times, s.unspoken = a.Verdict, err, a.Took, 1, true
	if who := sh.lobby.seated[agent]; who != nil {
		s.subject, _ = stringClaim(who.Minted, "sub")
	}
	sh.lured(&s)
	return s
}

// cookies are those of a list as one header.
func cookies(list []*http.Cookie) string {
	var pairs []string
	for _, c := range list {
		pairs = append(pairs, c.Name+"="+c.Value)
	}
	return strings.Join(pairs, "; ")
}

// renew has the relying party use its refresh token, and looks who is signed in
// then.
func (sh *show) renew(ctx context.Context, a scenarios.Renew) error {
	s, err := sh.wanted(a.Expect, a.Level, a.Premise)
	if err != nil {
		return err
	}
	agent := sh.agentFor(a.Agent)
	who := sh.lobby.seated[agent]
	if who == nil {
		s.verdict, s.premise = target.Verdict{Answer: target.Reject, Reason: "nobody is signed in there"}, true
		sh.stepOf(a, &signIn{agent: agent}, target.Arrival{}, s)
		return sh.conclude([]sighting{s})
	}
	if err := sh.retreat(who, a); err != nil {
		return err
	}
	used := refreshes(who.visit)
	arrival, err := sh.errand(ctx, target.Errand{Agent: agent, To: target.RenewPage})
	if err == nil && arrival.Verdict.Answer == target.Accept && sh.about.Has("home") {
		page, e := sh.errand(ctx, target.Errand{Agent: agent, To: target.HomePage})
		arrival, err = page, e
	}
	fresh := sh.collect(who.ticket) > 0
	s = sh.looked(s, agent, arrival, err)
	if fresh {
		s.unspoken = false
		sh.facts(&s, who.ticket)
	}
	s.idle = who.visit.idle()
	sh.stepOf(a, who, arrival, s)
	if err == nil && refreshes(who.visit) == used {
		sh.hold(finding{
			outcome: reports.Unexercised, level: s.level, want: s.want.String(), got: string(s.verdict.Answer), verdict: s.verdict,
			because: "it did not use its refresh token",
		})
		return nil
	}
	return sh.conclude([]sighting{s})
}

// retreat changes how the provider treats a person, where an act says so.
func (sh *show) retreat(who *signIn, a scenarios.Renew) error {
	v := mockidp.Visit{Alg: sh.alg, Subject: who.person.Subject, Claims: who.person.Claims}
	if !a.Honest && len(a.IdP) == 0 {
		return nil
	}
	var err error
	if v.Faults, err = sh.lies(a.IdP, a.Honest); err != nil {
		return err
	}
	who.visit.faults = v.Faults
	return who.visit.visitor.Change(v)
}

// refreshes counts how often a refresh token of a person was used.
func refreshes(v *visit) int {
	n := 0
	for _, r := range v.visitor.Requests() {
		if r.Endpoint == "token" && r.Form.Get("grant_type") == "refresh_token" {
			n++
		}
	}
	return n
}

// signOut posts a logout token to the relying party (OpenID Connect Back-Channel
// Logout, 2.5).
func (sh *show) signOut(ctx context.Context, a scenarios.SignOut) error {
	base, err := sh.wanted(a.Expect, a.Level, a.Premise)
	if err != nil {
		return err
	}
	one, err := sh.signInOf(a.Of)
	if err != nil {
		return err
	}
	t := &ticket{Minted: one.Minted, by: one.by}
	if a.Token == "" {
		faults, err := sh.lies(a.IdP, a.Honest)
		if err != nil {
			return err
		}
		faults = fault.OfToken(faults)
		if t.Minted, err = one.visit.visitor.LogoutToken(faults...); err != nil {
			return err
		}
		base.idle = idle(t.Minted, faults)
		sh.changed = append(sh.changed, t.Changed...)
		if t.Canary != nil {
			sh.canaries = append(sh.canaries, t.Canary)
		}
	}
	last := base
	for i := range max(1, a.Times) {
		arrival, err := sh.errand(ctx, target.Errand{
			Agent: sh.agentFor(""), To: target.BackChannel, Method: http.MethodPost,
			Form: url.Values{"logout_token": {t.Token}},
		})
		last.verdict, last.err, last.took, last.times = answerToLogout(arrival), err, arrival.Took, i+1
		sh.facts(&last, t)
		if a.NoStore && !strings.Contains(strings.ToLower(arrival.Header.Get("Cache-Control")), "no-store") {
			last.unclean = "its answer does not say that no cache may keep it"
		}
		sh.stepOf(a, &signIn{ticket: t}, arrival, last)
		if last.err != nil || !allowed(last) {
			break
		}
	}
	return sh.conclude([]sighting{last})
}

// answerToLogout reads a status as Back-Channel Logout 2.8 has it: 200, or 204
// of some frameworks, is success, and 400 is failure.
func answerToLogout(a target.Arrival) target.Verdict {
	v := a.Verdict
	v.Claims = nil // it tells of nobody
	switch status := a.Status; {
	case status == http.StatusOK, status == http.StatusNoContent:
		v.Answer = target.Accept
	case status >= 500, status == http.StatusTooManyRequests:
		v.Answer = target.Unavailable
	case status >= 300:
		v.Answer = target.Reject
	}
	return v
}

// request asks the relying party for one of its pages in an odd way.
func (sh *show) request(ctx context.Context, a scenarios.Send) error {
	base, err := sh.wanted(a.Expect, a.Level, false)
	if err != nil {
		return err
	}
	e, err := sh.odd(a)
	if err != nil {
		return err
	}
	if a.Times >= manyRequests {
		return sh.requestMany(ctx, a, base, e)
	}
	last := base
	for i := range max(1, a.Times) {
		one := &signIn{agent: sh.agentFor(a.Agent)}
		before := sh.lobby.seated[one.agent]
		if a.Follow {
			lies, err := sh.lies(nil, false)
			if err != nil {
				return err
			}
			if one, err = sh.enter(sh.parties[0], one.agent, mockidp.Visit{Faults: lies}, nil); err != nil {
				return err
			}
			e.Known = one.known().Known
		}
		e.Agent = one.agent
		arrival, err := sh.errand(ctx, e)
		last = sh.sent(base, one, before, arrival, err)
		if a.Stays && arrival.Foreign {
			last.unclean = "it sends its user to a place that is neither its own nor its provider's"
		}
		last.times = i + 1
		sh.stepOf(a, one, arrival, last)
		if last.err != nil || !allowed(last) {
			break
		}
	}
	return sh.conclude([]sighting{last})
}

// manyRequests are so many that they go side by side, and are told as one.
// unwatched is how many are enough to see whether a target bears them, where
// nobody can look into its process.
const (
	manyRequests = 100
	unwatched    = 2000
)

// requestMany sends a request again and again, each time from a new user agent.
func (sh *show) requestMany(ctx context.Context, a scenarios.Send, base sighting, e target.Errand) error {
	if sh.watch == nil {
		a.Times = min(a.Times, unwatched)
	}
	var next atomic.Int64
	var mu sync.Mutex
	last := base
	var where target.Arrival
	var together sync.WaitGroup
	for range 8 {
		together.Add(1)
		go func() {
			defer together.Done()
			for next.Add(1) <= int64(a.Times) && ctx.Err() == nil {
				arrival, err := sh.errand(ctx, e)
				mu.Lock()
				surprised := last.err != nil || last.times > 0 && !allowed(last)
				if !surprised {
					last = sh.looked(base, "", arrival, err)
					where = arrival
				}
				mu.Unlock()
				if surprised {
					return
				}
			}
		}()
	}
	together.Wait()
	last.times = min(int(next.Load()), a.Times)
	sh.stepOf(a, nil, where, last)
	return sh.conclude([]sighting{last})
}

// odd is the errand of an act, filled in.
func (sh *show) odd(a scenarios.Send) (target.Errand, error) {
	e := target.Errand{To: target.Place(a.To), Method: a.Method, Stay: !a.Follow}
	query := maps.Clone(a.Query)
	if to, back := query["{return-to}"]; back {
		name := sh.player.reach.Login.ReturnTo
		if name == "" {
			return e, &target.Unsupported{Why: "nobody says by which parameter it is told where to go after a sign-in", Feature: "return-to"}
		}
		delete(query, "{return-to}")
		query[name] = to
	}
	var err error
	if e.Query, err = sh.values(query); err != nil {
		return e, err
	}
	if e.Form, err = sh.values(a.Form); err != nil {
		return e, err
	}
	headers, err := sh.values(a.Header)
	for name, values := range headers {
		if e.Header == nil {
			e.Header = http.Header{}
		}
		e.Header[http.CanonicalHeaderKey(name)] = values
	}
	return e, err
}

// sent is what was seen of an odd request: a sign-in, where it came to one, or a
// page.
func (sh *show) sent(s sighting, one, before *signIn, a target.Arrival, err error) sighting {
	if one.ticket == nil {
		return sh.looked(s, one.agent, a, err)
	}
	fresh := sh.collect(one.ticket) > 0
	if fresh || a.Verdict.Answer == target.Accept && before == nil && signsIn(a) {
		return sh.arrived(s, one, a, err)
	}
	return sh.looked(s, one.agent, a, err)
}

// signsIn tells whether an accepting arrival says that somebody is signed in, and
// not only that a page was there.
func signsIn(a target.Arrival) bool {
	_, tells := subjectOf(a.Verdict.Claims)
	return tells
}

// values are the texts of an act, filled in.
func (sh *show) values(texts map[string]string) (url.Values, error) {
	if len(texts) == 0 {
		return nil, nil
	}
	filled := url.Values{}
	for name, text := range texts {
		value, err := sh.fill(text)
		if err != nil {
			return nil, err
		}
		filled.Set(name, value)
	}
	return filled, nil
}
