package scenarios

import (
	"slices"
	"strconv"
	"strings"

	"github.com/rogueidp/rogueidp/mockidp/fault"
)

// carried are what a sign-in can be asked for: the parameters of its response,
// and a few besides.
func carried() []string {
	return []string{
		"code", "state", "id_token", "access_token", "token_type", "expires_in", "scope", "session_state", "iss", "error",
		"nonce", "redirect_uri", // of the request
		"sid", // of the ID token
	}
}

// asksFor is the capability that a place of a relying party stands for; empty for
// those that every one has.
func asksFor(place string) Capability {
	switch place {
	case "home", "initiate", "backchannel", "frontlogout", "logout", "renew":
		return Capability(place)
	}
	return ""
}

// flow looks at an act of a login; false where it is none.
func (p *plotter) flow(at string, a Act) bool {
	switch a := a.(type) {
	case SignIn:
		p.signIn(at, a)
	case Deliver:
		p.deliver(at, a)
	case Look:
		p.page(at, "look", "home")
		p.known(at, a.Agent)
		if a.Before != "" {
			p.paused(at, a.Before)
		}
	case Renew:
		p.page(at, "renew", "renew")
		p.known(at, a.Agent)
		p.ofFlow(at, a.IdP)
	case SignOut:
		p.page(at, "sign-out", "backchannel")
		p.visited(at, a.Of)
		if a.Token != "" && a.Token != "id-token" {
			p.wrong(at, "token %q is none that a sign-out can post; write id-token, or leave it out", a.Token)
		}
		if a.Token != "" && len(a.IdP) > 0 {
			p.wrong(at, "the ID token exists already, so that no fault can act on it")
		}
	case Send:
		p.page(at, "send", a.To)
		if a.Agent != "" {
			p.agents = append(p.agents, a.Agent)
		}
		for _, m := range []map[string]string{a.Query, a.Header, a.Form} {
			p.filled(at, m)
		}
		if _, back := a.Query["{return-to}"]; back {
			p.wants(at, "where to go after a sign-in", "return-to")
		}
	case Inspect:
		p.inspect(at, a)
	default:
		return false
	}
	return true
}

// page holds an act to what a relying party has to have for it.
func (p *plotter) page(at, act, place string) {
	p.wants(at, act, "login")
	if need := asksFor(place); need != "" {
		p.wants(at, act+" at "+place, need)
	}
}

func (p *plotter) signIn(at string, a SignIn) {
	p.wants(at, "sign-in", "login")
	p.partyOf(at, a.At)
	p.ofFlow(at, a.IdP)
	p.filled(at, map[string]string{"never": a.Never})
	if a.Token != "" {
		p.visited(at, a.Token)
	}
	if a.Halt && a.As == "" {
		p.wrong(at, "a halted sign-in needs a name (as), or nobody can deliver its answer")
	}
	if a.Halt && a.Times > 1 {
		p.wrong(at, "a halted sign-in happens once; its answer can be delivered many times")
	}
	if a.As != "" {
		p.visits = append(p.visits, a.As)
		if a.Halt {
			p.halted = append(p.halted, a.As)
		}
	}
	if a.Agent != "" {
		p.agents = append(p.agents, a.Agent)
	}
}

func (p *plotter) deliver(at string, a Deliver) {
	p.wants(at, "deliver", "login")
	p.partyOf(at, a.At)
	p.paused(at, a.Of)
	p.filled(at, a.With)
	p.filled(at, map[string]string{"never": a.Never})
	for _, name := range a.Without {
		if _, also := a.With[name]; also {
			p.wrong(at, "%q is set and left out", name)
		}
	}
	if a.AtOnce && a.Times < 2 {
		p.wrong(at, "at once are two or more; write times")
	}
	if a.Agent != "" {
		p.agents = append(p.agents, a.Agent)
	}
}

// inspect looks for what could not be looked at, or would hold of anything.
func (p *plotter) inspect(at string, a Inspect) {
	p.wants(at, "inspect", "login")
	p.partyOf(at, a.At)
	if a.Of != "" {
		p.visited(at, a.Of)
	}
	if a.Asking != "" && a.Endpoint != "authorization" {
		p.wrong(at, "asking is about authentication requests, and the %s endpoint is sent none", a.Endpoint)
	}
	needsParam, needsValue := false, false
	switch a.Is {
	case "present", "absent", "unguessable", "new", "same", "verifies", "names-only":
		needsParam = true
	case "equals", "unlike":
		needsParam, needsValue = true, true
	case "long":
		needsParam = true
		if n, err := strconv.Atoi(a.Value); err != nil || n < 1 {
			p.wrong(at, "long wants a number of characters in value")
		}
	}
	switch {
	case a.Is == "" && (a.Param != "" || a.Value != ""):
		p.wrong(at, "say what has to be true of the parameter; write is, or leave param and value out")
	case a.Is == "" && !a.None:
		p.wrong(at, "it wants nothing; write is, or none: true")
	case a.Is == "":
	case needsParam && a.Param == "":
		p.wrong(at, "%s wants a parameter; write param", a.Is)
	case needsValue && a.Value == "":
		p.wrong(at, "%s wants a value", a.Is)
	}
	p.filled(at, map[string]string{"value": a.Value})
}

// visited holds an act to a sign-in before it.
func (p *plotter) visited(at, name string) {
	if !slices.Contains(p.visits, name) {
		p.wrong(at, "nobody signed in as %q before%s", name, nearest(name, p.visits))
	}
}

// paused holds an act to a halted sign-in before it.
func (p *plotter) paused(at, name string) {
	switch {
	case !slices.Contains(p.visits, name):
		p.visited(at, name)
	case !slices.Contains(p.halted, name):
		p.wrong(at, "the sign-in %q was not halted, so that its answer is delivered already; write halt: true", name)
	}
}

// known holds an act to a user agent that went somewhere before.
func (p *plotter) known(at, agent string) {
	if !slices.Contains(p.agents, agent) {
		p.wrong(at, "no user agent %q went anywhere before%s", agent, nearest(agent, p.agents))
	}
}

func (p *plotter) partyOf(at, name string) {
	if name != "" && !slices.Contains(p.parties, name) {
		p.wrong(at, "no issuer of open is called %q%s", name, nearest(name, p.parties))
	}
}

// ofFlow holds the faults of one person's sign-in to what can act for one
// person.
func (p *plotter) ofFlow(at string, faults []fault.Fault) {
	for _, f := range faults {
		if !OfVisit(f) {
			p.wrong(at, "%s acts for everybody and not for one sign-in; write it into the row's idp, or into inject", fault.Inmost(f).Fault())
		}
	}
}

// filled looks at the texts of an act for what nobody could fill in.
func (p *plotter) filled(at string, texts map[string]string) {
	for name, text := range texts {
		for _, r := range References(text) {
			if !slices.Contains(carried(), r.Param) {
				p.wrong(at, "%s: no sign-in is answered with %q%s", name, r.Param, nearest(r.Param, carried()))
			}
			p.visited(at, r.Of)
		}
		for _, n := range fault.Names(reference.ReplaceAllString(text, "")) {
			if base, _, _ := strings.Cut(n, "."); n != RelyingPartyText && !slices.Contains(fault.Placeholders(), base) {
				p.wrong(at, "%s: nobody fills {%s}%s", name, n, nearest(base, fault.Placeholders()))
			}
		}
	}
}

// OfVisit tells whether a fault can act for one person alone: faults of tokens,
// of answers, and of the replies of the endpoints of a login.
func OfVisit(f fault.Fault) bool {
	switch seam := fault.SeamOf(f); {
	case seam.Token(), seam == fault.SeamLogin:
		return true
	case seam == fault.SeamReply:
		return slices.Contains(fault.FlowEndpoints(), fault.EndpointOf(f))
	}
	return false
}

// timesOf is how often an act of a login happens; zero where it does not say.
func timesOf(a Act) int {
	switch a := a.(type) {
	case SignIn:
		return a.Times
	case Deliver:
		return a.Times
	case SignOut:
		return a.Times
	case Send:
		return a.Times
	}
	return 0
}
