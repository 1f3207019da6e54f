package steps

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// Keys keeps the key set of one issuer. Reading it takes no lock; fetching is
// shared by all callers, and no caller's end ends it.
type Keys struct {
	steps  *Steps
	rules  *Rules
	source *Source
	shelf  *Shelf

	mu      sync.Mutex // guards what follows
	flight  *flight
	history History
	failure error // of the last fetch, or nil
}

// A Shelf is where a key set lies.
type Shelf struct{ set atomic.Pointer[KeySet] }

// NewKeys keeps the keys that a source brings.
func NewKeys(s *Steps, rules *Rules, source *Source, shelf *Shelf) *Keys {
	return &Keys{steps: s, rules: rules, source: source, shelf: shelf}
}

// StaticKeys keeps a set that is never fetched and never grows old.
func StaticKeys(s *Steps, rules *Rules, set *KeySet) *Keys {
	k := &Keys{steps: s, rules: rules, shelf: new(Shelf)}
	k.shelf.set.Store(set)
	return k
}

// load is the set that may be used now, or nil.
func (k *Keys) load(now time.Time) *KeySet {
	set := k.shelf.set.Load()
	if set != nil && k.source != nil && !now.Before(set.Dead) {
		return nil
	}
	return set
}

// find fills in the attempt's candidate keys.
func (k *Keys) find(ctx context.Context, a *Attempt) *Refusal {
	set := k.load(a.now)
	if set != nil {
		set = k.freshen(ctx, a, set)
	}
	if set != nil && k.choose(ctx, a, set) {
		return nil
	}
	// Two rounds: a set that somebody else asked for may be older than the
	// key that is missing.
	for range 2 {
		why := Missing
		if set == nil {
			why = Cold
		}
		if k.source == nil || why == Missing && !k.steps.Keeping.Refresh(why, a) {
			break
		}
		if refusal := a.through(ctx, a.Steps.Screen); refusal != nil {
			return refusal
		}
		newer, refusal := k.renew(ctx, why, a, set)
		if refusal != nil {
			return refusal
		}
		if newer == set {
			break
		}
		if set = newer; k.choose(ctx, a, set) {
			return nil
		}
		if a.fetched {
			break
		}
	}
	return set.missing(a)
}

// choose picks the attempt's candidates from a set.
func (k *Keys) choose(ctx context.Context, a *Attempt, set *KeySet) bool {
	a.Set, a.Keys = set, k.steps.Choosing.Select(ctx, a, set)
	return len(a.Keys) > 0
}

// renewKeys looks for other keys after a bad signature, because the key may
// have changed under its kid. It tells whether there are keys that were not
// tried yet. A token that anybody could have made up, by its claims, is not
// worth a fetch.
func (a *Attempt) renewKeys(ctx context.Context) bool {
	k := a.Issuer.Keys
	if a.Set == nil || a.fetched || k.source == nil || !k.steps.Keeping.Refresh(BadSignature, a) || a.through(ctx, a.Steps.Screen) != nil {
		return false
	}
	tried := a.Set
	set, refusal := k.renew(ctx, BadSignature, a, tried)
	if refusal != nil || set == tried || !k.choose(ctx, a, set) {
		return false
	}
	for _, key := range a.Keys {
		if !tried.holds(key) {
			return true
		}
	}
	return false
}

// holds tells whether the key is in the set. A key that did not change is the
// same in both.
func (set *KeySet) holds(key *Key) bool {
	for _, k := range set.Keys {
		if k == key {
			return true
		}
	}
	return false
}

// freshen sees to it that the set does not grow old: from a certain age on it
// is refreshed in the background. A set whose lifetime is over is still used,
// but the first callers to notice wait a moment for a newer one, because the
// key that they need may be withdrawn by now. It may turn out that there is
// none to be used any more.
func (k *Keys) freshen(ctx context.Context, a *Attempt, set *KeySet) *KeySet {
	now := a.now
	if k.source == nil {
		return set
	}
	if now.Before(set.Ahead) && !now.Before(set.Fetched) {
		return set
	}
	k.mu.Lock()
	f := k.flight
	if f == nil {
		if now, ok := k.permitted(Ageing); ok {
			f = k.begin(ctx, Ageing, now)
		}
	}
	answered := k.history.failedSince(set.Ahead)
	k.mu.Unlock()
	if f == nil || answered || now.Before(set.Expires) {
		return set
	}
	select {
	case <-f.landed:
	case <-f.patience.Done():
	case <-ctx.Done():
	}
	a.readClock()
	return k.load(a.now)
}

// renew gets another set than the one that was seen, if the budget allows it.
// It returns the set that was seen if there is no newer one to be had now. An
// attempt causes one fetch at the most.
func (k *Keys) renew(ctx context.Context, why Reason, a *Attempt, seen *KeySet) (*KeySet, *Refusal) {
	k.mu.Lock()
	if current := k.load(a.now); current != nil && current != seen {
		k.mu.Unlock()
		return current, nil
	}
	f := k.flight
	if f == nil {
		now, ok := k.permitted(why)
		if !ok {
			failure := k.failure
			k.mu.Unlock()
			return k.without(seen, failure)
		}
		f = k.begin(ctx, why, now)
		a.fetched = true
	}
	k.mu.Unlock()
	select {
	case <-f.landed:
	case <-ctx.Done():
		return nil, undecided(CodeKeySet, fmt.Errorf("waiting for the key set: %w", context.Cause(ctx)))
	}
	a.readClock()
	if f.err != nil {
		return k.without(nil, f.err)
	}
	return f.set, nil
}

// without is the answer where no fetch helped: what was seen still holds,
// unless the last fetch failed, so that nobody knows.
func (k *Keys) without(seen *KeySet, failure error) (*KeySet, *Refusal) {
	switch {
	case failure != nil:
		return nil, fetchRefusal(fmt.Errorf("no key set for %s: %w", k.rules.Issuer, failure))
	case seen == nil:
		return nil, undecided(CodeKeySet, errors.New("no key set yet; try again in a moment"))
	}
	return seen, nil
}

// permitted asks the budget. The clock is read under the lock, so that the
// history has an order.
func (k *Keys) permitted(why Reason) (time.Time, bool) {
	now := k.rules.Now()
	k.history.rebase(now)
	return now, k.steps.Keeping.Permit(&k.history, why, now)
}

// A flight is one fetch under way.
type flight struct {
	fetch    *Fetch
	patience context.Context
	landed   chan struct{} // closed when set and err are there
	set      *KeySet
	err      error
}

// begin starts a fetch. It runs in a context of its own, bounded by the fetch
// time-out, and ends with it even if the transport does not.
func (k *Keys) begin(caller context.Context, why Reason, now time.Time) *flight {
	fetch := k.history.begin(why, now)
	timeout := k.steps.Keeping.Timeout(k.rules.FetchTimeout)
	tooLate := fmt.Errorf("no answer within %v: %w", timeout, context.DeadlineExceeded)
	ctx, cancel := context.WithTimeoutCause(k.steps.Keeping.Context(caller), timeout, tooLate)
	patience, impatient := context.WithTimeout(context.Background(), k.steps.Keeping.Patience)
	f := &flight{fetch: fetch, patience: patience, landed: make(chan struct{})}
	if k.steps.Keeping.Share {
		k.flight = f
	}
	previous := k.load(now)
	stop := context.AfterFunc(ctx, func() { k.land(f, nil, context.Cause(ctx)) })
	go func() {
		defer impatient()
		defer cancel()
		defer stop()
		set, err := k.source.Fetch(ctx, previous, now)
		k.land(f, set, err)
	}()
	return f
}

// land takes the outcome of a fetch, once: what comes after its time-out
// comes too late.
func (k *Keys) land(f *flight, set *KeySet, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	select {
	case <-f.landed:
		return
	default:
	}
	if k.flight == f {
		k.flight = nil
	}
	old, wait := k.shelf.set.Load(), time.Duration(0)
	if k.failure = err; err == nil {
		set = k.steps.Keeping.Replace(old, set)
	} else {
		var told *failure
		if errors.As(err, &told) {
			wait = k.steps.Keeping.RetryAfter(told.reply, k.rules.Now())
		}
		set = k.steps.Keeping.Failed(old, err)
	}
	k.history.end(f.fetch, err != nil, wait)
	k.shelf.set.Store(set)
	f.set, f.err = set, err
	close(f.landed)
}

// Get fetches any document, in the way and within the bounds in which the
// issuer's own are fetched. No token of the reference has it do so.
func (k *Keys) Get(ctx context.Context, address string) (string, error) {
	if k.source == nil {
		return "", errors.New("static keys fetch nothing")
	}
	text, _, err := k.source.fetcher.Get(ctx, address)
	return text, err
}

// refreshAlways lets every token that lacks a key cause a fetch, within the
// budget (OpenID Connect Core, 10.1.1).
func refreshAlways(Reason, *Attempt) bool { return true }

// asConfigured takes the time-out as it is.
func asConfigured(configured time.Duration) time.Duration { return configured }

// detached is a context that no caller can end.
func detached(context.Context) context.Context { return context.Background() }

// takeFresh forgets what is no longer published.
func takeFresh(_, fresh *KeySet) *KeySet { return fresh }

// keepOld lives on what was fetched before, except where the provider has
// disowned the issuer.
func keepOld(old *KeySet, err error) *KeySet {
	if contradicts(err) {
		return nil
	}
	return old
}
