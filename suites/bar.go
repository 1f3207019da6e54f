package suites

import (
	"slices"

	"github.com/rogueidp/rogueidp/reports"
	"github.com/rogueidp/rogueidp/scenarios"
)

// A bar is why a case is not played against a target, in the words of its result,
// of a plan and of a doctor.
type bar struct {
	outcome          reports.Outcome
	feature, because string
	how, lacks       string
	// excused: that it was not played makes no run incomplete.
	excused bool
}

// barred is what stands between a case and the target; nil where nothing does.
func (p *Player) barred(s scenarios.Scenario, c scenarios.Case) *bar {
	if p.algFor(s, c) == "" {
		needs := c.Alg
		if needs == "" {
			needs = s.Alg
		}
		return &bar{
			outcome: reports.NotApplicable, feature: needs, because: "it claims no algorithm of this kind",
			how: "not for its algorithms", lacks: "algorithms",
		}
	}
	if need := p.lacked(s, c); need != "" {
		// Nobody may do without a nonce in an ID token, or without keys.
		owed := need == "nonce" && p.Profile() == scenarios.IDToken || need == "jwks-uri" && !p.about.Has("static-jwks")
		return &bar{
			outcome: reports.Unsupported, feature: string(need), because: "it does not claim to be able to be asked",
			how: "unsupported: it cannot be asked", lacks: string(need), excused: !owed,
		}
	}
	if p.relies() {
		if why := premade(s, c); why != "" {
			return wayless(premadeToken, why, "it cannot be shown a token", true)
		}
	}
	if !p.starts(s, c) {
		return wayless("reset", noReset, "nothing makes it start afresh (--reset)", false)
	}
	if because := p.forbidden(s.Sends()); because != "" {
		hazard := string(s.Sends())
		return &bar{
			outcome: reports.Unsupported, feature: "hazard-" + hazard, because: because,
			how: "not sent: hazard " + hazard, lacks: "--hazard " + hazard, excused: true,
		}
	}
	return nil
}

// wayless is the bar of a case for which there is no way to play it.
func wayless(feature, because, why string, excused bool) *bar {
	return &bar{
		outcome: reports.Unsupported, feature: feature, because: because,
		how: "unsupported: " + why, lacks: "a way (" + why + ")", excused: excused,
	}
}

// lacked is the first capability that a case needs and the target does not claim;
// empty where it has them all.
func (p *Player) lacked(s scenarios.Scenario, c scenarios.Case) scenarios.Capability {
	for _, need := range append(slices.Clone(s.Needs), c.Needs...) {
		if !p.has(need) {
			return need
		}
	}
	return ""
}

// able tells whether the target can be asked, and be given the start, that a case
// wants.
func (p *Player) able(s scenarios.Scenario, c scenarios.Case) bool {
	return p.lacked(s, c) == "" && p.starts(s, c)
}
