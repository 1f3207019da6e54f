package mockidp_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"pgregory.net/rapid"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/mockidp/fault"
)

func TestStepFromChangeToChange(t *testing.T) {
	idp := inMemory(t, mockidp.TenantConfig{})
	if _, more := idp.NextChange(); more {
		t.Error("without a policy something is to come")
	}
	follow(t, idp, preset(t, "flapping"))
	_, since, _ := idp.Following()
	var steps []string
	for next, more := idp.NextChange(); more; next, more = idp.NextChange() {
		steps = append(steps, fmt.Sprintf("%v %s", next.At.Sub(since), next.Do))
		if err := idp.Advance(next.At.Sub(idp.Clock().Now())); err != nil {
			t.Fatal(err)
		}
	}
	if want := []string{"8h0m0s disagree", "10h0m0s agree"}; !slices.Equal(steps, want) {
		t.Errorf("%q, want %q", steps, want)
	}
	if got := states(idp); got != "A retired, B active, C active" {
		t.Error(got)
	}
}

// TestChangesAreDatedWhenTheyWereDue, however late somebody looks and whoever
// does.
func TestChangesAreDatedWhenTheyWereDue(t *testing.T) {
	for name, look := range map[string]func(*mockidp.Tenant){
		"keys":     func(idp *mockidp.Tenant) { idp.Keys() },
		"kid":      func(idp *mockidp.Tenant) { idp.KID() },
		"fact":     func(idp *mockidp.Tenant) { idp.Fact("kid") },
		"lives":    func(idp *mockidp.Tenant) { idp.Lives() },
		"next":     func(idp *mockidp.Tenant) { idp.NextChange() },
		"token":    func(idp *mockidp.Tenant) { idp.Token("") },
		"vouches":  func(idp *mockidp.Tenant) { m := mint(t, idp); idp.Vouches(m) },
		"document": func(idp *mockidp.Tenant) { idp.KeySetDocument() },
		"served":   func(idp *mockidp.Tenant) { _, _ = idp.Served(mockidp.KeySet) },
		"fetch":    func(idp *mockidp.Tenant) { keySet(t, idp) },
		"algs":     func(idp *mockidp.Tenant) { idp.Algs() },
		"publish":  func(idp *mockidp.Tenant) { _, _ = idp.Publish("") },
		"rollback": func(idp *mockidp.Tenant) { _, _ = idp.Rollback() },
		"agree":    func(idp *mockidp.Tenant) { _ = idp.Disagree() },
		"unfollow": func(idp *mockidp.Tenant) { idp.Unfollow() },
		"follow":   func(idp *mockidp.Tenant) { _ = idp.Follow(mockidp.Policies()[0]) },
	} {
		idp := inMemory(t, mockidp.TenantConfig{})
		follow(t, idp, preset(t, "overlap"))
		_, since, _ := idp.Following()
		idp.Clock().Advance(13 * time.Hour) // nobody tells the tenant
		look(idp)
		for _, e := range idp.Journal().Entries(0) {
			if strings.HasPrefix(e.Mark, "retired ") && e.Time.Equal(since.Add(8*time.Hour)) {
				look = nil
			}
		}
		if look != nil {
			t.Errorf("%s: the rotation went unnoticed or has another date: %+v", name, idp.Journal().Entries(0))
		}
	}
}

// TestExchangesComeAfterWhatWasDue: in the journal, nothing is older than what
// stands before it.
func TestExchangesComeAfterWhatWasDue(t *testing.T) {
	idp := inMemory(t, mockidp.TenantConfig{})
	follow(t, idp, preset(t, "hard-cut"))
	for range 30 {
		idp.Clock().Advance(time.Hour)
		keySet(t, idp)
	}
	entries := idp.Journal().Entries(0)
	for i := range entries[1:] {
		if entries[i+1].Time.Before(entries[i].Time) {
			t.Errorf("%+v stands after %+v", entries[i+1], entries[i])
		}
	}
	if len(entries) < 60 {
		t.Errorf("only %d entries", len(entries))
	}
}

func TestVerbsByHandBesideASchedule(t *testing.T) {
	ahead := mockidp.Policy{Name: "ours", Schedule: mockidp.Schedule{Every: 8 * time.Hour, PublishAhead: 2 * time.Hour, KeepAfter: time.Hour}}
	for name, c := range map[string]struct {
		at    time.Duration
		do    func(idp *mockidp.Tenant) error
		later time.Duration
		want  string
	}{
		"a rotation takes what was published ahead": {
			6 * time.Hour, func(idp *mockidp.Tenant) error { _, err := idp.Rotate(mockidp.Rotation{}); return err },
			6*time.Hour + 30*time.Minute, "A retired, B active, C active",
		},
		"and the schedule goes on without, and leaves to the hand what the hand retired": {
			6 * time.Hour, func(idp *mockidp.Tenant) error { _, err := idp.Rotate(mockidp.Rotation{}); return err },
			9 * time.Hour, "A retired, B active, C removed, D active",
		},
		"a key that is back is not removed": {
			8 * time.Hour, func(idp *mockidp.Tenant) error { _, err := idp.Rollback(); return err },
			10 * time.Hour, "A active, B active, C removed",
		},
		"a key that the hand removed is gone once": {
			8 * time.Hour, func(idp *mockidp.Tenant) error { _, err := idp.Remove(""); return err },
			10 * time.Hour, "A removed, B active, C active",
		},
		"the schedule fills the place that a hand left empty": {
			5 * time.Hour, func(idp *mockidp.Tenant) error { _, err := idp.Retire(""); return err },
			8 * time.Hour, "A retired, B active, C active",
		},
		"no policy, no changes": {
			5 * time.Hour, func(idp *mockidp.Tenant) error { idp.Unfollow(); return nil },
			90 * time.Hour, "A active, B active",
		},
	} {
		idp := inMemory(t, mockidp.TenantConfig{})
		follow(t, idp, ahead)
		_, since, _ := idp.Following()
		to(t, idp, c.at)
		if err := c.do(idp); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := idp.Advance(since.Add(c.later + 2*time.Minute).Sub(idp.Clock().Now())); err != nil {
			t.Fatal(err)
		}
		if got := states(idp); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestWhatAHandMadeImpossibleIsSkipped(t *testing.T) {
	idp := inMemory(t, mockidp.TenantConfig{})
	follow(t, idp, preset(t, "rollback"))
	to(t, idp, 8*time.Hour)
	for range 2 { // to A, and on to a key that took nobody's place
		if _, err := idp.Rollback(); err != nil {
			break
		}
	}
	to(t, idp, 10*time.Hour)
	marks := history(idp)
	last := marks[len(marks)-1]
	if !strings.Contains(last, "10h0m0s skipped rollback: key ") || !strings.Contains(last, "took no other's place") {
		t.Errorf("the journal ends in %q", last)
	}
	if got := states(idp); got != "A active, B active, C removed" {
		t.Error(got)
	}
	if _, more := idp.NextChange(); more {
		t.Error("it would be tried again")
	}
}

func TestANewPolicyReplacesTheOld(t *testing.T) {
	idp := inMemory(t, mockidp.TenantConfig{})
	follow(t, idp, preset(t, "overlap"))
	to(t, idp, 9*time.Hour)
	follow(t, idp, preset(t, "emergency"))
	if p, _, _ := idp.Following(); p.Name != "emergency" {
		t.Errorf("%s is followed", p.Name)
	}
	to(t, idp, 20*time.Hour)
	if got := states(idp); got != "A retired, B active, C removed, D active" {
		t.Error(got)
	}
	if err := idp.Follow(mockidp.Policy{}); err == nil {
		t.Error("a policy that says nothing is followed")
	}
}

// TestTenantsOfOneClock follow policies of their own, whoever moves the clock.
func TestTenantsOfOneClock(t *testing.T) {
	a := inMemory(t, mockidp.TenantConfig{})
	b, err := a.Provider().Tenant(mockidp.TenantConfig{Algs: []string{"ES256", "ES384"}, With: a})
	if err != nil {
		t.Fatal(err)
	}
	follow(t, a, preset(t, "hard-cut"))
	follow(t, b, preset(t, "overlap"))
	to(t, a, 17*time.Hour)
	if got := states(a) + "; " + states(b); got != "A removed, B active, C removed, D active; A removed, B active, C retired, D active" {
		t.Error(got)
	}
	// Keys that come late belong to nobody twice either.
	var seen []string
	for _, idp := range []*mockidp.Tenant{a, b} {
		for _, k := range keySetNow(t, idp).Keys {
			raw, err := k.MarshalJSON()
			if err != nil {
				t.Fatal(err)
			}
			seen = append(seen, string(raw[strings.Index(string(raw), `"x"`):]))
		}
	}
	slices.Sort(seen)
	if n := len(slices.Compact(seen)); n != 5 {
		t.Errorf("%d different keys are published, want 5", n)
	}
}

// TestAKeyThatNobodySawCanStillSign: it is made when somebody wants it.
func TestAKeyThatNobodySawCanStillSign(t *testing.T) {
	idp := inMemory(t, mockidp.TenantConfig{})
	follow(t, idp, preset(t, "hard-cut"))
	to(t, idp, 800*time.Hour)
	keys := idp.Keys()
	m, err := idp.Mint(mockidp.Request{Faults: []fault.Fault{fault.SignAs{Key: "previous"}}})
	if err != nil || m.KID != keys[len(keys)-2].KID || idp.Vouches(m) || idp.Standing(m, idp.Clock().Now()) != mockidp.Removed {
		t.Errorf("%+v, %v", m, err)
	}
	if k, err := idp.Rollback(); err != nil || k.KID != m.KID {
		t.Errorf("%+v, %v", k, err)
	}
	if _, err := judge(idp, keySetNow(t, idp), m.Token, "ES256"); err != nil || !idp.Vouches(m) {
		t.Errorf("after the rollback: %v", err)
	}
}

func TestAnOldKeyIsForgotten(t *testing.T) {
	idp := inMemory(t, mockidp.TenantConfig{})
	follow(t, idp, mockidp.Policy{Schedule: mockidp.Schedule{Every: time.Second}})
	if err := idp.Advance(10_000 * time.Second); err != nil {
		t.Fatal(err)
	}
	lives := idp.Lives()
	if len(lives) < 1000 || len(lives) > 2048 {
		t.Errorf("%d keys are remembered", len(lives))
	}
	if got := lives[0].Stations; len(got) != 1 || got[0].State != mockidp.Active || lives[0].Alg != "ES384" {
		t.Errorf("the oldest that is remembered is not the one that still signs: %+v", lives[0])
	}
	if n := len(keySetNow(t, idp).Keys); n != 2 {
		t.Errorf("%d keys are published", n)
	}
}

// TestARollbackRemembers a key that the list of keys has forgotten.
func TestARollbackRemembers(t *testing.T) {
	idp := inMemory(t, mockidp.TenantConfig{})
	first := idp.KID()
	if _, err := idp.Rotate(mockidp.Rotation{Remove: true}); err != nil {
		t.Fatal(err)
	}
	follow(t, idp, mockidp.Policy{Schedule: mockidp.Schedule{Every: time.Second, Alg: "ES384"}})
	if err := idp.Advance(5000 * time.Second); err != nil {
		t.Fatal(err)
	}
	known := func(k mockidp.Key) bool { return k.KID == first }
	if slices.ContainsFunc(idp.Keys(), known) {
		t.Fatal("it is not forgotten yet")
	}
	if k, err := idp.Rollback(); err != nil || k.KID != first || !slices.ContainsFunc(idp.Keys(), known) || idp.KID() != first {
		t.Errorf("%+v, %v", k, err)
	}
}

// TestSharedKeysLiveApart: two issuers of the same keys go their own ways.
func TestSharedKeysLiveApart(t *testing.T) {
	a := inMemory(t, mockidp.TenantConfig{})
	if _, err := a.Rotate(mockidp.Rotation{}); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Rollback(); err != nil {
		t.Fatal(err)
	}
	b, err := a.Provider().Tenant(mockidp.TenantConfig{Algs: []string{"ES256", "ES384"}, With: a, SharedKeys: true})
	if err != nil {
		t.Fatal(err)
	}
	if a.KID() != b.KID() {
		t.Fatal("they share no key")
	}
	if _, err := a.Retire(a.KID()); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Remove(b.KID()); err != nil {
		t.Fatal(err)
	}
	for idp, want := range map[*mockidp.Tenant]mockidp.KeyState{a: mockidp.Retired, b: mockidp.Removed} {
		stations := idp.Lives()[0].Stations
		if got := stations[len(stations)-1].State; got != want || len(stations) != 4 {
			t.Errorf("%+v, want it to end %s", stations, want)
		}
	}
}

// TestANewAlgorithmLeavesOthersAlone, even those that its key could serve.
func TestANewAlgorithmLeavesOthersAlone(t *testing.T) {
	idp := inMemory(t, mockidp.TenantConfig{Algs: []string{"ES256", "RS256"}})
	k, err := idp.Rotate(mockidp.Rotation{NewAlg: "RS384"})
	if err != nil || k.Alg != "RS384" || mint(t, idp).Alg != "RS384" {
		t.Fatalf("%+v, %v", k, err)
	}
	if got := states(idp); got != "A retired, B active, C active" {
		t.Error(got)
	}
	if got := idp.Algs(); !slices.Equal(got, []string{"RS384", "ES256", "RS256"}) {
		t.Errorf("%v", got)
	}
}

// policies draws policies that make sense for a tenant: what Follow objects to
// is left out, which it therefore has to point at.
func policies(t *rapid.T, idp *mockidp.Tenant) mockidp.Policy {
	minutes := func(least, most int, label string) time.Duration {
		return time.Duration(rapid.IntRange(least, most).Draw(t, label)) * time.Minute
	}
	var p mockidp.Policy
	if rapid.Bool().Draw(t, "scheduled") {
		p.Schedule.Every = minutes(5, 90, "every")
		p.Schedule.PublishAhead = min(p.Schedule.Every, minutes(0, 90, "ahead"))
		p.Schedule.KeepAfter = minutes(0, 90, "keep")
		p.Schedule.Alg = rapid.SampledFrom([]string{"", "", "ES256", "ES384"}).Draw(t, "alg")
	}
	var at time.Duration
	for range rapid.IntRange(0, 12).Draw(t, "events") {
		at += minutes(0, 60, "at")
		e := mockidp.Event{At: at, Do: rapid.SampledFrom(mockidp.Verbs()).Draw(t, "do")}
		switch e.Do {
		case mockidp.Rotate:
			e.Remove, e.SameKID, e.Compromised = rapid.Bool().Draw(t, "remove"), rapid.Bool().Draw(t, "same"), rapid.Bool().Draw(t, "compromised")
			e.NewAlg = rapid.SampledFrom([]string{"", "", mockidp.AnotherAlg, "EdDSA"}).Draw(t, "new")
		case mockidp.Publish:
			e.Alg = rapid.SampledFrom([]string{"", "ES384"}).Draw(t, "of")
		}
		p.Events = append(p.Events, e)
	}
	for {
		err := idp.Follow(p)
		if err == nil {
			return p
		}
		bad, ok := err.(*mockidp.PolicyError)
		if !ok {
			t.Fatalf("%v is no PolicyError", err)
		}
		var i int
		if _, err := fmt.Sscanf(bad.At, "events[%d]", &i); err == nil && i < len(p.Events) {
			p.Events = slices.Delete(p.Events, i, i+1)
			continue
		}
		if len(p.Events) > 0 || p.Schedule != (mockidp.Schedule{}) {
			t.Fatalf("%+v: %v", p, err)
		}
		p.Schedule.Every = time.Hour
	}
}

// disagree tells whether a policy lets the nodes disagree at a time.
func disagree(p mockidp.Policy, at time.Duration) bool {
	apart := false
	for _, e := range p.Events {
		if e.At <= at && (e.Do == mockidp.Disagree || e.Do == mockidp.Agree) {
			apart = e.Do == mockidp.Disagree
		}
	}
	return apart
}

// story is what became of the keys, dated from the start of the policy.
func story(idp *mockidp.Tenant) string {
	var b strings.Builder
	_, since, _ := idp.Following()
	for i, life := range idp.Lives() {
		fmt.Fprintf(&b, "%s %s %v:", letter(i), life.Alg, life.Compromised)
		for _, s := range life.Stations {
			fmt.Fprintf(&b, " %s %v", s.State, max(0, s.From.Sub(since)))
			if !s.To.IsZero() {
				fmt.Fprintf(&b, "-%v", s.To.Sub(since))
			}
		}
		b.WriteString("\n")
	}
	return b.String() + strings.Join(history(idp), "\n")
}

// TestEveryMomentHasAKeyThatSigns, and that the key set holds unless the nodes
// disagree; and one long step comes to the same as many short ones.
func TestEveryMomentHasAKeyThatSigns(t *testing.T) {
	const whole = 6 * time.Hour
	rapid.Check(t, func(r *rapid.T) {
		cfg := mockidp.TenantConfig{Algs: []string{"ES256", "ES384"}}
		long, short := inMemory(t, cfg), inMemory(t, cfg)
		client := short.Client()
		p := policies(r, long)
		if err := short.Follow(p); err != nil {
			r.Fatalf("%+v: %v", p, err)
		}
		if err := long.Advance(whole + time.Second); err != nil {
			r.Fatal(err)
		}
		_, since, _ := short.Following()
		var old []*mockidp.Minted
		for gone := time.Duration(0); gone < whole; {
			step := min(whole-gone, time.Duration(rapid.IntRange(7, 200).Draw(r, "step"))*time.Minute)
			gone += step
			if err := short.Advance(since.Add(gone + time.Second).Sub(short.Clock().Now())); err != nil {
				r.Fatal(err)
			}
			m := mint(t, short)
			now := short.Clock().Now()
			if state := short.Standing(m, now); state != mockidp.Active {
				r.Fatalf("%v: a key signs that is %q", gone, state)
			}
			set := keySetNow(t, short)
			if _, err := judge(short, set, m.Token, m.Alg); err != nil {
				r.Fatalf("%v: the key set lacks the key that signs: %v", gone, err)
			}
			for range 2 { // both nodes, where they disagree
				var served jose.JSONWebKeySet
				unmarshal(t, fetch(t, client, short.JWKSURI()), &served)
				if _, err := judge(short, served, m.Token, m.Alg); err != nil && !disagree(p, gone) {
					r.Fatalf("%v: the nodes agree, and the key set lacks the key that signs: %v", gone, err)
				}
			}
			for _, m := range append(old, m) {
				state := short.Standing(m, now)
				public := state == mockidp.Active || state == mockidp.Retired || state == mockidp.Published
				if vouched := short.Vouches(m); public && !vouched {
					r.Fatalf("%v: a key is %s and its token not vouched for", gone, state)
				}
			}
			old = append(old, m)
		}
		if one, many := story(long), story(short); one != many {
			r.Fatalf("%+v\nin one step\n%s\nin many\n%s", p, one, many)
		}
		if strings.Contains(story(long), "skipped") {
			r.Fatalf("what was rehearsed could not be done:\n%s", story(long))
		}
	})
}

// TestManyAtOnce is for the race detector, and for what must hold meanwhile.
func TestManyAtOnce(t *testing.T) {
	idp := inMemory(t, mockidp.TenantConfig{})
	follow(t, idp, mockidp.Policy{
		Schedule: mockidp.Schedule{Every: 10 * time.Minute, PublishAhead: 5 * time.Minute, KeepAfter: 7 * time.Minute},
		Events: []mockidp.Event{
			{At: 30 * time.Minute, Do: mockidp.Rotate, Rotation: mockidp.Rotation{NewAlg: mockidp.AnotherAlg}},
			{At: 60 * time.Minute, Do: mockidp.Disagree},
			{At: 90 * time.Minute, Do: mockidp.Agree},
		},
	})
	var all sync.WaitGroup
	for range 3 {
		for _, work := range []func() error{
			func() error { return idp.Advance(3 * time.Minute) },
			func() error {
				m, err := idp.Mint(mockidp.Request{})
				if err == nil && idp.Standing(m, idp.Clock().Now()) == "" {
					err = fmt.Errorf("key %s signed and has no state", m.KID)
				}
				return err
			},
			func() error {
				if set := keySet(t, idp); len(set.Keys) < 2 {
					return fmt.Errorf("%d keys are served", len(set.Keys))
				}
				return nil
			},
			func() error {
				signing := 0
				for _, k := range idp.Keys() {
					if k.State == mockidp.Active {
						signing++
					}
				}
				if signing == 0 {
					return fmt.Errorf("no key is active")
				}
				return nil
			},
			func() error { idp.Lives(); idp.NextChange(); idp.Following(); return nil },
			func() error { _, err := idp.Publish("ES384"); return err },
			func() error { _, err := idp.Rotate(mockidp.Rotation{}); return err },
		} {
			all.Go(func() {
				for range 40 {
					if err := work(); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
	}
	all.Wait()
	for _, life := range idp.Lives() {
		for i, s := range life.Stations {
			last := i == len(life.Stations)-1
			if s.To.IsZero() != last || !last && (s.To.Before(s.From) || !s.To.Equal(life.Stations[i+1].From)) {
				t.Errorf("the life of %s has a gap: %+v", life.KID, life.Stations)
			}
		}
	}
}

// BenchmarkADayOfDrill is the provider's part of a day under each preset, and
// under a schedule that rotates every quarter of an hour: every minute the
// clock moves, a token is minted and the key set is served, all with RSA.
func BenchmarkADayOfDrill(b *testing.B) {
	quick := mockidp.Policy{Name: "every-15m", Schedule: mockidp.Schedule{Every: 15 * time.Minute, PublishAhead: 5 * time.Minute, KeepAfter: 30 * time.Minute}}
	for _, p := range append(mockidp.Policies(), quick) {
		b.Run(p.Name, func(b *testing.B) {
			for b.Loop() {
				idp := inMemory(b, mockidp.TenantConfig{Algs: []string{"RS256", "ES256"}})
				if err := idp.Follow(p); err != nil {
					b.Fatal(err)
				}
				for range 24 * 60 {
					if err := idp.Advance(time.Minute); err != nil {
						b.Fatal(err)
					}
					idp.Token("")
					if idp.KeySetDocument() == nil {
						b.Fatal("no key set")
					}
				}
			}
		})
	}
}
