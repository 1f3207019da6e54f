package scenarios

import (
	"maps"
	"slices"
)

// disputed lowers a row by one level wherever only a contested text carries it.
// What another citation carries by itself stays as it is, and so does the floor,
// which is no clause's.
func (s Scenario) disputed() Scenario {
	contested := func(c Citation) bool { return c.Requirement != nil && c.Requirement.Contested != "" }
	if !slices.ContainsFunc(s.Cites, contested) {
		return s
	}
	carried := Carried(slices.DeleteFunc(slices.Clone(s.Cites), contested))
	lowered := func(l Level) Level {
		if l.above(carried) {
			return l.lower()
		}
		return l
	}
	s.Level = lowered(s.Level)
	s.Profile, s.Claiming = maps.Clone(s.Profile), maps.Clone(s.Claiming)
	for p, l := range s.Profile {
		s.Profile[p] = lowered(l)
	}
	for c, l := range s.Claiming {
		s.Claiming[c] = lowered(l)
	}
	s.Plot = loweredActs(s.Plot, lowered)
	s.Cases = slices.Clone(s.Cases)
	for i := range s.Cases {
		s.Cases[i].Level = lowered(s.Cases[i].Level)
		s.Cases[i].Plot = loweredActs(s.Cases[i].Plot, lowered)
	}
	return s
}

func loweredActs(plot []Act, lowered func(Level) Level) []Act {
	plot = slices.Clone(plot)
	for i, a := range plot {
		switch a := a.(type) {
		case Present:
			a.Level, a.Fetches.Level = lowered(a.Level), lowered(a.Fetches.Level)
			plot[i] = a
		case Join:
			a.Level = lowered(a.Level)
			plot[i] = a
		case Sessions:
			a.Fetches.Level = lowered(a.Fetches.Level)
			plot[i] = a
		case SignIn:
			a.Level = lowered(a.Level)
			plot[i] = a
		case Deliver:
			a.Level = lowered(a.Level)
			plot[i] = a
		case Look:
			a.Level = lowered(a.Level)
			plot[i] = a
		case Renew:
			a.Level = lowered(a.Level)
			plot[i] = a
		case SignOut:
			a.Level = lowered(a.Level)
			plot[i] = a
		case Send:
			a.Level = lowered(a.Level)
			plot[i] = a
		case Inspect:
			a.Level = lowered(a.Level)
			plot[i] = a
		case Repeat:
			a.Do = loweredActs(a.Do, lowered)
			plot[i] = a
		}
	}
	return plot
}
