package scenarios

import "fmt"

// A plotter follows a plot, to find what is spoken of before it is there.
type plotter struct {
	*linter
	tokens, begun, parties []string
}

// plot looks for acts that could not be done.
func (l *linter) plot(at string, s Scenario, c Case) {
	where, story := l.story(at, s, c)
	p := &plotter{linter: l}
	if steps(story) > maxTimes {
		l.wrong(where, "with what it repeats it has more than %d acts and tokens", maxTimes)
	}
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
	for _, one := range a.Issuers {
		if one.Name != "" && p.among(one.Name, p.parties) {
			p.wrong(at, "two issuers are called %q", one.Name)
		}
		p.parties = append(p.parties, one.Name)
	}
}

func (p *plotter) among(name string, list []string) bool {
	for _, known := range list {
		if known == name {
			return true
		}
	}
	return false
}

func (p *plotter) act(at string, a Act) {
	token := func(name string) {
		if name != "" && !p.among(name, p.tokens) {
			p.wrong(at, "no token was minted as %q before%s", name, nearest(name, p.tokens))
		}
	}
	under := func(name string) {
		if !p.among(name, p.begun) {
			p.wrong(at, "nothing was begun as %q before%s", name, nearest(name, p.begun))
		}
	}
	times := func(n int) {
		if n < 1 {
			p.wrong(at, "%s: say how many times", a.Act())
		}
	}
	switch a := a.(type) {
	case Open:
		p.wrong(at, "open comes first, or not at all")
	case Mint:
		token(a.Like)
		if a.By != "" && !p.among(a.By, p.parties) {
			p.wrong(at, "no issuer of open is called %q%s", a.By, nearest(a.By, p.parties))
		}
		p.tokens = append(p.tokens, a.As)
	case Present:
		token(a.Token)
		if a.Amid.PerSecond > 0 {
			token(a.Amid.Token)
		}
	case Begin:
		token(a.Token)
		p.begun = append(p.begun, a.As)
	case Cancel:
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
