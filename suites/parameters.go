package suites

import (
	"strconv"
	"time"

	"github.com/rogueidp/rogueidp/mockidp/fault"
	"github.com/rogueidp/rogueidp/scenarios"
	"github.com/rogueidp/rogueidp/suites/target"
)

// parameters are the numbers that rows speak of: what the target declares, or
// what the catalogue assumes of one that declares nothing.
func (p *Player) parameters() map[string]string {
	facts := map[string]string{"leeway": "5m0s", "cooldown": "30s", "ttl": "10m0s", "timeout": "10s", "budget": "3", "exposure": "24h0m0s"}
	var leeway time.Duration
	for _, l := range p.about.Declares.Leeway {
		leeway = max(leeway, l)
	}
	if p.about.Declares.Leeway != nil {
		facts["leeway"] = leeway.String()
	}
	for _, claim := range []string{"exp", "nbf", "iat"} {
		facts["leeway."+claim] = facts["leeway"]
		if own, ok := p.about.Declares.Leeway[claim]; ok {
			facts["leeway."+claim] = own.String()
		}
	}
	for name, d := range map[string]*time.Duration{
		"cooldown": p.about.Declares.Cooldown, "ttl": p.about.Declares.CacheTTL, "timeout": p.about.Declares.FetchTimeout,
	} {
		if d != nil {
			facts[name] = d.String()
		}
	}
	if text, ok := p.o.Require[scenarios.Learn]; ok {
		// "within {cooldown}+5s" is what a row says; what was promised is the
		// whole of it.
		if learn, err := time.ParseDuration(text); err == nil {
			facts["cooldown"] = max(0, learn-5*time.Second).String()
		}
	}
	if text, ok := p.o.Require[scenarios.Exposure]; ok {
		facts["exposure"] = text
	}
	if text, ok := p.o.Require[scenarios.Fetches]; ok {
		if n, _, err := fetchBudget(text); err == nil {
			facts["budget"] = strconv.Itoa(n)
		}
	}
	return facts
}

// promised tells whether a bound was promised, by the target or by its user.
func (p *Player) promised(promise scenarios.Promise) bool {
	if promise == "" {
		return false
	}
	if _, ok := p.o.Require[promise]; ok {
		return true
	}
	d := p.about.Declares
	switch promise {
	case scenarios.Learn:
		return d.Cooldown != nil
	case scenarios.Exposure:
		return d.CacheTTL != nil
	}
	return false
}

// replicas is how many instances answer.
func (p *Player) replicas() int { return max(1, p.about.Replicas) }

// duration is a span with its placeholders filled.
func (p *Player) duration(s fault.Span) (time.Duration, error) {
	text, err := fault.ExpandText(string(s), func(name string) (string, bool) {
		v, ok := p.facts[name]
		return v, ok
	})
	if err != nil {
		return 0, err
	}
	return fault.Span(text).Duration()
}

// number is a bound with its placeholders filled.
func (p *Player) number(limit string) (int, error) {
	text, err := fault.ExpandText(limit, func(name string) (string, bool) {
		v, ok := p.facts[name]
		return v, ok
	})
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(text)
}

// promise makes promises for a target, in place of its own.
func promise(d *target.Declares, made target.Declares) {
	if made.Leeway != nil {
		d.Leeway = made.Leeway
	}
	for _, one := range []struct{ made, into **time.Duration }{
		{&made.CacheTTL, &d.CacheTTL}, {&made.Cooldown, &d.Cooldown}, {&made.FetchTimeout, &d.FetchTimeout},
	} {
		if *one.made != nil {
			*one.into = *one.made
		}
	}
}
