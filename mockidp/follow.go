package mockidp

import (
	"fmt"
	"slices"
	"time"
)

// following is a policy on its way. The verbs' lock and the tenant's guard it.
type following struct {
	Policy
	since   time.Time
	events  int       // how many are done
	turn    time.Time // of the schedule's next rotation
	ahead   bool      // the key of that rotation is published
	leaving []leaving // in the order in which they go
}

// leaving is a key that a rotation of the schedule retired.
type leaving struct {
	at, since time.Time
	key       *key
}

// A Change is what a policy will do next.
type Change struct {
	At    time.Time `json:"at"`
	Do    Verb      `json:"do"`
	Cause string    `json:"cause"` // as the journal will say it
}

// A step is a change with its place in the policy and how it is carried out.
type step struct {
	Change
	place string
	carry func(t *Tenant, c Change) error
}

func newFollowing(p Policy, now time.Time) *following {
	p.Events = slices.Clone(p.Events)
	return &following{Policy: p, since: now, turn: now.Add(p.Schedule.Every)}
}

// next is the change that comes next. What falls into one moment is done in
// this order: events, then what the schedule removes, rotates and publishes.
func (f *following) next() (step, bool) {
	if f == nil {
		return step{}, false
	}
	var first step
	consider := func(s step) {
		if first.carry == nil || s.At.Before(first.At) {
			first = s
		}
	}
	name := "policy " + or(f.Name, "without a name")
	if f.events < len(f.Events) {
		e := f.Events[f.events]
		consider(step{
			Change{f.since.Add(e.At), e.Do, fmt.Sprintf("%s: %s at %s", name, e.Do, written(e.At))},
			fmt.Sprintf("events[%d]", f.events),
			func(t *Tenant, c Change) error { f.events++; return e.carry(t, c) },
		})
	}
	s := f.Schedule
	if s.Every == 0 {
		return first, first.carry != nil
	}
	scheduled := func(at time.Time, do Verb, how string, carry func(*Tenant, Change) error) {
		consider(step{Change{at, do, fmt.Sprintf("%s: %s %s", name, do, how)}, "schedule", carry})
	}
	if len(f.leaving) > 0 {
		scheduled(f.leaving[0].at, Remove, written(s.KeepAfter)+" after", f.letGo)
	}
	scheduled(f.turn, Rotate, "every "+written(s.Every), f.rotate)
	if s.PublishAhead > 0 && !f.ahead {
		scheduled(f.turn.Add(-s.PublishAhead), Publish, written(s.PublishAhead)+" ahead", f.publish)
	}
	return first, true
}

func (f *following) publish(t *Tenant, c Change) error {
	f.ahead = true
	fresh, err := t.keyFor(or(f.Schedule.Alg, t.first()))
	if err != nil {
		return err
	}
	t.publish(fresh, c.At, c.Cause)
	return nil
}

func (f *following) rotate(t *Tenant, c Change) error {
	f.turn, f.ahead = c.At.Add(f.Schedule.Every), false
	h, err := t.handover(Rotation{Alg: f.Schedule.Alg, Remove: f.Schedule.KeepAfter == 0})
	if err != nil {
		return err
	}
	t.rotate(h, c.At, c.Cause)
	for _, old := range h.next.ousted {
		if old.State == Retired {
			f.leaving = append(f.leaving, leaving{c.At.Add(f.Schedule.KeepAfter), c.At, old})
		}
	}
	return nil
}

// letGo removes a key, unless something else moved it since it retired.
func (f *following) letGo(t *Tenant, c Change) error {
	gone := f.leaving[0]
	f.leaving = f.leaving[1:]
	if gone.key.State == Retired && gone.key.Since.Equal(gone.since) {
		t.enter(gone.key, Removed, c.At, c.Cause)
	}
	return nil
}

func (e Event) carry(t *Tenant, c Change) error {
	var err error
	switch e.Do {
	case Rotate:
		var h handover
		if h, err = t.handover(e.Rotation); err == nil {
			t.rotate(h, c.At, c.Cause)
		}
	case Publish:
		var fresh *key
		if fresh, err = t.keyFor(or(e.Alg, t.first())); err == nil {
			t.publish(fresh, c.At, c.Cause)
		}
	case Retire:
		_, err = t.retire("", c.At, c.Cause)
	case Remove:
		_, err = t.remove("", c.At, c.Cause)
	case Rollback:
		_, err = t.rollback(c.At, c.Cause)
	case Disagree:
		err = t.disagree(c.At, c.Cause)
	case Agree:
		err = t.agree(c.At, c.Cause)
	}
	return err
}

// Follow lets a policy move the tenant's keys from now on, in place of any that
// was followed before; what that one had still to do is dropped. Every change
// is carried out at its own time, however late somebody looks: [Key].Since and
// the journal name the time when it was due. Verbs by hand still work beside
// it. A policy that makes no sense for the keys that there are is refused with
// a [*PolicyError], and nothing changes.
func (t *Tenant) Follow(p Policy) error {
	if err := p.check(); err != nil {
		return err
	}
	t.verbs.Lock()
	defer t.verbs.Unlock()
	now := t.caughtUp()
	t.mu.RLock()
	ghost := t.ghost()
	t.mu.RUnlock()
	if err := p.rehearse(ghost); err != nil {
		return err
	}
	t.follow(newFollowing(p, now), now, "follow "+or(p.Name, "a policy without a name"))
	t.caughtUp()
	return nil
}

// Unfollow leaves the keys as they are from now on.
func (t *Tenant) Unfollow() {
	t.verbs.Lock()
	defer t.verbs.Unlock()
	now := t.caughtUp()
	if t.policy != nil {
		t.follow(nil, now, "follow no policy")
	}
}

func (t *Tenant) follow(f *following, now time.Time, what string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.policy = f
	t.journal.mark(now, what, ByHand)
	t.expect()
}

// Following is the policy that the tenant follows, and since when; false where
// it follows none.
func (t *Tenant) Following() (Policy, time.Time, bool) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	if t.policy == nil {
		return Policy{}, time.Time{}, false
	}
	p := t.policy.Policy
	p.Events = slices.Clone(p.Events)
	return p, t.policy.since, true
}

// NextChange is what the tenant's policy will do next; false where nothing is
// left to do. Whoever steps from change to change advances the clock by the time
// until then.
func (t *Tenant) NextChange() (Change, bool) {
	t.keepUp()
	t.mu.RLock()
	defer t.mu.RUnlock()
	s, ok := t.policy.next()
	return s.Change, ok
}

// keepUp carries out what the policy wants done by now, and returns what now
// is. Whoever serves, mints or tells of keys calls it first, without any lock.
func (t *Tenant) keepUp() time.Time {
	now := t.clock.Now()
	if due := t.due.Load(); due != nil && !now.Before(*due) {
		t.verbs.Lock()
		defer t.verbs.Unlock()
		t.catchUp(now.Round(0))
	}
	return now
}

// caughtUp is keepUp for the verbs, whose lock is held. The time is without a
// monotonic reading: the dates of keys go by the wall.
func (t *Tenant) caughtUp() time.Time {
	now := t.clock.Now().Round(0)
	t.catchUp(now)
	return now
}

// catchUp carries out all changes that are due, in order. The verbs' lock is
// held.
func (t *Tenant) catchUp(now time.Time) {
	if due := t.due.Load(); due == nil || now.Before(*due) {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for {
		s, ok := t.policy.next()
		if !ok || s.At.After(now) {
			break
		}
		if err := s.carry(t, s.Change); err != nil {
			// A verb by hand took away what this one needs.
			t.journal.mark(s.At, fmt.Sprintf("skipped %s: %v", s.Do, err), s.Cause)
		}
	}
	t.furnish()
	t.expect()
}

// furnish makes the keys that somebody could see now. One that came and went
// while nobody looked is never made. The lock is held.
func (t *Tenant) furnish() {
	seen := func(k *key) {
		if err := k.furnish(); err != nil {
			t.provider.log("tenant %s goes without key %s: %v", t.Name(), k.KID, err)
			t.enter(k, Removed, k.Since, err.Error())
		}
	}
	for _, k := range t.keys {
		if k.State != Removed {
			seen(k)
		}
	}
	if t.older != nil {
		for _, k := range t.older.keys {
			seen(k)
		}
	}
}

// expect notes when the next change is due, and has the key made that it will
// want. The lock is held.
func (t *Tenant) expect() {
	s, ok := t.policy.next()
	if !ok {
		t.due.Store(nil)
		return
	}
	t.due.Store(&s.At)
	if a, known := algorithmOf(t.first()); known && a.kind != kindOct && (s.Do == Rotate || s.Do == Publish) {
		t.ring.ahead(a.kind)
	}
}
