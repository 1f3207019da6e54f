package suites

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/reports"
	"github.com/rogueidp/rogueidp/scenarios"
	"github.com/rogueidp/rogueidp/suites/target"
)

// Who could learn more with libfaketime is told how to get it, unless he has it,
// does not want it, or needs none.
func TestAdvice(t *testing.T) {
	child := func(reach target.Options, can ...string) *Player {
		return &Player{target: &target.Exec{}, about: target.Description{Name: "mine", Faketime: []string{"wall"}, Can: can}, reach: reach}
	}
	if advice := child(target.Options{}).Advice(); !strings.Contains(advice, "mine") || !strings.Contains(advice, "package libfaketime") {
		t.Errorf("the advice is %q", advice)
	}
	for name, p := range map[string]*Player{
		"has it":     child(target.Options{Faketime: target.Faketime{Library: "/lib/libfaketime.so.1"}}),
		"wants none": child(target.Options{NoFaketime: true}),
		"needs none": child(target.Options{}, "clock"),
	} {
		if advice := p.Advice(); advice != "" {
			t.Errorf("one who %s is told %q", name, advice)
		}
	}
}

// A clock that is told by message counts only when it was seen to be followed;
// else the drill has no numbers that depend on it, and a row that would have to
// wait for too long is unsupported.
func TestCalibration(t *testing.T) {
	t.Parallel()
	for _, follows := range []bool{true, false} {
		kind := map[bool]string{true: "is-the-reference", false: "hears-no-clock"}[follows]
		o := Options{Seed: 1, MaxWait: time.Second, Only: []string{"rotation.revocation-latency"}, Require: Require{scenarios.Learn: "5s"}}
		p, err := Meet(context.Background(), "exec:"+os.Args[0]+" misbehave "+kind, reach(), o)
		if err != nil {
			t.Fatal(err)
		}
		cal := p.calibrated(context.Background())
		if cal.wall != follows || cal.cache != follows || follows == (cal.mode == realClock) {
			t.Errorf("follows %v: calibrated as %+v", follows, cal)
		}
		rows, err := Pick(p.o)
		if err != nil {
			t.Fatal(err)
		}
		want := map[bool]reports.Outcome{true: reports.Pass, false: reports.Unsupported}[follows]
		for _, r := range p.Play(context.Background(), rows[0]) {
			if r.Outcome != want || r.Clock != map[bool]string{true: messageClock, false: realClock}[follows] {
				t.Errorf("follows %v: %s is %s by the clock %s (%s)", follows, r.Name(), r.Outcome, r.Clock, r.Because)
			}
		}
		for _, d := range p.Drill(context.Background(), DrillOptions{For: 9 * time.Hour, Policies: mockidp.Policies()[:1]}) {
			if measured := d.Outage != nil; measured != follows || (d.Unsupported["outage"] == "") != follows {
				t.Errorf("follows %v: outage %v, unsupported %v", follows, d.Outage, d.Unsupported)
			}
		}
		_ = p.Close()
	}
}

// A requirement is missed by a number that is over it, and by one that nobody
// could measure.
func TestDrillRequire(t *testing.T) {
	second, herd := reports.Duration(time.Second), 3
	d := reports.Drill{Outage: &second, Exposure: &second, StillExposed: true, Herd: &herd, Unsupported: map[string]string{"starvation": "it keeps nothing"}}
	for text, want := range map[string]int{
		"outage=1s": 0, "outage=999ms": 1, "exposure=1h": 1, "herd=3": 0, "herd=2": 1, "starvation=1h": 1, "amplification=9": 1,
		"outage=1s,herd=3": 0, "outage=0s,herd=2": 2,
	} {
		r, err := ParseDrillRequire(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := r.missed(d); len(got) != want {
			t.Errorf("%s: missed %v", text, got)
		}
	}
	if _, err := ParseDrillRequire("outage"); err == nil {
		t.Error("a requirement without a bound is taken")
	}
}
