package scenarios

import (
	"slices"
	"strings"
)

// Owes tells whether a row has to be seen to fail somebody before its passing
// means anything: it expects a refusal, or bounds something, at a level above
// info, in this profile. What only a request over HTTP can carry is not asked of
// the validators of this program.
func (s Scenario) Owes(p Profile) bool {
	if slices.Contains(s.Needs, "http-channel") {
		return false
	}
	return slices.ContainsFunc(s.Played(), func(c Case) bool {
		level, applies := s.Applies(p, c)
		if !applies {
			return false
		}
		// What a process costs, and whom it calls, is bounded whatever it answers.
		if s.Oracle == ByProcess || s.Oracle == ByCanary {
			return level != Info
		}
		return demands(s.Story(c), s.Expected(c), level)
	})
}

// demands tells whether an act of a plot expects a refusal or sets a bound.
func demands(plot []Act, row Expectation, level Level) bool {
	at := func(own Level) bool {
		if own == "" {
			own = level
		}
		return own != Info
	}
	wants := func(own Expectation) bool {
		if own.Answer == "" {
			own = row
		}
		return own.Answer == reject || own.Answer == notAccept || own.In != "" || own.Prompt != "" || own.Secret
	}
	return slices.ContainsFunc(plot, func(a Act) bool {
		switch a := a.(type) {
		case Present:
			return at(a.Level) && (!a.Honest && wants(a.Expect) || a.Fetches.Set())
		case Join:
			return at(a.Level) && wants(a.Expect)
		case Sessions:
			return at("") && a.Fetches.Set()
		case SignIn:
			return at(a.Level) && !a.Honest && !a.Halt && (wants(a.Expect) || a.Never != "")
		case Deliver:
			return at(a.Level) && (wants(a.Expect) || a.AtOnce || a.Never != "")
		case Look:
			return at(a.Level) && wants(a.Expect)
		case Renew:
			return at(a.Level) && !a.Honest && wants(a.Expect)
		case SignOut:
			return at(a.Level) && (!a.Honest && wants(a.Expect) || a.NoStore)
		case Send:
			return at(a.Level) && (wants(a.Expect) || a.Stays)
		case Inspect:
			return at(a.Level)
		case Repeat:
			return demands(a.Do, row, level)
		}
		return false
	})
}

// Weighs is about how much work a row is: the tokens that it shows.
func (s Scenario) Weighs() int {
	most := 0
	for _, c := range s.Played() {
		most += tokens(s.Story(c))
	}
	return most
}

func tokens(plot []Act) int {
	sum := 0
	for _, a := range plot {
		switch a := a.(type) {
		case Present:
			sum += max(1, a.Times) + a.Amid.PerSecond
		case Begin:
			sum += max(1, a.Times)
		case Sessions:
			sum += a.Times
		case SignIn, Deliver, Look, Renew, SignOut, Send:
			sum += max(1, timesOf(a))
		case Repeat:
			sum += max(1, a.Times) * tokens(a.Do)
		}
	}
	return sum
}

// Waits tells whether a row lets a time-out of the target run out in real time,
// whatever its clock says.
func (s Scenario) Waits() bool {
	return slices.ContainsFunc(s.Played(), func(c Case) bool {
		return slices.ContainsFunc(s.Story(c), func(a Act) bool {
			one, ok := a.(Present)
			return ok && strings.Contains(string(one.Expect.In), "{timeout}")
		})
	})
}
