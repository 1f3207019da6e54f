package suites

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

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
	arrival, err := sh.errand(ctx, target.Errand{Agent: agent, To: target.HomePage})
	s = sh.looked(s, agent, arrival, err)
	sh.stepOf(a, &signIn{agent: agent}, arrival, s)
	return sh.conclude([]sighting{s})
}

// looked is what was seen of a page: who is signed in there, and no token.
func (sh *show) looked(s sighting, agent string, a target.Arrival, err error) sighting {
	s.verdict, s.err, s.took, s.times, s.unspoken = a.Verdict, err, a.Took, 1, true
	if who := sh.lobby.seated[agent]; who != nil {
		s.subject, _ = stringClaim(who.Minted, "sub")
	}
	if c := sh.parties[0].tenant.Canary(); c != nil {
		s.canary, s.lured = c.Visits(), true
	}
	return s
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
	switch {
	case !a.Honest && len(a.IdP) == 0:
		return nil
	case a.Honest:
		v.Faults = slices.Clone(a.IdP)
	default:
		v.Faults = append(sh.player.personal(sh.row.Faults(sh.play)), a.IdP...)
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
		faults := slices.Clone(a.IdP)
		if !a.Honest {
			faults = append(fault.OfToken(sh.row.Faults(sh.play)), a.IdP...)
		}
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
	agent := sh.agentFor(a.Agent)
	before := sh.lobby.seated[agent]
	v := mockidp.Visit{Faults: sh.player.personal(sh.row.Faults(sh.play))}
	one, err := sh.enter(sh.parties[0], agent, v, nil)
	if err != nil {
		return err
	}
	e := one.known()
	e.To, e.Method, e.Stay = target.Place(a.To), a.Method, !a.Follow
	if e.Query, err = sh.values(a.Query); err != nil {
		return err
	}
	if e.Form, err = sh.values(a.Form); err != nil {
		return err
	}
	headers, err := sh.values(a.Header)
	if err != nil {
		return err
	}
	for name, values := range headers {
		if e.Header == nil {
			e.Header = http.Header{}
		}
		e.Header[http.CanonicalHeaderKey(name)] = values
	}
	last := base
	for i := range max(1, a.Times) {
		arrival, err := sh.errand(ctx, e)
		last = sh.sent(base, one, before, arrival, err)
		if to := ledTo(arrival, e, sh.issuers()); err == nil && to != "" {
			last.verdict.Answer, last.verdict.Claims = target.Accept, nil
			last.verdict.Reason = "it led its user to " + to + ", which the request named. " + last.verdict.Reason
			last.unspoken = true
		}
		last.times = i + 1
		sh.stepOf(a, one, arrival, last)
		if last.err != nil || !allowed(last) {
			break
		}
	}
	return sh.conclude([]sighting{last})
}

// sent is what was seen of an odd request: a sign-in, where it came to one, or a
// page.
func (sh *show) sent(s sighting, one, before *signIn, a target.Arrival, err error) sighting {
	fresh := sh.collect(one.ticket) > 0
	if fresh || a.Verdict.Answer == target.Accept && before == nil && signsIn(a) {
		return sh.arrived(s, one, a, err)
	}
	s = sh.looked(s, one.agent, a, err)
	return s
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

// issuers are the hosts of the stage's providers.
func (sh *show) issuers() []string {
	var hosts []string
	for _, p := range sh.parties {
		if u, err := url.Parse(p.tenant.Issuer()); err == nil {
			hosts = append(hosts, strings.ToLower(u.Host))
		}
	}
	return hosts
}

// ledTo is the host that a request named and that the user agent was sent to:
// nobody's that takes part in the sign-in.
func ledTo(a target.Arrival, e target.Errand, issuers []string) string {
	var named []string
	for _, values := range []url.Values{e.Query, e.Form, url.Values(e.Header)} {
		for _, list := range values {
			for _, value := range list {
				if host := hostIn(value); host != "" && !slices.Contains(issuers, host) {
					named = append(named, host)
				}
			}
		}
	}
	for _, way := range append(slices.Clone(a.Hops), a.URL, a.Header.Get("Location")) {
		if u, err := url.Parse(way); err == nil && u.Host != "" && slices.Contains(named, strings.ToLower(u.Host)) {
			return strings.ToLower(u.Host)
		}
	}
	return ""
}

// hostIn is the host of an address as browsers read it, with slashes either way,
// or a text that is a host alone.
func hostIn(value string) string {
	value = strings.ReplaceAll(strings.TrimSpace(value), `\`, "/")
	if u, err := url.Parse(value); err == nil && u.Host != "" {
		return strings.ToLower(u.Host)
	}
	if strings.Contains(value, ".") && !strings.ContainsAny(value, "/?# ") {
		return strings.ToLower(value)
	}
	return ""
}
