package suites

import (
	"context"
	"fmt"
	"time"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/reports"
	"github.com/rogueidp/rogueidp/suites/target"
)

// A Chapter of the story is a validator's cache, a policy, and how long valid
// users are locked out by the two together.
type Chapter struct {
	Target *target.Function
	Policy mockidp.Policy
	Outage time.Duration
}

// Story is the incident that rogueidp exists for, told three times: the
// provider rotates its key within a second of the cache's fill, and the cache
// lives for ttl. Without a refresh on a missing kid every new user is refused
// until it expires; with one nobody notices; and nobody notices either if the
// key was published long enough ahead.
func Story(ttl time.Duration) []Chapter {
	cut := mockidp.Policy{
		Name: "hard-cut", About: "Right after the cache was filled a key that nobody has seen signs, and the old one is gone.",
		Events: []mockidp.Event{{At: 0, Do: mockidp.Rotate, Rotation: mockidp.Rotation{Remove: true}}},
	}
	ahead := ttl + time.Hour
	announced := mockidp.Policy{
		Name:  "publish-ahead",
		About: fmt.Sprintf("A key is published right after the cache was filled, and signs %v later; the old one stays published.", ahead),
		Events: []mockidp.Event{
			{At: 0, Do: mockidp.Publish},
			{At: ahead, Do: mockidp.Rotate},
		},
	}
	return []Chapter{
		{target.Cached(fmt.Sprintf("a cache of %v without refresh", ttl), ttl, false), cut, ttl},
		{target.Cached(fmt.Sprintf("a cache of %v that refreshes on a missing kid", ttl), ttl, true), cut, 0},
		{target.Cached(fmt.Sprintf("a cache of %v without refresh, keys published ahead", ttl), ttl, false), announced, 0},
	}
}

// Tell plays the story.
func Tell(ctx context.Context, ttl time.Duration, o Options, d DrillOptions) ([]reports.Drill, error) {
	var all []reports.Drill
	for _, chapter := range Story(ttl) {
		p, err := Face(chapter.Target, o)
		if err != nil {
			return all, err
		}
		one := d
		one.Policies = []mockidp.Policy{chapter.Policy}
		// Long enough to see the cache expire and its user come back.
		one.For = max(d.For, 2*ttl+2*time.Hour)
		one.Require = DrillRequire{"outage": chapter.Outage.String()}
		told := p.Drill(ctx, one)
		_ = p.Close()
		for i := range told {
			if got := told[i].Outage; got != nil && time.Duration(*got) < chapter.Outage && len(told[i].Missed) == 0 {
				told[i].Missed = []string{fmt.Sprintf("the story has an outage of %v, and it was %v", chapter.Outage, time.Duration(*got))}
			}
		}
		all = append(all, told...)
	}
	return all, nil
}
