package suites

import (
	"fmt"
	"slices"

	"github.com/rogueidp/rogueidp/scenarios"
)

// premadeToken is the feature that a target has to which a token can be shown.
const premadeToken = "premade-token"

// premade says which act of a case needs a token that is there before anybody
// signs in, which no relying party can be shown; empty where none does. Kept
// from one sign-in to the next a token can be answered again: that it is
// accepted twice is what nobody may want then.
func premade(s scenarios.Scenario, c scenarios.Case) string {
	story := s.Story(c)
	minted, shown := false, map[string]bool{}
	for _, act := range story {
		why := ""
		switch a := act.(type) {
		case scenarios.Mint:
			minted = true
			if a.By != "" || a.Like != "" {
				why = "makes a token that belongs to no sign-in"
			}
		case scenarios.Present:
			why = premadeBy(s, c, a, shown[a.Token])
			shown[a.Token] = true
		case scenarios.Begin, scenarios.Cancel, scenarios.Join:
			why = "presents tokens that are there already"
		case scenarios.Repeat:
			if slices.ContainsFunc(a.Do, needsToken) {
				why = "shows a token again and again"
			}
		}
		if why == "" && minted && !keepsTokens(act) {
			why = "lets something happen between the making of a token and its use"
		}
		if why != "" {
			return fmt.Sprintf("%s %s, and a relying party gets its tokens from the provider as it signs somebody in", act.Act(), why)
		}
	}
	return ""
}

// premadeBy is what a presentation wants of a token that a sign-in cannot give.
func premadeBy(s scenarios.Scenario, c scenarios.Case, a scenarios.Present, again bool) string {
	want := a.Expect
	if want.Answer == "" {
		want = s.Expected(c)
	}
	switch {
	case a.Amid.PerSecond > 0:
		return "shows forged tokens in between"
	case a.Unasked:
		return "shows a token for which nobody asked"
	case a.Token == "":
		return ""
	case len(a.IdP) > 0:
		return "bends a token that exists"
	case a.Times > 1:
		return "shows one token many times"
	case again && want.Answer == scenarios.Accept.Answer:
		return "wants one token accepted twice"
	}
	return ""
}

// needsToken tells whether an act uses a token that was kept.
func needsToken(act scenarios.Act) bool {
	switch a := act.(type) {
	case scenarios.Mint, scenarios.Begin, scenarios.Cancel, scenarios.Join:
		return true
	case scenarios.Present:
		return a.Token != "" || a.Unasked || a.Amid.PerSecond > 0
	case scenarios.Repeat:
		return slices.ContainsFunc(a.Do, needsToken)
	}
	return false
}

// keepsTokens tells whether a token that is to be made can as well be made after
// an act as before it.
func keepsTokens(act scenarios.Act) bool {
	switch act.(type) {
	case scenarios.Open, scenarios.Mint, scenarios.Present, scenarios.SignIn, scenarios.Look, scenarios.Inspect:
		return true
	}
	return false
}
