package suites

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/mockidp/fault"
	"github.com/rogueidp/rogueidp/scenarios"
	"github.com/rogueidp/rogueidp/suites/target"
)

// A signIn is a person's way through a relying party, under way or over.
type signIn struct {
	*ticket
	person mockidp.Visit
	agent  string           // the target's name for the user agent
	answer *target.Response // of a halted one, not delivered yet
	held   []*http.Cookie   // that the agent had when it was halted
	// brought are requests of the relying party that belong to others, made while
	// this one's answer was delivered: with the code of somebody else.
	brought []mockidp.FlowRequest
}

// A lobby is who went through a relying party in one case.
type lobby struct {
	word   string // in the names of the case's user agents, which nobody else may share
	named  map[string]*signIn
	all    []*signIn
	seated map[string]*signIn // who is signed in, by user agent
}

// signInOf is the sign-in that an act speaks of.
func (sh *show) signInOf(name string) (*signIn, error) {
	if one := sh.lobby.named[name]; one != nil {
		return one, nil
	}
	return nil, fmt.Errorf("%s: nobody signed in as %q", sh.row.ID, name)
}

// agentFor is a user agent under the name that the target knows it by; a fresh one
// where the plot gives it no name.
func (sh *show) agentFor(name string) string {
	if name == "" {
		return mockidp.Word("")
	}
	return name + "-" + sh.lobby.word
}

// enter lets the provider know of somebody who is about to sign in.
func (sh *show) enter(by *party, agent string, v mockidp.Visit, given *mockidp.Minted) (*signIn, error) {
	t, err := sh.welcome(by, v, given)
	if err != nil {
		return nil, err
	}
	one := &signIn{ticket: t, person: v, agent: agent}
	sh.lobby.all = append(sh.lobby.all, one)
	return one, nil
}

// known is the cookie by which the issuer knows a person.
func (one *signIn) known() target.Errand {
	e := target.Errand{Agent: one.agent}
	e.Known = mapOf(one.by.tenant.Issuer(), one.visit.visitor.Cookie())
	return e
}

// signIn lets somebody sign in, from the login page to the provider and back.
func (sh *show) signIn(ctx context.Context, a scenarios.SignIn) error {
	base, err := sh.wanted(a.Expect, a.Level, a.Premise)
	if err != nil {
		return err
	}
	if a.Halt && a.Expect.Answer == "" {
		base.want, base.premise = scenarios.Accept, true
	}
	by := sh.party(a.At)
	page, err := sh.page(by)
	if err != nil {
		return err
	}
	last := base
	for i := range max(1, a.Times) {
		one, err := sh.person(a, by)
		if err != nil {
			return err
		}
		e := one.known()
		e.To, e.Issuer, e.Halt = target.LoginPage, page, a.Halt
		arrival, err := sh.errand(ctx, e)
		if a.Halt {
			last = sh.halted(base, one, arrival, err)
		} else {
			last = sh.arrived(base, one, arrival, err)
		}
		last.times = i + 1
		unclean, wrong := sh.shows(a.Never, arrival)
		if wrong != nil {
			return wrong
		}
		last.unclean = unclean
		if a.As != "" {
			sh.lobby.named[a.As] = one
		}
		sh.stepOf(a, one, arrival, last)
		if last.err != nil || !allowed(last) {
			break
		}
	}
	return sh.conclude([]sighting{last})
}

// person is who signs in, and how the provider treats them.
func (sh *show) person(a scenarios.SignIn, by *party) (*signIn, error) {
	var v mockidp.Visit
	var err error
	if v.Faults, err = sh.lies(a.IdP, a.Honest); err != nil {
		return nil, err
	}
	if v.Subject, err = sh.fill(a.Subject); err != nil {
		return nil, err
	}
	var given *mockidp.Minted
	if a.Token != "" {
		earlier, err := sh.signInOf(a.Token)
		if err != nil {
			return nil, err
		}
		if earlier.visit.unminted() {
			return nil, &target.Unsupported{Why: "it signed somebody in without an ID token, so that there is none to answer again", Feature: premadeToken}
		}
		given = earlier.Minted
	}
	return sh.enter(by, sh.agentFor(a.Agent), v, given)
}

// page is which of the login pages leads to a party, in the order of those that
// the target was told to trust.
func (sh *show) page(by *party) (int, error) {
	n := 0
	for _, p := range sh.parties {
		if p == by && p.trusted {
			return n, nil
		}
		if p.trusted {
			n++
		}
	}
	return 0, fmt.Errorf("%s: the target has no login page for an issuer that it does not trust", sh.row.ID)
}

// arrived is what was seen of somebody who came to the end of their way in.
func (sh *show) arrived(s sighting, one *signIn, a target.Arrival, err error) sighting {
	s.verdict, s.err, s.took, s.times = a.Verdict, err, a.Took, 1
	sh.collect(one.ticket)
	s.idle = one.visit.idle()
	sh.facts(&s, one.ticket)
	if err == nil && a.Verdict.Answer == target.Accept {
		s.seated = sh.lobby.seated[one.agent] != nil && len(one.visit.visitor.Requests()) == 0
		sh.lobby.seated[one.agent] = one
	}
	return s
}

// halted is what was seen of somebody who stopped where the provider answered.
func (sh *show) halted(s sighting, one *signIn, a target.Arrival, err error) sighting {
	s.verdict, s.err, s.took, s.times, s.unspoken = a.Verdict, err, a.Took, 1, true
	one.answer, one.held = a.Answer, a.Cookies
	if err == nil && a.Answer != nil {
		s.verdict.Answer, s.verdict.Claims = target.Accept, nil
	}
	sh.collect(one.ticket)
	return s
}

// lies are the faults of an act on top of the row's, with what they say of
// earlier sign-ins filled in.
func (sh *show) lies(own []fault.Fault, honest bool) ([]fault.Fault, error) {
	if !honest {
		own = append(sh.player.personal(sh.row.Faults(sh.play)), own...)
	}
	var filled []fault.Fault
	for _, f := range own {
		f, err := fault.Expand(f, func(name string) (string, bool) {
			if param, of, found := strings.Cut(name, "."); found && sh.lobby.named[of] != nil {
				return sh.lobby.named[of].told(param)
			}
			return "{" + name + "}", true // the provider fills in the rest
		})
		if err != nil {
			return nil, err
		}
		filled = append(filled, f)
	}
	return filled, nil
}

// told is what was said in a sign-in: a parameter of the provider's answer, of
// the request for it, or the session that the ID token names.
func (one *signIn) told(what string) (string, bool) {
	switch what {
	case "nonce", "redirect_uri":
		for _, r := range slices.Backward(one.visit.visitor.Requests()) {
			if value := param(r, what); r.Endpoint == "authorization" && value != "" {
				return value, true
			}
		}
		return "", false
	case "sid":
		return stringClaim(one.Minted, "sid")
	}
	switch {
	case one.answer != nil && one.answer.Params.Has(what):
		return one.answer.Params.Get(what), true
	case what == "id_token": // that came another way
		return one.Token, one.Token != ""
	}
	return "", false
}

// fill puts parameters of earlier answers, and facts of the run, into a text.
func (sh *show) fill(text string) (string, error) {
	text, err := scenarios.Refer(text, func(r scenarios.Reference) (string, bool) {
		if one := sh.lobby.named[r.Of]; one != nil {
			return one.told(r.Param)
		}
		return "", false
	})
	if err != nil {
		return "", fmt.Errorf("%s: %w", sh.row.ID, err)
	}
	return fault.ExpandText(strings.ReplaceAll(text, "{party}", sh.own()), func(name string) (string, bool) {
		if what, of, found := strings.Cut(name, "."); found && what == "nonce" && sh.lobby.named[of] != nil {
			return sh.lobby.named[of].told(what)
		}
		return sh.parties[0].tenant.Lure(name)
	})
}

// own is the relying party's own address: that of its redirect_uri, without the
// path.
func (sh *show) own() string {
	uri := sh.redirectURI(sh.parties[0])
	if u, err := url.Parse(uri); err == nil && u.Host != "" {
		return u.Scheme + "://" + u.Host
	}
	_, page, _ := strings.Cut(sh.player.spec, ":")
	u, err := url.Parse(page)
	if err != nil {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// shows says that a page shows a text that it must not show as it is.
func (sh *show) shows(never string, a target.Arrival) (string, error) {
	if never == "" {
		return "", nil
	}
	text, err := sh.fill(never)
	if err == nil && bytes.Contains(a.Body, []byte(text)) {
		return "its page shows, as it came, what may be shown only with its markup escaped", nil
	}
	return "", err
}
