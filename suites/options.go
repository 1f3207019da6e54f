// Package suites plays the catalogue against a target and says what came of
// it. [Player.Play] is the engine: it never exits and knows nothing of the
// narrator, the command line or the reports' looks.
package suites

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/mockidp/fault"
	"github.com/rogueidp/rogueidp/reports"
	"github.com/rogueidp/rogueidp/scenarios"
)

// Options say what is played and how strictly it is judged. The zero value
// plays everything that applies.
type Options struct {
	Profile scenarios.Profile // instead of what the target says it is
	Preset  string            // rotation, security; empty: everything
	Filter  string            // in Ginkgo's label language
	Only    []string          // ids, or id/case
	// Scenarios are a user's own rows, which [scenarios.Read] has read. They
	// stand beside the catalogue and are selected as its rows are.
	Scenarios []scenarios.Scenario
	Seed      int64
	Workers   int // scenarios at once; 8 when zero
	// Prefer is the algorithm to take where a row leaves the choice, if the
	// target has it.
	Prefer string
	// FirstSight takes a cost that is over its bound for the truth, without two
	// more plays in fresh processes, and lets the next row show whether a target in
	// this process bore the tokens of the last.
	FirstSight bool
	// Strict raises should and hardening to must.
	Strict bool
	// Require are promises that the user makes for the target.
	Require Require
	// Hazard is the worst that may be sent to a host that is not on this
	// machine or its network, if the host is one of Own.
	Hazard scenarios.Hazard
	Own    []string
	// MaxWait is how long a scenario may wait in real time; 40 s when zero.
	MaxWait time.Duration
	Waivers Waivers
	// Provider says how the mock is reached; Fixed is the issuer and client
	// that a target knows already.
	Provider mockidp.Config
	Fixed    mockidp.TenantConfig
	// Others are further issuers that it knows, for plots with more than one: in
	// the order of its login pages, behind that of Fixed.
	Others []mockidp.TenantConfig
	// Command is how a person would run this again, without --only.
	Command string
	// Progress hears every result as it comes, from several goroutines.
	Progress func(reports.Result)
}

const (
	defaultWorkers = 8
	defaultMaxWait = 40 * time.Second
)

// catalogue is all that can be selected.
func (o Options) catalogue() scenarios.Catalogue { return scenarios.With(o.Scenarios) }

func (o Options) maxWait() time.Duration {
	if o.MaxWait > 0 {
		return o.MaxWait
	}
	return defaultMaxWait
}

func (o Options) workers() int {
	if o.Workers > 0 {
		return o.Workers
	}
	return defaultWorkers
}

// A Preset is a selection and the promises that go with it.
type Preset struct {
	Name     string
	Says     string
	Families []string
	Require  Require
}

// Presets lists them.
func Presets() []Preset {
	return []Preset{
		{
			Name: "rotation", Says: "key rotation, caches, outages and floods, with the promises that keep users signed in",
			Families: []string{"kid", "keyset", "rotation", "cache", "flood"},
			Require:  Require{scenarios.Outage: "0s", scenarios.Learn: "35s", scenarios.Exposure: "24h"},
		},
		{
			Name: "security", Says: "everything that a forged or misused token can try",
			Families: []string{"parse", "alg", "header", "kid", "key", "signature", "issuer", "audience", "time", "nonce"},
		},
	}
}

func preset(name string) (Preset, error) {
	var names []string
	for _, p := range Presets() {
		if p.Name == name {
			return p, nil
		}
		names = append(names, p.Name)
	}
	return Preset{}, fmt.Errorf("no preset is called %q; there are %s%s", name, strings.Join(names, " and "), didYouMean(name, names))
}

// Require are promises by name: durations, and fetches as "3/30s".
type Require map[scenarios.Promise]string

// ParseRequire reads "outage=0s,learn=35s,fetches=3/30s".
func ParseRequire(text string) (Require, error) {
	r := Require{}
	for _, one := range strings.Split(text, ",") {
		if one = strings.TrimSpace(one); one == "" {
			continue
		}
		name, value, found := strings.Cut(one, "=")
		if !found {
			return nil, fmt.Errorf("require %q: write a promise and its bound, such as learn=35s", one)
		}
		if !slices.Contains(scenarios.Promises(), scenarios.Promise(name)) {
			return nil, fmt.Errorf("require: no promise is called %q; there are %s%s", name, strings.Join(promiseNames(), ", "), didYouMean(name, promiseNames()))
		}
		if _, twice := r[scenarios.Promise(name)]; twice {
			return nil, fmt.Errorf("require: %s is given twice; leave one out", name)
		}
		if err := bound(scenarios.Promise(name), value); err != nil {
			return nil, err
		}
		r[scenarios.Promise(name)] = value
	}
	return r, nil
}

func bound(p scenarios.Promise, value string) error {
	if p == scenarios.Fetches {
		if _, _, err := fetchBudget(value); err != nil {
			return fmt.Errorf("require fetches=%s: %w", value, err)
		}
		return nil
	}
	if d, err := time.ParseDuration(value); err != nil || d < 0 {
		return fmt.Errorf("require %s=%s: write a duration such as 35s", p, value)
	}
	return nil
}

// fetchBudget reads "3/30s".
func fetchBudget(text string) (n int, per time.Duration, err error) {
	count, window, found := strings.Cut(text, "/")
	if n, err = strconv.Atoi(count); err != nil || n < 0 || !found {
		return 0, 0, fmt.Errorf("write how many in what time, such as 3/30s")
	}
	if per, err = time.ParseDuration(window); err != nil || per <= 0 {
		return 0, 0, fmt.Errorf("write how many in what time, such as 3/30s")
	}
	return n, per, nil
}

func promiseNames() []string {
	var names []string
	for _, p := range scenarios.Promises() {
		names = append(names, string(p))
	}
	return names
}

// with adds the promises of a preset, which the user's own override.
func (r Require) with(more Require) Require {
	all := Require{}
	maps.Copy(all, more)
	maps.Copy(all, r)
	return all
}

func didYouMean(word string, words []string) string {
	if near := fault.Nearest(word, words); near != "" {
		return fmt.Sprintf("; did you mean %q?", near)
	}
	return ""
}
