package scenarios

import (
	"slices"
	"sync"

	"github.com/rogueidp/rogueidp/mockidp/fault"
)

// floods is how many tokens and sessions a case may show a target before it
// floods it.
const floods = 100

// leastHazard is the least hazard of the catalogue's rows that use a fault.
var leastHazard = sync.OnceValue(func() map[string]Hazard {
	least := map[string]Hazard{}
	for _, s := range catalogue {
		for _, c := range s.Played() {
			for _, f := range everyFault(s, c) {
				if before, known := least[f]; !known || worse(before, s.Hazard) == before {
					least[f] = s.Hazard
				}
			}
		}
	}
	return least
})

// Sends is the worst that a row sends to a target, whatever it says itself: the
// word of somebody who wrote a row is not enough to send a huge document or a
// flood to a host of somebody else. It is the row's own hazard, flood where a
// case shows more than a hundred tokens, and for each fault at least what the
// catalogue's own rows call it. It is not less than the row's hazard, and for
// rows of the catalogue it is that.
func (s Scenario) Sends() Hazard {
	sends := s.Hazard
	for _, c := range s.Played() {
		if shown(s.Story(c)) > floods {
			sends = worse(sends, Flood)
		}
		for _, f := range everyFault(s, c) {
			if least, known := leastHazard()[f]; known {
				sends = worse(sends, least)
			}
		}
	}
	return sends
}

// everyFault names the faults of a case, wherever in it they stand.
func everyFault(s Scenario, c Case) []string {
	all := s.Faults(c)
	for _, a := range s.Story(c) {
		all = append(all, FaultsOf(a)...)
	}
	var names []string
	for _, f := range all {
		names = append(names, fault.Inmost(f).Fault())
	}
	return names
}

// shown is how many tokens and sessions a plot shows.
func shown(plot []Act) int {
	n := 0
	for _, a := range plot {
		switch a := a.(type) {
		case Present:
			n += max(1, a.Times)
			if a.Amid.PerSecond > 0 {
				n += floods + 1 // for as long as it takes
			}
		case Begin:
			n += max(1, a.Times)
		case Sessions:
			n += a.Times
		case SignIn, Deliver, Look, Renew, SignOut, Send:
			n += max(1, timesOf(a))
		case Repeat:
			n += a.Times * shown(a.Do)
		}
		n = min(n, 1<<20)
	}
	return n
}

func worse(a, b Hazard) Hazard {
	if slices.Index(Hazards(), a) > slices.Index(Hazards(), b) {
		return a
	}
	return b
}
