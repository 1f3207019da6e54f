package scenarios

import (
	"fmt"
	"slices"
)

// A plotter follows a plot, to find what is spoken of before it is there.
type plotter struct {
	*linter
	tokens, begun, parties []string
	// Of a login: sign-ins by name, those that were halted, and user agents.
	visits, halted, agents []string
	needs                  []Capability
}

// wants holds a plot to say what it asks of a target that not every one can do:
// of another the row would say that it missed what it was never able to.
func (p *plotter) wants(at, act string, need Capability) {
	if !slices.Contains(p.needs, need) {
		p.wrong(at, "%s asks what not every target can do; write needs: [%s]", act, need)
	}
}

// plot looks for acts that could not be done.
func (l *linter) plot(at string, s Scenario, c Case) {
	where, story := l.story(at, s, c)
	p := &plotter{linter: l, needs: append(slices.Clone(s.Needs), c.Needs...)}
	if steps(story) > maxTimes {
		l.wrong(where, "with what it repeats it has more than %d acts and tokens", maxTimes)
	}
	p.answered(at+"expect", s.Expected(c))
	for i, a := range story {
		here := fmt.Sprintf("%s[%d]", where, i)
		if open, ok := a.(Open); ok {
			if i > 0 {
				l.wrong(here, "open comes first, or not at all")
			}
			p.open(here, open)
			continue
		}
		p.act(here, a)
	}
}

// steps is how many acts a plot comes to and how many tokens it shows, each
// repetition counted.
func steps(plot []Act) int {
	n := 0
	for _, a := range plot {
		n++
		switch a := a.(type) {
		case Present:
			n += a.Times
		case Begin:
			n += a.Times
		case Sessions:
			n += a.Times
		case SignIn, Deliver, SignOut, Send:
			n += timesOf(a)
		case Repeat:
			n += a.Times * steps(a.Do)
		}
		n = min(n, maxTimes+1)
	}
	return n
}

func (p *plotter) open(at string, a Open) {
	if len(a.Issuers) == 0 {
		p.wrong(at, "open names no issuer")
	}
	trusted := 0
	for _, one := range a.Issuers {
		if !one.Untrusted {
			trusted++
		}
		if one.Name != "" && slices.Contains(p.parties, one.Name) {
			p.wrong(at, "two issuers are called %q", one.Name)
		}
		p.parties = append(p.parties, one.Name)
	}
	if trusted > 1 {
		p.wants(at, "more than one issuer", "multi-issuer")
	}
}

func (p *plotter) act(at string, a Act) {
	token := func(name string) {
		if name != "" && !slices.Contains(p.tokens, name) {
			p.wrong(at, "no token was minted as %q before%s", name, nearest(name, p.tokens))
		}
	}
	under := func(name string) {
		if !slices.Contains(p.begun, name) {
			p.wrong(at, "nothing was begun as %q before%s", name, nearest(name, p.begun))
		}
	}
	times := func(n int) {
		if n < 1 {
			p.wrong(at, "%s: say how many times", a.Act())
		}
	}
	if p.flow(at, a) {
		return
	}
	switch a := a.(type) {
	case Open:
		p.wrong(at, "open comes first, or not at all")
	case Mint:
		token(a.Like)
		if a.By != "" && !slices.Contains(p.parties, a.By) {
			p.wrong(at, "no issuer of open is called %q%s", a.By, nearest(a.By, p.parties))
		}
		p.tokens = append(p.tokens, a.As)
	case Present:
		token(a.Token)
		p.carry(at, a, token)
		if a.Amid.PerSecond > 0 {
			token(a.Amid.Token)
		}
	case Begin:
		p.wants(at, "begin", "concurrent")
		token(a.Token)
		p.begun = append(p.begun, a.As)
	case Cancel:
		p.wants(at, "cancel", "cancel")
		under(a.Of)
	case Join:
		under(a.Of)
	case Sessions:
		times(a.Times)
	case Inject:
		if len(a.IdP) == 0 {
			p.wrong(at, "inject names no fault")
		}
	case Repeat:
		times(a.Times)
		if len(a.Do) == 0 {
			p.wrong(at, "repeat does nothing")
		}
		for _, inner := range a.Do {
			p.act(at, inner)
		}
	}
}

// mostRepeats is how often one request writes a token.
const mostRepeats = 8

// carry holds a presentation to what a request can be.
func (p *plotter) carry(at string, a Present, token func(string)) {
	token(a.Carry.Second)
	if a.Carry != (Carry{}) {
		p.wants(at, "carry", "http-channel")
	}
	p.answered(at, a.Expect)
	switch c := a.Carry; {
	case c.SecondIn != "" && c.Second == "":
		p.wrong(at, "carry.secondIn says where a second token goes, and second names none")
	case c.Scheme != "" && c.In != "" && c.In != "header":
		p.wrong(at, "carry.scheme stands in front of a token in the header, and this one is in %s", c.In)
	case c.Repeat > mostRepeats:
		p.wrong(at, "carry.repeat: a request writes a token %d times at most", mostRepeats)
	case c.Repeat > 0 && c.In == "nowhere":
		p.wrong(at, "carry.repeat: what is carried nowhere is not written %d times", c.Repeat)
	case c.Body != "" && (c.In == "body" || c.SecondIn == "body"):
		p.wrong(at, "carry.body: the body carries a token already")
	}
}

// answered holds an expectation to what an answer over HTTP can be.
func (p *plotter) answered(at string, e Expectation) {
	if e.Challenge == "" && e.Status == 0 {
		return
	}
	p.wants(at, "challenge and status", "http-channel")
	if e.Answer != reject {
		p.wrong(at, "challenge and status are those of a refusal, and this one expects %s", e.Answer)
	}
	if e.Status != 0 && (e.Status < 400 || e.Status > 499) {
		p.wrong(at, "status %d refuses nothing; write one from 400 to 499", e.Status)
	}
}
