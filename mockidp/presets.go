package mockidp

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// presets are the policies that have a name. The first change of each that a
// client could notice comes after eight hours: late enough for any cache to be
// warm, and never when one of six or twelve hours is filled anew anyway.
var presets = []Policy{
	{
		Name:     "hard-cut",
		About:    "Every 8 h a key that nobody has seen signs, and the old one is gone in the same moment.",
		Schedule: Schedule{Every: 8 * time.Hour},
	},
	{
		Name:     "overlap",
		About:    "Every 8 h a key that nobody has seen signs, and the old one stays published for 4 h.",
		Schedule: Schedule{Every: 8 * time.Hour, KeepAfter: 4 * time.Hour},
	},
	{
		Name:     "publish-ahead-24h",
		About:    "Every 32 h a key signs that was published 24 h before, and the old one stays published for 24 h.",
		Schedule: Schedule{Every: 32 * time.Hour, PublishAhead: 24 * time.Hour, KeepAfter: 24 * time.Hour},
	},
	{
		Name:   "emergency",
		About:  "After 8 h the key is found to be compromised: it is removed at once, and a key that nobody has seen signs.",
		Events: []Event{{At: 8 * time.Hour, Do: Rotate, Rotation: Rotation{Compromised: true}}},
	},
	{
		Name:   "same-kid",
		About:  "After 8 h a new key signs under the kid of the old one, which is gone.",
		Events: []Event{{At: 8 * time.Hour, Do: Rotate, Rotation: Rotation{SameKID: true}}},
	},
	{
		Name:  "flapping",
		About: "After 8 h a new key signs, and for 2 h every second answer comes from a node that has not heard of it.",
		Events: []Event{
			{At: 8 * time.Hour, Do: Disagree},
			{At: 8 * time.Hour, Do: Rotate},
			{At: 10 * time.Hour, Do: Agree},
		},
	},
	{
		Name:  "rollback",
		About: "After 8 h a new key signs; 2 h later the old one signs again, and the new one is gone.",
		Events: []Event{
			{At: 8 * time.Hour, Do: Rotate},
			{At: 10 * time.Hour, Do: Rollback},
		},
	},
	{
		Name:   "alg-change",
		About:  "After 8 h a new key for the tenant's second algorithm signs, and the old keys stay published.",
		Events: []Event{{At: 8 * time.Hour, Do: Rotate, Rotation: Rotation{NewAlg: AnotherAlg}}},
	},
}

// Policies are the presets, each with a sentence about it.
func Policies() []Policy {
	list := slices.Clone(presets)
	for i := range list {
		list[i].Events = slices.Clone(list[i].Events)
	}
	return list
}

// PolicyNamed is a preset by its name. The error names the nearest one.
func PolicyNamed(name string) (Policy, error) {
	var names []string
	for _, p := range Policies() {
		if p.Name == name {
			return p, nil
		}
		names = append(names, p.Name)
	}
	return Policy{}, fmt.Errorf("no policy is called %q; there are %s%s", name, strings.Join(names, ", "), didYouMean(name, names))
}
