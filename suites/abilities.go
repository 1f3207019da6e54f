package suites

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/rogueidp/rogueidp/scenarios"
)

// abilities say what the target can be asked, what it lacks for the rest, and how
// long all of it waits.
func (p *Player) abilities() []Examined {
	var asked, all int
	lacks := map[string]int{}
	for _, s := range applying(scenarios.All(), p.Profile()) {
		all++
		lack := ""
		can := slices.ContainsFunc(s.Played(), func(c scenarios.Case) bool {
			if _, applies := s.Applies(p.Profile(), c); !applies {
				return false
			}
			b := p.barred(s, c)
			if b != nil {
				lack = b.lacks
			}
			return b == nil
		})
		if can {
			asked++
		} else {
			lacks[lack]++
		}
	}
	says := fmt.Sprintf("%d of the %d scenarios of profile %s", asked, all, p.Profile())
	var list []string
	for _, lack := range slices.Sorted(maps.Keys(lacks)) {
		list = append(list, fmt.Sprintf("%d for want of %s", lacks[lack], lack))
	}
	if len(list) > 0 {
		says += "; not asked: " + strings.Join(list, ", ")
	}
	what := Examined{Look: lookCan, Says: says}
	plan, err := p.Plan(Options{})
	if err != nil {
		return []Examined{what, {Look: lookTime, Says: err.Error(), Left: true}}
	}
	long := fmt.Sprintf("%d cases, without waiting", plan.Cases)
	if plan.Waits > 0 {
		long = fmt.Sprintf("%d cases, which wait for about %v in all and for at most %v at once; --max-wait shortens it", plan.Cases, plan.Waits.Round(time.Second), plan.Longest.Round(time.Second))
	}
	if plan.Resets > 0 {
		long += fmt.Sprintf("; it starts afresh %d times on the way", plan.Resets)
	}
	return []Examined{what, {Look: lookTime, Says: long}}
}
