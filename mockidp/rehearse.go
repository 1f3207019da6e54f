package mockidp

import (
	"errors"
	"time"
)

// errNoSigner is what a policy must never come to.
var errNoSigner = errors.New("no key signs after this; rotate at the same time or before, so that one is active at every moment")

// rehearse carries a policy out on a ghost, to find out whether each step can
// be done and leaves a key that signs. It goes on for two turns of the schedule
// after the last event: from then on they are all alike.
func (p Policy) rehearse(ghost *Tenant) error {
	var start time.Time
	f := newFollowing(p, start)
	end := start.Add(2*p.Schedule.Every + p.Schedule.KeepAfter)
	if n := len(p.Events); n > 0 {
		end = end.Add(p.Events[n-1].At)
	}
	var guilty *step // after which nothing signs
	s, ok := f.next()
	for ok && !s.At.After(end) {
		if err := s.carry(ghost, s.Change); err != nil {
			return s.wrong(start, "cannot be done: %w", err)
		}
		if ghost.signs() {
			guilty = nil
		} else if guilty == nil {
			blamed := s
			guilty = &blamed
		}
		next, more := f.next()
		if guilty != nil && !(more && next.At.Equal(s.At)) {
			return guilty.wrong(start, "will not do: %w", errNoSigner)
		}
		s, ok = next, more
	}
	return nil
}

// wrong says what is wrong with a step of a policy.
func (s step) wrong(start time.Time, format string, args ...any) error {
	return wrong(s.place, "%s at %s "+format, append([]any{s.Do, written(s.At.Sub(start))}, args...)...)
}

// signs tells whether the tenant can sign by default.
func (t *Tenant) signs() bool { return t.symmetric() || t.active(t.first()) != nil }

// plainGhost is the ghost of a tenant as it is by default.
func plainGhost() *Tenant {
	t := &Tenant{clock: &Clock{}, journal: newJournal()}
	t.order.Store(&[]string{"RS256", "ES256"})
	for _, alg := range t.algs() {
		k, err := t.keyFor(alg)
		if err != nil {
			panic(err) // they are algorithms with key pairs
		}
		k.State = Active
		t.hold(k)
	}
	return t
}

// ghost is a copy of the tenant's keys on which a policy can be tried. It has
// no ring: its keys are never made. The lock is held.
func (t *Tenant) ghost() *Tenant {
	g := &Tenant{clock: t.clock, journal: newJournal()}
	g.order.Store(t.order.Load())
	twins := map[*key]*key{}
	var twin func(*key) *key
	twin = func(k *key) *key {
		if twins[k] == nil {
			copied := *k
			copied.past, copied.ousted = nil, nil
			twins[k] = &copied
			for _, o := range k.ousted {
				copied.ousted = append(copied.ousted, twin(o))
			}
		}
		return twins[k]
	}
	for _, k := range t.keys {
		g.keys = append(g.keys, twin(k))
	}
	if t.older != nil {
		g.older = &olderNode{}
	}
	return g
}
