package suites

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/rogueidp/rogueidp/scenarios"
)

// Pick selects what the options ask for, before any target is looked at. The
// errors name the nearest valid word.
func Pick(o Options) ([]scenarios.Scenario, error) {
	rows := o.catalogue().All()
	if o.Preset != "" {
		pre, err := preset(o.Preset)
		if err != nil {
			return nil, err
		}
		rows = slices.DeleteFunc(rows, func(s scenarios.Scenario) bool { return !slices.Contains(pre.Families, s.Family()) })
	}
	if o.Filter != "" {
		wanted, err := parseFilter(o.Filter, o.catalogue())
		if err != nil {
			return nil, err
		}
		rows = slices.DeleteFunc(rows, func(s scenarios.Scenario) bool { return !wanted(s.Labels()) })
	}
	if len(o.Only) > 0 {
		var err error
		if rows, err = only(o.Only, rows, o.catalogue()); err != nil {
			return nil, err
		}
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("nothing is selected: no scenario passes the filter, the preset and --only together")
	}
	return rows, nil
}

// only keeps the rows that are named, and of those named with a case that case
// alone.
func only(names []string, rows []scenarios.Scenario, all scenarios.Catalogue) ([]scenarios.Scenario, error) {
	cases := map[string][]string{}
	for _, name := range names {
		id, one, _ := strings.Cut(name, "/")
		s, err := all.Find(id)
		if err != nil {
			return nil, err
		}
		if one != "" {
			if _, err := s.Case(one); err != nil {
				return nil, err
			}
		}
		cases[id] = append(cases[id], one)
	}
	var kept []scenarios.Scenario
	for _, s := range rows {
		wanted, named := cases[s.ID]
		if !named {
			continue
		}
		if !slices.Contains(wanted, "") {
			s.Cases = slices.DeleteFunc(slices.Clone(s.Cases), func(c scenarios.Case) bool { return !slices.Contains(wanted, c.Name) })
		}
		kept = append(kept, s)
	}
	return kept, nil
}

// applying are the rows that are for a profile.
func applying(rows []scenarios.Scenario, p scenarios.Profile) []scenarios.Scenario {
	return slices.DeleteFunc(slices.Clone(rows), func(s scenarios.Scenario) bool {
		return !slices.ContainsFunc(s.Played(), func(c scenarios.Case) bool {
			_, applies := s.Applies(p, c)
			return applies
		})
	})
}

// order is how rows are played: first what has to wait, so that the waiting is
// over when the rest is, except on a target with one issuer, where what leaves
// no trace comes first and what wants a fresh start last, family by family. Within
// that, the seed decides.
func (p *Player) order(rows []scenarios.Scenario) []scenarios.Scenario {
	rows = slices.Clone(rows)
	rank := func(s scenarios.Scenario) int {
		waits := slices.Contains(s.Needs, "refetch")
		switch {
		case p.shared == nil && waits && p.base() == realClock:
			return 0
		case !p.inTurn(s):
			return 1
		case s.Start == scenarios.Cold:
			return 4
		case waits:
			return 3
		}
		return 2
	}
	sort.SliceStable(rows, func(i, j int) bool {
		a, b := rank(rows[i]), rank(rows[j])
		if a != b {
			return a < b
		}
		if f, g := rows[i].Family(), rows[j].Family(); a > 1 && f != g {
			return dice(p.o.Seed, f) < dice(p.o.Seed, g)
		}
		return dice(p.o.Seed, rows[i].ID) < dice(p.o.Seed, rows[j].ID)
	})
	return rows
}

// inTurn tells whether a row has to be played while no other is: one that leaves
// a trace on a target with one issuer.
func (p *Player) inTurn(s scenarios.Scenario) bool {
	return p.shared != nil && slices.ContainsFunc(s.Played(), func(c scenarios.Case) bool { return !p.beside(s, c) })
}
