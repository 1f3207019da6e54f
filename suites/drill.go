package suites

import (
	"context"
	"time"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/reports"
	"github.com/rogueidp/rogueidp/scenarios"
)

// DrillOptions say which policies are played over time, and for how long. The
// zero value plays every preset for 24 hours.
type DrillOptions struct {
	Policies []mockidp.Policy
	For      time.Duration // of the tenant's time; 24 h when zero
	// Scale shortens the policies for a target whose clock cannot be moved and
	// whose times were configured down by as much: 1/360 makes 24 h of 4 min.
	// Zero: such a target is not drilled.
	Scale   float64
	Require DrillRequire
}

func (o DrillOptions) length() time.Duration {
	if o.For > 0 {
		return o.For
	}
	return 24 * time.Hour
}

// Drill plays rotation policies against a target and measures what they cost
// its users. It never fails: what could not be measured says why.
func (p *Player) Drill(ctx context.Context, o DrillOptions) []reports.Drill {
	policies := o.Policies
	if len(policies) == 0 {
		policies = mockidp.Policies()
	}
	if err := p.enter(ctx); err != nil {
		return nil
	}
	defer p.leave()
	how, why := p.drillTiming(ctx, o)
	var about burdens
	if p.relies() {
		why = "a relying party gets its tokens from the provider as it signs somebody in, so that none can be kept and shown to it later"
		about.unsupported = map[string]string{"amplification": why, "starvation": why, "herd": why}
	} else if ctx.Err() == nil {
		about = p.burdens(ctx)
	}
	var all []reports.Drill
	for _, policy := range policies {
		if ctx.Err() != nil {
			break
		}
		d := reports.Drill{
			Name: p.about.Name + " · " + policy.Name, Target: p.about.Name, Policy: policy.Name, About: policy.About,
			Clock: how.String(), For: reports.Duration(o.length()), Unsupported: map[string]string{},
		}
		about.into(&d)
		if why == "" {
			if err := p.rehearse(ctx, policy, how, o, &d); err != nil {
				d.Timeline = reports.Timeline{}
				why := p.tell(err)
				d.Unsupported["outage"], d.Unsupported["exposure"] = why, why
			}
		} else {
			d.Unsupported["outage"], d.Unsupported["exposure"] = why, why
		}
		d.Missed = o.Require.missed(d)
		all = append(all, d)
	}
	return all
}

// aged is the row that all of this is about: what a target does as time passes.
// It needs no cooldown to be past: the cache is as fresh as caches get.
var aged = scenarios.Scenario{
	ID: "drill", Start: scenarios.Warm, Expect: scenarios.Accept, Level: scenarios.Must,
	Profiles: scenarios.Profiles(), Needs: []scenarios.Capability{"clock"},
}

// drillTiming is how time passes in a drill, or why it cannot.
func (p *Player) drillTiming(ctx context.Context, o DrillOptions) (timing, string) {
	base := p.base()
	if base == virtualClock {
		return timing{mode: virtualClock}, ""
	}
	why := "its clock cannot be moved"
	if base != realClock {
		cal := p.calibrated(ctx)
		if cal.cache {
			return cal.timing, ""
		}
		why = cal.why
	}
	if o.Scale > 0 {
		return timing{mode: realClock}, ""
	}
	return timing{mode: base}, why + "; where its times can be configured down, --scale plays the policies as much faster"
}

// NewDrills dates what is about to be drilled.
func NewDrills(seed int64) reports.Drills {
	return reports.Drills{
		Schema: reports.DrillSchema, Seed: seed, Started: clock().UTC().Truncate(time.Millisecond),
		Tool: tool(),
	}
}
